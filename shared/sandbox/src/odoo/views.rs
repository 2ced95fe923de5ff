//! What tests and the demonstration look at.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    schema::{self, account, line, order, partner, product},
    server::SimOdoo,
    store::{
        record::Record,
        value::{Id, Value},
    },
};

/// An order as it stands.
#[derive(Clone, Copy, Debug)]
pub struct OrderView<'a> {
    /// Database id.
    pub id: i64,
    sim: &'a SimOdoo,
    record: &'a Record,
}

impl<'a> OrderView<'a> {
    fn named(&self, slot: usize, (model, name): (schema::Model, usize)) -> &'a str {
        let record = self.record.id_at(slot).and_then(|id| self.sim.db.get(model, id));
        record.map_or("", |record| record.get(name).as_str())
    }

    /// `S00001`
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.record.get(order::NAME).as_str()
    }

    /// `draft`, `sent`, `sale` or `cancel`.
    #[must_use]
    pub fn state(&self) -> &'a str {
        self.record.get(order::STATE).as_str()
    }

    /// The external id it was loaded under; empty when it has none.
    #[must_use]
    pub fn external_id(&self) -> &'a str {
        self.record.external.first().map_or("", |external| &*external.name)
    }

    /// The channel's number.
    #[must_use]
    pub fn client_order_ref(&self) -> &'a str {
        self.record.get(order::CLIENT_REF).as_str()
    }

    /// Currency code.
    #[must_use]
    pub fn currency(&self) -> &'a str {
        self.named(order::CURRENCY, (schema::CURRENCY, account::currency::NAME))
    }

    /// Without tax.
    #[must_use]
    pub fn amount_untaxed(&self) -> Decimal {
        self.record.get(order::UNTAXED).as_dec()
    }

    /// Tax.
    #[must_use]
    pub fn amount_tax(&self) -> Decimal {
        self.record.get(order::TAX).as_dec()
    }

    /// With tax.
    #[must_use]
    pub fn amount_total(&self) -> Decimal {
        self.record.get(order::TOTAL).as_dec()
    }

    /// When it was ordered.
    #[must_use]
    pub fn date_order(&self) -> Timestamp {
        let seconds = self.record.get(order::DATE_ORDER).as_id().unwrap_or(0);
        Timestamp::from_second(seconds).unwrap_or_default()
    }

    /// Company id.
    #[must_use]
    pub fn company_id(&self) -> i64 {
        self.record.id_at(order::COMPANY).unwrap_or(0)
    }

    /// Ids of customer, invoice address and delivery address.
    #[must_use]
    pub fn partner_ids(&self) -> [i64; 3] {
        [order::PARTNER, order::INVOICE_TO, order::SHIP_TO].map(|slot| self.record.id_at(slot).unwrap_or(0))
    }

    /// Its lines, in their order.
    pub fn lines(&self) -> impl Iterator<Item = LineView<'a>> + use<'a> {
        let sim = self.sim;
        let ids = super::orm::compute::children(&sim.db, schema::LINE, line::ORDER, self.id);
        ids.into_iter().filter_map(move |id| sim.db.get(schema::LINE, id).map(|record| LineView { id, sim, record }))
    }
}

/// A line of an order.
#[derive(Clone, Copy, Debug)]
pub struct LineView<'a> {
    /// Database id.
    pub id: i64,
    sim: &'a SimOdoo,
    record: &'a Record,
}

