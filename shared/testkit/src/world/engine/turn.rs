//! One event after the other.

use std::{cmp::Reverse, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use sluice_domain::value::SubjectKey;
use sluice_normalizer::Numbered;
use sluice_reconciler::{Job, Ran, Swept};
use sluice_webhook_ingress::Answer;

use super::{Event, World};
use crate::world::{
    kernel::later,
    mailbox::Receipt,
    task::{Done, Step, Task, Work},
};

/// The most deliveries in one batch, as SQS has it.
const MAX_DELIVERIES: usize = 10;
/// The most wakes in one batch, with a batching window.
const MAX_WAKES: usize = 50;
/// The most normalizers at once.
const NORMALIZERS: usize = 3;
/// When the platform ends a normalizer or an ingress, in seconds.
const SHORT_SECONDS: i64 = 60;
/// How long a writer is told that it has, in seconds.
const WRITER_SECONDS: i64 = 240;
/// When the platform ends a writer, in seconds.
const WRITER_KILLED_SECONDS: i64 = 300;
/// How long received messages are out of sight, in seconds: longer than their worker lives.
const HIDDEN_SECONDS: (i64, i64) = (90, 360);

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

impl World {
    /// Lets the next event happen; `false` when there is none.
    pub(super) fn turn(&mut self) -> bool {
        let Some(Reverse((at, _, event))) = self.agenda.pop() else { return false };
        if at == Timestamp::MAX {
            return false;
        }
        self.kernel.set_now(at.max(self.kernel.now()));
        match event {
            Event::Send(number) => self.start_ingress(number),
            Event::Step(id) => self.step(id),
            Event::Normalize if self.normalize_at == Some(at) => {
                self.normalize_at = None;
                self.start_normalizer();
            }
            Event::Write if self.write_at == Some(at) => {
                self.write_at = None;
                self.start_writer();
            }
            // Something earlier was scheduled meanwhile.
            Event::Normalize | Event::Write => {}
            Event::Sweep => self.start_sweep(),
            Event::Pull => self.start_reading(&Job::Pull { account: None }),
            Event::Subscriptions => self.start_reading(&Job::Subscriptions),
            Event::Restart => self.restart(),
            Event::Clerk => self.correct_a_contact(),
            Event::Outage => {
                self.kernel.count_fault();
                self.kernel.take_odoo_down(later(at, SignedDuration::from_hours(2)));
            }
        }
        self.pump();
        true
    }

    pub(super) fn spawn(
        &mut self,
        work: Work,
        run: impl Future<Output = Done> + Send + 'static,
        lifetime: SignedDuration,
    ) {
        let now = self.kernel.now();
        let most = self.kernel.rates().skew_ms;
        let skew = SignedDuration::from_millis(self.kernel.dice(|dice| dice.between(-most, most)));
        self.scheduled += 1;
        let id = self.scheduled;
        self.tasks.insert(id, Task::new(work, run, (skew, later(now, lifetime))));
        self.step(id);
    }

    fn start_ingress(&mut self, number: usize) {
        if self.is_lost(number) {
            return;
        }
        let Some(sending) = self.sendings.get(number) else { return };
        let Some(account) = self.accounts.get(sending.webhook.account) else { return };
        let request = sending.request(account);
        self.kernel.note(sending.webhook.topic, &sending.webhook.delivery_id, u64::from(sending.tries));
        let ingress = Arc::clone(&self.processes.ingress);
        let run = async move { Done::Answered(ingress.handle(request).await) };
        self.spawn(Work::Webhook(number), run, seconds(SHORT_SECONDS));
    }

    fn running(&self, wanted: impl Fn(&Work) -> bool) -> usize {
        self.tasks.values().filter(|task| wanted(&task.work)).count()
    }

    fn start_normalizer(&mut self) {
        let (now, doubled) = (self.kernel.now(), self.kernel.rates().doubled);
        let hidden = seconds(HIDDEN_SECONDS.0);
        let received =
            self.kernel.dice(|dice| self.boxes.deliveries().receive(MAX_DELIVERIES, (now, hidden), doubled, dice));
        if received.is_empty() {
            return;
        }
        let receipts: Vec<Receipt> = received.iter().map(|(receipt, _)| *receipt).collect();
        let batch = received.into_iter().enumerate();
        let batch: Vec<Numbered> = batch.map(|(message, (_, delivery))| Numbered { message, delivery }).collect();
        let normalizer = Arc::clone(&self.processes.normalizer);
        let run = async move { Done::Folded(normalizer.handle(batch).await) };
        self.spawn(Work::Deliveries(receipts), run, seconds(SHORT_SECONDS));
    }

    fn start_writer(&mut self) {
        let (now, doubled) = (self.kernel.now(), self.kernel.rates().doubled);
        let hidden = seconds(HIDDEN_SECONDS.1);
        let most = self.kernel.dice(|dice| if dice.chance(1_000) { 1 } else { MAX_WAKES });
        let received = self.kernel.dice(|dice| self.boxes.wakes().receive(most, (now, hidden), doubled, dice));
        if received.is_empty() {
            return;
        }
        let work: Vec<(Receipt, SubjectKey)> =
            received.iter().map(|(receipt, wake)| (*receipt, wake.subject.clone())).collect();
        let wakes = received.into_iter().map(|(_, wake)| wake).collect();
        let count = self.processes.writers.len() as u64;
        let number = usize::try_from(self.kernel.dice(|dice| dice.below(count))).unwrap_or(0);
        let Some(writer) = self.processes.writers.get(number).map(Arc::clone) else { return };
        // It is told by its own clock.
        let kernel = Arc::clone(&self.kernel);
        let run = async move {
            let deadline = later(sluice_domain::ports::Clock::now(&*kernel), seconds(WRITER_SECONDS));
            Done::Wrote(writer.handle(wakes, deadline).await)
        };
        self.spawn(Work::Wakes(number, work), run, seconds(WRITER_KILLED_SECONDS));
    }

    fn start_sweep(&mut self) {
        let now = self.kernel.now();
        self.schedule(later(now, seconds(60)), Event::Sweep);
        let reconciler = Arc::clone(&self.processes.reconciler);
        let run = async move { Done::Ran(reconciler.handle(Job::Sweep, Timestamp::MAX).await) };
        self.spawn(Work::Sweep, run, seconds(SHORT_SECONDS));
    }

    fn step(&mut self, id: u64) {
        let now = self.kernel.now();
        let Some(mut task) = self.tasks.remove(&id) else { return };
        if now >= task.killed_at {
            self.kernel.note("killed", "", 0);
            self.died(task.work);
            return;
        }
        let _span = tracing::debug_span!("worker", id, at = %now).entered();
        match task.step(&self.kernel) {
            Step::Again(at) => {
                self.tasks.insert(id, task);
                self.schedule(at, Event::Step(id));
            }
            Step::Dead => {
                self.kernel.note("died", "", 0);
                self.died(task.work);
            }
            Step::Done(done) => self.done(task.work, done),
        }
    }

    /// A process died: what it received comes back by itself; the channel had no answer and sends again.
    fn died(&mut self, work: Work) {
        match work {
            Work::Webhook(number) => self.send_again(number),
            Work::Wakes(writer, _) => self.processes.restart_writer(writer),
            Work::Deliveries(_) | Work::Sweep | Work::Reading => {}
        }
    }

    fn done(&mut self, work: Work, done: Done) {
        // Between the handler's answer and the acknowledgement a process may die as well.
        let crash = self.kernel.rates().crash;
        let lost = self.kernel.dice(|dice| dice.chance(crash));
        match (work, done) {
            (Work::Webhook(number), Done::Answered(answer)) => self.answered(number, answer),
            (Work::Deliveries(receipts), Done::Folded(failed)) if !lost => {
                let taken = receipts.into_iter().enumerate().filter(|(number, _)| !failed.contains(number));
                taken.for_each(|(_, receipt)| self.boxes.deliveries().acknowledge(receipt));
            }
            (Work::Wakes(_, work), Done::Wrote(failed)) if !lost => {
                let taken = work.into_iter().filter(|(_, subject)| !failed.contains(subject));
                taken.for_each(|(receipt, _)| self.boxes.wakes().acknowledge(receipt));
            }
            (_, Done::Ran(ran)) if ran != Ran::Swept(Swept::default()) => self.ran.push(ran),
            _ => {}
        }
    }

    fn answered(&mut self, number: usize, answer: Answer) {
        let Some(sending) = self.sendings.get_mut(number) else { return };
        self.kernel.note("answered", &sending.webhook.delivery_id, u64::from(answer.status()));
        let taken = answer == Answer::Accepted;
        match (&answer, sending.webhook.forged) {
            (Answer::Unavailable, _) => return self.send_again(number),
            (Answer::Accepted, false) | (Answer::Unauthorized, true) => {}
            (answer, forged) => {
                let id = &sending.webhook.delivery_id;
                self.wrong.push(format!("delivery {id} (forged: {forged}) was answered {}", answer.status()));
            }
        }
        if !sending.is_over() {
            sending.answer = Some(answer);
            self.unsent -= 1;
        }
        self.shop_hears(number, taken);
        let resent = self.kernel.rates().resent;
        if self.kernel.dice(|dice| dice.chance(resent)) {
            self.kernel.count_fault();
            let wait = self.kernel.dice(|dice| dice.between(0, 3_600));
            self.schedule(later(self.kernel.now(), seconds(wait)), Event::Send(number));
        }
    }

    fn send_again(&mut self, number: usize) {
        self.shop_hears(number, false);
        let now = self.kernel.now();
        let Some(sending) = self.sendings.get_mut(number).filter(|sending| !sending.is_over()) else { return };
        sending.tries += 1;
        let at = sending.again(now);
        self.schedule(at, Event::Send(number));
    }

    /// Every process is killed at once; what they kept in memory is gone.
    fn restart(&mut self) {
        self.kernel.count_fault();
        self.kernel.note("restart", "", self.tasks.len() as u64);
        let tasks = std::mem::take(&mut self.tasks);
        for task in tasks.into_values() {
            self.died(task.work);
        }
        self.processes.start_writers(self.writers);
        self.schedule_restart(self.kernel.now());
    }

    pub(super) fn schedule_restart(&mut self, now: Timestamp) {
        let every = i64::from(self.kernel.rates().restart_every_seconds);
        if every > 0 {
            let wait = self.kernel.dice(|dice| dice.between(1, every * 2));
            self.schedule(later(now, seconds(wait)), Event::Restart);
        }
    }

    /// Sees to it that messages are received.
    fn pump(&mut self) {
        let now = self.kernel.now();
        let deliveries = self.boxes.deliveries().next_visible();
        if let Some(visible) = deliveries
            && self.running(|work| matches!(work, Work::Deliveries(_))) < NORMALIZERS
            && self.normalize_at.is_none_or(|at| at > later(visible.max(now), seconds(1)))
        {
            let gather = SignedDuration::from_millis(self.kernel.dice(|dice| dice.between(5, 900)));
            let at = later(visible.max(now), gather);
            self.normalize_at = Some(at);
            self.schedule(at, Event::Normalize);
        }
        let wakes = self.boxes.wakes().next_visible();
        if let Some(visible) = wakes
            && self.running(|work| matches!(work, Work::Wakes(..))) < self.writers
            && self.write_at.is_none_or(|at| at > later(visible.max(now), seconds(3)))
        {
            let gather = SignedDuration::from_millis(self.kernel.dice(|dice| dice.between(5, 2_900)));
            let at = later(visible.max(now), gather);
            self.write_at = Some(at);
            self.schedule(at, Event::Write);
        }
    }
}
