//! `product.product` and `product.template`. Source: fields/product.product.json.
//!
//! The simulation knows no attributes: a template has the fields of its variants, and both are kept equal.

use super::{
    self as schema,
    field::{Kind, fields},
};

const TYPES: &[(&str, &str)] = &[("consu", "Goods"), ("service", "Service"), ("combo", "Combo")];
const POLICIES: &[(&str, &str)] = &[("order", "Ordered quantities"), ("delivery", "Delivered quantities")];

fields! {
    NAME = "name", "Name", Kind::Char, required, indexed;
    CODE = "default_code", "Internal Reference", Kind::Char, indexed;
    BARCODE = "barcode", "Barcode", Kind::Char, indexed;
    TEMPLATE = "product_tmpl_id", "Product Template", Kind::Many2one(schema::TEMPLATE), indexed;
    TYPE = "type", "Product Type", Kind::Selection(TYPES);
    STORABLE = "is_storable", "Track Inventory", Kind::Boolean;
    PRICE = "lst_price", "Sales Price", Kind::Float(Some(2));
    COST = "standard_price", "Cost", Kind::Float(Some(2));
    TAXES = "taxes_id", "Sales Taxes", Kind::Many2many(schema::TAX);
    UOM = "uom_id", "Unit of Measure", Kind::Many2one(schema::UOM);
    POLICY = "invoice_policy", "Invoicing Policy", Kind::Selection(POLICIES);
    SALE_OK = "sale_ok", "Sales", Kind::Boolean;
    PURCHASE_OK = "purchase_ok", "Purchase", Kind::Boolean;
    WEIGHT = "weight", "Weight", Kind::Float(Some(2));
    DESCRIPTION_SALE = "description_sale", "Sales Description", Kind::Text;
    COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
    ACTIVE = "active", "Active", Kind::Boolean;
    CATEGORY = "categ_id", "Product Category", Kind::Many2one(schema::CATEGORY);
    LIST_PRICE = "list_price", "Sales Price", Kind::Float(Some(2)), computed;
    ON_HAND = "qty_available", "Quantity On Hand", Kind::Float(Some(2)), computed;
    FREE = "free_qty", "Free To Use Quantity", Kind::Float(Some(2)), computed;
    FORECAST = "virtual_available", "Forecasted Quantity", Kind::Float(Some(2)), computed;
    INCOMING = "incoming_qty", "Incoming", Kind::Float(Some(2)), computed;
    OUTGOING = "outgoing_qty", "Outgoing", Kind::Float(Some(2)), computed;
    VARIANTS = "product_variant_ids", "Products", Kind::One2many(schema::PRODUCT, TEMPLATE), computed;
    VARIANT = "product_variant_id", "Product", Kind::Many2one(schema::PRODUCT), computed;
    VARIANT_COUNT = "product_variant_count", "# Product Variants", Kind::Integer, computed;
}

/// The fields that a template and its variants share.
pub(crate) const SHARED: &[usize] = &[
    NAME,
    TYPE,
    STORABLE,
    PRICE,
    TAXES,
    UOM,
    POLICY,
    SALE_OK,
    PURCHASE_OK,
    DESCRIPTION_SALE,
    COMPANY,
    ACTIVE,
    CATEGORY,
];
/// The fields that a template shows of its only variant.
pub(crate) const OF_VARIANT: &[usize] = &[CODE, BARCODE, COST, WEIGHT];
