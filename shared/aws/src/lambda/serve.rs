//! The loop of a function.

use std::{panic::AssertUnwindSafe, process::ExitCode};

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, value::RawValue};
use sluice_domain::ports::{Clock, PortFuture};
use sluice_platform::SystemClock;

use super::start::{Shell, StartError};

/// What is kept of an invocation's time for saving what it did.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// The time of an invocation whose end is not stated. Well below the visibility time-out of every queue.
const USUAL: SignedDuration = SignedDuration::from_secs(180);

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

/// When an invocation has to be done, from what the Runtime API states, in milliseconds since 1970. An instant that is past
/// when the event comes is none: `cargo lambda watch` states 600,000, and means ten minutes.
fn deadline(stated: u64, now: Timestamp) -> Timestamp {
    let stated = i64::try_from(stated).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    let end = stated.filter(|at| *at > now).or_else(|| now.checked_add(USUAL).ok());
    end.and_then(|at| at.checked_sub(MARGIN).ok()).unwrap_or(now)
}

async fn run(shell: &Shell, function: &dyn Function) -> ExitCode {
    let handler = service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        let LambdaEvent { payload, context } = event;
        let deadline = deadline(context.deadline, SystemClock.now());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_is_past_at_the_start_is_none() {
        let now: Timestamp = "2026-11-27T21:00:00Z".parse().unwrap();
        let in_seconds = |seconds| now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        assert_eq!(deadline(1_795_813_260_000, now), in_seconds(60 - 10));
        for none in [0, 600_000, u64::MAX] {
            assert_eq!(deadline(none, now), in_seconds(180 - 10), "{none}");
        }
    }
}
