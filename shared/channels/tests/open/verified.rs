//! Vectors that a script made without any of this code.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sluice_channels::{Inbound, Rejection, SigningRequest};
use sluice_domain::ports::secrets::{AccountSecrets, Secret};

use crate::support::{account, at, fixture, open};

fn verify(vector: &Value) -> Result<(), Rejection> {
    let headers = vector["headers"].as_object().unwrap().iter();
    let headers: Vec<(String, String)> =
        headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    let secrets = vector["secrets"].as_array().unwrap().iter();
    let secrets: Vec<Secret> = secrets.map(|secret| Secret::new(secret.as_str().unwrap())).collect();
    let body = STANDARD.decode(vector["body"].as_str().unwrap()).unwrap();
    let now = at(vector["now"].as_i64().unwrap());
    open().verify(&Inbound { headers: &headers, body: &body, url: None, now }, &secrets)
}

#[test]
fn the_vectors_are_judged_as_the_script_says() {
    let vectors = fixture("signatures/vectors.json");
    let vectors = vectors.as_array().unwrap();
    assert!(vectors.len() >= 40, "{}", vectors.len());
    for vector in vectors {
        let verdict = if verify(vector).is_ok() { "accepted" } else { "rejected" };
        assert_eq!(verdict, vector["verdict"], "{}: {:?}", vector["what"], verify(vector));
    }
}

#[test]
fn a_good_signature_that_is_too_old_is_told_as_that() {
    let vectors = fixture("signatures/vectors.json");
    let named = |what: &str| verify(vectors.as_array().unwrap().iter().find(|one| one["what"] == what).unwrap());
    assert_eq!(named("older than five minutes"), Err(Rejection::Untimely("5 minutes")));
    assert_eq!(named("another secret"), Err(Rejection::WrongSignature));
    assert!(named("a secret that is no base64").unwrap_err().to_string().contains("unreadable key"));
    assert_eq!(named("no secret behind the prefix"), Err(Rejection::EmptySecret));
}

/// What `sluice send` makes is what the script makes.
#[test]
fn signing_gives_the_example_of_the_specifications_libraries() {
    let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let signed = open().sign(&SigningRequest {
        account: &account(),
        topic: "order.updated",
        delivery_id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        body: br#"{"test": 2432232314}"#,
        url: None,
        secret: &secret,
        now: at(1_614_265_330),
    });
    let value = |wanted: &str| signed.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    assert_eq!(value("webhook-signature"), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    assert_eq!(value("webhook-timestamp"), Some("1614265330"));
}

#[test]
fn a_secret_of_no_use_is_told_before_anything_is_sent() {
    let check = |signing: &str| {
        let secrets =
            AccountSecrets { signing: vec![Secret::new(signing)], contact_key: Secret::new("k"), access_token: None };
        open().check_account(&account(), &secrets)
    };
    assert_eq!(check("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"), Vec::<String>::new());
    assert!(check("whsec_AAEC")[0].contains("24 bytes"));
    assert!(check("whsec_?")[0].contains("base64"));
}

#[test]
fn whose_event_it_is_stands_in_what_is_signed() {
    let belongs = |body: &str| {
        let inbound = Inbound { headers: &[], body: body.as_bytes(), url: None, now: at(0) };
        open().belongs(&inbound, &account())
    };
    assert_eq!(belongs(r#"{"source": "SHOP.example.com", "data": {"source": "x"}}"#), Ok(()));
    for body in [r#"{"source": "other.example.com"}"#, r#"{"data": {"source": "shop.example.com"}}"#, "[]", ""] {
        assert_eq!(belongs(body), Err(Rejection::ForeignShop), "{body}");
    }
    let twice = r#"{"source": "shop.example.com", "source": "other.example.com"}"#;
    assert_eq!(belongs(twice), Err(Rejection::ForeignShop), "nobody knows which one is meant");
}
