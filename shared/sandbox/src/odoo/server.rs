//! The server: faults around calls, calls as transactions.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::Value as Json;
use sluice_domain::ports::http::{HttpError, HttpRequest, HttpResponse};

use super::{
    config::{Role, SimConfig},
    cost::cost,
    fault::{Answered, Effect, Outcome, SimFault},
    load,
    orm::env::Env,
    schema, seed,
    store::{Db, rows::RestoreError, value::Id},
    wire::{
        self, Incoming,
        call::Call,
        error::{Kind, OdooError},
        json2,
        jsonrpc::{self, Ask},
        methods, pages,
    },
};

/// A simulated Odoo server with one database.
#[derive(Clone, Debug)]
pub struct SimOdoo {
    config: SimConfig,
    pub(super) db: Db,
    faults: Vec<SimFault>,
    late: VecDeque<(Timestamp, Incoming)>,
    down_until: Option<Timestamp>,
}

/// What faults do to one call.
#[derive(Default)]
struct Disturbance {
    effect: Option<Effect>,
    slow_ms: u64,
    retries: u32,
}

impl SimOdoo {
    /// A freshly installed database: two companies ("Retail US" in USD, "Retail EU" in EUR) with a warehouse each,
    /// currencies and their price lists, countries and states, a zero tax per company; no products.
    #[must_use]
    pub fn new(config: SimConfig) -> Self {
        let mut db = Db::new();
        seed::plant(&mut db, &config, 0);
        if !config.track_changes {
            db.forget_changes();
        }
        Self { config, db, faults: Vec::new(), late: VecDeque::new(), down_until: None }
    }

