//! `/jsonrpc`: services `common` and `object`. HTTP 200 whatever the outcome, once the body reads.

use serde_json::{Map, Value as Json, json};
use sluice_domain::ports::http::{HttpRequest, HttpResponse, Method};

use super::{
    call::{Call, Style},
    error::{Kind, OdooError},
    pages,
};

/// What a request asks for.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Version,
    /// Login and key; the answer is the user or `false` (exchange 003).
    Authenticate {
        login: String,
        key: String,
    },
    /// As a user id and key.
    Execute {
        user: i64,
        key: String,
        call: Box<Call>,
    },
    Refused(OdooError),
}

/// A request that reads, and the id to answer it with.
#[derive(Clone, Debug)]
pub(crate) struct Rpc {
    pub(crate) id: Json,
    pub(crate) ask: Ask,
}

/// Reads a request; what is not JSON-RPC at all is answered with an HTML page (220-222).
pub(crate) fn read(request: &HttpRequest, database: &str) -> Result<Rpc, HttpResponse> {
    if request.method == Method::Get || !super::is_json(request) {
        return Err(pages::html(400, pages::NOT_JSON_TYPE));
    }
    let Ok(Json::Object(body)) = serde_json::from_slice::<Json>(&request.body) else {
        return Err(pages::html(400, "Invalid JSON data"));
    };
    let id = body.get("id").cloned().unwrap_or(Json::Null);
    let params = body.get("params");
    let service = params.and_then(|params| params.get("service")).and_then(Json::as_str).unwrap_or_default();
    let method = params.and_then(|params| params.get("method")).and_then(Json::as_str).unwrap_or_default();
    let args = params.and_then(|params| params.get("args")).and_then(Json::as_array);
    let ask = ask((service, method), args.map_or(&[], Vec::as_slice), database);
    Ok(Rpc { id, ask: ask.unwrap_or_else(Ask::Refused) })
}

fn ask((service, method): (&str, &str), args: &[Json], database: &str) -> Result<Ask, OdooError> {
    let text = |at: usize| args.get(at).and_then(Json::as_str).unwrap_or_default().to_owned();
    match (service, method) {
        ("common", "version") => Ok(Ask::Version),
        ("common", "authenticate" | "login") => {
            known_database(&text(0), database)?;
            Ok(Ask::Authenticate { login: text(1), key: text(2) })
        }
        ("common", _) => Err(OdooError::new(Kind::Attribute, format!("Method not found: {method}"))),
        ("object", "execute_kw" | "execute") => {
            known_database(&text(0), database)?;
            let user = args.get(1).and_then(Json::as_i64).unwrap_or(0);
            let (positional, named) = if method == "execute_kw" {
                let list = args.get(5).and_then(Json::as_array).cloned().unwrap_or_default();
                (list, args.get(6).and_then(Json::as_object).cloned().unwrap_or_default())
            } else {
                (args.get(5..).unwrap_or(&[]).to_vec(), Map::new())
            };
            let call = Call::new(&text(3), &text(4), Style::Positional, (positional, named));
            Ok(Ask::Execute { user, key: text(2), call: Box::new(call) })
        }
        // Exchange 219.
        _ => Err(OdooError::new(Kind::Key, service)),
    }
}

/// Exchanges 217, 218.
fn known_database(name: &str, database: &str) -> Result<(), OdooError> {
    if name == database {
        return Ok(());
    }
    let text = format!(
        "connection to server at \"127.0.0.1\", port 5438 failed: FATAL:  database \"{name}\" does not exist\n"
    );
    Err(OdooError::new(Kind::NoDatabase, text))
}

/// The answer: a result, nothing (README "Transport"), or an error.
pub(crate) fn answer(id: &Json, outcome: Result<Option<Json>, OdooError>, version: u16) -> HttpResponse {
    let mut body = Map::new();
    body.insert("jsonrpc".into(), json!("2.0"));
    body.insert("id".into(), id.clone());
    match outcome {
        Ok(Some(result)) => {
            body.insert("result".into(), result);
        }
        Ok(None) => {}
        Err(error) => {
            let data = error.body(version);
            body.insert("error".into(), json!({ "code": 200, "message": "Odoo Server Error", "data": data }));
        }
    }
    pages::json(200, &Json::Object(body))
}
