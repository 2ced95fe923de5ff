//! Reading: pages, the catalogue beside an order, and what Square answers when something is in the way.

use serde_json::{Value, json};
use sluice_channels::{Answer, PullContext, Question, Trouble};
use sluice_domain::ports::{
    http::{HttpRequest, HttpResponse},
    secrets::{AccountSecrets, Secret},
};

use crate::{account, fixture, json as file, order, square};

fn ask(question: &Question, token: &str) -> Result<HttpRequest, String> {
    let (account, token) = (account(), Secret::new(token));
    let context = PullContext { account: &account, token: &token, signing: None, base: None };
    square().ask(question, &context).map(|asked| asked.request)
}

fn changed(after: Option<&str>) -> Question {
    let since = "2026-11-20T08:00:00Z".parse().unwrap();
    Question::Changed { since, after: after.map(str::to_owned), size: 50 }
}

fn hear(question: &Question, status: u16, body: &[u8]) -> Result<Answer, Trouble> {
    square().hear(question, &HttpResponse { status, headers: Vec::new(), body: body.to_vec() }).answer
}

#[test]
fn a_search_names_locations_and_goes_by_the_change() {
    let request = ask(&changed(Some("cur")), "EAAA-token:L1:L2").unwrap();
    assert_eq!(request.url, "https://connect.squareup.com/v2/orders/search");
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        body,
        json!({
            "location_ids": ["L1", "L2"], "limit": 50, "cursor": "cur",
            "query": {"filter": {"date_time_filter": {"updated_at": {"start_at": "2026-11-20T08:00:00Z"}}},
                "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"}},
        })
    );
    let header = |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!((header("authorization"), header("square-version")), (Some("Bearer EAAA-token"), Some("2025-08-20")));
}

#[test]
fn a_key_without_locations_is_told_with_its_form() {
    let eleven = format!("t{}", ":L".repeat(11));
    for odd in ["", "token", "token:", ":L1", "to ken:L1", "token:L1:", eleven.as_str(), "token:L/1"] {
        let fix = ask(&changed(None), odd).unwrap_err();
        assert!(fix.contains("location"), "{odd}: {fix}");
        let secrets = AccountSecrets {
            signing: vec![Secret::new("s")],
            contact_key: Secret::new("k"),
            access_token: Some(Secret::new(odd)),
        };
        assert_eq!(square().check_account(&account(), &secrets), [format!("account demo: {fix}")]);
    }
}

#[test]
fn an_order_is_read_with_the_skus_of_what_it_sold() {
    let page = json!({"orders": [file("order.json")], "cursor": "next"}).to_string();
    let Ok(Answer::Page { mut items, next }) = hear(&changed(None), 200, page.as_bytes()) else { panic!() };
    assert_eq!(next.as_deref(), Some("next"));
    let item = items.remove(0);
    let rest = Question::Rest(item.rest.clone().unwrap());
    let request = ask(&rest, "t:L1").unwrap();
    assert_eq!(request.url, "https://connect.squareup.com/v2/catalog/batch-retrieve");
    let asked: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(asked, json!({"object_ids": ["BOWLVARIATION000000000002", "CUPVARIATION0000000000001"]}));
    let Ok(Answer::Item(whole)) = hear(&rest, 200, &fixture("catalog.json")) else { panic!() };
    assert_eq!((whole.id, whole.changed, &whole.rest), (item.id, item.changed, &None));
    let read = order(&serde_json::from_slice(&whole.body).unwrap());
    let skus: Vec<_> = read.lines.iter().map(|line| line.sku.as_deref().unwrap()).collect();
    assert_eq!(skus, ["SKU-1", "SKU-2"]);
    // A variation that was deleted is not in the answer: its line has no SKU, and the others have theirs.
    let Ok(Answer::Item(whole)) = hear(&rest, 200, b"{\"objects\": []}") else { panic!() };
    assert_eq!(order(&serde_json::from_slice(&whole.body).unwrap()).lines[0].sku, None);
    assert!(matches!(
        hear(&rest, 200, b"{\"errors\": [{\"code\": \"INTERNAL_SERVER_ERROR\"}]}"),
        Err(Trouble::Unreadable(_))
    ));
}

#[test]
fn no_orders_are_an_empty_object() {
    let Ok(Answer::Page { items, next }) = hear(&changed(None), 200, b"{}") else { panic!() };
    assert_eq!((items.len(), next), (0, None));
}

#[test]
fn errors_have_each_their_own_decision() {
    let limited = hear(&changed(None), 429, &fixture("errors/rate_limited.json"));
    assert_eq!(limited, Err(Trouble::Later { wait_ms: Some(30_000), why: "Square asks for patience".into() }));
    assert_eq!(hear(&changed(Some("old")), 400, &fixture("errors/invalid_cursor.json")), Err(Trouble::LostPlace));
    let Err(Trouble::Unreadable(why)) = hear(&changed(None), 400, &fixture("errors/invalid_cursor.json")) else {
        panic!()
    };
    assert!(why.contains("INVALID_CURSOR"));
    for status in [401, 403] {
        let denied = hear(&changed(None), status, &fixture("errors/unauthorized.json"));
        assert!(matches!(denied, Err(Trouble::Denied { .. })), "{denied:?}");
    }
}
