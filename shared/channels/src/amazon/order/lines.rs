//! Items of an order, from both shapes into one form: Orders 2026-01-01, and v0, whose reads Amazon takes away on 2027-03-27.

use rust_decimal::Decimal;
use sluice_domain::value::Money;

use super::wire::{flag, money, object, objects, positive, title};
use crate::{
    Refusal, Warning,
    doc::Doc,
    json::{MAX_LINES, MAX_PARTS, Node, bound, refuse, round},
};

/// Where the amounts of an item come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// Every kind of amount is stated: what is absent is nothing.
    Itemised,
    /// Some kinds are stated: what is absent is unknown.
    Stated,
    /// What was paid for it was worked out, since it is not stated.
    Derived,
}

/// An item.
#[derive(PartialEq)]
pub(super) struct Line<'a> {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) sku: Option<&'a str>,
    pub(super) asin: Option<&'a str>,
    pub(super) quantity: Decimal,
    /// Nothing of it is sold any more.
    pub(super) cancelled: bool,
    /// The marketplace collects and remits its tax (README, edge cases 3 and 13).
    pub(super) remitted: bool,
    pub(super) basis: Basis,
    pub(super) shipped: bool,
    pub(super) promotions: Vec<String>,
    pub(super) amounts: Amounts,
}

/// Amounts of an item for all its units, by what they are for; discounts positive. Absent is unknown.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Amounts {
    pub(super) item: Option<Money>,
    pub(super) discount: Option<Money>,
    pub(super) tax: Option<Money>,
    pub(super) shipping: Option<Money>,
    pub(super) shipping_discount: Option<Money>,
    pub(super) shipping_tax: Option<Money>,
    /// Gift wrap, cash on delivery and the like.
    pub(super) fee: Option<Money>,
    pub(super) fee_discount: Option<Money>,
    pub(super) fee_tax: Option<Money>,
}

/// Adds to a sum that may be unknown so far.
pub(super) fn add(sum: &mut Option<Money>, more: Option<Money>) -> Result<(), Refusal> {
    let Some(more) = more else { return Ok(()) };
    let all = sum.map_or(Ok(more), |known| known.plus(more));
    *sum = Some(all.map_err(|error| refuse("currencyCode", error.to_string()))?);
    Ok(())
}

fn subtract(whole: Option<Money>, part: Option<Money>) -> Result<Option<Money>, Refusal> {
    let (Some(whole), Some(part)) = (whole, part) else { return Ok(whole) };
    whole.minus(part).map(Some).map_err(|error| refuse("currencyCode", error.to_string()))
}

/// The items of an order; `None` where the payload has no list of them.
pub(super) fn read<'a>(
    doc: &Doc<'a>,
    new: bool,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Vec<Line<'a>>>, Refusal> {
    let name = if new { "orderItems" } else { "OrderItems" };
    let Some(items) = objects(doc, name)? else { return Ok(None) };
    bound(name, items.len(), MAX_LINES)?;
    let mut lines: Vec<Line<'a>> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let read = if new { line(item, warnings) } else { old(item) };
        let line = read.map_err(|refusal| refuse(format!("{name}[{index}].{}", refusal.field), refusal.problem))?;
        match lines.iter().find(|known| known.id == line.id) {
            Some(known) if *known == line => {
                warnings.push(Warning::new("contradiction", name, "an item is there twice; it counts once"));
            }
            Some(_) => return Err(refuse(format!("{name}[{index}].orderItemId"), "two items have one id")),
            None => lines.push(line),
        }
    }
    Ok(Some(lines))
}

fn quantity(doc: &Doc<'_>, name: &'static str) -> Result<Option<Decimal>, Refusal> {
    match doc.quantity(name)? {
        Some(quantity) if quantity.is_sign_negative() && !quantity.is_zero() => {
            Err(refuse(name, "expected zero or more"))
        }
        quantity => Ok(quantity),
    }
}

