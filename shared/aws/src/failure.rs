//! What an error of the SDK means to its caller.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};

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
