//! One order: exactly one sale in Odoo, equal to the shop's, in the state that the policy asks for.

use sluice_domain::{
    account::EditPolicy,
    state::{ExceptionClass, Record},
};
use sluice_sandbox::odoo::{OrderView, SimOdoo};

use super::{
    Findings, Taxes,
    expect::{Expected, expected, wants_confirmation},
    lines::{difference, invoiced_within, unrounded},
    subject,
};
use crate::{
    shop::{ShopOrder, Version},
    world::World,
};

pub(super) fn check(world: &World, order: &ShopOrder, taxes: &Taxes, findings: &mut Findings) {
    let key = subject(world, order);
    let Some(record) = world.record(&key) else {
        findings.lost.push(format!("{key} has no record"));
        return;
    };
    let held = record.body.facets.order.as_ref().map(|order| order.rank.version);
    if held != Some(order.last().at.as_microsecond()) {
        findings.lost.push(format!("{key} does not know its last version"));
    }
    world.odoo(|odoo| {
        let found = odoo.orders_by_reference(&order.number);
        if found.len() > 1 {
            findings.duplicated.push(format!("{key} is in Odoo {} times", found.len()));
            return;
        }
        let external_id = format!("{}.order_{}", key.account(), key.external_id());
        let sale = odoo.order(&external_id);
        if sale.map(|sale| sale.id) != found.first().copied() {
            findings.mismatched.push(format!("{key}: the external id {external_id} does not name the order {found:?}"));
            return;
        }
        if let Err(text) = one(world, odoo, (order, &record), sale, taxes) {
            let reason = record.head.parked.as_ref().map_or("", |parked| &parked.reason);
            findings.mismatched.push(format!("{key}: {text} ({reason})"));
        }
    });
}

fn one(
    world: &World,
    odoo: &SimOdoo,
    (order, record): (&ShopOrder, &Record),
    sale: Option<OrderView<'_>>,
    taxes: &Taxes,
) -> Result<(), String> {
    let account = &world.accounts()[order.account];
    let expected = expected(order, account);
    let parked = record.head.parked.as_ref().map(|parked| parked.class);
    let sale = match (expected, sale) {
        (Expected::Absent, None) => return rests(record),
        (Expected::Refused(classes), None) => {
            return if parked.is_some_and(|class| classes.contains(&class)) {
                Ok(())
            } else {
                Err(format!("waits for {parked:?} instead of {classes:?}"))
            };
        }
        (Expected::Absent | Expected::Refused(_), Some(sale)) => return Err(format!("is in Odoo as {}", sale.name())),
        (expected, None) => return Err(format!("is not in Odoo, expected as {expected:?}")),
        (expected, Some(sale)) => {
            let orphaned = world.is_orphaned(&record.head.key);
            let applies = account.edits == EditPolicy::Apply && !orphaned;
            judge(&expected, (order, record), (applies, orphaned), &sale, taxes)?;
            sale
        }
    };
    buyer(odoo, order, &sale)?;
    noted(record, &sale)
}

fn judge(
    expected: &Expected,
    (order, record): (&ShopOrder, &Record),
    (applies, orphaned): (bool, bool),
    sale: &OrderView<'_>,
    taxes: &Taxes,
) -> Result<(), String> {
    let parked = record.head.parked.as_ref().map(|parked| parked.class);
    let any_version = |text: &str| {
        let each: Vec<Option<String>> =
            order.versions.iter().map(|version| difference(sale, order, version, taxes)).collect();
        let fits = order.versions.iter().any(|version| unrounded(sale, order, version, taxes));
        if fits { Ok(()) } else { Err(format!("{text}, and is none of the shop's versions: {each:?}")) }
    };
    match (expected, sale.state(), parked) {
        (Expected::Cancelled, "cancel", None) => any_version("is cancelled"),
        (Expected::CancelledTooLate, "draft" | "sale", Some(ExceptionClass::CancelledAfterShipping)) => {
            any_version("waits")
        }
        (Expected::Cancelled, "sale", Some(ExceptionClass::CancelledAfterInvoicing)) => any_version("waits"),
        (Expected::Quotation, "draft", None) => last(order, sale, taxes),
        (Expected::Sale, "sale", None) => {
            last(order, sale, taxes)?;
            dated(order, sale)
        }
        (Expected::Quotation | Expected::Sale, "draft", Some(ExceptionClass::TotalsDiffer))
            if order.coin.digits > 2 && unrounded(sale, order, order.last(), taxes) =>
        {
            Ok(())
        }
        // What an edit left of a line's tax is told from rounded sums, and now and then a minor unit off: then the order is
        // held though Odoo has what was charged. Never the other way round.
        (Expected::Quotation | Expected::Sale, "draft", Some(ExceptionClass::TotalsDiffer))
            if order.versions.iter().any(|version| version.edited) =>
        {
            last(order, sale, taxes)
        }
        // The books judge it (three-decimal currencies at two-decimal prices).
        (Expected::Sale, "sale", Some(ExceptionClass::CreditNoteDiffers)) if order.coin.digits > 2 => {
            last(order, sale, taxes)
        }
        // An invoice of an earlier version that came into being after its caller was gone, beside an edit that takes units off:
        // what was invoiced too much is for a person to give back.
        (Expected::Sale, "sale", Some(ExceptionClass::InvoiceDiffers)) if is_over_invoiced(order, sale) => {
            last(order, sale, taxes)
        }
        (Expected::Sale, "sale", Some(ExceptionClass::ChangedAfterConfirmation)) if order.versions.len() > 1 => {
            // A late call may have left lines of one version beside those of another.
            changed(order, sale, taxes)
                .or_else(|text| if orphaned && differs(order, sale, taxes) { Ok(()) } else { Err(text) })?;
            // Where whoever confirmed the order died before he had noted what he saw, a person might have changed it.
            let exact = order.coin.digits <= 2 || !unrounded(sale, order, order.last(), taxes);
            if applies && exact && may_apply(order, sale) { Err("waits, and could be changed".into()) } else { Ok(()) }
        }
        (expected, state, parked) => Err(format!("is `{state}` and waits for {parked:?}, expected {expected:?}")),
    }
}

