//! Taxes, tax groups, fiscal positions. Source: fields/account.tax.json.

/// `account.tax`
pub(crate) mod tax {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    const USES: &[(&str, &str)] = &[("sale", "Sales"), ("purchase", "Purchases"), ("none", "None")];
    const AMOUNT_TYPES: &[(&str, &str)] = &[
        ("group", "Group of Taxes"),
        ("fixed", "Fixed"),
        ("percent", "Percentage"),
        ("division", "Percentage Tax Included"),
    ];
    const PRICE_INCLUDE: &[(&str, &str)] = &[("tax_included", "Tax Included"), ("tax_excluded", "Tax Excluded")];

    fields! {
        NAME = "name", "Tax Name", Kind::Char, required, indexed;
        USE = "type_tax_use", "Tax Type", Kind::Selection(USES);
        AMOUNT_TYPE = "amount_type", "Tax Computation", Kind::Selection(AMOUNT_TYPES);
        AMOUNT = "amount", "Amount", Kind::Float(Some(4)), required;
        PRICE_INCLUDE_OVERRIDE = "price_include_override", "Included in Price", Kind::Selection(PRICE_INCLUDE);
        INCLUDE_BASE = "include_base_amount", "Affect Base of Subsequent Taxes", Kind::Boolean;
        GROUP = "tax_group_id", "Tax Group", Kind::Many2one(schema::TAX_GROUP), required;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY), required;
        COUNTRY = "country_id", "Country", Kind::Many2one(schema::COUNTRY);
        SEQUENCE = "sequence", "Sequence", Kind::Integer;
        DESCRIPTION = "description", "Description", Kind::Html;
        INVOICE_LABEL = "invoice_label", "Label on Invoices", Kind::Char;
        CHILDREN = "children_tax_ids", "Children Taxes", Kind::Many2many(schema::TAX);
        ACTIVE = "active", "Active", Kind::Boolean;
        PRICE_INCLUDE_FLAG = "price_include", "Price Include", Kind::Boolean, computed;
    }
}

/// `account.tax.group`
pub(crate) mod group {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        NAME = "name", "Name", Kind::Char, required;
        SEQUENCE = "sequence", "Sequence", Kind::Integer;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        COUNTRY = "country_id", "Country", Kind::Many2one(schema::COUNTRY);
    }
}

/// `account.fiscal.position`
pub(crate) mod fiscal_position {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        NAME = "name", "Fiscal Position", Kind::Char, required;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        AUTO_APPLY = "auto_apply", "Detect Automatically", Kind::Boolean;
        ACTIVE = "active", "Active", Kind::Boolean;
    }
}

/// `product.pricelist`
pub(crate) mod pricelist {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        NAME = "name", "Pricelist Name", Kind::Char, required, indexed;
        CURRENCY = "currency_id", "Currency", Kind::Many2one(schema::CURRENCY), required;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        SEQUENCE = "sequence", "Sequence", Kind::Integer;
        ACTIVE = "active", "Active", Kind::Boolean;
    }
}

/// `res.currency`
pub(crate) mod currency {
    use crate::odoo::schema::field::{Kind, fields};

    fields! {
        NAME = "name", "Currency", Kind::Char, required, indexed;
        SYMBOL = "symbol", "Symbol", Kind::Char;
        ROUNDING = "rounding", "Rounding Factor", Kind::Float(None);
        RATE = "rate", "Current Rate", Kind::Float(None);
        ACTIVE = "active", "Active", Kind::Boolean;
        DECIMALS = "decimal_places", "Decimal Places", Kind::Integer, computed;
    }
}
