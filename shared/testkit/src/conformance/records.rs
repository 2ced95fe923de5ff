//! Records: conditional saves and what is read back.

use futures_util::future::join;
use sluice_domain::{
    ports::state::{Save, State, StateError},
    state::{Body, Head, MAX_PENDING_WAKES, Record},
};

use super::{
    Candidate, LostAnswers,
    samples::{body_of, head_of, only, plain, subject},
};

async fn save(state: &dyn State, save: Save) -> Result<(), StateError> {
    state.save(vec![save]).await.pop().unwrap()
}

async fn stored(state: &dyn State, id: &str) -> Option<Record> {
    state.read(vec![subject(id)]).await.unwrap().pop().unwrap()
}

pub(super) async fn created_and_read_back(on: Candidate) {
    assert_eq!(save(&*on.state, Save { head: plain("1"), body: Some(body_of(3)) }).await, Ok(()));
    let expected = Record { head: Head { version: 1, ..plain("1") }, body: body_of(3) };
    assert_eq!(stored(&*on.state, "1").await, Some(expected));
}

pub(super) async fn absent_subjects_read_as_none_in_order(on: Candidate) {
    let saves = ["a", "c"].map(|id| only(plain(id)));
    assert_eq!(on.state.save(saves.to_vec()).await, [Ok(()), Ok(())]);
    let found = on.state.read(["c", "b", "a", "c"].map(subject).to_vec()).await.unwrap();
    let ids = found.iter().map(|record| record.as_ref().map(|record| record.head.key.external_id()));
    assert_eq!(ids.collect::<Vec<_>>(), [Some("c"), None, Some("a"), Some("c")]);
}

pub(super) async fn stale_version_conflicts(on: Candidate) {
    save(&*on.state, only(plain("1"))).await.unwrap();
    save(&*on.state, only(Head { version: 1, attempts: 1, ..plain("1") })).await.unwrap();
    for version in [1, 3] {
        let stale = Save { head: Head { version, attempts: 9, ..plain("1") }, body: Some(body_of(1)) };
        assert_eq!(save(&*on.state, stale).await, Err(StateError::Conflict));
    }
    let expected = Record { head: Head { version: 2, attempts: 1, ..plain("1") }, body: Body::default() };
    assert_eq!(stored(&*on.state, "1").await, Some(expected), "nothing was written");
}

pub(super) async fn version_0_means_absent(on: Candidate) {
    assert_eq!(save(&*on.state, only(Head { version: 1, ..plain("1") })).await, Err(StateError::Conflict));
    assert_eq!(stored(&*on.state, "1").await, None);
    save(&*on.state, only(plain("1"))).await.unwrap();
    assert_eq!(save(&*on.state, only(plain("1"))).await, Err(StateError::Conflict));
}

pub(super) async fn racing_saves_have_one_winner(on: Candidate) {
    for round in 0..20 {
        let id = format!("race-{round}");
        let racer = |attempts| Save { head: Head { attempts, ..plain(&id) }, body: Some(body_of(attempts as usize)) };
        let (one, two) = join(save(&*on.state, racer(1)), save(&*on.state, racer(2))).await;
        let winner = match (one, two) {
            (Ok(()), Err(StateError::Conflict)) => 1,
            (Err(StateError::Conflict), Ok(())) => 2,
            other => panic!("{other:?}"),
        };
        let expected =
            Record { head: Head { version: 1, attempts: winner, ..plain(&id) }, body: body_of(winner as usize) };
        assert_eq!(stored(&*on.state, &id).await, Some(expected), "head and body of one racer");
    }
}

pub(super) async fn saves_of_a_batch_are_independent(on: Candidate) {
    save(&*on.state, only(plain("b"))).await.unwrap();
    let answers = on.state.save(["a", "b", "c"].map(|id| only(plain(id))).to_vec()).await;
    assert_eq!(answers, [Ok(()), Err(StateError::Conflict), Ok(())]);
    let found = on.state.read(["a", "b", "c"].map(subject).to_vec()).await.unwrap();
    assert!(found.iter().flatten().all(|record| record.head.version == 1) && found.len() == 3, "{found:?}");
}

