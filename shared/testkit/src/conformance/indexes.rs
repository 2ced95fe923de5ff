//! What leads to records: the due index, names, the exceptions.

use sluice_domain::{
    ports::state::{State, StateError},
    state::{Due, Head, Lane, OdooOrder},
};

use super::{
    Candidate, instant,
    samples::{only, parked, plain, subject},
    texts,
};

async fn save(on: &Candidate, head: Head) {
    assert_eq!(on.state.save(vec![only(head)]).await, [Ok(())]);
}

fn due(seconds: i64, lane: Lane) -> Due {
    Due { at: instant(seconds), lane }
}

async fn check_due(on: &Candidate, lane: Lane, at: i64, limit: usize, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|id| format!("shop/order/{id}")).collect();
    on.eventually(expected, |state| Box::pin(async move { texts(state.due(lane, instant(at), limit).await.unwrap()) }))
        .await;
}

pub(super) async fn due_in_order_of_time(on: Candidate) {
    let order = [7, 3, 9, 1, 5, 8, 2, 6, 4, 10];
    for at in order {
        save(&on, Head { due: Some(due(at, Lane::Urgent)), ..plain(&format!("o{at}")) }).await;
    }
    let all = ["o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8", "o9", "o10"];
    check_due(&on, Lane::Urgent, 100, 100, &all).await;
    check_due(&on, Lane::Urgent, 100, 4, &all[..4]).await;
}

pub(super) async fn due_respects_limit_lane_and_now(on: Candidate) {
    save(&on, Head { due: Some(due(5, Lane::Urgent)), ..plain("u5") }).await;
    save(&on, Head { due: Some(due(6, Lane::Urgent)), ..plain("u6") }).await;
    save(&on, Head { due: Some(due(5, Lane::Bulk)), ..plain("b5") }).await;
    check_due(&on, Lane::Urgent, 4, 10, &[]).await;
    check_due(&on, Lane::Urgent, 5, 10, &["u5"]).await;
    check_due(&on, Lane::Urgent, 6, 10, &["u5", "u6"]).await;
    check_due(&on, Lane::Urgent, 6, 1, &["u5"]).await;
    check_due(&on, Lane::Urgent, 6, 0, &[]).await;
    check_due(&on, Lane::Bulk, 6, 10, &["b5"]).await;
}

pub(super) async fn at_rest_is_not_due(on: Candidate) {
    save(&on, Head { due: Some(due(1, Lane::Urgent)), ..plain("1") }).await;
    check_due(&on, Lane::Urgent, 2, 10, &["1"]).await;
    save(&on, Head { version: 1, due: None, ..plain("1") }).await;
    check_due(&on, Lane::Urgent, 1_000_000, 10, &[]).await;
}

pub(super) async fn rescheduled_is_due_once(on: Candidate) {
    for (version, at, lane) in [(0, 1, Lane::Urgent), (1, 50, Lane::Urgent), (2, 50, Lane::Urgent), (3, 40, Lane::Bulk)]
    {
        save(&on, Head { version, due: Some(due(at, lane)), ..plain("1") }).await;
        check_due(&on, lane, at, 10, &["1"]).await;
        check_due(&on, lane, at - 1, 10, &[]).await;
    }
    check_due(&on, Lane::Urgent, 1_000, 10, &[]).await;
}

pub(super) async fn conflict_leaves_the_due_index(on: Candidate) {
    save(&on, Head { due: Some(due(1, Lane::Urgent)), number: Some("#1".into()), ..plain("a") }).await;
    let stale =
        Head { due: Some(due(9, Lane::Bulk)), parked: Some(parked("x")), number: Some("#2".into()), ..plain("a") };
    assert_eq!(on.state.save(vec![only(stale)]).await, [Err(StateError::Conflict)]);
    check_due(&on, Lane::Urgent, 100, 10, &["a"]).await;
    check_due(&on, Lane::Bulk, 100, 10, &[]).await;
    check_found(&on, "2", &[]).await;
    check_parked(&on, None, 10, &[]).await;
}

async fn check_found(on: &Candidate, reference: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|id| format!("shop/order/{id}")).collect();
    let reference = reference.to_owned();
    on.eventually(expected, |state| {
        let reference = reference.clone();
        Box::pin(async move { texts(state.find(&reference).await.unwrap()) })
    })
    .await;
}

