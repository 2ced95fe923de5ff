//! Conditional writes: what each answer says about whether something was written.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use sluice_domain::{
    ports::state::{PermitKind, PermitRequest, Pressure, Save, State, StateError},
    state::Head,
};
use sluice_sandbox::ManualClock;
use sluice_testkit::conformance::{body_of, head_of, instant};

use crate::{
    patient,
    server::{Answer, Server, error, fine, json as answer},
    state,
};

/// A head alone, saved again.
fn head_only() -> Save {
    Save { head: Head { version: 3, ..head_of("1") }, body: None }
}

fn whole() -> Save {
    Save { head: head_of("1"), body: Some(body_of(1)) }
}

async fn save(server: &Server, save: Save) -> Result<(), StateError> {
    state(server).save(vec![save]).await.pop().unwrap()
}

/// What the answer is taken for, and that nothing is sent a second time.
async fn check(answer: Answer, saved: Save, expect: Result<(), StateError>) {
    let operation = if saved.body.is_some() { "TransactWriteItems" } else { "UpdateItem" };
    let server = Server::answering(vec![answer.clone()]);
    let found = save(&server, saved).await;
    match (&found, &expect) {
        (Err(StateError::Unknown(_)), Err(StateError::Unknown(_)))
        | (Err(StateError::Broken(_)), Err(StateError::Broken(_))) => {}
        _ => assert_eq!(found, expect, "{answer:?}"),
    }
    server.check(&[operation]);
}

fn unknown() -> Result<(), StateError> {
    Err(StateError::Unknown(String::new()))
}

fn broken() -> Result<(), StateError> {
    Err(StateError::Broken(String::new()))
}

#[tokio::test]
async fn a_head_alone() {
    check(fine(), head_only(), Ok(())).await;
    check(error(400, "ConditionalCheckFailedException"), head_only(), Err(StateError::Conflict)).await;
    check(error(400, "TransactionConflictException"), head_only(), Err(StateError::Conflict)).await;
    check(error(400, "ValidationException"), head_only(), broken()).await;
    check(error(400, "ItemCollectionSizeLimitExceededException"), head_only(), broken()).await;
    check(error(400, "SomethingNew"), head_only(), unknown()).await;
    // Each of these may come after the write was done: it is not sent again, and nobody claims that it was not.
    for status in [500, 502, 503, 504] {
        check(error(status, "InternalServerError"), head_only(), unknown()).await;
    }
    check(answer(200, "no JSON"), head_only(), unknown()).await;
    check(answer(500, "<html>"), head_only(), unknown()).await;
    check(Answer::Close, head_only(), unknown()).await;
}

fn cancelled(codes: &[&str]) -> Answer {
    let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code, "Message": "why" })).collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    answer(400, &json!({ "__type": kind, "Message": "cancelled", "CancellationReasons": reasons }))
}

#[tokio::test]
async fn head_and_body() {
    check(fine(), whole(), Ok(())).await;
    check(cancelled(&["ConditionalCheckFailed", "None"]), whole(), Err(StateError::Conflict)).await;
    check(cancelled(&["TransactionConflict", "None"]), whole(), Err(StateError::Conflict)).await;
    check(cancelled(&["None", "TransactionConflict"]), whole(), Err(StateError::Conflict)).await;
    check(cancelled(&["None", "ValidationError"]), whole(), broken()).await;
    check(cancelled(&["ConditionalCheckFailed", "ValidationError"]), whole(), broken()).await;
    check(cancelled(&["ItemCollectionSizeLimitExceeded", "None"]), whole(), broken()).await;
    check(cancelled(&["SomethingNew", "None"]), whole(), unknown()).await;
    check(cancelled(&[]), whole(), unknown()).await;
    check(error(400, "TransactionInProgressException"), whole(), unknown()).await;
    check(error(400, "IdempotentParameterMismatchException"), whole(), unknown()).await;
    check(error(500, "InternalServerError"), whole(), unknown()).await;
    check(Answer::Close, whole(), unknown()).await;
}

#[tokio::test]
async fn a_throttled_save_waits_and_goes_on() {
    for throttled in [
        error(400, "ProvisionedThroughputExceededException"),
        error(400, "ThrottlingException"),
        error(400, "RequestLimitExceeded"),
    ] {
        let server = Server::answering(vec![throttled.clone(), throttled.clone(), fine()]);
        assert_eq!(save(&server, head_only()).await, Ok(()));
        server.check(&["UpdateItem"; 3]);
        let server = Server::answering(vec![throttled.clone(), fine()]);
        assert_eq!(save(&server, whole()).await, Ok(()));
        server.check(&["TransactWriteItems"; 2]);
        let server = Server::answering(vec![throttled]);
        assert!(matches!(save(&server, head_only()).await, Err(StateError::Throttled(_))));
        server.check(&["UpdateItem"; 4]);
    }
    let server = Server::answering(vec![cancelled(&["ThrottlingError", "None"]), fine()]);
    assert_eq!(save(&server, whole()).await, Ok(()));
    let server = Server::answering(vec![cancelled(&["None", "ProvisionedThroughputExceeded"])]);
    assert!(matches!(save(&server, whole()).await, Err(StateError::Throttled(_))));
    server.check(&["TransactWriteItems"; 4]);
}

