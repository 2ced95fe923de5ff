//! Somebody who keeps the books in Odoo: makes and posts invoices by hand, of which nobody tells us.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sluice_sandbox::odoo::SimOdoo;

use crate::world::administer;

/// Invoices what of an order is not invoiced, as the wizard of Odoo does: a draft, linked line by line. `None` where nothing
/// is left. `part` takes so many units less of each line, where there are more.
pub fn invoice(odoo: &mut SimOdoo, order: i64, part: i64, now: Timestamp) -> Option<i64> {
    let taxes = if odoo.config().version >= 19 { "tax_ids" } else { "tax_id" };
    let fields = ["product_id", "name", "product_uom_qty", "qty_invoiced", "price_unit", "discount", taxes];
    let ask = json!([[["order_id", "=", order]], fields]);
    let company = read(odoo, "sale.order", order, &["company_id", "currency_id", "partner_invoice_id"], now);
    let context = json!({"allowed_company_ids": [company["company_id"][0]]});
    let lines = administer(odoo, ("sale.order.line", "search_read"), &ask, &context, now);
    let mut commands = Vec::new();
    for line in lines.as_array().into_iter().flatten() {
        let number = |field: &str| line[field].to_string().parse::<Decimal>().unwrap_or_default();
        let open = number("product_uom_qty") - number("qty_invoiced");
        let less = open - Decimal::from(part);
        let open = if less > Decimal::ZERO { less } else { open };
        if open > Decimal::ZERO {
            let open: serde_json::Number = open.normalize().to_string().parse().expect("a number");
            commands.push(json!([0, 0, {
                "product_id": line["product_id"][0], "name": line["name"], "quantity": open,
                "price_unit": line["price_unit"], "discount": line["discount"],
                "tax_ids": [[6, 0, line[taxes]]], "sale_line_ids": [[6, 0, [line["id"]]]],
            }]));
        }
    }
    if commands.is_empty() {
        return None;
    }
    let values = json!({
        "move_type": "out_invoice", "company_id": company["company_id"][0], "currency_id": company["currency_id"][0],
        "partner_id": company["partner_invoice_id"][0], "invoice_line_ids": commands,
    });
    administer(odoo, ("account.move", "create"), &json!([[values]]), &context, now)[0].as_i64()
}

/// Posts an entry.
pub fn post(odoo: &mut SimOdoo, entry: i64, now: Timestamp) {
    administer(odoo, ("account.move", "action_post"), &json!([[entry]]), &json!({}), now);
}

/// Somebody gives an amount back for an invoice, by hand.
pub fn credit_by_hand(odoo: &mut SimOdoo, invoice: i64, amount: &str, now: Timestamp) -> i64 {
    let found = read(odoo, "account.move", invoice, &["company_id", "currency_id", "partner_id"], now);
    let line = json!([0, 0, {"name": "by hand", "quantity": 1, "price_unit": amount, "tax_ids": [[6, 0, []]]}]);
    let values = json!({
        "move_type": "out_refund", "company_id": found["company_id"][0], "currency_id": found["currency_id"][0],
        "partner_id": found["partner_id"][0], "reversed_entry_id": invoice, "invoice_line_ids": [line],
    });
    administer(odoo, ("account.move", "create"), &json!([[values]]), &json!({}), now)[0].as_i64().unwrap_or_default()
}

fn read(odoo: &mut SimOdoo, model: &str, id: i64, fields: &[&str], now: Timestamp) -> Value {
    administer(odoo, (model, "read"), &json!([[id], fields]), &json!({}), now)[0].take()
}