fn line<'a>(doc: &Doc<'a>, warnings: &mut Vec<Warning>) -> Result<Line<'a>, Refusal> {
    let product = object(doc, "product")?;
    let text = |name| product.as_ref().and_then(|product| product.text(name));
    let ordered = quantity(doc, "quantityOrdered")?.ok_or_else(|| refuse("quantityOrdered", "missing"))?;
    let cancellation = object(doc, "cancellation")?;
    let executed = cancellation.as_ref().is_some_and(|one| one.doc("cancellationExecution").is_some());
    if !executed && cancellation.is_some_and(|one| one.doc("cancellationRequest").is_some()) {
        let message = "the buyer asks to cancel this item: that is a request, nothing is cancelled yet";
        warnings.push(Warning::new("cancellation_requested", "orderItems.cancellation", message));
    }
    let (sent, open) = match object(doc, "fulfillment")? {
        Some(fulfillment) => {
            (quantity(&fulfillment, "quantityFulfilled")?, quantity(&fulfillment, "quantityUnfulfilled")?)
        }
        None => (None, None),
    };
    let sent = sent.unwrap_or_default();
    // Units that were called off after others had been sent.
    let part = executed && !sent.is_zero() && sent < ordered && open.is_some_and(|open| open.is_zero());
    let quantity = if part { sent } else { ordered };
    let (mut amounts, itemised) = proceeds(doc, warnings)?;
    if !itemised {
        amounts.item = worked_out(doc, product.as_ref(), quantity)?;
    }
    Ok(Line {
        id: doc.id("orderItemId")?.ok_or_else(|| refuse("orderItemId", "missing"))?,
        title: product.as_ref().map(|product| title(product, "title")).unwrap_or_default(),
        sku: text("sellerSku"),
        asin: text("asin"),
        quantity,
        cancelled: quantity.is_zero() || (executed && sent.is_zero()),
        remitted: remitted(doc)?,
        basis: if itemised { Basis::Itemised } else { Basis::Derived },
        shipped: !sent.is_zero(),
        promotions: promotions(doc)?,
        amounts,
    })
}

/// Amazon remits the tax as marketplace facilitator, or is the seller for VAT (`IOSS`, `UOSS`).
fn remitted(doc: &Doc<'_>) -> Result<bool, Refusal> {
    let Some(tax) = object(doc, "tax")? else { return Ok(false) };
    let named =
        |list: &str, name: &str, word: fn(&str) -> bool| tax.list(list).any(|one| one.text(name).is_some_and(word));
    Ok(named("taxCollections", "model", is_facilitator)
        || named("taxCalculationBreakdowns", "reportingScheme", is_seller_for_vat))
}

fn is_seller_for_vat(scheme: &str) -> bool {
    matches!(scheme, "IOSS" | "UOSS")
}

fn is_facilitator(model: &str) -> bool {
    matches!(model, "MARKETPLACE_FACILITATOR" | "MarketplaceFacilitator")
}

fn promotions(doc: &Doc<'_>) -> Result<Vec<String>, Refusal> {
    let Some(promotion) = object(doc, "promotion")? else { return Ok(Vec::new()) };
    let named = promotion.list("breakdowns").filter_map(|one| one.text("promotionId").map(str::to_owned));
    Ok(named.take(MAX_PARTS).collect())
}

/// What the item brings, and whether that was broken down: then a kind that is not there is nothing.
fn proceeds(doc: &Doc<'_>, warnings: &mut Vec<Warning>) -> Result<(Amounts, bool), Refusal> {
    let mut all = Amounts::default();
    let Some(proceeds) = object(doc, "proceeds")? else { return Ok((all, false)) };
    let parts = objects(&proceeds, "breakdowns")?.unwrap_or_default();
    bound("proceeds.breakdowns", parts.len(), MAX_PARTS)?;
    for part in &parts {
        let amount = money(part, "subtotal")?;
        match part.text("type").unwrap_or_default() {
            "ITEM" => add(&mut all.item, amount)?,
            "SHIPPING" => add(&mut all.shipping, amount)?,
            "TAX" => spread(part, amount, [&mut all.tax, &mut all.shipping_tax, &mut all.fee_tax])?,
            "DISCOUNT" => {
                let off = amount.map(Money::abs);
                spread(part, off, [&mut all.discount, &mut all.shipping_discount, &mut all.fee_discount])?;
            }
            known => {
                if !matches!(known, "GIFT_WRAP" | "COD_FEE" | "OTHER") {
                    let message = "proceeds of a kind that this build does not know; they count as a fee";
                    warnings.push(Warning::new("schema_drift", "orderItems.proceeds.breakdowns.type", message));
                }
                add(&mut all.fee, amount)?;
            }
        }
    }
    if all.item.is_some_and(Money::is_negative) {
        return Err(refuse("proceeds.breakdowns.subtotal", "expected zero or more for ITEM"));
    }
    agrees(&proceeds, &all, warnings)?;
    Ok((all, all.item.is_some()))
}

/// Does the item's total add up?
fn agrees(proceeds: &Doc<'_>, all: &Amounts, warnings: &mut Vec<Warning>) -> Result<(), Refusal> {
    let (Some(stated), Some(item)) = (money(proceeds, "proceedsTotal")?, all.item) else { return Ok(()) };
    let mut sum = Some(item);
    for amount in [all.tax, all.shipping, all.shipping_tax, all.fee, all.fee_tax] {
        add(&mut sum, amount)?;
    }
    for amount in [all.discount, all.shipping_discount, all.fee_discount] {
        sum = subtract(sum, amount)?;
    }
    // Where the marketplace keeps the tax, the seller's total may leave it out.
    let mut without = sum;
    for tax in [all.tax, all.shipping_tax, all.fee_tax] {
        without = subtract(without, tax)?;
    }
    if Some(stated) != sum && Some(stated) != without {
        let sum = sum.unwrap_or(item);
        let message = format!("the parts of an item add up to {sum}, not to {stated}");
        warnings.push(Warning::new("sums_disagree", "orderItems.proceeds.proceedsTotal", message));
    }
    Ok(())
}

