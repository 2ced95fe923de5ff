//! Logs: JSON for machines, one readable line for people.
//!
//! **Never logged:** names, e-mail and postal addresses, phone numbers, notes, bodies and headers of requests and answers,
//! keys and signatures; nor an error text that may quote one of them. What identifies a thing in a log is its subject key.
//! The fields that a log line may have stand in [`names`]; `tests/tests/house_law.rs` holds every line against them.

pub mod names;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// For whom logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line on stdout: what a function's log group takes in.
    Json,
    /// One line of text on stderr, coloured on a terminal: stdout is for results.
    Text,
}

/// Why there are no logs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("SLUICE_LOG: `{filter}` cannot be used ({problem}): write a level like info, or target=level pairs")]
    Filter {
        /// As it was given.
        filter: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Somebody else set up logging first.
    #[error("logging is set up already")]
    AlreadyStarted,
}

/// Starts logging for this process, once.
///
/// # Errors
/// When the filter cannot be read, or logging was started before.
pub fn start(format: LogFormat, filter: &str) -> Result<(), TelemetryError> {
    let filter = parse(filter)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter);
    let started = match format {
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_current_span(false).with_span_list(false);
            tracing::subscriber::set_global_default(builder.with_writer(std::io::stdout).finish())
        }
        LogFormat::Text => {
            let builder = builder.compact().with_ansi(std::io::stderr().is_terminal()).with_target(false);
            tracing::subscriber::set_global_default(builder.with_writer(std::io::stderr).finish())
        }
    };
    started.map_err(|_| TelemetryError::AlreadyStarted)
}

fn parse(filter: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::builder().parse(filter).map_err(|error| TelemetryError::Filter {
        filter: filter.chars().take(80).collect(),
        problem: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_names_its_variable() {
        let error = start(LogFormat::Json, "sluice=loud").unwrap_err().to_string();
        assert!(error.starts_with("SLUICE_LOG: `sluice=loud` cannot be used"), "{error}");
        assert!(parse("warn,sluice_odoo_writer=debug").is_ok());
    }
}
