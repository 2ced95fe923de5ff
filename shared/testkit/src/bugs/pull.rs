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
        state::{CallRecord, Cursor, Identity, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Head, Lane, ReadOrPush, Record},
    value::SubjectKey,
};
use sluice_reconciler::OVERLAP;

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
        state: Arc::new(BuggyState {
            bug,
            inner: Arc::clone(&ports.state),
            queue: Arc::clone(&ports.queue),
            held: Arc::clone(&held),
        }),
        queue: Arc::new(BuggyQueue { bug, inner: Arc::clone(&ports.queue), held }),
        http: Arc::new(BuggyHttp { bug, inner: Arc::clone(&ports.http) }),
        ..ports
    }
}

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

struct BuggyState {
    bug: PullBug,
    inner: Arc<dyn State>,
    queue: Arc<dyn Queue>,
    held: Held,
}

impl BuggyState {
    async fn save_cursor_badly(&self, name: &str, mut cursor: Cursor) -> Result<(), StateError> {
        if self.bug == PullBug::NoOverlap && name.starts_with("pull#") {
            let mut place: Value = serde_json::from_str(&cursor.value).expect("a place");
            if place["run"].is_null() {
                let from: Timestamp = place["from"].as_str().expect("an instant").parse().expect("an instant");
                place["from"] = from.checked_add(OVERLAP).expect("in the calendar").to_string().into();
            }
            cursor.value = place.to_string();
        }
        let saved = self.inner.save_cursor(name, cursor).await;
        if name.starts_with("pull#") {
            let held = std::mem::take(&mut *self.held.lock().expect("a world is one thread"));
            for delivery in held {
                self.queue.send_delivery(delivery).await.ok();
            }
        }
        saved
    }
}

impl State for BuggyState {
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        self.inner.read(keys)
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        self.inner.save(saves)
    }

    fn due(&self, lane: Lane, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        self.inner.due(lane, now, limit)
    }

    fn find<'a>(&'a self, reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        self.inner.find(reference)
    }

    fn parked(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        self.inner.parked(after, limit)
    }

    fn open_call(&self, call: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        self.inner.open_call(call)
    }

    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        self.inner.close_call(id)
    }

    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        self.inner.overdue_calls(now, limit)
    }

    fn acquire_permit(&self, request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        self.inner.acquire_permit(request)
    }

    fn release_permit(&self, permit: Permit) -> PortFuture<'_, Result<(), StateError>> {
        self.inner.release_permit(permit)
    }

    fn pressure<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        self.inner.pressure(database)
    }

    fn save_pressure<'a>(&'a self, database: &'a str, pressure: Pressure) -> PortFuture<'a, Result<(), StateError>> {
        self.inner.save_pressure(database, pressure)
    }

    fn identity<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Identity, StateError>> {
        self.inner.identity(database)
    }

    fn save_identity<'a>(&'a self, database: &'a str, identity: Identity) -> PortFuture<'a, Result<(), StateError>> {
        self.inner.save_identity(database, identity)
    }

    fn heads(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        self.inner.heads(after, limit)
    }

    fn cursor<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Cursor, StateError>> {
        if name.starts_with("pull#") {
            // A run begins: what an earlier one held died with its process.
            self.held.lock().expect("a world is one thread").clear();
        }
        self.inner.cursor(name)
    }

    fn save_cursor<'a>(&'a self, name: &'a str, cursor: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.save_cursor_badly(name, cursor))
    }
}
