//! What waits for a person: one row per cause, however many orders it holds up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sluice_domain::state::ParkedException;

use crate::{Operator, OperatorError};

/// The most subjects that are listed.
const MAX_LISTED: usize = 10_000;
/// How many are read at once.
const PAGE: usize = 200;

/// Subjects that wait for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionGroup {
    /// The class, also the name of its runbook.
    pub class: String,
    /// What makes them the same trouble.
    pub cause: String,
    /// The role that resolves it.
    pub owner: String,
    /// Where to read on.
    pub runbook: String,
    /// The oldest.
    pub since: String,
    /// The subjects.
    pub subjects: Vec<ExceptionRow>,
}

/// One subject that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRow {
    /// `account/kind/external-id`.
    pub subject: String,
    /// What the shop calls it.
    pub number: Option<String>,
    /// What happened and what to do.
    pub reason: String,
    /// Since when.
    pub since: String,
}

impl Operator {
    /// Everything that waits for a person, grouped by class and cause, the largest group first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn exceptions(&self) -> Result<Vec<ExceptionGroup>, OperatorError> {
        let mut groups: BTreeMap<(String, String), ExceptionGroup> = BTreeMap::new();
        let mut after = None;
        for _ in 0..MAX_LISTED.div_ceil(PAGE) {
            let page = self.ports.state.parked(after.clone(), PAGE).await?;
            after = page.last().map(|head| head.key.clone());
            let full = page.len() == PAGE;
            for head in page {
                let Some(parked) = &head.parked else { continue };
                let row = ExceptionRow {
                    subject: head.key.to_string(),
                    number: head.number.clone(),
                    reason: parked.reason.clone(),
                    since: parked.since.to_string(),
                };
                let key = (parked.class.as_str().to_owned(), parked.cause.clone());
                let group = groups.entry(key).or_insert_with(|| group(parked));
                group.since = group.since.clone().min(row.since.clone());
                group.subjects.push(row);
            }
            if !full {
                break;
            }
        }
        let mut groups: Vec<ExceptionGroup> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.subjects.len()));
        Ok(groups)
    }
}

fn group(parked: &ParkedException) -> ExceptionGroup {
    ExceptionGroup {
        class: parked.class.as_str().to_owned(),
        cause: parked.cause.clone(),
        owner: parked.class.owner().to_owned(),
        runbook: format!("infra/runbooks/{}.md", parked.class.as_str()),
        since: parked.since.to_string(),
        subjects: Vec::new(),
    }
}
