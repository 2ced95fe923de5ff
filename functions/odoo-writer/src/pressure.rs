//! Pressure on Odoo: permits, the breaker, and a limit that follows the answer time.

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    disposition::Disposition,
    ports::{
        Ports,
        state::{Identity, Permit, PermitKind, PermitRequest, Pressure, StateError},
    },
};
use sluice_odoo::Fault;

use crate::{handler::WriterSettings, job::Verdict, steps::stopped};

/// A whole invocation that took longer than this per call halves the limit.
const SLOW: SignedDuration = SignedDuration::from_secs(20);
/// One that took less adds one.
const FAST: SignedDuration = SignedDuration::from_secs(5);
/// How often the limit may move.
const SETTLE: SignedDuration = SignedDuration::from_secs(10);
/// How long a worker without a permit leaves its orders alone, in milliseconds, before jitter.
const NO_PERMIT_MS: i64 = 2_000;
/// How long it waits for one before that. Orders that are left alone come back with the next sweep only: workers that did not
/// wait would empty the queue within seconds, and the one that may work would be idle for the rest of the minute.
const PATIENCE: SignedDuration = SignedDuration::from_secs(15);
/// How often it asks meanwhile, in milliseconds, before jitter.
const ASK_AGAIN_MS: u64 = 500;
/// The shortest and the longest time that the breaker stays open, in milliseconds.
const OPEN_MS: (i64, i64) = (2_000, 300_000);
/// How much longer than its invocation a permit lives, in seconds.
const PERMIT_MARGIN_SECONDS: i64 = 10;

/// Lets a worker into a database, and notes how it went.
pub(crate) struct Gatekeeper<'a> {
    ports: &'a Ports,
    settings: &'a WriterSettings,
}

/// A worker that was let in.
pub(crate) struct Entry {
    permit: Permit,
    identity: Identity,
    pressure: Pressure,
    since: Timestamp,
}

/// Whose turn it is to confirm orders.
pub(crate) enum Turn {
    /// Ours, until we give the permit back, where one is needed.
    Ours(Option<Permit>),
    /// Another worker confirms.
    Anothers,
}

impl Entry {
    /// What was noted of the database when it was entered.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }
}

impl<'a> Gatekeeper<'a> {
    pub(crate) fn new(ports: &'a Ports, settings: &'a WriterSettings) -> Self {
        Self { ports, settings }
    }

    fn database(&self) -> &str {
        &self.settings.connection.database
    }

    /// The most calls in flight: Odoo's workers less one, for the people who work in it.
    fn most(&self) -> u32 {
        self.settings.odoo_workers.saturating_sub(1).max(1)
    }

    /// Takes a permit, if need be after some waiting, or says when to come back.
    pub(crate) async fn enter(&self, deadline: Timestamp) -> Result<Entry, Verdict> {
        let since = self.ports.clock.now();
        loop {
            if let Some(entry) = self.try_to_enter(deadline).await? {
                return Ok(entry);
            }
            let now = self.ports.clock.now();
            // More time must be left for the work than for the waiting.
            if now.duration_since(since) >= PATIENCE || deadline.duration_since(now) <= PATIENCE {
                let why = "all permits of the database are taken".to_owned();
                return Err(Verdict::Defer { at: self.later(NO_PERMIT_MS), counts: false, why });
            }
            let jitter = self.ports.random.next() % ASK_AGAIN_MS;
            self.ports.timer.sleep(ASK_AGAIN_MS.saturating_add(jitter)).await;
        }
    }

    /// `None` where as many as may are at it.
    async fn try_to_enter(&self, deadline: Timestamp) -> Result<Option<Entry>, Verdict> {
        let now = self.ports.clock.now();
        let defer = |at, why: &str| Verdict::Defer { at, counts: false, why: why.to_owned() };
        let pressure = match self.ports.state.pressure(self.database()).await {
            Ok(pressure) => pressure,
            Err(error) => return Err(defer(self.later(NO_PERMIT_MS), &format!("pressure not read: {error}"))),
        };
        if let Some(until) = pressure.open_until
            && now < until
        {
            return Err(defer(self.after(until), "Odoo is left alone for a while"));
        }
        let identity = match self.ports.state.identity(self.database()).await {
            Ok(Identity { stopped: Some(known), .. }) => return Err(stopped(self.database(), &known.why)),
            Ok(identity) => identity,
            Err(error) => return Err(defer(self.later(NO_PERMIT_MS), &format!("identity not read: {error}"))),
        };
        // After an outage one probe goes first; the others wait for what it finds.
        let limit = if pressure.open_until.is_some() {
            1
        } else if pressure.limit == 0 {
            self.most()
        } else {
            pressure.limit.min(self.most())
        };
        match self.permit((PermitKind::Call, limit), deadline).await {
            Ok(permit) => Ok(permit.map(|permit| Entry { permit, identity, pressure, since: now })),
            Err(error) => Err(self.no_permit(&error)),
        }
    }

