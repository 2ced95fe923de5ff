//! Shopify: who is believed, and whose delivery it is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "a test stops where it is surprised, and tables of cases are long"
)]

mod support;

use proptest::prelude::*;
use sluice_channels::{Inbound, Rejection, SigningRequest};
use sluice_domain::ports::secrets::{AccountSecrets, Secret};
use support::{account, fixture, json, shopify};

const SECRET: &str = "hush_app_client_secret";

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn verify(headers: &[(String, String)], body: &[u8], secrets: &[&str]) -> Result<(), Rejection> {
    let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
    shopify().verify(&inbound(headers, body), &secrets)
}

fn inbound<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> Inbound<'a> {
    Inbound { headers, body, url: None, now: jiff::Timestamp::UNIX_EPOCH }
}

fn vector(index: usize) -> (Vec<(String, String)>, Vec<u8>) {
    let vectors = json("webhook_signature_vectors.json");
    let vector = &vectors["deliveries"][index];
    let stated = vector["headers"].as_object().unwrap();
    let headers = stated.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    (headers, fixture(vector["body_file"].as_str().unwrap()))
}

#[test]
fn every_vector_is_accepted_and_every_negative_rejected() {
    let vectors = json("webhook_signature_vectors.json");
    for index in 0..vectors["deliveries"].as_array().unwrap().len() {
        let (headers, body) = vector(index);
        assert_eq!(verify(&headers, &body, &[SECRET]), Ok(()));
        assert_eq!(verify(&headers, &body, &["another"]), Err(Rejection::WrongSignature));
        assert_eq!(shopify().belongs(&inbound(&headers, &body), &account()), Ok(()));
    }
    for negative in vectors["negative"].as_array().unwrap() {
        let body = fixture(negative["body_file"].as_str().unwrap());
        let stated = headers(&[("X-Shopify-Hmac-Sha256", negative["hmac"].as_str().unwrap())]);
        assert!(verify(&stated, &body, &[SECRET]).is_err(), "{}", negative["why"]);
    }
}

#[test]
fn a_flipped_bit_is_rejected() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let (stated, body) = vector(2);
    let name = "X-Shopify-Hmac-Sha256";
    let good = stated.iter().find(|(key, _)| key == name).unwrap().1.clone();
    let digest = STANDARD.decode(&good).unwrap();
    for bit in 0..256 {
        let mut flipped = digest.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let flipped = headers(&[(name, &STANDARD.encode(&flipped))]);
        assert_eq!(verify(&flipped, &body, &[SECRET]), Err(Rejection::WrongSignature));
    }
    for bit in 0..body.len() * 8 {
        let mut flipped = body.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verify(&headers(&[(name, &good)]), &flipped, &[SECRET]), Err(Rejection::WrongSignature));
    }
}

#[test]
fn any_secret_of_a_rotation_does_and_an_empty_one_never() {
    let (stated, body) = vector(0);
    assert_eq!(verify(&stated, &body, &["old", SECRET]), Ok(()));
    assert_eq!(verify(&stated, &body, &[SECRET, "new"]), Ok(()));
    assert_eq!(verify(&stated, &body, &["", SECRET]), Ok(()));
    assert_eq!(verify(&stated, &body, &["", "  "]), Err(Rejection::EmptySecret));
    assert_eq!(verify(&stated, &body, &[]), Err(Rejection::EmptySecret));
    // base64(HMAC-SHA256("", "")): a match with an empty secret is no proof.
    let of_nothing = headers(&[("X-Shopify-Hmac-Sha256", "thNnmggU2ex3L5XXeMNfxf8Wl8STcVZTxscSFEKSxa0=")]);
    assert_eq!(verify(&of_nothing, b"", &[""]), Err(Rejection::EmptySecret));
    assert_eq!(verify(&of_nothing, b"", &["", "x"]), Err(Rejection::WrongSignature));
}

#[test]
fn header_names_are_case_insensitive_and_may_lack_the_x() {
    let (stated, body) = vector(0);
    let good = &stated.iter().find(|(key, _)| key == "X-Shopify-Hmac-Sha256").unwrap().1;
    for name in ["x-shopify-hmac-sha256", "X-SHOPIFY-HMAC-SHA256", "Shopify-Hmac-Sha256", "shopify-hmac-sha256"] {
        assert_eq!(verify(&headers(&[(name, good)]), &body, &[SECRET]), Ok(()), "{name}");
    }
    let twice = headers(&[("X-Shopify-Hmac-Sha256", good), ("shopify-hmac-sha256", good)]);
    assert_eq!(verify(&twice, &body, &[SECRET]), Ok(()));
}

#[test]
fn malformed_signatures_are_named_so() {
    let (stated, body) = vector(0);
    let good = stated.iter().find(|(key, _)| key == "X-Shopify-Hmac-Sha256").unwrap().1.clone();
    let missing = verify(&[], &body, &[SECRET]);
    assert_eq!(missing, Err(Rejection::MissingHeader("X-Shopify-Hmac-Sha256")));
    let cases = [
        String::new(),
        "  ".into(),
        "not base64".into(),
        format!(" {good}"),
        format!("{good}\n"),
        good.trim_end_matches('=').to_owned(),
        good.replace('/', "_").replace('+', "-"),
        format!("{good}{good}"),
        good[..20].to_owned(),
        "d689d9269eca2a41312e6052a0186040f5d29fdbf9f31ff33a0a58ca9fd28895".into(),
        "ünïcödé".into(),
    ];
    for case in cases {
        let result = verify(&headers(&[("X-Shopify-Hmac-Sha256", &case)]), &body, &[SECRET]);
        assert!(matches!(result, Err(Rejection::MalformedSignature(_))), "{case:?}: {result:?}");
    }
    let two = headers(&[("X-Shopify-Hmac-Sha256", &good), ("x-shopify-hmac-sha256", "AAAA")]);
    assert!(matches!(verify(&two, &body, &[SECRET]), Err(Rejection::MalformedSignature(_))));
}

