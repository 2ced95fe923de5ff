//! Sending: what a batch refused, what a queue refuses, bodies in the bucket.

use std::sync::Arc;

use serde_json::json;
use sluice_aws::{BodyError, QueueUrls, SqsQueue, wire::StoredBody};
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::queue::{Queue, QueueError},
    state::{Lane, ReadOrPush},
    value::AccountName,
};
use sluice_testkit::conformance::{instant, subject};

use crate::{
    connection,
    server::{Answer, Server, error, fine, json as answer},
};

fn queue(server: &Server) -> SqsQueue {
    let url = |name: &str| Some(format!("{}/000/{name}", server.endpoint));
    let urls = QueueUrls { deliveries: url("deliveries"), urgent: url("urgent"), bulk: None };
    connection(server).queue(urls, Some(Arc::new(connection(server).bodies("bodies"))))
}

fn wakes(count: usize) -> Vec<Wake> {
    (0..count).map(|number| Wake { subject: subject(&number.to_string()), trace_id: "t".into() }).collect()
}

/// A batch of which these entries were refused.
fn refused(ids: &[&str], ours: bool) -> Answer {
    let entry = |id: &&str| json!({ "Id": id, "Code": "InternalError", "Message": "why", "SenderFault": ours });
    answer(200, &json!({ "Successful": [], "Failed": ids.iter().map(entry).collect::<Vec<_>>() }))
}

fn sizes(server: &Server) -> Vec<usize> {
    server.seen().iter().map(|seen| seen.body["Entries"].as_array().unwrap().len()).collect()
}

#[tokio::test]
async fn only_what_was_refused_is_sent_again() {
    let server = Server::answering(vec![refused(&["1", "3"], false), refused(&["3"], false), fine()]);
    assert_eq!(queue(&server).send_wakes(Lane::Urgent, wakes(12)).await, Ok(()));
    assert_eq!(sizes(&server), [10, 2, 1, 2]);
}

#[tokio::test]
async fn what_is_refused_for_ever_is_an_error() {
    let server = Server::answering(vec![refused(&["0"], false)]);
    let text = queue(&server).send_wakes(Lane::Urgent, wakes(1)).await.unwrap_err().to_string();
    assert!(text.ends_with("/000/urgent: InternalError: why"), "{text}");
    assert_eq!(sizes(&server), [1, 1, 1]);
    let server = Server::answering(vec![refused(&["0"], true)]);
    assert!(queue(&server).send_wakes(Lane::Urgent, wakes(1)).await.is_err());
    assert_eq!(sizes(&server), [1], "a message that is wrong is wrong the second time");
}

#[tokio::test]
async fn every_message_is_in_the_group_of_its_account() {
    let server = Server::answering(vec![fine()]);
    queue(&server).send_wakes(Lane::Urgent, wakes(1)).await.unwrap();
    queue(&server).send_delivery(delivery(b"{}".to_vec())).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].body["Entries"][0]["MessageGroupId"], "shop");
    assert_eq!(seen[1].body["MessageGroupId"], "shop");
}

fn delivery(body: Vec<u8>) -> Delivery {
    Delivery {
        channel: "shopify".into(),
        account: AccountName::parse("shop").unwrap(),
        topic: "orders/create".into(),
        delivery_id: "d".into(),
        source: ReadOrPush::Push,
        stated_at: None,
        api_version: None,
        received_at: instant(0),
        trace_id: "abc".into(),
        body,
    }
}

/// Bytes that no compression makes smaller: a xorshift sequence.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[tokio::test]
async fn a_body_is_in_the_bucket_before_its_message_is_sent() {
    let server = Server::answering(vec![fine()]);
    queue(&server).send_delivery(delivery(noise(1_000_000))).await.unwrap();
    server.check(&["PUT /bodies/deliveries/shop/2026-11-24/abc?x-id=PutObject", "SendMessage"]);
    let server = Server::answering(vec![answer(403, "<Error><Code>AccessDenied</Code></Error>")]);
    let text = queue(&server).send_delivery(delivery(noise(1_000_000))).await.unwrap_err().to_string();
    assert!(text.contains("s3:PutObject on bodies/deliveries/shop/2026-11-24/abc: AccessDenied"), "{text}");
    assert!(text.ends_with(": allow it in the role of this function"), "{text}");
    assert_eq!(server.seen().len(), 1, "no message speaks of a body that is not there");
    let no_bucket = connection(&server).queue(QueueUrls { deliveries: Some("x".into()), ..QueueUrls::default() }, None);
    assert!(no_bucket.send_delivery(delivery(noise(1_000_000))).await.is_err());
    assert!(no_bucket.send_delivery(delivery(vec![0; 1_048_577])).await.is_err(), "no ingress took that");
    server.check(&[]);
}

#[tokio::test]
async fn what_is_not_allowed_not_there_or_not_named_says_so() {
    let text = |error: QueueError| error.to_string();
    let server = Server::answering(vec![error(403, "AccessDeniedException")]);
    let found = text(queue(&server).send_delivery(delivery(Vec::new())).await.unwrap_err());
    assert!(found.contains("sqs:SendMessage on http://") && found.ends_with("in the role of this function"), "{found}");
    let server = Server::answering(vec![error(400, "QueueDoesNotExist")]);
    let found = text(queue(&server).send_wakes(Lane::Urgent, wakes(1)).await.unwrap_err());
    assert!(found.ends_with("said the service: deploy the stack that has it"), "{found}");
    let found = text(queue(&server).send_wakes(Lane::Bulk, wakes(1)).await.unwrap_err());
    assert!(found.ends_with("this function was not told the URL of odoo.bulk"), "{found}");
}

#[tokio::test]
async fn a_send_that_failed_is_sent_again() {
    let server = Server::answering(vec![error(500, "InternalError"), Answer::Close, fine()]);
    assert_eq!(queue(&server).send_delivery(delivery(Vec::new())).await, Ok(()));
    server.check(&["SendMessage"; 3]);
}

#[tokio::test]
async fn stored_bodies_are_held_against_their_hash() {
    let stored = StoredBody { key: "k".into(), sha256: "00".into(), bytes: 1 };
    let get = async |answer| connection(&Server::answering(vec![answer])).bodies("bodies").get(&stored).await;
    let missing = get(answer(404, "<Error><Code>NoSuchKey</Code></Error>")).await;
    assert_eq!(missing, Err(BodyError::Missing("k".into())));
    assert!(matches!(get(answer(200, "not zlib")).await, Err(BodyError::Altered { .. })));
    assert!(matches!(get(answer(200, &"x".repeat(1_100_000))).await, Err(BodyError::Altered { .. })));
    let denied = get(answer(403, "<Error><Code>AccessDenied</Code></Error>")).await.unwrap_err().to_string();
    assert!(denied.contains("s3:GetObject on bodies/k: AccessDenied"), "{denied}");
    assert!(matches!(get(answer(500, "")).await, Err(BodyError::Unavailable(_))));
}
