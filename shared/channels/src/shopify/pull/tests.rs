//! Errors of every layer, in the forms of `graphql_examples`, and where questions may go.

use sluice_domain::{
    account::Account,
    ports::{http::HttpResponse, secrets::Secret},
};

use crate::{Answer, Meter, PullContext, Question, Trouble, channel};

fn account(domain: &str) -> Account {
    serde_json::from_value(serde_json::json!({"name": "demo", "channel": "shopify", "shop_domain": domain})).unwrap()
}

fn changed(after: Option<&str>) -> Question {
    let since = "2026-11-01T10:00:05.9Z".parse().unwrap();
    Question::Changed { since, after: after.map(ToOwned::to_owned), size: 7 }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpResponse { status, headers, body: body.as_bytes().to_vec() }
}

fn example(name: &str) -> HttpResponse {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/shopify/graphql_examples/");
    answer(200, &[], &std::fs::read_to_string(format!("{root}{name}.json")).unwrap())
}

#[track_caller]
fn trouble(question: &Question, answer: &HttpResponse) -> Trouble {
    channel("shopify").unwrap().hear(question, answer).answer.unwrap_err()
}

#[test]
fn throttled_in_http_200_waits_for_the_missing_points() {
    let heard = channel("shopify").unwrap().hear(&changed(None), &example("throttled_http200"));
    // (202 - 118) / 50 seconds.
    assert_eq!(heard.answer, Err(Trouble::Throttled { wait_ms: 1_680 }));
    assert_eq!(heard.meter, Some(Meter { asked: Some(202), available: 118, restored: 50, most: 1_000 }));
}

#[test]
fn errors_of_every_layer_have_their_own_decision() {
    let ask = changed(None);
    assert_eq!(trouble(&ask, &example("max_cost_exceeded")), Trouble::TooLarge);
    let Trouble::Denied { fix } = trouble(&ask, &example("access_denied")) else { panic!("not denied") };
    assert!(fix.contains("`orders`") && fix.contains("read_orders"), "{fix}");
    assert!(matches!(trouble(&ask, &example("internal_server_error")), Trouble::Later { wait_ms: None, .. }));
    let later = |status, headers: &[(&str, &str)]| {
        let trouble = trouble(&ask, &answer(status, headers, "<html>"));
        let Trouble::Later { wait_ms, .. } = trouble else { panic!("{trouble:?}") };
        wait_ms
    };
    assert_eq!(later(429, &[("Retry-After", "2.0")]), Some(2_000));
    assert_eq!(later(429, &[("Retry-After", "1.5")]), Some(2_000));
    assert_eq!((later(502, &[]), later(503, &[("retry-after", "9")])), (None, Some(9_000)));
    for status in [301, 401, 402, 403, 404, 423] {
        assert!(matches!(trouble(&ask, &answer(status, &[], "{}")), Trouble::Denied { .. }), "{status}");
    }
    for body in ["", "<html>", "{}", "[]", r#"{"data": null}"#, r#"{"data": {"orders": null}}"#, r#"{"errors": "no"}"#]
    {
        assert!(matches!(trouble(&ask, &answer(200, &[], body)), Trouble::Unreadable(_)), "{body}");
    }
}

#[test]
fn a_place_that_is_not_known_any_more() {
    let gone = answer(200, &[], r#"{"errors": [{"message": "Invalid cursor for current pagination sort."}]}"#);
    assert_eq!(trouble(&changed(Some("old")), &gone), Trouble::LostPlace);
    assert!(matches!(trouble(&changed(None), &gone), Trouble::Unreadable(_)), "there was no place");
}

/// Shopify may answer with another version than the one asked for: its deliveries say so.
#[test]
fn the_version_that_answered_is_kept() {
    let page = r#"{"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": false, "endCursor": null}}}}"#;
    let heard =
        channel("shopify").unwrap().hear(&changed(None), &answer(200, &[("X-Shopify-API-Version", "2026-07")], page));
    assert_eq!(heard.api_version.as_deref(), Some("2026-07"));
    assert_eq!(heard.answer, Ok(Answer::Page { items: Vec::new(), next: None }));
}

/// A node that is nothing we know is an item all the same, and the others are read.
#[test]
fn one_bad_node_leaves_the_page_as_it_is() {
    let page = r#"{"data": {"orders": {"nodes": [null, 7, {"id": "gid://shopify/Order/5", "updatedAt": "2026-11-01T10:00:00Z",
        "lineItems": {"pageInfo": {"hasNextPage": false}, "nodes": []}, "shippingLines": {"pageInfo": {"hasNextPage": false}},
        "refunds": []}], "pageInfo": {"hasNextPage": true, "endCursor": "next"}}}}"#;
    let heard = channel("shopify").unwrap().hear(&changed(None), &answer(200, &[], page));
    let Ok(Answer::Page { items, next }) = heard.answer else { panic!("{heard:?}") };
    assert_eq!(next.as_deref(), Some("next"));
    assert_eq!(items.iter().map(|item| item.id.as_deref()).collect::<Vec<_>>(), [None, Some("5")]);
    let endless = page.replace(r#""endCursor": "next""#, r#""endCursor": null"#);
    assert!(matches!(trouble(&changed(None), &answer(200, &[], &endless)), Trouble::Unreadable(_)));
}

#[test]
fn a_subscription_that_is_refused_says_why_and_one_that_exists_is_fine() {
    let ask = Question::Subscribe { topic: "orders/create", url: "https://hooks.example.com".into() };
    let made = |message: &str| {
        let body = serde_json::json!({"data": {"webhookSubscriptionCreate": {"webhookSubscription": null,
            "userErrors": [{"field": ["webhookSubscription"], "message": message}]}}});
        channel("shopify").unwrap().hear(&ask, &answer(200, &[], &body.to_string())).answer
    };
    assert_eq!(made("Address for this topic has already been taken"), Ok(Answer::Subscribed));
    let Err(Trouble::Denied { fix }) = made("Address is invalid") else { panic!("taken for good") };
    assert!(fix.contains("orders/create") && fix.contains("Address is invalid"), "{fix}");
}

/// The token goes to the shop's own host, or to the simulated one that somebody has checked.
#[test]
fn questions_go_to_the_shop_and_nowhere_else() {
    let token = Secret::new("hush");
    let shopify = channel("shopify").unwrap();
    let ask = |domain: &str, base: Option<&str>| {
        let context = PullContext { account: &account(domain), token: &token, signing: None, base };
        shopify.ask(&changed(None), &context).map(|asked| asked.request)
    };
    let request = ask("Example-Shop.myshopify.com", None).unwrap();
    assert_eq!(request.url, "https://example-shop.myshopify.com/admin/api/2026-10/graphql.json");
    assert!(!format!("{request:?}").contains("hush"));
    let body = String::from_utf8(request.body).unwrap();
    assert!(body.contains("updated_at:>='2026-11-01T10:00:05Z'"), "{body}");
    assert_eq!(
        ask("x.y", Some("http://127.0.0.1:9/")).unwrap().url,
        "http://127.0.0.1:9/admin/api/2026-10/graphql.json"
    );
    for domain in
        ["", "evil.com/x", "a@evil.com", "evil.com:1", "evil.com?x", "evil.com#", ".evil.com", "shop", "a b.c"]
    {
        assert!(ask(domain, None).is_err(), "{domain}");
    }
}
