//! A freshly installed retail database: two companies, no products.

mod countries;
mod states;

use rust_decimal::Decimal;

use super::{
    config::{SimCompany, SimConfig, SimWarehouse},
    schema::{
        self, Model,
        account::{currency, fiscal_position, group, pricelist, tax},
        base::{company, country, named, state, user},
        ledger::journal,
        stock::{location, picking_type, warehouse},
    },
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
};

/// The administrator.
pub(crate) const ADMIN: Id = 1;
/// The integration user.
pub(crate) const INTEGRATION: Id = 2;
/// Company "Retail US".
pub(crate) const COMPANY_US: Id = 1;
/// Company "Retail EU".
pub(crate) const COMPANY_EU: Id = 2;

/// Mantissa and scale of a decimal.
type Dec = (i64, u32);

/// Name, symbol, smallest step, units for one US dollar (0.8 as in exchange 111).
const CURRENCIES: &[(&str, &str, Dec, Dec)] = &[
    ("USD", "$", (1, 2), (1, 0)),
    ("EUR", "€", (1, 2), (8, 1)),
    ("GBP", "£", (1, 2), (7, 1)),
    ("JPY", "¥", (1, 0), (150, 0)),
    ("KWD", "د.ك", (1, 3), (3, 1)),
];

struct Seeder<'a> {
    db: &'a mut Db,
    now: i64,
}

impl Seeder<'_> {
    fn add(&mut self, model: Model, external: &str, values: &[(usize, Value)]) -> Id {
        let mut record = Record::new(schema::of(model).stored(), self.now, ADMIN);
        if let Some(active) = schema::of(model).known("active") {
            record.set(active, Value::Bool(true));
        }
        for (slot, value) in values {
            record.set(*slot, value.clone());
        }
        let id = self.db.next_id(model);
        self.db.put(model, id, Some(record));
        if !external.is_empty() {
            self.db.name_record(model, id, external, true);
        }
        id
    }

    fn named(&mut self, model: Model, external: &str, name: &str) -> Id {
        self.add(model, external, &[(named::NAME, Value::text(name))])
    }

    fn countries(&mut self) {
        for (code, name) in countries::COUNTRIES {
            let external = match *code {
                "GB" => "base.uk".to_owned(),
                code => format!("base.{}", code.to_lowercase()),
            };
            let values = [(country::NAME, Value::text(name)), (country::CODE, Value::text(code))];
            let id = self.add(schema::COUNTRY, &external, &values);
            for (_, state_code, name) in states::STATES.iter().filter(|(of, _, _)| of == code) {
                let external = format!("base.state_{}_{}", code.to_lowercase(), state_code.to_lowercase());
                let values = [
                    (state::NAME, Value::text(name)),
                    (state::CODE, Value::text(state_code)),
                    (state::COUNTRY, Value::Int(id)),
                ];
                self.add(schema::COUNTRY_STATE, &external, &values);
            }
        }
    }

    fn currencies(&mut self) {
        for (name, symbol, step, rate) in CURRENCIES {
            let values = [
                (currency::NAME, Value::text(name)),
                (currency::SYMBOL, Value::text(symbol)),
                (currency::ROUNDING, Value::Dec(Decimal::new(step.0, step.1))),
                (currency::RATE, Value::Dec(Decimal::new(rate.0, rate.1))),
            ];
            self.add(schema::CURRENCY, &format!("base.{name}"), &values);
        }
    }

    fn by_name(&self, external: &str) -> Value {
        Value::from_id(self.db.external(external).map(|target| target.id))
    }

    /// A company with its partner, and its warehouse with places and operations.
    fn company(
        &mut self,
        external: &str,
        (name, code): (&str, &str),
        (money, land): (&str, &str),
        rounding: &str,
    ) -> Id {
        let (money, land) = (self.by_name(money), self.by_name(land));
        let contact = [
            (schema::partner::NAME, Value::text(name)),
            (schema::partner::TYPE, Value::text("contact")),
            (schema::partner::IS_COMPANY, Value::Bool(true)),
            (schema::partner::COUNTRY, land.clone()),
        ];
        let contact = self.add(schema::PARTNER, "", &contact);
        let values = [
            (company::NAME, Value::text(name)),
            (company::CURRENCY, money),
            (company::COUNTRY, land),
            (company::PARTNER, Value::Int(contact)),
            (company::ROUNDING_METHOD, Value::text(rounding)),
        ];
        let id = self.add(schema::COMPANY, external, &values);
        self.warehouse(id, name, code);
        id
    }

    fn warehouse(&mut self, of: Id, name: &str, code: &str) {
        let values = [
            (warehouse::NAME, Value::text(name)),
            (warehouse::CODE, Value::text(code)),
            (warehouse::COMPANY, Value::Int(of)),
        ];
        let house = self.add(schema::WAREHOUSE, "", &values);
        let stock = [
            (location::NAME, Value::text("Stock")),
            (location::COMPLETE_NAME, Value::text(&format!("{code}/Stock"))),
            (location::USAGE, Value::text("internal")),
            (location::COMPANY, Value::Int(of)),
            (location::WAREHOUSE, Value::Int(house)),
        ];
        let stock = self.add(schema::LOCATION, "", &stock);
        let mut kinds = Vec::new();
        for (name, kind, prefix) in [("Receipts", "incoming", "IN"), ("Delivery Orders", "outgoing", "OUT")] {
            let values = [
                (picking_type::NAME, Value::text(name)),
                (picking_type::CODE, Value::text(kind)),
                (picking_type::PREFIX, Value::text(prefix)),
                (picking_type::WAREHOUSE, Value::Int(house)),
                (picking_type::COMPANY, Value::Int(of)),
            ];
            kinds.push(self.add(schema::PICKING_TYPE, "", &values));
        }
        self.db.set(schema::WAREHOUSE, house, warehouse::STOCK, Value::Int(stock));
        self.db.set(schema::WAREHOUSE, house, warehouse::IN_TYPE, Value::from_id(kinds.first().copied()));
        self.db.set(schema::WAREHOUSE, house, warehouse::OUT_TYPE, Value::from_id(kinds.last().copied()));
    }

    fn places(&mut self) {
        for (external, name, path, usage) in [
            ("stock.stock_location_suppliers", "Vendors", "Partners/Vendors", "supplier"),
            ("stock.stock_location_customers", "Customers", "Partners/Customers", "customer"),
            ("stock.location_inventory", "Inventory adjustment", "Virtual Locations/Inventory adjustment", "inventory"),
        ] {
            let values = [
                (location::NAME, Value::text(name)),
                (location::COMPLETE_NAME, Value::text(path)),
                (location::USAGE, Value::text(usage)),
            ];
            self.add(schema::LOCATION, external, &values);
        }
    }

    fn user(&mut self, (name, login, zone): (&str, &str, &str), companies: &[Id]) {
        let values = [
            (user::NAME, Value::text(name)),
            (user::LOGIN, Value::text(login)),
            (user::COMPANY, Value::Int(COMPANY_US)),
            (user::COMPANIES, Value::ids(companies)),
            (user::LANG, Value::text("en_US")),
            (user::TZ, Value::text(zone)),
        ];
        self.add(schema::USER, "", &values);
    }

    /// A price list per currency, a tax group and a zero tax per company, a fiscal position that changes nothing.
    fn sales(&mut self, companies: &[Id]) {
        for (name, ..) in CURRENCIES {
            let values = [
                (pricelist::NAME, Value::text(&format!("Default {name}"))),
                (pricelist::CURRENCY, self.by_name(&format!("base.{name}"))),
                (pricelist::SEQUENCE, Value::Int(16)),
            ];
            self.add(schema::PRICELIST, "", &values);
        }
        for of in companies.iter().copied() {
            // Exchange 069.
            let values = [
                (journal::NAME, Value::text("Customer Invoices")),
                (journal::CODE, Value::text("INV")),
                (journal::TYPE, Value::text("sale")),
                (journal::COMPANY, Value::Int(of)),
            ];
            self.add(schema::JOURNAL, "", &values);
            let values = [
                (group::NAME, Value::text("Tax")),
                (group::SEQUENCE, Value::Int(10)),
                (group::COMPANY, Value::Int(of)),
            ];
            let tax_group = self.add(schema::TAX_GROUP, "", &values);
            let values = [
                (tax::NAME, Value::text("0%")),
                (tax::USE, Value::text("sale")),
                (tax::AMOUNT_TYPE, Value::text("percent")),
                (tax::AMOUNT, Value::Dec(Decimal::ZERO)),
                (tax::GROUP, Value::Int(tax_group)),
                (tax::COMPANY, Value::Int(of)),
                (tax::SEQUENCE, Value::Int(1)),
            ];
            self.add(schema::TAX, "", &values);
            let values = [
                (fiscal_position::NAME, Value::text("Channel: tax from channel")),
                (fiscal_position::COMPANY, Value::Int(of)),
            ];
            self.add(schema::FISCAL_POSITION, "", &values);
        }
        self.named(schema::TEAM, "sales_team.team_sales_department", "Sales");
        self.named(schema::UOM, "uom.product_uom_unit", "Units");
        self.named(schema::CATEGORY, "product.product_category_all", "All");
        self.named(schema::CARRIER, "", "Standard delivery");
    }
}