/// Could an edit have been applied? Not to another address, and not to what is invoiced.
fn may_apply(order: &ShopOrder, sale: &OrderView<'_>) -> bool {
    let moved = order.versions.iter().any(|version| version.house != order.last().house);
    let invoiced = sale.lines().any(|line| !line.invoiced().is_zero());
    !moved && !invoiced
}

/// Is more invoiced than an edit left, and no more than one version before it had?
fn is_over_invoiced(order: &ShopOrder, sale: &OrderView<'_>) -> bool {
    let earlier = order.versions.iter().filter(|version| version.at != order.last().at);
    order.last().edited
        && !invoiced_within(sale, order.last())
        && earlier.clone().any(|version| invoiced_within(sale, version))
}

fn last(order: &ShopOrder, sale: &OrderView<'_>, taxes: &Taxes) -> Result<(), String> {
    delivered_to(order, sale)?;
    difference(sale, order, order.last(), taxes).map_or(Ok(()), Err)
}

fn dated(order: &ShopOrder, sale: &OrderView<'_>) -> Result<(), String> {
    if sale.date_order().as_second() == order.placed_at.as_second() {
        return Ok(());
    }
    Err(format!("is dated {} instead of {}", sale.date_order(), order.placed_at))
}

fn differs(order: &ShopOrder, sale: &OrderView<'_>, taxes: &Taxes) -> bool {
    last(order, sale, taxes).is_err()
}

/// Held as changed: then it really differs, and is what an earlier version was.
fn changed(order: &ShopOrder, sale: &OrderView<'_>, taxes: &Taxes) -> Result<(), String> {
    if !differs(order, sale, taxes) {
        return Err("waits as changed and is not".into());
    }
    let earlier = order.versions.iter().any(|version| {
        let could = ["paid", "authorized"].contains(&version.payment)
            || wants_confirmation(sluice_domain::account::ConfirmPolicy::Always, version);
        // The rounding line of a version is not made once the next one is known.
        let unrounded = || version.at != order.last().at && unrounded(sale, order, version, taxes);
        could && (difference(sale, order, version, taxes).is_none() || unrounded())
    });
    // Confirmed by a late call between its edit and its rounding, and invoiced before anybody looked: the rounding line would
    // not be that of the invoice.
    let invoiced = sale.lines().any(|line| !line.invoiced().is_zero());
    // Nor does a price of two decimals hold a tax of three.
    let short = (invoiced || order.coin.digits > 2) && unrounded(sale, order, order.last(), taxes);
    let each = || -> Vec<_> {
        let version = |version: &Version| (version.payment, difference(sale, order, version, taxes));
        order.versions.iter().map(version).collect()
    };
    if earlier || short { Ok(()) } else { Err(format!("is none of the shop's versions: {:?}", each())) }
}

/// Partner, invoice and delivery contact are the buyer's.
fn buyer(odoo: &SimOdoo, order: &ShopOrder, sale: &OrderView<'_>) -> Result<(), String> {
    let [partner, invoice, delivery] = sale.partner_ids();
    let find = |id: i64| odoo.partner(id).ok_or_else(|| format!("contact {id} is not there"));
    let (partner, invoice, delivery) = (find(partner)?, find(invoice)?, find(delivery)?);
    if !partner.email().eq_ignore_ascii_case(&order.buyer.email) {
        return Err("is another customer's".into());
    }
    for (contact, kind) in [(invoice, "invoice"), (delivery, "delivery")] {
        let both = invoice.id == delivery.id && contact.kind() == "delivery";
        if contact.parent_id() != Some(partner.id) || !(both || contact.kind() == kind) {
            return Err(format!("its {kind} contact is not the buyer's"));
        }
    }
    Ok(())
}

/// Goods go where the shop last said; one contact serves both where the addresses are one.
fn delivered_to(order: &ShopOrder, sale: &OrderView<'_>) -> Result<(), String> {
    let [_, invoice, delivery] = sale.partner_ids();
    let last = order.last().house;
    let wanted = [order.buyer.house, last].map(|house| format!("{house} Main Street"));
    if sale.streets() == wanted && (invoice == delivery) == (order.buyer.house == last) {
        return Ok(());
    }
    Err(format!("is invoiced and delivered to {:?} instead of {wanted:?}", sale.streets()))
}

/// The record knows the order as it is.
fn noted(record: &Record, sale: &OrderView<'_>) -> Result<(), String> {
    let Some(noted) = &record.head.odoo else { return Err("the record knows no order".into()) };
    if noted.id != sale.id || noted.state != sale.state() || noted.name != sale.name() {
        return Err(format!("the record says {} {}, Odoo {} {}", noted.name, noted.state, sale.name(), sale.state()));
    }
    if noted.total.map(sluice_domain::value::Money::major) != Some(sale.amount_total()) {
        return Err(format!("the record says {:?}, Odoo {}", noted.total, sale.amount_total()));
    }
    if record.head.parked.is_some() || record.head.waiting.is_some() { Ok(()) } else { rests(record) }
}

fn rests(record: &Record) -> Result<(), String> {
    let head = &record.head;
    if head.applied.settled != head.desired || head.parked.is_some() {
        return Err(format!("settled {} of {}, waits for {:?}", head.applied.settled, head.desired, head.parked));
    }
    Ok(())
}
