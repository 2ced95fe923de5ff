//! What adds to the total beside goods and shipping (edge case 9): tip, duties, additional fees, cash rounding.

use sluice_domain::{
    order::{Charge, ChargeKind, Tax},
    value::{Currency, Money},
};

use super::{amount, lines::Items, taxes};
use crate::{
    Refusal,
    json::{MAX_PARTS, Path, bound, refuse},
    shopify::wire,
};

/// `whole` says that no refund gave anything back: then what is current is what was sold, after edits.
pub(super) fn read(
    wire: &wire::Order<'_>,
    currency: Currency,
    items: &Items,
    whole: bool,
) -> Result<Vec<Charge>, Refusal> {
    let now = items.edited && whole;
    let mut charges = Vec::new();
    let mut add = |kind, id: &str, amount: Option<Money>, taxes: Vec<Tax>| {
        if let Some(amount) = amount.filter(|amount| !amount.is_zero()) {
            charges.push(Charge { id: id.to_owned(), kind, title: title(kind).to_owned(), amount, taxes });
        }
    };
    add(ChargeKind::Tip, "tip", tip(wire, currency, items)?, Vec::new());
    let (duty, duty_taxes) = duties(wire, currency, now)?;
    add(ChargeKind::Duty, "duty", duty, duty_taxes);
    add(ChargeKind::Fee, "fee", fees(wire, currency, now)?, Vec::new());
    add(ChargeKind::CashRounding, "rounding", rounding(wire, currency)?, Vec::new());
    Ok(charges)
}

fn title(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::Tip => "Tip",
        ChargeKind::Duty => "Duties",
        ChargeKind::Fee => "Additional fees",
        ChargeKind::CashRounding => "Cash rounding",
    }
}

/// The tip is in `total_tip_received`, and often a line too: it counts once.
fn tip(wire: &wire::Order<'_>, currency: Currency, items: &Items) -> Result<Option<Money>, Refusal> {
    let path = Path::root("total_tip_received");
    let stated = amount(wire.total_tip_received.as_ref(), wire.total_tip_received_set, currency, path)?;
    if stated.is_some_and(Money::is_negative) {
        return Err(refuse(path, "expected zero or more"));
    }
    Ok(stated.filter(|tip| !tip.is_zero()).or(items.tip))
}

/// Duties of the order, else those of its lines; none where the line prices contain them.
fn duties(wire: &wire::Order<'_>, currency: Currency, now: bool) -> Result<(Option<Money>, Vec<Tax>), Refusal> {
    if wire.duties_included == Some(true) {
        return Ok((None, Vec::new()));
    }
    let mut sum = None::<Money>;
    let mut all = Vec::new();
    for (index, line) in wire.line_items.iter().enumerate() {
        let path = Path::item("line_items", index);
        let duties = line.duties.as_deref().unwrap_or_default();
        bound(path.field("duties"), duties.len(), MAX_PARTS)?;
        for (index, duty) in duties.iter().enumerate() {
            let path = path.at("duties", index);
            let part = duty_amount(duty, currency, path)?;
            let so_far = sum.unwrap_or(Money::zero(currency));
            sum = Some(so_far.plus(part).map_err(|error| refuse(path, error.to_string()))?);
            all.extend(taxes::read(duty.tax_lines.as_deref(), currency, path.field("tax_lines"), &mut Vec::new())?);
        }
    }
    let (field, set) = if now {
        ("current_total_duties_set", wire.current_total_duties_set.as_ref())
    } else {
        ("original_total_duties_set", wire.original_total_duties_set.as_ref())
    };
    let stated = set.map_or(Ok(None), |set| set.shop(currency, Path::root(field)))?;
    Ok((stated.or(sum), all))
}

fn duty_amount(duty: &wire::Duty<'_>, currency: Currency, path: Path<'_>) -> Result<Money, Refusal> {
    let path = path.field("shop_money");
    let money = duty.shop_money.as_ref().ok_or_else(|| refuse(path, "missing"))?;
    let plain = money.amount.as_ref().or(money.shop_money.as_ref().map(|inner| &inner.amount));
    plain.ok_or_else(|| refuse(path.field("amount"), "missing"))?.positive(currency, path.field("amount"))
}

fn fees(wire: &wire::Order<'_>, currency: Currency, now: bool) -> Result<Option<Money>, Refusal> {
    let (field, set) = if now {
        ("current_total_additional_fees_set", wire.current_total_additional_fees_set.as_ref())
    } else {
        ("original_total_additional_fees_set", wire.original_total_additional_fees_set.as_ref())
    };
    set.map_or(Ok(None), |set| set.shop(currency, Path::root(field)))
}

/// Coins cannot pay it exactly; may be below zero.
pub(super) fn rounding(wire: &wire::Order<'_>, currency: Currency) -> Result<Option<Money>, Refusal> {
    let field = "total_cash_rounding_payment_adjustment_set";
    let set = wire.total_cash_rounding_payment_adjustment_set.as_ref();
    set.map_or(Ok(None), |set| set.shop(currency, Path::root(field)))
}
