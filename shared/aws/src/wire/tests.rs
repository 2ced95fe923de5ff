//! Any bytes survive, at every size.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use serde_json::Value;
use sluice_domain::{
    delivery::{Delivery, Wake},
    state::ReadOrPush,
    value::{AccountName, SubjectKey},
};

use super::*;
use crate::zlib::deflate;

fn delivery(body: impl Into<Vec<u8>>) -> Delivery {
    Delivery {
        channel: "shopify".into(),
        account: AccountName::parse("shop").unwrap(),
        topic: "orders/create".into(),
        delivery_id: "d".into(),
        source: ReadOrPush::Push,
        stated_at: None,
        api_version: None,
        received_at: "2026-11-24T23:59:59.999999999Z".parse().unwrap(),
        trace_id: "abc".into(),
        body: body.into(),
    }
}

/// Bytes that no compression makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Sends, receives, and answers how the body travelled and the length of the message.
#[track_caller]
fn travel(sent: &Delivery) -> (&'static str, usize) {
    let (message, packed) = match encode_delivery(sent).unwrap() {
        Outgoing::Whole(message) => (message, None),
        Outgoing::Stored { key, packed, message } => (message, Some((key, packed))),
    };
    assert!(message.len() <= MAX_MESSAGE_BYTES && message.chars().all(sqs_takes), "{} bytes", message.len());
    let received = match (decode_delivery(&message).unwrap(), packed) {
        (Incoming::Whole(received), None) => received,
        (Incoming::Stored(mut received, stored), Some((key, packed))) => {
            assert_eq!((stored.key.as_str(), received.body.len()), (key.as_str(), 0));
            let object = packed.into_bytes();
            assert!(object.len() <= MAX_PACKED_BYTES);
            received.body = stored.unpack(&object).unwrap();
            received
        }
        (incoming, packed) => panic!("{incoming:?} {packed:?}"),
    };
    assert!(received == *sent, "{received:?}");
    let value: Value = serde_json::from_str(&message).unwrap();
    let ways = ["body", "body_z", "body_s3"];
    (ways.into_iter().find(|way| value.get(way).is_some()).unwrap(), message.len())
}

