//! Who is believed, whose delivery it is, and what a ping is.

use serde_json::Value;
use sluice_channels::{Inbound, Rejection};
use sluice_domain::ports::secrets::{AccountSecrets, Secret};

use crate::support::{account, files, fixture, json, woo};

const SIGNATURE: &str = "X-WC-Webhook-Signature";

fn headers(value: &Value) -> Vec<(String, String)> {
    let stated = value.as_object().unwrap().iter();
    stated.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn inbound<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> Inbound<'a> {
    Inbound { headers, body, url: None, now: jiff::Timestamp::UNIX_EPOCH }
}

fn verify(headers: &[(String, String)], body: &[u8], secret: &str) -> Result<(), Rejection> {
    woo().verify(&inbound(headers, body), &[Secret::new(secret)])
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let vectors = json("webhook_deliveries/signature_vectors.json");
    let secret = vectors["secret"].as_str().unwrap();
    let mut pings = 0;
    for one in vectors["deliveries"].as_array().unwrap() {
        let (headers, body) = (headers(&one["headers"]), fixture(one["body_file"].as_str().unwrap()));
        let request = inbound(&headers, &body);
        if woo().is_ping(&request) {
            pings += 1;
            assert_eq!(verify(&headers, &body, secret), Err(Rejection::MissingHeader(SIGNATURE)));
            continue;
        }
        assert_eq!(verify(&headers, &body, secret), Ok(()), "{}", one["body_file"]);
        assert_eq!(verify(&headers, &body, "another"), Err(Rejection::WrongSignature));
        assert_eq!(woo().belongs(&request, &account()), Ok(()));
    }
    assert_eq!(pings, 1);
    for one in vectors["negative"].as_array().unwrap() {
        let body = fixture(one["body_file"].as_str().unwrap());
        let headers = [(SIGNATURE.to_owned(), one["signature"].as_str().unwrap_or_default().to_owned())];
        assert!(verify(&headers, &body, secret).is_err(), "{}", one["why"]);
    }
}

#[test]
fn every_captured_delivery_is_proved_or_a_ping() {
    let (mut signed, mut pings) = (0, 0);
    for file in files("captured_deliveries") {
        let one = json(&file);
        let (headers, body) = (headers(&one["headers"]), one["body_text"].as_str().unwrap().as_bytes().to_vec());
        if woo().is_ping(&inbound(&headers, &body)) {
            pings += 1;
            continue;
        }
        assert_eq!(verify(&headers, &body, one["secret"].as_str().unwrap()), Ok(()), "{file}");
        let mut own = account();
        own.shop_domain = Some("127.0.0.1:8088".into());
        assert_eq!(woo().belongs(&inbound(&headers, &body), &own), Ok(()), "{file}");
        assert_eq!(woo().belongs(&inbound(&headers, &body), &account()), Err(Rejection::ForeignShop), "{file}");
        signed += 1;
    }
    assert_eq!((signed, pings), (62, 11));
}

/// Delivery ids are shared by deliveries of different things: they are nobody's identity.
#[test]
fn one_delivery_id_covers_different_bodies() {
    let mut bodies = std::collections::BTreeMap::<String, std::collections::BTreeSet<String>>::new();
    for file in files("captured_deliveries") {
        let one = json(&file);
        let headers = headers(&one["headers"]);
        let envelope = woo().envelope(&inbound(&headers, b""));
        let Some(id) = envelope.delivery_id else { continue };
        assert_eq!((envelope.stated_at, envelope.api_version), (None, None));
        bodies.entry(id).or_default().insert(one["body_text"].as_str().unwrap().to_owned());
    }
    assert!(bodies.values().any(|bodies| bodies.len() > 1), "the shop's ids would tell deliveries apart");
}

#[test]
fn a_ping_is_exactly_that() {
    let form = [("Content-Type".to_owned(), "application/x-www-form-urlencoded; charset=UTF-8".to_owned())];
    let ping = |headers: &[(String, String)], body: &[u8]| woo().is_ping(&inbound(headers, body));
    assert!(ping(&form, b"webhook_id=142"));
    for body in
        ["", "webhook_id=", "webhook_id=1&x=2", "webhook_id=1 ", "webhook_id=a", "webhook_id=-1", "Webhook_id=1"]
    {
        assert!(!ping(&form, body.as_bytes()), "{body}");
    }
    assert!(!ping(&form, format!("webhook_id={}", "1".repeat(21)).as_bytes()));
    assert!(!ping(&[], b"webhook_id=1"), "no content type");
    let json = [("Content-Type".to_owned(), "application/json".to_owned())];
    assert!(!ping(&json, b"webhook_id=1"));
    for own in ["x-wc-webhook-topic", SIGNATURE, "X-WC-WEBHOOK-ID"] {
        let mut with = form.to_vec();
        with.push((own.to_owned(), String::new()));
        assert!(!ping(&with, b"webhook_id=1"), "{own}");
    }
}

/// The shop decodes HTML entities in the secret before it signs.
#[test]
fn a_secret_with_entities_counts_as_it_was_typed() {
    use sluice_channels::SigningRequest;
    let sign = |secret: &str| {
        let (account, secret) = (account(), Secret::new(secret));
        let now = jiff::Timestamp::UNIX_EPOCH;
        woo().sign(&SigningRequest {
            account: &account,
            topic: "order.created",
            delivery_id: "d",
            body: b"{}",
            url: None,
            secret: &secret,
            now,
        })
    };
    for (typed, kept) in [("a&b", "a&amp;b"), ("<'\">", "&lt;&#039;&quot;&gt;"), ("plain", "plain")] {
        let signed = sign(kept);
        assert_eq!(verify(&signed.headers, b"{}", typed), Ok(()), "{typed}");
        assert_eq!(verify(&signed.headers, b"{}", kept), Ok(()), "{kept}");
    }
}

#[test]
fn the_shop_is_known_by_its_address() {
    let source = |value: &str| vec![("x-wc-webhook-source".to_owned(), value.to_owned())];
    let check = |own: &str, stated: &str| {
        let mut account = account();
        account.shop_domain = Some(own.into());
        woo().belongs(&inbound(&source(stated), b""), &account)
    };
    assert_eq!(check("shop.example.com", "https://Shop.Example.com/"), Ok(()));
    assert_eq!(check("example.com/shop", "https://example.com/shop/"), Ok(()));
    for other in ["https://example.com/", "https://example.com/shop2/", "https://shop.example.com.evil.test/", ""] {
        assert_eq!(check("example.com/shop", other), Err(Rejection::ForeignShop), "{other}");
    }
    assert_eq!(woo().belongs(&inbound(&[], b""), &account()), Err(Rejection::MissingHeader("X-WC-Webhook-Source")));
}

#[test]
fn what_an_account_lacks_is_named() {
    let secrets = |token: Option<&str>| AccountSecrets {
        signing: vec![Secret::new("s")],
        contact_key: Secret::new("k"),
        access_token: token.map(Secret::new),
    };
    let check = |domain: &str, token| {
        let mut account = account();
        account.shop_domain = Some(domain.into());
        woo().check_account(&account, &secrets(token)).len()
    };
    assert_eq!(check("shop.example.com", None), 0);
    assert_eq!(check("example.com:8443/shop", Some("ck_1:cs_2")), 0);
    assert_eq!(check("shop.example.com", Some("ck_1")), 1);
    for odd in ["", "https://shop.example.com", "shop", "a b.example", "user@evil.test", "x.test/../y", "x.test?y"] {
        assert_eq!(check(odd, None), 1, "{odd}");
    }
}
