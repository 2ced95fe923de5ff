//! What must be there before a recording, beyond what the ones before it made.

use serde_json::json;
use sluice_sandbox::odoo::{Effect, On, SimFault};

use crate::world::World;

/// Before a recording of 18.
pub(crate) fn before18(world: &mut World, number: u16) {
    let conflict = |model: &str, method: &str| SimFault::once(On::call(model, method), Effect::Serialization);
    match number {
        20 => {
            world.next("sale.order", 8458);
            world.next("sale.order.line", 25148);
            world.next("#sale.order", 8446);
            world.next("stock.move", 321);
        }
        40 => {
            let order = world.order("setup.partly", 72, &[(7, "3", "10", "5")]);
            world.confirm(&[order]);
            let moves = json!({ "move_ids": [[1, 324, { "quantity": 1, "picked": true }]] });
            world.call(("stock.picking", "write"), json!([[3], moves]));
        }
        41 => {
            let order = world.order("setup.whole", 72, &[(9, "1", "10", "5")]);
            world.confirm(&[order]);
        }
        114 => world.next("#sale.order", 8454),
        115 => world.next("sale.order", 8467),
        125 => world.next("stock.quant", 639),
        230 => {
            world.load("res.partner", &["id", "name"], json!([["setup.p75", "Plain"]]));
            world.inject(conflict("res.partner", "write"));
        }
        231 | 233 => world.inject(conflict("res.partner", "load")),
        232 => world.inject(SimFault::once(On::call("res.partner", "load"), Effect::Deadlock)),
        236 => {
            world.next("sale.order", 14623);
            let line = json!([0, 0, { "product_id": 7, "product_uom_qty": 1 }]);
            let vals = json!({ "partner_id": 72, "company_id": 3, "pricelist_id": false, "order_line": [line] });
            let context = json!({ "context": { "allowed_company_ids": [3] } });
            world.call_as(true, ("sale.order", "create"), json!([vals]), context);
        }
        245 => world.next("res.partner", 79),
        246 => {
            world.load("res.partner", &["id", "name"], json!([["setup.t1", "Twin Name"], ["setup.t2", "Twin Name"]]));
            world.next("sale.order", 8480);
        }
        254 => world.next("sale.order", 14616),
        475.. => before18_late(world, number),
        _ => {}
    }
}

/// The same, recordings 475 and later.
fn before18_late(world: &mut World, number: u16) {
    match number {
        475 => {
            world.next("res.partner", 126);
            world.load("res.partner", &["id", "name"], json!([["setup.grace", "Grace Hopper"]]));
            world.next("sale.order", 16700);
            let lines = [(7, "2", "19.99", "10,11"), (9, "1", "49.5", "10,11"), (310, "1", "7.95", "8")];
            world.order("sluice_main.order_44965A", 126, &lines);
        }
        477 => {
            for number in 0..10 {
                world.order(&format!("sluice_main.order_44965T{number}"), 126, &[(10, "1", "10", "5")]);
            }
            world.confirm(&[16705]);
        }
        479 => world.confirm(&[16701, 16702, 16703, 16704, 16706, 16707, 16708, 16709, 16710]),
        481 => {
            world.order("setup.included", 126, &[(7, "3", "9.99", "7"), (8, "1", "0.05", "7")]);
        }
        482 => {
            world.next("#sale.order", 16694);
            let vals = json!({ "partner_id": 126, "client_order_ref": "#old44965" });
            world.call(("sale.order", "create"), json!([vals]));
        }
        484 => {
            world.order("sluice_main.order_44965U", 126, &[(7, "1", "10", "5")]);
        }
        485 => {
            world.call_as(true, ("sale.order", "unlink"), json!([[16714]]), json!({}));
        }
        486 => {
            world.next("sale.order.line", 50147);
            world.next("#sale.order", 16698);
            world.next("stock.picking", 2085);
            world.next("#WH/OUT", 2072);
            world.next("stock.move", 12543);
            let order = world.order("setup.q1", 126, &[(7, "5", "10", "5"), (8, "2", "10", "5")]);
            world.confirm(&[order]);
        }
        491 => {
            let order = world.order("setup.q2", 126, &[(7, "5", "10", "5")]);
            world.confirm(&[order]);
            let moves = json!({ "move_ids": [[1, 12545, { "quantity": 3, "picked": true }]] });
            world.call(("stock.picking", "write"), json!([[2086], moves]));
            let context = json!({ "context": { "skip_backorder": true } });
            world.call_as(false, ("stock.picking", "button_validate"), json!([[2086]]), context);
        }
        492 => {
            let order = world.order("setup.backlog", 126, &[(5318, "8", "10", "5")]);
            world.confirm(&[order]);
        }
        493 => count(world, 5318, 7),
        _ => {}
    }
}

