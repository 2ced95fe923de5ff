//! Refunds, and the announcement of an edit.

use super::{
    Coins, Json, LOCATION, Object, clock, line, object,
    totals::{Shown, remaining},
};
use crate::demo::{
    life::{Refund, Shipped, Stage},
    sale::{Line, Sale},
};

/// The body of `refunds/create`.
pub(crate) fn refund_body(sale: &Sale, refund: &Refund) -> String {
    self::refund(sale, refund, Coins::of(sale, true)).into_text()
}

/// A refund, in its own webhook or in its order.
pub(super) fn refund(sale: &Sale, refund: &Refund, coins: Coins) -> Json {
    let id = sale.own_id(920);
    let lines = sale.cart.lines.iter().take(if refund.all { usize::MAX } else { 1 });
    let items = (930_u64..).zip(lines).map(|(index, line)| refund_line(sale, (index, line), refund, coins));
    let shipping = sale.cart.shipping.as_ref().filter(|_| refund.all).map(|shipping| {
        object! {
            "id": sale.own_id(921),
            "shipping_line": object! { "id": shipping.id, "title": shipping.title },
            "subtotal_amount_set": coins.set(shipping.net()),
            "tax_amount_set": coins.set(shipping.tax()),
        }
    });
    object! {
        "id": id,
        "order_id": sale.id,
        "created_at": clock(refund.at),
        "note": if refund.restock == "cancel" { "Order canceled" } else { "Damaged" },
        "user_id": 548_380_009_u64,
        "processed_at": clock(refund.at),
        "duties": Json::list([]),
        "total_duties_set": coins.set(0),
        "return": Json::null(),
        "restock": refund.restock == "cancel",
        "refund_shipping_lines": Json::list(shipping),
        "admin_graphql_api_id": format!("gid://shopify/Refund/{id}"),
        "order_adjustments": Json::list([]),
        "refund_line_items": Json::list(items),
        "transactions": Json::list(refund.paid.then(|| transaction(sale, refund, coins))),
    }
}

fn refund_line(sale: &Sale, (index, line): (u64, &Line), refund: &Refund, coins: Coins) -> Json {
    let number = |minor: i64| Json::digits(coins.text(minor));
    let object = Object::default()
        .with("id", sale.own_id(index))
        .with("quantity", line.quantity)
        .with("line_item_id", line.id)
        .with("location_id", LOCATION)
        .with("restock_type", refund.restock)
        .with("subtotal", number(line.net()))
        .with("total_tax", number(line.tax()))
        .with("subtotal_set", coins.set(line.net()))
        .with("total_tax_set", coins.set(line.tax()));
    if !coins.full {
        return object.close();
    }
    let shown = Shown { line, quantity: line.quantity, current: 0, first: false };
    object.with("line_item", line::line(&shown, sale, Shipped::Nothing, coins)).close()
}

fn transaction(sale: &Sale, refund: &Refund, coins: Coins) -> Json {
    let before = Stage {
        at: refund.at,
        payment: "paid",
        shipped: Shipped::Nothing,
        cancelled: false,
        edited: false,
        refund: None,
        tags: "",
    };
    let after = Stage { refund: Some(*refund), ..before };
    let back = remaining(sale, &before).total.saturating_sub(remaining(sale, &after).total);
    let id = sale.own_id(922);
    object! {
        "id": id,
        "order_id": sale.id,
        "kind": "refund",
        "gateway": sale.payment.first().copied(),
        "status": "success",
        "message": Json::null(),
        "created_at": clock(refund.at),
        "test": false,
        "parent_id": sale.own_id(923),
        "processed_at": clock(refund.at),
        "source_name": "web",
        "amount": coins.text(back),
        "currency": coins.shop,
        "payment_id": format!("#{}.2", sale.number),
        "admin_graphql_api_id": format!("gid://shopify/OrderTransaction/{id}"),
    }
}

/// The body of `orders/edited`: ids and deltas, no prices.
pub(crate) fn edit_body(sale: &Sale, at: i64) -> String {
    let (mut additions, mut removals) = (Vec::new(), Vec::new());
    let now = &sale.last_cart().lines;
    let before = &sale.cart.lines;
    let units = |lines: &[Line], id: u64| lines.iter().find(|line| line.id == id).map_or(0, |line| line.quantity);
    let new = now.iter().filter(|line| before.iter().all(|old| old.id != line.id));
    for line in before.iter().chain(new) {
        let delta = units(now, line.id).saturating_sub(units(before, line.id));
        let entry = object! { "id": line.id, "delta": delta.saturating_abs() };
        match delta.signum() {
            1 => additions.push(entry),
            -1 => removals.push(entry),
            _ => {}
        }
    }
    let none = || object! { "additions": Json::list([]), "removals": Json::list([]) };
    let edit = object! {
        "id": sale.own_id(940),
        "app_id": Json::null(),
        "created_at": clock(at),
        "committed_at": clock(at),
        "notify_customer": false,
        "order_id": sale.id,
        "staff_note": "",
        "user_id": Json::null(),
        "line_items": object! { "additions": Json::list(additions), "removals": Json::list(removals) },
        "discounts": object! { "line_item": none() },
        "shipping_lines": none(),
    };
    object! { "order_edit": edit }.into_text()
}
