//! What both shapes of an order say, in one form: Orders 2026-01-01 and v0 (whose reads Amazon takes away on 2027-03-27).

use rust_decimal::Decimal;
use serde_json::Value;
use sluice_domain::value::{Currency, Money};

use crate::{
    Refusal,
    doc::Doc,
    json::{Path, refuse},
};

/// The amounts of one item.
pub(super) struct Line<'a> {
    pub(super) id: String,
    pub(super) title: &'a str,
    pub(super) sku: Option<&'a str>,
    pub(super) asin: Option<&'a str>,
    pub(super) quantity: Decimal,
    pub(super) cancelled: bool,
    /// The marketplace remits its tax.
    pub(super) remitted: bool,
    pub(super) amounts: Amounts,
}

/// Amounts by what they are for; discounts positive, tax by what it is on.
#[derive(Clone, Copy, Default)]
pub(super) struct Amounts {
    pub(super) item: Option<Money>,
    pub(super) discount: Option<Money>,
    pub(super) tax: Option<Money>,
    pub(super) shipping: Option<Money>,
    pub(super) shipping_discount: Option<Money>,
    pub(super) shipping_tax: Option<Money>,
    pub(super) fee: Option<Money>,
}

/// Is it the shape of 2026-01-01?
pub(super) fn is_new(doc: &Doc<'_>) -> bool {
    doc.get("orderId").is_some()
}

/// An amount with its currency: `{amount, currencyCode}`, in v0 with capitals.
pub(super) fn money(doc: &Doc<'_>, field: &'static str) -> Result<Option<Money>, Refusal> {
    let Some(money) = doc.doc(field) else { return Ok(None) };
    let code = money.text("currencyCode").or_else(|| money.text("CurrencyCode"));
    let named = if money.get("amount").is_some() { "amount" } else { "Amount" };
    if money.get(named).is_none() {
        return Ok(None);
    }
    let code = code.ok_or_else(|| refuse(Path::root(field).field("currencyCode"), "missing"))?;
    let currency = Currency::parse(code)
        .map_err(|_| refuse(Path::root(field).field("currencyCode"), "not an ISO 4217 currency"))?;
    money.money(named, currency)
}

pub(super) fn add(sum: &mut Option<Money>, more: Option<Money>) -> Result<(), Refusal> {
    let Some(more) = more else { return Ok(()) };
    let all = sum.map_or(Ok(more), |known| known.plus(more));
    *sum = Some(all.map_err(|error| refuse("orderItems", error.to_string()))?);
    Ok(())
}

/// The lines of an order; `None` where the payload has no list of them.
pub(super) fn lines<'a>(doc: &Doc<'a>) -> Result<Option<Vec<Line<'a>>>, Refusal> {
    let new = is_new(doc);
    let name = if new { "orderItems" } else { "OrderItems" };
    let Some(Value::Array(_)) = doc.get(name) else { return Ok(None) };
    doc.list(name).map(|item| if new { line(&item) } else { old(&item) }).collect::<Result<_, _>>().map(Some)
}

fn line<'a>(doc: &Doc<'a>) -> Result<Line<'a>, Refusal> {
    let product = doc.doc("product");
    let text = |name| product.as_ref().and_then(|product| product.text(name));
    let quantity = doc.quantity("quantityOrdered")?.ok_or_else(|| refuse("orderItems.quantityOrdered", "missing"))?;
    let executed = doc.doc("cancellation").is_some_and(|one| one.doc("cancellationExecution").is_some());
    let sent = match doc.doc("fulfillment") {
        Some(fulfillment) => fulfillment.quantity("quantityFulfilled")?.unwrap_or_default(),
        None => Decimal::ZERO,
    };
    let facilitator = doc
        .doc("tax")
        .is_some_and(|tax| tax.list("taxCollections").any(|one| one.text("model").is_some_and(is_facilitator)));
    Ok(Line {
        id: doc.id("orderItemId")?.ok_or_else(|| refuse("orderItems.orderItemId", "missing"))?,
        title: text("title").unwrap_or_default(),
        sku: text("sellerSku"),
        asin: text("asin"),
        quantity,
        cancelled: executed && sent.is_zero(),
        remitted: facilitator,
        amounts: proceeds(doc, product.as_ref(), quantity)?,
    })
}

