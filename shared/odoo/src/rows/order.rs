//! Orders and their lines.

use jiff::Timestamp;
use serde_json::Value;
use sluice_domain::{
    plan::{Directory, MatchedLine, MatchedSale, ObservedLine},
    value::{Money, SubjectKey},
};

use super::{Contacts, LoadRows, blank, cell, line_id, order_id};
use crate::wire::{Version, values::odoo_date};

/// What stands on an order beside its lines.
#[derive(Clone, Copy, Debug)]
pub struct OrderHeader<'a> {
    /// Whose it is.
    pub key: &'a SubjectKey,
    /// The channel, for `origin`.
    pub channel: &'a str,
    /// Who buys.
    pub contacts: &'a Contacts,
    /// What.
    pub sale: &'a MatchedSale,
    /// Company, warehouse and the like.
    pub directory: &'a Directory,
}

impl OrderHeader<'_> {
    /// Which optional columns the order has: a cell that is blank because another order of the call has the column says "none",
    /// where a column left out says "as Odoo likes".
    #[must_use]
    pub fn options(&self) -> [bool; 3] {
        let Directory { team, fiscal_position, tags, .. } = self.directory;
        [team.is_some(), fiscal_position.is_some(), !tags.is_empty()]
    }
}

/// Columns of a line, below `order_line/` or alone.
const LINE: [&str; 7] = ["id", "sequence", "product_id/.id", "name", "product_uom_qty", "price_unit", "discount"];