/// `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF` (SQS, `SendMessage`).
fn sqs_takes(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

proptest! {
    #[test]
    fn any_bytes_survive(body in proptest::collection::vec(any::<u8>(), 0..3_000)) {
        travel(&delivery(body));
    }

    #[test]
    fn any_text_survives(body in any::<String>(), topic in any::<String>(), id in any::<String>(), api in any::<String>()) {
        let envelope = Delivery { topic, delivery_id: id.clone(), trace_id: id, api_version: Some(api), ..delivery(body) };
        prop_assert_eq!(travel(&envelope).0, "body");
    }

    #[test]
    fn any_message_is_read_or_refused(text in any::<String>(), number in any::<u64>()) {
        let _ = decode_delivery(&text);
        let _ = decode_wake(&text);
        let _ = decode_delivery(&format!("{{\"v\":{number},\"body\":{text:?}}}"));
    }

    #[test]
    fn any_wake_survives(id in "[!-.0-~]{1,200}", trace_id in any::<String>()) {
        let wake = Wake { subject: SubjectKey::parse(&format!("shop/order/{id}")).unwrap(), trace_id };
        let message = encode_wake(&wake).unwrap();
        prop_assert!(message.chars().all(sqs_takes));
        prop_assert_eq!(decode_wake(&message), Ok(wake));
    }
}

#[test]
fn characters_that_sqs_refuses_are_escaped_in_every_field() {
    let strange = "\u{0}\u{1f}\u{7f}\u{fffe}\u{ffff}\u{fffd}\u{10ffff}\"\\";
    let sent = Delivery { topic: strange.into(), api_version: Some(strange.into()), ..delivery(strange) };
    assert_eq!(travel(&sent).0, "body");
}

#[test]
fn a_text_travels_as_text_up_to_its_limit() {
    let envelope = travel(&delivery("")).1;
    let room = MAX_TEXT_BYTES - envelope;
    assert_eq!(travel(&delivery("a".repeat(room))), ("body", MAX_TEXT_BYTES));
    assert_eq!(travel(&delivery("a".repeat(room + 1))).0, "body_z");
    // Every quotation mark takes two bytes.
    assert_eq!(travel(&delivery("\"".repeat(room / 2))).0, "body");
    assert_eq!(travel(&delivery("\"".repeat(room / 2 + 1))).0, "body_z");
    assert_eq!(travel(&delivery([0xff])).0, "body_z");
}

#[test]
fn a_message_is_full_before_its_body_goes_to_the_bucket() {
    let room = MAX_MESSAGE_BYTES - travel(&delivery([0xff])).1;
    let body = noise(room / 4 * 3 - 400);
    let (way, bytes) = travel(&delivery(body.clone()));
    assert_eq!(way, "body_z");
    let topic = |more: usize| "orders/create".to_owned() + &"x".repeat(MAX_MESSAGE_BYTES - bytes + more);
    assert_eq!(travel(&Delivery { topic: topic(0), ..delivery(body.clone()) }), ("body_z", MAX_MESSAGE_BYTES));
    assert_eq!(travel(&Delivery { topic: topic(1), ..delivery(body) }).0, "body_s3");
}

#[test]
fn the_largest_body_travels_and_a_larger_one_does_not() {
    assert_eq!(travel(&delivery(vec![b'a'; MAX_BODY_BYTES])).0, "body_z");
    assert_eq!(travel(&delivery(noise(MAX_BODY_BYTES))).0, "body_s3");
    let too_large = encode_delivery(&delivery(vec![b'a'; MAX_BODY_BYTES + 1]));
    assert_eq!(too_large, Err(WireError::TooLarge));
    let envelope = Delivery { topic: "x".repeat(MAX_MESSAGE_BYTES), ..delivery("") };
    assert_eq!(encode_delivery(&envelope), Err(WireError::TooLarge));
}

#[test]
fn a_body_in_the_bucket_is_under_account_and_day() {
    let Ok(Outgoing::Stored { key, packed, message }) = encode_delivery(&delivery(noise(1_000_000))) else { panic!() };
    assert_eq!(key, "deliveries/shop/2026-11-24/abc");
    let Ok(Incoming::Stored(_, stored)) = decode_delivery(&message) else { panic!() };
    let other = Err(WireError::Body("its hash or length is another".into()));
    assert_eq!(stored.unpack(&deflate(b"another")), other);
    assert!(format!("{packed:?}").starts_with("Packed(1000"), "it does not show its bytes");
    assert_eq!(StoredBody { sha256: "00".repeat(32), ..stored.clone() }.unpack(&packed.into_bytes()), other);
    assert_eq!(stored.unpack(b"another"), Err(WireError::Body("it is not zlib".into())));
}

#[track_caller]
fn refused(text: &str, expect: &str) {
    let found = decode_delivery(text).unwrap_err();
    assert!(found.to_string().starts_with(expect), "{found}");
}

#[test]
fn what_is_no_delivery_is_told_from_what_another_version_wrote() {
    let Ok(Outgoing::Whole(good)) = encode_delivery(&delivery("{}")) else { panic!() };
    refused("", "it is not a message of Sluice: Eof error at line 1 column 0");
    refused("{}", "it is not a message of Sluice: Data error");
    refused("[1]", "it is not a message of Sluice");
    refused(r#"{"Records":[{"s3":{}}]}"#, "it is not a message of Sluice");
    refused(&good.replace("\"v\":1", "\"v\":2"), "it has version 2");
    refused(&good.replace("\"account\":\"shop\"", "\"account\":\"-\""), "it is not a message of Sluice");
    refused(&good.replace(",\"body\":\"{}\"", ""), "it is not a message of Sluice: it has none, or more");
    refused(
        &good.replace("\"body\"", "\"body_z\":\"\",\"body\""),
        "it is not a message of Sluice: it has none, or more",
    );
    refused(&good.replace("\"body\"", "\"body_z\""), "its body is broken: it is not base64");
    refused(&good.replace("\"body\":\"{}\"", "\"body_z\":\"aGk=\""), "its body is broken: it is not zlib");
    let bomb = STANDARD.encode(deflate(&vec![0; MAX_BODY_BYTES + 1]));
    let bomb = good.replace("\"body\":\"{}\"", &format!("\"body_z\":\"{bomb}\""));
    refused(&bomb, "its body is broken: it is longer than 1048576 bytes");
    let later = good.replace("\"v\":1", "\"added_later\":[1],\"v\":1");
    assert_eq!(decode_delivery(&later), Ok(Incoming::Whole(delivery("{}"))));
}