/// Spreads a part over goods, shipping and fees, as its details say; what they leave is the goods'. Some leave the whole out.
fn spread(part: &Doc<'_>, whole: Option<Money>, sums: [&mut Option<Money>; 3]) -> Result<(), Refusal> {
    let [item, shipping, fee] = sums;
    let mut rest = whole;
    for detail in objects(part, "detailedBreakdowns")?.unwrap_or_default() {
        let same = |value: Money| if whole.is_some_and(Money::is_negative) { value } else { value.abs() };
        let value = money(&detail, "value")?.map(same);
        let sum = match detail.text("subtype") {
            Some("SHIPPING") => &mut *shipping,
            Some("GIFT_WRAP" | "COD_FEE" | "OTHER") => &mut *fee,
            Some(_) | None if whole.is_none() => &mut *item,
            Some(_) | None => continue,
        };
        add(sum, value)?;
        rest = subtract(rest, value)?;
    }
    add(item, rest)
}

/// What was paid for the goods where it is not broken down: unit price times units, else the item's total.
fn worked_out(doc: &Doc<'_>, product: Option<&Doc<'_>>, units: Decimal) -> Result<Option<Money>, Refusal> {
    let price = product.map_or(Ok(None), |product| object(product, "price"))?;
    let unit = price.map_or(Ok(None), |price| object(&price, "unitPrice"))?;
    // A unit price may have more decimals than its currency: it is a whole divided by units.
    if let Some(unit) = unit
        && let (Some(each), Some(currency)) = (quantity(&unit, "amount")?, unit.currency("currencyCode"))
    {
        let whole = each.checked_mul(units);
        let whole = whole.ok_or_else(|| refuse("product.price.unitPrice", "the amount is out of range"))?;
        return round(whole, currency, "product.price.unitPrice").map(Some);
    }
    object(doc, "proceeds")?.map_or(Ok(None), |proceeds| positive(&proceeds, "proceedsTotal"))
}

/// v0: `ItemPrice` is for all units (README, items and units); a kind that is absent is unknown.
fn old<'a>(doc: &Doc<'a>) -> Result<Line<'a>, Refusal> {
    let ordered = quantity(doc, "QuantityOrdered")?.ok_or_else(|| refuse("QuantityOrdered", "missing"))?;
    let model = object(doc, "TaxCollection")?.and_then(|tax| tax.text("Model").map(is_facilitator));
    let wrap = object(doc, "BuyerInfo")?;
    let wrapped = |name| wrap.as_ref().map_or(Ok(None), |wrap| money(wrap, name));
    let mut fee = money(doc, "CODFee")?;
    add(&mut fee, wrapped("GiftWrapPrice")?)?;
    let amounts = Amounts {
        item: positive(doc, "ItemPrice")?,
        discount: money(doc, "PromotionDiscount")?.map(Money::abs),
        tax: subtract(money(doc, "ItemTax")?, money(doc, "PromotionDiscountTax")?)?,
        shipping: money(doc, "ShippingPrice")?,
        shipping_discount: money(doc, "ShippingDiscount")?.map(Money::abs),
        shipping_tax: subtract(money(doc, "ShippingTax")?, money(doc, "ShippingDiscountTax")?)?,
        fee,
        fee_discount: money(doc, "CODFeeDiscount")?.map(Money::abs),
        fee_tax: wrapped("GiftWrapTax")?,
    };
    let sent = quantity(doc, "QuantityShipped")?.unwrap_or_default();
    let named = doc.get("PromotionIds").and_then(Node::items).into_iter().flatten();
    Ok(Line {
        id: doc.id("OrderItemId")?.ok_or_else(|| refuse("OrderItemId", "missing"))?,
        title: title(doc, "Title"),
        sku: doc.text("SellerSKU"),
        asin: doc.text("ASIN"),
        quantity: ordered,
        cancelled: ordered.is_zero(),
        remitted: model.unwrap_or_default() || doc.text("DeemedResellerCategory").is_some_and(is_seller_for_vat),
        basis: Basis::Stated,
        shipped: !sent.is_zero(),
        promotions: named.filter_map(Node::text).take(MAX_PARTS).map(str::to_owned).collect(),
        amounts,
    })
}

/// Did the buyer of a v0 item ask to cancel it?
pub(super) fn asks_to_cancel(doc: &Doc<'_>) -> bool {
    let asked =
        |item: Doc<'_>| item.doc("BuyerRequestedCancel").is_some_and(|one| flag(&one, "IsBuyerRequestedCancel"));
    doc.list("OrderItems").any(asked)
}
