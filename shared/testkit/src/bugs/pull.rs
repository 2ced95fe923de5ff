//! Bugs of pulls: each is what one careless line in reading a channel would do.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::Value;
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        PortFuture, Ports,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        queue::{Queue, QueueError},
        state::{Cursor, State, StateError},
    },
    state::{Lane, ReadOrPush},
};
use sluice_reconciler::OVERLAP;

use super::state::BuggyState;

/// A bug of pulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullBug {
    /// The cursor moves on before what was read is handed over.
    SavesBeforeSending,
    /// The next run begins where the last one did.
    NoOverlap,
    /// What changed at the very instant of the cursor is left out.
    AfterNotSince,
    /// Only the first page is read.
    FirstPageOnly,
    /// The first lines of an order pass for all of them.
    TakesPartsForWhole,
    /// "Throttled" passes for "nothing changed".
    TakesThrottledForEmpty,
    /// Subscriptions are believed to be made.
    NeverSubscribes,
}

impl PullBug {
    /// Every bug.
    pub const ALL: [Self; 7] = [
        Self::SavesBeforeSending,
        Self::NoOverlap,
        Self::AfterNotSince,
        Self::FirstPageOnly,
        Self::TakesPartsForWhole,
        Self::TakesThrottledForEmpty,
        Self::NeverSubscribes,
    ];
}

/// The ports of a process with that bug.
#[must_use]
pub fn plant_pull(bug: PullBug, ports: Ports) -> Ports {
    let held = Held::default();
    Ports {
        state: Arc::new(BuggyState::of_pulls(
            Cursors { bug, queue: Arc::clone(&ports.queue), held: Arc::clone(&held) },
            Arc::clone(&ports.state),
        )),
        queue: Arc::new(BuggyQueue { bug, inner: Arc::clone(&ports.queue), held }),
        http: Arc::new(BuggyHttp { bug, inner: Arc::clone(&ports.http) }),
        ..ports
    }
}

/// What the names of pulls' cursors begin with.
const PULL: &str = "pull#";

/// What was read and is sent when the cursor has moved.
type Held = Arc<Mutex<Vec<Delivery>>>;

struct BuggyQueue {
    bug: PullBug,
    inner: Arc<dyn Queue>,
    held: Held,
}

impl Queue for BuggyQueue {
    fn send_delivery(&self, delivery: Delivery) -> PortFuture<'_, Result<(), QueueError>> {
        if self.bug == PullBug::SavesBeforeSending && delivery.source == ReadOrPush::Read {
            self.held.lock().expect("a world is one thread").push(delivery);
            return Box::pin(async { Ok(()) });
        }
        self.inner.send_delivery(delivery)
    }

    fn send_wakes(&self, lane: Lane, wakes: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>> {
        self.inner.send_wakes(lane, wakes)
    }

    fn waiting(&self, lane: Lane) -> PortFuture<'_, Result<usize, QueueError>> {
        self.inner.waiting(lane)
    }
}

struct BuggyHttp {
    bug: PullBug,
    inner: Arc<dyn Http>,
}

impl BuggyHttp {
    /// The answer as it is misread.
    fn misread(&self, mut response: HttpResponse, mutation: bool) -> HttpResponse {
        let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) else { return response };
        match self.bug {
            PullBug::FirstPageOnly => {
                if let Some(more) = body.pointer_mut("/data/orders/pageInfo/hasNextPage") {
                    *more = Value::Bool(false);
                }
            }
            PullBug::TakesPartsForWhole => {
                let nodes = body.pointer_mut("/data/orders/nodes").and_then(Value::as_array_mut);
                for node in nodes.into_iter().flatten() {
                    node["lineItems"]["pageInfo"]["hasNextPage"] = Value::Bool(false);
                }
            }
            PullBug::TakesThrottledForEmpty if body["errors"][0]["extensions"]["code"] == "THROTTLED" => {
                body = serde_json::json!({"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": false, "endCursor": null}}}});
            }
            PullBug::NeverSubscribes if mutation => {
                body = serde_json::json!({"data": {"webhookSubscriptionCreate": {"webhookSubscription": null, "userErrors": []}}});
            }
            _ => return response,
        }
        response.body = body.to_string().into_bytes();
        response
    }
}

impl Http for BuggyHttp {
    fn send(&self, mut request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            if !request.url.contains("/admin/api/") {
                return self.inner.send(request).await;
            }
            let text = String::from_utf8_lossy(&request.body).into_owned();
            let mutation = text.contains("mutation ");
            if self.bug == PullBug::AfterNotSince {
                request.body = text.replace("updated_at:>=", "updated_at:>").into_bytes();
            }
            if self.bug == PullBug::NeverSubscribes && mutation {
                let response = HttpResponse { status: 200, headers: Vec::new(), body: b"{}".to_vec() };
                return Ok(self.misread(response, true));
            }
            self.inner.send(request).await.map(|response| self.misread(response, mutation))
        })
    }
}

/// What becomes of the cursors.
pub(super) struct Cursors {
    bug: PullBug,
    queue: Arc<dyn Queue>,
    held: Held,
}

impl Cursors {
    /// A run begins: what an earlier one held died with its process.
    pub(super) fn loads(&self, name: &str) {
        if name.starts_with(PULL) {
            self.held.lock().expect("a world is one thread").clear();
        }
    }

    pub(super) async fn save(&self, state: &dyn State, name: &str, mut cursor: Cursor) -> Result<(), StateError> {
        if !name.starts_with(PULL) {
            return state.save_cursor(name, cursor).await;
        }
        if self.bug == PullBug::NoOverlap {
            let mut place: Value = serde_json::from_str(&cursor.value).expect("a place");
            if place["run"].is_null() {
                let from: Timestamp = place["from"].as_str().expect("an instant").parse().expect("an instant");
                place["from"] = from.checked_add(OVERLAP).expect("in the calendar").to_string().into();
            }
            cursor.value = place.to_string();
        }
        let saved = state.save_cursor(name, cursor).await;
        let held = std::mem::take(&mut *self.held.lock().expect("a world is one thread"));
        for delivery in held {
            self.queue.send_delivery(delivery).await.ok();
        }
        saved
    }
}
