//! The client.

use std::{net::SocketAddr, path::Path, time::Duration};

use reqwest::{
    Client, Response,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use sluice_domain::ports::{
    PortFuture,
    http::{Http, HttpError, HttpRequest, HttpResponse, Method},
};

use super::{TrustError, address, failure, trust};

/// How long name resolution, TCP and TLS may take together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest body of an answer, in bytes.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// How long an unused connection is kept: shorter than the shortest keep-alive of common proxies (5 s), so that a request
/// seldom meets a connection that its peer is just closing, which would leave its outcome unknown.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Sends requests over TCP, TLS except to this machine. Needs a tokio runtime with I/O and timer enabled. A clone shares
/// the connections.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client,
    most: usize,
}

impl HttpClient {
    /// A client that trusts the system's roots, and those of a PEM file where one is given.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn new(ca_file: Option<&Path>) -> Result<Self, TrustError> {
        Self::with_limits(ca_file, CONNECT_TIMEOUT, MAX_ANSWER_BYTES)
    }

    pub(super) fn with_limits(ca_file: Option<&Path>, connect: Duration, most: usize) -> Result<Self, TrustError> {
        let here = [SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 0))];
        let client = Client::builder()
            .tls_backend_preconfigured(trust::tls(ca_file)?)
            .connect_timeout(connect)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .resolve_to_addrs("localhost", &here)
            .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|error| TrustError::Setup(error.to_string()))?;
        Ok(Self { client, most })
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let url = address::checked(&request.url)?;
        let place = address::place(&url);
        let timeout_ms = request.timeout_ms;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let prepared = self.client.request(method, url).headers(headers(&request.headers)?);
        let prepared = prepared.timeout(Duration::from_millis(timeout_ms)).body(request.body);
        let sent = prepared.send().await;
        let mut response = sent.map_err(|error| failure::of_request(&error, &place, timeout_ms))?;
        let (status, headers) = (response.status().as_u16(), read_headers(&response));
        let body = self.body(&mut response).await.map_err(|error| match error {
            BodyError::Broken(error) => failure::of_body(&error, &place, timeout_ms),
            BodyError::TooLarge => HttpError::TooLarge { limit: self.most },
        })?;
        Ok(HttpResponse { status, headers, body })
    }

    /// Reads up to the limit; a longer answer is dropped where it stands.
    async fn body(&self, response: &mut Response) -> Result<Vec<u8>, BodyError> {
        let stated = response.content_length().unwrap_or_default();
        if usize::try_from(stated).is_ok_and(|stated| stated > self.most) {
            return Err(BodyError::TooLarge);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
            if body.len().saturating_add(chunk.len()) > self.most {
                return Err(BodyError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

enum BodyError {
    Broken(reqwest::Error),
    TooLarge,
}

impl Http for HttpClient {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(self.exchange(request))
    }
}

/// Headers of a request. One that cannot be sent is named without its value: it may be a key.
fn headers(pairs: &[(String, String)]) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let refused = |what: &str| HttpError::Refused(format!("the {what} of header `{name}` cannot be sent"));
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused("name"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| refused("value"))?;
        value.set_sensitive(true);
        headers.append(header, value);
    }
    Ok(headers)
}

fn read_headers(response: &Response) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}