#[tokio::test]
async fn a_throttled_save_that_loses_meanwhile_is_a_conflict() {
    let throttled = error(400, "ThrottlingException");
    let server = Server::answering(vec![throttled.clone(), error(400, "ConditionalCheckFailedException")]);
    assert_eq!(save(&server, head_only()).await, Err(StateError::Conflict));
    // Once an attempt is of unknown outcome, no later refusal makes it "nothing was written".
    let server = Server::answering(vec![throttled.clone(), error(500, "InternalServerError"), throttled]);
    assert!(matches!(save(&server, head_only()).await, Err(StateError::Unknown(_))));
    server.check(&["UpdateItem"; 2]);
}

#[tokio::test]
async fn silence_is_unknown() {
    let server = Server::answering(vec![Answer::Silence]);
    let connection = patient(&server, Duration::from_millis(100));
    let state = connection.state("sluice-test-state", Arc::new(ManualClock::new(instant(0))));
    assert!(matches!(state.save(vec![head_only()]).await[..], [Err(StateError::Unknown(_))]));
    server.check(&["UpdateItem"]);
}

#[tokio::test]
async fn what_is_not_allowed_or_not_there_names_action_table_and_fix() {
    let said = |found: Result<(), StateError>| found.unwrap_err().to_string();
    let server = Server::answering(vec![error(400, "AccessDeniedException")]);
    let text = said(save(&server, head_only()).await);
    let expect = "dynamodb:UpdateItem on table sluice-test-state: AccessDeniedException: said the service: allow it in the \
                  role of this function";
    assert!(text.ends_with(expect), "{text}");
    let text = said(save(&server, whole()).await);
    assert!(text.contains("dynamodb:TransactWriteItems on table sluice-test-state"), "{text}");
    let server = Server::answering(vec![error(400, "ResourceNotFoundException")]);
    let text = said(save(&server, head_only()).await);
    assert!(text.ends_with("said the service: deploy the stack that has it"), "{text}");
}

#[tokio::test]
async fn one_save_that_fails_stops_no_other() {
    let server = Server::answering(vec![fine()]);
    let huge = Save { head: Head { mapping_version: Some("v".repeat(8_000)), ..head_of("2") }, body: None };
    let answers = state(&server).save(vec![head_only(), huge, head_only()]).await;
    assert!(matches!(answers[..], [Ok(()), Err(StateError::Broken(_)), Ok(())]), "{answers:?}");
    server.check(&["UpdateItem"; 2]);
}

#[tokio::test]
async fn a_permit_is_one_try_a_place() {
    let request = PermitRequest {
        database: "shop".into(),
        kind: PermitKind::Call,
        holder: "me".into(),
        limit: 3,
        now: instant(0),
        term: jiff::SignedDuration::from_secs(9),
    };
    let held = json!({ "Items": [
        { "pk": { "S": "permit#shop" }, "sk": { "S": "00000" }, "holder": { "S": "x" }, "until": { "S": "9999" } },
        { "pk": { "S": "permit#shop" }, "sk": { "S": "00001" }, "holder": { "S": "y" }, "until": { "S": "0000" } },
    ] });
    let taken = error(400, "ConditionalCheckFailedException");
    let server = Server::answering(vec![answer(200, &held), taken.clone(), fine()]);
    let permit = state(&server).acquire_permit(request.clone()).await.unwrap().unwrap();
    assert_eq!((permit.slot, permit.until), (2, instant(9)), "the first is held, the second was taken meanwhile");
    server.check(&["Query", "PutItem", "PutItem"]);
    let server = Server::answering(vec![answer(200, &held), taken.clone()]);
    assert_eq!(state(&server).acquire_permit(request.clone()).await, Ok(None));
    server.check(&["Query", "PutItem", "PutItem"]);
    assert_eq!(state(&Server::answering(vec![taken.clone()])).release_permit(permit).await, Ok(()));
    // An attempt whose answer was lost is repeated: the permit that it took is the asker's own.
    let server = Server::answering(vec![answer(200, &held), Answer::Close, fine()]);
    assert!(state(&server).acquire_permit(request).await.unwrap().is_some());
    server.check(&["Query", "PutItem", "PutItem"]);
}

#[tokio::test]
async fn pressure_is_saved_once() {
    let server = Server::answering(vec![error(500, "InternalServerError")]);
    let answer = state(&server).save_pressure("shop", Pressure::default()).await;
    assert!(matches!(answer, Err(StateError::Unknown(_))), "{answer:?}");
    server.check(&["PutItem"]);
}
