//! The loop of a function.

use std::{panic::AssertUnwindSafe, process::ExitCode};

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, value::RawValue};
use sluice_domain::ports::PortFuture;

use super::start::{Shell, StartError};

/// What is kept of an invocation's time for saving what it did.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// One invocation.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'a> {
    /// The event, as it came.
    pub event: &'a RawValue,
    /// Lambda's id of it.
    pub id: &'a str,
    /// No call may be begun that does not end before.
    pub deadline: Timestamp,
}

/// A Lambda function.
pub trait Function: Send + Sync {
    /// Answers one event.
    fn handle<'a>(&'a self, invocation: Invocation<'a>) -> PortFuture<'a, Value>;

    /// Answers when handling panicked: for a queue, that everything comes back; for HTTP, that it is to be sent again.
    fn panicked(&self, event: &RawValue) -> Value;
}

/// Runs a function that could start until Lambda ends the process; ends at once for one that could not.
pub async fn serve<F: Function>(started: Result<(Shell, F), StartError>) -> ExitCode {
    match started {
        Ok((shell, function)) => run(&shell, &function).await,
        Err(error) => refuse(&error),
    }
}

/// The message is in the log group, and the exit code makes Lambda start it again for the next event.
fn refuse(error: &StartError) -> ExitCode {
    tracing::error!(%error, outcome = "not_started");
    // Where the logs themselves could not be started, Lambda shows what is on standard error.
    if matches!(error, StartError::Logs(_)) {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{error}\n").as_bytes());
    }
    ExitCode::FAILURE
}

async fn run(shell: &Shell, function: &dyn Function) -> ExitCode {
    let handler = service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        let LambdaEvent { payload, context } = event;
        let deadline = i64::try_from(context.deadline).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
        let deadline = deadline.and_then(|at| at.checked_sub(MARGIN).ok()).unwrap_or(Timestamp::MAX);
        let invocation = Invocation { event: &payload, id: &context.request_id, deadline };
        let answered = AssertUnwindSafe(function.handle(invocation)).catch_unwind().await;
        let answer = answered.unwrap_or_else(|_| {
            tracing::error!(error = "a panic", trace_id = context.request_id, outcome = "panicked");
            function.panicked(&payload)
        });
        shell.flush();
        Ok::<Value, Error>(answer)
    });
    match lambda_runtime::run(handler).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, outcome = "not_started");
            ExitCode::FAILURE
        }
    }
}