/// Fills an empty database.
pub(crate) fn plant(db: &mut Db, config: &SimConfig, now: i64) {
    let mut seeder = Seeder { db, now };
    seeder.countries();
    seeder.currencies();
    // The default of a new database of each version (README; 457, 458, 481).
    let rounding = if config.version <= 18 { "round_per_line" } else { "round_globally" };
    seeder.places();
    seeder.company("base.main_company", ("Retail US", "WH"), ("base.USD", "base.us"), rounding);
    seeder.company("", ("Retail EU", "WHEU"), ("base.EUR", "base.de"), rounding);
    let mut all = vec![(COMPANY_US, "Retail US"), (COMPANY_EU, "Retail EU")];
    for SimCompany { name, warehouse, currency, country } in &config.companies {
        let (money, land) = (format!("base.{currency}"), format!("base.{country}"));
        all.push((seeder.company("", (name, warehouse), (&money, &land), rounding), name));
    }
    for SimWarehouse { company, name, code } in &config.warehouses {
        if let Some((id, _)) = all.iter().find(|(_, known)| known == company) {
            seeder.warehouse(*id, name, code);
        }
    }
    let all: Vec<Id> = all.into_iter().map(|(id, _)| id).collect();
    seeder.sales(&all);
    seeder.user(("Administrator", "admin", "UTC"), &all);
    seeder.user((&config.login, &config.login, &config.time_zone()), &all);
    for extra in &config.users {
        let companies: &[Id] = if extra.second_company { &[COMPANY_US, COMPANY_EU] } else { &[COMPANY_US] };
        seeder.user((&extra.login, &extra.login, &config.time_zone()), companies);
    }
    db.commit();
}
