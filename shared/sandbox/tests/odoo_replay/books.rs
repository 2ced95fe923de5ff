//! What must be in the books before a recording: invoices are made by `load` where the recorded ones came from a wizard.

use serde_json::{Value as Json, json};

use crate::world::World;

/// Before a recording of 18.
pub(crate) fn before18(world: &mut World, number: u16) {
    match number {
        64 => {
            world.next("account.move", 1);
            entry(world, ("setup.invoice", "out_invoice", 74, false), &sold(25148, "5", "8"));
            let vals = json!({ "ref": "shopify:order:40174A", "invoice_date": "2026-11-20" });
            world.call(("account.move", "write"), json!([[1], vals]));
        }
        82 => {
            world.next("account.move", 5);
            world.next("account.move.line", 13);
            entry(world, ("setup.refund", "out_refund", 74, true), &sold(25148, "5", "8"));
        }
        88 => world.next("account.move", 7),
        498 => {
            world.next("account.move", 127);
            world.next("#account.move/1/INV/2026", 56);
            unpaid(world, 72, "8", ["", ""]);
        }
        _ => {}
    }
}

/// Before a recording of 19.
pub(crate) fn before19(world: &mut World, number: u16) {
    match number {
        428 => {
            world.next("sale.order", 29);
            world.next("sale.order.line", 37);
            let order = world.order(
                "setup.invoiced",
                26,
                &[
                    (7, "2", "19.99", "56,57"),
                    (9, "1", "49.5", "56,57"),
                    (310, "1", "7.95", "54"),
                    (311, "1", "-5.0", "56,57"),
                ],
            );
            world.call(("sale.order.line", "write"), json!([[38], { "discount": 10 }]));
            world.confirm(&[order]);
            world.next("account.move", 18);
        }
        429 => {
            world.next("#account.move/1/INV/2026", 4);
            world.call(("account.move", "action_post"), json!([[18]]));
        }
        438 => {
            // Payments are not simulated: somebody says that it is paid.
            let paid = json!({ "payment_state": "paid", "amount_residual": 0 });
            world.call_as(true, ("account.move", "write"), json!([[18], paid]), json!({}));
            world.next("account.move", 21);
        }
        439 => {
            world.next("#account.move/1/RINV/2026", 3);
            world.call(("account.move", "action_post"), json!([[21]]));
        }
        441 => {
            world.next("account.move", 23);
            world.next("#account.move/1/INV/2026", 6);
            unpaid(world, 26, "54", ["shopify:invoice_44931_2", ""]);
        }
        449 => {
            world.forget(&[("account.move", 15..=30)]);
            world.next("account.move", 15);
        }
        453 => world.forget(&[("sale.order", 29..=29), ("sale.order.line", 37..=40)]),
        _ => {}
    }
}

/// Order line, product, units, price, discount, taxes: the recorded order of four lines.
type Line<'a> = (i64, i64, &'a str, &'a str, &'a str, &'a str);

fn sold<'a>(first: i64, tax: &'a str, none: &'a str) -> [Line<'a>; 4] {
    [
        (first, 7, "2", "19.99", "0", tax),
        (first + 1, 8, "1", "49.5", "10", tax),
        (first + 2, 310, "1", "7.95", "0", none),
        (first + 3, 311, "1", "-5", "0", tax),
    ]
}

fn entry(world: &mut World, (name, kind, partner, reversal): (&str, &str, i64, bool), lines: &[Line<'_>]) {
    let fields = [
        "id",
        "move_type",
        "partner_id/.id",
        "journal_id/.id",
        "currency_id/.id",
        "reversed_entry_id/.id",
        "invoice_line_ids/id",
        "invoice_line_ids/sale_line_ids/.id",
        "invoice_line_ids/product_id/.id",
        "invoice_line_ids/quantity",
        "invoice_line_ids/price_unit",
        "invoice_line_ids/discount",
        "invoice_line_ids/tax_ids/.id",
    ];
    let mut rows = Vec::new();
    for (number, (sale, product, units, price, discount, taxes)) in (1..).zip(lines) {
        let own = |text: String| if number == 1 { text } else { String::new() };
        rows.push(json!([
            own(name.to_owned()),
            own(kind.to_owned()),
            own(partner.to_string()),
            own("1".into()),
            own("1".into()),
            own(if reversal { "1".into() } else { String::new() }),
            format!("{name}_line_{number}"),
            sale.to_string(),
            product.to_string(),
            units,
            price,
            discount,
            taxes,
        ]));
    }
    world.load("account.move", &fields, json!(rows));
}

/// An invoice of 39.98 that nobody paid, and a credit note of half of it, both posted.
fn unpaid(world: &mut World, partner: i64, tax: &str, references: [&str; 2]) {
    let mut made: Option<Json> = None;
    for (kind, units, reference) in [("out_invoice", 2, references[0]), ("out_refund", 1, references[1])] {
        let line = json!([0, 0, {
            "product_id": 7, "quantity": units, "price_unit": 19.99, "tax_ids": [[6, 0, [tax.parse::<i64>().unwrap()]]],
        }]);
        let mut vals =
            json!({ "move_type": kind, "partner_id": partner, "ref": reference, "invoice_line_ids": [line] });
        if let Some(invoice) = &made {
            vals["reversed_entry_id"] = invoice.clone();
        }
        let ids = world.call(("account.move", "create"), json!([[vals]]));
        world.call(("account.move", "action_post"), json!([ids]));
        made = Some(ids[0].clone());
    }
}