/// An inventory count of what lies in the main stock.
fn count(world: &mut World, product: i64, quantity: i64) {
    let vals = json!([{ "product_id": product, "location_id": 8, "inventory_quantity": quantity }]);
    let context = json!({ "context": { "inventory_mode": true } });
    let ids = world.call_as(false, ("stock.quant", "create"), json!([vals]), context);
    world.call(("stock.quant", "action_apply_inventory"), json!([ids]));
}

/// Before a recording of 19.
pub(crate) fn before19(world: &mut World, number: u16) {
    let conflict = |method: &str| SimFault::once(On::call("res.partner", method), Effect::Serialization);
    match number {
        349 => world.inject(conflict("write")),
        350 => world.inject(conflict("load")),
        361 => {
            world.order("setup.second", 11, &[(7, "1", "10", "51")]);
        }
        401 => world.next("res.partner", 26),
        403 => {
            world.next("sale.order", 12);
            world.next("sale.order.line", 11);
            world.next("#sale.order", 11);
        }
        407 => {
            for (number, price) in (0..).zip(["10", "11", "12"]) {
                world.order(&format!("sluice_main.order_44563M{number}"), 26, &[(10, "1", price, "51")]);
            }
        }
        410 => {
            for number in 3..6 {
                world.order(&format!("setup.M{number}"), 26, &[(10, "1", "10", "51")]);
            }
            world.next("stock.picking", 7);
            world.confirm(&[17]);
        }
        415 => {
            world.next("stock.move", 328);
            world.next("#WH/OUT", 8);
            let order = world.order("setup.parts", 26, &[(13, "5", "10", "51"), (14, "2", "10", "51")]);
            world.confirm(&[order]);
        }
        425 => {
            world.call(("stock.picking", "button_validate"), json!([[10]]));
            let context = json!({ "context": { "active_id": 8 } });
            world.call_as(false, ("stock.return.picking", "create"), json!([[{ "picking_id": 8 }]]), context);
            world.call(("stock.return.picking.line", "write"), json!([[2], { "quantity": 3 }]));
        }
        453.. => before19_late(world, number),
        _ => {}
    }
}

/// The same, recordings 453 and later.
fn before19_late(world: &mut World, number: u16) {
    match number {
        453 => {
            world.next("sale.order", 20);
            world.next("sale.order.line", 23);
            world.order("sluice_main.order_44784R", 26, &[(7, "1", "10", "51")]);
        }
        454 => world.confirm(&[20]),
        456 => {
            world.order("setup.included", 26, &[(7, "3", "9.99", "58"), (8, "1", "0.05", "58")]);
        }
        457 => {
            let line = (7, "1", "0.10", "51");
            world.order("setup.rounding", 26, &[line, line, line]);
        }
        461 => {
            world.next("sale.order", 26);
            let fields = [
                "id",
                "partner_id/.id",
                "company_id/.id",
                "pricelist_id/.id",
                "order_line/id",
                "order_line/product_id/.id",
                "order_line/product_uom_qty",
                "order_line/price_unit",
                "order_line/tax_ids/.id",
            ];
            let row = json!([["setup.eur", "26", "1", "4", "setup.eur_1", "7", "3", "10.00", "58"]]);
            world.load("sale.order", &fields, row);
        }
        462 | 464 => {
            let product = if number == 462 { 313 } else { 314 };
            let order = world.order(&format!("setup.back{product}"), 26, &[(product, "8", "1", "51")]);
            world.confirm(&[order]);
            if number == 464 {
                count(world, 314, 7);
            }
        }
        468 => {
            world.next("sale.order", 31);
            let vals = json!([{ "partner_id": 26 }]);
            world.call_as(false, ("sale.order", "create"), json!([vals]), json!({}));
        }
        471 => world.next("res.partner", 29),
        473 => {
            let row = json!([["sluice_main.canary", "Sluice canary", "c-7f3a:000002", "do not delete", "0"]]);
            let fields = ["id", "name", "ref", "comment", "active"];
            world.call(("res.partner", "load"), json!([fields, row]));
        }
        _ => {}
    }
}
