//! Promises of the simulation itself. Likeness to Odoo is proven by the replay of the recordings.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use sluice_domain::ports::http::{HttpRequest, Method};

use super::{Effect, On, Outcome, SimConfig, SimFault, SimOdoo};

const NOON: &str = "2026-11-24T12:00:00Z";

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

fn request(path: &str, body: &Json) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        url: format!("http://odoo.test{path}"),
        headers: vec![
            ("Content-Type".into(), "application/json".into()),
            ("Authorization".into(), "bearer sim-key".into()),
            ("X-Odoo-Database".into(), "sim".into()),
        ],
        body: body.to_string().into_bytes(),
        timeout_ms: 1000,
    }
}

fn call(sim: &mut SimOdoo, target: &str, body: &Json) -> Json {
    let response = sim.handle(&request(&format!("/json/2/{target}"), body), noon()).unwrap();
    let answer: Json = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(response.status, 200, "{answer}");
    answer
}

/// Loads a product, a tax of 8.25 % and a customer.
fn shop() -> SimOdoo {
    let mut sim = SimOdoo::new(SimConfig::odoo19());
    let fields = json!(["id", "name", "amount"]);
    call(&mut sim, "account.tax/load", &json!({ "fields": fields, "data": [["d.tax", "8.25%", "8.25"]] }));
    let fields = json!(["id", "name", "default_code", "list_price", "type", "taxes_id/id"]);
    let data = json!([["d.widget", "Widget", "W-1", "9.99", "consu", "d.tax"]]);
    call(&mut sim, "product.product/load", &json!({ "fields": fields, "data": data }));
    let data = json!([["d.grace", "Grace"]]);
    call(&mut sim, "res.partner/load", &json!({ "fields": ["id", "name"], "data": data }));
    sim
}

/// The body of a create-once load of orders, each with lines of one widget.
fn orders(names: &[String], lines: usize, price: &str) -> Json {
    let fields = json!([
        "id",
        "client_order_ref",
        "partner_id/id",
        "order_line/id",
        "order_line/product_id/id",
        "order_line/name",
        "order_line/product_uom_qty",
        "order_line/price_unit",
        "order_line/tax_ids/id"
    ]);
    let mut data = Vec::new();
    for name in names {
        for line in 0..lines {
            let own = |text: &str| if line == 0 { json!(text) } else { json!("") };
            let line_name = format!("{name}_line_{line}");
            let head = [own(name), own(&format!("#{name}")), own("d.grace")];
            let cells =
                [json!(line_name), json!("d.widget"), json!("Widget"), json!("1"), json!(price), json!("d.tax")];
            data.push(head.into_iter().chain(cells).collect::<Vec<_>>());
        }
    }
    json!({ "fields": fields, "data": data, "context": { "mode": "update", "noupdate": true } })
}

fn one(name: &str) -> Json {
    orders(&[name.to_owned()], 1, "10")
}

fn names(sim: &SimOdoo) -> Vec<String> {
    sim.orders().map(|order| order.name().to_owned()).collect()
}

#[test]
fn a_restored_database_answers_and_drains_as_the_old_one() {
    let mut sim = shop();
    call(&mut sim, "sale.order/load", &one("shop.1"));
    let rows: Vec<_> = sim.drain_changes().into_iter().map(|(key, row)| (key, row.unwrap())).collect();
    assert!(sim.drain_changes().is_empty());
    let mut restored = SimOdoo::restore(SimConfig::odoo19(), rows).unwrap();
    let read = json!({ "domain": [], "fields": ["name", "client_order_ref", "amount_total", "date_order"] });
    assert_eq!(call(&mut sim, "sale.order/search_read", &read), call(&mut restored, "sale.order/search_read", &read));
    for sim in [&mut sim, &mut restored] {
        call(sim, "sale.order/load", &one("shop.1"));
        call(sim, "sale.order/load", &one("shop.2"));
    }
    assert_eq!(sim.drain_changes(), restored.drain_changes());
    assert_eq!(names(&restored), ["S00001", "S00002"]);
}

