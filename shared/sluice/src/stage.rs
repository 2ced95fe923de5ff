//! A deployed stage, asked with the credentials of whoever sits at the keyboard: its tables, queues and secrets have the
//! names that the template gives them.

use std::sync::Arc;

use sluice_aws::{AwsSettings, Connection, ManagedSecrets, QueueLook, QueueUrls, lambda::Absent};
use sluice_domain::ports::{
    Ports,
    secrets::{SecretError, Secrets},
};
use sluice_operator_api::Operator;
use sluice_platform::{
    HttpClient, OsRandom, SystemClock, SystemTimer,
    config::{environment, odoo_tuning},
};

use crate::{
    embedded::{connection::OdooChoice, settings::Settings},
    output::Problem,
    verbs::doctor::{self, Finding, error, warning},
};

/// Queues of a stage, each with its dead letters under the same name and `-dlq`.
const QUEUES: [&str; 3] = ["deliveries", "odoo-urgent", "odoo-bulk"];

/// Where AWS functions find their region, and where the AWS CLI does.
const REGION: &str = "AWS_REGION";
const DEFAULT_REGION: &str = "AWS_DEFAULT_REGION";

/// Where a stage is.
struct Stage {
    name: String,
    aws: Connection,
}

impl Stage {
    fn new(name: &str) -> Result<Self, Problem> {
        // A shell that has been set up for the AWS CLI may only have its default.
        let region = |name: &str| environment(name).or_else(|| environment(DEFAULT_REGION).filter(|_| name == REGION));
        let settings = AwsSettings::read(&region).map_err(|error| {
            Problem::usage(format!(
                "{error}\nfor a stage, export your credentials: eval \"$(aws configure export-credentials --format env)\", and AWS_REGION"
            ))
        })?;
        Ok(Self { name: name.to_owned(), aws: Connection::new(&settings) })
    }

    /// `sluice-dev-state`.
    fn resource(&self, name: &str) -> String {
        format!("sluice-{}-{name}", self.name)
    }

    fn secrets(&self) -> ManagedSecrets {
        self.aws.secrets(&self.name, Arc::new(SystemClock))
    }

    async fn look(&self, queue: &str) -> Result<QueueLook, String> {
        self.aws.look(&self.resource(queue)).await.map_err(|error| error.to_string())
    }

    async fn url(&self, queue: &str) -> Result<String, Problem> {
        Ok(self.look(queue).await.map_err(Problem::refused)?.url)
    }
}

/// The operator of a stage.
pub(crate) async fn operator(stage: &str, settings: &Settings) -> Result<Operator, Problem> {
    let stage = Stage::new(stage)?;
    let urls = QueueUrls {
        deliveries: Some(stage.url("deliveries").await?),
        urgent: Some(stage.url("odoo-urgent").await?),
        bulk: Some(stage.url("odoo-bulk").await?),
    };
    let ports = Ports {
        state: Arc::new(stage.aws.state(&stage.resource("state"), Arc::new(SystemTimer))),
        journal: Arc::new(stage.aws.journal(&stage.resource("journal"), Arc::new(SystemTimer))),
        queue: Arc::new(stage.aws.queue(urls, None)),
        secrets: Arc::new(Absent),
        http: Arc::new(Absent),
        clock: Arc::new(SystemClock),
        timer: Arc::new(SystemTimer),
        random: Arc::new(OsRandom),
    };
    // Only what concerns the database itself needs its name.
    let database = stage.secrets().odoo().await.map(|odoo| odoo.database).unwrap_or_default();
    Ok(Operator::new(ports, &settings.shipped()?, &database))
}

/// What stands between a stage and going live.
pub(crate) async fn examine(stage: &str, settings: &Settings) -> Result<Vec<Finding>, Problem> {
    let stage = Stage::new(stage)?;
    let mut findings = resources(&stage).await;
    let secrets = stage.secrets();
    let accounts = settings.shipped()?;
    for account in accounts.values() {
        if let Err(missing) = secrets.account(&account.name).await {
            findings.push(without_secret(&missing));
        }
    }
    match secrets.odoo().await {
        Err(missing) => findings.push(without_secret(&missing)),
        Ok(odoo) => {
            let tuning = odoo_tuning(&environment).map_err(|error| Problem::usage(error.to_string()))?;
            let http = HttpClient::new(tuning.ca_file.as_deref()).map_err(|error| Problem::usage(error.to_string()))?;
            let connection = sluice_odoo::Connection {
                url: odoo.url,
                database: odoo.database,
                login: odoo.login,
                key: odoo.key,
                timeout_ms: tuning.timeout_ms,
            };
            let choice = OdooChoice {
                http: Arc::new(http),
                connection,
                workers: tuning.workers,
                batch_orders: tuning.batch_orders,
            };
            findings.extend(doctor::examine(&choice, accounts.values()).await);
        }
    }
    Ok(findings)
}

/// Tables and queues, and whether something was given up.
async fn resources(stage: &Stage) -> Vec<Finding> {
    let mut findings = Vec::new();
    let subjects = stage.aws.state(&stage.resource("state"), Arc::new(SystemTimer));
    let journal = stage.aws.journal(&stage.resource("journal"), Arc::new(SystemTimer));
    for unusable in [subjects.check().await, journal.check().await].into_iter().filter_map(Result::err) {
        findings.push(error(unusable.to_string(), format!("make deploy STAGE={}", stage.name)));
    }
    for queue in QUEUES {
        match (stage.look(queue).await, stage.look(&format!("{queue}-dlq")).await) {
            (Ok(_), Ok(dead)) if dead.messages > 0 => findings.push(warning(
                format!("{queue}: {} messages were given up", dead.messages),
                format!(
                    "look at the logs of the function that reads it, then: make redrive STAGE={} QUEUE={queue}",
                    stage.name
                ),
            )),
            (Ok(_), Ok(_)) => {}
            (Err(unusable), _) | (_, Err(unusable)) => {
                findings.push(error(unusable, format!("make deploy STAGE={}", stage.name)));
            }
        }
    }
    findings
}

fn without_secret(missing: &SecretError) -> Finding {
    let fix = match missing {
        SecretError::Missing(_) => "then run the doctor again",
        SecretError::Unavailable(_) => "look at your rights (secretsmanager:GetSecretValue) and at the region",
    };
    error(missing.to_string(), fix)
}
