//! The state, with faults: refused, unsure, in conflict; item by item where a call has several.

use std::sync::Arc;

use jiff::Timestamp;
use sluice_domain::{
    ports::{
        PortFuture,
        state::{CallRecord, Cursor, Identity, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Head, Lane, Record},
    value::SubjectKey,
};

use super::Watch;
use crate::world::{
    fault::{Port, Strike},
    kernel::Kernel,
};

/// A state store that now and then fails.
pub(crate) struct FaultyState {
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) inner: Arc<dyn State>,
    pub(crate) watch: Arc<Watch>,
}

fn refused() -> StateError {
    StateError::Throttled("simulated".into())
}

fn unsure() -> StateError {
    StateError::Unknown("simulated".into())
}

impl FaultyState {
    async fn call<T>(
        &self,
        (port, what, subject): (Port, &str, &str),
        run: impl Future<Output = Result<T, StateError>>,
    ) -> Result<T, StateError> {
        let strike = self.kernel.begin(port, what).await;
        if matches!(strike, Strike::Refuse | Strike::Conflict) {
            self.kernel.note(what, subject, 1);
            return Err(refused());
        }
        let answer = run.await;
        self.kernel.note(what, subject, u64::from(answer.is_err()));
        self.kernel.end(strike).await;
        if strike == Strike::Unsure { Err(unsure()) } else { answer }
    }

    /// A conditional save of a small record.
    async fn note(&self, what: &str, run: impl Future<Output = Result<(), StateError>>) -> Result<(), StateError> {
        let strike = self.kernel.begin(Port::Note, what).await;
        let answer = match strike {
            Strike::Refuse => Err(refused()),
            Strike::Conflict => Err(StateError::Conflict),
            _ => run.await,
        };
        self.kernel.note(what, "", u64::from(answer.is_err()));
        self.kernel.end(strike).await;
        if strike == Strike::Unsure { Err(unsure()) } else { answer }
    }

    async fn save_each(&self, saves: Vec<Save>) -> Vec<Result<(), StateError>> {
        let strike = self.kernel.begin(Port::Save, "save").await;
        let struck: Vec<bool> = self.kernel.dice(|dice| {
            let alone = saves.len() == 1;
            saves.iter().map(|_| strike != Strike::Calm && (alone || dice.chance(5_000))).collect()
        });
        let unwritten = matches!(strike, Strike::Refuse | Strike::Conflict);
        let kept: Vec<Save> = saves
            .iter()
            .zip(&struck)
            .filter(|(_, struck)| !(unwritten && **struck))
            .map(|(save, _)| save.clone())
            .collect();
        let mut written = self.inner.save(kept.clone()).await.into_iter();
        for (save, answer) in kept.iter().zip(written.as_slice()) {
            self.watch.saved(save, answer);
        }
        let mut answers = Vec::with_capacity(saves.len());
        for (save, struck) in saves.iter().zip(struck) {
            let answer = match strike {
                Strike::Refuse if struck => Err(refused()),
                Strike::Conflict if struck => Err(StateError::Conflict),
                Strike::Unsure if struck => {
                    written.next();
                    Err(unsure())
                }
                _ => written.next().unwrap_or_else(|| Err(unsure())),
            };
            self.kernel.note("save", save.head.key.external_id(), save.head.version << 1 | u64::from(answer.is_err()));
            answers.push(answer);
        }
        self.kernel.end(strike).await;
        answers
    }
}

impl State for FaultyState {
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        Box::pin(async move {
            let subject = keys.first().map(|key| key.external_id().to_owned()).unwrap_or_default();
            self.call((Port::Read, "read", &subject), self.inner.read(keys)).await
        })
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(async move { if saves.is_empty() { Vec::new() } else { self.save_each(saves).await } })
    }

    fn due(&self, lane: Lane, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(async move { self.call((Port::Read, "due", ""), self.inner.due(lane, now, limit)).await })
    }

    fn find<'a>(&'a self, reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(async move { self.call((Port::Read, "find", reference), self.inner.find(reference)).await })
    }

    fn parked(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        Box::pin(async move { self.call((Port::Read, "parked", ""), self.inner.parked(after, limit)).await })
    }

    fn open_call(&self, call: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move {
            let step = call.step.clone();
            self.call((Port::Note, "open_call", &step), self.inner.open_call(call)).await
        })
    }

    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move { self.call((Port::Note, "close_call", id), self.inner.close_call(id)).await })
    }

    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        Box::pin(async move {
            let calls = self.call((Port::Read, "overdue_calls", ""), self.inner.overdue_calls(now, limit)).await?;
            self.watch.overdue(&calls);
            Ok(calls)
        })
    }

    fn acquire_permit(&self, request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        Box::pin(async move {
            let permit = self.call((Port::Note, "acquire_permit", ""), self.inner.acquire_permit(request)).await;
            self.kernel.note("permit", "", permit.as_ref().map_or(9, |permit| u64::from(permit.is_some())));
            permit
        })
    }

    fn release_permit(&self, permit: Permit) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move { self.call((Port::Note, "release_permit", ""), self.inner.release_permit(permit)).await })
    }

    fn pressure<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        Box::pin(async move { self.call((Port::Note, "pressure", database), self.inner.pressure(database)).await })
    }

    fn save_pressure<'a>(&'a self, database: &'a str, pressure: Pressure) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.note("save_pressure", self.inner.save_pressure(database, pressure)))
    }

    fn cursor<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Cursor, StateError>> {
        Box::pin(async move { self.call((Port::Note, "cursor", name), self.inner.cursor(name)).await })
    }

    fn save_cursor<'a>(&'a self, name: &'a str, cursor: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.note("save_cursor", self.inner.save_cursor(name, cursor)))
    }

    fn identity<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Identity, StateError>> {
        Box::pin(async move { self.call((Port::Note, "identity", database), self.inner.identity(database)).await })
    }

    fn save_identity<'a>(&'a self, database: &'a str, identity: Identity) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.note("save_identity", self.inner.save_identity(database, identity)))
    }

    fn heads(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        Box::pin(async move { self.call((Port::Read, "heads", ""), self.inner.heads(after, limit)).await })
    }
}
