//! What a request asks.

use serde_json::Value;
use sluice_domain::ports::http::{HttpRequest, Method};

/// A request, read.
pub(super) struct Asked<'a> {
    request: &'a HttpRequest,
    /// From the host's end to the question mark.
    pub(super) path: &'a str,
    query: Vec<(String, String)>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(request: &'a HttpRequest) -> Self {
        let rest = request.url.split_once("://").map_or("", |(_, rest)| rest);
        let path = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self { request, path, query: pairs(query) }
    }

    pub(super) fn posts(&self) -> bool {
        self.request.method == Method::Post
    }

    /// A value of the query.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// A number of the query.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.request.headers.iter();
        headers.filter(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).next()
    }

    /// The body as JSON; nothing where it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.request.body).unwrap_or_default()
    }

    /// The body as a form.
    pub(super) fn form(&self) -> Form {
        Form(pairs(&String::from_utf8_lossy(&self.request.body)))
    }
}

/// Fields of a form.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        find(&self.0, name)
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let fields = text.split('&').filter_map(|field| field.split_once('='));
    fields.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

/// `%3A` is a colon.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.extend(code);
        bytes.extend(part.get(2..).unwrap_or_default().as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
