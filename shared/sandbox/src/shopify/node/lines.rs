//! Lines, shipping, taxes.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Rest, decimal};

pub(super) fn item(line: Rest<'_>) -> Value {
    let current = line.get("current_quantity");
    let name = if line.text("name").is_empty() { line.get("title") } else { line.get("name") };
    json!({
        "id": line.gid("id", "LineItem"),
        "title": if line.text("title").is_empty() { name.clone() } else { line.get("title") },
        "name": name,
        "sku": line.get("sku"),
        "quantity": line.get("quantity"),
        "currentQuantity": if current.is_null() { line.get("quantity") } else { current },
        "isGiftCard": line.get("gift_card") == true,
        "taxable": line.get("taxable") != false,
        "variant": line.pointed("variant_id", "ProductVariant"),
        "product": line.pointed("product_id", "Product"),
        "originalUnitPriceSet": line.set_or_zero("price"),
        "totalDiscountSet": line.set_or_zero("total_discount"),
        "discountAllocations": line.list("discount_allocations").map(allocation).collect::<Vec<_>>(),
        "taxLines": line.list("tax_lines").map(tax).collect::<Vec<_>>(),
        "duties": line.list("duties").map(duty).collect::<Vec<_>>(),
    })
}

/// Removed ones are not listed unless somebody asks for them.
pub(super) fn shipping(line: Rest<'_>) -> Option<Value> {
    if line.get("is_removed") == true {
        return None;
    }
    let after = line.set("discounted_price");
    Some(json!({
        "id": line.gid("id", "ShippingLine"),
        "title": line.get("title"),
        "isRemoved": false,
        "originalPriceSet": line.set_or_zero("price"),
        "discountedPriceSet": if after.is_null() { line.set_or_zero("price") } else { after },
        "discountAllocations": line.list("discount_allocations").map(allocation).collect::<Vec<_>>(),
        "taxLines": line.list("tax_lines").map(tax).collect::<Vec<_>>(),
    }))
}

fn allocation(part: Rest<'_>) -> Value {
    json!({ "allocatedAmountSet": part.set_or_zero("amount") })
}

pub(super) fn tax(tax: Rest<'_>) -> Value {
    json!({
        "title": tax.get("title"),
        "rate": tax.get("rate"),
        "channelLiable": tax.get("channel_liable"),
        "priceSet": tax.set_or_zero("price"),
    })
}

fn duty(duty: Rest<'_>) -> Value {
    let price = match (duty.fields.get("price_set"), duty.fields.get("shop_money")) {
        (Some(set), _) => duty.moneys(set),
        (None, Some(money)) => duty.bag(&money.get("amount").cloned().unwrap_or_default()),
        (None, None) => duty.bag(&json!("0")),
    };
    json!({
        "id": duty.gid("id", "Duty"),
        "price": price,
        "taxLines": duty.list("tax_lines").map(tax).collect::<Vec<_>>(),
    })
}

/// Has an edit changed the order since the sale? REST does not say it in a word: lines cost other than at the sale, or units
/// are gone that no refund took.
pub(super) fn edited(order: Rest<'_>) -> bool {
    let number = |value: Value| decimal(&value).parse::<Decimal>().unwrap_or_default();
    let value = |line: Rest<'_>| number(line.get("price")).saturating_mul(number(line.get("quantity")));
    let gross = order.list("line_items").map(value).fold(Decimal::ZERO, Decimal::saturating_add);
    let tips =
        order.list("line_items").filter(|line| is_tip(*line)).map(value).fold(Decimal::ZERO, Decimal::saturating_add);
    let stated = order.get("total_line_items_price");
    let relined = !stated.is_null() && ![gross, gross.saturating_sub(tips)].contains(&number(stated));
    let back = |id: &Value| {
        let lines = order.list("refunds").flat_map(|refund| refund.list("refund_line_items").collect::<Vec<_>>());
        let own = lines.filter(|line| line.get("line_item_id") == *id).map(|line| number(line.get("quantity")));
        own.fold(Decimal::ZERO, Decimal::saturating_add)
    };
    let fewer = order.list("line_items").any(|line| {
        let current = line.get("current_quantity");
        !current.is_null() && number(current).saturating_add(back(&line.get("id"))) < number(line.get("quantity"))
    });
    relined || fewer || order.list("refunds").any(|refund| is_removal(order, refund))
}

/// An edit that takes units away leaves a refund by which nothing is given back. A cancellation leaves one too, at its hour.
fn is_removal(order: Rest<'_>, refund: Rest<'_>) -> bool {
    let none = |field: &str| refund.list(field).next().is_none();
    let nothing = ["transactions", "order_adjustments", "refund_shipping_lines"].into_iter().all(none);
    let came_back = refund.list("refund_line_items").any(|line| line.text("restock_type") == "return");
    let at = |of: Rest<'_>, field: &str| of.text(field).parse::<Timestamp>().ok();
    let gap = at(order, "cancelled_at").zip(at(refund, "created_at"));
    let cancelled = gap.is_some_and(|(end, at)| end.duration_since(at).as_secs() <= 60);
    nothing && !none("refund_line_items") && !came_back && !cancelled
}

fn is_tip(line: Rest<'_>) -> bool {
    line.get("product_id").is_null() && line.text("title").eq_ignore_ascii_case("tip")
}
