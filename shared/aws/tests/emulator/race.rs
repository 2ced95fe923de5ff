//! Many writers on one subject: in every round one wins, and nothing that anybody was told is saved gets lost.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use jiff::SignedDuration;
use sluice_domain::{
    ports::state::{PermitKind, PermitRequest, Save, State, StateError},
    state::{Body, Head, Record},
};
use sluice_platform::config::environment;
use sluice_testkit::conformance::{body_of, instant, subject};

use crate::world::World;

/// Writers of one round.
const WRITERS: u32 = 64;
/// Rounds where nobody asks for more: `make aws-race ROUNDS=10000` does.
const ROUNDS: u32 = 200;
/// The most rounds on moto, which copies the whole table for a transaction and takes one request at a time.
const MOTO_ROUNDS: u32 = 25;
/// In every so many rounds the body is saved as well, in a transaction.
const WITH_BODY: u32 = 5;

fn rounds() -> u32 {
    environment("SLUICE_RACE_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().expect("SLUICE_RACE_ROUNDS: a number"))
}

/// All writers read one version and save at once; the store says who won.
async fn round(state: &dyn State, round: u32) {
    let read = state.read(vec![subject("race")]).await.unwrap().pop().unwrap();
    let read = read.unwrap_or_else(|| Record { head: Head::new(subject("race"), instant(0)), body: Body::default() });
    let body = |writer: u32| round.is_multiple_of(WITH_BODY).then(|| body_of(usize::try_from(writer % 3).unwrap()));
    let save = |writer| Save { head: Head { attempts: writer, ..read.head.clone() }, body: body(writer) };
    let answers = join_all((1..=WRITERS).map(|writer| state.save(vec![save(writer)]))).await;
    let mut winners = Vec::new();
    for (writer, answer) in (1..=WRITERS).zip(answers) {
        match answer[..] {
            [Ok(())] => winners.push(writer),
            [Err(StateError::Conflict)] => {}
            ref other => panic!("round {round}, writer {writer}: {other:?}"),
        }
    }
    let [winner] = winners[..] else { panic!("round {round}: {winners:?} won") };
    let expected = Record {
        head: Head { version: read.head.version + 1, attempts: winner, ..read.head },
        body: body(winner).unwrap_or(read.body),
    };
    let found = state.read(vec![subject("race")]).await.unwrap().pop().unwrap();
    assert_eq!(found.as_ref(), Some(&expected), "round {round}: head and body of the winner");
}

async fn race(emulator: &str, rounds: u32) {
    let state = World::named(emulator).state().await;
    for number in 0..rounds {
        round(&state, number).await;
    }
    println!("{emulator}: {rounds} rounds of {WRITERS} writers, one winner each");
}

#[tokio::test]
async fn one_of_64_writers_wins_each_round_on_ministack() {
    race("ministack", rounds()).await;
}

#[tokio::test]
async fn one_of_64_writers_wins_each_round_on_moto() {
    race("moto", rounds().min(MOTO_ROUNDS)).await;
}

/// Workers that take and give back permits never hold more than there are.
async fn permits(emulator: &str) {
    const LIMIT: u32 = 3;
    let state = World::named(emulator).state().await;
    let held = Arc::new(Mutex::new((0_u32, 0_u32)));
    let worker = async |number: u32| {
        let request = PermitRequest {
            database: "shop".into(),
            kind: PermitKind::Call,
            holder: format!("worker-{number}"),
            limit: LIMIT,
            now: instant(0),
            term: SignedDuration::from_secs(60),
        };
        for _ in 0..20 {
            let Some(permit) = state.acquire_permit(request.clone()).await.unwrap() else { continue };
            {
                let mut held = held.lock().unwrap();
                held.0 += 1;
                held.1 += 1;
                assert!(held.0 <= LIMIT, "{} hold a permit", held.0);
            }
            tokio::task::yield_now().await;
            // It counts as given back from the moment on that it is asked to be.
            held.lock().unwrap().0 -= 1;
            state.release_permit(permit).await.unwrap();
        }
    };
    join_all((0..12).map(worker)).await;
    assert!(held.lock().unwrap().1 > 0, "nobody got one");
}

#[tokio::test]
async fn permits_are_never_more_than_allowed() {
    permits("ministack").await;
    permits("moto").await;
}
