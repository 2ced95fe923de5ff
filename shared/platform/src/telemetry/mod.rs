//! Logs: JSON for machines, one readable line for people.
//!
//! **Never logged:** names, e-mail and postal addresses, phone numbers, notes, bodies and headers of requests and answers,
//! keys and signatures; nor an error text that may quote one of them. What identifies a thing in a log is its subject key.
//! The fields that a log line may have stand in [`names`]; `tests/tests/house_law.rs` holds every line against them.

pub mod metrics;
pub mod names;

use std::io::IsTerminal;

use tracing::Subscriber;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    fmt::MakeWriter,
    layer::SubscriberExt,
    registry::LookupSpan,
};

pub use metrics::Meter;

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

/// Starts logging for this process, once. The meter counts what is logged, whatever the filter lets through to be read.
///
/// # Errors
/// When the filter cannot be read, or logging was started before.
pub fn start(format: LogFormat, filter: &str) -> Result<Meter, TelemetryError> {
    let filter = parse(filter)?;
    let meter = Meter::default();
    let counted = tracing_subscriber::registry().with(meter.clone().with_filter(LevelFilter::INFO));
    let started = match format {
        LogFormat::Json => {
            tracing::subscriber::set_global_default(counted.with(json_lines(std::io::stdout).with_filter(filter)))
        }
        LogFormat::Text => {
            let lines = tracing_subscriber::fmt::layer().compact().with_ansi(std::io::stderr().is_terminal());
            let lines = lines.with_target(false).with_writer(std::io::stderr);
            tracing::subscriber::set_global_default(counted.with(lines.with_filter(filter)))
        }
    };
    started.map_err(|_| TelemetryError::AlreadyStarted)?;
    Ok(meter)
}

/// Writes each event as a line of JSON.
pub fn json_lines<S, W>(writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + 'static,
{
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    lines.with_current_span(false).with_span_list(false).with_writer(writer)
}

fn parse(filter: &str) -> Result<Targets, TelemetryError> {
    filter.parse().map_err(|error: tracing_subscriber::filter::ParseError| TelemetryError::Filter {
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
