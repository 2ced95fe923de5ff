//! Secrets: what is missing is named with its command, what is down serves on, nothing is shown.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;
use sluice_aws::ManagedSecrets;
use sluice_domain::{
    ports::secrets::{AccountSecrets, Secret, SecretError, Secrets},
    value::AccountName,
};
use sluice_sandbox::ManualClock;
use sluice_testkit::conformance::instant;

use crate::{
    connection,
    server::{Answer, Server, error, json as answer},
};

struct World {
    server: Server,
    clock: Arc<ManualClock>,
    secrets: ManagedSecrets,
}

impl World {
    fn answering(answers: Vec<Answer>) -> Self {
        let server = Server::answering(answers);
        let clock = Arc::new(ManualClock::new(instant(0)));
        let secrets = connection(&server).secrets("dev", clock.clone());
        Self { server, clock, secrets }
    }

    async fn demo(&self) -> Result<AccountSecrets, SecretError> {
        self.secrets.account(&AccountName::parse("demo").unwrap()).await
    }

    /// Which secrets were asked for.
    fn asked(&self) -> Vec<String> {
        self.server.seen().iter().map(|seen| seen.body["SecretId"].as_str().unwrap().to_owned()).collect()
    }
}

fn value(text: &(impl ToString + ?Sized)) -> Answer {
    answer(200, &json!({ "SecretString": text.to_string() }))
}

#[tokio::test]
async fn who_names_no_contact_does_not_ask_for_the_contact_key() {
    let World { server, clock, secrets } = World::answering(vec![value(&json!({ "current": "hush1" }))]);
    let world = World { server, clock, secrets: secrets.without_contact_key() };
    let secrets = world.demo().await.unwrap();
    assert_eq!((secrets.signing, secrets.contact_key), (vec![Secret::new("hush1")], Secret::new("")));
    assert_eq!(world.asked(), ["sluice/dev/demo"]);
}

#[tokio::test]
async fn an_account_has_its_secrets_and_the_stage_s_contact_key() {
    let world = World::answering(vec![
        value(&json!({ "current": "hush1", "previous": "hush2", "access_token": "hush3" })),
        value("hush4"),
    ]);
    let secrets = world.demo().await.unwrap();
    assert_eq!(secrets.signing, [Secret::new("hush1"), Secret::new("hush2")]);
    assert_eq!((secrets.contact_key, secrets.access_token), (Secret::new("hush4"), Some(Secret::new("hush3"))));
    assert_eq!(world.asked(), ["sluice/dev/demo", "sluice/dev/system/contact-key"]);
    world.demo().await.unwrap();
    assert!(world.asked().is_empty());
    let own = World::answering(vec![value(&json!({ "current": "a", "contact_key": "b" }))]);
    assert_eq!(own.demo().await.unwrap().contact_key, Secret::new("b"));
    assert_eq!(own.asked().len(), 1);
}

#[tokio::test]
async fn a_secret_without_a_value_is_named_with_its_command() {
    let command =
        r#"aws secretsmanager put-secret-value --secret-id sluice/dev/demo --secret-string '{"current":"..."}'"#;
    for (given, what) in [
        (error(400, "ResourceNotFoundException"), "with a value"),
        (error(400, "InvalidRequestException"), "with a value"),
        (answer(200, &json!({ "SecretBinary": "aHVzaA==" })), "with a text"),
        (value(" "), "with a text"),
        (value("hush"), "as JSON of this form (Syntax error at line 1 column 1)"),
        (value(r#"{"current":{"hush":1}}"#), "as JSON of this form (Data error at line 1 column 11)"),
    ] {
        let world = World::answering(vec![given]);
        let error = world.demo().await.unwrap_err();
        assert_eq!(error, SecretError::Missing(format!("sluice/dev/demo {what}: {command}")));
        assert_eq!(error.to_string(), format!("there is no secret sluice/dev/demo {what}: {command}"));
        world.clock.advance(SignedDuration::from_secs(9));
        world.demo().await.unwrap_err();
        assert_eq!(world.asked().len(), 1, "no storm of requests for what is not there");
    }
}

#[tokio::test]
async fn a_secret_that_was_put_wrongly_and_then_right_is_found() {
    let right = json!({ "current": "a", "contact_key": "b" });
    let world = World::answering(vec![value("oops"), value(&right)]);
    world.demo().await.unwrap_err();
    world.clock.advance(SignedDuration::from_secs(10));
    assert!(world.demo().await.is_ok());
}

#[tokio::test]
async fn the_last_secrets_serve_while_the_manager_is_down() {
    let good = value(&json!({ "current": "a", "contact_key": "b" }));
    let world = World::answering(vec![good.clone(), error(400, "DecryptionFailure")]);
    let first = world.demo().await.unwrap();
    world.clock.advance(SignedDuration::from_mins(5));
    for _ in 0..100 {
        assert_eq!(world.demo().await, Ok(first.clone()));
    }
    assert_eq!(world.asked().len(), 2, "one attempt in ten seconds");
    let world = World::answering(vec![error(400, "AccessDeniedException")]);
    let text = world.demo().await.unwrap_err().to_string();
    assert!(text.contains("secretsmanager:GetSecretValue on sluice/dev/demo: AccessDeniedException"), "{text}");
    assert!(text.ends_with("allow it in the role of this function"), "{text}");
}

#[tokio::test]
async fn odoo_is_found() {
    let document = json!({ "url": "https://o", "database": "d", "login": "l", "key": "hush" });
    let world = World::answering(vec![value(&document)]);
    let odoo = world.secrets.odoo().await.unwrap();
    assert_eq!((odoo.url.as_str(), odoo.database.as_str(), odoo.key.expose()), ("https://o", "d", "hush"));
    assert_eq!(world.asked(), ["sluice/dev/system/odoo"]);
    let text = World::answering(vec![value(&json!({ "url": "u", "key": 5 }))]).secrets.odoo().await.unwrap_err();
    assert!(text.to_string().contains(r#"--secret-id sluice/dev/system/odoo --secret-string '{"url":"#), "{text}");
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let world = World::answering(vec![Answer::Close]);
    let error = world.demo().await.unwrap_err();
    let document = json!({ "current": "hush", "contact_key": "hush", "access_token": "hush" });
    let account = World::answering(vec![value(&document)]).demo().await.unwrap();
    let odoo = json!({ "url": "u", "database": "d", "login": "l", "key": "hush" });
    let odoo = World::answering(vec![value(&odoo)]).secrets.odoo().await.unwrap();
    let settings = format!("{:?}", connection(&world.server));
    let shown = format!("{error} {error:?} {account:?} {odoo:?} {settings}");
    assert!(!shown.contains("hush"), "{shown}");
}
