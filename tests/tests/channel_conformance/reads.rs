//! Reading.

use serde_json::{Value, json};
use sluice_channels::{Answer, Decoded, PullContext, Question, Trouble};
use sluice_domain::{
    ports::{
        http::{HttpRequest, HttpResponse},
        secrets::{AccountSecrets, Secret},
    },
    state::ReadOrPush,
};

use crate::sample::{Sample, at, pointers, read_samples, samples};

fn questions() -> Vec<Question> {
    vec![
        Question::Changed { since: at(0), after: None, size: 7 },
        Question::Subscriptions { after: None },
        Question::Subscribe { topic: "x", url: "https://hooks.example.com/x".into() },
    ]
}

/// What this channel may be asked: one that sends nothing by HTTP, or is subscribed to by hand, has no subscriptions.
fn questions_to(sample: &Sample) -> Vec<Question> {
    let mut all = questions();
    all.truncate(if sample.subscribes() { all.len() } else { 1 });
    all
}

fn ask(sample: &Sample, question: &Question, domain: Option<&str>, base: Option<&str>) -> Result<HttpRequest, String> {
    let (token, signing) = (Secret::new(sample.text("token")), Secret::new("hush"));
    let mut account = sample.account.clone();
    account.shop_domain = domain.map(ToOwned::to_owned);
    let context = PullContext { account: &account, token: &token, signing: Some(&signing), base };
    sample.channel.ask(question, &context).map(|asked| asked.request)
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpResponse { status, headers, body: body.as_bytes().to_vec() }
}

#[test]
fn p1_questions_go_to_the_shop_and_nowhere_else() {
    for sample in read_samples() {
        let own = sample.account.shop_domain.as_deref();
        for question in questions_to(&sample) {
            let request = ask(&sample, &question, own, None).unwrap();
            // Some have one host for all sellers, whom the key tells apart.
            let host = sample.data["host"].as_str().or(own).unwrap();
            assert!(request.url.starts_with(&format!("https://{host}/")), "{}", request.url);
            assert!(!request.url.contains(sample.text("token")));
            assert!(!format!("{request:?}").contains(sample.text("token")), "{}", sample.channel.name());
            let local = ask(&sample, &question, own, Some("http://127.0.0.1:9")).unwrap();
            assert!(local.url.starts_with("http://127.0.0.1:9/"), "{}", local.url);
            for odd in [
                None,
                Some(""),
                Some("shop"),
                Some("a@evil.test"),
                Some("evil.test#x"),
                Some("evil.test?x"),
                Some(".evil.test"),
                Some("a b.test"),
                Some("evil.test\\x"),
            ] {
                assert!(ask(&sample, &question, odd, None).is_err(), "{}: {odd:?}", sample.channel.name());
            }
        }
    }
}

#[test]
fn p2_troubles_are_told_apart() {
    for sample in read_samples() {
        for question in questions_to(&sample) {
            let heard = |answer: &HttpResponse| sample.channel.hear(&question, answer).answer;
            let denied = heard(&answer(401, &[], "{}"));
            assert!(
                matches!(&denied, Err(Trouble::Denied { fix }) if fix.len() > 20),
                "{}: {denied:?}",
                sample.channel.name()
            );
            for status in [429, 503] {
                let waits = heard(&answer(status, &[("Retry-After", "7")], "<html>"));
                let waits = match waits {
                    Err(Trouble::Later { wait_ms, .. }) => wait_ms,
                    Err(Trouble::Throttled { wait_ms }) => Some(wait_ms),
                    other => panic!("{}: {other:?}", sample.channel.name()),
                };
                assert_eq!(waits, Some(7_000), "{} {status}", sample.channel.name());
            }
            for garbage in ["", "<!DOCTYPE html><html>", "nonsense", "null", "7", "\"x\"", "[", "\u{0}"] {
                assert!(heard(&answer(200, &[], garbage)).is_err(), "{}: {garbage}", sample.channel.name());
            }
        }
    }
}

#[test]
fn p3_what_is_subscribed_to_is_taken() {
    for sample in read_samples() {
        let topics = sample.channel.subscriptions();
        assert_eq!(topics.contains(&sample.text("topic")), sample.subscribes(), "{}", sample.channel.name());
        if !sample.subscribes() {
            let own = sample.account.shop_domain.as_deref();
            for question in &questions()[1..] {
                assert!(
                    ask(&sample, question, own, None).is_err_and(|why| why.len() > 20),
                    "{}",
                    sample.channel.name()
                );
            }
        }
        for topic in topics {
            let decoded = sample.decode(&sample.delivery(topic, b"{}", 0));
            assert!(!matches!(decoded, Ok(Decoded::Ignored { .. })), "{} {topic}: {decoded:?}", sample.channel.name());
        }
    }
}

#[test]
fn p8_what_only_names_a_change_asks_to_be_read() {
    for sample in samples() {
        for topic in sample.channel.thin() {
            assert!(sample.token().is_some(), "{}: it cannot be read", sample.channel.name());
            for body in ["{}", "not json", ""] {
                let decoded = sample.decode(&sample.delivery(topic, body.as_bytes(), 0));
                assert!(matches!(decoded, Ok(Decoded::Thin { .. })), "{} {topic}: {decoded:?}", sample.channel.name());
            }
        }
        let pushed = sample.data["event"]["topic"].as_str();
        assert!(pushed.is_none_or(|topic| sample.channel.thin().contains(&topic)), "{}", sample.channel.name());
    }
}

