//! What every implementation of the state, the journal and the queues must do: the sandbox's over memory and over one
//! file, and later those over `DynamoDB` and SQS.
//!
//! Every case begins with an empty store and takes what it needs as values, so that nothing but the queues' hiding of
//! messages depends on time. Where a port may lag behind (`due`, `find`, `parked`), a case asks again.

mod calls;
mod indexes;
mod journal;
mod lost;
mod queues;
mod records;
mod samples;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    ports::{Clock, PortFuture, Timer, journal::Journal, queue::Queue, state::State},
    value::SubjectKey,
};
use sluice_sandbox::{ManualClock, Message, QueueName, Store};

pub use lost::LostAnswers;
pub use samples::{body_of, head_of, instant, subject};

/// How often something that may lag is asked for, and how long between two times, in milliseconds.
const PATIENCE: (u32, u64) = (20, 250);

/// The receiving side of the queues, which on AWS is the event source's.
pub trait Inbox: Send + Sync {
    /// Takes messages out of sight for `visibility`.
    fn receive(
        &self,
        queue: QueueName,
        most: usize,
        now: Timestamp,
        visibility: SignedDuration,
    ) -> PortFuture<'_, Vec<Taken>>;

    /// Deletes messages.
    fn acknowledge(&self, receipts: Vec<String>) -> PortFuture<'_, ()>;

    /// Gives messages back at once.
    fn return_now(&self, receipts: Vec<String>) -> PortFuture<'_, ()>;

    /// How many messages were given up.
    fn dead_letters(&self, queue: QueueName) -> PortFuture<'_, usize>;

    /// After how many receives a message is given up.
    fn most_receives(&self) -> u32;
}

/// A received message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// To acknowledge it.
    pub receipt: String,
    /// What it says.
    pub message: Message,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

impl Inbox for Store {
    fn receive(
        &self,
        queue: QueueName,
        most: usize,
        now: Timestamp,
        visibility: SignedDuration,
    ) -> PortFuture<'_, Vec<Taken>> {
        Box::pin(async move {
            let received = Store::receive(self, queue, most, now, visibility).unwrap();
            let taken = received.into_iter().map(|received| Taken {
                receipt: received.receipt.into(),
                message: received.message,
                receive_count: received.receive_count,
            });
            taken.collect()
        })
    }

    fn acknowledge(&self, receipts: Vec<String>) -> PortFuture<'_, ()> {
        Box::pin(async move { Store::acknowledge(self, receipts.into_iter().map(Into::into).collect()).unwrap() })
    }

    fn return_now(&self, receipts: Vec<String>) -> PortFuture<'_, ()> {
        Box::pin(async move { Store::return_now(self, receipts.into_iter().map(Into::into).collect()).unwrap() })
    }

    fn dead_letters(&self, queue: QueueName) -> PortFuture<'_, usize> {
        Box::pin(async move { Store::dead_letters(self, queue).unwrap() })
    }

    fn most_receives(&self) -> u32 {
        sluice_sandbox::MAX_RECEIVES
    }
}

/// An implementation under test, empty.
#[derive(Clone)]
pub struct Candidate {
    /// Its state.
    pub state: Arc<dyn State>,
    /// Its journal.
    pub journal: Arc<dyn Journal>,
    /// Its queues, sending.
    pub queue: Arc<dyn Queue>,
    /// Its queues, receiving.
    pub inbox: Arc<dyn Inbox>,
    /// The time by which it hides messages.
    pub clock: Arc<dyn Clock>,
    /// Lets that time pass.
    pub timer: Arc<dyn Timer>,
}

impl Candidate {
    /// A store of the sandbox, in virtual time.
    #[must_use]
    pub fn of(store: &Store) -> Self {
        let clock = Arc::new(ManualClock::new(instant(0)));
        let shared = Arc::new(store.clone());
        Self {
            state: shared.clone(),
            journal: shared.clone(),
            queue: shared.clone(),
            inbox: shared,
            clock: clock.clone(),
            timer: clock,
        }
    }

    /// Asks until the answer is the expected one, or patience ends.
    async fn eventually<T: PartialEq + std::fmt::Debug>(
        &self,
        expected: T,
        ask: impl for<'a> Fn(&'a dyn State) -> PortFuture<'a, T>,
    ) {
        let (times, pause) = PATIENCE;
        let mut answer = ask(&*self.state).await;
        for _ in 0..times {
            if answer == expected {
                return;
            }
            self.timer.sleep(pause).await;
            answer = ask(&*self.state).await;
        }
        assert_eq!(answer, expected, "and it does not come");
    }
}

/// One promise.
pub struct Case {
    /// What is promised.
    pub name: &'static str,
    /// Panics where it is not kept.
    pub run: fn(Candidate) -> PortFuture<'static, ()>,
}

macro_rules! cases {
    ($($module:ident: $($name:ident)+;)+) => {
        /// Every promise.
        pub static CASES: &[Case] = &[
            $($(Case { name: stringify!($name), run: |candidate| Box::pin($module::$name(candidate)) },)+)+
        ];
    };
}

cases! {
    records: created_and_read_back absent_subjects_read_as_none_in_order stale_version_conflicts version_0_means_absent
        racing_saves_have_one_winner saves_of_a_batch_are_independent saving_twice_in_a_batch_saves_once
        head_alone_keeps_the_body body_may_be_absent every_field_survives large_order_is_stored
        too_large_is_broken_and_nothing_is_written lost_answer_was_saved;
    indexes: due_in_order_of_time due_respects_limit_lane_and_now at_rest_is_not_due rescheduled_is_due_once
        conflict_leaves_the_due_index found_by_every_name found_after_a_change found_once_and_only_exactly
        parked_in_pages_and_released every_head_once_in_pages;
    calls: calls_open_overdue_close permits_up_to_the_limit expired_permit_is_another_s lowered_limit_counts_what_is_held
        databases_have_their_own_permits kinds_of_permits_are_counted_apart pressure_is_conditional cursor_is_conditional identity_is_conditional;
    journal: journal_in_order journal_appends_once journal_keeps_bytes_and_limit journal_subjects_are_apart;
    queues: sent_is_received_until_acknowledged hidden_messages_come_back_and_count stale_receipt_leaves_the_new_receive
        returned_comes_back_at_once poison_is_given_up batches_are_capped lanes_are_apart large_delivery_survives
        waiting_wakes_are_counted_by_lane nothing_to_do_is_fine;
}

/// Runs every case, each on what `make` gives.
///
/// # Panics
/// Where a promise is broken.
pub async fn state_conformance(make: impl Fn(&str) -> Candidate) {
    for case in CASES {
        (case.run)(make(case.name)).await;
    }
}

/// Keys as text, which is easier to compare.
fn texts(keys: Vec<SubjectKey>) -> Vec<String> {
    keys.into_iter().map(String::from).collect()
}
