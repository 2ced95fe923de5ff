//! From the wire to the canonical order.

mod draft;

use jiff::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};
use sluice_domain::{
    order::{
        Charge, ChargeKind, LineKind, Order, OrderLine, OrderState, PaymentState, ShippingLine, StatedTotals, Tax,
    },
    value::{Currency, Money, MoneyError, Quantity, Rate, UnitPrice},
};

use crate::{
    OrderSums, Refusal, Warning,
    doc::Doc,
    json::{MAX_LINES, bound, refuse},
};
use draft::{Amounts, Line, is_new, money};

/// Decimals of a unit price that is computed from a line's amount.
const PRICE_SCALE: u32 = 12;
/// Decimals of a rate that is computed from amounts.
const RATE_SCALE: u32 = 4;

/// What an order says even without money.
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) lines: Option<usize>,
    pub(super) units: Option<Decimal>,
    pub(super) state: &'static str,
    pub(super) version: i64,
}

/// An order as it was read; without money there is none to fold.
pub(super) struct ReadOrder {
    pub(super) seen: Seen,
    pub(super) order: Option<Order>,
    pub(super) warnings: Vec<Warning>,
}

fn time(doc: &Doc<'_>, field: &'static str) -> Result<Timestamp, Refusal> {
    let text = doc.text(field).ok_or_else(|| refuse(field, "missing"))?;
    text.parse().map_err(|_| refuse(field, "expected a date and time like 2026-11-02T10:00:00Z"))
}

/// Where it stands. Source: `FulfillmentStatus` and v0 `OrderStatus` of the models.
fn standing(doc: &Doc<'_>, warnings: &mut Vec<Warning>) -> (OrderState, &'static str, bool) {
    let inner = doc.doc("fulfillment");
    let word = if is_new(doc) { inner.and_then(|one| one.text("fulfillmentStatus")) } else { doc.text("OrderStatus") };
    match word.unwrap_or_default() {
        "PENDING" | "PENDING_AVAILABILITY" | "Pending" | "PendingAvailability" => {
            (OrderState::Pending, "pending", false)
        }
        "UNSHIPPED" | "Unshipped" | "InvoiceUnconfirmed" => (OrderState::Open, "open", false),
        "PARTIALLY_SHIPPED" | "PartiallyShipped" => (OrderState::Open, "open", true),
        "SHIPPED" | "Shipped" => (OrderState::Closed, "closed", true),
        "CANCELLED" | "Canceled" | "Cancelled" => (OrderState::Cancelled, "cancelled", false),
        "UNFULFILLABLE" | "Unfulfillable" => (OrderState::OnHold, "on_hold", false),
        other => {
            let message = if other.is_empty() { "missing" } else { "a word that this build does not know" };
            warnings.push(Warning::new("schema_drift", "fulfillmentStatus", message));
            (OrderState::Pending, "pending", false)
        }
    }
}

/// Reads an order.
pub(super) fn read(doc: &Doc<'_>) -> Result<ReadOrder, Refusal> {
    let mut warnings = Vec::new();
    let new = is_new(doc);
    let names = if new {
        ["orderId", "createdTime", "lastUpdatedTime"]
    } else {
        ["AmazonOrderId", "PurchaseDate", "LastUpdateDate"]
    };
    let [id, placed, changed] = names;
    let id = doc.id(id)?.ok_or_else(|| refuse(id, "missing"))?;
    let (state, word, shipped) = standing(doc, &mut warnings);
    let lines = draft::lines(doc)?;
    let kept: Option<Vec<Line<'_>>> = lines.map(|lines| {
        let stays = |line: &Line<'_>| !line.quantity.is_zero() && (!line.cancelled || state == OrderState::Cancelled);
        lines.into_iter().filter(stays).collect()
    });
    let units = kept.as_ref().map(|all| all.iter().fold(Decimal::ZERO, |sum, line| sum.saturating_add(line.quantity)));
    let seen = Seen {
        id: id.clone(),
        lines: kept.as_ref().map(Vec::len),
        units,
        state: word,
        version: time(doc, changed)?.as_microsecond(),
    };
    let placed_at = time(doc, placed)?;
    let kept = kept.unwrap_or_default();
    bound("orderItems", kept.len(), MAX_LINES)?;
    let grand = if new {
        doc.doc("proceeds").map_or(Ok(None), |one| money(&one, "grandTotal"))?
    } else {
        money(doc, "OrderTotal")?
    };
    let parts = Parts::of(doc, &kept, grand, &mut warnings)?;
    let Some(parts) = parts else { return Ok(ReadOrder { seen, order: None, warnings }) };
    let (totals, tax_included) = parts.totals(grand, &mut warnings)?;
    let payment = if state == OrderState::Pending { PaymentState::Pending } else { PaymentState::Paid };
    let order = Order {
        number: id.clone(),
        currency: parts.currency,
        presentment_currency: None,
        placed_at,
        test: id.starts_with("TEST_CASE"),
        source: source(doc),
        location: None,
        tax_included,
        lines: parts.lines,
        shipping: parts.shipping,
        charges: parts.charges,
        totals,
        state,
        payment,
        paid: paid(doc)?,
        refunded: None,
        shipped,
        discount_codes: Vec::new(),
        payment_methods: Vec::new(),
        tags: Vec::new(),
    };
    Ok(ReadOrder { seen, order: Some(order), warnings })
}

/// The sales channel, and who sends the goods: Amazon holds the stock of its own (README, edge case 2).
fn source(doc: &Doc<'_>) -> Option<String> {
    let by = doc.doc("fulfillment").and_then(|one| one.text("fulfilledBy")).or_else(|| doc.text("FulfillmentChannel"));
    by.map(|by| if matches!(by, "AMAZON" | "AFN") { "amazon_fulfilled" } else { "merchant_fulfilled" }.to_owned())
}

