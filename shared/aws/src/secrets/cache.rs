//! Values that are asked for seldom: one asker at a time, and the last value while the store is down.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::lock::Mutex as AsyncMutex;
use jiff::{SignedDuration, Timestamp};
use sluice_domain::ports::secrets::{Secret, SecretError};

/// How long a value is used before it is asked for again.
pub(super) const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// How long nobody asks after somebody asked in vain: a store that is down is not asked by every webhook.
pub(super) const QUIET: SignedDuration = SignedDuration::from_secs(10);

/// What is known of one secret.
#[derive(Default)]
struct Slot {
    value: Option<Secret>,
    read_at: Option<Timestamp>,
    failure: Option<(Timestamp, SecretError)>,
}

/// Secrets by id. `Debug` is not derived: there is nothing to show.
#[derive(Default)]
pub(super) struct Cache {
    slots: Mutex<BTreeMap<String, Arc<AsyncMutex<Slot>>>>,
}

impl Cache {
    /// The value, asked for with `ask` where it is unknown or old. Others who want the same secret wait for that answer.
    pub(super) async fn get<F>(&self, id: &str, now: Timestamp, ask: impl FnOnce() -> F) -> Result<Secret, SecretError>
    where
        F: Future<Output = Result<Secret, SecretError>>,
    {
        let slot =
            Arc::clone(self.slots.lock().unwrap_or_else(PoisonError::into_inner).entry(id.to_owned()).or_default());
        let mut slot = slot.lock().await;
        if let Some(value) = slot.value.as_ref().filter(|_| within(slot.read_at, now, FRESH)) {
            return Ok(value.clone());
        }
        if let Some((at, failure)) = &slot.failure
            && within(Some(*at), now, QUIET)
        {
            return slot.value.clone().ok_or_else(|| failure.clone());
        }
        match ask().await {
            Ok(value) => {
                *slot = Slot { value: Some(value.clone()), read_at: Some(now), failure: None };
                Ok(value)
            }
            Err(missing @ SecretError::Missing(_)) => {
                // Somebody took it away, and meant it.
                *slot = Slot { value: None, read_at: None, failure: Some((now, missing.clone())) };
                Err(missing)
            }
            Err(unavailable @ SecretError::Unavailable(_)) => {
                slot.failure = Some((now, unavailable.clone()));
                slot.value.clone().ok_or(unavailable)
            }
        }
    }
}

fn within(since: Option<Timestamp>, now: Timestamp, term: SignedDuration) -> bool {
    since.is_some_and(|since| now.duration_since(since) < term)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;

    type Answer = Result<Secret, SecretError>;

    /// A cache, and how often its store was asked.
    #[derive(Default)]
    struct World {
        cache: Cache,
        asked: AtomicUsize,
    }

    impl World {
        async fn get(&self, second: i64, answer: &Answer) -> Answer {
            let now = Timestamp::from_second(second).unwrap();
            let ask = || async {
                self.asked.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                answer.clone()
            };
            self.cache.get("id", now, ask).await
        }

        #[track_caller]
        fn asked(&self, times: usize) {
            assert_eq!(self.asked.swap(0, Ordering::SeqCst), times);
        }
    }

    fn is(value: &str) -> Secret {
        Secret::new(value)
    }

    fn down() -> Answer {
        Err(SecretError::Unavailable("down".into()))
    }

    fn missing() -> Answer {
        Err(SecretError::Missing("id".into()))
    }

    #[tokio::test]
    async fn a_value_is_asked_for_once_in_five_minutes() {
        let world = World::default();
        for second in [0, 1, 299] {
            assert_eq!(world.get(second, &Ok(is("a"))).await, Ok(is("a")));
        }
        world.asked(1);
        assert_eq!(world.get(300, &Ok(is("b"))).await, Ok(is("b")));
        world.asked(1);
    }

    #[tokio::test]
    async fn many_askers_are_one_request() {
        let world = World::default();
        let answer = Ok(is("a"));
        let answers = join_all((0..64).map(|_| world.get(0, &answer))).await;
        assert!(answers.iter().all(|found| *found == answer));
        world.asked(1);
    }

    #[tokio::test]
    async fn the_last_value_serves_while_the_store_is_down_and_there_is_no_storm() {
        let world = World::default();
        assert_eq!(world.get(0, &Ok(is("a"))).await, Ok(is("a")));
        world.asked(1);
        for second in 300..400 {
            assert_eq!(world.get(second, &down()).await, Ok(is("a")));
        }
        world.asked(10);
        assert_eq!(world.get(400, &Ok(is("b"))).await, Ok(is("b")));
    }

    #[tokio::test]
    async fn a_store_that_was_never_up_is_asked_every_ten_seconds() {
        let world = World::default();
        let answer = down();
        for second in 0..20 {
            assert_eq!(join_all((0..8).map(|_| world.get(second, &answer))).await, vec![down(); 8]);
        }
        world.asked(2);
        assert_eq!(world.get(20, &Ok(is("a"))).await, Ok(is("a")));
    }

    #[tokio::test]
    async fn what_was_taken_away_does_not_serve_on() {
        let world = World::default();
        assert_eq!(world.get(0, &Ok(is("a"))).await, Ok(is("a")));
        assert_eq!(world.get(300, &missing()).await, missing());
        assert_eq!(world.get(301, &Ok(is("b"))).await, missing());
        world.asked(2);
        assert_eq!(world.get(310, &Ok(is("b"))).await, Ok(is("b")));
    }
}
