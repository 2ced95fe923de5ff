//! The start of a function: settings, configuration, logs. What is missing ends it with a message that names it.

use std::path::PathBuf;

use sluice_domain::{
    account::ShopNaming,
    ports::{
        Clock,
        secrets::{SecretError, Secrets},
    },
    value::AccountName,
};
use sluice_platform::{
    ConfigError, SystemClock,
    config::{AccountBook, environment, load_accounts},
    telemetry::{self, LogFormat, Meter},
};

use crate::{
    connection::{AwsSettings, Connection},
    failure::Unusable,
};

/// The folder of the configuration within the package.
const CONFIG_FOLDER: &str = "config";
/// Stages are part of names of queues, tables and secrets.
const MAX_STAGE: usize = 20;

/// Why a function cannot start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// A variable of the environment is missing or cannot be used.
    #[error(transparent)]
    Variable(#[from] ConfigError),
    /// The configuration has mistakes.
    #[error("the configuration cannot be used: {0}")]
    Configuration(String),
    /// Logs cannot be written.
    #[error("{0}")]
    Logs(String),
    /// A secret is missing.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A table, a queue or the right to use it is missing.
    #[error(transparent)]
    Resource(#[from] Unusable),
    /// The certificate authorities of Odoo cannot be read.
    #[error("{0}")]
    Trust(String),
}

/// What a function knows of itself.
pub struct Shell {
    function: &'static str,
    stage: String,
    meter: Meter,
}

impl Shell {
    /// Starts the logs and reads what every function needs.
    ///
    /// # Errors
    /// The first thing that is missing, with its fix.
    pub fn start(function: &'static str) -> Result<Self, StartError> {
        let filter = environment("SLUICE_LOG").unwrap_or_else(|| "info".to_owned());
        let meter = telemetry::start(LogFormat::Json, &filter).map_err(|error| StartError::Logs(error.to_string()))?;
        let mut shell = Self { function, stage: String::new(), meter };
        let stage = shell.required("SLUICE_STAGE")?;
        let fine = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if stage.len() > MAX_STAGE || !stage.chars().all(fine) {
            let fix = format!("write at most {MAX_STAGE} of a to z, 0 to 9 and -");
            return Err(
                ConfigError::Variable { variable: "SLUICE_STAGE", problem: "no name of a stage".into(), fix }.into()
            );
        }
        shell.stage = stage;
        Ok(shell)
    }

    /// A variable that the template sets.
    ///
    /// # Errors
    /// When it is missing or empty.
    pub fn required(&self, variable: &'static str) -> Result<String, StartError> {
        let fix = "the template sets it: deploy it again, or set it as infra/template.yaml does".to_owned();
        Ok(environment(variable).ok_or(ConfigError::Variable { variable, problem: "missing".into(), fix })?)
    }

    /// A variable that may be absent.
    #[must_use]
    pub fn optional(&self, variable: &str) -> Option<String> {
        environment(variable)
    }

    /// The accounts of the configuration in the package.
    ///
    /// # Errors
    /// When it is missing or has mistakes: all of them.
    pub fn accounts(&self, channels: &[ShopNaming]) -> Result<AccountBook, StartError> {
        let root = || environment("LAMBDA_TASK_ROOT").map(|root| PathBuf::from(root).join(CONFIG_FOLDER));
        let folder = environment("SLUICE_CONFIG").map(PathBuf::from).or_else(root);
        let folder = folder.unwrap_or_else(|| PathBuf::from(CONFIG_FOLDER));
        load_accounts(&folder, channels).map_err(|errors| {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            StartError::Configuration(lines.join("; "))
        })
    }

    /// The way to AWS.
    ///
    /// # Errors
    /// When region or credentials are missing.
    pub fn aws(&self) -> Result<Connection, StartError> {
        Ok(Connection::new(&AwsSettings::read(&environment)?))
    }

    /// Looks the secrets of the accounts up, so that the first delivery finds them. An account without is named and the
    /// others work on; a function of which no account has any cannot start.
    ///
    /// # Errors
    /// When no account has secrets: what is wrong with the first.
    pub async fn check_secrets(
        &self,
        secrets: &dyn Secrets,
        accounts: impl Iterator<Item = &AccountName>,
    ) -> Result<(), StartError> {
        let (mut found, mut first) = (false, None);
        for account in accounts {
            match secrets.account(account).await {
                Ok(_) => found = true,
                Err(error) => {
                    tracing::error!(%account, %error, outcome = "without_secret");
                    first.get_or_insert(error);
                }
            }
        }
        match first {
            Some(error) if !found => Err(error.into()),
            Some(_) | None => Ok(()),
        }
    }

    /// The stage.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// Counts what the logs state.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Writes the metrics of an invocation.
    pub(super) fn flush(&self) {
        for line in self.meter.drain(&self.stage, self.function, SystemClock.now()) {
            // Standard output is where a function's log group reads; that it is closed nobody could be told.
            let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("{line}\n").as_bytes());
        }
    }
}
