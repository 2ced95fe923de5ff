//! From the wire to the canonical order.

mod lines;
mod parts;
pub(super) mod standing;
mod sums;
pub(super) mod wire;

use jiff::Timestamp;
use rust_decimal::Decimal;
use sluice_domain::{
    order::{Order, OrderState, PaymentState, Sender, StatedTotals},
    value::Money,
};

pub(super) use sums::Stated;

use crate::{
    Refusal, Warning,
    doc::Doc,
    json::{Node, refuse},
};
use lines::Line;
use parts::Parts;
use standing::Standing;
use wire::{flag, money, object, objects, word};

/// What an order says even without money.
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) lines: Option<usize>,
    pub(super) units: Option<Decimal>,
    pub(super) state: Option<&'static str>,
    pub(super) paid: Option<Money>,
    pub(super) test: bool,
    /// When it last changed, in microseconds; `None` where the payload is no whole order.
    pub(super) version: Option<i64>,
    /// What only grows within one version: where it stands, and how many blocks of data were asked for.
    pub(super) progress: u32,
}

/// An order as it was read; without money there is none to fold.
pub(super) struct ReadOrder {
    pub(super) seen: Seen,
    pub(super) stated: Stated,
    pub(super) order: Option<Order>,
    pub(super) warnings: Vec<Warning>,
}

/// Is it the shape of 2026-01-01?
pub(super) fn is_new(doc: &Doc<'_>) -> bool {
    doc.get("orderId").is_some()
}

fn time(doc: &Doc<'_>, field: &'static str) -> Result<Timestamp, Refusal> {
    let text = doc.text(field).ok_or_else(|| refuse(field, "missing"))?;
    text.parse().map_err(|_| refuse(field, "expected a date and time like 2026-11-02T10:00:00Z"))
}

/// When it was placed and when it last changed; `None` for v0's list of an order's items, which says neither.
fn times(doc: &Doc<'_>, new: bool) -> Result<Option<[Timestamp; 2]>, Refusal> {
    let names = if new { ["createdTime", "lastUpdatedTime"] } else { ["PurchaseDate", "LastUpdateDate"] };
    let only_items = !new && doc.get("OrderItems").is_some() && names.iter().all(|name| doc.get(name).is_none());
    if only_items {
        return Ok(None);
    }
    Ok(Some([time(doc, names[0])?, time(doc, names[1])?]))
}

/// Reads an order.
pub(super) fn read(doc: &Doc<'_>) -> Result<ReadOrder, Refusal> {
    let mut warnings = Vec::new();
    let new = is_new(doc);
    let name = if new { "orderId" } else { "AmazonOrderId" };
    let id = doc.id(name)?.ok_or_else(|| refuse(name, "missing"))?;
    let times = times(doc, new)?;
    let standing = standing::read(doc, new, &mut warnings)?;
    let stays = |line: &Line<'_>| !line.cancelled || standing.is_some_and(|one| one.word == "cancelled");
    let mut lines: Option<Vec<Line<'_>>> =
        lines::read(doc, new, &mut warnings)?.map(|lines| lines.into_iter().filter(stays).collect());
    let total = if new {
        object(doc, "proceeds")?.map_or(Ok(None), |one| money(&one, "grandTotal"))?
    } else {
        money(doc, "OrderTotal")?
    };
    let total = total.or_else(|| replaced(doc, lines.as_deref().unwrap_or_default()));
    free(lines.as_deref_mut().unwrap_or_default(), total);
    let stated = sums::read(doc, lines.as_deref(), total, &mut warnings)?;
    remarks(doc, lines.as_deref(), &stated, &mut warnings);
    let units =
        lines.as_deref().map(|all| all.iter().fold(Decimal::ZERO, |sum, line| sum.saturating_add(line.quantity)));
    let seen = Seen {
        lines: lines.as_ref().map(Vec::len),
        units,
        state: standing.map(|standing| standing.word),
        paid: paid(doc, new, standing, &stated, &mut warnings)?,
        test: id.starts_with("TEST_CASE"),
        version: times.map(|[_, changed]| changed.as_microsecond()),
        progress: standing.map_or(0, |one| one.progress).saturating_mul(16).saturating_add(blocks(doc)),
        id,
    };
    let order = match (times, standing, lines) {
        (Some([placed_at, _]), Some(standing), Some(lines)) if !is_elsewhere(doc) => {
            order(doc, (&seen, &stated), standing, (&lines, placed_at))?
        }
        _ => None,
    };
    Ok(ReadOrder { seen, stated, order, warnings })
}

