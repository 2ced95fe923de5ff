//! The Lambda function `odoo-writer`: brings Odoo to the state of the subjects that its queues name.

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use serde_json::{Value, value::RawValue};
use sluice_aws::{
    ManagedSecrets, QueueUrls,
    lambda::{Absent, Function, Invocation, QueueMessage, Shell, StartError, answer, each_batch, messages, serve},
    wire::{WireError, decode_wake},
};
use sluice_channels::shop_namings;
use sluice_domain::{
    ports::{PortFuture, Ports, secrets::SecretError},
    value::SubjectKey,
};
use sluice_odoo::Connection;
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_platform::{
    OsRandom, SystemClock, SystemTimer,
    config::{AccountBook, odoo_tuning},
    http::{HttpClient, Metered},
    telemetry::names::ODOO_CALLS,
};

struct OdooWriter {
    ports: Ports,
    secrets: ManagedSecrets,
    settings: WriterSettings,
    /// The writer of the connection that the secret named last: a rotated key makes a new one.
    current: Mutex<Option<Arc<Writer>>>,
}

impl OdooWriter {
    async fn writer(&self) -> Result<Arc<Writer>, SecretError> {
        let odoo = self.secrets.odoo().await?;
        let connection = Connection {
            url: odoo.url,
            database: odoo.database,
            login: odoo.login,
            key: odoo.key,
            timeout_ms: self.settings.connection.timeout_ms,
        };
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = current.as_ref().filter(|writer| *writer.connection() == connection) {
            return Ok(Arc::clone(writer));
        }
        let settings = WriterSettings { connection, ..self.settings.clone() };
        let writer = Arc::new(Writer::new(self.ports.clone(), settings));
        *current = Some(Arc::clone(&writer));
        Ok(writer)
    }

    async fn batch(&self, batch: Vec<QueueMessage>, deadline: Timestamp) -> Vec<String> {
        let writer = match self.writer().await {
            Ok(writer) => writer,
            Err(error) => {
                tracing::error!(%error, "no way to Odoo: the messages come back");
                return batch.into_iter().map(|message| message.id).collect();
            }
        };
        let (mut wakes, mut failed) = (Vec::new(), Vec::new());
        let mut carriers: BTreeMap<SubjectKey, Vec<String>> = BTreeMap::new();
        for message in batch {
            match decode_wake(&message.body) {
                Ok(wake) => {
                    carriers.entry(wake.subject.clone()).or_default().push(message.id);
                    wakes.push(wake);
                }
                Err(error @ WireError::Version(_)) => {
                    tracing::warn!(%error, "the wake comes back");
                    failed.push(message.id);
                }
                // Nothing is lost: whatever is due, the sweep finds in the table.
                Err(error @ (WireError::Malformed(_) | WireError::Body(_) | WireError::TooLarge)) => {
                    tracing::error!(%error, outcome = "unreadable");
                }
            }
        }
        let left = writer.handle(wakes, deadline).await;
        failed.extend(left.iter().flat_map(|subject| carriers.remove(subject).unwrap_or_default()));
        failed
    }
}

impl Function for OdooWriter {
    fn handle<'a>(&'a self, invocation: Invocation<'a>) -> PortFuture<'a, Value> {
        Box::pin(async move {
            match messages(invocation.event) {
                Ok(messages) => each_batch(messages, |batch| self.batch(batch, invocation.deadline)).await,
                Err(problem) => {
                    tracing::error!(error = problem, outcome = "unreadable");
                    answer(Vec::new())
                }
            }
        })
    }

    fn panicked(&self, event: &RawValue) -> Value {
        answer(messages(event).unwrap_or_default().into_iter().map(|message| message.id).collect())
    }
}

async fn start() -> Result<(Shell, OdooWriter), StartError> {
    let shell = Shell::start("odoo-writer")?;
    let AccountBook { accounts, mapping_version } = shell.accounts(&shop_namings())?;
    let urgent = shell.required("SLUICE_URGENT_QUEUE_URL")?;
    let bulk = shell.required("SLUICE_BULK_QUEUE_URL")?;
    let state_table = shell.required("SLUICE_STATE_TABLE")?;
    let journal_table = shell.required("SLUICE_JOURNAL_TABLE")?;
    let tuning = odoo_tuning(&|name| shell.optional(name))?;
    let http = HttpClient::new(tuning.ca_file.as_deref()).map_err(|error| StartError::Trust(error.to_string()))?;
    let aws = shell.aws()?;
    let secrets = aws.secrets(shell.stage(), Arc::new(SystemClock));
    let queue = aws.queue(QueueUrls { urgent: Some(urgent), bulk: Some(bulk), deliveries: None }, None);
    let state = aws.state(&state_table, Arc::new(SystemTimer));
    let journal = aws.journal(&journal_table, Arc::new(SystemTimer));
    let odoo = secrets.odoo().await?;
    queue.check().await?;
    state.check().await?;
    journal.check().await?;
    let ports = Ports {
        state: Arc::new(state),
        journal: Arc::new(journal),
        queue: Arc::new(queue),
        secrets: Arc::new(Absent),
        http: Arc::new(Metered::new(http, SystemClock, shell.meter().clone(), ODOO_CALLS)),
        clock: Arc::new(SystemClock),
        timer: Arc::new(SystemTimer),
        random: Arc::new(OsRandom),
    };
    let connection = Connection {
        url: odoo.url,
        database: odoo.database,
        login: odoo.login,
        key: odoo.key,
        timeout_ms: tuning.timeout_ms,
    };
    let settings = WriterSettings {
        accounts,
        connection,
        odoo_workers: tuning.workers,
        batch_orders: tuning.batch_orders,
        mapping_version,
    };
    Ok((shell, OdooWriter { ports, secrets, settings, current: Mutex::default() }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(start().await).await
}