#[test]
fn a_delivery_belongs_to_one_shop() {
    let check = |pairs: &[(&str, &str)]| shopify().belongs(&inbound(&headers(pairs), b""), &account());
    assert_eq!(check(&[("X-Shopify-Shop-Domain", "example-shop.myshopify.com")]), Ok(()));
    assert_eq!(check(&[("shopify-shop-domain", " Example-Shop.MyShopify.com ")]), Ok(()));
    assert_eq!(check(&[("X-Shopify-Shop-Domain", "other.myshopify.com")]), Err(Rejection::ForeignShop));
    assert_eq!(check(&[]), Err(Rejection::MissingHeader("X-Shopify-Shop-Domain")));
    let two = [("X-Shopify-Shop-Domain", "example-shop.myshopify.com"), ("Shopify-Shop-Domain", "b.myshopify.com")];
    assert_eq!(check(&two), Err(Rejection::ForeignShop));
    let mut nobody = account();
    nobody.shop_domain = None;
    let stated = headers(&[("X-Shopify-Shop-Domain", "")]);
    assert!(matches!(shopify().belongs(&inbound(&stated, b""), &nobody), Err(Rejection::Unusable(_))));
}

#[test]
fn the_envelope_names_topic_delivery_and_time() {
    let (stated, body) = vector(0);
    let envelope = shopify().envelope(&inbound(&stated, &body));
    assert_eq!(envelope.topic, "orders/create");
    assert_eq!(envelope.delivery_id.as_deref(), Some("b54557e4-bdd9-4b37-8a5f-bf7d70bcd040"));
    assert_eq!(envelope.api_version.as_deref(), Some("2026-10"));
    assert_eq!(envelope.stated_at.unwrap().to_string(), "2026-11-02T18:00:27.877041743Z");
    assert_eq!(shopify().envelope(&inbound(&[], b"")).topic, "");
}

#[test]
fn the_fan_out_of_one_action_has_one_delivery_id_each() {
    let vectors = json("webhook_signature_vectors.json");
    let ids: std::collections::BTreeSet<_> = vectors["fan_out_case"]["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let pairs: Vec<(String, String)> = one
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect();
            shopify().envelope(&inbound(&pairs, b"")).delivery_id.unwrap()
        })
        .collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn what_is_signed_is_accepted() {
    let request = SigningRequest {
        account: &account(),
        topic: "orders/create",
        delivery_id: "d-7",
        body: b"{}",
        url: None,
        secret: &Secret::new("s3cret"),
        now: "2026-11-02T18:00:27.877041743Z".parse().unwrap(),
    };
    let signed = shopify().sign(&request);
    assert_eq!(verify(&signed.headers, b"{}", &["s3cret"]), Ok(()));
    let inbound = inbound(&signed.headers, b"{}");
    assert_eq!(shopify().belongs(&inbound, &account()), Ok(()));
    let envelope = shopify().envelope(&inbound);
    assert_eq!((envelope.topic.as_str(), envelope.delivery_id.as_deref()), ("orders/create", Some("d-7")));
    assert_eq!(envelope.stated_at.unwrap(), request.now);
}

#[test]
fn what_an_account_lacks_is_named_with_its_fix() {
    let secrets = |signing: &str| AccountSecrets {
        signing: vec![Secret::new(signing)],
        contact_key: Secret::new("k"),
        access_token: None,
    };
    assert_eq!(shopify().check_account(&account(), &secrets("s")), Vec::<String>::new());
    assert_eq!(shopify().check_account(&account(), &secrets("")).len(), 1);
    let mut wrong = account();
    wrong.shop_domain = Some("https://example".into());
    wrong.api_version = Some("2026-11".into());
    assert_eq!(shopify().check_account(&wrong, &secrets("s")).len(), 2);
}

proptest! {
    #[test]
    fn only_the_right_secret_and_body_are_accepted(body: Vec<u8>, secret in "[!-~]{1,40}", other in "[!-~]{1,40}") {
        let secret = Secret::new(secret);
        let request = SigningRequest {
            account: &account(), topic: "t", delivery_id: "d", body: &body, url: None, secret: &secret,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        let signed = shopify().sign(&request);
        prop_assert_eq!(verify(&signed.headers, &body, &[secret.expose()]), Ok(()));
        if other != secret.expose() {
            prop_assert_eq!(verify(&signed.headers, &body, &[&other]), Err(Rejection::WrongSignature));
        }
        let mut longer = body.clone();
        longer.push(0);
        prop_assert_eq!(verify(&signed.headers, &longer, &[secret.expose()]), Err(Rejection::WrongSignature));
    }

    #[test]
    fn no_headers_make_it_panic(stated: Vec<(String, String)>, body: Vec<u8>) {
        prop_assert!(verify(&stated, &body, &["s"]).is_err());
        let _ = shopify().envelope(&inbound(&stated, &body));
    }
}
