//! Who is believed.

use sluice_channels::Rejection;
use sluice_domain::{account::Account, ports::secrets::Secret};

use crate::sample::{Sample, inbound, samples, signing_samples};

const BODY: &[u8] = br#"{"id": 1}"#;

fn verify(sample: &Sample, headers: &[(String, String)], body: &[u8], secrets: &[&str]) -> Result<(), Rejection> {
    let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
    sample.channel.verify(&inbound(headers, body), &secrets)
}

/// Places among the headers without which nothing is proved.
fn proofs(sample: &Sample, headers: &[(String, String)]) -> Vec<usize> {
    let without = |at: usize| {
        let mut rest = headers.to_vec();
        rest.remove(at);
        rest
    };
    (0..headers.len()).filter(|at| verify(sample, &without(*at), BODY, &["s"]).is_err()).collect()
}

#[test]
fn v1_what_is_signed_is_accepted_with_any_secret_of_a_rotation() {
    for sample in signing_samples() {
        for body in [BODY, b"", b"\xff\x00", &sample.file(sample.text("order"))] {
            let headers = sample.signed(body, "s");
            for secrets in [vec!["s"], vec!["old", "s"], vec!["s", "new"], vec!["", "s"]] {
                assert_eq!(verify(&sample, &headers, body, &secrets), Ok(()), "{}", sample.channel.name());
            }
            assert_eq!(verify(&sample, &headers, body, &["other"]), Err(Rejection::WrongSignature));
        }
    }
}

#[test]
fn v2_a_flipped_bit_is_rejected() {
    for sample in signing_samples() {
        let (headers, order) = (sample.signed(BODY, "s"), sample.file(sample.text("order")));
        for at in proofs(&sample, &headers) {
            for bit in 0..headers[at].1.len() * 7 {
                let mut letters = headers[at].1.clone().into_bytes();
                letters[bit / 7] ^= 1 << (bit % 7);
                let mut flipped = headers.clone();
                flipped[at].1 = String::from_utf8(letters).unwrap();
                assert!(
                    verify(&sample, &flipped, BODY, &["s"]).is_err(),
                    "{}: {}",
                    sample.channel.name(),
                    flipped[at].1
                );
            }
        }
        let headers = sample.signed(&order, "s");
        for at in 0..order.len() {
            let mut flipped = order.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(verify(&sample, &headers, &flipped, &["s"]).is_err(), "{} at {at}", sample.channel.name());
        }
    }
}

#[test]
fn v3_no_secret_no_header_and_no_form_are_rejected() {
    for sample in signing_samples() {
        let headers = sample.signed(BODY, "s");
        for none in [&[][..], &[""], &["", "  "]] {
            assert_eq!(verify(&sample, &headers, BODY, none), Err(Rejection::EmptySecret), "{}", sample.channel.name());
            assert_eq!(verify(&sample, &sample.signed(BODY, ""), BODY, none), Err(Rejection::EmptySecret));
        }
        let proofs = proofs(&sample, &headers);
        assert!(!proofs.is_empty());
        for at in proofs {
            for odd in ["", " ", "x", "====", "ünïcödé", &"A".repeat(10_000)] {
                let mut odd_headers = headers.clone();
                odd_headers[at].1 = odd.to_owned();
                assert!(verify(&sample, &odd_headers, BODY, &["s"]).is_err(), "{}: {odd}", sample.channel.name());
                let mut doubled = headers.clone();
                doubled.push((headers[at].0.to_lowercase(), odd.to_owned()));
                assert!(verify(&sample, &doubled, BODY, &["s"]).is_err(), "{}: {odd}", sample.channel.name());
            }
            let mut lower = headers.clone();
            lower[at].0 = lower[at].0.to_lowercase();
            assert_eq!(verify(&sample, &lower, BODY, &["s"]), Ok(()), "names have no case");
        }
    }
}

#[test]
fn v4_a_delivery_belongs_to_one_shop() {
    for sample in signing_samples() {
        // Whose it is may stand in a header or in the body.
        let (_, order) = sample.pushed();
        let headers = sample.signed(&order, "s");
        let belongs = |account: &Account| sample.channel.belongs(&inbound(&headers, &order), account);
        assert_eq!(belongs(&sample.account), Ok(()));
        for domain in [Some(sample.text("foreign").to_owned()), Some(" ".to_owned()), None] {
            let other = Account { shop_domain: domain, ..sample.account.clone() };
            assert!(belongs(&other).is_err(), "{}", sample.channel.name());
        }
        for body in [BODY, b"", b"null", b"\xff"] {
            let said = sample.channel.belongs(&inbound(&[], body), &sample.account);
            assert!(said.is_err(), "{}", sample.channel.name());
        }
    }
}

#[test]
fn v5_a_ping_is_nothing_else() {
    for sample in samples() {
        let is_ping = |headers: &[(String, String)], body: &[u8]| sample.channel.is_ping(&inbound(headers, body));
        let name = sample.channel.name();
        assert!(!is_ping(&[], b"") && !is_ping(&[], BODY) && !is_ping(&sample.signed(BODY, "s"), BODY), "{name}");
        let Some(body) = sample.data["ping"]["body"].as_str() else { continue };
        let stated = sample.data["ping"]["headers"].as_object().unwrap().iter();
        let headers: Vec<(String, String)> =
            stated.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        assert!(is_ping(&headers, body.as_bytes()), "{name}");
        for more in
            [format!("{body} "), format!(" {body}"), format!("{body}&a=1"), body.to_uppercase(), "{}".to_owned()]
        {
            assert!(!is_ping(&headers, more.as_bytes()), "{name}: {more}");
        }
        let mut signed = sample.signed(body.as_bytes(), "s");
        signed.extend(headers);
        assert!(!is_ping(&signed, body.as_bytes()), "{name}: what is signed says something");
    }
}

#[test]
fn v6_the_envelope_names_the_topic() {
    for sample in samples() {
        let (topic, order) = sample.pushed();
        let headers = sample.signed(&order, "s");
        let envelope = sample.channel.envelope(&inbound(&headers, &order));
        let topic = if sample.signs() { topic } else { "" };
        assert_eq!(envelope.topic, topic);
        assert_eq!(sample.channel.envelope(&inbound(&[], b"")).topic, "");
        // The same thing under another delivery id is the same evidence.
        let order = sample.order().to_string();
        let mut again = sample.delivery(sample.text("topic"), order.as_bytes(), 0);
        let first = sample.decode(&again);
        again.delivery_id = "another".into();
        assert_eq!(sample.decode(&again), first);
    }
}

#[test]
fn v7_a_channel_that_signs_nothing_is_not_believed() {
    for sample in samples().into_iter().filter(|sample| !sample.signs()) {
        let name = sample.channel.name();
        assert!(sample.signed(BODY, "s").is_empty(), "{name} signs");
        assert_eq!(sample.channel.subscriptions(), [""; 0], "{name}");
        let order = sample.file(sample.text("order"));
        for body in [BODY, b"", &order] {
            for secrets in [&[][..], &[""], &["s"]] {
                assert!(verify(&sample, &[], body, secrets).is_err(), "{name}");
            }
            assert!(sample.channel.belongs(&inbound(&[], body), &sample.account).is_err(), "{name}");
        }
    }
}
