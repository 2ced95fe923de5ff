//! How AWS is reached: region, credentials, TLS, time-outs, and how often the SDK tries.

use std::{sync::Arc, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion, http::SharedHttpClient, stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_smithy_types::{
    checksum_config::{RequestChecksumCalculation, ResponseChecksumValidation},
    retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_types::{SdkConfig, region::Region};
use sluice_domain::ports::{Clock, Timer, secrets::Secret};
use sluice_platform::{
    config::{ConfigError, Lookup},
    http::check_url,
};

use crate::{
    bodies::{KeepBodies, S3Bodies},
    failure::Unusable,
    journal::DynamoJournal,
    queue::{self, QueueLook, QueueUrls, Redrive, SqsQueue},
    secrets::ManagedSecrets,
    state::DynamoState,
};

/// How long an operation may take and how often it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For name resolution, TCP and TLS together.
    pub connect: Duration,
    /// For one attempt.
    pub attempt: Duration,
    /// For all attempts and the pauses between them.
    pub operation: Duration,
    /// Attempts, the first one included.
    pub attempts: u32,
}

impl Default for Patience {
    /// Shopify wants its answer within five seconds, so every operation has ended before that.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(1),
            attempt: Duration::from_millis(2_500),
            operation: Duration::from_secs(4),
            attempts: 3,
        }
    }
}

/// The shortest pause between two attempts of the SDK, doubled each time; its own is a second.
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
/// The longest one.
const MAX_BACKOFF: Duration = Duration::from_secs(1);
/// How long an unused connection is kept: shorter than the 20 s after which AWS closes it.
const IDLE: Duration = Duration::from_secs(15);