impl<'a> LineView<'a> {
    /// The external id it was loaded under; empty when it has none.
    #[must_use]
    pub fn external_id(&self) -> &'a str {
        self.record.external.first().map_or("", |external| &*external.name)
    }

    /// Internal reference of its product.
    #[must_use]
    pub fn sku(&self) -> &'a str {
        let item = self.record.id_at(line::PRODUCT).and_then(|id| self.sim.db.get(schema::PRODUCT, id));
        item.map_or("", |record| record.get(product::CODE).as_str())
    }

    /// Description.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.record.get(line::NAME).as_str()
    }

    /// Ordered.
    #[must_use]
    pub fn quantity(&self) -> Decimal {
        self.record.get(line::QUANTITY).as_dec()
    }

    /// Shipped.
    #[must_use]
    pub fn delivered(&self) -> Decimal {
        self.record.get(line::DELIVERED).as_dec()
    }

    /// On invoices.
    #[must_use]
    pub fn invoiced(&self) -> Decimal {
        self.record.get(line::INVOICED).as_dec()
    }

    /// Price of one.
    #[must_use]
    pub fn price_unit(&self) -> Decimal {
        self.record.get(line::PRICE).as_dec()
    }

    /// Per cent.
    #[must_use]
    pub fn discount(&self) -> Decimal {
        self.record.get(line::DISCOUNT).as_dec()
    }

    /// Without tax.
    #[must_use]
    pub fn subtotal(&self) -> Decimal {
        self.record.get(line::SUBTOTAL).as_dec()
    }

    /// Ids of its taxes.
    #[must_use]
    pub fn tax_ids(&self) -> &'a [i64] {
        self.record.get(line::TAXES).as_ids()
    }
}

/// A contact.
#[derive(Clone, Copy, Debug)]
pub struct PartnerView<'a> {
    /// Database id.
    pub id: i64,
    record: &'a Record,
}

impl<'a> PartnerView<'a> {
    /// The external id it was loaded under; empty when it has none.
    #[must_use]
    pub fn external_id(&self) -> &'a str {
        self.record.external.first().map_or("", |external| &*external.name)
    }

    /// Name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.record.get(partner::NAME).as_str()
    }

    /// Email.
    #[must_use]
    pub fn email(&self) -> &'a str {
        self.record.get(partner::EMAIL).as_str()
    }

    /// `contact`, `invoice`, `delivery` or `other`.
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.record.get(partner::TYPE).as_str()
    }

    /// Is it shown in lists? Archived ones are not.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.record.get(partner::ACTIVE).as_bool()
    }

    /// The contact above it.
    #[must_use]
    pub fn parent_id(&self) -> Option<i64> {
        self.record.id_at(partner::PARENT)
    }
}

impl SimOdoo {
    /// All orders, by id.
    pub fn orders(&self) -> impl Iterator<Item = OrderView<'_>> {
        self.db.iter(schema::ORDER).map(|(id, record)| OrderView { id, sim: self, record })
    }

    /// The order loaded under an external id.
    #[must_use]
    pub fn order(&self, external_id: &str) -> Option<OrderView<'_>> {
        let target = self.db.external(external_id).filter(|target| target.model == schema::ORDER)?;
        let record = self.db.get(schema::ORDER, target.id)?;
        Some(OrderView { id: target.id, sim: self, record })
    }

    /// Ids of the orders with a channel's number.
    #[must_use]
    pub fn orders_by_reference(&self, client_order_ref: &str) -> Vec<i64> {
        self.db.find(schema::ORDER, order::CLIENT_REF, &Value::text(client_order_ref))
    }

    /// One contact.
    #[must_use]
    pub fn partner(&self, id: i64) -> Option<PartnerView<'_>> {
        self.db.get(schema::PARTNER, id).map(|record| PartnerView { id, record })
    }

    /// All contacts, by id.
    pub fn partners(&self) -> impl Iterator<Item = PartnerView<'_>> {
        self.db.iter(schema::PARTNER).map(|(id, record)| PartnerView { id, record })
    }

    /// How many records a model has, archived ones included; 0 for an unknown model.
    #[must_use]
    pub fn count(&self, model: &str) -> usize {
        schema::by_name(model).map_or(0, |model| self.db.count(model))
    }

    /// The record that an external id names: model and id.
    #[must_use]
    pub fn resolve(&self, external_id: &str) -> Option<(&'static str, Id)> {
        self.db.external(external_id).map(|target| (schema::of(target.model).name, target.id))
    }
}
