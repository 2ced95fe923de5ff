//! Heads and bodies as items, and saves as writes.

use sluice_domain::{
    ports::state::{Save, StateError},
    state::{Body, Head, Record, look_up_name, shard},
};

use super::keys;
use crate::{
    json::{from_json, to_json},
    table::{Change, Condition, Item, Value, Write},
    zlib::{deflate, inflate},
};

/// The largest head, in bytes of JSON. Its usual size is a quarter of it; wakes to send and the reason of an exception come
/// on top, and pass.
const MAX_HEAD_BYTES: usize = 4 * 1_024;
/// The largest body, in bytes, compressed: `DynamoDB` takes 400 KB an item, keys and other attributes included.
const MAX_BODY_BYTES: usize = 350 * 1_024;
/// The largest body, in bytes of JSON.
const MAX_UNPACKED_BYTES: usize = 32 * 1_024 * 1_024;

/// Attributes of a head that are there only when there is something to be found by.
const LEADS: &[&str] = &["due_pk", "due_sk", "number", "odoo_name", "odoo_id", "parked"];

/// What a save writes: the head alone, or head and body.
pub(crate) fn writes(save: Save) -> Result<Vec<Write>, StateError> {
    let read = save.head.version;
    let next = Head { version: read.saturating_add(1), ..save.head };
    let mut set = head_item(&next)?;
    let mut writes = Vec::with_capacity(2);
    if let Some(body) = &save.body {
        // The version of the head with which the body was written stands in both: read apart, they may not fit together.
        set = set.with("bv", next.version);
        let item = Item::default().with("bv", next.version).with("b", Value::Bytes(packed(body)?));
        let change = Change::Put(item);
        // The head's condition is the body's too: both are written or neither.
        writes.push(Write { key: keys::body(&next.key), change, condition: Condition::None });
    }
    let change = if read == 0 {
        Change::Put(set)
    } else {
        let remove = LEADS.iter().copied().filter(|name| set.get(name).is_none()).collect();
        Change::Update { set, remove }
    };
    writes.insert(0, Write { key: keys::head(&next.key), change, condition: Condition::Version(read) });
    Ok(writes)
}

fn head_item(head: &Head) -> Result<Item, StateError> {
    let json = to_json(head)?;
    if json.len() > MAX_HEAD_BYTES {
        let problem = format!("the head of {} has {} bytes, more than {MAX_HEAD_BYTES}", head.key, json.len());
        return Err(StateError::Broken(problem));
    }
    let subject = head.key.to_string();
    let due = head.due.as_ref();
    let name = |text: &str| Some(look_up_name(text)).filter(|name| !name.is_empty());
    let odoo = head.odoo.as_ref();
    let item = Item::default()
        .with("v", head.version)
        .with("h", json)
        .with_some("due_pk", due.map(|due| keys::due_part(due.lane, shard(&subject))))
        .with_some("due_sk", due.map(|due| keys::place(due.at, &subject)))
        .with_some("number", head.number.as_deref().and_then(name))
        .with_some("odoo_name", odoo.and_then(|odoo| name(&odoo.name)))
        .with_some("odoo_id", odoo.map(|odoo| odoo.id.to_string()))
        .with_some("parked", head.parked.as_ref().map(|_| keys::PARKED));
    Ok(item)
}

fn packed(body: &Body) -> Result<Vec<u8>, StateError> {
    let packed = deflate(to_json(body)?.as_bytes());
    if packed.len() > MAX_BODY_BYTES {
        let problem = format!("the body has {} bytes compressed, more than {MAX_BODY_BYTES}", packed.len());
        return Err(StateError::Broken(problem));
    }
    Ok(packed)
}

/// A head as it was saved.
pub(super) fn head(item: &Item) -> Result<Head, StateError> {
    let head: Head = from_json(item.text("h")?.as_bytes())?;
    Ok(Head { version: item.number("v")?, ..head })
}

/// A record of its two items; `None` where the one was read before, the other after a save.
pub(super) fn record(head_item: &Item, body_item: Option<&Item>) -> Result<Option<Record>, StateError> {
    let head = head(head_item)?;
    let stated = head_item.get("bv");
    if stated != body_item.and_then(|item| item.get("bv")) {
        return Ok(None);
    }
    let body = match body_item {
        Some(item) => {
            let bytes = inflate(item.bytes("b")?, MAX_UNPACKED_BYTES);
            from_json(&bytes.map_err(|error| StateError::Broken(format!("the body of {}: {error}", head.key)))?)?
        }
        None => Body::default(),
    };
    Ok(Some(Record { head, body }))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test: small numbers")]
mod tests {
    use jiff::civil::date;
    use sluice_domain::{
        account::DayEnd,
        state::Body,
        summary::{MAX_PART_LINES, MAX_PARTS, Part, Summary},
    };

    use super::{MAX_BODY_BYTES, packed};

    /// A sale over the counter as a canonical order, with ids and amounts of its own.
    fn part(number: usize, lines: usize) -> Part {
        let scatter =
            |salt: usize| number.wrapping_mul(0x9e37_79b9).wrapping_add(salt.wrapping_mul(0x85eb_ca6b)) % 1_000_000_007;
        let money = |minor: usize| serde_json::json!({"minor": minor, "currency": "EUR"});
        let zero = money(0);
        let lines: Vec<_> = (0..lines)
            .map(|line| {
                let price = scatter(line) % 20_000;
                serde_json::json!({"id": format!("{:010X}{:010X}", scatter(line + 7), scatter(line + 77)), "kind": "product",
                    "title": format!("Article {} of the season", scatter(line) % 4_000),
                    "sku": format!("SKU-{:05}", scatter(line) % 4_000), "barcode": null,
                    "variant": format!("{:012X}", scatter(line + 3)), "quantity": "1",
                    "unit_price": format!("{}.{:02}", price / 100, price % 100), "discount": zero,
                    "taxes": [{"title": "USt", "rate": "0.19", "amount": money(price * 19 / 119), "remitted_by_channel": false}]})
            })
            .collect();
        let total = money(scatter(1) % 100_000);
        let sale = serde_json::json!({"number": format!("{:08}", scatter(2)), "currency": "EUR", "presentment_currency": null,
            "placed_at": format!("2026-11-27T{:02}:{:02}:{:02}.{:03}Z", number % 12 + 8, scatter(3) % 60, scatter(4) % 60,
            scatter(5) % 1_000), "test": false, "source": "Point of Sale", "location": "LTKZ9N895XRAY", "tax_included": true,
            "lines": lines, "shipping": [], "charges": [], "totals": {"total": total, "subtotal": total, "tax": zero,
            "discount": zero, "shipping": null}, "state": "closed", "payment": "paid", "paid": total, "refunded": null,
            "shipped": true, "discount_codes": [], "payment_methods": [], "tags": []});
        Part { version: 1, sale: Some(serde_json::from_value(sale).unwrap()), refunds: Vec::new() }
    }

    #[test]
    fn the_fullest_summary_fits_into_its_item() {
        for sales in [MAX_PARTS, 50] {
            let mut summary = Summary::new("LTKZ9N895XRAY", date(2026, 11, 27), 1, DayEnd::default());
            for number in 0.. {
                if !summary.takes(&number.to_string(), (0, 0)) {
                    break;
                }
                summary.parts.insert(number.to_string(), part(number, MAX_PART_LINES.div_ceil(sales)));
            }
            let bytes = packed(&Body { summary: Some(summary), ..Body::default() }).unwrap().len();
            assert!(bytes > 50_000 && bytes < MAX_BODY_BYTES * 9 / 10, "{bytes} bytes for {sales} sales");
        }
    }
}
