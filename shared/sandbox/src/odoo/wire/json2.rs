//! `/json/2/<model>/<method>` of 19: bearer key, named arguments, real status codes (exchanges 300-350).

use serde_json::{Map, Value as Json};
use sluice_domain::ports::http::{HttpRequest, HttpResponse, Method};

use super::{
    call::{Call, Style},
    error::{Kind, OdooError},
    pages,
};

/// A request that reads.
#[derive(Clone, Debug)]
pub(crate) struct Json2 {
    pub(crate) key: String,
    pub(crate) call: Call,
}

fn http(name: &'static str, status: u16, message: impl Into<String>) -> HttpResponse {
    failed(&OdooError::new(Kind::Http(name, status), message), 19)
}

/// An error with its status; a refused key names the scheme (330).
pub(crate) fn failed(error: &OdooError, version: u16) -> HttpResponse {
    let mut response = pages::json(error.status(), &error.body(version));
    if error.status() == 401 {
        response.headers.push(("www-authenticate".into(), "Bearer ".into()));
    }
    response
}

/// Exchange 330.
pub(crate) fn bad_key() -> HttpResponse {
    http("werkzeug.exceptions.Unauthorized", 401, "Invalid apikey")
}

/// Reads a request below `/json/2/`; in the order in which Odoo refuses.
pub(crate) fn read(request: &HttpRequest, path: &str, database: &str) -> Result<Json2, HttpResponse> {
    if super::header(request, "x-odoo-database") != Some(database) {
        return Err(pages::html(404, pages::NO_DATABASE));
    }
    let (model, method) = path.split_once('/').unwrap_or((path, ""));
    if request.method == Method::Get || method.is_empty() || method.contains('/') {
        let text = "Did you mean POST /json/2/<model>/<method>?";
        return Err(http("werkzeug.exceptions.NotFound", 404, text));
    }
    if !super::is_json(request) {
        let mut response = pages::html(415, pages::UNSUPPORTED_TYPE);
        response.headers.push(("accept".into(), "application/json".into()));
        return Err(response);
    }
    let authorization = super::header(request, "authorization").unwrap_or_default();
    let (scheme, key) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if !scheme.eq_ignore_ascii_case("bearer") || key.is_empty() {
        let text = "User not authenticated, use an API Key with a Bearer Authorization header.";
        return Err(http("werkzeug.exceptions.Unauthorized", 401, text));
    }
    let named = match serde_json::from_slice::<Json>(&request.body) {
        Ok(Json::Object(map)) => map,
        // An array reads as no arguments at all (345).
        Ok(_) => Map::new(),
        Err(_) => {
            let text = format!("could not parse the body as json: {}", python_complaint(&request.body));
            return Err(http("werkzeug.exceptions.BadRequest", 400, text));
        }
    };
    let call = Call::new(model, method, Style::Named, (Vec::new(), named));
    Ok(Json2 { key: key.trim().to_owned(), call })
}

/// Python's words for the recorded case (344), and a general one.
fn python_complaint(body: &[u8]) -> &'static str {
    if body.starts_with(b"{") {
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
    } else {
        "Expecting value: line 1 column 1 (char 0)"
    }
}

/// The answer: the bare value, `null` for nothing.
pub(crate) fn answer(outcome: Result<Option<Json>, OdooError>, version: u16) -> HttpResponse {
    match outcome {
        Ok(value) => pages::json(200, &value.unwrap_or(Json::Null)),
        Err(error) => failed(&error, version),
    }
}
