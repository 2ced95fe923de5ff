//! What a simulated Odoo is told about itself.

use super::cost::Costs;

/// What a user may do beyond reading. Odoo's groups, reduced to those that a recording shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The integration user of the contract (README "Keys and rights"): customers, orders, deliveries. It may not write
    /// products, taxes or pricelists, delete orders, or read technical models.
    Integration,
    /// The integration user without the group *Contact creation*.
    WithoutContacts,
    /// The same, and products, pricelists and taxes: what loads the demonstration data.
    IntegrationWithSetup,
    /// Everything.
    Administrator,
}

/// One user of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimUser {
    /// Login.
    pub login: String,
    /// API key.
    pub api_key: String,
    /// Rights.
    pub role: Role,
    /// May it work in company 2?
    pub second_company: bool,
}

/// A company besides the two of every simulated database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimCompany {
    /// Name.
    pub name: String,
    /// Code of its warehouse.
    pub warehouse: String,
    /// Currency code.
    pub currency: String,
    /// ISO 3166-1 alpha-2 code of its country, in lower case; that of Great Britain is `uk`, as in Odoo's external ids.
    pub country: String,
}

/// A warehouse besides the one that each company has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimWarehouse {
    /// Name of the company whose it is.
    pub company: String,
    /// Name.
    pub name: String,
    /// Code.
    pub code: String,
}

/// How to make a simulated Odoo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimConfig {
    /// 18 or 19.
    pub version: u16,
    /// Name of the only database.
    pub database: String,
    /// Login of the integration user.
    pub login: String,
    /// Its API key.
    pub api_key: String,
    /// Its rights.
    pub role: Role,
    /// Its own time zone, in hours east of UTC: `load` reads dates in it, unless the context names another one.
    pub hours_east: i8,
    /// The decimal accuracy `Product Price`.
    pub price_digits: u32,
    /// Per cents that every price list takes off and shows as a discount, where a line does not say its own.
    pub list_discount: u32,
    /// Companies besides "Retail US" and "Retail EU"; the integration user may work in all of them.
    pub companies: Vec<SimCompany>,
    /// Warehouses besides the first one of each company.
    pub warehouses: Vec<SimWarehouse>,
    /// Users besides the integration user and the administrator.
    pub users: Vec<SimUser>,
    /// API key of the administrator, login `admin`.
    pub admin_key: String,
    /// What the database uuid is made from.
    pub seed: u64,
    /// Path before `/jsonrpc` and `/json/2`, such as `/odoo`; empty for none.
    pub base_path: String,
    /// Report how long the real server would take.
    pub costs: Option<Costs>,
    /// Remember what changed for [`super::SimOdoo::drain_changes`]. Off, the memory of a long simulation stays smaller.
    pub track_changes: bool,
}

impl SimConfig {
    fn of_version(version: u16) -> Self {
        Self {
            version,
            database: "sim".into(),
            login: "sluice".into(),
            api_key: "sim-key".into(),
            role: Role::IntegrationWithSetup,
            // Whoever is made in Odoo's interface has the time zone of the administrator's browser.
            hours_east: 2,
            price_digits: 2,
            list_discount: 0,
            companies: Vec::new(),
            warehouses: Vec::new(),
            users: Vec::new(),
            admin_key: "sim-admin-key".into(),
            seed: 1,
            base_path: String::new(),
            costs: None,
            track_changes: true,
        }
    }

    /// An Odoo 18: JSON-RPC only, tax rounding per line.
    #[must_use]
    pub fn odoo18() -> Self {
        Self::of_version(18)
    }

    /// An Odoo 19: JSON-2 and JSON-RPC, tax rounding per document.
    #[must_use]
    pub fn odoo19() -> Self {
        Self::of_version(19)
    }

    /// The integration user's time zone as Odoo names it: the sign of `Etc/GMT-2` is that of POSIX.
    pub(crate) fn time_zone(&self) -> String {
        match self.hours_east {
            0 => "UTC".to_owned(),
            east => format!("Etc/GMT{:+}", east.saturating_neg()),
        }
    }

    /// The database uuid: one per seed.
    pub(crate) fn uuid(&self) -> String {
        let (high, low) =
            (self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), self.seed.wrapping_add(0x5851_f42d_4c95_7f2d));
        let digits = format!("{high:016x}{low:016x}");
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("").to_owned();
        format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
    }
}
