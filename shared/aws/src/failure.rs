//! What an error of the SDK means to its caller.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};

/// A table or a queue that is not there, or that this role has no right to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} cannot be used: {problem}: deploy the stack that has it, and look at the rights of this function's role"
)]
pub struct Unusable {
    /// Its kind and name.
    pub what: String,
    /// What AWS answered.
    pub problem: String,
}

/// An error in a sentence: the service's code and words, or what went wrong before there was an answer.
pub(crate) fn sentence<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error.as_service_error() {
        Some(service) => {
            let code = service.code().unwrap_or("an error without a name");
            format!("{code}: {}", service.message().unwrap_or("no message"))
        }
        None => DisplayErrorContext(error).to_string(),
    }
}

/// Codes that say: this role may not.
pub(crate) fn is_denied(code: &str) -> bool {
    ["AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "MissingAuthenticationTokenException"]
        .contains(&code)
}
