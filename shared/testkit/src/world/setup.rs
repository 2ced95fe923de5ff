//! What a world starts from: accounts, and an Odoo with products and taxes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_domain::{
    account::{Account, ConfirmPolicy, UnknownProduct},
    ports::{
        http::{HttpRequest, Method},
        secrets::{AccountSecrets, Secret},
    },
    value::AccountName,
};
use sluice_odoo::Connection;
use sluice_sandbox::{
    odoo::{Outcome, SimConfig, SimOdoo},
    seller::SimSeller,
};

use super::ports::TIMEOUT_MS;
use crate::shop::{Item, PRODUCTS, RATES, Rate};

/// The internal reference of the product that stands for what Odoo does not have, where an account names one.
pub const FALLBACK: &str = "SIM-FALLBACK";
/// Where webhooks of every world arrive.
pub(super) const PUBLIC_URL: &str = "https://hooks.simulated";
/// What signs the deliveries of every account of a world.
pub(super) const SIGNING_SECRET: &str = "simulated-signing-secret";
/// What opens every shop of a world.
pub(super) const ACCESS_TOKEN: &str = "simulated-access-token";

/// The host of every world's Odoo.
pub(super) const ODOO_HOST: &str = "odoo.simulated";

/// The secrets of an account.
#[must_use]
pub(super) fn secrets(account: &Account) -> AccountSecrets {
    let key = SimSeller::of(account).map_or_else(|| ACCESS_TOKEN.to_owned(), |seller| seller.key());
    AccountSecrets {
        signing: vec![Secret::new(SIGNING_SECRET)],
        contact_key: Secret::new("simulated-contact-key"),
        access_token: Some(Secret::new(key)),
    }
}

/// An account of the simulated shop.
#[must_use]
pub fn account(name: &str, confirm: ConfirmPolicy, unknown_product: UnknownProduct) -> Account {
    let account = json!({ "name": name, "channel": "shopify", "shop_domain": format!("{name}.myshopify.com") });
    let account: Account = serde_json::from_value(account).expect("an account");
    Account { confirm, unknown_product, ..account }
}

/// Accounts by name.
#[must_use]
pub(super) fn by_name(accounts: &[Account]) -> BTreeMap<AccountName, Account> {
    accounts.iter().map(|account| (account.name.clone(), account.clone())).collect()
}

/// The writer's way to the simulated Odoo.
#[must_use]
pub(super) fn connection(config: &SimConfig) -> Connection {
    Connection {
        url: format!("http://{ODOO_HOST}"),
        database: config.database.clone(),
        login: config.login.clone(),
        key: Secret::new(&*config.api_key),
        timeout_ms: TIMEOUT_MS,
    }
}

/// A call as the administrator, as somebody in Odoo would make it.
#[must_use]
pub fn administration(config: &SimConfig, (model, method): (&str, &str), args: &Value, context: &Value) -> HttpRequest {
    let call = json!([config.database, 1, config.admin_key, model, method, args, {"context": context}]);
    rpc(("object", "execute_kw"), &call)
}

/// A call of one of the services behind `/jsonrpc`, which Odoo 18 and 19 both have.
#[must_use]
pub fn rpc((service, method): (&str, &str), args: &Value) -> HttpRequest {
    let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1,
        "params": {"service": service, "method": method, "args": args}});
    HttpRequest {
        method: Method::Post,
        url: format!("http://{ODOO_HOST}/jsonrpc"),
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into_bytes(),
        timeout_ms: TIMEOUT_MS,
    }
}

/// Calls a method as the administrator.
///
/// # Panics
/// When Odoo refuses it.
pub fn administer(
    odoo: &mut SimOdoo,
    (model, method): (&str, &str),
    args: &Value,
    context: &Value,
    now: Timestamp,
) -> Value {
    let request = administration(odoo.config(), (model, method), args, context);
    let Outcome::Answer(response) = odoo.call(&request, now).outcome else { panic!("no answer to {model}.{method}") };
    let mut answer: Value = serde_json::from_slice(&response.body).expect("JSON");
    assert!(answer.get("error").is_none(), "{model}.{method}: {answer}");
    answer["result"].take()
}

/// The name of the tax of a rate.
#[must_use]
pub fn tax_name(rate: Rate, included: bool) -> String {
    let kind = if included { "included" } else { "on top" };
    format!("{}.{:03}% {kind}", rate / 1_000, rate % 1_000)
}

/// An Odoo with the products, service products and taxes that the simulated shops use.
///
/// # Panics
/// When the simulated Odoo refuses them.
#[must_use]
pub fn stocked_odoo(config: SimConfig, start: Timestamp) -> SimOdoo {
    let mut odoo = SimOdoo::new(config);
    let known = (1..=PRODUCTS).filter_map(|number| Item::Known(number).sku());
    let service =
        ["SHIPPING", "TIP", "GIFT-CARD", "DUTY", "FEE", "ROUNDING", "REFUND"].map(|name| format!("CHANNEL-{name}"));
    let twice = Item::Twice.sku().into_iter().cycle().take(2);
    let codes = known.chain(service).chain(twice).chain([FALLBACK.to_owned()]);
    for code in codes {
        let values = json!([{ "name": format!("Product {code}"), "default_code": code, "list_price": 1.0 }]);
        administer(&mut odoo, ("product.product", "create"), &json!([values]), &json!({}), start);
    }
    for rate in RATES {
        for included in [false, true] {
            let kind = if included { "tax_included" } else { "tax_excluded" };
            let percent =
                json!(format!("{}.{:03}", rate / 1_000, rate % 1_000).parse::<serde_json::Number>().expect("a number"));
            let values = json!([{ "name": tax_name(rate, included), "amount": percent, "amount_type": "percent",
                "type_tax_use": "sale", "price_include_override": kind, "company_id": 1 }]);
            administer(&mut odoo, ("account.tax", "create"), &json!([values]), &json!({}), start);
        }
    }
    odoo
}
