//! A connection to one database: which version it is, who we are there, and one call.

use serde_json::{Value, json};
use sluice_domain::ports::{
    http::{Http, HttpRequest, HttpResponse, Method},
    secrets::Secret,
};

use super::{Call, Fault, call::rpc};

/// Where an Odoo is, and as whom to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// `https://erp.example.com`, with a base path where Odoo has one.
    pub url: String,
    /// Database name.
    pub database: String,
    /// Login of the integration user.
    pub login: String,
    /// Its API key.
    pub key: Secret,
    /// How long to wait for an answer, in milliseconds: longer than Odoo's own request limit.
    pub timeout_ms: u64,
}

/// A version of Odoo, by what differs between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 18, 19. 17 and 20 are accepted by capability and untested: no server of theirs was recorded.
    pub major: u16,
    /// Are the taxes of an order line called `tax_ids`? They are from 19 on (exchange 304).
    pub tax_ids: bool,
}

impl Version {
    /// A version whose fields are those of the major one.
    #[must_use]
    pub fn of(major: u16) -> Self {
        Self { major, tax_ids: major >= 19 }
    }

    /// The many2many of taxes on an order line.
    #[must_use]
    pub fn line_taxes(self) -> &'static str {
        if self.tax_ids { "tax_ids" } else { "tax_id" }
    }

    /// Does it speak JSON-2? 18 answers 404 there (exchange 225).
    #[must_use]
    pub fn json2(self) -> bool {
        self.major >= 19
    }
}

/// What a connection found out, to be kept between calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The server's version.
    pub version: Version,
    /// The integration user's id.
    pub uid: i64,
}

/// One Odoo database.
#[derive(Clone, Copy)]
pub struct Odoo<'a> {
    http: &'a dyn Http,
    connection: &'a Connection,
}

impl<'a> Odoo<'a> {
    /// A database over an HTTP port.
    #[must_use]
    pub fn new(http: &'a dyn Http, connection: &'a Connection) -> Self {
        Self { http, connection }
    }

    /// Asks for the version (exchanges 001, 474: answered without a key) and proves the key.
    ///
    /// # Errors
    /// When Odoo cannot be reached, is none, or refuses the key.
    pub async fn open(&self) -> Result<Session, Fault> {
        let ask = json!({"jsonrpc": "2.0", "method": "call", "params": {}});
        let info = rpc_result(&self.post("/web/webclient/version_info", &ask).await?)?;
        let stated = info.pointer("/server_version_info/0");
        let major = stated.and_then(major);
        let major =
            major.ok_or_else(|| Fault::Address("the server at ODOO_URL does not answer like an Odoo".into()))?;
        let version = Version::of(major);
        let uid = if version.json2() { self.whoami().await? } else { self.authenticate().await? };
        let mut session = Session { version, uid };
        // Between two versions, Odoo Online ("saas~18.3") has some fields of the next one.
        if stated.is_some_and(Value::is_string) {
            let ask = Call::new("sale.order.line", "fields_get").arg("allfields", json!(["tax_ids"]));
            session.version.tax_ids = self.call(&session, &ask).await?.get("tax_ids").is_some();
        }
        Ok(session)
    }

    /// Exchange 300.
    async fn whoami(&self) -> Result<i64, Fault> {
        let session = Session { version: Version::of(19), uid: 0 };
        let context = self.call(&session, &Call::new("res.users", "context_get")).await?;
        context.get("uid").and_then(Value::as_i64).ok_or_else(|| Fault::Mapping("context_get gives no uid".into()))
    }

    /// Exchanges 002 and 003: `false` is a wrong key.
    async fn authenticate(&self) -> Result<i64, Fault> {
        let Connection { database, login, key, .. } = self.connection;
        let body = rpc("common", "authenticate", &json!([database, login, key.expose(), {}]));
        let uid = rpc_result(&self.post("/jsonrpc", &body).await?)?;
        uid.as_i64().ok_or_else(|| Fault::Credentials("wrong ODOO_LOGIN or ODOO_API_KEY".into()))
    }

    /// Calls a method once. A method that returns nothing gives `null` (exchange 078).
    ///
    /// # Errors
    /// Every answer that is no result.
    pub async fn call(&self, session: &Session, call: &Call) -> Result<Value, Fault> {
        let Connection { database, key, .. } = self.connection;
        if !session.version.json2() {
            let body = call.json_rpc(database, session.uid, key.expose());
            return rpc_result(&self.post("/jsonrpc", &body).await?);
        }
        let response = self.post(&format!("/json/2/{}/{}", call.model, call.method), &call.json2()).await?;
        let body: Option<Value> = serde_json::from_slice(&response.body).ok();
        match (response.status, body) {
            (200, Some(value)) => Ok(value),
            (_, body) => Err(Fault::of_status(&response, body.as_ref())),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Result<HttpResponse, Fault> {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if path.starts_with("/json/2/") {
            headers.push(("authorization".into(), format!("bearer {}", self.connection.key.expose())));
            headers.push(("x-odoo-database".into(), self.connection.database.clone()));
        }
        let request = HttpRequest {
            method: Method::Post,
            url: format!("{}{path}", self.connection.url.trim_end_matches('/')),
            headers,
            body: body.to_string().into_bytes(),
            timeout_ms: self.connection.timeout_ms,
        };
        self.http.send(request).await.map_err(Fault::of_http)
    }
}

fn major(value: &Value) -> Option<u16> {
    // Odoo Online numbers its servers "saas~18.2".
    let text = value.as_str().map(|text| text.trim_start_matches("saas~").split('.').next().unwrap_or_default());
    match text {
        Some(text) => text.parse().ok(),
        None => u16::try_from(value.as_i64()?).ok(),
    }
}

/// The result of a JSON-RPC answer. Neither `result` nor `error` is a method that returns nothing (exchange 078).
fn rpc_result(response: &HttpResponse) -> Result<Value, Fault> {
    let body: Option<Value> = serde_json::from_slice(&response.body).ok();
    match body {
        Some(Value::Object(mut body)) if response.status == 200 => match body.remove("error") {
            Some(error) => Err(Fault::of_exception(error.get("data").unwrap_or(&error), response.status)),
            None => Ok(body.remove("result").unwrap_or(Value::Null)),
        },
        body => Err(Fault::of_status(response, body.as_ref())),
    }
}
