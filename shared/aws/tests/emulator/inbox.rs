//! The receiving side of the queues, which on AWS is the event source's.
//!
//! Messages are hidden for an hour of the emulator's time and shown again by hand once that much of the suite's virtual time
//! has passed, so that no test waits for a clock.

use std::sync::{Arc, Mutex};

use aws_sdk_sqs::{
    Client,
    types::{MessageSystemAttributeName, QueueAttributeName},
};
use jiff::{SignedDuration, Timestamp};
use sluice_aws::{
    S3Bodies,
    wire::{Incoming, decode_delivery, decode_wake},
};
use sluice_domain::ports::{Clock, PortFuture, Timer};
use sluice_sandbox::{ManualClock, Message, QueueName};
use sluice_testkit::conformance::{Inbox, Taken};

use crate::world::{MAX_RECEIVES, Queues};

/// How long the emulator hides a message, in seconds: longer than any test runs.
const HIDDEN_SECONDS: i32 = 3_600;

/// Receives, and remembers what is hidden until when.
pub(crate) struct SqsInbox {
    pub(crate) client: Client,
    pub(crate) queues: Queues,
    pub(crate) bodies: S3Bodies,
    pub(crate) hidden: Mutex<Vec<(Timestamp, String)>>,
}

impl SqsInbox {
    fn urls(&self, queue: QueueName) -> &(String, String) {
        let [deliveries, urgent, bulk] = &self.queues.urls;
        match queue {
            QueueName::Deliveries => deliveries,
            QueueName::Urgent => urgent,
            QueueName::Bulk => bulk,
        }
    }

    async fn message(&self, queue: QueueName, text: &str) -> Message {
        if queue != QueueName::Deliveries {
            return Message::Wake(decode_wake(text).unwrap());
        }
        match decode_delivery(text).unwrap() {
            Incoming::Whole(delivery) => Message::Delivery(delivery),
            Incoming::Stored(mut delivery, stored) => {
                delivery.body = self.bodies.get(&stored).await.unwrap();
                Message::Delivery(delivery)
            }
        }
    }

    async fn show(&self, receipt: &str) {
        let (url, handle) = receipt.split_once(' ').unwrap();
        let shown = self.client.change_message_visibility().queue_url(url).receipt_handle(handle);
        // One that was acknowledged is gone, and needs no showing.
        let _ = shown.visibility_timeout(0).send().await;
    }

    async fn show_what_is_past(&self, now: Timestamp) {
        let past: Vec<_> = self.hidden.lock().unwrap().extract_if(.., |(until, _)| *until <= now).collect();
        for (_, receipt) in past {
            self.show(&receipt).await;
        }
    }
}

impl Inbox for SqsInbox {
    fn receive(
        &self,
        queue: QueueName,
        most: usize,
        now: Timestamp,
        visibility: SignedDuration,
    ) -> PortFuture<'_, Vec<Taken>> {
        Box::pin(async move {
            let most = i32::try_from(most.min(10)).unwrap();
            if most == 0 {
                return Vec::new();
            }
            let (url, _) = self.urls(queue);
            let receive = self.client.receive_message().queue_url(url).max_number_of_messages(most);
            let receive = receive.visibility_timeout(HIDDEN_SECONDS).wait_time_seconds(0);
            let count = MessageSystemAttributeName::ApproximateReceiveCount;
            let received = receive.message_system_attribute_names(count.clone()).send().await.unwrap();
            let mut taken = Vec::new();
            for message in received.messages() {
                let receipt = format!("{url} {}", message.receipt_handle().unwrap());
                self.hidden.lock().unwrap().push((now + visibility, receipt.clone()));
                taken.push(Taken {
                    receipt,
                    message: self.message(queue, message.body().unwrap()).await,
                    receive_count: message.attributes().unwrap()[&count].parse().unwrap(),
                });
            }
            taken
        })
    }

    fn acknowledge(&self, receipts: Vec<String>) -> PortFuture<'_, ()> {
        Box::pin(async move {
            for receipt in receipts {
                let (url, handle) = receipt.split_once(' ').unwrap();
                self.hidden.lock().unwrap().retain(|(_, known)| *known != receipt);
                let deleted = self.client.delete_message().queue_url(url).receipt_handle(handle).send().await;
                // Deleting twice is fine on SQS; ministack says so too, and moto answers that the handle is unknown.
                let _ = deleted;
            }
        })
    }

    fn return_now(&self, receipts: Vec<String>) -> PortFuture<'_, ()> {
        Box::pin(async move {
            for receipt in receipts {
                self.hidden.lock().unwrap().retain(|(_, known)| *known != receipt);
                self.show(&receipt).await;
            }
        })
    }

    fn dead_letters(&self, queue: QueueName) -> PortFuture<'_, usize> {
        Box::pin(async move {
            let name = QueueAttributeName::ApproximateNumberOfMessages;
            let (_, dead) = self.urls(queue);
            let asked = self.client.get_queue_attributes().queue_url(dead).attribute_names(name.clone());
            asked.send().await.unwrap().attributes.unwrap()[&name].parse().unwrap()
        })
    }

    fn most_receives(&self) -> u32 {
        MAX_RECEIVES
    }
}

/// Lets the suite's time pass, and shows what had been hidden until then.
pub(crate) struct Passing {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) inbox: Arc<SqsInbox>,
}

impl Timer for Passing {
    fn sleep(&self, milliseconds: u64) -> PortFuture<'_, ()> {
        Box::pin(async move {
            self.clock.sleep(milliseconds).await;
            self.inbox.show_what_is_past(self.clock.now()).await;
        })
    }
}
