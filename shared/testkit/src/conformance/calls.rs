//! Notes of calls, permits, pressure, cursors, identities.

use jiff::SignedDuration;
use sluice_domain::ports::state::{
    CallRecord, Canary, Cursor, Identity, MAX_CURSOR_BYTES, Permit, PermitKind, PermitRequest, Pressure, StateError,
    Stopped,
};

use super::{Candidate, instant, samples::subject};

fn call(id: &str, deadline: i64) -> CallRecord {
    CallRecord {
        id: id.into(),
        database: "shop".into(),
        step: "confirm".into(),
        subjects: vec![subject("1"), subject("2")],
        deadline: instant(deadline),
    }
}

async fn check_overdue(on: &Candidate, at: i64, limit: usize, expected: &[CallRecord]) {
    on.eventually(expected.to_vec(), |state| {
        Box::pin(async move { state.overdue_calls(instant(at), limit).await.unwrap() })
    })
    .await;
}

pub(super) async fn calls_open_overdue_close(on: Candidate) {
    for open in [call("b", 20), call("a", 10), call("c", 30), call("a", 10)] {
        on.state.open_call(open).await.unwrap();
    }
    check_overdue(&on, 9, 10, &[]).await;
    check_overdue(&on, 10, 10, &[call("a", 10)]).await;
    check_overdue(&on, 99, 10, &[call("a", 10), call("b", 20), call("c", 30)]).await;
    check_overdue(&on, 99, 2, &[call("a", 10), call("b", 20)]).await;
    on.state.open_call(call("a", 40)).await.unwrap();
    check_overdue(&on, 99, 10, &[call("b", 20), call("c", 30), call("a", 40)]).await;
    for id in ["b", "b", "never"] {
        on.state.close_call(id).await.unwrap();
    }
    check_overdue(&on, 99, 10, &[call("c", 30), call("a", 40)]).await;
}

async fn acquire(on: &Candidate, database: &str, who: (&str, u32), now: i64) -> Option<Permit> {
    acquire_to(on, PermitKind::Call, database, who, now).await
}

async fn acquire_to(
    on: &Candidate,
    kind: PermitKind,
    database: &str,
    (holder, limit): (&str, u32),
    now: i64,
) -> Option<Permit> {
    let request = PermitRequest {
        database: database.into(),
        kind,
        holder: holder.into(),
        limit,
        now: instant(now),
        term: SignedDuration::from_secs(100),
    };
    on.state.acquire_permit(request).await.unwrap()
}

pub(super) async fn permits_up_to_the_limit(on: Candidate) {
    let one = acquire(&on, "shop", ("one", 2), 0).await.unwrap();
    let two = acquire(&on, "shop", ("two", 2), 0).await.unwrap();
    assert_ne!(one.slot, two.slot);
    assert_eq!((one.holder.as_str(), one.until), ("one", instant(100)));
    assert_eq!(acquire(&on, "shop", ("three", 2), 0).await, None);
    on.state.release_permit(one.clone()).await.unwrap();
    on.state.release_permit(one).await.unwrap();
    assert!(acquire(&on, "shop", ("three", 2), 0).await.is_some());
    assert_eq!(acquire(&on, "shop", ("four", 2), 0).await, None);
    assert_eq!(acquire(&on, "shop", ("none", 0), 1_000).await, None);
}

pub(super) async fn expired_permit_is_another_s(on: Candidate) {
    let late = acquire(&on, "shop", ("late", 1), 0).await.unwrap();
    assert_eq!(acquire(&on, "shop", ("early", 1), 99).await, None);
    let next = acquire(&on, "shop", ("next", 1), 100).await.expect("it frees itself at its end");
    on.state.release_permit(late).await.unwrap();
    assert_eq!(acquire(&on, "shop", ("third", 1), 101).await, None, "it was not the late one's to give back");
    on.state.release_permit(next).await.unwrap();
    assert!(acquire(&on, "shop", ("third", 1), 101).await.is_some());
}

pub(super) async fn lowered_limit_counts_what_is_held(on: Candidate) {
    let mut held = Vec::new();
    for holder in ["a", "b", "c"] {
        held.push(acquire(&on, "shop", (holder, 3), 0).await.unwrap());
    }
    for permit in held {
        assert_eq!(acquire(&on, "shop", ("d", 1), 0).await, None, "before {permit:?} is given back");
        on.state.release_permit(permit).await.unwrap();
    }
    assert!(acquire(&on, "shop", ("d", 1), 0).await.is_some());
}

