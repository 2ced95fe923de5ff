//! Pages, questions and answers of REST.

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_channels::{Answer, PullContext, Pulled, Question, Trouble};
use sluice_domain::ports::{
    http::{HttpRequest, HttpResponse},
    secrets::Secret,
};

use crate::support::{account, decode_delivery, delivery, fixture, sane, sane_with, woo};

fn since() -> Timestamp {
    "2026-11-20T10:00:05.9Z".parse().unwrap()
}

fn changed(after: Option<&str>, size: u32) -> Question {
    Question::Changed { since: since(), after: after.map(ToOwned::to_owned), size }
}

fn ask(question: &Question) -> HttpRequest {
    let (account, token, signing) = (account(), Secret::new("ck_1:cs_2"), Secret::new("hush"));
    let context = PullContext { account: &account, token: &token, signing: Some(&signing), base: None };
    woo().ask(question, &context).unwrap().request
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpResponse { status, headers, body: body.as_bytes().to_vec() }
}

fn hear(question: &Question, answer: &HttpResponse) -> Result<Answer, Trouble> {
    woo().hear(question, answer).answer
}

/// An order that changed at that second after ten o'clock.
fn changed_at(id: u64, second: u32) -> Value {
    let at = format!("2026-11-20T10:{:02}:{:02}", second / 60, second % 60);
    sane_with(&[("id", json!(id)), ("date_modified_gmt", json!(at))])
}

#[test]
fn questions_go_to_the_shop_with_its_key() {
    let request = ask(&changed(None, 7));
    assert_eq!(
        request.url,
        "https://shop.example.com/wp-json/wc/v3/orders?modified_after=2026-11-20T10:00:04&dates_are_gmt=true\
         &orderby=modified&order=asc&per_page=7&offset=0"
    );
    assert!(request.headers.contains(&("authorization".into(), "Basic Y2tfMTpjc18y".into())));
    assert!(!format!("{request:?}").contains("Y2tf"), "the key is shown");
    let (mut account, token) = (account(), Secret::new("ck_1:cs_2"));
    let mut url = |domain: &str, base| {
        account.shop_domain = Some(domain.into());
        let context = PullContext { account: &account, token: &token, signing: None, base };
        woo().ask(&changed(None, 1), &context).map(|asked| asked.request.url.split('?').next().unwrap().to_owned())
    };
    assert_eq!(url("example.com:8443/shop", None).unwrap(), "https://example.com:8443/shop/wp-json/wc/v3/orders");
    assert_eq!(url("x", Some("http://127.0.0.1:9/")).unwrap(), "http://127.0.0.1:9/wp-json/wc/v3/orders");
    for odd in
        ["", "a@evil.test", "evil.test#", "evil.test?x", "evil.test/../x", "http://shop.example.com", "shop", ".x.y"]
    {
        assert!(url(odd, None).is_err(), "{odd}");
    }
    let odd = Secret::new("ck_1");
    let context = PullContext { account: &crate::support::account(), token: &odd, signing: None, base: None };
    assert!(woo().ask(&changed(None, 1), &context).unwrap_err().contains("ck_"));
}

/// A shop that answers pages as the real one does: later than `modified_after`, sorted by change and id, from an offset on.
struct Shop {
    orders: Vec<Value>,
}

impl Shop {
    fn page(&self, url: &str) -> HttpResponse {
        let part = |name: &str| url.split(['?', '&']).find_map(|part| part.strip_prefix(&format!("{name}="))).unwrap();
        let key =
            |order: &Value| (order["date_modified_gmt"].as_str().unwrap().to_owned(), order["id"].as_u64().unwrap());
        let mut found: Vec<&Value> =
            self.orders.iter().filter(|order| key(order).0.as_str() > part("modified_after")).collect();
        found.sort_by_key(|order| key(order));
        let (offset, count): (usize, usize) = (part("offset").parse().unwrap(), part("per_page").parse().unwrap());
        let page: Vec<&Value> = found.iter().skip(offset).take(count).copied().collect();
        answer(200, &[("X-WP-Total", &found.len().to_string())], &json!(page).to_string())
    }

    /// Reads to the end; `meanwhile` happens before each page.
    fn read(&mut self, size: u32, mut meanwhile: impl FnMut(usize, &mut Self)) -> Vec<String> {
        let (mut after, mut ids) = (None::<String>, Vec::new());
        for turn in 0..200 {
            meanwhile(turn, self);
            let question = changed(after.as_deref(), size);
            let Answer::Page { items, next } = hear(&question, &self.page(&ask(&question).url)).unwrap() else {
                panic!()
            };
            assert!(items.len() <= usize::try_from(size).unwrap());
            ids.extend(items.into_iter().map(|item| item.id.unwrap()));
            after = next;
            if after.is_none() {
                return ids;
            }
        }
        panic!("endless");
    }
}