pub(super) async fn saving_twice_in_a_batch_saves_once(on: Candidate) {
    let answers = on.state.save(vec![only(plain("a")), only(plain("a"))]).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(stored(&*on.state, "a").await.unwrap().head.version, 1);
}

pub(super) async fn head_alone_keeps_the_body(on: Candidate) {
    save(&*on.state, Save { head: plain("1"), body: Some(body_of(2)) }).await.unwrap();
    save(&*on.state, only(Head { version: 1, recheck: true, ..plain("1") })).await.unwrap();
    let expected = Record { head: Head { version: 2, recheck: true, ..plain("1") }, body: body_of(2) };
    assert_eq!(stored(&*on.state, "1").await, Some(expected));
    save(&*on.state, Save { head: Head { version: 2, ..plain("1") }, body: Some(body_of(1)) }).await.unwrap();
    assert_eq!(stored(&*on.state, "1").await.unwrap().body, body_of(1));
}

pub(super) async fn body_may_be_absent(on: Candidate) {
    save(&*on.state, only(plain("1"))).await.unwrap();
    assert_eq!(stored(&*on.state, "1").await.unwrap().body, Body::default());
}

pub(super) async fn every_field_survives(on: Candidate) {
    save(&*on.state, Save { head: head_of("1"), body: Some(body_of(2)) }).await.unwrap();
    let expected = Record { head: Head { version: 1, ..head_of("1") }, body: body_of(2) };
    assert_eq!(stored(&*on.state, "1").await, Some(expected));
}

pub(super) async fn large_order_is_stored(on: Candidate) {
    save(&*on.state, Save { head: plain("1"), body: Some(body_of(500)) }).await.unwrap();
    assert_eq!(stored(&*on.state, "1").await.unwrap().body, body_of(500));
    let wakes = (0..MAX_PENDING_WAKES).map(|number| subject(&format!("820982911946154{number:03}"))).collect();
    save(&*on.state, only(Head { version: 1, pending_wakes: wakes, ..plain("1") })).await.unwrap();
    assert_eq!(stored(&*on.state, "1").await.unwrap().head.pending_wakes.len(), MAX_PENDING_WAKES);
}

pub(super) async fn too_large_is_broken_and_nothing_is_written(on: Candidate) {
    let huge = Save { head: Head { attempts: 1, ..plain("1") }, body: Some(body_of(30_000)) };
    let wide = only(Head { mapping_version: Some("v".repeat(8_000)), ..plain("2") });
    let answers = on.state.save(vec![huge, wide, only(plain("3"))]).await;
    assert!(matches!(answers[0], Err(StateError::Broken(_))), "{answers:?}");
    assert!(matches!(answers[1], Err(StateError::Broken(_))), "{answers:?}");
    assert_eq!(answers[2], Ok(()), "the others are saved");
    assert_eq!(on.state.read(vec![subject("1"), subject("2")]).await.unwrap(), [None, None]);
}

pub(super) async fn lost_answer_was_saved(on: Candidate) {
    let losing = LostAnswers::new(on.state.clone());
    losing.lose_next();
    let first = Save { head: plain("1"), body: Some(body_of(1)) };
    assert!(matches!(save(&losing, first.clone()).await, Err(StateError::Unknown(_))));
    let expected = Record { head: Head { version: 1, ..plain("1") }, body: body_of(1) };
    assert_eq!(stored(&losing, "1").await, Some(expected.clone()), "reading shows that it was");
    assert_eq!(save(&losing, first).await, Err(StateError::Conflict), "a blind repeat does not write twice");
    assert_eq!(stored(&losing, "1").await, Some(expected));
}
