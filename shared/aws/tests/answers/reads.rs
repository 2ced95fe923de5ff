//! Reads: what was left out, what does not fit together, what comes in pages.

use std::sync::Arc;

use serde_json::{Value, json};
use sluice_aws::{
    planned,
    table::{Change, Key},
};
use sluice_domain::{
    ports::state::{Save, State, StateError},
    state::{Body, Head, Lane, Record},
    value::SubjectKey,
};
use sluice_testkit::conformance::{body_of, head_of, instant, subject};

use crate::{
    server::{Server, error, json as answer},
    state,
};

/// Head and body as they are stored, in the SDK's JSON.
fn items(id: &str, version: u64, body: Option<Body>) -> Vec<Value> {
    let save = Save { head: Head { version: version - 1, ..head_of(id) }, body };
    let writes = planned::save(save).unwrap();
    let stored = writes.iter().map(|write| match &write.change {
        Change::Put(item) | Change::Update { set: item, .. } => stored(&write.key, item.attributes()),
        Change::Delete => panic!("{write:?}"),
    });
    stored.collect()
}

fn stored<'a>(key: &Key, attributes: impl Iterator<Item = (&'a str, &'a sluice_aws::table::Value)>) -> Value {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sluice_aws::table::Value as Stored;
    let mut object = serde_json::Map::new();
    object.insert("pk".into(), json!({ "S": key.pk }));
    object.insert("sk".into(), json!({ "S": key.sk }));
    for (name, value) in attributes {
        let value = match value {
            Stored::Text(text) => json!({ "S": text }),
            Stored::Number(number) => json!({ "N": number.to_string() }),
            Stored::Bytes(bytes) => json!({ "B": STANDARD.encode(bytes) }),
        };
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}

/// A page of a batch, and the keys that it left out.
fn page(items: &[Value], left: &[&Value]) -> crate::server::Answer {
    let keys: Vec<Value> = left.iter().map(|item| json!({ "pk": item["pk"], "sk": item["sk"] })).collect();
    let left = if keys.is_empty() { json!({}) } else { json!({ "sluice-test-state": { "Keys": keys } }) };
    answer(200, &json!({ "Responses": { "sluice-test-state": items }, "UnprocessedKeys": left }))
}

fn record(id: &str, version: u64, body: Body) -> Record {
    Record { head: Head { version, ..head_of(id) }, body }
}

#[tokio::test]
async fn what_a_batch_left_out_is_asked_for_again() {
    let (one, two) = (items("1", 1, Some(body_of(1))), items("2", 1, Some(body_of(2))));
    let server = Server::answering(vec![
        page(&one[..1], &[&one[1], &two[0], &two[1]]),
        page(&[], &[&one[1], &two[0], &two[1]]),
        page(&two[1..], &[&one[1], &two[0]]),
        page(&[two[0].clone(), one[1].clone()], &[]),
    ]);
    let found = state(&server).read(vec![subject("2"), subject("1"), subject("3"), subject("2")]).await.unwrap();
    let (first, second) = (Some(record("1", 1, body_of(1))), Some(record("2", 1, body_of(2))));
    assert_eq!(found, [second.clone(), first, None, second]);
    let asked: Vec<usize> = server
        .seen()
        .iter()
        .map(|seen| seen.body["RequestItems"]["sluice-test-state"]["Keys"].as_array().unwrap().len())
        .collect();
    assert_eq!(asked, [6, 3, 3, 2]);
}

#[tokio::test]
async fn a_batch_that_is_never_whole_is_throttled() {
    let one = items("1", 1, None);
    let server = Server::answering(vec![page(&[], &[&one[0]])]);
    assert!(matches!(state(&server).read(vec![subject("1")]).await, Err(StateError::Throttled(_))));
    assert_eq!(server.seen().len(), 12);
}