#[test]
fn no_order_is_lost_between_pages() {
    for size in [1, 2, 3, 7] {
        // Many in one second, and before and after it.
        let orders: Vec<Value> = (1..=30)
            .map(|id| changed_at(id, if (6..=22).contains(&id) { 100 } else { 70 + u32::try_from(id).unwrap() * 3 }))
            .collect();
        let mut shop = Shop { orders };
        let mut read = shop.read(size, |_, _| {});
        assert_eq!(read.len(), 30, "each once");
        read.sort();
        read.dedup();
        assert_eq!(read.len(), 30, "size {size}");
        // While pages are turned, orders that were read change again and move to the end.
        for moved in 1..=22 {
            let read = shop.read(size, |turn, shop| {
                if turn == 3 {
                    let order = shop.orders.iter_mut().find(|order| order["id"] == moved).unwrap();
                    *order = changed_at(moved, 500);
                }
            });
            for id in 1..=30_u64 {
                assert!(read.contains(&id.to_string()), "{id} is lost when {moved} moves, by pages of {size}");
            }
            let order = shop.orders.iter_mut().find(|order| order["id"] == moved).unwrap();
            *order =
                changed_at(moved, if (6..=22).contains(&moved) { 100 } else { 70 + u32::try_from(moved).unwrap() * 3 });
        }
    }
}

#[test]
fn what_cannot_be_read_is_an_item_and_holds_up_no_other() {
    let body = json!([7, {"id": "x y"}, sane()]).to_string();
    let Ok(Answer::Page { items, next: Some(next) }) = hear(&changed(None, 3), &answer(200, &[], &body)) else {
        panic!()
    };
    assert_eq!(items.iter().map(|item| item.id.as_deref()).collect::<Vec<_>>(), [None, None, Some("7301")]);
    assert!(next.len() < 100);
    assert_eq!(hear(&changed(Some("nonsense"), 3), &answer(200, &[], "[]")), Err(Trouble::LostPlace));
    // Orders that the key may not see are left out of a page, and counted.
    let short = answer(200, &[("x-wp-total", "9")], &json!([sane()]).to_string());
    assert!(matches!(hear(&changed(None, 3), &short), Ok(Answer::Page { next: Some(_), .. })));
}

#[test]
fn refunds_are_read_with_their_order() {
    let order = sane_with(&[(
        "refunds",
        json!([{"id": 41, "reason": "r", "total": "-10.00"}, {"id": 42, "reason": "", "total": "-1.00"}]),
    )]);
    let page = answer(200, &[], &json!([order]).to_string());
    let Ok(Answer::Page { items, .. }) = hear(&changed(None, 7), &page) else { panic!() };
    let rest = Question::Rest(items[0].rest.clone().unwrap());
    assert_eq!(ask(&rest).url, "https://shop.example.com/wp-json/wc/v3/orders/7301/refunds?per_page=100");
    let own = json!([{"id": 41, "amount": "10.00", "date_created_gmt": "2026-11-20T10:00:05", "line_items": [
        {"id": 91, "quantity": -1, "meta_data": [{"key": "_refunded_item_id", "value": "12"}]}]}]);
    let Ok(Answer::Item(Pulled { id, rest: None, body, changed: Some(_), .. })) =
        hear(&rest, &answer(200, &[], &own.to_string()))
    else {
        panic!()
    };
    assert_eq!(id.as_deref(), Some("7301"));
    let sluice_channels::Decoded::Evidence { evidence, .. } =
        decode_delivery(&delivery("pull:order", &body, 9)).unwrap()
    else {
        panic!()
    };
    assert_eq!(evidence.len(), 4);
    let gone = String::from_utf8(fixture("errors/rest_invalid_order_id.json")).unwrap();
    assert_eq!(hear(&rest, &answer(404, &[], &gone)), Ok(Answer::Moved));
}

/// A read order is the order that its webhook tells of.
#[test]
fn a_read_says_what_the_webhook_says() {
    for file in [
        "023-order.created",
        "030-order.updated",
        "048-order.updated",
        "063-order.created",
        "070-order.updated",
        "074-order.updated",
    ] {
        let body =
            crate::support::json(&format!("captured_deliveries/{file}.json"))["body_text"].as_str().unwrap().to_owned();
        let page = answer(200, &[], &format!("[{body}]"));
        let Ok(Answer::Page { items, .. }) = hear(&changed(None, 7), &page) else { panic!() };
        let facets = |topic: &str, body: &[u8]| {
            let sluice_channels::Decoded::Evidence { evidence, .. } =
                decode_delivery(&delivery(topic, body, 0)).unwrap()
            else {
                panic!()
            };
            evidence.into_iter().map(|one| (one.subject, one.rank.version, one.facet)).collect::<Vec<_>>()
        };
        assert_eq!(facets("pull:order", &items[0].body), facets("order.updated", body.as_bytes()), "{file}");
    }
}

