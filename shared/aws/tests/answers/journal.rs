//! The journal's answers.

use std::sync::Arc;

use sluice_domain::ports::{
    journal::{Happening, Journal, JournalEntry},
    state::StateError,
};
use sluice_sandbox::ManualClock;
use sluice_testkit::conformance::{instant, subject};

use crate::{
    connection,
    server::{Answer, Server, error, fine},
};

fn note(id: &str) -> JournalEntry {
    let what = Happening::Note { text: "parked".into() };
    JournalEntry { subject: subject("1"), at: instant(0), id: id.into(), trace_id: "t".into(), what }
}

async fn append(answers: Vec<Answer>, ids: &[&str]) -> (Result<(), StateError>, usize) {
    let server = Server::answering(answers);
    let journal = connection(&server).journal("sluice-test-journal", Arc::new(ManualClock::new(instant(0))));
    let answer = journal.append(ids.iter().map(|id| note(id)).collect()).await;
    (answer, server.seen().len())
}

#[tokio::test]
async fn what_is_there_already_is_appended() {
    assert_eq!(append(vec![fine()], &["a", "b", "a"]).await, (Ok(()), 2));
    let known = error(400, "ConditionalCheckFailedException");
    assert_eq!(append(vec![known.clone()], &["a"]).await, (Ok(()), 1));
    // An answer that was lost is asked for again, and the entry is there.
    assert_eq!(append(vec![Answer::Close, known], &["a"]).await, (Ok(()), 2));
}

#[tokio::test]
async fn a_throttled_journal_is_waited_for_and_then_an_error() {
    let throttled = error(400, "ProvisionedThroughputExceededException");
    assert_eq!(append(vec![throttled.clone(), fine()], &["a"]).await, (Ok(()), 2));
    let (answer, _) = append(vec![throttled], &["a"]).await;
    assert!(matches!(answer, Err(StateError::Throttled(_))), "{answer:?}");
    let (answer, _) = append(vec![error(400, "AccessDeniedException")], &["a", "b"]).await;
    let text = answer.unwrap_err().to_string();
    assert!(text.contains("dynamodb:PutItem on table sluice-test-journal"), "{text}");
}
