//! What an error of the SDK says to a person.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// A table or a queue that is not there, or that this role has no right to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be used: {problem}")]
pub struct Unusable {
    /// Its kind and name.
    pub what: String,
    /// What AWS answered, and the fix.
    pub problem: String,
}

/// The longest text of a cause, in characters.
const MAX_CAUSE: usize = 400;
/// The most causes of one error.
const MAX_CAUSES: usize = 8;

/// The service's own name of an error; empty where no service answered.
pub(crate) fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> &str {
    error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or_default()
}

/// Which action on what failed, the service's code and words or what went wrong before there was an answer, and the fix of
/// what a deploy can put right.
pub(crate) fn described<E>(action: &str, resource: &str, error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let cause = match error.as_service_error() {
        Some(service) => {
            let code = service.code().unwrap_or("an error without a name");
            format!("{code}: {}", service.message().unwrap_or("no message"))
        }
        None => chain(error),
    };
    let cause: String = cause.chars().take(MAX_CAUSE).collect();
    format!("{action} on {resource}: {cause}{}", fix(code(error)))
}

/// An error and its causes, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    for _ in 0..MAX_CAUSES {
        let Some(next) = cause else { break };
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

fn fix(code: &str) -> &'static str {
    match code {
        "AccessDeniedException" | "AccessDenied" | "UnrecognizedClientException" | "InvalidClientTokenId" => {
            ": allow it in the role of this function"
        }
        "ResourceNotFoundException"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue"
        | "NoSuchBucket" => ": deploy the stack that has it",
        _ => "",
    }
}