#[test]
fn a_refused_load_keeps_nothing_but_burns_its_numbers() {
    let mut sim = shop();
    let mut both = orders(&["shop.1".into(), "shop.2".into()], 1, "10");
    both["data"][1][4] = json!("d.nothing");
    let answer = call(&mut sim, "sale.order/load", &both);
    assert_eq!(answer["ids"], json!(false));
    assert_eq!(answer["messages"][0]["record"], json!(1));
    assert_eq!((sim.count("sale.order"), sim.count("sale.order.line")), (0, 0));
    assert!(sim.order("shop.1").is_none());
    call(&mut sim, "sale.order/load", &one("shop.1"));
    assert_ne!(names(&sim), ["S00001"]);
}

#[test]
fn an_answer_can_be_lost_before_or_after_the_commit() {
    let mut sim = shop();
    let load = On::call("sale.order", "load");
    sim.inject(SimFault::once(load.clone(), Effect::LostAnswer));
    let body = request("/json/2/sale.order/load", &one("shop.1"));
    assert_eq!(sim.call(&body, noon()).outcome, Outcome::LostAnswer);
    assert_eq!(sim.count("sale.order"), 1);
    sim.inject(SimFault::once(load, Effect::DroppedBefore));
    let body = request("/json/2/sale.order/load", &one("shop.2"));
    assert_eq!(sim.call(&body, noon()).outcome, Outcome::Dropped);
    assert_eq!(sim.count("sale.order"), 1);
}

#[test]
fn a_late_commit_overwrites_what_came_after_its_request() {
    let mut sim = shop();
    call(&mut sim, "sale.order/load", &one("shop.1"));
    let late = SimFault::once(On::method("write"), Effect::CommitLate { after: SignedDuration::from_mins(3) });
    sim.inject(late);
    let write = |reference: &str| json!({ "ids": [1], "vals": { "client_order_ref": reference } });
    let old = request("/json/2/sale.order/write", &write("old"));
    assert!(matches!(sim.call(&old, noon()).outcome, Outcome::Pending { .. }));
    call(&mut sim, "sale.order/write", &write("new"));
    assert_eq!(sim.order("shop.1").unwrap().client_order_ref(), "new");
    sim.advance(noon() + SignedDuration::from_mins(3));
    assert_eq!(sim.order("shop.1").unwrap().client_order_ref(), "old");
}

#[test]
fn a_conflict_in_load_is_an_answer_and_the_repetition_succeeds() {
    let mut sim = shop();
    sim.inject(SimFault::times(On::method("load"), Effect::Serialization, 2));
    for _ in 0..2 {
        let answer = call(&mut sim, "sale.order/load", &one("shop.1"));
        assert_eq!(answer["messages"][0]["message"], json!("could not serialize access due to concurrent update\n"));
    }
    assert_ne!(call(&mut sim, "sale.order/load", &one("shop.1"))["ids"], json!(false));
}

#[test]
fn the_servers_own_retries_show_only_in_numbers() {
    let mut sim = shop();
    sim.inject(SimFault::once(On::method("load"), Effect::ServerRetries { attempts: 3 }));
    call(&mut sim, "sale.order/load", &one("shop.1"));
    assert_eq!(names(&sim), ["S00004"]);
}

#[test]
fn a_row_error_names_its_record_and_the_first_and_refuses_the_call() {
    let mut sim = shop();
    let effect = Effect::RowError { external_id: "shop.2".into(), message: "no".into() };
    sim.inject(SimFault::once(On::any(), effect));
    let both = orders(&["shop.1".into(), "shop.2".into()], 3, "10");
    let answer = call(&mut sim, "sale.order/load", &both);
    assert_eq!(answer["messages"][0]["record"], json!(0));
    assert_eq!(answer["messages"][1]["record"], json!(1));
    assert_eq!(answer["messages"][1]["rows"], json!({ "from": 3, "to": 5 }));
    assert_eq!(sim.count("sale.order"), 0);
}