#[tokio::test]
async fn a_broken_read_is_repeated_and_a_denied_one_is_not() {
    let one = items("1", 1, Some(body_of(1)));
    let server = Server::answering(vec![error(500, "InternalServerError"), page(&one, &[])]);
    assert_eq!(state(&server).read(vec![subject("1")]).await, Ok(vec![Some(record("1", 1, body_of(1)))]));
    let server = Server::answering(vec![error(400, "AccessDeniedException")]);
    let error = state(&server).read(vec![subject("1")]).await.unwrap_err().to_string();
    assert!(error.contains("dynamodb:BatchGetItem on table sluice-test-state"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn head_and_body_of_two_instants_are_read_again() {
    let (old, new) = (items("1", 1, Some(body_of(1))), items("1", 2, Some(body_of(2))));
    // A save came between: deciding on the new head and the old body would undo it.
    for torn in [[new[0].clone(), old[1].clone()], [old[0].clone(), new[1].clone()]] {
        let server = Server::answering(vec![page(&torn, &[]), page(&new, &[])]);
        assert_eq!(state(&server).read(vec![subject("1")]).await, Ok(vec![Some(record("1", 2, body_of(2)))]));
        assert_eq!(server.seen().len(), 2);
        let server = Server::answering(vec![page(&torn, &[])]);
        assert!(matches!(state(&server).read(vec![subject("1")]).await, Err(StateError::Unknown(_))));
    }
    let server = Server::answering(vec![page(&new[..1], &[]), page(&new, &[])]);
    assert_eq!(state(&server).read(vec![subject("1")]).await, Ok(vec![Some(record("1", 2, body_of(2)))]));
}

#[tokio::test]
async fn many_subjects_are_several_batches() {
    let server = Server::answering(vec![page(&[], &[])]);
    let keys: Vec<SubjectKey> = (0..120).map(|number| subject(&number.to_string())).collect();
    assert_eq!(state(&server).read(keys).await.unwrap().len(), 120);
    server.check(&["BatchGetItem"; 3]);
}

fn due(id: &str, second: i64) -> Value {
    let place = format!("{:.9}#shop/order/{id}", instant(second));
    let (pk, sk) = (format!("s#{id}"), format!("h#shop/order/{id}"));
    json!({ "pk": { "S": pk }, "sk": { "S": sk }, "due_pk": { "S": "due#urgent#00" }, "due_sk": { "S": place } })
}

#[tokio::test]
async fn pages_of_a_query_are_followed_up_to_the_limit() {
    let server = Server::answering(vec![answer(
        200,
        &json!({ "Items": [due("a", 1), due("b", 2)], "LastEvaluatedKey": { "pk": { "S": "p" }, "sk": { "S": "s" } } }),
    )]);
    let found = state(&server).due(Lane::Urgent, instant(9), 5).await.unwrap();
    // All sixteen shards say the same: the oldest is every shard's.
    assert_eq!(found, vec![subject("a"); 5]);
    let seen = server.seen();
    // Two, two, and one more of each shard.
    assert_eq!(seen.len(), 48);
    let limits: i64 = seen.iter().map(|seen| seen.body["Limit"].as_i64().unwrap()).sum();
    assert_eq!(limits, 16 * (5 + 3 + 1));
    assert_eq!(seen.iter().filter(|seen| seen.body["ExclusiveStartKey"]["pk"]["S"] == "p").count(), 32);
    assert!(seen.iter().all(|seen| seen.body["IndexName"] == "due"));
}

#[tokio::test]
async fn an_index_that_lags_shows_nobody_who_was_released() {
    let entry = |id: &str| json!({ "pk": { "S": format!("s#{id}") }, "sk": { "S": format!("h#shop/order/{id}") } });
    let released = planned::save(Save { head: Head { parked: None, ..head_of("a") }, body: None }).unwrap();
    let Change::Put(item) = &released[0].change else { panic!() };
    let server = Server::answering(vec![
        answer(200, &json!({ "Items": [entry("a"), entry("b")] })),
        page(&[stored(&released[0].key, item.attributes()), items("b", 1, None).remove(0)], &[]),
        answer(200, &json!({ "Items": [] })),
    ]);
    let heads = state(&server).parked(None, 2).await.unwrap();
    assert_eq!(heads.iter().map(|head| head.key.external_id()).collect::<Vec<_>>(), ["b"]);
    let found = Arc::new(server.seen());
    assert_eq!(found[2].body["ExpressionAttributeValues"][":sort"]["S"], "h#shop/order/b", "it goes on after the last");
}