/// What payment executions say; they are stated in few marketplaces.
fn paid(doc: &Doc<'_>) -> Result<Option<Money>, Refusal> {
    let mut sum = None;
    if let Some(payment) = doc.doc("payment") {
        for one in payment.list("paymentExecutions") {
            draft::add(&mut sum, money(&one, "paymentAmount")?)?;
        }
    }
    Ok(sum)
}

struct Parts {
    currency: Currency,
    lines: Vec<OrderLine>,
    shipping: Vec<ShippingLine>,
    charges: Vec<Charge>,
    remitted: bool,
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn failed(error: MoneyError) -> Refusal {
    refuse("proceeds", error.to_string())
}

impl Parts {
    /// `None` while no money is stated for what was sold: absent money is unknown, not zero (README, edge case 1).
    fn of(
        doc: &Doc<'_>,
        stated: &[Line<'_>],
        grand: Option<Money>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<Self>, Refusal> {
        let known = grand.or_else(|| stated.iter().find_map(|line| line.amounts.item));
        let free = grand.is_some_and(Money::is_zero);
        let priced = stated.iter().all(|line| line.amounts.item.is_some() || free);
        let Some(currency) = known.map(Money::currency).filter(|_| priced && !stated.is_empty()) else {
            return Ok(None);
        };
        let mut all = Self { currency, lines: Vec::new(), shipping: Vec::new(), charges: Vec::new(), remitted: false };
        for line in stated {
            all.remitted |= line.remitted;
            all.line(line, warnings)?;
        }
        if let Some(proceeds) = doc.doc("proceeds") {
            for part in proceeds.list("breakdowns").filter(|part| part.text("type") == Some("DELIVERY_TIP")) {
                if let Some(amount) = money(&part, "subtotal")? {
                    all.charges.push(charge("tip", ChargeKind::Tip, "Delivery tip", amount));
                }
            }
        }
        Ok(Some(all))
    }

    fn line(&mut self, line: &Line<'_>, warnings: &mut Vec<Warning>) -> Result<(), Refusal> {
        let zero = Money::zero(self.currency);
        let Amounts { item, discount, tax, shipping, shipping_discount, shipping_tax, fee } = line.amounts;
        let (gross, discount) = (item.unwrap_or(zero), discount.unwrap_or(zero));
        if line.sku.is_none() {
            warnings.push(Warning::new("line_without_sku", "orderItems.product.sellerSku", "the line names no SKU"));
        }
        let each = gross.major().checked_div(line.quantity).unwrap_or_default();
        self.lines.push(OrderLine {
            id: line.id.clone(),
            kind: LineKind::Product,
            title: line.title.to_owned(),
            sku: line.sku.map(str::to_owned),
            barcode: None,
            variant: line.asin.map(str::to_owned),
            quantity: Quantity::new(line.quantity),
            unit_price: UnitPrice::new(
                each.round_dp_with_strategy(PRICE_SCALE, RoundingStrategy::MidpointAwayFromZero).normalize(),
            ),
            discount,
            taxes: taxes(tax, gross.minus(discount).map_err(failed)?, line.remitted),
        });
        if let Some(price) = shipping {
            let discount = shipping_discount.unwrap_or(zero);
            let net = price.minus(discount).map_err(failed)?;
            let taxes = taxes(shipping_tax, net, line.remitted);
            let id = format!("shipping_{}", line.id);
            self.shipping.push(ShippingLine { id, title: "Shipping".to_owned(), price, discount, taxes });
        }
        if let Some(amount) = fee.filter(|fee| !fee.is_zero()) {
            self.charges.push(charge(&format!("fee_{}", line.id), ChargeKind::Fee, "Fees", amount));
        }
        Ok(())
    }

    /// Do prices contain tax? The total tells: v0 states European prices with it (README, items and units).
    fn totals(&self, grand: Option<Money>, warnings: &mut Vec<Warning>) -> Result<(StatedTotals, bool), Refusal> {
        let sums = OrderSums::of(self.currency, &self.lines, &self.shipping, &self.charges).map_err(failed)?;
        let without = sums.total(true, sums.tax).map_err(failed)?;
        let with = sums.total(false, sums.tax).map_err(failed)?;
        let included = !sums.tax.is_zero() && grand == Some(without) && !self.remitted;
        let computed = if included { without } else { with };
        let total = grand.unwrap_or(computed);
        if total != computed {
            let message = format!("items, shipping, fees and tax add up to {computed}, not to {total}");
            warnings.push(Warning::new("sums_disagree", "proceeds.grandTotal", message));
        }
        let totals = StatedTotals {
            total,
            subtotal: Some(sums.subtotal),
            tax: Some(sums.tax),
            discount: Some(sums.discount),
            shipping: Some(sums.shipping),
        };
        Ok((totals, included))
    }
}

fn charge(id: &str, kind: ChargeKind, title: &str, amount: Money) -> Charge {
    Charge { id: id.to_owned(), kind, title: title.to_owned(), amount, taxes: Vec::new() }
}

/// Amazon states amounts and no rate.
fn taxes(tax: Option<Money>, net: Money, remitted: bool) -> Vec<Tax> {
    let Some(amount) = tax.filter(|tax| !tax.is_zero()) else { return Vec::new() };
    let rate = amount.major().checked_div(net.major()).unwrap_or_default().round_dp(RATE_SCALE);
    vec![Tax { title: "Tax".to_owned(), rate: Rate::new(rate), amount, remitted_by_channel: remitted }]
}
