//! What tests look at in the books.

use rust_decimal::Decimal;

use super::{
    schema::{
        self, account,
        ledger::{entry, entry_line},
        product,
    },
    server::SimOdoo,
    store::{record::Record, value::Value},
};

/// An invoice or credit note as it stands.
#[derive(Clone, Copy, Debug)]
pub struct EntryView<'a> {
    /// Database id.
    pub id: i64,
    sim: &'a SimOdoo,
    record: &'a Record,
}

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryLineView {
    /// Internal reference of its product.
    pub sku: String,
    /// Units.
    pub quantity: Decimal,
    /// Price of one.
    pub price_unit: Decimal,
    /// With tax.
    pub total: Decimal,
    /// Ids of its taxes.
    pub taxes: Vec<i64>,
}

impl<'a> EntryView<'a> {
    /// `RINV/2026/00001`; empty for a draft.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.record.get(entry::NAME).as_str()
    }

    /// `out_invoice`, `out_refund`.
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.record.get(entry::KIND).as_str()
    }

    /// `draft`, `posted`, `cancel`.
    #[must_use]
    pub fn state(&self) -> &'a str {
        self.record.get(entry::STATE).as_str()
    }

    /// `not_paid`, `partial`, `paid`, `reversed`.
    #[must_use]
    pub fn payment_state(&self) -> &'a str {
        self.record.get(entry::PAYMENT_STATE).as_str()
    }

    /// The external id it was loaded under; empty when it has none.
    #[must_use]
    pub fn external_id(&self) -> &'a str {
        self.record.external.first().map_or("", |external| &*external.name)
    }

    /// Currency code.
    #[must_use]
    pub fn currency(&self) -> &'a str {
        let currency = self.record.id_at(entry::CURRENCY).and_then(|id| self.sim.db.get(schema::CURRENCY, id));
        currency.map_or("", |record| record.get(account::currency::NAME).as_str())
    }

    /// Its invoice's id, for a credit note.
    #[must_use]
    pub fn reverses(&self) -> Option<i64> {
        self.record.id_at(entry::REVERSES)
    }

    /// The date on it, and the one in the books.
    #[must_use]
    pub fn dates(&self) -> [&'a str; 2] {
        [entry::INVOICE_DATE, entry::DATE].map(|slot| self.record.get(slot).as_str())
    }

    /// With tax, and tax.
    #[must_use]
    pub fn amounts(&self) -> [Decimal; 2] {
        [entry::TOTAL, entry::TAX].map(|slot| self.record.get(slot).as_dec())
    }

    /// Its lines, in their order.
    #[must_use]
    pub fn lines(&self) -> Vec<EntryLineView> {
        let db = &self.sim.db;
        let ids = super::orm::compute::children(db, schema::ENTRY_LINE, entry_line::ENTRY, self.id);
        let records = ids.into_iter().filter_map(|id| db.get(schema::ENTRY_LINE, id));
        records
            .map(|record| {
                let item = record.id_at(entry_line::PRODUCT).and_then(|id| db.get(schema::PRODUCT, id));
                EntryLineView {
                    sku: item.map_or_else(String::new, |item| item.get(product::CODE).as_str().to_owned()),
                    quantity: record.get(entry_line::QUANTITY).as_dec(),
                    price_unit: record.get(entry_line::PRICE).as_dec(),
                    total: record.get(entry_line::LINE_TOTAL).as_dec(),
                    taxes: record.get(entry_line::TAXES).as_ids().to_vec(),
                }
            })
            .collect()
    }
}

impl SimOdoo {
    /// All invoices and credit notes, by id.
    pub fn entries(&self) -> impl Iterator<Item = EntryView<'_>> {
        self.db.iter(schema::ENTRY).map(|(id, record)| EntryView { id, sim: self, record })
    }

    /// Those that invoice an order, and those that reverse them.
    #[must_use]
    pub fn entries_of(&self, order: i64) -> Vec<EntryView<'_>> {
        let invoices = super::model::ledger::of_order(&self.db, order);
        let view = |id: i64| self.db.get(schema::ENTRY, id).map(|record| EntryView { id, sim: self, record });
        let mut found: Vec<EntryView<'_>> = invoices.iter().filter_map(|id| view(*id)).collect();
        for invoice in &invoices {
            let reversals = self.db.find(schema::ENTRY, entry::REVERSES, &Value::Int(*invoice));
            found.extend(reversals.into_iter().filter(|id| !invoices.contains(id)).filter_map(view));
        }
        found
    }
}
