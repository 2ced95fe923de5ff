//! The queues, both sides.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use sluice_domain::{delivery::Wake, state::Lane};
use sluice_sandbox::{Message, QueueName};

use super::{
    Candidate, Taken,
    samples::{delivery, subject},
};

/// How long messages are hidden here.
const HIDDEN: SignedDuration = SignedDuration::from_secs(2);
/// Longer than that, in milliseconds.
const PAST_HIDDEN: u64 = 2_500;

async fn receive(on: &Candidate, queue: QueueName) -> Vec<Taken> {
    on.inbox.receive(queue, 10, on.clock.now(), HIDDEN).await
}

async fn receive_one(on: &Candidate, queue: QueueName) -> Taken {
    let mut taken = receive(on, queue).await;
    assert_eq!(taken.len(), 1, "{taken:?}");
    taken.pop().unwrap()
}

fn wake(id: &str) -> Wake {
    Wake { subject: subject(id), trace_id: format!("trace-{id}") }
}

pub(super) async fn sent_is_received_until_acknowledged(on: Candidate) {
    let sent = delivery("d1", b"{\"id\":1}".to_vec());
    on.queue.send_delivery(sent.clone()).await.unwrap();
    let taken = receive_one(&on, QueueName::Deliveries).await;
    assert_eq!((&taken.message, taken.receive_count), (&Message::Delivery(sent), 1));
    assert_eq!(receive(&on, QueueName::Deliveries).await, [], "it is hidden");
    on.inbox.acknowledge(vec![taken.receipt.clone()]).await;
    on.inbox.acknowledge(vec![taken.receipt]).await;
    on.timer.sleep(PAST_HIDDEN).await;
    assert_eq!(receive(&on, QueueName::Deliveries).await, []);
}

pub(super) async fn waiting_wakes_are_counted_by_lane(on: Candidate) {
    let waiting = async |lane| on.queue.waiting(lane).await.unwrap();
    assert_eq!((waiting(Lane::Urgent).await, waiting(Lane::Bulk).await), (0, 0));
    on.queue.send_wakes(Lane::Urgent, (0..12).map(|id| wake(&id.to_string())).collect()).await.unwrap();
    assert_eq!((waiting(Lane::Urgent).await, waiting(Lane::Bulk).await), (12, 0));
}

pub(super) async fn hidden_messages_come_back_and_count(on: Candidate) {
    on.queue.send_wakes(Lane::Urgent, vec![wake("1")]).await.unwrap();
    for count in 1..=3 {
        let taken = receive_one(&on, QueueName::Urgent).await;
        assert_eq!((taken.message, taken.receive_count), (Message::Wake(wake("1")), count));
        on.timer.sleep(PAST_HIDDEN).await;
    }
}

pub(super) async fn stale_receipt_leaves_the_new_receive(on: Candidate) {
    on.queue.send_wakes(Lane::Urgent, vec![wake("1")]).await.unwrap();
    receive_one(&on, QueueName::Urgent).await;
    on.timer.sleep(PAST_HIDDEN).await;
    let second = receive_one(&on, QueueName::Urgent).await;
    assert_eq!(receive(&on, QueueName::Urgent).await, [], "it is the second worker's");
    on.inbox.acknowledge(vec![second.receipt]).await;
    on.timer.sleep(PAST_HIDDEN).await;
    assert_eq!(receive(&on, QueueName::Urgent).await, []);
}

pub(super) async fn returned_comes_back_at_once(on: Candidate) {
    on.queue.send_wakes(Lane::Bulk, vec![wake("1")]).await.unwrap();
    let taken = receive_one(&on, QueueName::Bulk).await;
    on.inbox.return_now(vec![taken.receipt]).await;
    assert_eq!(receive_one(&on, QueueName::Bulk).await.receive_count, 2);
}

pub(super) async fn poison_is_given_up(on: Candidate) {
    on.queue.send_wakes(Lane::Urgent, vec![wake("1")]).await.unwrap();
    for count in 1..=on.inbox.most_receives() {
        let taken = receive_one(&on, QueueName::Urgent).await;
        assert_eq!(taken.receive_count, count);
        on.inbox.return_now(vec![taken.receipt]).await;
    }
    assert_eq!(receive(&on, QueueName::Urgent).await, []);
    assert_eq!(on.inbox.dead_letters(QueueName::Urgent).await, 1);
    assert_eq!(on.inbox.dead_letters(QueueName::Bulk).await, 0);
}

pub(super) async fn batches_are_capped(on: Candidate) {
    let ids: BTreeSet<String> = (0..25).map(|number| format!("w{number}")).collect();
    on.queue.send_wakes(Lane::Urgent, ids.iter().map(|id| wake(id)).collect()).await.unwrap();
    assert_eq!(on.inbox.receive(QueueName::Urgent, 0, on.clock.now(), HIDDEN).await, []);
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let batch = on.inbox.receive(QueueName::Urgent, 1_000, on.clock.now(), HIDDEN).await;
        assert!(batch.len() <= 10, "{}", batch.len());
        for taken in batch {
            let Message::Wake(wake) = taken.message else { panic!("a wake") };
            seen.insert(wake.subject.external_id().to_owned());
            on.inbox.acknowledge(vec![taken.receipt]).await;
        }
    }
    assert_eq!(seen, ids, "all of them arrive");
}

pub(super) async fn lanes_are_apart(on: Candidate) {
    on.queue.send_wakes(Lane::Urgent, vec![wake("u")]).await.unwrap();
    on.queue.send_wakes(Lane::Bulk, vec![wake("b")]).await.unwrap();
    assert_eq!(receive(&on, QueueName::Deliveries).await, []);
    assert_eq!(receive_one(&on, QueueName::Urgent).await.message, Message::Wake(wake("u")));
    assert_eq!(receive_one(&on, QueueName::Bulk).await.message, Message::Wake(wake("b")));
}

pub(super) async fn large_delivery_survives(on: Candidate) {
    // As large as the ingress takes, and any bytes: an adapter judges them later.
    let body: Vec<u8> = (0..1_048_576_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for body in [body, Vec::new()] {
        on.queue.send_delivery(delivery("d", body.clone())).await.unwrap();
        let taken = receive_one(&on, QueueName::Deliveries).await;
        assert_eq!(taken.message, Message::Delivery(delivery("d", body)));
    }
}

pub(super) async fn nothing_to_do_is_fine(on: Candidate) {
    on.queue.send_wakes(Lane::Urgent, Vec::new()).await.unwrap();
    on.inbox.acknowledge(Vec::new()).await;
    on.inbox.return_now(Vec::new()).await;
    assert_eq!(receive(&on, QueueName::Urgent).await, []);
    assert_eq!(on.state.save(Vec::new()).await, []);
    assert_eq!(on.state.read(Vec::new()).await, Ok(Vec::new()));
    on.journal.append(Vec::new()).await.unwrap();
}