/// A replacement costs nothing, and may not even say so (README, edge case 12): its total, where its items cost nothing.
fn replaced(doc: &Doc<'_>, lines: &[Line<'_>]) -> Option<Money> {
    let original = |one: Doc<'_>| {
        one.text("associationType")
            .is_some_and(|kind| matches!(kind, "REPLACEMENT_ORIGINAL_ID" | "EXCHANGE_ORIGINAL_ID"))
    };
    let is_one = flag(doc, "IsReplacementOrder") || doc.list("associatedOrders").any(original);
    let amounts = || lines.iter().map(|line| line.amounts.item);
    let nothing = is_one && amounts().all(|amount| amount.is_some_and(Money::is_zero));
    amounts().next().flatten().filter(|_| nothing)
}

/// Items of an order that costs nothing may name no price.
fn free(lines: &mut [Line<'_>], total: Option<Money>) {
    let Some(zero) = total.filter(|total| total.is_zero()) else { return };
    for line in lines.iter_mut().filter(|line| line.amounts.item.is_none()) {
        line.amounts.item = Some(zero);
    }
}

/// How much was asked for: more is known at the same version by whoever asked for more.
fn blocks(doc: &Doc<'_>) -> u32 {
    let names = [
        "buyer",
        "recipient",
        "proceeds",
        "payment",
        "tax",
        "fulfillment",
        "packages",
        "BuyerInfo",
        "ShippingAddress",
        "OrderItems",
    ];
    u32::try_from(names.iter().filter(|name| doc.get(name).is_some()).count()).unwrap_or_default()
}

/// Sent by Amazon for a sale that somebody else's channel knows: no sale of Amazon's (README, edge case 2).
fn is_elsewhere(doc: &Doc<'_>) -> bool {
    let channel = doc.doc("salesChannel");
    channel.as_ref().and_then(|one| one.text("channelName")) == Some("NON_AMAZON")
        || doc.text("SalesChannel").is_some_and(|name| name.starts_with("Non-Amazon"))
}

/// What whoever looks at the order should know.
fn remarks(doc: &Doc<'_>, lines: Option<&[Line<'_>]>, stated: &Stated, warnings: &mut Vec<Warning>) {
    let new = is_new(doc);
    let field = if new { "orderItems.product.sellerSku" } else { "OrderItems.SellerSKU" };
    warnings.extend(lines.and_then(|lines| parts::without_sku(lines, field)));
    if lines::asks_to_cancel(doc) {
        let message = "the buyer asks to cancel an item: that is a request, nothing is cancelled yet";
        warnings.push(Warning::new("cancellation_requested", "OrderItems.BuyerRequestedCancel", message));
    }
    if is_elsewhere(doc) {
        let message = "sold elsewhere and only sent by Amazon: the other channel has the sale";
        warnings.push(Warning::new(
            "not_a_sale",
            if new { "salesChannel.channelName" } else { "SalesChannel" },
            message,
        ));
    }
    if stated.currency.is_none() {
        let field = if new { "proceeds" } else { "OrderTotal" };
        warnings.push(Warning::new("currency_unknown", field, "the payload states no money"));
    }
    let by = sender(doc);
    if by.is_some_and(|by| !matches!(by, "AMAZON" | "MERCHANT" | "AFN" | "MFN")) {
        let message = "somebody ships it whom this build does not know";
        warnings.push(Warning::new("schema_drift", "fulfilledBy", message));
    }
}

