//! `res.partner`. Source: fields/res.partner.json.

use super::{
    self as schema,
    field::{Kind, fields},
};

/// Kinds of address.
pub(crate) const TYPES: &[(&str, &str)] = &[
    ("contact", "Contact"),
    ("invoice", "Invoice Address"),
    ("delivery", "Delivery Address"),
    ("other", "Other Address"),
];

const COMPANY_TYPES: &[(&str, &str)] = &[("person", "Person"), ("company", "Company")];

/// Those that are active.
const LANGUAGES: &[(&str, &str)] =
    &[("en_US", "English (US)"), ("de_DE", "German / Deutsch"), ("fr_FR", "French / Français")];

fields! {
    NAME = "name", "Name", Kind::Char, indexed;
    PARENT = "parent_id", "Related Company", Kind::Many2one(schema::PARTNER), indexed;
    TYPE = "type", "Address Type", Kind::Selection(TYPES);
    IS_COMPANY = "is_company", "Is a Company", Kind::Boolean;
    EMAIL = "email", "Email", Kind::Char, indexed;
    PHONE = "phone", "Phone", Kind::Char;
    MOBILE = "mobile", "Mobile", Kind::Char, only(18);
    REF = "ref", "Reference", Kind::Char, indexed;
    VAT = "vat", "Tax ID", Kind::Char;
    STREET = "street", "Street", Kind::Char;
    STREET2 = "street2", "Street2", Kind::Char;
    CITY = "city", "City", Kind::Char;
    ZIP = "zip", "Zip", Kind::Char;
    STATE = "state_id", "State", Kind::Many2one(schema::COUNTRY_STATE);
    COUNTRY = "country_id", "Country", Kind::Many2one(schema::COUNTRY);
    LANG = "lang", "Language", Kind::Selection(LANGUAGES);
    WEBSITE = "website", "Website Link", Kind::Char;
    COMMENT = "comment", "Notes", Kind::Html;
    ACTIVE = "active", "Active", Kind::Boolean;
    COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
    USER = "user_id", "Salesperson", Kind::Many2one(schema::USER);
    CUSTOMER_RANK = "customer_rank", "Customer Rank", Kind::Integer;
    PRICELIST = "property_product_pricelist", "Pricelist", Kind::Many2one(schema::PRICELIST);
    FISCAL_POSITION = "property_account_position_id", "Fiscal Position", Kind::Many2one(schema::FISCAL_POSITION);
    COMPANY_TYPE = "company_type", "Company Type", Kind::Selection(COMPANY_TYPES), computed;
    CHILDREN = "child_ids", "Contact", Kind::One2many(schema::PARTNER, PARENT), computed;
    COMPLETE_NAME = "complete_name", "Complete Name", Kind::Char, computed;
    COMMERCIAL = "commercial_partner_id", "Commercial Entity", Kind::Many2one(schema::PARTNER), computed;
    ORDERS = "sale_order_ids", "Sales Order", Kind::One2many(schema::ORDER, super::order::PARTNER), computed;
}
