//! What the verbs ask a Sluice: one that runs on this machine, else the store itself, or the tables of a deployed stage.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_domain::ports::http::{Http, HttpError, HttpRequest, HttpResponse, Method};
use sluice_operator_api::{Accepted, DatabaseView, ExceptionGroup, Operator, OperatorError, Selection, Trace};
use sluice_platform::HttpClient;

use super::{Embedded, connection::SIMULATED_VERSION, server::OPERATOR_HEADER, settings::Settings};
use crate::{arguments::Place, output::Problem};

/// How long a person waits for an answer, in milliseconds.
const PATIENCE_MS: u64 = 10_000;

/// A repair.
pub(crate) enum Repair {
    Retry(Selection),
    Park(String),
    Release(String),
}

/// A Sluice to ask.
pub(crate) struct Client {
    url: String,
    http: HttpClient,
    stage: Option<String>,
}

impl Client {
    pub(crate) fn at(place: &Place) -> Result<Self, Problem> {
        let http = HttpClient::new(None).map_err(|error| Problem::refused(error.to_string()))?;
        Ok(Self { url: place.to.trim_end_matches('/').to_owned(), http, stage: place.stage.clone() })
    }

    /// `None` where nothing is known by that name.
    pub(crate) async fn trace(&self, id: &str) -> Result<Option<Vec<Trace>>, Problem> {
        match self.ask("trace", &json!({"id": id})).await? {
            Some(answer) if answer.status == 404 => Ok(None),
            Some(answer) => Ok(Some(parse(&answer)?)),
            None => match self.operator().await?.trace(id).await {
                Ok(traces) => Ok(Some(traces)),
                Err(OperatorError::Unknown(_)) => Ok(None),
                Err(error) => Err(Problem::refused(error.to_string())),
            },
        }
    }

    pub(crate) async fn exceptions(&self) -> Result<Vec<ExceptionGroup>, Problem> {
        match self.ask("exceptions", &Value::Null).await? {
            Some(answer) => parse(&answer),
            None => self.operator().await?.exceptions().await.map_err(|error| Problem::refused(error.to_string())),
        }
    }

    /// Answers how many subjects go on.
    pub(crate) async fn repair(&self, repair: &Repair) -> Result<u64, Problem> {
        let (verb, body) = match repair {
            Repair::Retry(Selection::All) => ("retry", json!({})),
            Repair::Retry(Selection::Cause(cause)) => ("retry", json!({"cause": cause})),
            Repair::Retry(Selection::One(id)) => ("retry", json!({"id": id})),
            Repair::Park(id) => ("park", json!({"id": id})),
            Repair::Release(id) => ("release", json!({"id": id})),
        };
        if let Some(answer) = self.ask(verb, &body).await? {
            let value: Value = parse(&answer)?;
            return Ok(value.get("subjects").and_then(Value::as_u64).unwrap_or_default());
        }
        let operator = self.operator().await?;
        let done = match repair {
            Repair::Retry(selection) => operator.retry(selection).await,
            Repair::Park(id) => operator.park(id).await,
            Repair::Release(id) => operator.release(id).await,
        };
        let done = done.map_err(|error| Problem::refused(error.to_string()))?;
        Ok(u64::try_from(done.subjects).unwrap_or_default())
    }

    /// What is known of the Odoo database; `None` where there is neither a Sluice nor a store.
    pub(crate) async fn database(&self) -> Result<Option<DatabaseView>, Problem> {
        if let Some(answer) = self.ask("database", &Value::Null).await? {
            return parse(&answer).map(Some);
        }
        if self.stage.is_none() && !Settings::read()?.store(None).is_file() {
            return Ok(None);
        }
        let known = self.operator().await?.database().await;
        known.map(Some).map_err(|error| Problem::refused(error.to_string()))
    }

    /// Accepts the Odoo database as it is, page by page; answers how many subjects are verified again.
    pub(crate) async fn accept_database(&self, since: Timestamp) -> Result<usize, Problem> {
        let Some(first) = self.ask("accept-database", &json!({"since": since})).await? else {
            return accept_in(&self.operator().await?, since).await;
        };
        let mut accepted: Accepted = parse(&first)?;
        let mut subjects = accepted.subjects;
        while let Some(after) = accepted.next {
            let answer = self.ask("accept-database", &json!({"since": since, "after": after})).await?;
            let silent = || Problem::refused(format!("{} no longer answers: run this again", self.url));
            accepted = parse(&answer.ok_or_else(silent)?)?;
            subjects = subjects.saturating_add(accepted.subjects);
        }
        Ok(subjects)
    }

    /// `None` where nothing listens: then the store can be opened; and for a stage, whose tables are asked.
    async fn ask(&self, verb: &str, body: &Value) -> Result<Option<HttpResponse>, Problem> {
        if self.stage.is_some() {
            return Ok(None);
        }
        let request = HttpRequest {
            method: Method::Post,
            url: format!("{}/operator/{verb}", self.url),
            headers: vec![
                ("content-type".into(), "application/json".into()),
                (OPERATOR_HEADER.into(), "sluice".into()),
            ],
            body: body.to_string().into_bytes(),
            timeout_ms: PATIENCE_MS,
        };
        match self.http.send(request).await {
            Ok(answer) => Ok(Some(answer)),
            Err(HttpError::NotSent(_)) => Ok(None),
            Err(error @ (HttpError::NoAnswer(_) | HttpError::TooLarge { .. } | HttpError::Refused(_))) => {
                Err(Problem::refused(format!("{}: {error}", self.url)))
            }
        }
    }

    /// The operator of the stage; else of the store, when no Sluice runs on it.
    async fn operator(&self) -> Result<Operator, Problem> {
        let settings = Settings::read()?;
        if let Some(stage) = &self.stage {
            return crate::stage::operator(stage, &settings).await;
        }
        let path: PathBuf = settings.store(None);
        if !path.is_file() {
            return Err(Problem::refused(format!(
                "no Sluice answers at {} and there is no store at {}: start one with `make run` or `sluice serve`, or name \
                 one with --to",
                self.url,
                path.display()
            )));
        }
        Ok(Embedded::open(&path, settings, SIMULATED_VERSION)?.operator)
    }
}

/// The same in a store that no Sluice runs on.
async fn accept_in(operator: &Operator, since: Timestamp) -> Result<usize, Problem> {
    let (mut subjects, mut after) = (0_usize, None);
    loop {
        let accepted = operator.accept_database(since, after).await;
        let accepted = accepted.map_err(|error| Problem::refused(error.to_string()))?;
        subjects = subjects.saturating_add(accepted.subjects);
        after = accepted.next;
        if after.is_none() {
            return Ok(subjects);
        }
    }
}

fn parse<T: serde::de::DeserializeOwned>(answer: &HttpResponse) -> Result<T, Problem> {
    if answer.status != 200 {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let text = body.get("error").and_then(Value::as_str).unwrap_or("no reason given");
        return Err(Problem::refused(text.to_owned()));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|error| Problem::refused(format!("what answers there is not this version of Sluice: {error}")))
}
