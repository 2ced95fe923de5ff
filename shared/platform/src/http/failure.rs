//! What a failed exchange says about the peer. The question is always: can it have happened?

use std::{error::Error, fmt::Write, io};

use sluice_domain::ports::http::HttpError;

/// A request that got no head of an answer. Only a connection that never came about proves that nothing was sent: a time-out
/// of the whole exchange counts as sent, even where it struck earlier.
pub(super) fn of_request(error: &reqwest::Error, place: &str, timeout_ms: u64) -> HttpError {
    if error.is_builder() {
        return HttpError::Refused(format!("{place}: {}", cause(error)));
    }
    if error.is_connect() {
        return HttpError::NotSent(format!("{place}: {}", cause(error)));
    }
    of_body(error, place, timeout_ms)
}

/// An answer that broke off.
pub(super) fn of_body(error: &reqwest::Error, place: &str, timeout_ms: u64) -> HttpError {
    if error.is_timeout() {
        return HttpError::NoAnswer(format!("{place}: no whole answer within {timeout_ms} ms"));
    }
    HttpError::NoAnswer(format!("{place}: {}", cause(error)))
}

/// The innermost cause. The outer ones name the URL, whose query may hold a key.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost = "the request is malformed".to_owned();
    let mut untrusted = false;
    let mut next = error.source();
    while let Some(source) = next {
        innermost = source.to_string();
        untrusted |= refuses_certificate(source);
        next = source.source();
    }
    if untrusted {
        let _ = write!(innermost, ": renew the certificate, or name its CA in a CA file");
    }
    innermost
}

/// Errors of TLS travel inside errors of I/O, which do not show them as their source.
fn refuses_certificate(mut error: &(dyn Error + 'static)) -> bool {
    while let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        error = inner;
    }
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}
