//! The Odoo database: is anything written to it, and what an operator does who knows what was restored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sluice_domain::{
    ports::state::{Identity, StateError, Stopped},
    state::{AppliedSteps, Due, ExceptionClass, Head, Lane},
    value::{Kind, SubjectKey},
};

use crate::{Operator, OperatorError};

/// How many subjects one call of [`Operator::accept_database`] looks at.
const PAGE: usize = 200;
/// How often a note that lost against another one is tried again.
const MAX_SAVES: usize = 5;

/// What is known of the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseView {
    /// Its name.
    pub database: String,
    /// Why nothing is written to it, and since when.
    pub stopped: Option<Stopped>,
}

/// What one call of [`Operator::accept_database`] did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Subjects that are verified again.
    pub subjects: usize,
    /// Where the next call goes on; `None` when all is done and writing goes on.
    pub next: Option<SubjectKey>,
}

impl Operator {
    /// What is known of the database.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn database(&self) -> Result<DatabaseView, OperatorError> {
        let identity = self.ports.state.identity(&self.database).await?;
        Ok(DatabaseView { database: self.database.clone(), stopped: identity.stopped })
    }

    /// Accepts the database as it is now: everything that was done in it since that instant is verified again. Nothing is
    /// written while this goes on; call it again with [`Accepted::next`] until there is none. Repeating it does no harm.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn accept_database(
        &self,
        since: Timestamp,
        after: Option<SubjectKey>,
    ) -> Result<Accepted, OperatorError> {
        if after.is_none() {
            let now = self.ports.clock.now();
            let stopped = Stopped { since: now, why: "is being verified again: an operator accepts it".into() };
            self.renote(|identity| identity.stopped.get_or_insert_with(|| stopped.clone()).clone()).await?;
        }
        let page = self.ports.state.heads(after, PAGE).await?;
        let next = page.last().filter(|_| page.len() == PAGE).map(|head| head.key.clone());
        let in_doubt = page.into_iter().filter(|head| is_in_doubt(head, since)).map(|head| head.key);
        let in_doubt: Vec<SubjectKey> = in_doubt.collect();
        for key in &in_doubt {
            self.change(key, |record, now| {
                if is_in_doubt(&record.head, since) {
                    forget(&mut record.head, now);
                }
                false
            })
            .await?;
            self.note(key, &format!("verified again from {since}: an operator accepted the Odoo database")).await;
        }
        let subjects = in_doubt.len();
        if next.is_none() {
            // Uuid and mark are learned anew. Whoever is woken earlier would be held.
            self.renote(|identity| *identity = Identity { version: identity.version, ..Identity::default() }).await?;
            for key in in_doubt {
                self.wake(key).await;
            }
        }
        Ok(Accepted { subjects, next })
    }

    /// Changes what is noted of the database, on top of whatever is noted.
    async fn renote<T>(&self, change: impl Fn(&mut Identity) -> T) -> Result<(), OperatorError> {
        for _ in 0..MAX_SAVES {
            let mut identity = self.ports.state.identity(&self.database).await?;
            change(&mut identity);
            match self.ports.state.save_identity(&self.database, identity).await {
                Err(StateError::Conflict) => {}
                answer => return Ok(answer?),
            }
        }
        Err(OperatorError::Busy(self.database.clone()))
    }
}

/// May what we know of it in Odoo be of later than that instant? What came to rest before, and was not missed before, is not.
fn is_in_doubt(head: &Head, since: Timestamp) -> bool {
    let parked_as = |class| head.parked.as_ref().filter(|parked| parked.class == class);
    if parked_as(ExceptionClass::DatabaseChanged).is_some() {
        return true;
    }
    if !matches!(head.key.kind(), Kind::Order | Kind::Summary)
        || (head.odoo.is_none() && head.applied == AppliedSteps::default())
    {
        return false;
    }
    let missed_before = parked_as(ExceptionClass::DeletedInOdoo).is_some_and(|parked| parked.since < since);
    let at_rest = head.applied.settled == head.desired && head.settled_at.is_some_and(|settled| settled < since);
    !missed_before && !at_rest
}

/// What Odoo holds of it is forgotten: it is found by its external id, or by its number where it was adopted, or created.
fn forget(head: &mut Head, now: Timestamp) {
    let by_database = [ExceptionClass::DatabaseChanged, ExceptionClass::DeletedInOdoo];
    head.parked = head.parked.take().filter(|parked| !by_database.contains(&parked.class));
    (head.odoo, head.addresses, head.applied) = (None, None, AppliedSteps::default());
    (head.attempts, head.recheck, head.settled_at) = (0, true, None);
    head.due = Some(Due { at: now, lane: Lane::Urgent });
}
