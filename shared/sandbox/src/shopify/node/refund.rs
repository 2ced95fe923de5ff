//! Refunds.

use serde_json::{Value, json};

use super::{Rest, upper};

/// A refund, with the version of its order.
pub(super) fn refund(refund: Rest<'_>, version: &Value) -> Value {
    let at = refund.time("processed_at");
    json!({
        "id": refund.gid("id", "Refund"),
        "createdAt": refund.time("created_at"),
        "processedAt": if at.is_null() { refund.time("created_at") } else { at },
        "order": { "updatedAt": version },
        "refundLineItems": refund.list("refund_line_items").map(line).collect::<Vec<_>>(),
        "refundShippingLines": shipping_lines(refund),
        "orderAdjustments": refund.list("order_adjustments").filter(|one| !is_shipping(*one)).map(adjustment).collect::<Vec<_>>(),
        "transactions": refund.list("transactions").map(transaction).collect::<Vec<_>>(),
    })
}

fn line(line: Rest<'_>) -> Value {
    let restock = line.text("restock_type");
    json!({
        "lineItem": line.pointed("line_item_id", "LineItem"),
        "location": line.pointed("location_id", "Location"),
        "quantity": line.get("quantity"),
        "restockType": upper(if restock.is_empty() { "no_restock" } else { restock }),
        "subtotalSet": line.set_or_zero("subtotal"),
        "totalTaxSet": line.set_or_zero("total_tax"),
    })
}

/// REST may state a refund of shipping as an adjustment alone; GraphQL has a line for it.
fn shipping_lines(refund: Rest<'_>) -> Vec<Value> {
    let stated: Vec<Value> = refund.list("refund_shipping_lines").map(shipping).collect();
    if !stated.is_empty() {
        return stated;
    }
    let positive = |one: Rest<'_>, field: &str| {
        let text = one.set_or_zero(field).to_string().replace("\"-", "\"");
        serde_json::from_str::<Value>(&text).unwrap_or_default()
    };
    let line = |one: Rest<'_>| {
        json!({
            "id": one.gid("id", "RefundShippingLine"),
            "subtotalAmountSet": positive(one, "amount"),
            "taxAmountSet": positive(one, "tax_amount"),
        })
    };
    refund.list("order_adjustments").filter(|one| is_shipping(*one)).map(line).collect()
}

fn is_shipping(adjustment: Rest<'_>) -> bool {
    adjustment.text("kind") == "shipping_refund"
}

fn adjustment(one: Rest<'_>) -> Value {
    json!({
        "id": one.gid("id", "OrderAdjustment"),
        "reason": "REFUND_DISCREPANCY",
        "amountSet": one.set_or_zero("amount"),
        "taxAmountSet": one.set_or_zero("tax_amount"),
    })
}

fn shipping(line: Rest<'_>) -> Value {
    json!({
        "id": line.gid("id", "RefundShippingLine"),
        "subtotalAmountSet": line.set_or_zero("subtotal_amount"),
        "taxAmountSet": line.set_or_zero("tax_amount"),
    })
}

fn transaction(one: Rest<'_>) -> Value {
    json!({
        "id": one.gid("id", "OrderTransaction"),
        "kind": upper(one.text("kind")),
        "status": upper(one.text("status")),
        "test": one.get("test") == true,
        "amountSet": one.set_or_zero("amount"),
    })
}
