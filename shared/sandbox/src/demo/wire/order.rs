//! The order.

use super::{
    Coins, Json, LOCATION, Object, clock, line, object, people, refund,
    totals::{cart, remaining, shown, taxes},
};
use crate::demo::{
    life::{Shipped, Stage},
    sale::{Offer, Sale, Sums, Target, Twist},
};

/// The order at a stage. A full body states everything that the official sample has and an app sees; a body that is not
/// full comes from a subscription with `includeFields`, without the sets and without what nobody reads.
pub(crate) fn order_body(sale: &Sale, stage: &Stage, full: bool) -> String {
    let coins = Coins::of(sale, full);
    let object = head(sale, stage, coins);
    let object = sums(object, sale, stage, coins);
    let object = charges(object, sale, stage, coins);
    tail(object, sale, stage, coins).close().into_text()
}

fn head(sale: &Sale, stage: &Stage, coins: Coins) -> Object {
    let till = sale.has(Twist::Till);
    let object = Object::default()
        .with("id", sale.id)
        .also(coins, "admin_graphql_api_id", format!("gid://shopify/Order/{}", sale.id))
        .also(coins, "cancel_reason", stage.cancelled.then_some("customer"))
        .with("cancelled_at", stage.cancelled.then(|| clock(stage.at)))
        .with("closed_at", Json::null())
        .also(coins, "confirmed", true)
        .also(coins, "contact_email", people::email(sale))
        .with("created_at", clock(sale.placed))
        .with("currency", coins.shop)
        .with("customer_locale", people::locale(sale))
        .with("discount_codes", codes(sale, stage, coins))
        .also(coins, "duties_included", false)
        .with("email", people::email(sale))
        .with("financial_status", stage.payment)
        .with("fulfillment_status", fulfilment(stage));
    let object = object
        .also(coins, "location_id", till.then_some(LOCATION))
        .with("name", format!("#{}", sale.number))
        .also(coins, "note", Json::null())
        .with("note_attributes", people::attributes(sale))
        .also(coins, "number", i64::from(sale.number).saturating_sub(1000))
        .with("order_number", i64::from(sale.number))
        .with("payment_gateway_names", Json::list(sale.payment.iter().map(|name| (*name).into())))
        .also(coins, "phone", Json::null())
        .with("presentment_currency", coins.buyer)
        .with("processed_at", clock(sale.placed))
        .with("source_name", if till { "pos" } else { "web" })
        .with("tags", stage.tags)
        .also(coins, "tax_exempt", false)
        .with("taxes_included", sale.market.tax_included())
        .with("test", sale.has(Twist::Test))
        .with("updated_at", clock(stage.at));
    object
        .also(coins, "app_id", 580_111_u64)
        .also(coins, "buyer_accepts_marketing", false)
        .also(coins, "confirmation_number", format!("DEMO{}", sale.number))
        .also(coins, "estimated_taxes", false)
        .also(coins, "po_number", Json::null())
        .also(coins, "user_id", Json::null())
}

fn fulfilment(stage: &Stage) -> Option<&'static str> {
    match stage.shipped {
        Shipped::Nothing => None,
        Shipped::Some => Some("partial"),
        Shipped::All => Some("fulfilled"),
    }
}

/// The plain totals are those of the sale as it was made; after edits and refunds only `current_*` moves.
fn sums(object: Object, sale: &Sale, stage: &Stage, coins: Coins) -> Object {
    let made = Sums::of(&sale.cart, sale.market.tax_included());
    let left = remaining(sale, stage);
    let owed = if matches!(stage.payment, "pending" | "authorized") { left.total } else { 0 };
    object
        .money("current_subtotal_price", left.subtotal, coins)
        .money("current_total_discounts", left.discounts, coins)
        .money("current_total_price", left.total, coins)
        .money("current_total_tax", left.tax, coins)
        .money("subtotal_price", made.subtotal, coins)
        .money("total_discounts", made.discounts, coins)
        .money("total_line_items_price", made.gross, coins)
        .with("total_outstanding", coins.text(owed))
        .money("total_price", made.total, coins)
        .also(coins, "total_shipping_price_set", coins.set(made.shipping))
        .money("total_tax", made.tax, coins)
        .with("total_tip_received", coins.text(sale.cart.tip))
        .also(coins, "total_weight", grams(sale))
        .also(coins, "current_shipping_price_set", coins.set(left.shipping))
}

fn grams(sale: &Sale) -> i64 {
    let weights = sale.cart.lines.iter().map(|line| line.item.grams.saturating_mul(line.quantity));
    weights.fold(0, i64::saturating_add)
}

