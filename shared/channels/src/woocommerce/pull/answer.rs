//! Answers: the HTTP status, and JSON that a notice of PHP may precede (README, errors). A web page is somebody else's answer: a
//! firewall's, a cache's, a host's.

use serde_json::{Value, value::RawValue};
use sluice_domain::ports::http::HttpResponse;

use super::{place::Place, refunds, subscribe};
use crate::{
    Answer, Heard, Meter, Pulled, Question, Trouble,
    json::{Id, Path},
    pull::{quote, retry_after},
    woocommerce::{items, order::utc, topics},
};

/// The shop counts nothing (README, rate limit), so the most that a page may hold is what bounds it.
const UNCOUNTED: Meter = Meter { asked: Some(1), available: 1_000, restored: 1_000, most: 1_000 };

pub(super) fn hear(question: &Question, answer: &HttpResponse) -> Heard {
    let said = status(question, answer).and_then(|early| early.map_or_else(|| said(question, answer), Ok));
    let meter = said.is_ok().then_some(UNCOUNTED);
    Heard { answer: said, meter, api_version: None }
}

fn said(question: &Question, answer: &HttpResponse) -> Result<Answer, Trouble> {
    let text = json_in(&answer.body)?;
    match question {
        Question::Changed { since, after, size } => {
            let place = match after {
                Some(after) => Place::parse(after).ok_or(Trouble::LostPlace)?,
                None => Place::begin(*since),
            };
            page(text, &place, *size, total(answer))
        }
        Question::Rest(rest) => refunds::answer(rest, text),
        Question::Subscriptions { after } => subscribe::list(text, after.as_deref()),
        Question::Subscribe { topic, .. } => subscribe::made(topic, text),
    }
}

/// The JSON of a body, after whatever was printed before it.
fn json_in(body: &[u8]) -> Result<&str, Trouble> {
    let text = std::str::from_utf8(body).map_err(|_| Trouble::Unreadable("not UTF-8".into()))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if let Some(json) = items::after_notice(text) {
        return Ok(json);
    }
    if text.starts_with('<') {
        let why = "a web page in place of an answer: a firewall's or its host's";
        return Err(Trouble::Later { wait_ms: None, why: why.into() });
    }
    Err(Trouble::Unreadable("not JSON".into()))
}

/// What the status alone says: an answer where it is one by itself.
fn status(question: &Question, answer: &HttpResponse) -> Result<Option<Answer>, Trouble> {
    let later = |why: String| Err(Trouble::Later { wait_ms: retry_after(answer), why });
    let denied = |fix: &str| Err(Trouble::Denied { fix: fix.to_owned() });
    let text = std::str::from_utf8(&answer.body).unwrap_or_default().trim();
    let code = items::error_in(text).map(|error| quote(&error.problem));
    match answer.status {
        200 | 201 => match code {
            // A gateway's own error with a good status (`errors/timeout_error.json`).
            Some(code) if code.contains("http_request_failed") => later(code),
            Some(code) => Err(Trouble::Unreadable(code)),
            None => Ok(None),
        },
        401 => denied("the shop does not accept the REST API key: make a new one there (read and write), and store it"),
        403 if code.is_none() => {
            denied("a firewall in front of the shop refuses: let it pass the address that Sluice comes from")
        }
        403 => denied("the user of the REST API key may not read orders: make the key for a shop manager"),
        // The order was deleted for good while it was read.
        404 if matches!(question, Question::Rest(_)) && code.is_some() => Ok(Some(Answer::Moved)),
        404 => denied(
            "there is no WooCommerce REST API at that address: correct shop_domain, or set permalinks in WordPress",
        ),
        300..=399 => denied("the shop has another address: set shop_domain to the one that it redirects to"),
        408 | 429 => later("too many requests".into()),
        500..=599 => later(format!("it answers {}", answer.status)),
        other => Err(Trouble::Unreadable(code.unwrap_or_else(|| format!("status {other}")))),
    }
}

/// How many orders there are since the second that was asked for.
fn total(answer: &HttpResponse) -> Option<u32> {
    answer.header("x-wp-total")?.trim().parse().ok()
}

fn page(text: &str, place: &Place, size: u32, total: Option<u32>) -> Result<Answer, Trouble> {
    let listed: Vec<&RawValue> =
        serde_json::from_str(text).map_err(|error| Trouble::Unreadable(quote(&error.to_string())))?;
    let (offset, count) = place.window(size);
    let mut items: Vec<Pulled> = listed.iter().map(|item| pulled(item)).collect();
    if let Some(last) = place.last.as_ref().filter(|_| place.offset > 0) {
        if items.first().is_none_or(|first| first.id.as_ref() != Some(last)) {
            // Orders of this second have changed meanwhile, and the others have moved up: it is read again from its beginning.
            return Ok(Answer::Page { items: Vec::new(), next: Some(Place::at(place.second).written()) });
        }
        items.remove(0);
    }
    let returned = u32::try_from(listed.len()).unwrap_or(u32::MAX);
    // Orders that the key may not see are left out of a page, and counted.
    let more = total.map_or(returned >= count, |total| total > offset.saturating_add(count));
    let next = more.then(|| next(&items, place, offset.saturating_add(count)).written());
    Ok(Answer::Page { items, next })
}

/// The place after a page. `seen` is how many orders since the place's second have been asked for.
fn next(items: &[Pulled], place: &Place, seen: u32) -> Place {
    let last = items.last().and_then(|last| Some((last.id.clone()?, last.changed?.as_second())));
    match last {
        Some((id, second)) if second > place.second => {
            let of_it = items.iter().filter(|item| item.changed.is_some_and(|at| at.as_second() == second)).count();
            Place { second, offset: u32::try_from(of_it).unwrap_or(u32::MAX), last: Some(id) }
        }
        Some((id, second)) if second == place.second => Place { second, offset: seen, last: Some(id) },
        Some(_) | None => Place { second: place.second, offset: seen, last: None },
    }
}

#[derive(serde::Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: Option<Id<'a>>,
    date_modified_gmt: Option<String>,
    refunds: Option<Value>,
}

/// One order of a page. What is of another form is an item all the same: whoever reads it says what is wrong.
fn pulled(item: &RawValue) -> Pulled {
    let head = serde_json::from_str::<Head<'_>>(item.get()).ok();
    let id = head.as_ref().and_then(|head| head.id.as_ref()?.checked(Path::root("id")).ok());
    let refunded = head
        .as_ref()
        .is_some_and(|head| head.refunds.as_ref().and_then(Value::as_array).is_some_and(|refunds| !refunds.is_empty()));
    Pulled {
        topic: topics::PULLED_ORDER,
        changed: head.and_then(|head| utc(&head.date_modified_gmt?)),
        body: item.get().as_bytes().to_vec(),
        rest: id.as_deref().filter(|_| refunded).and_then(|id| refunds::of_order(id, item.get())),
        id,
    }
}
