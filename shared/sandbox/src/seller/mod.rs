//! Simulated sellers at channels that are read by lists of changed orders: each answers as its provider does, with pages and
//! keys. An order is a list of revisions in the provider's own shape. No I/O and no clock: the time is said with every call.

mod amazon;
mod question;
mod square;
mod woocommerce;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_domain::{
    account::Account,
    ports::http::{HttpRequest, HttpResponse},
};

use crate::shopify::ShopTrouble;
use question::Asked;

/// Ids of the locations of every simulated Square seller: what its stored key names.
pub const LOCATIONS: [&str; 3] = ["LOCATIONBERLIN", "LOCATIONMUNICH", "LOCATIONHAMBURG"];

/// Which provider it is a seller of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Provider {
    Amazon,
    Square,
    WooCommerce,
}

/// An order as it is from an instant on.
type Revisions = Vec<(Timestamp, Value)>;

/// A simulated seller.
#[derive(Clone, Debug)]
pub struct SimSeller {
    provider: Provider,
    host: String,
    orders: BTreeMap<String, Revisions>,
    /// What the catalogue says of what is sold: provider's objects by their id.
    catalogue: BTreeMap<String, Value>,
    webhooks: Vec<Value>,
    questions: u64,
}

impl SimSeller {
    /// The seller behind an account, without orders; `None` for a channel that is not simulated here.
    #[must_use]
    pub fn of(account: &Account) -> Option<Self> {
        let provider = match account.channel.as_str() {
            "amazon" => Provider::Amazon,
            "square" => Provider::Square,
            "woocommerce" => Provider::WooCommerce,
            _ => return None,
        };
        let host = match provider {
            Provider::Square => square::HOST.to_owned(),
            Provider::Amazon | Provider::WooCommerce => account.shop_domain.clone().unwrap_or_default(),
        };
        let (orders, catalogue) = (BTreeMap::new(), BTreeMap::new());
        Some(Self { provider, host, orders, catalogue, webhooks: Vec::new(), questions: 0 })
    }

    /// The key to it, as it is stored with the account.
    #[must_use]
    pub fn key(&self) -> String {
        match self.provider {
            Provider::Amazon => amazon::KEY.to_owned(),
            Provider::Square => square::key(),
            Provider::WooCommerce => woocommerce::KEY.to_owned(),
        }
    }

    /// Does it answer at that host?
    #[must_use]
    pub fn serves(&self, host: &str) -> bool {
        host == self.host || (self.provider == Provider::Amazon && host == amazon::TOKENS)
    }

    /// From an instant on an order is so, in the provider's own shape, which states that instant itself.
    pub fn revise(&mut self, id: &str, at: Timestamp, order: Value) {
        let revisions = self.orders.entry(id.to_owned()).or_default();
        revisions.push((at, order));
        revisions.sort_by_key(|(at, _)| *at);
    }

    /// Something is sold: an object of the catalogue, in the provider's own shape.
    pub fn offer(&mut self, id: &str, object: Value) {
        self.catalogue.insert(id.to_owned(), object);
    }

    /// When the last change of all happens; `None` without orders.
    #[must_use]
    pub fn settled_at(&self) -> Option<Timestamp> {
        self.orders.values().flatten().map(|(at, _)| *at).max()
    }

    /// Questions so far, refused ones too.
    #[must_use]
    pub fn questions(&self) -> u64 {
        self.questions
    }

    /// Answers one request.
    pub fn handle(&mut self, request: &HttpRequest, trouble: Option<&ShopTrouble>, now: Timestamp) -> HttpResponse {
        self.questions = self.questions.saturating_add(1);
        match trouble {
            Some(ShopTrouble::Status(status, seconds)) => return refused(*status, *seconds),
            Some(ShopTrouble::Internal) => return refused(500, None),
            Some(ShopTrouble::Drained) => return refused(429, Some(2)),
            None => {}
        }
        let asked = Asked::of(request);
        match self.provider {
            Provider::Amazon => amazon::answer(self, &asked, now),
            Provider::Square => square::answer(self, &asked, now),
            Provider::WooCommerce => woocommerce::answer(self, &asked, now),
        }
    }

    /// Orders that changed at an instant or after it, as they stand now, the earliest change first.
    fn changed(&self, since: Timestamp, now: Timestamp) -> Vec<Found<'_>> {
        let standing = self.orders.iter().filter_map(|(id, revisions)| {
            let (at, order) = revisions.iter().rev().find(|(at, _)| *at <= now)?;
            (*at >= since).then_some(Found { at: *at, id, order })
        });
        let mut found: Vec<Found<'_>> = standing.collect();
        found.sort_by(|one, other| (one.at, one.id).cmp(&(other.at, other.id)));
        found
    }
}

/// An order as it stands.
struct Found<'a> {
    at: Timestamp,
    id: &'a str,
    order: &'a Value,
}

/// One page after a place, and the place that it ends at where there is more. Places are kept by what stands at them, so an
/// order that changes meanwhile moves no other out of sight.
fn page<'a>(found: Vec<Found<'a>>, after: Option<&str>, size: usize) -> (Vec<&'a Value>, Option<String>) {
    let place = |one: &Found<'_>| format!("{:020}-{}", one.at.as_microsecond(), one.id);
    let mut left = found.into_iter().filter(|one| after.is_none_or(|after| place(one).as_str() > after));
    let shown: Vec<Found<'a>> = left.by_ref().take(size.max(1)).collect();
    let next = left.next().and_then(|_| shown.last().map(place));
    (shown.into_iter().map(|one| one.order).collect(), next)
}

fn told(status: u16, body: &Value) -> HttpResponse {
    HttpResponse { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}

fn refused(status: u16, seconds: Option<u32>) -> HttpResponse {
    let mut answer = told(status, &json!({"errors": [{"code": "SimulatedTrouble", "message": "not now"}]}));
    if let Some(seconds) = seconds {
        answer.headers.push(("retry-after".into(), seconds.to_string()));
    }
    answer
}
