//! Service charges, tips and cash rounding.

use sluice_domain::{
    order::{Charge, ChargeKind},
    value::{Currency, Money},
};

use super::taxes::Taxes;
use crate::{
    Refusal, Warning,
    doc::Doc,
    json::{MAX_PARTS, bound},
    square::wire::{at, object, objects, own, title},
};

/// What a sale costs beside its lines.
pub(super) fn read(
    doc: &Doc<'_>,
    taxes: &Taxes<'_>,
    currency: Currency,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Charge>, Refusal> {
    let stated = objects(doc, "service_charges")?.unwrap_or_default();
    bound("service_charges", stated.len(), MAX_PARTS)?;
    let mut all = Vec::with_capacity(stated.len().saturating_add(2));
    for (index, one) in stated.iter().enumerate() {
        all.push(service(one, index, taxes, currency).map_err(|refusal| at("service_charges", index, refusal))?);
    }
    if let Some(tip) = own(doc, "total_tip_money", currency)?.filter(|tip| !tip.is_zero()) {
        all.push(charge("tip", ChargeKind::Tip, "Tip", tip));
    }
    if let Some(rounding) = object(doc, "rounding_adjustment")?
        && let Some(amount) = own(&rounding, "amount_money", currency)?.filter(|amount| !amount.is_zero())
    {
        all.push(charge("rounding", ChargeKind::CashRounding, "Cash rounding", amount));
    }
    if all.iter().any(|one| one.amount.is_negative() && one.kind == ChargeKind::Tip) {
        warnings.push(Warning::new("contradiction", "total_tip_money", "a tip below nothing"));
    }
    Ok(all)
}

/// `total_money` is what is collected for it, with tax of both kinds.
fn service(doc: &Doc<'_>, index: usize, taxes: &Taxes<'_>, currency: Currency) -> Result<Charge, Refusal> {
    let applied = taxes.on(doc, currency)?;
    let amount = match (own(doc, "total_money", currency)?, own(doc, "applied_money", currency)?) {
        (Some(with_all), _) => taxes.price(with_all, applied.additive)?,
        (None, Some(applied)) => applied,
        (None, None) => own(doc, "amount_money", currency)?.unwrap_or(Money::zero(currency)),
    };
    let id = format!("service_{}", doc.id("uid")?.unwrap_or_else(|| index.to_string()));
    Ok(Charge { taxes: applied.taxes, ..charge(&id, ChargeKind::Fee, &title(doc, "name"), amount) })
}

fn charge(id: &str, kind: ChargeKind, title: &str, amount: Money) -> Charge {
    let title = if title.is_empty() { "Service charge" } else { title };
    Charge { id: id.to_owned(), kind, title: title.to_owned(), amount, taxes: Vec::new() }
}
