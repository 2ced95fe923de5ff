//! Odoo shows names in the language of whoever looks: an account gives them as its integration user sees them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: what goes wrong in it must fail")]

use std::sync::Mutex;

use serde_json::{Value, json};
use sluice_domain::{
    account::{CreditNotes, OdooTarget},
    ports::{
        PortFuture,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        secrets::Secret,
    },
};
use sluice_odoo::{Connection, Odoo, Reads};
use sluice_sandbox::odoo::SimOdoo;
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, odoo_with, plain_order, start, with_credit_notes},
    world::administer,
};

/// Keeps the language of each call, by model.
struct Heard(Mutex<SimOdoo>, Mutex<Vec<(String, Value)>>);

impl Http for Heard {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let (model, context) = if let Some((_, path)) = request.url.split_once("/json/2/") {
            (path.split('/').next().unwrap().to_owned(), &body["context"])
        } else {
            let args = &body["params"]["args"];
            (args[3].as_str().unwrap_or_default().to_owned(), &args[6]["context"])
        };
        self.1.lock().unwrap().push((model, context["lang"].clone()));
        let answer = self.0.lock().unwrap().handle(&request, start());
        Box::pin(async move { answer })
    }
}

#[tokio::test]
async fn names_are_looked_up_in_the_integration_users_language() {
    for version in VERSIONS {
        let mut odoo = odoo_with(version, |_| ());
        let config = odoo.config().clone();
        let own = json!([[["login", "=", config.login]]]);
        let user = administer(&mut odoo, ("res.users", "search"), &own, &json!({}), start());
        administer(&mut odoo, ("res.users", "write"), &json!([user, {"lang": "de_DE"}]), &json!({}), start());
        let connection = Connection {
            url: "http://odoo".into(),
            database: config.database,
            login: config.login,
            key: Secret::new(config.api_key),
            timeout_ms: 1,
        };
        let http = Heard(Mutex::new(odoo), Mutex::default());
        let odoo = Odoo::new(&http, &connection);
        let session = odoo.open().await.unwrap();
        let names = OdooTarget { team: Some("Sales".into()), ..OdooTarget::default() };
        Reads::directory(&odoo, &session, &names).await.unwrap().unwrap();
        let heard = http.1.lock().unwrap();
        for model in ["account.tax", "product.pricelist", "crm.team"] {
            let languages: Vec<&Value> = heard.iter().filter(|(of, _)| of == model).map(|(_, lang)| lang).collect();
            assert_eq!(languages, [&json!("de_DE")], "{model} on {version}");
        }
    }
}

/// What is there of the contacts of an order: their languages, and what the order waits for.
fn told_in(version: u16, language: Option<&str>) -> (Vec<Value>, Option<String>) {
    let mut account = with_credit_notes(CreditNotes::None);
    account.odoo.language = language.map(str::to_owned);
    let mut scene = Scene::with(version, CALM, account);
    let order = scene.tell(plain_order(1));
    scene.world.run();
    let now = scene.world.now();
    let ours = json!([[["name", "like", "Kim Buyer"]], ["lang"]]);
    let found = scene.world.odoo(|odoo| administer(odoo, ("res.partner", "search_read"), &ours, &json!({}), now));
    let languages = found.as_array().unwrap().iter().map(|contact| contact["lang"].clone()).collect();
    (languages, scene.record(&order).head.parked.map(|parked| parked.reason))
}

#[test]
fn new_contacts_are_written_to_in_the_language_of_their_entity() {
    for version in VERSIONS {
        let (languages, waits) = told_in(version, Some("de_DE"));
        assert!(!languages.is_empty() && languages.iter().all(|language| language == "de_DE"), "{languages:?}");
        assert_eq!(waits, None);
        let (plain, waits) = told_in(version, None);
        assert!(!plain.is_empty() && plain.iter().all(|language| language != "de_DE"), "{plain:?}");
        assert_eq!(waits, None);
    }
}

#[test]
fn a_language_that_odoo_does_not_have_is_told_in_its_own_words() {
    for version in VERSIONS {
        let (languages, waits) = told_in(version, Some("pt_BR"));
        assert!(languages.is_empty(), "{languages:?}");
        let reason = waits.unwrap();
        assert!(reason.contains("pt_BR") && reason.contains("Language"), "{reason}");
    }
}
