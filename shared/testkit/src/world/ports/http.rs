//! Odoo in process, with trouble on the way.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use sluice_domain::ports::{
    PortFuture,
    http::{Http, HttpError, HttpRequest, HttpResponse},
};
use sluice_sandbox::odoo::{Effect, On, Outcome, SimFault, SimOdoo};

use super::{peer::Peer, shop::is_shop};
use crate::world::{
    engine::{Calls, Shops},
    fault::{Port, Strike, Trouble},
    kernel::{Kernel, later},
};

/// How long the writer waits for an answer, in milliseconds: longer than Odoo's own request limit of 120 s.
pub(crate) const TIMEOUT_MS: u64 = 130_000;
/// The latest that a call commits after it was sent, in seconds: within the margin of the call record's deadline.
const LATEST_COMMIT: i64 = 150;

/// What a call of another Odoo takes of the world's time, which stands still meanwhile.
const PEER_TOOK: SignedDuration = SignedDuration::from_millis(100);

/// A way to a simulated Odoo.
pub(crate) struct FaultyHttp {
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) odoo: Arc<Mutex<SimOdoo>>,
    /// Another Odoo that is asked instead.
    pub(crate) peer: Option<Peer>,
    /// Calls and bodies, where somebody wants to know.
    pub(crate) sent: Option<Calls>,
    /// What Odoo refuses for good.
    pub(crate) refusals: Arc<Mutex<Vec<SimFault>>>,
    /// The shops, where channels are read.
    pub(crate) shops: Shops,
}

/// Who waits how long for a call that meets trouble.
struct Waiting {
    effect: Option<Effect>,
    /// How long until its caller learns that there is no answer.
    gone_after: SignedDuration,
}

impl FaultyHttp {
    fn waiting(&self, trouble: Option<Trouble>) -> Waiting {
        self.kernel.dice(|dice| {
            let commit = SignedDuration::from_secs(dice.between(2, LATEST_COMMIT));
            // Its caller is gone before: a proxy closed the connection, or, now and then, nobody waits longer.
            let patience = if dice.chance(2_500) { 129 } else { 5 };
            let gone = SignedDuration::from_secs(dice.between(1, patience));
            let slow = u64::try_from(dice.between(2_000, 150_000)).unwrap_or(0);
            let attempts = u32::try_from(dice.between(1, 4)).unwrap_or(1);
            let effect = trouble.and_then(|trouble| match trouble {
                Trouble::Lost => Some(Effect::LostAnswer),
                Trouble::Dropped => Some(Effect::DroppedBefore),
                Trouble::Late => Some(Effect::CommitLate { after: commit }),
                Trouble::Serialization => Some(Effect::Serialization),
                Trouble::Deadlock => Some(Effect::Deadlock),
                Trouble::TooMany => Some(Effect::TooManyRequests { retry_after_s: 7 }),
                Trouble::Unavailable => Some(Effect::Unavailable),
                Trouble::BadGateway => Some(Effect::BadGateway),
                Trouble::Slow => Some(Effect::SlowBy { ms: slow }),
                Trouble::Retried => Some(Effect::ServerRetries { attempts }),
                Trouble::Refused => None,
            });
            let gone_after =
                if trouble == Some(Trouble::Late) { gone.min(commit - SignedDuration::from_secs(1)) } else { gone };
            Waiting { effect, gone_after }
        })
    }

    async fn exchange(&self, request: &HttpRequest, strike: Strike) -> Result<HttpResponse, HttpError> {
        if let Some(peer) = &self.peer {
            let answer = peer.ask(request);
            self.kernel.wait(later(self.kernel.now(), PEER_TOOK)).await;
            return answer;
        }
        let trouble = if let Strike::Http(trouble) = strike { Some(trouble) } else { None };
        if trouble == Some(Trouble::Refused) || self.kernel.odoo_is_down() {
            return Err(HttpError::NotSent("simulated".into()));
        }
        let waiting = self.waiting(trouble);
        let sent = self.kernel.now();
        let answered = {
            let mut odoo = self.odoo.lock().expect("a world is one thread");
            self.refusals.lock().expect("a world is one thread").iter().for_each(|fault| odoo.inject(fault.clone()));
            if let Some(effect) = waiting.effect {
                odoo.inject(SimFault::once(On::any(), effect));
            }
            let answered = odoo.call(request, sent);
            odoo.heal();
            answered
        };
        if let Outcome::Pending { commits_at } = answered.outcome {
            self.kernel.commits_late(commits_at);
        }
        let took = answered.server_ms.saturating_add(answered.slow_ms);
        let (after, answer) = match answered.outcome {
            Outcome::ConnectionRefused => (SignedDuration::ZERO, Err(HttpError::NotSent("connection refused".into()))),
            Outcome::LostAnswer | Outcome::Dropped | Outcome::Pending { .. } => {
                (waiting.gone_after, Err(HttpError::NoAnswer("connection closed".into())))
            }
            Outcome::Answer(_) if took > request.timeout_ms => {
                (millis(request.timeout_ms), Err(HttpError::NoAnswer("timed out".into())))
            }
            Outcome::Answer(response) => (millis(took), Ok(response)),
        };
        self.kernel.wait(later(sent, after)).await;
        answer
    }
}

/// `sale.order.load`, and the like.
fn name(request: &HttpRequest) -> String {
    if is_shop(request) {
        return super::shop::operation(request);
    }
    if let Some((_, path)) = request.url.split_once("/json/2/") {
        return path.replace('/', ".");
    }
    // Over JSON-RPC it stands in the body, after the login: `"args":["db",2,"key","sale.order","load",`.
    let body = String::from_utf8_lossy(request.body.get(..200).unwrap_or(&request.body));
    let texts = body.split_once(r#""args":["#).map_or("", |(_, args)| args).split('"').skip(1).step_by(2);
    texts.skip(2).take(2).collect::<Vec<_>>().join(".")
}

fn millis(count: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(count).unwrap_or(i64::MAX))
}

impl Http for FaultyHttp {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            let name = name(&request);
            let method = name.rsplit('.').next().unwrap_or_default();
            let writes = method == "load" || method.starts_with("action_");
            let strike = self.kernel.begin(if writes { Port::HttpWrite } else { Port::Http }, &name).await;
            if let Some(sent) = &self.sent {
                sent.lock().expect("a world is one thread").push((name, request.body.clone()));
            }
            // An error of a store makes no sense here: the connection is refused instead.
            let strike = match strike {
                Strike::Refuse | Strike::Conflict => Strike::Http(Trouble::Refused),
                Strike::Unsure => Strike::Http(Trouble::Lost),
                strike => strike,
            };
            self.kernel.note_bytes(&request.body);
            let answer = if is_shop(&request) {
                self.ask_shop(&request, strike).await
            } else {
                self.exchange(&request, strike).await
            };
            let status = answer.as_ref().map_or(0, |response| u64::from(response.status));
            tracing::debug!(url = request.url, status, ?strike, sent = %String::from_utf8_lossy(&request.body),
                answered = %answer.as_ref().map_or("", |response| std::str::from_utf8(&response.body).unwrap_or("")));
            self.kernel.note("http", &request.url, status);
            self.kernel.end(strike).await;
            answer
        })
    }
}
