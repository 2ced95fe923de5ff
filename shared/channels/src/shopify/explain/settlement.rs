//! Rows of Shopify Payments: one settlement a payout. A payout is one negative row of type payout (GraphQL: `TRANSFER`), and
//! the sum of the others' net (README, payout arithmetic).

use std::collections::BTreeMap;

use sluice_domain::{
    account::Account,
    value::{Kind, Money},
};

use crate::{
    Explained, Refusal, Warning,
    doc::Doc,
    evidence::subject,
    explain::blank,
    json::{self, Tree},
    shopify::items::{self, Shape},
};

/// Rows of the balance.
const ROWS: Shape = Shape {
    one: "transaction",
    many: "transactions",
    graph: &["balanceTransactions"],
    kinds: &["ShopifyPaymentsBalanceTransaction"],
};

#[derive(Default)]
struct Settlement {
    rows: usize,
    payout: Option<Money>,
    net: Option<Money>,
    closed: bool,
    test: bool,
}

/// The settlements of an answer, and whether some of its rows belong to no payout yet; `None` where it holds no such rows.
pub(super) fn settlements(body: &[u8], account: &Account) -> Option<(Vec<Explained>, bool)> {
    let items = items::split(body, &ROWS).ok()?;
    let items: Vec<_> = items.into_iter().collect::<Result<_, _>>().ok()?;
    let trees: Vec<Tree<'_>> = items.iter().map(|item| Tree::read_text(&item.text)).collect::<Result<_, _>>().ok()?;
    let rows: Vec<Doc<'_>> = trees.iter().map(|tree| Doc::new(tree.root())).collect();
    if rows.is_empty() {
        return None;
    }
    if !rows.iter().all(|row| row.get("net").is_some() && row.get("fee").is_some() && row.get("type").is_some()) {
        return None;
    }
    let mut payouts: BTreeMap<String, Settlement> = BTreeMap::new();
    let mut waiting = false;
    for row in &rows {
        match payout_of(row) {
            Ok(Some(id)) => {
                if let Err(refusal) = add(row, payouts.entry(id).or_default()) {
                    return Some((vec![Explained::Refused(refusal)], false));
                }
            }
            Ok(None) => waiting = true,
            Err(refusal) => return Some((vec![Explained::Refused(refusal)], false)),
        }
    }
    let explained = payouts.iter().map(|(id, sums)| settlement(id, sums, account).unwrap_or_else(Explained::Refused));
    Some((explained.collect(), waiting))
}

fn payout_of(row: &Doc<'_>) -> Result<Option<String>, Refusal> {
    row.doc("associated_payout").map_or_else(|| row.id("payout_id"), |payout| payout.id("id"))
}

fn add(row: &Doc<'_>, sums: &mut Settlement) -> Result<(), Refusal> {
    let amount = row.doc("net");
    let currency = amount.as_ref().map_or_else(|| row.currency("currency"), |net| net.currency("currency"));
    let currency = currency.ok_or_else(|| json::refuse("currency", "not an ISO 4217 currency"))?;
    let net = amount.map_or_else(|| row.money("net", currency), |net| net.money("amount", currency))?;
    let net = net.unwrap_or(Money::zero(currency));
    let payout = row.doc("associated_payout");
    let status = payout.as_ref().map_or_else(|| row.text("payout_status"), |payout| payout.text("status"));
    sums.closed = status.is_some_and(|status| status.eq_ignore_ascii_case("paid"));
    sums.test |= row.flag("test");
    if matches!(row.text("type"), Some("payout" | "transfer")) {
        sums.payout = Money::zero(currency).minus(net).ok();
        return Ok(());
    }
    sums.rows = sums.rows.saturating_add(1);
    let so_far = sums.net.unwrap_or(Money::zero(currency));
    sums.net = Some(so_far.plus(net).map_err(|error| json::refuse("net", error.to_string()))?);
    Ok(())
}

fn settlement(id: &str, sums: &Settlement, account: &Account) -> Result<Explained, Refusal> {
    let mut figures = blank("settlement", &subject(account, Kind::Settlement, id)?);
    let total = sums.payout.or(sums.net);
    figures.currency = total.map(|total| total.currency().code().to_owned());
    figures.total = total.map(|total| total.to_string());
    figures.lines = Some(sums.rows);
    figures.test = sums.test;
    figures.state = Some(if sums.closed { "closed" } else { "open" }.to_owned());
    if sums.payout.is_some() && sums.payout != sums.net {
        let message = "the rows do not add up to the payout";
        figures.warnings.push(Warning::new("sums_disagree", "transactions", message));
    }
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}
