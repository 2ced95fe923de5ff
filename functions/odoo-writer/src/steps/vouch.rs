//! Is it the database that we know? A restored backup, or a copy, answers like the real one and lacks what was written since.

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    ports::state::{Canary, Identity, StateError, Stopped},
    state::ExceptionClass,
};
use sluice_odoo::{
    Call, Fault, LoadAnswer, LoadMode, Mark, Session, mark_call, mark_row, parse_mark, parse_uuid, uuid_call,
};

use super::{Steps, call::Target};
use crate::job::Verdict;

/// How often a mark is left in the database: what was restored to a backup made after the last one is not noticed.
const EVERY: SignedDuration = SignedDuration::from_mins(5);
/// How often a look is repeated whose outcome another worker's note overtook.
const MAX_LOOKS: usize = 3;

/// What a look at the database says.
enum Look {
    /// It is the one we know, and this is known of it now.
    Known(Identity),
    /// It is not, and why.
    Changed(String),
}

impl Steps<'_> {
    /// Looks whether the database is the one that we know; answers why it is not. Once per session and not per call: one read,
    /// every few minutes one write, and for a cold worker the uuid.
    ///
    /// `known` was noted before the session was opened: what is read from the database now may be newer than it, never older.
    pub(super) async fn vouch(
        &self,
        session: &Session,
        mut known: Identity,
        cold: bool,
    ) -> Result<Option<String>, Fault> {
        for _ in 0..MAX_LOOKS {
            let (next, why) = match self.look(session, &known, cold).await? {
                Look::Known(next) => (next, None),
                Look::Changed(why) => {
                    let stopped = Stopped { since: self.now(), why: why.clone() };
                    (Identity { stopped: Some(stopped), ..known.clone() }, Some(why))
                }
            };
            if next == known {
                return Ok(None);
            }
            let state = &self.writer.ports.state;
            match state.save_identity(self.database(), next).await {
                Ok(()) => {
                    if let Some(reason) = &why {
                        tracing::error!(outcome = "stopped", reason, "nothing is written to Odoo any more");
                    }
                    return Ok(why);
                }
                Err(StateError::Conflict) => match state.identity(self.database()).await {
                    Ok(Identity { stopped: Some(stopped), .. }) => return Ok(Some(stopped.why)),
                    Ok(newer) => known = newer,
                    Err(error) => return Ok(unnoted(&error, why)),
                },
                Err(error) => return Ok(unnoted(&error, why)),
            }
        }
        Ok(None)
    }

    async fn look(&self, session: &Session, known: &Identity, cold: bool) -> Result<Look, Fault> {
        let mut next = known.clone();
        if cold && let Some(uuid) = self.optional(session, &uuid_call()).await?.as_ref().and_then(parse_uuid) {
            if known.uuid.as_ref().is_some_and(|before| *before != uuid) {
                return Ok(Look::Changed("has another uuid than it had: it is a copy, or another database".into()));
            }
            next.uuid = Some(uuid);
        }
        if let Some(canary) = next.canary {
            let Some(answer) = self.optional(session, &mark_call(canary.id)).await? else {
                return Ok(Look::Known(next));
            };
            match judge(&canary, parse_mark(&answer)) {
                Ok(seen) => next.canary = Some(seen),
                Err(why) => return Ok(Look::Changed(why)),
            }
        }
        if next.canary.is_none_or(|canary| self.now().duration_since(canary.written_at) >= EVERY) {
            next.canary = self.mark(session, next.canary).await?.or(next.canary);
        }
        Ok(Look::Known(next))
    }

    /// Leaves the next mark. No note is made of the call: should it commit late, over a newer one, its own date tells.
    async fn mark(&self, session: &Session, canary: Option<Canary>) -> Result<Option<Canary>, Fault> {
        let count = canary.map_or(1, |canary| canary.count.saturating_add(1));
        let target = Target { model: "res.partner", mode: LoadMode::Update, companies: Vec::new() };
        let written_at = self.now();
        match self.load_rows(session, &mark_row(count), &target).await {
            Ok(LoadAnswer::Done(ids)) => {
                let seen_at = canary.and_then(|canary| canary.seen_at);
                Ok(ids.first().map(|id| Canary { id: *id, count, written_at, seen_at }))
            }
            // Another worker is at it.
            Err(Fault::Conflict(_)) => Ok(None),
            Ok(LoadAnswer::Refused(messages)) => {
                let reason = messages.into_iter().next().map(|row| row.message).unwrap_or_default();
                unmarked(&Fault::Refused(reason));
                Ok(None)
            }
            Err(fault) if fault.is_outage() => Err(fault),
            Err(fault) => {
                unmarked(&fault);
                Ok(None)
            }
        }
    }

    /// A call that says nothing about orders when Odoo does not know it or forbids it.
    async fn optional(&self, session: &Session, call: &Call) -> Result<Option<serde_json::Value>, Fault> {
        match self.call(session, call).await {
            Ok(answer) => Ok(Some(answer)),
            Err(fault) if fault.is_outage() => Err(fault),
            Err(fault) => {
                tracing::debug!(%fault, "the database does not say which one it is");
                Ok(None)
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.writer.ports.clock.now()
    }

    fn database(&self) -> &str {
        &self.writer.settings.connection.database
    }
}

/// What was not noted is noticed again by the next look.
fn unnoted(error: &StateError, why: Option<String>) -> Option<String> {
    tracing::debug!(%error, "identity not saved");
    why
}

fn unmarked(fault: &Fault) {
    tracing::warn!(%fault, "no mark can be left in Odoo: a restored backup will not be noticed");
}

/// A lower count that was written later than what we saw is a call of ours that committed late, or another Sluice's: from
/// there it goes on. One that was not written later is the past.
fn judge(known: &Canary, found: Option<Mark>) -> Result<Canary, String> {
    let Some(Mark { count, written_at }) = found else {
        return Err(format!("no longer has our mark (contact {}): it is another one, or went back", known.id));
    };
    if count < known.count && known.seen_at.is_some_and(|seen| written_at <= seen) {
        return Err(format!("has the mark of {written_at}, and a later one had been left: it went back"));
    }
    Ok(Canary { count, seen_at: Some(written_at), ..*known })
}

/// How a subject ends while nothing may be written.
pub(crate) fn stopped(database: &str, why: &str) -> Verdict {
    Verdict::Hold {
        class: ExceptionClass::DatabaseChanged,
        cause: database.to_owned(),
        reason: format!(
            "the Odoo database `{database}` {why}; nothing is written to it until `sluice doctor --accept-database SINCE` \
             names the instant from which everything is verified again, that of the backup"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[track_caller]
    fn check((count, seen): (u64, Option<i64>), found: Option<(u64, i64)>, expect: Option<u64>) {
        let known = Canary { id: 9, count, written_at: at(1_000), seen_at: seen.map(at) };
        let found = found.map(|(count, written)| Mark { count, written_at: at(written) });
        assert_eq!(judge(&known, found).ok().map(|canary| canary.count), expect);
    }

    #[test]
    fn a_mark_of_the_past_is_told_from_a_late_one() {
        check((7, Some(90)), Some((7, 100)), Some(7));
        // Another worker was faster.
        check((7, Some(90)), Some((8, 110)), Some(8));
        // An older call of ours committed after the newer one.
        check((7, Some(90)), Some((6, 120)), Some(6));
        // The backup holds what we had seen, or what was before it.
        check((7, Some(90)), Some((6, 90)), None);
        check((7, Some(90)), Some((4, 30)), None);
        // Gone, or another contact.
        check((7, Some(90)), None, None);
        // Written and never looked at.
        check((1, None), Some((1, 10)), Some(1));
    }
}
