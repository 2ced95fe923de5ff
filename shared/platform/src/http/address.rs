//! Where requests may go: https everywhere, plain http only to this machine.

use std::net::IpAddr;

use reqwest::Url;
use sluice_domain::ports::http::HttpError;

/// Reads a URL and holds it against the rules.
///
/// # Errors
/// A sentence that says what to change; it never holds a name, password or query of the URL.
pub fn check_url(text: &str) -> Result<(), String> {
    parse(text).map(|_| ())
}

/// Reads a URL that must be on this machine.
///
/// # Errors
/// A sentence that says what to change; it never holds a name, password or query of the URL.
pub fn check_loopback(text: &str) -> Result<(), String> {
    let url = parse(text)?;
    if is_loopback(url.host_str().unwrap_or_default()) {
        Ok(())
    } else {
        Err(format!("{}: not this machine", place(&url)))
    }
}

/// The URL of a request that may be sent.
pub(super) fn checked(text: &str) -> Result<Url, HttpError> {
    parse(text).map_err(HttpError::Refused)
}

/// Host and port: what of a URL may stand in an error.
pub(super) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn parse(text: &str) -> Result<Url, String> {
    let url =
        Url::parse(text).map_err(|error| format!("not a URL ({error}): write https://host or https://host/path"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{}: take the name and password out of the URL", place(&url)));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(url.host_str().unwrap_or_default()) => Ok(url),
        "http" => Err(format!("{}: plain http goes to this machine only: write https://", place(&url))),
        other => Err(format!("`{other}://` is not spoken here: write https://")),
    }
}

/// Is it 127.0.0.0/8, `::1` or `localhost`? The client resolves `localhost` itself, so no resolver can send it elsewhere.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Result<(), &str>) {
        match (check_url(text), expect) {
            (Ok(()), Ok(())) => {}
            (Err(found), Err(part)) => assert!(found.contains(part), "{text}: {found}"),
            (found, expect) => panic!("{text}: {found:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for fine in ["http://127.0.0.1:8069", "http://127.9.9.9/", "http://[::1]:1", "http://localhost:8069/odoo"] {
            check(fine, Ok(()));
        }
        for far in ["http://erp.example.com", "http://10.0.0.1", "http://localhost.example.com", "http://128.0.0.1"] {
            check(far, Err("plain http goes to this machine only: write https://"));
        }
        // Other spellings of an address are read as what they are.
        check("http://2130706433/", Ok(()));
        check("http://0.0.0.0/", Err("plain http"));
    }

    #[test]
    fn this_machine_is_nowhere_else() {
        assert_eq!(check_loopback("http://127.0.0.1:9300"), Ok(()));
        for far in ["https://example.com", "http://127.0.0.1.example.com", "https://localhost.example.com/x", ""] {
            assert!(check_loopback(far).is_err(), "{far}");
        }
    }

    #[test]
    fn https_goes_everywhere_and_nothing_else_does() {
        check("https://erp.example.com/base", Ok(()));
        check("ftp://erp.example.com", Err("`ftp://` is not spoken here"));
        check("erp.example.com", Err("not a URL"));
        check("", Err("not a URL"));
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_repeated() {
        check("https://me:hush@erp.example.com", Err("take the name and password out"));
        assert!(!check_url("https://me:hush@erp.example.com/?key=hush").unwrap_err().contains("hush"));
        assert!(!check_url("http://erp.example.com/?key=hush").unwrap_err().contains("hush"));
    }
}
