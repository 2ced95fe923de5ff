//! Lines of items and of shipping.

use super::{Coins, Json, Object, object, totals::Shown};
use crate::demo::{
    life::Shipped,
    sale::{Cart, Part, Sale, Shipping, Taxed, Twist},
};

pub(super) fn tax_lines(taxes: &[Taxed], coins: Coins) -> Json {
    Json::list(taxes.iter().map(|taxed| {
        Object::default()
            .with("channel_liable", false)
            .money("price", taxed.amount, coins)
            .with("rate", rate(taxed.tax.rate))
            .with("title", taxed.tax.title)
            .close()
    }))
}

/// Hundredths of a per cent as the fraction that Shopify writes: `0.0825`.
fn rate(hundredths: i64) -> Json {
    Json::digits(rust_decimal::Decimal::new(hundredths, 4).normalize().to_string())
}

fn allocations(parts: &[Part], coins: Coins) -> Json {
    Json::list(parts.iter().map(|part| {
        Object::default().money("amount", part.amount, coins).with("discount_application_index", part.offer).close()
    }))
}

/// A line at a stage.
pub(super) fn line(shown: &Shown<'_>, sale: &Sale, shipped: Shipped, coins: Coins) -> Json {
    let (line, item) = (shown.line, shown.line.item);
    let (fulfilled, open) = match shipped {
        Shipped::All => (Some("fulfilled"), 0),
        Shipped::Some if shown.first => (Some("fulfilled"), 0),
        Shipped::Some | Shipped::Nothing => (None, shown.current),
    };
    let object = Object::default()
        .with("id", line.id)
        .also(coins, "admin_graphql_api_id", format!("gid://shopify/LineItem/{}", line.id))
        .also(coins, "attributed_staffs", Json::list([]))
        .with("current_quantity", shown.current)
        .also(coins, "fulfillable_quantity", open)
        .also(coins, "fulfillment_service", "manual")
        .with("fulfillment_status", fulfilled)
        .with("gift_card", item.gift_card)
        .also(coins, "grams", item.grams)
        .also(coins, "name", item.title)
        .money("price", line.unit, coins)
        .also(coins, "product_exists", item.ids.is_some())
        .with("product_id", item.ids.map(|(product, _)| product))
        .also(coins, "properties", Json::list([]))
        .with("quantity", shown.quantity)
        .also(coins, "requires_shipping", !item.gift_card);
    object
        .with("sku", item.sku)
        .with("taxable", !item.gift_card)
        .with("title", item.title)
        .money("total_discount", 0, coins)
        .with("variant_id", item.ids.map(|(_, variant)| variant))
        .also(coins, "variant_title", Json::null())
        .also(coins, "vendor", Json::null())
        .with("tax_lines", tax_lines(&line.taxes, coins))
        .with("duties", if shown.first { duties(sale, coins) } else { Json::list([]) })
        .with("discount_allocations", allocations(&line.parts, coins))
        .close()
}

fn duties(sale: &Sale, coins: Coins) -> Json {
    let duty = sale.cart.duty;
    let money = || object! { "amount": coins.text(duty), "currency_code": coins.shop };
    Json::list((duty != 0).then(|| {
        object! {
            "id": sale.own_id(900), "harmonized_system_code": "691200", "country_code_of_origin": "DE",
            "shop_money": money(), "presentment_money": money(), "tax_lines": Json::list([]),
        }
    }))
}

/// The tip as a line without product, untaxed, as some tills and checkouts send it.
pub(super) fn tip(sale: &Sale, coins: Coins) -> Option<Json> {
    let id = sale.own_id(901);
    sale.has(Twist::TipLine).then(|| {
        Object::default()
            .with("id", id)
            .also(coins, "admin_graphql_api_id", format!("gid://shopify/LineItem/{id}"))
            .with("current_quantity", 1_i64)
            .with("gift_card", false)
            .also(coins, "name", "Tip")
            .money("price", sale.cart.tip, coins)
            .with("product_id", Json::null())
            .with("quantity", 1_i64)
            .also(coins, "requires_shipping", false)
            .with("sku", Json::null())
            .with("taxable", false)
            .with("title", "Tip")
            .money("total_discount", 0, coins)
            .with("variant_id", Json::null())
            .with("tax_lines", Json::list([]))
            .with("discount_allocations", Json::list([]))
            .close()
    })
}

pub(super) fn shipping(cart: &Cart, coins: Coins) -> Json {
    Json::list(cart.shipping.iter().map(|shipping| shipping_line(shipping, coins)))
}

pub(super) fn shipping_line(shipping: &Shipping, coins: Coins) -> Json {
    Object::default()
        .with("id", shipping.id)
        .also(coins, "carrier_identifier", Json::null())
        .also(coins, "code", shipping.title)
        .money("discounted_price", shipping.net(), coins)
        .also(coins, "is_removed", false)
        .also(coins, "phone", Json::null())
        .money("price", shipping.price, coins)
        .also(coins, "source", "shopify")
        .with("title", shipping.title)
        .with("tax_lines", tax_lines(&shipping.taxes, coins))
        .with("discount_allocations", allocations(&shipping.parts, coins))
        .close()
}
