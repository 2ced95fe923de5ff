//! What an answer of Odoo says about its state: classified by the exception's name, in `load` by what the message begins
//! with, since it has no name there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: what goes wrong in it must fail")]

use serde_json::{Value, json};
use sluice_domain::ports::{
    PortFuture,
    http::{Http, HttpError, HttpRequest, HttpResponse},
    secrets::Secret,
};
use sluice_odoo::{Call, Connection, Fault, LoadAnswer, Odoo, Session, Version};

/// Answers everything with one exception, as 18 does.
struct Raises(&'static str, &'static str);

impl Http for Raises {
    fn send(&self, _: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let data = json!({"name": self.0, "message": self.1, "arguments": [self.1]});
        let body =
            json!({"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": data}});
        Box::pin(
            async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }) },
        )
    }
}

fn connection() -> Connection {
    Connection {
        url: "http://odoo".into(),
        database: "shop".into(),
        login: "sluice".into(),
        key: Secret::new("key"),
        timeout_ms: 1,
    }
}

async fn fault(name: &'static str, message: &'static str) -> Fault {
    let connection = connection();
    let session = Session { version: Version::of(18), uid: 2 };
    let http = Raises(name, message);
    Odoo::new(&http, &connection).call(&session, &Call::new("sale.order", "search")).await.unwrap_err()
}

#[tokio::test]
async fn a_database_that_goes_away_is_an_outage_and_may_have_committed() {
    for name in
        ["AdminShutdown", "CrashShutdown", "CannotConnectNow", "ConnectionFailure", "IdleInTransactionSessionTimeout"]
    {
        let name: &'static str = format!("psycopg2.errors.{name}").leak();
        let fault = fault(name, "terminating connection due to administrator command").await;
        assert!(fault.is_outage() && !fault.definite(), "{name}: {fault:?}");
    }
    for name in ["psycopg2.OperationalError", "psycopg2.InterfaceError"] {
        let fault = fault(name, "server closed the connection unexpectedly").await;
        assert!(fault.is_outage() && !fault.definite(), "{name}: {fault:?}");
    }
}

#[tokio::test]
async fn a_database_without_room_asks_for_patience() {
    for name in ["psycopg2.pool.PoolError", "psycopg2.errors.TooManyConnections", "psycopg2.errors.DiskFull"] {
        let fault = fault(name, "The Connection Pool Is Full").await;
        assert!(fault.is_outage() && fault.definite(), "{name}: {fault:?}");
    }
}

#[tokio::test]
async fn a_cancelled_statement_is_repeated_and_a_broken_rule_is_not() {
    let cancelled = fault("psycopg2.errors.QueryCanceled", "canceling statement due to statement timeout").await;
    assert!(matches!(cancelled, Fault::Conflict(_)), "{cancelled:?}");
    let broken = fault("psycopg2.errors.NumericValueOutOfRange", "numeric field overflow").await;
    assert!(matches!(broken, Fault::Refused(_)), "{broken:?}");
    let database = fault("psycopg2.OperationalError", "FATAL:  database \"shop\" does not exist").await;
    assert!(matches!(database, Fault::Address(_)), "{database:?}");
}

fn refused(message: &str) -> Value {
    let message = json!({"rows": {"from": 0, "to": 0}, "record": 0, "type": "error", "message": message});
    json!({"ids": false, "messages": [message], "nextrow": 0})
}

#[test]
fn what_the_database_rolled_back_in_a_load_is_repeated() {
    for text in [
        "could not serialize access due to concurrent update\n",
        "could not serialize access due to read/write dependencies among transactions\n",
        "deadlock detected\n",
        "could not obtain lock on row in relation \"ir_sequence\"\n",
        "canceling statement due to lock timeout\n",
        "Unknown database error: 'current transaction is aborted, commands ignored until end of transaction block'",
    ] {
        let answer = LoadAnswer::parse(&refused(text));
        assert!(matches!(answer, Err(Fault::Conflict(_))), "{text}: {answer:?}");
    }
}

#[test]
fn a_right_that_is_missing_in_a_load_is_no_fault_of_the_record() {
    // Exchange 251.
    let text = "You are not allowed to create 'Contact' (res.partner) records.\n\nThis operation is allowed for the following \
                groups:\n\t- Extra Rights/Contact Creation";
    let answer = LoadAnswer::parse(&refused(text));
    assert!(matches!(answer, Err(Fault::Access(_))), "{answer:?}");
    // Exchange 460: a record rule.
    let text = "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, Sluice (id=5) doesn't have 'read' \
                access to:\n- Tax (account.tax)";
    assert!(matches!(LoadAnswer::parse(&refused(text)), Ok(LoadAnswer::Refused(_))), "a rule may be about one record");
}

/// Odoo Online between 18 and 19, as far as opening goes.
struct Online {
    renamed: bool,
}

impl Http for Online {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let asked = (body["params"]["method"].as_str(), body["params"]["args"][4].as_str());
        let result = match asked {
            (Some("authenticate"), _) => json!(2),
            (_, Some("fields_get")) if self.renamed => json!({"tax_ids": {"type": "many2many"}}),
            (_, Some("fields_get")) => json!({}),
            _ => json!({"server_version_info": ["saas~18", 3, 0, "final", 0, ""]}),
        };
        let body = json!({"jsonrpc": "2.0", "id": 1, "result": result});
        Box::pin(
            async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }) },
        )
    }
}

#[tokio::test]
async fn between_two_versions_the_fields_are_asked_for() {
    for renamed in [false, true] {
        let connection = connection();
        let session = Odoo::new(&Online { renamed }, &connection).open().await.unwrap();
        assert_eq!((session.version.major, session.version.tax_ids), (18, renamed));
    }
}
