//! The Lambda function `reconciler`: the scheduled jobs. Bringing back dead letters is one that only a deployed Sluice has.

use std::{process::ExitCode, sync::Arc};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use sluice_aws::{
    QueueUrls, Redrive,
    lambda::{Absent, Function, Invocation, Shell, StartError, serve},
};
use sluice_channels::shop_namings;
use sluice_domain::{
    ports::{
        PortFuture, Ports,
        state::{Cursor, StateError},
    },
    value::AccountName,
};
use sluice_platform::{OsRandom, SystemClock, SystemTimer, config::ChannelSettings, http::HttpClient};
use sluice_reconciler::{AccountRead, AccountSubscribed, Job, Ran, Reconciler, ReconcilerSettings};

/// The most messages that one redrive brings back.
const MAX_REDRIVEN: usize = 2_000;

/// What a schedule, or a person, asks for.
#[derive(Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", deny_unknown_fields)]
enum Asked {
    /// Wakes what is due.
    Sweep,
    /// Reads from the channels what changed.
    Pull {
        #[serde(default)]
        account: Option<AccountName>,
    },
    /// Sees to it that the channels send their events.
    Subscriptions,
    /// Brings back the dead letters of a queue; `once_per_release`: only where no earlier run of this release did.
    Redrive {
        queue: Queue,
        #[serde(default)]
        once_per_release: bool,
    },
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Queue {
    Deliveries,
    Urgent,
    Bulk,
}

impl Queue {
    fn name(self) -> &'static str {
        match self {
            Self::Deliveries => "deliveries",
            Self::Urgent => "urgent",
            Self::Bulk => "bulk",
        }
    }
}

/// A queue and its dead letters.
struct Pair {
    queue: String,
    dead_letters: String,
}

struct ReconcilerFunction {
    reconciler: Reconciler,
    ports: Ports,
    redrive: Redrive,
    deliveries: Pair,
    urgent: Pair,
    bulk: Pair,
    release: String,
}

impl ReconcilerFunction {
    async fn run(&self, job: Job, deadline: Timestamp) -> Value {
        match self.reconciler.handle(job, deadline).await {
            Ran::Swept(swept) => json!({
                "woken": swept.woken,
                "overdue_calls": swept.overdue_calls,
                "prompted": swept.prompted,
                "oldest_due_seconds": swept.oldest_due_seconds,
            }),
            Ran::Pulled(reads) => {
                let one =
                    |read: AccountRead| (read.account.to_string(), json!({"orders": read.orders, "sent": read.sent}));
                Value::Object(reads.into_iter().map(one).collect())
            }
            Ran::Subscribed(done) => {
                let one = |one: AccountSubscribed| (one.account.to_string(), json!({"subscribed": one.made}));
                Value::Object(done.into_iter().map(one).collect())
            }
        }
    }

    async fn redrive(&self, queue: Queue, once_per_release: bool) -> Value {
        let pair = match queue {
            Queue::Deliveries => &self.deliveries,
            Queue::Urgent => &self.urgent,
            Queue::Bulk => &self.bulk,
        };
        let cursor = format!("redrive#{}", queue.name());
        let known = match self.ports.state.cursor(&cursor).await {
            Ok(known) => known,
            Err(error) => return refused(&error.to_string()),
        };
        if once_per_release && known.value == self.release {
            return json!({"redriven": 0, "reason": "this release did it before"});
        }
        let redriven = match self.redrive.run(&pair.dead_letters, &pair.queue, MAX_REDRIVEN).await {
            Ok(redriven) => redriven,
            Err(error) => return refused(&error.to_string()),
        };
        tracing::info!(deliveries = redriven, queue = queue.name(), outcome = "redriven");
        // What is over the limit comes with the next run.
        if redriven < MAX_REDRIVEN {
            let next = Cursor { value: self.release.clone(), ..known };
            match self.ports.state.save_cursor(&cursor, next).await {
                // Another run noted it first.
                Ok(()) | Err(StateError::Conflict) => {}
                Err(error) => tracing::warn!(%error, "release not noted: the next run looks again"),
            }
        }
        json!({"redriven": redriven})
    }
}

