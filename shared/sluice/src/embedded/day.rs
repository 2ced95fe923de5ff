//! The demonstration day: fed through the real ingress, shown as it goes, compared at the end.

use std::collections::{BTreeMap, BTreeSet};

use sluice_channels::{SigningRequest, channel};
use sluice_domain::{
    account::Account,
    ports::secrets::Secret,
    value::{Kind, SubjectKey},
};
use sluice_sandbox::demo::{self, Delivery};
use sluice_webhook_ingress::{Answer, IngressRequest};

use crate::{
    embedded::{
        Embedded,
        report::{Row, compare, seconds, show, summary},
        settings::built_in,
    },
    output::{self, Problem},
};

/// How long to wait for the last order, in half seconds: a slow Odoo confirms one in three seconds.
const PATIENCE: u32 = 1_200;

/// Plays the day; answers the exit code: 0 when every total is as expected.
pub(crate) async fn play(sluice: &Embedded) -> Result<u8, Problem> {
    let malformed = |error: serde_json::Error| Problem::refused(format!("the demonstration's data: {error}"));
    let deliveries = demo::deliveries().map_err(malformed)?;
    let expected = demo::expected().map_err(malformed)?;
    let account = built_in()?;
    output::note(&format!("demonstration day: {} deliveries of {} orders", deliveries.len(), expected.orders.len()));
    let started = sluice.ports.clock.now();
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    for (index, delivery) in deliveries.iter().enumerate() {
        let answer = post(sluice, &account, delivery).await;
        let count = answers.entry(answer.status()).or_default();
        *count = count.saturating_add(1);
        sluice.bell.notify_waiters();
        tokio::task::yield_now().await;
        if index.checked_rem(50) == Some(49) {
            output::note(&format!("  {} deliveries posted", index.saturating_add(1)));
        }
    }
    let shown = settle(sluice, &account, &expected).await;
    let took = sluice.ports.clock.now().duration_since(started);
    let problems = compare(&shown, &expected, &answers);
    let answered: Vec<String> = answers.iter().map(|(status, count)| format!("{count} x {status}")).collect();
    output::result(&format!(
        "{} deliveries ({}), {} orders in {}",
        deliveries.len(),
        answered.join(", "),
        shown.len(),
        seconds(took)
    ));
    for line in summary(&shown, &expected) {
        output::result(&line);
    }
    for problem in &problems {
        output::result(&format!("NOT AS EXPECTED: {problem}"));
    }
    if problems.is_empty() {
        output::result("every outcome and every total in Odoo is as expected, to the cent");
    }
    Ok(u8::from(!problems.is_empty()))
}

async fn post(sluice: &Embedded, account: &Account, delivery: &Delivery) -> Answer {
    let ours = sluice.settings.environment.demo_secret.clone();
    let secret = if delivery.signed { ours } else { Secret::new("somebody else's secret") };
    let Some(shopify) = channel(&account.channel) else { return Answer::UnknownChannel };
    let signed = shopify.sign(&SigningRequest {
        account,
        topic: &delivery.topic,
        delivery_id: &delivery.delivery_id,
        body: delivery.body.as_bytes(),
        url: None,
        secret: &secret,
        now: delivery.at,
    });
    let request = IngressRequest {
        method: "POST".into(),
        path: format!("/webhooks/{}/{}", account.channel, account.name),
        headers: signed.headers,
        body: delivery.body.clone().into_bytes(),
    };
    sluice.ingress.handle(request).await
}

/// Waits until every order of the day rests or is held, and shows each as soon as it does.
async fn settle(sluice: &Embedded, account: &Account, expected: &demo::Expected) -> Vec<Row> {
    let mut open: BTreeSet<SubjectKey> = expected
        .orders
        .iter()
        .filter_map(|order| SubjectKey::new(account.name.clone(), Kind::Order, &order.external_id).ok())
        .collect();
    let mut shown = Vec::new();
    for _ in 0..PATIENCE {
        let keys: Vec<SubjectKey> = open.iter().cloned().collect();
        let Ok(records) = sluice.ports.state.read(keys.clone()).await else { break };
        for (key, record) in keys.into_iter().zip(records) {
            let Some(record) = record else { continue };
            let head = record.head;
            let done = head.parked.is_some() || (head.desired > 0 && head.applied.settled == head.desired);
            if done {
                open.remove(&key);
                let row = Row::of(sluice, &head).await;
                show(&row);
                shown.push(row);
            }
        }
        if open.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    for key in open {
        output::result(&format!("{key}: not settled yet; it goes on as long as Sluice runs"));
    }
    shown
}
