//! The sweep: what makes lost messages, crashes and hours without Odoo heal without anybody.

use std::collections::BTreeMap;

use sluice_domain::{
    delivery::Wake,
    ports::state::{CallRecord, Save},
    state::{Due, Lane, Record},
    value::{AccountName, SubjectKey},
};

use crate::handler::{Reconciler, Swept};

/// The most subjects that one sweep wakes per lane, less those wakes that wait in its queue already: what is due in a backlog
/// has its wake, and one more each minute would leave new orders behind a heap of them.
const MAX_WOKEN: usize = 1_000;
/// The most overdue calls that one sweep settles.
const MAX_CALLS: usize = 200;
/// How often a save that lost against another one is decided again.
const MAX_SAVES: usize = 5;

impl Reconciler {
    pub(crate) async fn sweep(&self) -> Swept {
        let mut swept = Swept { overdue_calls: self.settle_calls().await, ..Swept::default() };
        for lane in [Lane::Urgent, Lane::Bulk] {
            let due = match self.ports.state.due(lane, self.ports.clock.now(), MAX_WOKEN).await {
                Ok(due) => due,
                Err(error) => {
                    tracing::warn!(%error, "due index not read");
                    continue;
                }
            };
            if due.is_empty() {
                continue;
            }
            if lane == Lane::Urgent {
                swept.oldest_due_seconds = self.ages(&due).await;
            }
            let waiting = self.ports.queue.waiting(lane).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "queue not counted");
                0
            });
            let due: Vec<SubjectKey> = due.into_iter().take(MAX_WOKEN.saturating_sub(waiting)).collect();
            if due.is_empty() {
                continue;
            }
            swept.woken = swept.woken.saturating_add(due.len());
            let trace_id = format!("sweep-{:016x}", self.ports.random.next());
            let wakes = due.into_iter().map(|subject| Wake { subject, trace_id: trace_id.clone() }).collect();
            if let Err(error) = self.ports.queue.send_wakes(lane, wakes).await {
                tracing::warn!(%error, "wakes not sent: the next sweep sends them");
            }
        }
        for (account, seconds) in &swept.oldest_due_seconds {
            tracing::info!(%account, oldest_due_seconds = *seconds, outcome = "due");
        }
        if swept != Swept::default() {
            tracing::info!(woken = swept.woken, overdue_calls = swept.overdue_calls, outcome = "swept");
        }
        swept
    }

    /// How long each account has waited. The due come in the order of their instants.
    async fn ages(&self, due: &[SubjectKey]) -> BTreeMap<AccountName, i64> {
        let mut first: BTreeMap<&AccountName, &SubjectKey> = BTreeMap::new();
        for key in due {
            first.entry(key.account()).or_insert(key);
        }
        let found = match self.ports.state.read(first.into_values().cloned().collect()).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "records not read");
                return BTreeMap::new();
            }
        };
        let now = self.ports.clock.now();
        let age = |record: Record| {
            // Somebody was quicker where nothing is due any more.
            let seconds = record.head.due.map_or(0, |due| now.duration_since(due.at).as_secs().max(0));
            (record.head.key.account().clone(), seconds)
        };
        found.into_iter().flatten().map(age).collect()
    }

    /// No call can commit later than its deadline: from then on a look at Odoo is the truth. The note goes away only when
    /// every subject is sure to be looked at.
    async fn settle_calls(&self) -> usize {
        let calls = match self.ports.state.overdue_calls(self.ports.clock.now(), MAX_CALLS).await {
            Ok(calls) => calls,
            Err(error) => {
                tracing::warn!(%error, "call records not read");
                return 0;
            }
        };
        let mut settled = 0_usize;
        for call in calls {
            if self.recheck(&call).await {
                match self.ports.state.close_call(&call.id).await {
                    Ok(()) => settled = settled.saturating_add(1),
                    Err(error) => tracing::warn!(%error, "call record not deleted: the next sweep looks again"),
                }
            }
        }
        settled
    }

    async fn recheck(&self, call: &CallRecord) -> bool {
        let mut left = call.subjects.clone();
        for _ in 0..MAX_SAVES {
            let Ok(records) = self.ports.state.read(left.clone()).await else { return false };
            let records: Vec<Record> = records.into_iter().flatten().collect();
            let keys: Vec<SubjectKey> = records.iter().map(|record| record.head.key.clone()).collect();
            let now = self.ports.clock.now();
            let saves = records.into_iter().map(|record| {
                let mut head = record.head;
                head.recheck = true;
                head.due = Some(Due { at: now, lane: Lane::Urgent });
                Save { head, body: None }
            });
            let answers = self.ports.state.save(saves.collect()).await;
            let failed = keys.into_iter().zip(answers).filter_map(|(key, answer)| Some((key, answer.err()?)));
            let failed = failed.inspect(|(subject, error)| tracing::warn!(%subject, %error, "record not saved"));
            left = failed.map(|(key, _)| key).collect();
            if left.is_empty() {
                return true;
            }
        }
        false
    }
}
