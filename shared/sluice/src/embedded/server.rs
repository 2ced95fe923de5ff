//! The HTTP server of embedded Sluice, on loopback only: webhooks, and what the `sluice` verbs ask.

use std::{convert::Infallible, rc::Rc, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use sluice_domain::delivery::MAX_BODY_BYTES;
use sluice_domain::{
    ports::http::{HttpError, HttpRequest, HttpResponse, Method},
    value::SubjectKey,
};
use sluice_operator_api::{OperatorError, Selection};
use sluice_webhook_ingress::{Answer, IngressRequest};
use tokio::{net::TcpListener, sync::Semaphore};

use crate::embedded::{Embedded, shop::Shop};

/// The most connections at once.
const MAX_CONNECTIONS: usize = 512;
/// The largest request to a simulated server, in bytes.
const MAX_SIMULATED_BODY: usize = 32 * 1024 * 1024;
/// The longest time for a request to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// A header that a web page of another origin cannot send unasked: it keeps the operator's verbs from being driven by one.
pub(crate) const OPERATOR_HEADER: &str = "x-sluice-operator";

/// What is served on a port.
#[derive(Clone)]
pub(crate) enum Face {
    /// Webhooks and the operator's verbs.
    Sluice(Rc<Embedded>),
    /// The simulated Odoo.
    Odoo(Rc<Embedded>),
    /// The simulated Shopify.
    Shopify(Rc<Shop>),
}

/// Serves until the process ends.
pub(crate) async fn run(listener: TcpListener, face: Face) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "connection not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let face = face.clone();
        tokio::task::spawn_local(async move {
            let service = service_fn(|request| {
                let face = face.clone();
                async move {
                    Ok::<_, Infallible>(match face {
                        Face::Sluice(sluice) => answer(request, &sluice).await,
                        Face::Odoo(sluice) => {
                            passed_on(request, async |request| sluice.ports.http.send(request).await).await
                        }
                        Face::Shopify(shop) => passed_on(request, async |request| Ok(shop.answer(&request))).await,
                    })
                }
            });
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                tracing::debug!(%error, "connection ended");
            }
            drop(place);
        });
    }
}

async fn answer(request: Request<Incoming>, sluice: &Embedded) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    if path.starts_with("/webhooks/") {
        return webhook(request, sluice).await;
    }
    if path == "/health" {
        return text(StatusCode::OK, "ok\n");
    }
    if path.starts_with("/operator/") && request.headers().contains_key(OPERATOR_HEADER) {
        return operator(request, sluice).await;
    }
    text(StatusCode::NOT_FOUND, "webhooks go to /webhooks/{channel}/{account}\n")
}

async fn webhook(request: Request<Incoming>, sluice: &Embedded) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let collected =
        tokio::time::timeout(PATIENCE, Limited::new(body, MAX_BODY_BYTES.saturating_add(1)).collect()).await;
    let body = match collected {
        Ok(Ok(body)) => body.to_bytes().to_vec(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return plain(&Answer::TooLarge),
        Ok(Err(_)) => return text(StatusCode::BAD_REQUEST, "the body did not arrive whole\n"),
        Err(_) => return text(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time\n"),
    };
    let request = IngressRequest {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path_and_query().map_or("", |asked| asked.as_str()).to_owned(),
        headers: headers(&parts.headers),
        body,
    };
    let answer = sluice.ingress.handle(request).await;
    sluice.bell.notify_waiters();
    plain(&answer)
}

/// Passes a request to a simulated server, and its answer back. A fault there is a closed connection, as a real one's.
async fn passed_on(
    request: Request<Incoming>,
    server: impl AsyncFnOnce(HttpRequest) -> Result<HttpResponse, HttpError>,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let method = if parts.method == hyper::Method::GET { Method::Get } else { Method::Post };
    let Ok(body) = Limited::new(body, MAX_SIMULATED_BODY).collect().await else {
        return text(StatusCode::PAYLOAD_TOO_LARGE, "too large\n");
    };
    let request = HttpRequest {
        method,
        url: format!("http://simulated.localhost{}", parts.uri.path()),
        headers: headers(&parts.headers),
        body: body.to_bytes().to_vec(),
        timeout_ms: u64::MAX,
    };
    match server(request).await {
        Ok(answer) => {
            let mut response = Response::new(Full::new(Bytes::from(answer.body)));
            *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            for (name, value) in &answer.headers {
                let name = hyper::header::HeaderName::from_bytes(name.as_bytes());
                if let (Ok(name), Ok(value)) = (name, hyper::header::HeaderValue::from_str(value))
                    && name != hyper::header::CONNECTION
                    && name != hyper::header::CONTENT_LENGTH
                {
                    response.headers_mut().insert(name, value);
                }
            }
            response
        }
        Err(error) => {
            tracing::warn!(%error, "a simulated server gives no answer");
            text(StatusCode::BAD_GATEWAY, "no answer\n")
        }
    }
}

fn headers(map: &hyper::HeaderMap) -> Vec<(String, String)> {
    let named = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    map.iter().filter_map(named).collect()
}

fn plain(answer: &Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.text().into_owned())));
    *response.status_mut() = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = hyper::header::HeaderValue::from_static(answer.content_type());
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, kind);
    response
}

fn text(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    response
}

fn json_of(status: StatusCode, value: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(value.to_string())));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    response
}

/// `POST /operator/{trace,exceptions,retry,park,release,database,accept-database}` with a JSON body.
async fn operator(request: Request<Incoming>, sluice: &Embedded) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    let body = Limited::new(request.into_body(), MAX_BODY_BYTES).collect().await;
    let body: Value = body.ok().and_then(|body| serde_json::from_slice(&body.to_bytes()).ok()).unwrap_or(Value::Null);
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let operator = &sluice.operator;
    let result = match path.trim_start_matches("/operator/") {
        "trace" => operator.trace(&field("id")).await.map(|traces| json!(traces)),
        "exceptions" => operator.exceptions().await.map(|groups| json!(groups)),
        "retry" => operator.retry(&selection(&body)).await.map(|done| json!({"subjects": done.subjects})),
        "park" => operator.park(&field("id")).await.map(|done| json!({"subjects": done.subjects})),
        "release" => operator.release(&field("id")).await.map(|done| json!({"subjects": done.subjects})),
        "database" => operator.database().await.map(|known| json!(known)),
        "accept-database" => {
            let Ok(since) = field("since").parse() else {
                return json_of(StatusCode::BAD_REQUEST, &json!({"error": "since: an instant as RFC 3339 has it"}));
            };
            let after = SubjectKey::parse(&field("after")).ok();
            operator.accept_database(since, after).await.map(|accepted| json!(accepted))
        }
        _ => return text(StatusCode::NOT_FOUND, "no such operation\n"),
    };
    sluice.bell.notify_waiters();
    match result {
        Ok(value) => json_of(StatusCode::OK, &value),
        Err(error @ OperatorError::Unknown(_)) => json_of(StatusCode::NOT_FOUND, &json!({"error": error.to_string()})),
        Err(error @ (OperatorError::Store(_) | OperatorError::Busy(_))) => {
            json_of(StatusCode::SERVICE_UNAVAILABLE, &json!({"error": error.to_string()}))
        }
    }
}

fn selection(body: &Value) -> Selection {
    let field = |name: &str| body.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    match (field("id"), field("cause")) {
        (Some(id), _) => Selection::One(id),
        (None, Some(cause)) => Selection::Cause(cause),
        (None, None) => Selection::All,
    }
}
