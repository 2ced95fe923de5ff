//! The queues: the adapter itself over a peer that takes every message, and Lambda's pollers at the other end.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json, value::RawValue};
use sluice_aws::{
    AwsSettings, Connection, Patience, QueueUrls, SqsQueue,
    lambda::{QueueMessage, messages},
};
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        PortFuture,
        queue::{Queue, QueueError},
        secrets::Secret,
    },
    state::Lane,
};

use crate::{
    server::{Server, fine},
    tally::{AWS_MS, Tally},
};

/// SQS bills every begun 64 KB of a request as one.
const BILLED_BYTES: usize = 64 * 1_024;

/// Queues whose requests are counted.
pub(crate) struct Queues {
    server: Server,
    sqs: SqsQueue,
    tally: Arc<Tally>,
    waiting: Mutex<BTreeMap<String, VecDeque<String>>>,
}

impl Queues {
    pub(crate) fn new(tally: Arc<Tally>) -> Self {
        let server = Server::answering(vec![fine()]);
        let long = Duration::from_secs(60);
        let settings = AwsSettings {
            region: "eu-central-1".into(),
            endpoint: Some(server.endpoint.clone()),
            access_key_id: "AKIA".into(),
            secret_access_key: Secret::new("hush"),
            session_token: None,
            patience: Patience { connect: long, attempt: long, operation: long, attempts: 1 },
        };
        let url = |name: &str| Some(format!("{}/000/{name}", server.endpoint));
        let urls = QueueUrls { deliveries: url("deliveries"), urgent: url("urgent"), bulk: url("bulk") };
        let sqs = Connection::new(&settings).queue(urls, None);
        Self { server, sqs, tally, waiting: Mutex::default() }
    }

    /// Takes in what the peer was sent.
    fn collect(&self) {
        let mut waiting = self.waiting.lock().unwrap();
        for seen in self.server.seen() {
            assert!(["SendMessage", "SendMessageBatch"].contains(&seen.what.as_str()), "{}", seen.what);
            let name = seen.body["QueueUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            let body = |message: &Value| message["MessageBody"].as_str().unwrap().to_owned();
            let sent: Vec<String> = match seen.body["Entries"].as_array() {
                Some(entries) => entries.iter().map(body).collect(),
                None => vec![body(&seen.body)],
            };
            self.tally.queue(format!("sent to {name}"), billed(&sent));
            waiting.entry(name).or_default().extend(sent);
        }
    }

    /// What a poller hands to the function: one receive, and the event that Lambda makes of it. `None` when nothing waits.
    pub(crate) fn receive(&self, name: &str, most: usize) -> Option<Vec<QueueMessage>> {
        let mut waiting = self.waiting.lock().unwrap();
        let queue = waiting.get_mut(name)?;
        let bodies: Vec<String> = queue.drain(..most.min(queue.len())).collect();
        if bodies.is_empty() {
            return None;
        }
        self.tally.queue(format!("received from {name}"), billed(&bodies));
        let record = |(index, body): (usize, &String)| {
            json!({
                "messageId": index.to_string(), "body": body, "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": "1"},
            })
        };
        let event = json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()});
        Some(messages(&RawValue::from_string(event.to_string()).unwrap()).unwrap())
    }

    /// The poller deletes what the function took: one request a batch.
    pub(crate) fn delete(&self, name: &str, answer: &Value) {
        assert_eq!(answer["batchItemFailures"], json!([]), "a message comes back");
        self.tally.queue(format!("deleted from {name}"), 1);
    }
}

fn billed(bodies: &[String]) -> u64 {
    let bytes: usize = bodies.iter().map(String::len).sum();
    u64::try_from(bytes.div_ceil(BILLED_BYTES)).unwrap()
}

impl Queue for Queues {
    fn send_delivery(&self, delivery: Delivery) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            let sent = self.sqs.send_delivery(delivery).await;
            self.tally.requests(1, AWS_MS);
            self.collect();
            sent
        })
    }

    fn send_wakes(&self, lane: Lane, wakes: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            let sent = self.sqs.send_wakes(lane, wakes).await;
            self.tally.requests(1, AWS_MS);
            self.collect();
            sent
        })
    }

    fn waiting(&self, _: Lane) -> PortFuture<'_, Result<usize, QueueError>> {
        Box::pin(async { Err(QueueError("an order needs no sweep here".into())) })
    }
}
