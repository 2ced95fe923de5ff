//! The single file: whose it is, and what it has after its process died at a bad moment.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: what goes wrong in it must fail"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    pin::pin,
    sync::atomic::{AtomicU32, Ordering},
    task::{Context, Poll, Waker},
};

use rusqlite::Connection;
use sluice_domain::{
    ports::state::{Save, State},
    state::Head,
    value::SubjectKey,
};
use sluice_sandbox::{OpenError, Store};

fn fresh_path() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("store-file-{}", std::process::id()));
    folder.join(format!("{number}")).join("store.sluice")
}

fn with_folder(path: PathBuf) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

/// The stores answer without waiting.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn log_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}-wal", path.display()))
}

fn key(number: usize) -> SubjectKey {
    SubjectKey::parse(&format!("shop/order/{number}")).unwrap()
}

fn save(store: &Store, number: usize) {
    let head = Head::new(key(number), "2026-11-24T08:00:00Z".parse().unwrap());
    assert_eq!(now(store.save(vec![Save { head, body: None }])), [Ok(())]);
}

fn saved(store: &Store, most: usize) -> usize {
    let found = now(store.read((0..most).map(key).collect())).unwrap();
    let count = found.iter().flatten().count();
    assert!(found.iter().take(count).all(Option::is_some), "the oldest are there");
    count
}

#[test]
fn one_process_owns_it() {
    let path = fresh_path();
    let first = Store::open(&path).unwrap();
    let refused = Store::open(&path).map(drop).unwrap_err();
    assert!(matches!(refused, OpenError::InUse), "{refused}");
    assert!(refused.to_string().contains("SLUICE_STORE"), "the message names the setting: {refused}");
    drop(first);
    Store::open(&path).unwrap();
}

#[test]
fn another_program_s_file_is_left_alone() {
    let text = with_folder(fresh_path());
    fs::write(&text, "a letter, and a long one, ".repeat(100)).unwrap();
    let database = with_folder(fresh_path());
    let other = Connection::open(&database).unwrap();
    other.execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);").unwrap();
    drop(other);
    for path in [text, database] {
        let before = fs::read(&path).unwrap();
        let refused = Store::open(&path).map(drop).unwrap_err();
        assert!(matches!(refused, OpenError::Foreign), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), before, "not a byte of it changed");
    }
}

#[test]
fn a_newer_layout_is_refused() {
    let path = fresh_path();
    drop(Store::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let refused = Store::open(&path).map(drop).unwrap_err();
    assert!(matches!(refused, OpenError::OtherLayout { found: 99 }), "{refused}");
}

#[test]
fn a_log_cut_anywhere_loses_only_what_was_cut() {
    let path = fresh_path();
    let store = Store::open(&path).unwrap();
    for number in 0..30 {
        save(&store, number);
    }
    // What a killed process leaves, its last write cut at many places.
    let (file, log) = (fs::read(&path).unwrap(), fs::read(log_of(&path)).unwrap());
    drop(store);
    let mut last = 0;
    for part in 0..=40 {
        let copy = with_folder(fresh_path());
        fs::write(&copy, &file).unwrap();
        fs::write(log_of(&copy), &log[..log.len() * part / 40]).unwrap();
        // Before its first transaction is whole, the file is empty: a new store.
        let store = Store::open(&copy).unwrap();
        let count = saved(&store, 30);
        assert!(count >= last, "a longer log holds no less");
        last = count;
        save(&store, 1_000);
    }
    assert_eq!(last, 30, "all that was committed");
}