/// Duties, fees and cash rounding stand in sets only; no duties read as null.
fn charges(object: Object, sale: &Sale, stage: &Stage, coins: Coins) -> Object {
    let set = |amount: i64| (amount != 0).then(|| coins.set(amount));
    let made = &sale.cart;
    let left = |amount: i64| if stage.refund.is_some_and(|refund| refund.all) { 0 } else { amount };
    let object = [
        ("current_total_additional_fees_set", left(made.fee)),
        ("current_total_duties_set", left(made.duty)),
        ("original_total_additional_fees_set", made.fee),
        ("original_total_duties_set", made.duty),
    ]
    .into_iter()
    .fold(object, |object, (name, amount)| object.with(name, set(amount)));
    if made.rounding != 0 || coins.full {
        return object.with("total_cash_rounding_payment_adjustment_set", coins.set(made.rounding));
    }
    object
}

fn tail(object: Object, sale: &Sale, stage: &Stage, coins: Coins) -> Object {
    let now = cart(sale, stage);
    let shown = shown(sale, stage);
    let lines = shown.iter().map(|shown| line::line(shown, sale, stage.shipped, coins));
    let refunds = stage.refund.iter().map(|made| refund::refund(sale, made, coins));
    object
        .with("billing_address", people::billing(sale, coins))
        .with("customer", people::customer(sale, coins))
        .with("discount_applications", Json::list(now.offers.iter().map(|offer| application(offer, coins))))
        .with("fulfillments", Json::list(fulfillment(sale, stage, coins)))
        .with("line_items", Json::list(lines.chain(line::tip(sale, coins))))
        .also(coins, "payment_terms", Json::null())
        .with("refunds", Json::list(refunds))
        .with("shipping_address", people::shipping(sale, coins))
        .with("shipping_lines", line::shipping(now, coins))
        .also(coins, "tax_lines", line::tax_lines(&taxes(now), coins))
        .also(coins, "returns", Json::list([]))
        .also(coins, "line_item_groups", Json::list([]))
}

/// What an offer took off, with its code.
fn codes(sale: &Sale, stage: &Stage, coins: Coins) -> Json {
    let now = cart(sale, stage);
    let parts = || {
        let shipping = now.shipping.iter().flat_map(|shipping| &shipping.parts);
        now.lines.iter().flat_map(|line| &line.parts).chain(shipping)
    };
    let mut codes = Vec::new();
    for (place, offer) in (0_i64..).zip(&now.offers) {
        let Some(code) = offer.code else { continue };
        let of_offer = parts().filter(|part| part.offer == place).map(|part| part.amount);
        let amount = of_offer.fold(0, i64::saturating_add);
        let kind = match (offer.target, offer.percentage) {
            (Target::Shipping, _) => "shipping",
            (Target::AllLines | Target::OneLine, true) => "percentage",
            (Target::AllLines | Target::OneLine, false) => "fixed_amount",
        };
        codes.push(object! { "code": code, "amount": coins.text(amount), "type": kind });
    }
    Json::list(codes)
}

fn application(offer: &Offer, coins: Coins) -> Json {
    let (method, selection) = match offer.target {
        Target::OneLine => ("each", "explicit"),
        Target::AllLines => ("across", "all"),
        Target::Shipping => ("each", "all"),
    };
    let value = if offer.percentage { format!("{}.0", offer.value) } else { coins.text(offer.value) };
    let object = Object::default()
        .with("target_type", if offer.target == Target::Shipping { "shipping_line" } else { "line_item" })
        .with("type", if offer.code.is_some() { "discount_code" } else { "automatic" })
        .with("value", value)
        .with("value_type", if offer.percentage { "percentage" } else { "fixed_amount" })
        .with("allocation_method", method)
        .with("target_selection", selection);
    match offer.code {
        Some(code) => object.with("code", code).close(),
        None => object.with("title", offer.title).close(),
    }
}

/// The parcel, where one has left.
fn fulfillment(sale: &Sale, stage: &Stage, coins: Coins) -> Option<Json> {
    let all = match stage.shipped {
        Shipped::Nothing => return None,
        Shipped::Some => false,
        Shipped::All => true,
    };
    let shown = shown(sale, stage);
    let sent = shown.iter().filter(|shown| all || shown.first);
    let id = sale.own_id(910);
    Some(object! {
        "id": id,
        "admin_graphql_api_id": format!("gid://shopify/Fulfillment/{id}"),
        "created_at": clock(stage.at),
        "location_id": LOCATION,
        "name": format!("#{}.1", sale.number),
        "order_id": sale.id,
        "service": "manual",
        "shipment_status": Json::null(),
        "status": "success",
        "tracking_company": "DHL",
        "tracking_number": format!("DEMO{}", sale.number),
        "updated_at": clock(stage.at),
        "line_items": Json::list(sent.map(|shown| line::line(shown, sale, stage.shipped, coins))),
    })
}
