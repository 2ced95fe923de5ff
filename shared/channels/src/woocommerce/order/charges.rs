//! Fees: signed, since plugins give discounts by negative ones, each with a tax of its own (README, edge case 2).

use sluice_domain::order::{Charge, ChargeKind};

use super::{Amounts, taxes::Rates};
use crate::{
    Refusal, Warning,
    json::{Path, Text, refuse},
    woocommerce::wire,
};

pub(super) fn read(
    wire: &wire::Order<'_>,
    rates: &Rates,
    amounts: &mut Amounts,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Charge>, Refusal> {
    let stated = wire.fee_lines.get();
    let mut charges: Vec<Charge> = Vec::with_capacity(stated.len());
    for (index, fee) in stated.iter().enumerate() {
        let path = Path::item("fee_lines", index);
        let id = fee.id.get().map_or_else(|| Ok(index.to_string()), |id| id.checked(path.field("id")))?;
        if stated.get(..index).unwrap_or_default().contains(fee) {
            warnings.push(Warning::new("contradiction", path.field("id"), "the fee is there twice; it counts once"));
            continue;
        }
        if charges.iter().any(|known| known.id == id) {
            return Err(refuse(path.field("id"), "two fees have one id"));
        }
        let title = fee.name.get().and_then(Text::shown).unwrap_or_default();
        charges.push(Charge {
            id,
            kind: if is_tip(&title) { ChargeKind::Tip } else { ChargeKind::Fee },
            amount: amounts.maybe(&fee.total, path.field("total"))?.unwrap_or(amounts.zero()),
            taxes: rates.taxes(&fee.taxes, &fee.total_tax, amounts, path)?,
            title,
        });
    }
    Ok(charges)
}

/// Plugins for tips have no other mark than the name.
fn is_tip(title: &str) -> bool {
    ["tip", "gratuity"].iter().any(|word| title.eq_ignore_ascii_case(word))
}