#[test]
fn a_proxy_in_front_answers_for_a_server_that_is_away() {
    let mut sim = shop();
    sim.inject(SimFault::once(On::any(), Effect::TooManyRequests { retry_after_s: 7 }));
    let whoami = request("/json/2/res.users/context_get", &json!({}));
    let response = sim.handle(&whoami, noon()).unwrap();
    assert_eq!((response.status, response.header("Retry-After")), (429, Some("7")));
    sim.inject(SimFault::once(On::any(), Effect::DownUntil(noon() + SignedDuration::from_secs(60))));
    assert_eq!(sim.call(&whoami, noon()).outcome, Outcome::ConnectionRefused);
    assert!(sim.handle(&whoami, noon() + SignedDuration::from_secs(60)).is_ok());
}

#[track_caller]
fn check_total(pricelist: &str, price: &str, expect: (&str, &str)) {
    let mut sim = shop();
    let mut load = one("shop.1");
    load["fields"].as_array_mut().unwrap().push(json!("pricelist_id"));
    load["data"][0].as_array_mut().unwrap().push(json!(pricelist));
    load["data"][0][7] = json!(price);
    call(&mut sim, "sale.order/load", &load);
    let order = sim.order("shop.1").unwrap();
    assert_eq!((order.amount_untaxed().normalize().to_string(), order.amount_tax().normalize().to_string()), {
        let (untaxed, tax) = expect;
        (untaxed.to_owned(), tax.to_owned())
    });
}

#[test]
fn amounts_are_rounded_to_the_digits_of_their_currency() {
    check_total("Default USD", "10", ("10", "0.83"));
    check_total("Default JPY", "1999", ("1999", "165"));
    check_total("Default KWD", "1.11", ("1.11", "0.092"));
    // Two decimals of price are kept in every currency ("Product Price").
    check_total("Default KWD", "1.115", ("1.12", "0.092"));
}

#[test]
fn nothing_that_is_sent_makes_it_panic() {
    let mut sim = shop();
    let good = orders(&["shop.1".into()], 2, "10").to_string().into_bytes();
    let mut state = 1u64;
    for _ in 0..2000 {
        let mut body = good.clone();
        for _ in 0..4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(state >> 33).unwrap() % body.len();
            body[at] = b"0\"[]{},:/.-9a\xff"[usize::try_from(state >> 7 & 0xff).unwrap() % 14];
        }
        for path in ["/json/2/sale.order/load", "/jsonrpc", "/json/2/res.partner/search_read", "/json/2//", ""] {
            let mut request = request(path, &json!({}));
            request.body.clone_from(&body);
            assert!(sim.handle(&request, noon()).is_ok());
        }
    }
}

#[test]
fn ten_orders_load_in_well_under_a_millisecond_each() {
    let mut sim = shop();
    let mut loaded = 0;
    #[allow(clippy::disallowed_methods, reason = "the test measures itself")]
    let start = std::time::Instant::now();
    for batch in 0..20 {
        let names: Vec<String> = (0..10).map(|number| format!("shop.{batch}_{number}")).collect();
        loaded += call(&mut sim, "sale.order/load", &orders(&names, 3, "19.99"))["ids"].as_array().unwrap().len();
    }
    let each = start.elapsed() / 20;
    println!("one load of 10 orders of 3 lines: {each:?}");
    assert_eq!((loaded, sim.count("sale.order.line")), (200, 600));
    assert_eq!(sim.orders().map(|order| order.amount_untaxed()).sum::<Decimal>(), Decimal::new(1_199_400, 2));
    // Ten times what it takes, so that a busy machine does not fail it.
    assert!(each.as_millis() < 20, "{each:?}");
}
