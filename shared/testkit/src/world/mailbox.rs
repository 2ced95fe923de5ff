//! A queue as SQS is: at least once, in no order, with a visibility time-out.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::dice::Dice;

/// Names one received message, to acknowledge it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Receipt {
    visible_at: Timestamp,
    place: u64,
}

/// A queue.
#[derive(Debug)]
pub(crate) struct Mailbox<T> {
    messages: BTreeMap<Receipt, T>,
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Self { messages: BTreeMap::new() }
    }
}

impl<T: Clone> Mailbox<T> {
    /// Puts a message in, at a random place among those of its moment.
    pub(crate) fn put(&mut self, message: T, visible_at: Timestamp, dice: &mut Dice) {
        let receipt = Receipt { visible_at, place: dice.next() };
        self.messages.insert(receipt, message);
    }

    /// Takes up to `most` visible messages out of sight for a while. With some luck one of them is seen by another worker
    /// at the same time.
    pub(crate) fn receive(
        &mut self,
        most: usize,
        (now, hidden): (Timestamp, SignedDuration),
        doubled: u32,
        dice: &mut Dice,
    ) -> Vec<(Receipt, T)> {
        let seen: Vec<Receipt> =
            self.messages.keys().take_while(|receipt| receipt.visible_at <= now).take(most).copied().collect();
        let back = now.checked_add(hidden).unwrap_or(Timestamp::MAX);
        let mut received = Vec::with_capacity(seen.len());
        for receipt in seen {
            let Some(message) = self.messages.remove(&receipt) else { continue };
            if dice.chance(doubled) {
                self.put(message.clone(), now, dice);
            }
            let receipt = Receipt { visible_at: back, place: dice.next() };
            self.messages.insert(receipt, message.clone());
            received.push((receipt, message));
        }
        received
    }

    /// Done with: it does not come back.
    pub(crate) fn acknowledge(&mut self, receipt: Receipt) {
        self.messages.remove(&receipt);
    }

    /// When the next message can be seen.
    #[must_use]
    pub(crate) fn next_visible(&self) -> Option<Timestamp> {
        self.messages.keys().next().map(|receipt| receipt.visible_at)
    }

    /// How many messages there are, seen ones included.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Is there none?
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}