#[test]
fn p4_a_denial_is_a_notice_when_it_was_read() {
    for sample in samples() {
        let (topic, body) = sample.channel.denial("store a key");
        let mut delivery = sample.delivery(topic, &body, 0);
        assert_eq!(delivery.source, ReadOrPush::Read, "{topic}");
        let notice = Decoded::Notice { what: "access_denied", message: "store a key".into() };
        assert_eq!(sample.decode(&delivery), Ok(notice));
        delivery.source = ReadOrPush::Push;
        assert!(matches!(sample.decode(&delivery), Ok(Decoded::Ignored { .. })), "{}", sample.channel.name());
    }
}

#[test]
fn p5_a_page_gives_its_orders_and_a_short_place() {
    for sample in read_samples() {
        let Some(page) = sample.data["page"].as_str() else { continue };
        let question = Question::Changed { since: at(0), after: None, size: 2 };
        let body = page.replace("ORDERS", &json!([7, sample.order()]).to_string());
        let heard = sample.channel.hear(&question, &answer(200, &[], &body));
        let Ok(Answer::Page { items, next: Some(next) }) = heard.answer else { panic!("{heard:?}") };
        assert!(next.len() < 500, "{next}");
        assert_eq!(items.iter().map(|item| item.id.as_deref()).collect::<Vec<_>>(), [None, Some(sample.text("id"))]);
        assert!(items[1].changed.is_some());
        let read: Value = serde_json::from_slice(&items[1].body).unwrap();
        assert_eq!(read, sample.order());
        // No answer, however odd, takes the reader down.
        let whole = json!([sample.order()]);
        for pointer in pointers(&whole) {
            for odd in [json!(null), json!([]), json!({}), json!("x"), json!(-1)] {
                let mut odd_page = whole.clone();
                *odd_page.pointer_mut(&pointer).unwrap() = odd;
                let odd_body = page.replace("ORDERS", &odd_page.to_string());
                let _ = sample.channel.hear(&question, &answer(200, &[], &odd_body));
            }
        }
    }
}

#[test]
fn p6_a_channel_that_is_only_sent_to_says_so() {
    for sample in samples().into_iter().filter(|sample| sample.token().is_none()) {
        assert_eq!(sample.channel.subscriptions(), [""; 0], "{}", sample.channel.name());
        for question in questions() {
            let context = PullContext {
                account: &sample.account,
                token: &Secret::new("t"),
                signing: None,
                base: Some("http://127.0.0.1:9"),
            };
            let why = sample.channel.ask(&question, &context).map(|asked| asked.request).unwrap_err();
            assert!(why.len() > 20, "{}: {why}", sample.channel.name());
            let heard = sample.channel.hear(&question, &answer(200, &[], "[]")).answer;
            assert!(matches!(heard, Err(Trouble::Denied { .. })), "{}: {heard:?}", sample.channel.name());
        }
        let secrets = |token: Option<&str>| AccountSecrets {
            signing: vec![Secret::new("s")],
            contact_key: Secret::new("k"),
            access_token: token.map(Secret::new),
        };
        let check = |token| sample.channel.check_account(&sample.account, &secrets(token)).len();
        assert_eq!((check(None), check(Some("t"))), (0, 1), "a key of no use is told");
    }
}

#[test]
fn p7_a_key_is_changed_for_another_where_it_belongs() {
    for sample in read_samples() {
        let Some(exchange) = sample.channel.exchange() else { continue };
        let name = sample.channel.name();
        let stored = Secret::new(sample.text("token"));
        let context = |token, base| PullContext { account: &sample.account, token, signing: None, base };
        let request = exchange.ask(&context(&stored, None)).unwrap();
        assert!(request.url.starts_with("https://"), "{name}: {}", request.url);
        for part in sample.text("token").split(':') {
            assert!(!request.url.contains(part) && !format!("{request:?}").contains(part), "{name}");
        }
        let local = exchange.ask(&context(&stored, Some("http://127.0.0.1:9"))).unwrap();
        assert!(local.url.starts_with("http://127.0.0.1:9/"), "{name}");
        for odd in ["", " ", "x", "\u{0}"] {
            let odd = Secret::new(odd);
            let context = PullContext { token: &odd, ..context(&stored, None) };
            assert!(exchange.ask(&context).is_err_and(|fix| fix.len() > 20), "{name}");
        }
        let granted = sample.file(sample.text("granted"));
        let key = exchange.hear(&answer(200, &[], &String::from_utf8(granted).unwrap())).unwrap();
        assert!(!key.expose().is_empty() && key != stored, "{name}");
        for file in sample.texts("not_granted") {
            let body = String::from_utf8(sample.file(file)).unwrap();
            for status in [400, 401] {
                let denied = exchange.hear(&answer(status, &[], &body));
                assert!(matches!(&denied, Err(Trouble::Denied { fix }) if fix.len() > 20), "{name} {file}: {denied:?}");
            }
        }
        for status in [429, 503] {
            let later = exchange.hear(&answer(status, &[("Retry-After", "7")], "<html>"));
            assert!(matches!(later, Err(Trouble::Later { wait_ms: Some(7_000), .. })), "{name}: {later:?}");
        }
        for garbage in ["", "null", "{}", "<html>", "{\"access_token\": 7}", "{\"access_token\": \"a\\nb\"}"] {
            assert!(exchange.hear(&answer(200, &[], garbage)).is_err(), "{name}: {garbage}");
        }
    }
}