/// What the environment says about AWS. `Debug` shows no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsSettings {
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ENDPOINT_URL`: an emulator on this machine.
    pub endpoint: Option<String>,
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: Secret,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<Secret>,
    /// Time-outs and attempts.
    pub patience: Patience,
}

impl AwsSettings {
    /// Reads what Lambda sets for every function. The credentials are those of the function's role; they outlive the process,
    /// which Lambda ends before they expire.
    ///
    /// # Errors
    /// The first variable that is missing or cannot be used, with its fix.
    pub fn read(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let needed = |variable: &'static str| {
            lookup(variable).ok_or_else(|| ConfigError::Variable {
                variable,
                problem: "missing".into(),
                fix: "Lambda sets it for every function: outside of Lambda set it yourself".into(),
            })
        };
        let endpoint = lookup("AWS_ENDPOINT_URL");
        if let Some(endpoint) = &endpoint {
            check_url(endpoint).map_err(|problem| ConfigError::Variable {
                variable: "AWS_ENDPOINT_URL",
                problem,
                fix: "unset it, or name an emulator like http://127.0.0.1:4566".into(),
            })?;
        }
        Ok(Self {
            region: needed("AWS_REGION")?,
            endpoint,
            access_key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret_access_key: Secret::new(needed("AWS_SECRET_ACCESS_KEY")?),
            session_token: lookup("AWS_SESSION_TOKEN").map(Secret::new),
            patience: Patience::default(),
        })
    }

    fn credentials(&self) -> SharedCredentialsProvider {
        let token = self.session_token.as_ref().map(|token| token.expose().to_owned());
        let secret = self.secret_access_key.expose();
        SharedCredentialsProvider::new(Credentials::from_keys(&self.access_key_id, secret, token))
    }
}

/// One pool of connections for every client of a process. `Debug` shows where it leads, and no credentials.
#[derive(Clone)]
pub struct Connection {
    config: SdkConfig,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connection({:?}, {:?})", self.config.region(), self.config.endpoint_url())
    }
}

impl Connection {
    /// Nothing is connected yet, and nothing can fail: the first call of a client does.
    #[must_use]
    pub fn new(settings: &AwsSettings) -> Self {
        let patience = settings.patience;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(patience.connect)
            .operation_attempt_timeout(patience.attempt)
            .operation_timeout(patience.operation)
            .build();
        let retries = RetryConfig::standard().with_max_attempts(patience.attempts);
        let retries = retries.with_initial_backoff(FIRST_BACKOFF).with_max_backoff(MAX_BACKOFF);
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(settings.region.clone()))
            .credentials_provider(settings.credentials())
            .http_client(http_client(settings))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .timeout_config(timeouts)
            .retry_config(retries)
            // Bodies are at most 1 MiB and have a time-out: a second watchdog over their bytes adds nothing.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            // Bodies carry a SHA-256 of our own; the signature covers them on the way in.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        config.set_endpoint_url(settings.endpoint.clone());
        Self { config: config.build() }
    }

    /// Subjects, due index, call records, permits, pressure, cursors: in a table.
    #[must_use]
    pub fn state(&self, table: &str, timer: Arc<dyn Timer>) -> DynamoState {
        DynamoState::new(aws_sdk_dynamodb::Client::new(&self.config), table, timer)
    }

    /// The journal: in a table of its own.
    #[must_use]
    pub fn journal(&self, table: &str, timer: Arc<dyn Timer>) -> DynamoJournal {
        DynamoJournal::new(aws_sdk_dynamodb::Client::new(&self.config), table, timer)
    }

    /// Queues, of which a function names those that it sends to; and where bodies go that fit no message.
    #[must_use]
    pub fn queue(&self, urls: QueueUrls, bodies: Option<Arc<dyn KeepBodies>>) -> SqsQueue {
        SqsQueue::new(aws_sdk_sqs::Client::new(&self.config), urls, bodies)
    }

    /// A queue by its name.
    ///
    /// # Errors
    /// When there is none, or it may not be asked.
    pub async fn look(&self, queue: &str) -> Result<QueueLook, Unusable> {
        queue::look::look(&aws_sdk_sqs::Client::new(&self.config), queue).await
    }

    /// Brings back what dead-letter queues hold.
    #[must_use]
    pub fn redrive(&self) -> Redrive {
        Redrive::new(aws_sdk_sqs::Client::new(&self.config))
    }

    /// Bodies that fit no message: in a bucket.
    #[must_use]
    pub fn bodies(&self, bucket: &str) -> S3Bodies {
        // An emulator has no name per bucket.
        let config = aws_sdk_s3::config::Builder::from(&self.config);
        let config = config.force_path_style(self.config.endpoint_url().is_some()).build();
        S3Bodies::new(aws_sdk_s3::Client::from_conf(config), bucket)
    }

    /// Secrets of a stage.
    #[must_use]
    pub fn secrets(&self, stage: &str, clock: Arc<dyn Clock>) -> ManagedSecrets {
        ManagedSecrets::new(aws_sdk_secretsmanager::Client::new(&self.config), stage, clock)
    }

    /// For clients of other services, and of tests.
    #[must_use]
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }
}

/// Plain http goes to this machine only, which the settings were held against; everywhere else TLS on ring.
fn http_client(settings: &AwsSettings) -> SharedHttpClient {
    let builder = Builder::new().pool_idle_timeout(IDLE);
    if settings.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://")) {
        return builder.build_http();
    }
    builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const LAMBDA: &[(&str, &str)] = &[
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AWS_SESSION_TOKEN", "hush-token"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<AwsSettings, ConfigError> {
        let map: BTreeMap<&str, &str> = variables.iter().copied().collect();
        AwsSettings::read(&|name| map.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn what_lambda_sets_is_enough_and_shows_no_secret() {
        let settings = read(LAMBDA).unwrap();
        assert_eq!((settings.region.as_str(), &settings.endpoint), ("eu-central-1", &None));
        assert_eq!(settings.session_token.as_ref().map(Secret::expose), Some("hush-token"));
        let shown = format!("{settings:?} {:?}", Connection::new(&settings));
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn what_is_missing_is_named() {
        for (name, _) in &LAMBDA[..3] {
            let left: Vec<_> = LAMBDA.iter().copied().filter(|(known, _)| known != name).collect();
            let text = read(&left).unwrap_err().to_string();
            assert!(text.starts_with(&format!("{name}: missing: ")), "{text}");
        }
    }

    #[test]
    fn an_emulator_is_on_this_machine_or_behind_tls() {
        let with = |endpoint| read(&[LAMBDA, &[("AWS_ENDPOINT_URL", endpoint)]].concat());
        assert!(with("http://127.0.0.1:4566").is_ok() && with("https://emulator.example.com").is_ok());
        let text = with("http://emulator.example.com").unwrap_err().to_string();
        assert!(text.starts_with("AWS_ENDPOINT_URL: emulator.example.com:80: plain http"), "{text}");
    }

    #[test]
    fn every_operation_ends_before_a_webhook_s_time_is_up() {
        let Patience { connect, attempt, operation, attempts } = Patience::default();
        assert!(connect < attempt && attempt < operation && operation < Duration::from_secs(5) && attempts > 1);
    }
}
