//! `sale.order`. Source: fields/sale.order.json.

use super::{
    self as schema,
    field::{Kind, fields},
};

/// States of an order.
pub(crate) const STATES: &[(&str, &str)] =
    &[("draft", "Quotation"), ("sent", "Quotation Sent"), ("sale", "Sales Order"), ("cancel", "Cancelled")];

const DELIVERY: &[(&str, &str)] = &[
    ("pending", "Not Delivered"),
    ("started", "Started"),
    ("partial", "Partially Delivered"),
    ("full", "Fully Delivered"),
];

const INVOICE: &[(&str, &str)] = &[
    ("upselling", "Upselling Opportunity"),
    ("invoiced", "Fully Invoiced"),
    ("to invoice", "To Invoice"),
    ("no", "Nothing to Invoice"),
];

fields! {
    NAME = "name", "Order Reference", Kind::Char, indexed;
    STATE = "state", "Status", Kind::Selection(STATES);
    PARTNER = "partner_id", "Customer", Kind::Many2one(schema::PARTNER), required, indexed;
    INVOICE_TO = "partner_invoice_id", "Invoice Address", Kind::Many2one(schema::PARTNER), required;
    SHIP_TO = "partner_shipping_id", "Delivery Address", Kind::Many2one(schema::PARTNER), required;
    COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY), required;
    PRICELIST = "pricelist_id", "Pricelist", Kind::Many2one(schema::PRICELIST);
    CURRENCY = "currency_id", "Currency", Kind::Many2one(schema::CURRENCY);
    WAREHOUSE = "warehouse_id", "Warehouse", Kind::Many2one(schema::WAREHOUSE);
    TEAM = "team_id", "Sales Team", Kind::Many2one(schema::TEAM);
    USER = "user_id", "Salesperson", Kind::Many2one(schema::USER);
    FISCAL_POSITION = "fiscal_position_id", "Fiscal Position", Kind::Many2one(schema::FISCAL_POSITION);
    CARRIER = "carrier_id", "Delivery Method", Kind::Many2one(schema::CARRIER);
    DATE_ORDER = "date_order", "Order Date", Kind::Datetime, required;
    COMMITMENT_DATE = "commitment_date", "Delivery Date", Kind::Datetime;
    CLIENT_REF = "client_order_ref", "Customer Reference", Kind::Char, indexed;
    ORIGIN = "origin", "Source Document", Kind::Char;
    REFERENCE = "reference", "Payment Ref.", Kind::Char;
    NOTE = "note", "Terms and conditions", Kind::Html;
    LOCKED = "locked", "Locked", Kind::Boolean;
    UNTAXED = "amount_untaxed", "Untaxed Amount", Kind::Monetary;
    TAX = "amount_tax", "Taxes", Kind::Monetary;
    TOTAL = "amount_total", "Total", Kind::Monetary;
    ORDER_LINE = "order_line", "Order Lines", Kind::One2many(schema::LINE, super::line::ORDER), computed;
    PICKINGS = "picking_ids", "Transfers", Kind::One2many(schema::PICKING, super::stock::picking::SALE), computed;
    TAX_TOTALS = "tax_totals", "Tax Totals", Kind::Json, computed;
    CURRENCY_RATE = "currency_rate", "Currency Rate", Kind::Float(None), computed;
    INVOICE_STATUS = "invoice_status", "Invoice Status", Kind::Selection(INVOICE), computed;
    DELIVERY_STATUS = "delivery_status", "Delivery Status", Kind::Selection(DELIVERY), computed;
    DELIVERY_COUNT = "delivery_count", "Delivery Orders", Kind::Integer, computed;
    INVOICES = "invoice_ids", "Invoices", Kind::Many2many(schema::ENTRY), computed;
    AMOUNT_INVOICED = "amount_invoiced", "Already invoiced", Kind::Monetary, computed;
    AMOUNT_TO_INVOICE = "amount_to_invoice", "Un-invoiced Balance", Kind::Monetary, computed;
    INVOICE_COUNT = "invoice_count", "Invoice Count", Kind::Integer, computed;
}
