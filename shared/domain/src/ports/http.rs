//! One HTTP exchange, as values.

use super::PortFuture;

/// The request methods that Sluice uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Call.
    Post,
}

impl Method {
    /// The method as it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A request to a peer. `Debug` shows neither headers nor body: they carry keys and personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Absolute URL.
    pub url: String,
    /// Header names (any case) and values.
    pub headers: Vec<(String, String)>,
    /// Body, as sent.
    pub body: Vec<u8>,
    /// How long to wait for the whole answer, in milliseconds.
    pub timeout_ms: u64,
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({} bytes)", self.method.as_str(), self.url, self.body.len())
    }
}

/// An answer, whatever its status.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Header names (lower case) and values.
    pub headers: Vec<(String, String)>,
    /// Body, at most as long as the client allows.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

impl HttpResponse {
    /// The first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer. The variants differ in what they say about the peer's state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The request never left: refused connection, name not found, TLS failed. Nothing happened at the peer.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The request was sent and no whole answer came back. It may have happened, or may yet happen.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The answer is longer than the client allows. It did happen.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The request is against the rules (plain http beyond loopback, a URL that does not parse). Nothing was sent.
    #[error("refused: {0}")]
    Refused(String),
}

/// Sends requests. One implementation speaks TCP; the simulation answers in process.
pub trait Http: Send + Sync {
    /// Sends one request, once; never retries.
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>>;
}
