//! What an order is worth at a stage: as it was made, and as it is now.

use crate::demo::{
    life::Stage,
    sale::{Cart, Line, Sale, Sums, Taxed},
};

/// The cart that an order shows at a stage.
pub(super) fn cart<'a>(sale: &'a Sale, stage: &Stage) -> &'a Cart {
    sale.edited.as_ref().filter(|_| stage.edited).unwrap_or(&sale.cart)
}

/// The sums of what is left: after edits and refunds.
pub(super) fn remaining(sale: &Sale, stage: &Stage) -> Sums {
    let included = sale.market.tax_included();
    let sums = Sums::of(cart(sale, stage), included);
    match (&stage.refund, cart(sale, stage).lines.first()) {
        (None, _) | (Some(_), None) => sums,
        (Some(refund), Some(_)) if refund.all => Sums::default(),
        (Some(_), Some(line)) => {
            let on_top = if included { 0 } else { line.tax() };
            Sums {
                gross: sums.gross.saturating_sub(line.gross()),
                discounts: sums.discounts.saturating_sub(line.discount()),
                subtotal: sums.subtotal.saturating_sub(line.net()),
                shipping: sums.shipping,
                tax: sums.tax.saturating_sub(line.tax()),
                total: sums.total.saturating_sub(line.net()).saturating_sub(on_top),
            }
        }
    }
}

/// Every tax of a cart with its sum: `tax_lines` of the order.
pub(super) fn taxes(cart: &Cart) -> Vec<Taxed> {
    let mut sums: Vec<Taxed> = Vec::new();
    let shipping = cart.shipping.iter().flat_map(|shipping| &shipping.taxes);
    for taxed in cart.lines.iter().flat_map(|line| &line.taxes).chain(shipping) {
        match sums.iter_mut().find(|sum| sum.tax == taxed.tax) {
            Some(sum) => sum.amount = sum.amount.saturating_add(taxed.amount),
            None => sums.push(*taxed),
        }
    }
    sums
}

/// A line as an order shows it: removed lines and units stay, and only `current_quantity` tells.
pub(super) struct Shown<'a> {
    pub(super) line: &'a Line,
    pub(super) quantity: i64,
    pub(super) current: i64,
    /// Its place in the cart; the first one carries the duties.
    pub(super) first: bool,
}

/// The lines at a stage.
pub(super) fn shown<'a>(sale: &'a Sale, stage: &Stage) -> Vec<Shown<'a>> {
    let now = cart(sale, stage);
    let left = |line: &Line, place: usize| match stage.refund {
        Some(refund) if refund.all || place == 0 => 0,
        Some(_) | None => line.quantity,
    };
    let mut lines = Vec::new();
    for (place, sold) in sale.cart.lines.iter().enumerate() {
        let kept = now.lines.iter().find(|line| line.id == sold.id);
        let line = kept.unwrap_or(sold);
        lines.push(Shown {
            line,
            quantity: sold.quantity.max(line.quantity),
            current: kept.map_or(0, |line| left(line, place)),
            first: place == 0,
        });
    }
    let added = now.lines.iter().filter(|line| sale.cart.lines.iter().all(|sold| sold.id != line.id));
    lines.extend(added.map(|line| Shown { line, quantity: line.quantity, current: line.quantity, first: false }));
    lines
}
