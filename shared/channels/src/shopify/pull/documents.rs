//! The questions in GraphQL. Each is checked against `admin_2026-10_slice.graphql` by a test, and costs at most
//! [`MAX_COST`].
//!
//! What REST's webhooks state is asked for, and no more: a field that only one of the two has would let an order change its
//! mind with every way that it is told.

/// The most that one question may cost (README, limit).
pub(super) const MAX_COST: u32 = 1_000;
/// Orders of the first page; the shell learns from there what fits.
pub(super) const MAX_PAGE: u32 = 50;
/// What an order of a page costs at most. A test computes it.
const ORDER_COST: u32 = 133;
/// What the page itself costs.
const PAGE_COST: u32 = 4;

/// What a page of orders costs at most, where Shopify rates every object that may come.
pub(super) fn page_cost(size: u32) -> u32 {
    PAGE_COST.saturating_add(ORDER_COST.saturating_mul(size)).min(MAX_COST)
}

/// What the other questions cost at most.
pub(super) const ONE_ORDER_COST: u32 = 1_000;
pub(super) const ONE_REFUND_COST: u32 = 690;
pub(super) const SUBSCRIPTIONS_COST: u32 = 110;
pub(super) const SUBSCRIBE_COST: u32 = 20;

const HEADER: &str = "
fragment SluiceHeader on Order {
  id name createdAt processedAt updatedAt cancelledAt closedAt test wasEdited: edited sourceName taxesIncluded dutiesIncluded
  currencyCode presentmentCurrencyCode displayFinancialStatus fulfillmentStatus: displayFulfillmentStatus
  tags discountCodes paymentGatewayNames email phone customerLocale
  totalPriceSet { ...SluiceShop } currentTotalPriceSet { ...SluiceShop }
  totalTaxSet { ...SluiceShop }
  currentTotalTaxSet { ...SluiceShop }
  totalDiscountsSet { ...SluiceShop } totalOutstandingSet { ...SluiceShop } totalTipReceivedSet { ...SluiceShop }
  originalTotalDutiesSet { ...SluiceShop } currentTotalDutiesSet { ...SluiceShop }
  originalTotalAdditionalFeesSet { ...SluiceShop } currentTotalAdditionalFeesSet { ...SluiceShop }
  totalCashRoundingAdjustment { paymentSet { ...SluiceShop } }
  customAttributes { key value }
  retailLocation { id }
  taxLines { ...SluiceTax }
  fulfillments { status }
  billingAddress { ...SluiceAddress } shippingAddress { ...SluiceAddress }
  customer {
    id firstName lastName verifiedEmail defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber }
  }
}
fragment SluiceAddress on MailingAddress {
  firstName lastName name company address1 address2 city zip provinceCode countryCodeV2 phone
}
";

const LINES: &str = "
fragment SluiceLine on LineItem {
  id title name sku quantity currentQuantity isGiftCard taxable
  variant { id } product { id }
  originalUnitPriceSet { ...SluiceShop } totalDiscountSet { ...SluiceShop }
  discountAllocations { allocatedAmountSet { ...SluiceShop } }
  taxLines { ...SluiceTax }
}
fragment SluiceShipping on ShippingLine {
  id title isRemoved originalPriceSet { ...SluiceShop } discountedPriceSet { ...SluiceShop }
  discountAllocations { allocatedAmountSet { ...SluiceShop } }
  taxLines { ...SluiceTax }
}
fragment SluiceTax on TaxLine { title rate channelLiable priceSet { ...SluiceShop } }
";

const SHOP_MONEY: &str = "
fragment SluiceShop on MoneyBag { shopMoney { amount currencyCode } }
";

/// A page of orders. Duties are left out, and refunds are only listed: an order that has them is read alone.
const CHANGED: &str = "
query SluiceChanged($search: String!, $size: Int!, $after: String) {
  orders(first: $size, after: $after, sortKey: UPDATED_AT, query: $search) {
    pageInfo { hasNextPage endCursor }
    nodes {
      ...SluiceHeader
      lineItems(first: 6) { pageInfo { hasNextPage endCursor } nodes { ...SluiceLine } }
      shippingLines(first: 1) { pageInfo { hasNextPage } nodes { ...SluiceShipping } }
      refunds { id }
    }
  }
}
";

/// One order with as many lines as fit.
const ONE_ORDER: &str = "
query SluiceOrder($id: ID!, $after: String) {
  order(id: $id) {
    ...SluiceHeader
    lineItems(first: 40, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { ...SluiceLine duties { price { ...SluiceShop } taxLines { ...SluiceTax } } }
    }
    shippingLines(first: 10) { pageInfo { hasNextPage } nodes { ...SluiceShipping } }
    refunds { id }
  }
}
";

/// One refund with as many lines as fit. The order's version tells whether it is still the order that is being read.
const ONE_REFUND: &str = "
query SluiceRefund($id: ID!, $after: String) {
  refund(id: $id) {
    id createdAt processedAt
    order { updatedAt }
    refundLineItems(first: 80, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        lineItem { id } location { id } quantity restockType
        subtotalSet { ...SluiceShop } totalTaxSet { ...SluiceShop }
      }
    }
    orderAdjustments(first: 1) { nodes { id } }
    refundShippingLines(first: 10) {
      pageInfo { hasNextPage }
      nodes { subtotalAmountSet { ...SluiceShop } taxAmountSet { ...SluiceShop } }
    }
    transactions(first: 20) {
      pageInfo { hasNextPage }
      nodes { kind status test amountSet { ...SluiceShop } }
    }
  }
}
";

/// Where events go.
pub(super) const SUBSCRIPTIONS: &str = "
query SluiceSubscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { topic uri format includeFields filter }
  }
}
";

/// Asks for events.
pub(super) const SUBSCRIBE: &str = "
mutation SluiceSubscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
";

pub(super) fn changed() -> String {
    [CHANGED, HEADER, LINES, SHOP_MONEY].concat()
}

pub(super) fn one_order() -> String {
    [ONE_ORDER, HEADER, LINES, SHOP_MONEY].concat()
}

pub(super) fn one_refund() -> String {
    [ONE_REFUND, SHOP_MONEY].concat()
}
