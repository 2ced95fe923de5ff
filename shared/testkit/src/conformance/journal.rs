//! The journal.

use sluice_domain::{
    ports::journal::{Happening, JournalEntry},
    value::SubjectKey,
};

use super::{Candidate, instant, samples::subject};

fn note(subject: SubjectKey, at: i64, id: &str) -> JournalEntry {
    let what = Happening::Note { text: format!("{id} at {at}") };
    JournalEntry { subject, at: instant(at), id: id.into(), trace_id: "t".into(), what }
}

pub(super) async fn journal_in_order(on: Candidate) {
    let entry = |at, id| note(subject("1"), at, id);
    on.journal.append(vec![entry(5, "b"), entry(1, "z"), entry(5, "a")]).await.unwrap();
    on.journal.append(vec![entry(3, "m"), entry(-4, "before")]).await.unwrap();
    let expected = [entry(-4, "before"), entry(1, "z"), entry(3, "m"), entry(5, "a"), entry(5, "b")];
    assert_eq!(on.journal.entries(&subject("1"), 100).await.unwrap(), expected);
    assert_eq!(on.journal.entries(&subject("1"), 2).await.unwrap(), expected[..2], "the oldest first");
    assert_eq!(on.journal.entries(&subject("none"), 2).await.unwrap(), []);
}

pub(super) async fn journal_appends_once(on: Candidate) {
    let entry = |at, id| note(subject("1"), at, id);
    for _ in 0..3 {
        on.journal.append(vec![entry(1, "a"), entry(1, "b"), entry(1, "a")]).await.unwrap();
    }
    // What a repeat did is not what happened: the first entry stays.
    let repeat = JournalEntry { trace_id: "repeat".into(), ..entry(1, "b") };
    on.journal.append(vec![repeat]).await.unwrap();
    assert_eq!(on.journal.entries(&subject("1"), 100).await.unwrap(), [entry(1, "a"), entry(1, "b")]);
}

pub(super) async fn journal_keeps_bytes_and_limit(on: Candidate) {
    let body: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let what = Happening::Evidence {
        topic: "orders/create".into(),
        sha256: "00".repeat(32),
        outcome: "changed".into(),
        desired: u64::MAX,
        stated_at: Some(instant(0)),
        body,
    };
    let evidence = JournalEntry { what, ..note(subject("1"), 0, "e") };
    let what = Happening::Write { step: "load".into(), outcome: "Ä".into(), desired: 1 };
    let write = JournalEntry { what, ..note(subject("1"), 1, "w") };
    on.journal.append(vec![evidence.clone(), write.clone()]).await.unwrap();
    assert_eq!(on.journal.entries(&subject("1"), 2).await.unwrap(), [evidence, write]);
    assert_eq!(on.journal.entries(&subject("1"), 0).await.unwrap(), []);
}

pub(super) async fn journal_subjects_are_apart(on: Candidate) {
    // Keys of which one begins like the other, or could be taken for the other and a part of its entry.
    let subjects = ["1", "1#2", "1!", "10", "1#"];
    let entries = subjects.map(|id| note(subject(id), 1, "2#x"));
    on.journal.append(entries.to_vec()).await.unwrap();
    for entry in entries {
        let found = on.journal.entries(&entry.subject, 10).await.unwrap();
        assert_eq!(found, [entry]);
    }
}