fn odoo(id: i64, name: &str) -> OdooOrder {
    OdooOrder { id, name: name.into(), state: "draft".into(), total: None, adopted: false }
}

pub(super) async fn found_by_every_name(on: Candidate) {
    save(&on, Head { number: Some("#DE-1001".into()), odoo: Some(odoo(42, "S00042")), ..plain("82098Ab") }).await;
    for name in ["#DE-1001", "DE-1001", "de-1001", " #de-1001 ", "82098Ab", "#82098aB", "shop/order/82098Ab"] {
        check_found(&on, name, &["82098Ab"]).await;
    }
    for name in ["SHOP/order/82098ab", "S00042", "s00042", "42", "#42"] {
        check_found(&on, name, &["82098Ab"]).await;
    }
}

pub(super) async fn found_after_a_change(on: Candidate) {
    save(&on, Head { number: Some("#1".into()), odoo: Some(odoo(5, "S5")), ..plain("x") }).await;
    save(&on, Head { version: 1, number: Some("#2".into()), odoo: Some(odoo(6, "S6")), ..plain("x") }).await;
    for name in ["2", "S6", "6", "x"] {
        check_found(&on, name, &["x"]).await;
    }
    for gone in ["1", "S5", "5"] {
        check_found(&on, gone, &[]).await;
    }
}

pub(super) async fn found_once_and_only_exactly(on: Candidate) {
    // All names of one subject are the same; another subject shares it; a third one only begins like it.
    save(&on, Head { number: Some("#77".into()), odoo: Some(odoo(77, "77")), ..plain("77") }).await;
    save(&on, Head { number: Some("77".into()), ..plain("b") }).await;
    save(&on, Head { number: Some("#771".into()), ..plain("c") }).await;
    check_found(&on, "#77", &["77", "b"]).await;
    check_found(&on, "shop/order/77", &["77"]).await;
    for nothing in ["7", "", "#", " ", "/", "//", "shop/order/", "no such"] {
        check_found(&on, nothing, &[]).await;
    }
}

async fn check_parked(on: &Candidate, after: Option<&str>, limit: usize, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|id| format!("shop/order/{id}")).collect();
    let after = after.map(subject);
    on.eventually(expected, |state| {
        let after = after.clone();
        Box::pin(async move {
            let heads = state.parked(after, limit).await.unwrap();
            assert!(heads.iter().all(|head| head.parked == Some(parked("x"))), "{heads:?}");
            texts(heads.into_iter().map(|head| head.key).collect())
        })
    })
    .await;
}

pub(super) async fn parked_in_pages_and_released(on: Candidate) {
    for id in ["c", "a", "e", "b", "d"] {
        save(&on, Head { parked: Some(parked("x")), ..plain(id) }).await;
    }
    save(&on, plain("bb")).await;
    check_parked(&on, None, 2, &["a", "b"]).await;
    check_parked(&on, Some("b"), 2, &["c", "d"]).await;
    check_parked(&on, Some("d"), 2, &["e"]).await;
    check_parked(&on, Some("e"), 2, &[]).await;
    check_parked(&on, Some("bb"), 10, &["c", "d", "e"]).await;
    save(&on, Head { version: 1, parked: None, ..plain("c") }).await;
    check_parked(&on, None, 10, &["a", "b", "d", "e"]).await;
}

/// All heads, by pages of that size.
async fn paged(state: &dyn State, size: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = state.heads(after, size).await.unwrap();
        after = page.last().map(|head| head.key.clone());
        let last = page.len() < size;
        found.extend(texts(page.into_iter().map(|head| head.key).collect()));
        if last {
            found.sort();
            return found;
        }
    }
}

pub(super) async fn every_head_once_in_pages(on: Candidate) {
    let ids = ["a", "b", "c", "d", "e"];
    for id in ids {
        save(&on, plain(id)).await;
    }
    save(&on, Head { version: 1, due: Some(due(1, Lane::Urgent)), ..plain("c") }).await;
    let all: Vec<String> = ids.iter().map(|id| format!("shop/order/{id}")).collect();
    for size in [1, 2, 5, 100] {
        on.eventually(all.clone(), |state| Box::pin(paged(state, size))).await;
    }
}
