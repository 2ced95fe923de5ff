//! The sandbox's stores keep every promise of the state, the journal and the queues, and one writer wins among many.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test: what goes wrong in it must fail")]

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use sluice_domain::{
    ports::state::{Save, State, StateError},
    state::Head,
};
use sluice_sandbox::Store;
use sluice_testkit::conformance::{Candidate, instant, state_conformance, subject};

/// A path in a folder of its own, below the build directory.
fn fresh_path() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    root().join(format!("{number}")).join("store.sluice")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("state-conformance-{}", std::process::id()))
}

#[tokio::test]
async fn in_memory() {
    state_conformance(|_| Candidate::of(&Store::in_memory())).await;
}

#[tokio::test]
async fn in_a_file() {
    state_conformance(|_| Candidate::of(&Store::open(&fresh_path()).unwrap())).await;
    let _ = std::fs::remove_dir_all(root());
}

/// Reads, counts one more, saves; again when somebody else was first.
#[tokio::main(flavor = "current_thread")]
async fn count_up(store: &Store, times: u32) {
    let mut done = 0;
    while done < times {
        let found = store.read(vec![subject("1")]).await.unwrap().pop().flatten();
        let mut head = found.map_or_else(|| Head::new(subject("1"), instant(0)), |record| record.head);
        head.attempts = head.attempts.saturating_add(1);
        match store.save(vec![Save { head, body: None }]).await.pop().unwrap() {
            Ok(()) => done = done.saturating_add(1),
            Err(StateError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn no_save_of_many_threads_is_lost() {
    let store = Store::in_memory();
    thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| count_up(&store, 500));
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let head = runtime.block_on(store.read(vec![subject("1")])).unwrap().pop().flatten().unwrap().head;
    assert_eq!((head.version, head.attempts), (4_000, 4_000));
}
