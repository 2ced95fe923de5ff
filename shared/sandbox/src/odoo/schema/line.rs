//! `sale.order.line`. Source: fields/sale.order.line.json; `tax_id` became `tax_ids` on 19 (exchange 304).

use super::{
    self as schema,
    field::{Kind, fields},
};

const DISPLAY_TYPES: &[(&str, &str)] = &[("line_section", "Section"), ("line_note", "Note")];

fields! {
    ORDER = "order_id", "Order Reference", Kind::Many2one(schema::ORDER), required, indexed;
    SEQUENCE = "sequence", "Sequence", Kind::Integer;
    PRODUCT = "product_id", "Product", Kind::Many2one(schema::PRODUCT);
    NAME = "name", "Description", Kind::Text, required;
    QUANTITY = "product_uom_qty", "Quantity", Kind::Float(Some(2)), required;
    PRICE = "price_unit", "Unit Price", Kind::Float(Some(2)), required;
    DISCOUNT = "discount", "Discount (%)", Kind::Float(Some(2));
    TAXES = "tax_ids", "Taxes", Kind::Many2many(schema::TAX), was("tax_id");
    UOM = "product_uom_id", "Unit of Measure", Kind::Many2one(schema::UOM), was("product_uom");
    SUBTOTAL = "price_subtotal", "Subtotal", Kind::Monetary;
    LINE_TOTAL = "price_total", "Total", Kind::Monetary;
    DISPLAY_TYPE = "display_type", "Display Type", Kind::Selection(DISPLAY_TYPES);
    IS_DELIVERY = "is_delivery", "Is a Delivery", Kind::Boolean;
    DELIVERED = "qty_delivered", "Delivery Quantity", Kind::Float(Some(2));
    INVOICED = "qty_invoiced", "Invoiced Quantity", Kind::Float(Some(2));
    INVOICE_LINES = "invoice_lines", "Invoice Lines", Kind::Many2many(schema::ENTRY_LINE);
    CUSTOMER_LEAD = "customer_lead", "Lead Time", Kind::Float(None);
    PRICE_TAX = "price_tax", "Total Tax", Kind::Float(None), computed;
    TO_INVOICE = "qty_to_invoice", "Quantity To Invoice", Kind::Float(Some(2)), computed;
    COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY), computed;
    CURRENCY = "currency_id", "Currency", Kind::Many2one(schema::CURRENCY), computed;
    STATE = "state", "Order Status", Kind::Selection(super::order::STATES), computed;
    PARTNER = "order_partner_id", "Customer", Kind::Many2one(schema::PARTNER), computed;
    TEMPLATE = "product_template_id", "Product Template", Kind::Many2one(schema::TEMPLATE), computed;
    MOVES = "move_ids", "Stock Moves", Kind::One2many(schema::MOVE, super::stock::stock_move::SALE_LINE), computed;
}