    async fn permit(
        &self,
        (kind, limit): (PermitKind, u32),
        deadline: Timestamp,
    ) -> Result<Option<Permit>, StateError> {
        let now = self.ports.clock.now();
        let request = PermitRequest {
            database: self.database().to_owned(),
            kind,
            holder: format!("{:016x}", self.ports.random.next()),
            limit,
            now,
            term: deadline.duration_since(now).saturating_add(SignedDuration::from_secs(PERMIT_MARGIN_SECONDS)),
        };
        self.ports.state.acquire_permit(request).await
    }

    /// Whose turn it is to confirm. An economy: that two never confirm the same order is Odoo's to say.
    pub(crate) async fn turn_to_confirm(&self, deadline: Timestamp) -> Result<Turn, Verdict> {
        if self.most() == 1 {
            // Nobody else may call at all.
            return Ok(Turn::Ours(None));
        }
        match self.permit((PermitKind::Confirm, 1), deadline).await {
            Ok(Some(permit)) => Ok(Turn::Ours(Some(permit))),
            Ok(None) => Ok(Turn::Anothers),
            Err(error) => Err(self.no_permit(&error)),
        }
    }

    /// Gives a permit back.
    pub(crate) async fn give_back(&self, permit: Permit) {
        if let Err(error) = self.ports.state.release_permit(permit).await {
            tracing::debug!(%error, "permit not released: it runs out by itself");
        }
    }

    fn no_permit(&self, error: &StateError) -> Verdict {
        Verdict::Defer { at: self.later(NO_PERMIT_MS), counts: false, why: format!("no permit: {error}") }
    }

    /// How a batch that met this fault goes on.
    pub(crate) fn after_fault(&self, fault: &Fault) -> Verdict {
        let wait = match fault.disposition() {
            Disposition::Retry { after: Some(after) } => i64::try_from(after.as_millis()).unwrap_or(NO_PERMIT_MS),
            Disposition::Retry { after: None }
            | Disposition::Reconcile
            | Disposition::Await { .. }
            | Disposition::Park { .. } => NO_PERMIT_MS,
        };
        Verdict::Defer { at: self.later(wait), counts: !fault.is_outage(), why: fault.to_string() }
    }

    /// Gives the permit back and moves the limit.
    pub(crate) async fn leave(&self, entry: Entry, fault: Option<&Fault>) {
        let now = self.ports.clock.now();
        let next = match fault.filter(|fault| fault.is_outage()) {
            Some(fault) => self.opened(&entry.pressure, fault, now),
            None => self.followed(&entry.pressure, now.duration_since(entry.since), now),
        };
        if next != entry.pressure
            && let Err(error) = self.ports.state.save_pressure(self.database(), next).await
        {
            // Another worker noted its own view first; the next one corrects either.
            tracing::debug!(%error, "pressure not saved");
        }
        self.give_back(entry.permit).await;
    }

    fn opened(&self, pressure: &Pressure, fault: &Fault, now: Timestamp) -> Pressure {
        let failures = pressure.failures.saturating_add(1);
        let doubled = OPEN_MS.0.saturating_mul(1_i64.checked_shl(failures.min(10)).unwrap_or(i64::MAX));
        let named = match fault.disposition() {
            Disposition::Retry { after: Some(after) } => i64::try_from(after.as_millis()).unwrap_or(0),
            Disposition::Retry { after: None }
            | Disposition::Reconcile
            | Disposition::Await { .. }
            | Disposition::Park { .. } => 0,
        };
        let wait = doubled.clamp(OPEN_MS.0, OPEN_MS.1).max(named);
        let limit = if pressure.limit == 0 { self.most() } else { pressure.limit };
        Pressure {
            version: pressure.version,
            limit: (limit / 2).max(1),
            open_until: now.checked_add(SignedDuration::from_millis(wait)).ok(),
            failures,
            moved_at: Some(now),
        }
    }

    fn followed(&self, pressure: &Pressure, took: SignedDuration, now: Timestamp) -> Pressure {
        let limit = if pressure.limit == 0 { self.most() } else { pressure.limit };
        let settled = pressure.moved_at.is_none_or(|moved| now.duration_since(moved) >= SETTLE);
        let moved = match took {
            _ if !settled => limit,
            took if took >= SLOW => (limit / 2).max(1),
            took if took <= FAST => limit.saturating_add(1).min(self.most()),
            _ => limit,
        };
        let reopened = pressure.open_until.is_some() || pressure.failures > 0;
        if moved == limit && !reopened {
            return pressure.clone();
        }
        Pressure { version: pressure.version, limit: moved, open_until: None, failures: 0, moved_at: Some(now) }
    }

    fn later(&self, milliseconds: i64) -> Timestamp {
        let wait = SignedDuration::from_millis(milliseconds.max(0));
        self.after(self.ports.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX))
    }

    /// With up to a second of jitter, so that workers do not come back as one.
    fn after(&self, at: Timestamp) -> Timestamp {
        let jitter = i64::try_from(self.ports.random.next() % 1_000).unwrap_or_default();
        at.checked_add(SignedDuration::from_millis(jitter)).unwrap_or(Timestamp::MAX)
    }
}
