//! The models that the simulation knows, and their fields.
//!
//! A field that is not listed does not exist here: asking for it is refused as Odoo refuses an unknown field, so that a
//! caller that needs more of Odoo than is simulated fails loudly.

pub(crate) mod account;
pub(crate) mod base;
pub(crate) mod field;
pub(crate) mod ledger;
pub(crate) mod line;
pub(crate) mod order;
pub(crate) mod partner;
pub(crate) mod product;
pub(crate) mod stock;

use self::field::FieldDef;

/// One model: its place in the list of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Model(usize);

impl Model {
    pub(crate) fn index(self) -> usize {
        self.0
    }
}

/// What is known of a model.
#[derive(Debug)]
pub(crate) struct ModelDef {
    pub(crate) name: &'static str,
    /// Label, as it stands in messages.
    pub(crate) label: &'static str,
    pub(crate) fields: &'static [FieldDef],
    /// Default order, as Odoo's `_order`.
    pub(crate) order: &'static str,
}

impl ModelDef {
    /// How many fields are stored.
    pub(crate) fn stored(&self) -> usize {
        self.fields.iter().take_while(|field| !field.computed).count()
    }

    /// The place of a field, by the name it has on a version.
    pub(crate) fn slot(&self, name: &str, version: u16) -> Option<usize> {
        self.fields.iter().position(|field| field.name_on(version) == Some(name))
    }

    /// The place of a field by its constant name, for the few that many models have.
    pub(crate) fn known(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

macro_rules! models {
    ($($model:ident = $index:literal, $name:literal, $label:literal, $fields:expr, $order:literal;)*) => {
        $(pub(crate) const $model: Model = Model($index);)*
        static MODELS: &[ModelDef] = &[
            $(ModelDef { name: $name, label: $label, fields: $fields, order: $order }),*
        ];
    };
}

models! {
    PARTNER = 0, "res.partner", "Contact", partner::FIELDS, "complete_name, id desc";
    ORDER = 1, "sale.order", "Sales Order", order::FIELDS, "date_order desc, id desc";
    LINE = 2, "sale.order.line", "Sales Order Line", line::FIELDS, "order_id, sequence, id";
    PRODUCT = 3, "product.product", "Product Variant", product::FIELDS, "default_code, name, id";
    TEMPLATE = 4, "product.template", "Product", product::FIELDS, "name";
    TAX = 5, "account.tax", "Tax", account::tax::FIELDS, "sequence, id";
    TAX_GROUP = 6, "account.tax.group", "Tax Group", account::group::FIELDS, "sequence, id";
    FISCAL_POSITION = 7, "account.fiscal.position", "Fiscal Position", account::fiscal_position::FIELDS, "id";
    PRICELIST = 8, "product.pricelist", "Pricelist", account::pricelist::FIELDS, "sequence, id";
    CURRENCY = 9, "res.currency", "Currency", account::currency::FIELDS, "active desc, name";
    COMPANY = 10, "res.company", "Companies", base::company::FIELDS, "id";
    USER = 11, "res.users", "User", base::user::FIELDS, "name, login";
    COUNTRY = 12, "res.country", "Country", base::country::FIELDS, "name, id";
    COUNTRY_STATE = 13, "res.country.state", "Country state", base::state::FIELDS, "code, id";
    TEAM = 14, "crm.team", "Sales Team", base::named::FIELDS, "id";
    UOM = 15, "uom.uom", "Product Unit of Measure", base::named::FIELDS, "id";
    CATEGORY = 16, "product.category", "Product Category", base::named::FIELDS, "name";
    CARRIER = 17, "delivery.carrier", "Shipping Methods", base::named::FIELDS, "id";
    WAREHOUSE = 18, "stock.warehouse", "Warehouse", stock::warehouse::FIELDS, "id";
    LOCATION = 19, "stock.location", "Inventory Locations", stock::location::FIELDS, "complete_name, id";
    PICKING_TYPE = 20, "stock.picking.type", "Picking Type", stock::picking_type::FIELDS, "id";
    PICKING = 21, "stock.picking", "Transfer", stock::picking::FIELDS, "scheduled_date, id desc";
    MOVE = 22, "stock.move", "Stock Move", stock::stock_move::FIELDS, "sequence, id";
    QUANT = 23, "stock.quant", "Quants", stock::quant::FIELDS, "id";
    CANCEL_WIZARD = 24, "sale.order.cancel", "Sales Order Cancel", base::cancel_wizard::FIELDS, "id";
    BACKORDER_WIZARD = 25, "stock.backorder.confirmation", "Backorder Confirmation",
        base::backorder_wizard::FIELDS, "id";
    ENTRY = 26, "account.move", "Journal Entry", ledger::entry::FIELDS, "date desc, name desc, id desc";
    ENTRY_LINE = 27, "account.move.line", "Journal Item", ledger::entry_line::FIELDS, "sequence, id";
    JOURNAL = 28, "account.journal", "Journal", ledger::journal::FIELDS, "id";
    RETURN_WIZARD = 29, "stock.return.picking", "Return Picking", stock::return_wizard::FIELDS, "id";
    RETURN_LINE = 30, "stock.return.picking.line", "Return Picking Line", stock::return_line::FIELDS, "id";
}

static NOTHING: ModelDef = ModelDef { name: "", label: "", fields: &[], order: "id" };

/// Every model, in the order of their places.
pub(crate) fn all() -> impl Iterator<Item = &'static ModelDef> {
    MODELS.iter()
}

/// What is known of a model.
pub(crate) fn of(model: Model) -> &'static ModelDef {
    MODELS.get(model.index()).unwrap_or(&NOTHING)
}

/// The model of that technical name.
pub(crate) fn by_name(name: &str) -> Option<Model> {
    MODELS.iter().position(|def| def.name == name).map(Model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_stands_at_its_constant() {
        assert_eq!(of(BACKORDER_WIZARD).name, "stock.backorder.confirmation");
        assert_eq!(of(PICKING).fields[stock::picking::SALE].name, "sale_id");
        assert_eq!(of(RETURN_LINE).name, "stock.return.picking.line");
        assert_eq!(MODELS.len(), RETURN_LINE.index() + 1);
    }

    #[test]
    fn stored_fields_stand_before_computed_ones() {
        for def in all() {
            assert!(def.fields.iter().skip(def.stored()).all(|field| field.computed), "{}", def.name);
        }
    }
}
