//! Nobody is in Odoo twice, and no order that nobody placed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::Findings;
use crate::{shop::ShopOrder, world::World};

/// Companies have a contact each, without an external id.
const OWN_CONTACTS: usize = 2;

pub(super) fn check(world: &World, orders: &[Arc<ShopOrder>], findings: &mut Findings) {
    for id in world.uncorrected() {
        findings.mismatched.push(format!("contact {id} no longer has the name that somebody in Odoo gave it"));
    }
    let names: Vec<&str> = world.accounts().iter().map(|account| account.name.as_str()).collect();
    let ours: BTreeMap<String, &ShopOrder> =
        orders.iter().map(|order| (format!("{}.order_{}", names[order.account], order.id), &**order)).collect();
    world.odoo(|odoo| {
        let mut buyers: BTreeMap<(usize, String), BTreeSet<i64>> = BTreeMap::new();
        let mut places: BTreeMap<(i64, &str, u32), BTreeSet<i64>> = BTreeMap::new();
        for sale in odoo.orders() {
            let Some(order) = ours.get(sale.external_id()) else {
                findings.duplicated.push(format!("{} `{}` is nobody's order", sale.name(), sale.external_id()));
                continue;
            };
            let [partner, invoice, delivery] = sale.partner_ids();
            buyers.entry((order.account, order.buyer_key())).or_default().insert(partner);
            // One contact serves both where the addresses are one.
            if invoice == delivery {
                places.entry((partner, "delivery", order.buyer.house)).or_default().insert(delivery);
            } else {
                places.entry((partner, "invoice", order.buyer.house)).or_default().insert(invoice);
            }
        }
        for ((account, key), partners) in &buyers {
            if partners.len() > 1 {
                findings
                    .duplicated
                    .push(format!("buyer {key} of {} is several contacts: {partners:?}", names[*account]));
            }
        }
        for ((partner, kind, house), contacts) in &places {
            if contacts.len() > 1 {
                findings.duplicated.push(format!("{kind} house {house} of contact {partner} is several: {contacts:?}"));
            }
        }
        let partners: BTreeSet<i64> = buyers.values().flatten().copied().collect();
        if partners.len() != buyers.len() {
            findings.mismatched.push("several buyers share one contact".into());
        }
        let nameless = odoo.partners().filter(|partner| partner.external_id().is_empty()).count();
        if nameless != OWN_CONTACTS {
            findings.duplicated.push(format!("{nameless} contacts have no external id"));
        }
        let named = odoo.partners().filter(|one| !one.external_id().is_empty() && one.is_active());
        let parents = named.filter(|one| one.parent_id().is_none()).count();
        if parents > buyers.len() + waiting(orders, &buyers) {
            findings.duplicated.push(format!("{parents} contacts for {} buyers", buyers.len()));
        }
    });
}

/// Buyers none of whose orders is in Odoo: their contact may be there all the same.
fn waiting(orders: &[Arc<ShopOrder>], known: &BTreeMap<(usize, String), BTreeSet<i64>>) -> usize {
    let all: BTreeSet<(usize, String)> = orders.iter().map(|order| (order.account, order.buyer_key())).collect();
    all.iter().filter(|key| !known.contains_key(*key)).count()
}