/// The canonical order; `None` while its money is not known (README, edge case 1).
fn order(
    doc: &Doc<'_>,
    (seen, stated): (&Seen, &Stated),
    standing: Standing,
    (lines, placed_at): (&[Line<'_>], Timestamp),
) -> Result<Option<Order>, Refusal> {
    let (Some(total), Some(subtotal)) = (stated.total, stated.subtotal) else { return Ok(None) };
    if lines.is_empty() || lines.iter().any(|line| line.amounts.item.is_none()) {
        return Ok(None);
    }
    let parts = Parts::of(lines, stated, Money::zero(total.currency()))?;
    let methods = payment_methods(doc);
    let on_delivery = methods.iter().any(|method| is_on_delivery(method));
    let mut discount_codes: Vec<String> = lines.iter().flat_map(|line| line.promotions.clone()).collect();
    discount_codes.sort();
    discount_codes.dedup();
    Ok(Some(Order {
        number: seen.id.clone(),
        currency: total.currency(),
        presentment_currency: None,
        placed_at,
        test: seen.test,
        source: source(doc),
        location: None,
        summed: 0,
        sent_by: if is_by_amazon(doc) { Sender::Channel } else { Sender::Seller },
        tax_included: stated.tax_included.unwrap_or_default(),
        lines: parts.lines,
        shipping: parts.shipping,
        charges: parts.charges,
        totals: StatedTotals {
            total,
            subtotal: Some(subtotal),
            tax: stated.tax.filter(|_| !stated.withheld),
            discount: stated.discount,
            shipping: stated.shipping,
        },
        state: standing.state(),
        payment: payment(&standing.state(), on_delivery),
        paid: seen.paid,
        refunded: None,
        shipped: standing.shipped || lines.iter().any(|line| line.shipped),
        discount_codes,
        payment_methods: methods,
        tags: Vec::new(),
    }))
}

/// Amazon takes the money before it shows an order as one to be sent; on delivery, when it arrives.
fn payment(state: &OrderState, on_delivery: bool) -> PaymentState {
    match state {
        OrderState::Pending => PaymentState::Pending,
        OrderState::Cancelled => PaymentState::Voided,
        OrderState::Open | OrderState::OnHold if on_delivery => PaymentState::Authorized,
        OrderState::Open | OrderState::OnHold | OrderState::Closed => PaymentState::Paid,
    }
}

/// The marketplace's id, by which rules tell whose sale it is; with `/AFN` where Amazon holds the stock and sends it, since
/// nothing leaves a warehouse of the seller's then (README, edge case 2).
fn source(doc: &Doc<'_>) -> Option<String> {
    let channel = doc.doc("salesChannel");
    let named = channel.as_ref().and_then(|one| word(one, ["marketplaceId", "marketplaceName"]));
    let named = named.or_else(|| word(doc, ["MarketplaceId", "SalesChannel"]));
    // A rule must be able to name it, even where no marketplace is told.
    if is_by_amazon(doc) { Some(format!("{}/AFN", named.unwrap_or_default())) } else { named.map(str::to_owned) }
}

/// Who sends it, in the words of either API.
fn sender<'a>(doc: &Doc<'a>) -> Option<&'a str> {
    doc.doc("fulfillment").and_then(|one| one.text("fulfilledBy")).or_else(|| doc.text("FulfillmentChannel"))
}

fn is_by_amazon(doc: &Doc<'_>) -> bool {
    sender(doc).is_some_and(|by| matches!(by, "AMAZON" | "AFN"))
}

fn is_on_delivery(method: &str) -> bool {
    ["COD", "CashOnDelivery", "CASH_ON_DELIVERY"].contains(&method)
}

fn executions<'a>(doc: &Doc<'a>, new: bool) -> Result<Vec<Doc<'a>>, Refusal> {
    if !new {
        // Its predecessor wrapped the list once more.
        let wrapped = doc.doc("PaymentExecutionDetail");
        let list = wrapped.map_or_else(
            || objects(doc, "PaymentExecutionDetail"),
            |wrapped| objects(&wrapped, "PaymentExecutionDetailItem"),
        );
        return Ok(list?.unwrap_or_default());
    }
    let Some(payment) = object(doc, "payment")? else { return Ok(Vec::new()) };
    Ok(objects(&payment, "paymentExecutions")?.unwrap_or_default())
}

fn payment_methods(doc: &Doc<'_>) -> Vec<String> {
    let names = executions(doc, is_new(doc)).unwrap_or_default();
    let mut all: Vec<String> =
        names.iter().filter_map(|one| word(one, ["paymentMethod", "PaymentMethod"])).map(str::to_owned).collect();
    let listed = doc.get("PaymentMethodDetails").and_then(Node::items).into_iter().flatten();
    all.extend(listed.filter_map(Node::text).take(16).map(str::to_owned));
    all.dedup();
    all
}

/// What payment executions say was taken; they are stated in few marketplaces. What is paid on delivery is not taken yet.
fn paid(
    doc: &Doc<'_>,
    new: bool,
    standing: Option<Standing>,
    stated: &Stated,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Money>, Refusal> {
    let mut sum: Option<Money> = None;
    for one in executions(doc, new)? {
        let amount = if new { money(&one, "paymentAmount")? } else { money(&one, "Payment")? };
        if word(&one, ["paymentMethod", "PaymentMethod"]).is_some_and(is_on_delivery) {
            continue;
        }
        let foreign = |amount: &Money| Some(amount.currency()) != stated.currency;
        if amount.as_ref().is_some_and(foreign) {
            let message = "a payment in another currency than the order's: what is paid is not known";
            warnings.push(Warning::new("contradiction", "paymentExecutions", message));
            return Ok(None);
        }
        lines::add(&mut sum, amount)?;
    }
    let open = standing.is_none_or(|one| matches!(one.word, "pending" | "cancelled"));
    Ok(sum.filter(|_| !open))
}