fn refused(error: &str) -> Value {
    tracing::error!(error, outcome = "unavailable");
    json!({"error": error})
}

impl Function for ReconcilerFunction {
    fn handle<'a>(&'a self, invocation: Invocation<'a>) -> PortFuture<'a, Value> {
        Box::pin(async move {
            match serde_json::from_str(invocation.event.get()) {
                Ok(Asked::Sweep) => self.run(Job::Sweep, invocation.deadline).await,
                Ok(Asked::Pull { account }) => self.run(Job::Pull { account }, invocation.deadline).await,
                Ok(Asked::Subscriptions) => self.run(Job::Subscriptions, invocation.deadline).await,
                Ok(Asked::Redrive { queue, once_per_release }) => self.redrive(queue, once_per_release).await,
                Err(_) => {
                    let error = "no such job: write {\"job\": \"sweep\"}, \"pull\" or \"subscriptions\", or \
                                 {\"job\": \"redrive\", \"queue\": \"deliveries\"}";
                    tracing::error!(error, outcome = "unreadable");
                    json!({"error": error})
                }
            }
        })
    }

    fn panicked(&self, _: &RawValue) -> Value {
        json!({"error": "a panic: the next run goes on"})
    }
}

async fn start() -> Result<(Shell, ReconcilerFunction), StartError> {
    let shell = Shell::start("reconciler")?;
    let deliveries = Pair {
        queue: shell.required("SLUICE_DELIVERIES_QUEUE_URL")?,
        dead_letters: shell.required("SLUICE_DELIVERIES_DLQ_URL")?,
    };
    let urgent = Pair {
        queue: shell.required("SLUICE_URGENT_QUEUE_URL")?,
        dead_letters: shell.required("SLUICE_URGENT_DLQ_URL")?,
    };
    let bulk =
        Pair { queue: shell.required("SLUICE_BULK_QUEUE_URL")?, dead_letters: shell.required("SLUICE_BULK_DLQ_URL")? };
    let state_table = shell.required("SLUICE_STATE_TABLE")?;
    let bucket = shell.required("SLUICE_BODIES_BUCKET")?;
    let accounts = shell.accounts(&shop_namings())?.accounts;
    let channels = ChannelSettings::read(&|name| shell.optional(name))?;
    let http = HttpClient::new(None).map_err(|error| StartError::Trust(error.to_string()))?;
    let aws = shell.aws()?;
    let urls = QueueUrls {
        deliveries: Some(deliveries.queue.clone()),
        urgent: Some(urgent.queue.clone()),
        bulk: Some(bulk.queue.clone()),
    };
    let queue = aws.queue(urls, Some(Arc::new(aws.bodies(&bucket))));
    let state = aws.state(&state_table, Arc::new(SystemTimer));
    queue.check().await?;
    state.check().await?;
    let ports = Ports {
        state: Arc::new(state),
        journal: Arc::new(Absent),
        queue: Arc::new(queue),
        secrets: Arc::new(aws.secrets(shell.stage(), Arc::new(SystemClock)).without_contact_key()),
        http: Arc::new(http),
        clock: Arc::new(SystemClock),
        timer: Arc::new(SystemTimer),
        random: Arc::new(OsRandom),
    };
    let function = ReconcilerFunction {
        reconciler: Reconciler::new(
            ports.clone(),
            ReconcilerSettings { accounts, public_url: channels.public_url, channel_base: channels.channel_base },
        ),
        ports,
        redrive: aws.redrive(),
        deliveries,
        urgent,
        bulk,
        release: shell.optional("SLUICE_RELEASE").unwrap_or_default(),
    };
    Ok((shell, function))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(start().await).await
}
