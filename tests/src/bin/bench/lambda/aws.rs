//! SQS, `DynamoDB`, Secrets Manager and S3, as far as a function notices: every message is taken, every table is empty. Counts
//! what it is asked for.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::peer::{Reply, Request, listen};

#[derive(Default)]
struct Seen {
    counts: BTreeMap<String, u64>,
    /// The last message that was sent to a queue.
    message: String,
}

/// The stub.
#[derive(Clone)]
pub(crate) struct Aws {
    pub(crate) endpoint: String,
    seen: Arc<Mutex<Seen>>,
}

impl Aws {
    /// Accounts are signed for with this secret.
    pub(crate) fn start(secret: &str) -> Self {
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let (known, secret) = (Arc::clone(&seen), secret.to_owned());
        let address = listen(move |request| {
            let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
            let mut seen = known.lock().expect("a lock");
            *seen.counts.entry(name(&request)).or_default() += 1;
            if let Some(message) = body["MessageBody"].as_str() {
                message.clone_into(&mut seen.message);
            }
            Some(Reply::json(200, answer(&request.operation, &body, &secret).to_string()))
        });
        Self { endpoint: format!("http://{address}"), seen }
    }

    /// What was asked for since the last look.
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        std::mem::take(&mut self.seen.lock().expect("a lock").counts)
    }

    /// The last message that was sent to a queue.
    pub(crate) fn message(&self) -> String {
        self.seen.lock().expect("a lock").message.clone()
    }
}

fn name(request: &Request) -> String {
    if request.operation.is_empty() { format!("S3 {}", request.method) } else { request.operation.clone() }
}

fn answer(operation: &str, body: &Value, secret: &str) -> Value {
    match operation {
        "GetQueueAttributes" => json!({"Attributes": {"QueueArn": "arn:aws:sqs:eu-central-1:000000000000:queue"}}),
        "SendMessage" => json!({"MessageId": "5fea7756-0ea4-451a-a703-a558b933e274"}),
        "DescribeTable" => json!({"Table": {"TableName": body["TableName"], "TableStatus": "ACTIVE"}}),
        "BatchGetItem" => json!({"Responses": {}, "UnprocessedKeys": {}}),
        "Query" => json!({"Items": [], "Count": 0, "ScannedCount": 0}),
        "GetSecretValue" => {
            let id = body["SecretId"].as_str().unwrap_or_default();
            let text = if id.ends_with("contact-key") {
                "0123456789abcdef0123456789abcdef".to_owned()
            } else if id.ends_with("odoo") {
                json!({"url": "http://127.0.0.1:1", "database": "shop", "login": "sluice", "key": "hush"}).to_string()
            } else {
                json!({"current": secret}).to_string()
            };
            json!({"Name": id, "SecretString": text})
        }
        _ => json!({}),
    }
}
