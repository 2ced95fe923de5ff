//! Invoices, credit notes and their journals. Source: fields/account.move.json, fields/account.move.line.json,
//! fields/account.journal.json. Journal items of taxes and receivables are not simulated; dates are kept as their text.

/// `account.move`
pub(crate) mod entry {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    const KINDS: &[(&str, &str)] = &[
        ("entry", "Journal Entry"),
        ("out_invoice", "Customer Invoice"),
        ("out_refund", "Customer Credit Note"),
        ("in_invoice", "Vendor Bill"),
        ("in_refund", "Vendor Credit Note"),
        ("out_receipt", "Sales Receipt"),
        ("in_receipt", "Purchase Receipt"),
    ];
    const STATES: &[(&str, &str)] = &[("draft", "Draft"), ("posted", "Posted"), ("cancel", "Cancelled")];
    const PAYMENT: &[(&str, &str)] = &[
        ("not_paid", "Not Paid"),
        ("in_payment", "In Payment"),
        ("paid", "Paid"),
        ("partial", "Partially Paid"),
        ("reversed", "Reversed"),
    ];

    fields! {
        NAME = "name", "Number", Kind::Char, indexed;
        KIND = "move_type", "Type", Kind::Selection(KINDS), required;
        STATE = "state", "Status", Kind::Selection(STATES), required;
        PARTNER = "partner_id", "Partner", Kind::Many2one(schema::PARTNER);
        JOURNAL = "journal_id", "Journal", Kind::Many2one(schema::JOURNAL), required;
        CURRENCY = "currency_id", "Currency", Kind::Many2one(schema::CURRENCY), required;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        REF = "ref", "Reference", Kind::Char;
        INVOICE_DATE = "invoice_date", "Invoice/Bill Date", Kind::Char;
        DATE = "date", "Date", Kind::Char;
        ORIGIN = "invoice_origin", "Origin", Kind::Char;
        REVERSES = "reversed_entry_id", "Reversal of", Kind::Many2one(schema::ENTRY), indexed;
        UNTAXED = "amount_untaxed", "Untaxed Amount", Kind::Monetary;
        TAX = "amount_tax", "Tax", Kind::Monetary;
        TOTAL = "amount_total", "Total", Kind::Monetary;
        RESIDUAL = "amount_residual", "Amount Due", Kind::Monetary;
        PAYMENT_STATE = "payment_state", "Payment Status", Kind::Selection(PAYMENT);
        LINES = "invoice_line_ids", "Invoice lines", Kind::One2many(schema::ENTRY_LINE, super::entry_line::ENTRY), computed;
    }
}

/// `account.move.line`
pub(crate) mod entry_line {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    const DISPLAY: &[(&str, &str)] = &[("product", "Product"), ("line_section", "Section"), ("line_note", "Note")];

    fields! {
        ENTRY = "move_id", "Journal Entry", Kind::Many2one(schema::ENTRY), required, indexed;
        SEQUENCE = "sequence", "Sequence", Kind::Integer;
        PRODUCT = "product_id", "Product", Kind::Many2one(schema::PRODUCT);
        NAME = "name", "Label", Kind::Char;
        QUANTITY = "quantity", "Quantity", Kind::Float(Some(2));
        PRICE = "price_unit", "Unit Price", Kind::Float(Some(2));
        DISCOUNT = "discount", "Discount (%)", Kind::Float(Some(2));
        TAXES = "tax_ids", "Taxes", Kind::Many2many(schema::TAX);
        SALE_LINES = "sale_line_ids", "Sales Order Lines", Kind::Many2many(schema::LINE);
        SUBTOTAL = "price_subtotal", "Subtotal", Kind::Monetary;
        LINE_TOTAL = "price_total", "Total", Kind::Monetary;
        DISPLAY_TYPE = "display_type", "Display Type", Kind::Selection(DISPLAY);
    }
}

/// `account.journal`
pub(crate) mod journal {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    const TYPES: &[(&str, &str)] = &[("sale", "Sales"), ("purchase", "Purchase"), ("general", "Miscellaneous")];

    fields! {
        NAME = "name", "Journal Name", Kind::Char, required;
        CODE = "code", "Short Code", Kind::Char, required;
        TYPE = "type", "Type", Kind::Selection(TYPES), required;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY), required;
        ACTIVE = "active", "Active", Kind::Boolean;
    }
}
