//! What the demonstration day shows of each order, and how it compares.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rust_decimal::Decimal;
use sluice_domain::state::Head;
use sluice_sandbox::demo::{Expected, Outcome};

use crate::{embedded::Embedded, output};

/// The most journal entries that are counted.
const MAX_ENTRIES: usize = 100;

/// One order's way.
pub(crate) struct Row {
    external_id: String,
    number: String,
    subject: String,
    odoo: Option<(String, String)>,
    total: Option<String>,
    outcome: Outcome,
    deliveries: usize,
    took: SignedDuration,
    reason: Option<String>,
}

impl Row {
    pub(crate) async fn of(sluice: &Embedded, head: &Head) -> Self {
        let entries = sluice.ports.journal.entries(&head.key, MAX_ENTRIES).await.unwrap_or_default();
        let deliveries = entries.iter().filter(|entry| entry.is_evidence()).count();
        let last = entries.last().map_or(head.received_at, |entry| entry.at);
        let outcome = match (&head.parked, &head.odoo) {
            (Some(_), _) => Outcome::Parked,
            (None, None) => Outcome::Ignored,
            (None, Some(order)) => match order.state.as_str() {
                "cancel" => Outcome::Cancelled,
                "sale" => Outcome::Confirmed,
                _ => Outcome::Quotation,
            },
        };
        Self {
            external_id: head.key.external_id().to_owned(),
            number: head.number.clone().unwrap_or_else(|| "-".into()),
            subject: head.key.to_string(),
            odoo: head.odoo.as_ref().map(|order| (order.name.clone(), order.state.clone())),
            total: head.odoo.as_ref().and_then(|order| Some(format!("{:?}", order.total?))),
            outcome,
            deliveries,
            took: last.duration_since(head.received_at),
            reason: head.parked.as_ref().map(|parked| format!("{}: {}", parked.class.as_str(), parked.reason)),
        }
    }
}

/// One line an order: deliveries, subject, Odoo number, total, outcome, time.
pub(crate) fn show(row: &Row) {
    let odoo = row.odoo.as_ref().map_or("-", |(name, _)| name.as_str());
    let total = row.total.as_deref().unwrap_or("-");
    output::result(&format!(
        "{:>8}  {:>2} deliveries -> {:<32} -> {odoo:<8} {total:>14}  {:<10} {}{}",
        row.number,
        row.deliveries,
        row.subject,
        row.outcome.as_str(),
        seconds(row.took),
        row.reason.as_ref().map(|reason| format!("\n          {reason}")).unwrap_or_default()
    ));
}

/// A duration as `1.5 s`.
pub(crate) fn seconds(took: SignedDuration) -> String {
    let tenths = took.as_millis().max(0).checked_div(100).unwrap_or_default();
    let (whole, tenth) = (tenths.checked_div(10).unwrap_or_default(), tenths.checked_rem(10).unwrap_or_default());
    format!("{whole}.{tenth} s")
}

/// Orders by outcome, and by currency what Odoo holds against what it must.
pub(crate) fn summary(rows: &[Row], expected: &Expected) -> Vec<String> {
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sums: BTreeMap<String, Option<Decimal>> = BTreeMap::new();
    for row in rows {
        let count = outcomes.entry(row.outcome.as_str()).or_default();
        *count = count.saturating_add(1);
        if let Some((amount, currency)) = row.total.as_deref().and_then(|total| total.split_once(' ')) {
            let sum = sums.entry(currency.to_owned()).or_insert(Some(Decimal::ZERO));
            *sum = sum.zip(amount.parse().ok()).and_then(|(sum, amount): (Decimal, Decimal)| sum.checked_add(amount));
        }
    }
    let outcomes: Vec<String> = outcomes.into_iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    let mut lines = vec![outcomes.join(", ")];
    for (currency, wanted) in &expected.sums {
        let has = sums.get(currency).copied().flatten().unwrap_or_default();
        lines.push(format!("{currency}: {} orders, {has} in Odoo, {} expected", wanted.orders, wanted.total));
    }
    lines
}

/// What differs from the expected day.
pub(crate) fn compare(rows: &[Row], expected: &Expected, answers: &BTreeMap<u16, usize>) -> Vec<String> {
    let mut problems = Vec::new();
    let by_id: BTreeMap<&str, &Row> = rows.iter().map(|row| (row.external_id.as_str(), row)).collect();
    for order in &expected.orders {
        let Some(row) = by_id.get(order.external_id.as_str()) else {
            problems.push(format!("{} did not settle", order.number));
            continue;
        };
        if row.outcome != order.outcome {
            problems.push(format!(
                "{} is {} and should be {}",
                order.number,
                row.outcome.as_str(),
                order.outcome.as_str()
            ));
        }
        let written = order.outcome.in_odoo();
        let wanted = format!("{} {}", order.total, order.currency);
        let has = row.total.as_deref().unwrap_or("nothing");
        if written && has != wanted {
            problems.push(format!("{} has {has} in Odoo and should have {wanted}", order.number));
        }
    }
    let unauthorised = answers.get(&401).copied().unwrap_or_default();
    if unauthorised != expected.counts.unauthorised {
        problems.push(format!(
            "{unauthorised} deliveries were refused with 401 and {} should be",
            expected.counts.unauthorised
        ));
    }
    problems
}