    /// The database that [`Self::drain_changes`] wrote; without any rows, a fresh one. Pending faults and calls that
    /// would commit late are not part of it.
    ///
    /// # Errors
    /// When a row has an unknown key or does not read.
    pub fn restore(config: SimConfig, rows: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, RestoreError> {
        let mut db = Db::new();
        for (key, content) in rows {
            db.restore_row(&key, &content)?;
        }
        if db.count(schema::USER) == 0 {
            return Ok(Self::new(config));
        }
        Ok(Self { config, db, faults: Vec::new(), late: VecDeque::new(), down_until: None })
    }

    /// What changed since the last call, as rows for a durable store; `None` is a deleted row. The first call after
    /// [`Self::new`] gives the whole database.
    pub fn drain_changes(&mut self) -> Vec<(String, Option<Vec<u8>>)> {
        self.db.drain()
    }

    /// The database manager duplicates it, and this is the duplicate: the same but for its uuid.
    pub fn become_a_copy(&mut self, seed: u64) {
        self.config.seed = seed;
    }

    /// How it was made.
    #[must_use]
    pub fn config(&self) -> &SimConfig {
        &self.config
    }

    /// Adds a fault to those waiting. The first that meets a call acts on it.
    pub fn inject(&mut self, fault: SimFault) {
        if let Effect::DownUntil(until) = fault.effect {
            self.down_until = Some(until);
            return;
        }
        self.faults.push(fault);
    }

    /// Forgets all faults that have not acted yet. Calls that will commit late still do.
    pub fn heal(&mut self) {
        self.faults.clear();
        self.down_until = None;
    }

    /// Lets the calls happen whose late commit is due.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some(at) = self.late.iter().position(|(due, _)| *due <= now) {
            if let Some((due, incoming)) = self.late.remove(at) {
                self.answer(&incoming, due);
            }
        }
    }

    /// Answers one request, as an HTTP port would.
    ///
    /// # Errors
    /// When a fault keeps the answer back.
    pub fn handle(&mut self, request: &HttpRequest, now: Timestamp) -> Result<HttpResponse, HttpError> {
        match self.call(request, now).outcome {
            Outcome::Answer(response) => Ok(response),
            Outcome::ConnectionRefused => Err(HttpError::NotSent("connection refused".into())),
            Outcome::LostAnswer | Outcome::Dropped | Outcome::Pending { .. } => {
                Err(HttpError::NoAnswer("connection closed".into()))
            }
        }
    }

    /// Answers one request at an instant, faults and costs included.
    pub fn call(&mut self, request: &HttpRequest, now: Timestamp) -> Answered {
        self.advance(now);
        if self.down_until.is_some_and(|until| now < until) {
            return Answered { outcome: Outcome::ConnectionRefused, server_ms: 0, slow_ms: 0 };
        }
        self.down_until = None;
        let incoming = wire::route(&self.config, request);
        let disturbance = self.disturb(incoming.call());
        let server_ms = self.config.costs.map_or(0, |costs| cost(costs, incoming.call()));
        let outcome = self.act(incoming, &disturbance, now);
        if !self.config.track_changes {
            self.db.forget_changes();
        }
        Answered { outcome, server_ms, slow_ms: disturbance.slow_ms }
    }

    /// Takes the faults that meet a call: delays and retries add up, of the others the first acts.
    fn disturb(&mut self, call: Option<&Call>) -> Disturbance {
        let mut found = Disturbance::default();
        let (model, method) = call.map_or(("", ""), |call| (&*call.model, &*call.method));
        for fault in &mut self.faults {
            if fault.times == 0 || !fault.on.meets(model, method) || !applies(&fault.effect, call) {
                continue;
            }
            match &fault.effect {
                Effect::SlowBy { ms } => found.slow_ms = found.slow_ms.saturating_add(*ms),
                Effect::ServerRetries { attempts } => found.retries = found.retries.saturating_add(*attempts),
                Effect::LostAnswer
                | Effect::DroppedBefore
                | Effect::CommitLate { .. }
                | Effect::Serialization
                | Effect::Deadlock
                | Effect::TooManyRequests { .. }
                | Effect::Unavailable
                | Effect::BadGateway
                | Effect::DownUntil(_)
                | Effect::RowError { .. } => {
                    if found.effect.is_some() {
                        continue;
                    }
                    found.effect = Some(fault.effect.clone());
                }
            }
            fault.times = fault.times.saturating_sub(1);
        }
        self.faults.retain(|fault| fault.times > 0);
        found
    }

    fn act(&mut self, incoming: Incoming, disturbance: &Disturbance, now: Timestamp) -> Outcome {
        for _ in 0..disturbance.retries {
            self.rehearse(&incoming, now);
        }
        match &disturbance.effect {
            None | Some(Effect::SlowBy { .. } | Effect::ServerRetries { .. } | Effect::DownUntil(_)) => {
                Outcome::Answer(self.answer(&incoming, now))
            }
            Some(Effect::LostAnswer) => {
                self.answer(&incoming, now);
                Outcome::LostAnswer
            }
            Some(Effect::DroppedBefore) => Outcome::Dropped,
            Some(Effect::CommitLate { after }) => {
                let commits_at = now.checked_add(*after).unwrap_or(Timestamp::MAX);
                self.late.push_back((commits_at, incoming));
                Outcome::Pending { commits_at }
            }
            Some(Effect::TooManyRequests { retry_after_s }) => {
                Outcome::Answer(pages::too_many_requests(*retry_after_s))
            }
            Some(Effect::Unavailable) => Outcome::Answer(pages::unavailable()),
            Some(Effect::BadGateway) => Outcome::Answer(pages::bad_gateway()),
            Some(Effect::Serialization) => self.conflict(&incoming, OdooError::serialization(), now),
            Some(Effect::Deadlock) => self.conflict(&incoming, OdooError::deadlock(), now),
            Some(Effect::RowError { external_id, message }) => self.bad_row(&incoming, (external_id, message), now),
        }
    }

    /// A conflict: in `load` a message, elsewhere an error. What the call took from sequences stays taken.
    fn conflict(&mut self, incoming: &Incoming, error: OdooError, now: Timestamp) -> Outcome {
        self.rehearse(incoming, now);
        let is_load = incoming.call().is_some_and(|call| call.method == "load");
        // The first record is the one that lost; 231 shows one row, so its span is that of its own rows.
        let to = incoming.call().and_then(|call| self.place_of(call, None)).map_or(0, |place| place.to);
        let outcome = if is_load { Ok(Some(load::refused(&error.message, to))) } else { Err(error) };
        Outcome::Answer(self.respond(incoming, outcome))
    }

    fn bad_row(&mut self, incoming: &Incoming, (external_id, message): (&str, &str), now: Timestamp) -> Outcome {
        self.rehearse(incoming, now);
        let place = incoming.call().and_then(|call| self.place_of(call, Some(external_id)));
        let outcome = match place {
            Some(place) => {
                // A business rule's refusal is said of the first record too.
                let first = incoming.call().and_then(|call| self.place_of(call, None)).filter(|_| place.record > 0);
                let places = first.into_iter().chain([place]);
                let messages: Vec<Json> = places.map(|place| place.message("error", message)).collect();
                Ok(Some(serde_json::json!({ "ids": false, "messages": messages, "nextrow": 0 })))
            }
            None => Ok(Some(load::refused(message, 0))),
        };
        Outcome::Answer(self.respond(incoming, outcome))
    }

    fn place_of(&self, call: &Call, external_id: Option<&str>) -> Option<load::Place> {
        let model = schema::by_name(&call.model)?;
        let env = self.env(seed::ADMIN, call, Timestamp::UNIX_EPOCH)?;
        let list = |place: usize, name: &str| {
            let argument = call.args.get(place).or_else(|| call.named.get(name));
            argument.and_then(Json::as_array).map_or(&[][..], Vec::as_slice)
        };
        load::place_of(model, (list(0, "fields"), list(1, "data")), &env, external_id)
    }

    /// Runs a call and undoes it: only sequences remember.
    fn rehearse(&mut self, incoming: &Incoming, now: Timestamp) {
        if let Ok((user, call)) = self.caller(incoming)
            && let Some(mut env) = self.env(user, call, now)
            && env.enter_companies().is_ok()
        {
            let _ = methods::run(&mut self.db, &mut env, call);
            self.db.rollback();
        }
    }

    /// Who calls what; `Err` is the refusal, or `None` when it is no call of a method.
    fn caller<'a>(&self, incoming: &'a Incoming) -> Result<(Id, &'a Call), Option<OdooError>> {
        match incoming {
            Incoming::Answered(_) => Err(None),
            Incoming::Json2(json2) => self
                .user_by_key(&json2.key)
                .map(|user| (user, &json2.call))
                .ok_or_else(|| Some(OdooError::new(Kind::AccessDenied, "Access Denied"))),
            Incoming::Rpc(rpc) => match &rpc.ask {
                Ask::Execute { user, key, call } if self.user_by_key(key) == Some(*user) => Ok((*user, call)),
                // Exchange 200.
                Ask::Execute { .. } => Err(Some(OdooError::new(Kind::AccessDenied, "Access Denied"))),
                Ask::Version | Ask::Authenticate { .. } | Ask::Refused(_) => Err(None),
            },
        }
    }

    /// Runs a request to its end: commit or rollback.
    fn answer(&mut self, incoming: &Incoming, now: Timestamp) -> HttpResponse {
        let outcome = match self.caller(incoming) {
            Ok((user, call)) => self.transact(user, call, now),
            Err(Some(error)) if matches!(incoming, Incoming::Json2(_)) => {
                let _ = error;
                return json2::bad_key();
            }
            Err(Some(error)) => Err(error),
            Err(None) => self.without_call(incoming),
        };
        self.respond(incoming, outcome)
    }

    fn transact(&mut self, user: Id, call: &Call, now: Timestamp) -> Result<Option<Json>, OdooError> {
        let mut env = self.env(user, call, now).ok_or_else(|| OdooError::new(Kind::AccessDenied, "Access Denied"))?;
        env.enter_companies()?;
        let outcome = methods::run(&mut self.db, &mut env, call);
        match outcome {
            Ok(_) => self.db.commit(),
            Err(_) => self.db.rollback(),
        }
        outcome
    }

    fn without_call(&self, incoming: &Incoming) -> Result<Option<Json>, OdooError> {
        let Incoming::Rpc(rpc) = incoming else { return Ok(None) };
        match &rpc.ask {
            Ask::Version => Ok(Some(wire::version(self.config.version))),
            Ask::Authenticate { login, key } => {
                let user = self
                    .user_by_key(key)
                    .filter(|user| self.db.field(schema::USER, *user, schema::base::user::LOGIN).as_str() == login);
                Ok(Some(user.map_or(Json::Bool(false), |user| serde_json::json!(user))))
            }
            Ask::Refused(error) => Err(error.clone()),
            Ask::Execute { .. } => Ok(None),
        }
    }

    fn respond(&self, incoming: &Incoming, outcome: Result<Option<Json>, OdooError>) -> HttpResponse {
        match incoming {
            Incoming::Answered(response) => response.clone(),
            Incoming::Rpc(rpc) => jsonrpc::answer(&rpc.id, outcome, self.config.version),
            Incoming::Json2(_) => json2::answer(outcome, self.config.version),
        }
    }

    /// Users stand in the database in the order administrator, integration user, others.
    fn user_by_key(&self, key: &str) -> Option<Id> {
        let keys = [&self.config.admin_key, &self.config.api_key];
        let keys = keys.into_iter().chain(self.config.users.iter().map(|user| &user.api_key));
        keys.zip(seed::ADMIN..).find(|(known, _)| *known == key && !key.is_empty()).map(|(_, user)| user)
    }

    fn env(&self, user: Id, call: &Call, now: Timestamp) -> Option<Env> {
        let extra = usize::try_from(user.checked_sub(seed::INTEGRATION)?.checked_sub(1).unwrap_or(-1)).ok();
        let role = match user {
            seed::ADMIN => Role::Administrator,
            seed::INTEGRATION => self.config.role,
            _ => self.config.users.get(extra?)?.role,
        };
        let record = self.db.get(schema::USER, user)?;
        Some(Env {
            version: self.config.version,
            user,
            role,
            company: record.id_at(schema::base::user::COMPANY).unwrap_or(seed::COMPANY_US),
            companies: record.get(schema::base::user::COMPANIES).as_ids().to_vec(),
            context: call.context.clone(),
            now: now.as_second(),
            import: None,
            uuid: self.config.uuid(),
            price_digits: self.config.price_digits,
            list_discount: self.config.list_discount,
            zone: record.get(schema::base::user::TZ).as_str().to_owned(),
        })
    }
}

/// A row error acts only on a `load` that has the record.
fn applies(effect: &Effect, call: Option<&Call>) -> bool {
    match effect {
        Effect::RowError { external_id, .. } => call.is_some_and(|call| {
            let rows = call.args.get(1).or_else(|| call.named.get("data")).and_then(Json::as_array);
            call.method == "load"
                && rows.is_some_and(|rows| {
                    rows.iter().filter_map(Json::as_array).any(|row| row.iter().any(|cell| cell == external_id))
                })
        }),
        Effect::LostAnswer
        | Effect::DroppedBefore
        | Effect::CommitLate { .. }
        | Effect::Serialization
        | Effect::Deadlock
        | Effect::TooManyRequests { .. }
        | Effect::Unavailable
        | Effect::BadGateway
        | Effect::DownUntil(_)
        | Effect::SlowBy { .. }
        | Effect::ServerRetries { .. } => true,
    }
}