#[test]
fn troubles_have_their_own_decisions() {
    let trouble = |status, headers: &[(&str, &str)], body: &str| {
        hear(&changed(None, 7), &answer(status, headers, body)).unwrap_err()
    };
    let error = |name: &str| String::from_utf8(fixture(&format!("errors/{name}.json"))).unwrap();
    assert!(matches!(trouble(429, &[("Retry-After", "7")], ""), Trouble::Later { wait_ms: Some(7_000), .. }));
    assert!(matches!(trouble(503, &[], "<html>"), Trouble::Later { wait_ms: None, .. }));
    assert!(matches!(
        trouble(200, &[("content-type", "text/html")], "<!DOCTYPE html><script>{\"a\":1}</script>"),
        Trouble::Later { .. }
    ));
    assert!(matches!(trouble(200, &[], &error("timeout_error")), Trouble::Later { .. }));
    for (status, body, word) in [
        (401, error("rest_cannot_view"), "key"),
        (403, error("error-wp-rest-forbidden"), "shop manager"),
        (403, "<html>blocked</html>".into(), "firewall"),
        (404, error("restnoroute_error"), "permalinks"),
        (301, String::new(), "shop_domain"),
    ] {
        let Trouble::Denied { fix } = trouble(status, &[], &body) else { panic!("{status}") };
        assert!(fix.contains(word), "{fix}");
    }
    for body in ["", "{}", "null", "nonsense", "[1,", "{\"a\": 1}"] {
        assert!(matches!(trouble(200, &[], body), Trouble::Unreadable(_)), "{body}");
    }
}

/// README, errors: notices of PHP may precede the JSON.
#[test]
fn notices_before_the_answer_are_skipped() {
    let body = format!("Notice: Undefined index [x] in /a.php on line 3\n{}", json!([sane()]));
    let Ok(Answer::Page { items, .. }) = hear(&changed(None, 7), &answer(200, &[], &body)) else { panic!() };
    assert_eq!(items.len(), 1);
}

#[test]
fn webhooks_are_made_with_the_secret_that_signs() {
    let url = "https://hooks.example.com/webhooks/woocommerce/demo";
    let make = Question::Subscribe { topic: "order.updated", url: url.into() };
    let request = ask(&make);
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        (body["secret"].as_str(), body["delivery_url"].as_str(), body["topic"].as_str()),
        (Some("hush"), Some(url), Some("order.updated"))
    );
    let webhook = json!({"id": 1, "status": "active", "topic": "order.updated", "delivery_url": url}).to_string();
    assert_eq!(hear(&make, &answer(201, &[], &webhook)), Ok(Answer::Subscribed));
    assert!(hear(&make, &answer(201, &[], &webhook.replace("active", "disabled"))).is_err());
    let listing = Question::Subscriptions { after: None };
    let listed = String::from_utf8(fixture("rest_examples/webhooks__list_all_webhooks.json")).unwrap();
    let Ok(Answer::Subscriptions { found, next: None }) = hear(&listing, &answer(200, &[], &listed)) else { panic!() };
    assert_eq!(
        found.iter().map(|one| (one.topic.as_str(), one.narrowed)).collect::<Vec<_>>(),
        [("customer.created", false), ("order.updated", false)]
    );
    // One that the shop has turned off sends nothing: it counts as none, and a new one is made.
    let off = json!([{"topic": "order.created", "status": "disabled", "delivery_url": url}, {"topic": "order.updated", "status": "paused", "delivery_url": url}]);
    let Ok(Answer::Subscriptions { found, .. }) = hear(&listing, &answer(200, &[], &off.to_string())) else { panic!() };
    assert_eq!(
        found.iter().map(|one| (one.topic.as_str(), one.narrowed)).collect::<Vec<_>>(),
        [("order.updated", true)]
    );
    let full = json!(vec![json!({"topic": "order.created", "status": "active", "delivery_url": url}); 100]).to_string();
    let Ok(Answer::Subscriptions { next: Some(next), .. }) = hear(&listing, &answer(200, &[], &full)) else { panic!() };
    assert_eq!(
        ask(&Question::Subscriptions { after: Some(next) }).url,
        "https://shop.example.com/wp-json/wc/v3/webhooks?per_page=100&page=2"
    );
}
