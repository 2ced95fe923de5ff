//! The Lambda function `normalizer`: folds the deliveries of its queue into the state table, and wakes what is due.

use std::{collections::BTreeMap, process::ExitCode, sync::Arc};

use serde_json::{Value, value::RawValue};
use sluice_aws::{
    BodyError, QueueUrls, S3Bodies,
    lambda::{Absent, Function, Invocation, QueueMessage, Shell, StartError, answer, each_batch, messages, serve},
    wire::{Incoming, WireError, decode_delivery},
};
use sluice_channels::shop_namings;
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    ports::{PortFuture, Ports},
    value::AccountName,
};
use sluice_normalizer::{Normalizer, Numbered, Unreadable};
use sluice_platform::{ConfigError, OsRandom, SystemClock, SystemTimer};

/// Names the queues that channels write to, beside the queue of deliveries.
const SELLER_QUEUES: &str = "SLUICE_SELLER_QUEUES";

struct NormalizerFunction {
    normalizer: Normalizer,
    bodies: S3Bodies,
    /// Queues of accounts' own, by ARN.
    sellers: BTreeMap<String, AccountName>,
}

/// What a message turned out to be.
enum Read {
    Delivery(Delivery),
    /// It will never be one.
    Never(String),
    /// Not now: it comes back.
    Later(String),
}

impl NormalizerFunction {
    async fn read(&self, message: &QueueMessage) -> Read {
        if let Some(account) = self.sellers.get(&message.source) {
            return match self.normalizer.queued(account, &message.id, &message.body) {
                Ok(delivery) => Read::Delivery(delivery),
                Err(problem) => Read::Never(problem),
            };
        }
        let stored = match decode_delivery(&message.body) {
            Ok(Incoming::Whole(delivery)) => return Read::Delivery(delivery),
            Ok(Incoming::Stored(delivery, stored)) => {
                self.bodies.get(&stored).await.map(|body| Delivery { body, ..delivery })
            }
            Err(error @ (WireError::Malformed(_) | WireError::Body(_) | WireError::TooLarge)) => {
                return Read::Never(error.to_string());
            }
            // After a roll-back it waits for the version that wrote it.
            Err(error @ WireError::Version(_)) => return Read::Later(error.to_string()),
        };
        match stored {
            Ok(delivery) => Read::Delivery(delivery),
            Err(error @ BodyError::Unavailable(_)) => Read::Later(error.to_string()),
            Err(error @ (BodyError::Missing(_) | BodyError::Altered { .. })) => Read::Never(error.to_string()),
        }
    }

    async fn batch(&self, batch: Vec<QueueMessage>) -> Vec<String> {
        let (mut deliveries, mut unreadable, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (index, message) in batch.iter().enumerate() {
            match self.read(message).await {
                Read::Delivery(delivery) => deliveries.push(Numbered { message: index, delivery }),
                Read::Never(problem) => unreadable.push(Unreadable {
                    message: index,
                    id: message.id.clone(),
                    body: message.body.clone().into_bytes(),
                    problem,
                }),
                Read::Later(error) => {
                    tracing::warn!(error, "the delivery comes back");
                    failed.push(index);
                }
            }
        }
        failed.extend(self.normalizer.handle(deliveries).await);
        failed.extend(self.normalizer.park_unreadable(unreadable).await);
        failed.into_iter().filter_map(|index| batch.get(index)).map(|message| message.id.clone()).collect()
    }
}

impl Function for NormalizerFunction {
    fn handle<'a>(&'a self, invocation: Invocation<'a>) -> PortFuture<'a, Value> {
        Box::pin(async move {
            match messages(invocation.event) {
                Ok(messages) => each_batch(messages, |batch| self.batch(batch)).await,
                Err(problem) => {
                    let body = invocation.event.get().as_bytes().to_vec();
                    let event = Unreadable { message: 0, id: invocation.id.to_owned(), body, problem };
                    self.normalizer.park_unreadable(vec![event]).await;
                    answer(Vec::new())
                }
            }
        })
    }

    fn panicked(&self, event: &RawValue) -> Value {
        answer(messages(event).unwrap_or_default().into_iter().map(|message| message.id).collect())
    }
}

async fn start() -> Result<(Shell, NormalizerFunction), StartError> {
    let shell = Shell::start("normalizer")?;
    let accounts = shell.accounts(&shop_namings())?.accounts;
    let urgent = shell.required("SLUICE_URGENT_QUEUE_URL")?;
    let bulk = shell.required("SLUICE_BULK_QUEUE_URL")?;
    let state_table = shell.required("SLUICE_STATE_TABLE")?;
    let journal_table = shell.required("SLUICE_JOURNAL_TABLE")?;
    let bucket = shell.required("SLUICE_BODIES_BUCKET")?;
    let sellers = sellers(&shell.optional(SELLER_QUEUES).unwrap_or_default(), &accounts)?;
    let aws = shell.aws()?;
    let secrets = aws.secrets(shell.stage(), Arc::new(SystemClock));
    shell.check_secrets(&secrets, accounts.keys()).await?;
    let queue = aws.queue(QueueUrls { urgent: Some(urgent), bulk: Some(bulk), deliveries: None }, None);
    let state = aws.state(&state_table, Arc::new(SystemTimer));
    let journal = aws.journal(&journal_table, Arc::new(SystemTimer));
    queue.check().await?;
    state.check().await?;
    journal.check().await?;
    let ports = Ports {
        state: Arc::new(state),
        journal: Arc::new(journal),
        queue: Arc::new(queue),
        secrets: Arc::new(secrets),
        http: Arc::new(Absent),
        clock: Arc::new(SystemClock),
        timer: Arc::new(SystemTimer),
        random: Arc::new(OsRandom),
    };
    let bodies = aws.bodies(&bucket);
    Ok((shell, NormalizerFunction { normalizer: Normalizer::new(ports, accounts), bodies, sellers }))
}

/// Whose queue each is: `ARN=account`, with commas between several.
fn sellers(text: &str, accounts: &BTreeMap<AccountName, Account>) -> Result<BTreeMap<String, AccountName>, StartError> {
    let mut sellers = BTreeMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let account = pair.split_once('=').and_then(|(arn, account)| Some((arn, AccountName::parse(account).ok()?)));
        let Some((arn, account)) =
            account.filter(|(arn, account)| arn.starts_with("arn:") && accounts.contains_key(account))
        else {
            let problem = format!("`{pair}` is no ARN of a queue, `=` and an account of this configuration");
            let fix = "set the parameters SellerQueueArn and SellerQueueAccount, and deploy again".to_owned();
            return Err(ConfigError::Variable { variable: SELLER_QUEUES, problem, fix }.into());
        };
        sellers.insert(arn.to_owned(), account);
    }
    Ok(sellers)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(start().await).await
}