fn is_facilitator(model: &str) -> bool {
    matches!(model, "MARKETPLACE_FACILITATOR" | "MarketplaceFacilitator" | "DEEMED_RESELLER")
}

fn proceeds(doc: &Doc<'_>, product: Option<&Doc<'_>>, quantity: Decimal) -> Result<Amounts, Refusal> {
    let mut all = Amounts::default();
    if let Some(proceeds) = doc.doc("proceeds") {
        for part in proceeds.list("breakdowns") {
            let amount = money(&part, "subtotal")?;
            match part.text("type").unwrap_or_default() {
                "ITEM" => add(&mut all.item, amount)?,
                "SHIPPING" => add(&mut all.shipping, amount)?,
                "TAX" => detailed(&part, amount, [&mut all.tax, &mut all.shipping_tax])?,
                "DISCOUNT" => {
                    let off = amount.map(Money::abs);
                    detailed(&part, off, [&mut all.discount, &mut all.shipping_discount])?;
                }
                _ => add(&mut all.fee, amount)?,
            }
        }
        if all.item.is_none() {
            all.item = money(&proceeds, "proceedsTotal")?;
        }
    }
    if all.item.is_none()
        && let Some(price) = product.and_then(|product| product.doc("price"))
        && let Some(unit) = money(&price, "unitPrice")?
    {
        let whole = unit.major().saturating_mul(quantity);
        all.item = Some(crate::json::round(whole, unit.currency(), "orderItems.product.price.unitPrice")?);
    }
    Ok(all)
}

/// Spreads a part over items and shipping, as its details say; what they leave is the items'.
fn detailed(part: &Doc<'_>, whole: Option<Money>, [item, shipping]: [&mut Option<Money>; 2]) -> Result<(), Refusal> {
    let mut rest = whole;
    for detail in part.list("detailedBreakdowns") {
        if detail.text("subtype") != Some("SHIPPING") {
            continue;
        }
        let value = money(&detail, "value")?
            .map(|value| if whole.is_some_and(Money::is_negative) { value } else { value.abs() });
        add(shipping, value)?;
        if let (Some(known), Some(value)) = (rest, value) {
            rest = Some(known.minus(value).map_err(|error| refuse("orderItems.proceeds", error.to_string()))?);
        }
    }
    add(item, rest)
}

/// v0: `ItemPrice` is for all units (README, items and units).
fn old<'a>(doc: &Doc<'a>) -> Result<Line<'a>, Refusal> {
    let quantity = doc.quantity("QuantityOrdered")?.ok_or_else(|| refuse("OrderItems.QuantityOrdered", "missing"))?;
    let model = doc.doc("TaxCollection").and_then(|tax| tax.text("Model").map(is_facilitator)).unwrap_or_default();
    let less = |whole, part: Option<Money>| match (whole, part) {
        (Some(whole), Some(part)) => {
            Money::minus(whole, part).map(Some).map_err(|error| refuse("OrderItems", error.to_string()))
        }
        (whole, _) => Ok(whole),
    };
    let cod = less(money(doc, "CODFee")?, money(doc, "CODFeeDiscount")?)?;
    let amounts = Amounts {
        item: money(doc, "ItemPrice")?,
        discount: money(doc, "PromotionDiscount")?,
        tax: less(money(doc, "ItemTax")?, money(doc, "PromotionDiscountTax")?)?,
        shipping: money(doc, "ShippingPrice")?,
        shipping_discount: money(doc, "ShippingDiscount")?,
        shipping_tax: less(money(doc, "ShippingTax")?, money(doc, "ShippingDiscountTax")?)?,
        fee: cod,
    };
    Ok(Line {
        id: doc.id("OrderItemId")?.ok_or_else(|| refuse("OrderItems.OrderItemId", "missing"))?,
        title: doc.text("Title").unwrap_or_default(),
        sku: doc.text("SellerSKU"),
        asin: doc.text("ASIN"),
        quantity,
        cancelled: false,
        remitted: model || doc.text("DeemedResellerCategory").is_some(),
        amounts,
    })
}
