//! Companies, users, places, and other small models.

/// `res.company`
pub(crate) mod company {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    const ROUNDING: &[(&str, &str)] = &[("round_per_line", "Round per Line"), ("round_globally", "Round Globally")];

    fields! {
        NAME = "name", "Company Name", Kind::Char, required;
        CURRENCY = "currency_id", "Currency", Kind::Many2one(schema::CURRENCY), required;
        COUNTRY = "country_id", "Country", Kind::Many2one(schema::COUNTRY);
        PARTNER = "partner_id", "Partner", Kind::Many2one(schema::PARTNER);
        ROUNDING_METHOD = "tax_calculation_rounding_method", "Tax Calculation Rounding Method",
            Kind::Selection(ROUNDING);
        LOCK_DATE = "fiscalyear_lock_date", "Global Lock Date", Kind::Char;
        ACTIVE = "active", "Active", Kind::Boolean;
    }
}

/// `res.users`
pub(crate) mod user {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        NAME = "name", "Name", Kind::Char, required;
        LOGIN = "login", "Login", Kind::Char, required, indexed;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        COMPANIES = "company_ids", "Companies", Kind::Many2many(schema::COMPANY);
        LANG = "lang", "Language", Kind::Char;
        TZ = "tz", "Timezone", Kind::Char;
        ACTIVE = "active", "Active", Kind::Boolean;
    }
}

/// `res.country`
pub(crate) mod country {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        NAME = "name", "Country Name", Kind::Char, required, indexed;
        CODE = "code", "Country Code", Kind::Char, required, indexed;
        STATES = "state_ids", "States", Kind::One2many(schema::COUNTRY_STATE, super::state::COUNTRY), computed;
    }
}

/// `res.country.state`
pub(crate) mod state {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        NAME = "name", "State Name", Kind::Char, required, indexed;
        CODE = "code", "State Code", Kind::Char, required, indexed;
        COUNTRY = "country_id", "Country", Kind::Many2one(schema::COUNTRY), required, indexed;
    }
}

/// Models of which only the name matters: teams, units of measure, categories, carriers.
pub(crate) mod named {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        NAME = "name", "Name", Kind::Char, required, indexed;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        ACTIVE = "active", "Active", Kind::Boolean;
        PRODUCT = "product_id", "Delivery Product", Kind::Many2one(schema::PRODUCT);
        TRACKING_URL = "tracking_url", "Tracking Link", Kind::Char;
    }
}

/// `sale.order.cancel`, the wizard of 18.
pub(crate) mod cancel_wizard {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        ORDER = "order_id", "Sale Order", Kind::Many2one(schema::ORDER), required;
    }
}

/// `stock.backorder.confirmation`, the wizard of `button_validate`.
pub(crate) mod backorder_wizard {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        PICKINGS = "pick_ids", "Transfers", Kind::Many2many(schema::PICKING);
    }
}
