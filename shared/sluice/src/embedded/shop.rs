//! A simulated Shopify on a port: the orders of the demonstration day, by GraphQL, and webhooks to whoever subscribes.

use std::{
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::Value;
use sluice_domain::ports::{
    Clock,
    http::{Http, HttpRequest, HttpResponse, Method},
};
use sluice_platform::{HttpClient, SystemClock};
use sluice_sandbox::{
    demo,
    shopify::{Revision, ShopConfig, SimShopify},
};

use crate::{
    embedded::{
        Embedded,
        settings::{access_token_variable, built_in},
    },
    output::{self, Problem},
};

/// The access token that it knows. Not secret: it opens the demonstration's orders.
const TOKEN: &str = "demo-token";
/// How often it looks for webhooks to post.
const POST: Duration = Duration::from_millis(200);
/// How long a webhook may take (README of the channel contract, timeouts), in milliseconds.
const PATIENCE_MS: u64 = 5_000;
/// Where somebody places or changes an order: a POST of REST's shape to `/simulate/orders/create` and the like.
const SIMULATE: &str = "/simulate/";

/// A simulated shop.
pub(crate) struct Shop {
    sim: Mutex<SimShopify>,
    http: HttpClient,
}

impl Shop {
    /// The shop of the built-in account. Its webhooks are signed with that account's secret.
    pub(crate) fn open(port: u16, sluice: &Embedded) -> Result<Self, Problem> {
        let account = built_in()?;
        let secret = sluice.settings.environment.demo_secret.expose();
        let mut sim = SimShopify::new(ShopConfig::standard(&account, TOKEN, secret));
        let deliveries = demo::deliveries().map_err(|error| Problem::refused(format!("the demonstration: {error}")))?;
        let orders = deliveries.into_iter().filter(|one| one.signed && one.topic.starts_with("orders/"));
        orders.filter_map(|one| revision(one.body.into_bytes())).for_each(|revision| sim.revise(revision));
        output::note(&format!(
            "simulated Shopify: SLUICE_CHANNEL_BASE=http://127.0.0.1:{port} {}={TOKEN}",
            access_token_variable(&account.name)
        ));
        let http = HttpClient::new(None).map_err(|error| Problem::usage(error.to_string()))?;
        Ok(Self { sim: Mutex::new(sim), http })
    }

    fn sim(&self) -> MutexGuard<'_, SimShopify> {
        self.sim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request.
    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut sim = self.sim();
        // The demonstration day may be yet to come.
        let now = sim.settled_at().map_or(SystemClock.now(), |settled| settled.max(SystemClock.now()));
        match request.url.split_once(SIMULATE) {
            Some((_, topic)) => simulate(&mut sim, topic, &request.body, now),
            None => sim.handle(request, now),
        }
    }
}

/// An order is placed or changed, and whoever subscribed to that topic hears of it.
fn simulate(sim: &mut SimShopify, topic: &str, body: &[u8], now: Timestamp) -> HttpResponse {
    let Some(revision) = revision(body.to_vec()) else {
        let body = b"an order in REST's shape has id, currency, line_items and updated_at\n".to_vec();
        return HttpResponse { status: 422, headers: Vec::new(), body };
    };
    sim.revise(revision);
    sim.tell(topic, body, now);
    HttpResponse { status: 201, headers: Vec::new(), body: Vec::new() }
}

fn revision(body: Vec<u8>) -> Option<Revision> {
    let order: Value = serde_json::from_slice(&body).ok()?;
    let at: Timestamp = order.get("updated_at")?.as_str()?.parse().ok()?;
    order.get("currency")?.as_str()?;
    order.get("line_items")?.as_array()?;
    let id = order.get("id")?.as_u64()?;
    Some(Revision { order: id, at, found_at: at, body: Some(Arc::new(move || body.clone())) })
}

/// Posts webhooks until the process ends.
pub(crate) async fn post_webhooks(shop: Rc<Shop>) {
    loop {
        let due = shop.sim().due_webhooks(SystemClock.now());
        for emission in due {
            let request = HttpRequest {
                method: Method::Post,
                url: emission.url,
                headers: emission.headers,
                body: emission.body,
                timeout_ms: PATIENCE_MS,
            };
            let taken = shop.http.send(request).await.is_ok_and(|answer| (200..300).contains(&answer.status));
            shop.sim().report(emission.id, taken, SystemClock.now());
        }
        tokio::time::sleep(POST).await;
    }
}
