//! What an error of `DynamoDB` means.
//!
//! The question that each mapping answers is: was something written? `Conflict` and `Throttled` say no, for certain.

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, error::TransactionCanceledException},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use sluice_domain::ports::state::StateError;

use crate::failure::{code, described};

/// Which action on which table, for whoever has to grant it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) action: &'static str,
    pub(super) table: &'a str,
}

/// An error of any operation but a transaction.
pub(super) fn state_error<E>(call: Call<'_>, error: &SdkError<E, HttpResponse>) -> StateError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let text = described(&format!("dynamodb:{}", call.action), &format!("table {}", call.table), error);
    match code(error) {
        "ConditionalCheckFailedException" | "TransactionConflictException" => StateError::Conflict,
        code if throttles(code) => StateError::Throttled(text),
        "ValidationException" | "ItemCollectionSizeLimitExceededException" => StateError::Broken(text),
        // A time-out, a broken connection, an answer that cannot be read, an error after the work: it may have happened. What
        // is not allowed did not happen, but is no reason to hurry, nor anything that a person sees in the record.
        _ => StateError::Unknown(text),
    }
}

/// Codes that say: not now, and nothing was done.
fn throttles(code: &str) -> bool {
    [
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingException",
        "ThrottlingError",
        "Throttling",
        "LimitExceededException",
    ]
    .contains(&code)
}

/// An error of a transaction: nothing was written where it was cancelled.
pub(super) fn transaction_error(call: Call<'_>, error: &SdkError<TransactWriteItemsError, HttpResponse>) -> StateError {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancellation(call, cancelled),
        Some(_) | None => state_error(call, error),
    }
}

fn cancellation(call: Call<'_>, cancelled: &TransactionCanceledException) -> StateError {
    let codes = cancelled.cancellation_reasons().iter().filter_map(CancellationReason::code);
    let codes: Vec<&str> = codes.filter(|code| *code != "None").collect();
    let text = || format!("dynamodb:{} on table {}: cancelled: {}", call.action, call.table, codes.join(", "));
    let any = |wanted: &[&str]| codes.iter().any(|code| wanted.contains(code));
    // What can never be written stays so, whatever else stood in the way this time.
    if any(&["ValidationError", "ItemCollectionSizeLimitExceeded"]) {
        return StateError::Broken(text());
    }
    if any(&["ConditionalCheckFailed", "TransactionConflict", "DuplicateItem"]) {
        return StateError::Conflict;
    }
    if codes.iter().any(|code| throttles(code)) {
        return StateError::Throttled(text());
    }
    StateError::Unknown(text())
}