/// A header cell that an order may not have.
type OptionalCell = fn(&OrderHeader<'_>) -> Option<String>;

/// Rows of several orders for one create-once `load` (exchange 020). Optional columns are left out where no order of the
/// call has them, so that Odoo's own defaults hold: all orders of a call must have the same (see [`OrderHeader::options`]). The
/// price list is none of them: an empty cell is the company's own currency, a column left out is the price list that Odoo finds
/// for the buyer, in any currency.
#[must_use]
pub fn order_rows(orders: &[OrderHeader<'_>], version: Version) -> LoadRows {
    let optional: [(&str, OptionalCell); 3] = [
        ("team_id/.id", |order| order.directory.team.map(|id| id.to_string())),
        ("fiscal_position_id/.id", |order| order.directory.fiscal_position.map(|id| id.to_string())),
        ("tag_ids/.id", |order| joined(&order.directory.tags)),
    ];
    let used: Vec<_> =
        optional.into_iter().filter(|(_, value)| orders.iter().any(|order| value(order).is_some())).collect();
    let mut fields: Vec<String> = [
        "id",
        "client_order_ref",
        "origin",
        "company_id/.id",
        "partner_id/id",
        "partner_invoice_id/id",
        "partner_shipping_id/id",
        "warehouse_id/.id",
        "pricelist_id/.id",
        "date_order",
    ]
    .map(String::from)
    .to_vec();
    fields.extend(used.iter().map(|(name, _)| (*name).to_owned()));
    let header_width = fields.len();
    fields.extend(LINE.iter().map(|name| format!("order_line/{name}")));
    fields.push(format!("order_line/{}/.id", version.line_taxes()));
    let mut rows = Vec::new();
    for order in orders {
        let mut head = header(order);
        head.extend(used.iter().map(|(_, value)| value(order).map_or_else(blank, cell)));
        for (index, line) in order.sale.lines.iter().enumerate() {
            let mut row = if index == 0 { head.clone() } else { vec![blank(); header_width] };
            row.extend(line_cells(order.key, index, line));
            rows.push(row);
        }
        if order.sale.lines.is_empty() {
            head.resize(fields.len(), blank());
            rows.push(head);
        }
    }
    LoadRows { fields, rows }
}

/// `origin` of an order: whose it is, in words that no other order has.
#[must_use]
pub fn origin(channel: &str, key: &SubjectKey) -> String {
    format!("{channel}:{}:{}", key.account(), key.external_id())
}

fn header(order: &OrderHeader<'_>) -> Vec<Value> {
    let OrderHeader { key, channel, contacts, sale, directory } = order;
    vec![
        cell(order_id(key)),
        cell(&*sale.draft.number),
        cell(origin(channel, key)),
        cell(directory.company.to_string()),
        cell(&*contacts.partner),
        cell(&*contacts.invoice),
        cell(&*contacts.delivery),
        cell(directory.warehouse.to_string()),
        sale.pricelist.map_or_else(blank, |id| cell(id.to_string())),
        cell(odoo_date(sale.draft.placed_at)),
    ]
}

fn joined(ids: &[i64]) -> Option<String> {
    (!ids.is_empty()).then(|| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

/// Cells of a line. An empty tax cell means no tax; leaving the column out would apply the product's own.
fn line_cells(key: &SubjectKey, index: usize, line: &MatchedLine) -> Vec<Value> {
    let taxes: Vec<i64> = line.taxes.iter().map(|tax| tax.id).collect();
    let sequence = index.saturating_add(1).saturating_mul(10);
    vec![
        cell(line_id(key, &line.id)),
        cell(sequence.to_string()),
        cell(line.product.to_string()),
        cell(&*line.title),
        cell(line.price.quantity.to_string()),
        cell(line.price.unit_price.to_string()),
        cell(line.price.discount.to_string()),
        joined(&taxes).map_or_else(blank, cell),
    ]
}

/// Rows that bring the lines of quotations to what is desired (plain mode): each desired line in full, and each line of ours
/// that is no longer desired at quantity zero. `gone` are the line names (`line_17`) of the latter.
#[must_use]
pub fn line_rows(order: (&SubjectKey, i64), sale: &MatchedSale, gone: &[String], version: Version) -> LoadRows {
    let (key, id) = order;
    let mut fields: Vec<String> = vec!["order_id/.id".into()];
    fields.extend(LINE.map(String::from));
    fields.push(format!("{}/.id", version.line_taxes()));
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (index, line) in sale.lines.iter().enumerate() {
        let mut row = vec![cell(id.to_string())];
        row.extend(line_cells(key, index, line));
        rows.push(row);
    }
    LoadRows { fields, rows: rows.into_iter().chain(gone.iter().map(|name| emptied(key, id, name, sale))).collect() }
}

/// Rows that bring lines of a confirmed order to what is desired (plain mode; a new line as in exchange 455): those of `names`,
/// and those of `gone` to quantity zero, which cancels what is open of their delivery (exchange 490). One call, so that all
/// of it happens or nothing.
#[must_use]
pub fn amended_rows(
    order: (&SubjectKey, i64),
    sale: &MatchedSale,
    (names, gone): (&[&str], &[(&str, &ObservedLine)]),
    version: Version,
) -> LoadRows {
    let (key, id) = order;
    let mut rows = line_rows(order, sale, &[], version);
    let wanted: Vec<Value> = names.iter().map(|name| cell(line_id(key, name))).collect();
    // Columns: the order, then the line's own id.
    rows.rows.retain(|row| row.get(1).is_some_and(|name| wanted.contains(name)));
    // Of a confirmed order nothing of a line may change but its quantity and price.
    rows.rows.extend(gone.iter().map(|(name, line)| {
        vec![
            cell(id.to_string()),
            cell(line_id(key, name)),
            cell("9000"),
            line.product.map_or_else(blank, |id| cell(id.to_string())),
            cell(&*line.title),
            cell("0"),
            cell(line.unit_price.to_string()),
            cell(line.discount.to_string()),
            joined(&line.taxes).map_or_else(blank, cell),
        ]
    }));
    rows
}

/// A line of ours that is no longer sold: quantity zero, which also works where deleting is refused (exchange 489).
fn emptied(key: &SubjectKey, id: i64, name: &str, sale: &MatchedSale) -> Vec<Value> {
    vec![
        cell(id.to_string()),
        cell(line_id(key, name)),
        cell("9000"),
        cell(sale.rounding_product.to_string()),
        cell("Removed at the channel"),
        cell("0"),
        cell("0"),
        cell("0"),
        blank(),
    ]
}

/// The rounding line (exchange 453). Without a discount column, Odoo gives it that of a price list that takes per cents off.
#[must_use]
pub fn rounding_row(order: (&SubjectKey, i64), sale: &MatchedSale, amount: Money, version: Version) -> LoadRows {
    let (key, id) = order;
    let mut fields: Vec<String> =
        ["id", "order_id/.id", "sequence", "product_id/.id", "name", "product_uom_qty", "price_unit", "discount"]
            .map(String::from)
            .to_vec();
    fields.push(format!("{}/.id", version.line_taxes()));
    let row = vec![
        cell(line_id(key, "rounding")),
        cell(id.to_string()),
        cell("9999"),
        cell(sale.rounding_product.to_string()),
        cell("Rounding difference to the channel's total"),
        cell("1"),
        cell(amount.to_string()),
        cell("0"),
        blank(),
    ];
    LoadRows { fields, rows: vec![row] }
}

/// Brings back the dates that `action_confirm` overwrote, of many orders in one plain `load` (exchanges 408, 479).
#[must_use]
pub fn confirm_dates(orders: &[(&SubjectKey, Timestamp)]) -> LoadRows {
    LoadRows {
        fields: vec!["id".into(), "date_order".into()],
        rows: orders.iter().map(|(key, placed)| vec![cell(order_id(key)), cell(odoo_date(*placed))]).collect(),
    }
}

/// Brings the contacts of quotations to the channel's addresses (plain mode).
#[must_use]
pub fn contact_changes(orders: &[(&SubjectKey, &Contacts)]) -> LoadRows {
    LoadRows {
        fields: ["id", "partner_invoice_id/id", "partner_shipping_id/id"].map(String::from).to_vec(),
        rows: orders
            .iter()
            .map(|(key, contacts)| vec![cell(order_id(key)), cell(&*contacts.invoice), cell(&*contacts.delivery)])
            .collect(),
    }
}
