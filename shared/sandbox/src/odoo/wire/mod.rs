//! Odoo's two protocols over HTTP.

pub(crate) mod call;
pub(crate) mod error;
pub(crate) mod json2;
pub(crate) mod jsonrpc;
pub(crate) mod methods;
pub(crate) mod pages;
mod vals;

use serde_json::{Value as Json, json};
use sluice_domain::ports::http::{HttpRequest, HttpResponse, Method};

use self::{call::Call, json2::Json2, jsonrpc::Rpc};
use super::config::SimConfig;

/// What came in.
#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    /// Answered without looking at the database.
    Answered(HttpResponse),
    Rpc(Rpc),
    Json2(Json2),
}

impl Incoming {
    /// The method call in it, if it is one.
    pub(crate) fn call(&self) -> Option<&Call> {
        match self {
            Self::Answered(_) => None,
            Self::Json2(json2) => Some(&json2.call),
            Self::Rpc(rpc) => match &rpc.ask {
                jsonrpc::Ask::Execute { call, .. } => Some(call),
                jsonrpc::Ask::Version | jsonrpc::Ask::Authenticate { .. } | jsonrpc::Ask::Refused(_) => None,
            },
        }
    }
}

/// A header, by name in lower case.
pub(crate) fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Is the body said to be JSON?
pub(crate) fn is_json(request: &HttpRequest) -> bool {
    header(request, "content-type").is_some_and(|kind| kind.trim_start().starts_with("application/json"))
}

/// The path of a URL, without query.
fn path(url: &str) -> &str {
    let after =
        url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("/", |at| rest.get(at..).unwrap_or("/")));
    after.split(['?', '#']).next().unwrap_or("/")
}

/// `server_version_info` and the like (exchanges 001, 360, 474).
pub(crate) fn version(version: u16) -> Json {
    json!({
        "server_version": format!("{version}.0"),
        "server_version_info": version_info(version),
        "server_serie": format!("{version}.0"),
        "protocol_version": 1,
    })
}

fn version_info(version: u16) -> Json {
    json!([version, 0, 0, "final", 0, ""])
}

/// Finds out what a request asks for.
pub(crate) fn route(config: &SimConfig, request: &HttpRequest) -> Incoming {
    let path = path(&request.url);
    let path = path.strip_prefix(&*config.base_path).unwrap_or(path);
    let not_found = || Incoming::Answered(pages::html(404, pages::NOT_FOUND));
    match (path, request.method) {
        ("/jsonrpc", _) => match jsonrpc::read(request, &config.database) {
            Ok(rpc) => Incoming::Rpc(rpc),
            Err(response) => Incoming::Answered(response),
        },
        ("/web/webclient/version_info", Method::Post) => {
            let body: Json = serde_json::from_slice(&request.body).unwrap_or_default();
            let id = body.get("id").cloned().unwrap_or(Json::Null);
            Incoming::Answered(jsonrpc::answer(&id, Ok(Some(version(config.version))), config.version))
        }
        // Exchange 224.
        ("/web/health", Method::Get) => Incoming::Answered(pages::json(200, &json!({ "status": "pass" }))),
        // Exchange 400; a 404 on 18.
        ("/web/version" | "/json/version", Method::Get) if config.version >= 19 => {
            let body = json!({
                "version_info": version_info(config.version),
                "version": format!("{}.0", config.version),
            });
            Incoming::Answered(pages::json(200, &body))
        }
        _ => match path.strip_prefix("/json/2/").filter(|_| config.version >= 19) {
            Some(rest) => match json2::read(request, rest, &config.database) {
                Ok(json2) => Incoming::Json2(json2),
                Err(response) => Incoming::Answered(response),
            },
            None => not_found(),
        },
    }
}