pub(super) async fn databases_have_their_own_permits(on: Candidate) {
    for database in ["shop", "shop2", "sho"] {
        assert!(acquire(&on, database, ("one", 1), 0).await.is_some(), "{database}");
        assert_eq!(acquire(&on, database, ("two", 1), 0).await, None, "{database}");
    }
}

pub(super) async fn kinds_of_permits_are_counted_apart(on: Candidate) {
    let kinds = [PermitKind::Call, PermitKind::Confirm];
    let mut held = Vec::new();
    for kind in kinds {
        let permit = acquire_to(&on, kind, "shop", ("one", 1), 0).await.unwrap();
        assert_eq!((permit.kind, permit.slot), (kind, 0));
        assert_eq!(acquire_to(&on, kind, "shop", ("two", 1), 0).await, None, "{kind:?}");
        held.push(permit);
    }
    // Giving one back frees nothing of the other.
    on.state.release_permit(held.remove(0)).await.unwrap();
    assert_eq!(acquire_to(&on, PermitKind::Confirm, "shop", ("two", 1), 0).await, None);
    assert!(acquire_to(&on, PermitKind::Call, "shop", ("two", 1), 0).await.is_some());
}

pub(super) async fn pressure_is_conditional(on: Candidate) {
    assert_eq!(on.state.pressure("shop").await.unwrap(), Pressure::default());
    let first =
        Pressure { version: 0, limit: 3, open_until: Some(instant(5)), failures: 2, moved_at: Some(instant(4)) };
    on.state.save_pressure("shop", first.clone()).await.unwrap();
    assert_eq!(on.state.save_pressure("shop", first.clone()).await, Err(StateError::Conflict));
    assert_eq!(
        on.state.save_pressure("other", Pressure { version: 1, ..first.clone() }).await,
        Err(StateError::Conflict)
    );
    let stored = Pressure { version: 1, ..first };
    assert_eq!(on.state.pressure("shop").await.unwrap(), stored);
    on.state.save_pressure("shop", Pressure { failures: 0, ..stored.clone() }).await.unwrap();
    assert_eq!(on.state.pressure("shop").await.unwrap(), Pressure { version: 2, failures: 0, ..stored });
    assert_eq!(on.state.pressure("other").await.unwrap(), Pressure::default());
}

pub(super) async fn cursor_is_conditional(on: Candidate) {
    assert_eq!(on.state.cursor("pull#shop").await.unwrap(), Cursor::default());
    let first = Cursor { version: 0, value: "{\"since\":\"ä\"}".into() };
    on.state.save_cursor("pull#shop", first.clone()).await.unwrap();
    assert_eq!(on.state.save_cursor("pull#shop", first.clone()).await, Err(StateError::Conflict));
    let stored = Cursor { version: 1, ..first };
    assert_eq!(on.state.cursor("pull#shop").await.unwrap(), stored);
    let long = Cursor { value: "v".repeat(MAX_CURSOR_BYTES), ..stored };
    on.state.save_cursor("pull#shop", long.clone()).await.unwrap();
    let too_long = Cursor { version: 2, value: "v".repeat(MAX_CURSOR_BYTES + 1) };
    assert!(matches!(on.state.save_cursor("pull#shop", too_long).await, Err(StateError::Broken(_))));
    assert_eq!(on.state.cursor("pull#shop").await.unwrap(), Cursor { version: 2, ..long });
    assert_eq!(on.state.cursor("pull#other").await.unwrap(), Cursor::default());
}

pub(super) async fn identity_is_conditional(on: Candidate) {
    assert_eq!(on.state.identity("shop").await.unwrap(), Identity::default());
    let first = Identity {
        version: 0,
        uuid: Some("9c3c-71".into()),
        canary: Some(Canary { id: 57, count: 7, written_at: instant(5), seen_at: Some(instant(4)) }),
        stopped: Some(Stopped { since: instant(6), why: "it went back".into() }),
    };
    on.state.save_identity("shop", first.clone()).await.unwrap();
    assert_eq!(on.state.save_identity("shop", first.clone()).await, Err(StateError::Conflict));
    assert_eq!(
        on.state.save_identity("other", Identity { version: 1, ..first.clone() }).await,
        Err(StateError::Conflict)
    );
    let stored = Identity { version: 1, ..first };
    assert_eq!(on.state.identity("shop").await.unwrap(), stored);
    on.state.save_identity("shop", Identity { stopped: None, ..stored.clone() }).await.unwrap();
    assert_eq!(on.state.identity("shop").await.unwrap(), Identity { version: 2, stopped: None, ..stored });
    assert_eq!(on.state.identity("other").await.unwrap(), Identity::default());
    // A database's pressure is another thing.
    assert_eq!(on.state.pressure("shop").await.unwrap(), Pressure::default());
}
