//! Odoo as those who work in it use it: over its API alone, be it real, simulated in the world, or a stand-in beside it.

use std::{collections::BTreeSet, sync::Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_domain::ports::http::Http;
use sluice_odoo::Connection;
use sluice_platform::{HttpClient, Settings, SystemClock, config::environment};
use sluice_sandbox::{
    demo,
    odoo::{Outcome, SimCompany, SimConfig, SimOdoo, SimWarehouse},
};
use sluice_testkit::{
    scene::start,
    shop::{Item, PRODUCTS},
    world::{Peer, administer, rpc},
};

/// A tax: name, per cent, and whether prices contain it.
pub(crate) type Levy = (&'static str, &'static str, bool);

/// What a retailer has in Odoo before the first order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground {
    /// Companies, with the currency of their books.
    pub(crate) companies: &'static [(&'static str, &'static str)],
    /// Codes of warehouses, with their companies.
    pub(crate) warehouses: &'static [(&'static str, &'static str)],
    /// Taxes of companies.
    pub(crate) taxes: &'static [(&'static str, &'static [Levy])],
    /// Currencies that something is sold in.
    pub(crate) currencies: &'static [&'static str],
}

/// Calls a method with its arguments, in a context.
type Ask<'a> = dyn FnMut((&str, &str), &Value, &Value) -> Value + 'a;

/// Somebody who works in the companies of a retailer.
pub(crate) struct Clerk<'a> {
    pub(crate) companies: Vec<i64>,
    ask: &'a mut Ask<'a>,
}

impl<'a> Clerk<'a> {
    /// One who works in all companies whose names end so.
    pub(crate) fn of(tag: &str, ask: &'a mut Ask<'a>) -> Self {
        let found = ask(("res.company", "search_read"), &json!([[], ["name"]]), &json!({}));
        let tagged = |company: &&Value| company["name"].as_str().unwrap().ends_with(tag);
        let companies = found.as_array().unwrap().iter().filter(tagged).map(|company| company["id"].as_i64().unwrap());
        Self { companies: companies.collect(), ask }
    }

    pub(crate) fn call(&mut self, place: (&str, &str), args: &Value) -> Value {
        (self.ask)(place, args, &json!({ "allowed_company_ids": self.companies }))
    }

    /// Records of a model in these companies.
    pub(crate) fn all(&mut self, model: &str, domain: &[Value], fields: &[&str]) -> Vec<Value> {
        let mut domain = domain.to_vec();
        domain.push(json!(["company_id", "in", self.companies]));
        let found = self.call((model, "search_read"), &json!([domain, fields]));
        found.as_array().unwrap().clone()
    }

    /// Does Odoo round the tax of a whole document, rather than of each of its lines?
    pub(crate) fn rounds_globally(&mut self) -> bool {
        let args = json!([self.companies, ["tax_calculation_rounding_method"]]);
        let found = self.call(("res.company", "read"), &args);
        let methods: BTreeSet<&str> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|company| company["tax_calculation_rounding_method"].as_str().unwrap())
            .collect();
        assert_eq!(methods.len(), 1, "companies that round alike: {methods:?}");
        methods.contains("round_globally")
    }
}

fn ids(found: &Value) -> Vec<i64> {
    found.as_array().unwrap().iter().map(|id| id.as_i64().unwrap()).collect()
}

/// Calls the Odoo of a world as the administrator.
pub(crate) fn inside(odoo: &mut SimOdoo, now: Timestamp) -> impl FnMut((&str, &str), &Value, &Value) -> Value {
    move |place, args, context| administer(odoo, place, args, context, now)
}

/// An Odoo that is reached over its API alone.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) peer: Peer,
    database: String,
    /// The integration user.
    writer: i64,
    /// Who prepares, and looks at the books.
    user: i64,
    key: String,
    /// What ends the names of its companies and accounts: no two runs meet.
    pub(crate) tag: String,
}

impl Outside {
    /// Plays in the real one, where there is one; else in one of each version that plays its part.
    pub(crate) fn each(ground: &Ground, play: impl Fn(Self)) {
        // One after the other: they prepare the same products.
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock();
        let stand_ins = || [SimConfig::odoo18(), SimConfig::odoo19()].map(|config| Self::stand_in(config, ground));
        match Self::real() {
            Some(real) => play(real),
            None => stand_ins().into_iter().for_each(play),
        }
    }

    /// That of `ODOO_URL`, where it is set. Who prepares and looks is the administrator of `ODOO_ADMIN_LOGIN` and
    /// `ODOO_ADMIN_KEY`; where these are absent, the user of `ODOO_LOGIN`, who may then make companies, taxes and products.
    pub(crate) fn real() -> Option<Self> {
        let settings = Settings::read(&environment).unwrap().odoo?;
        let connection = Connection {
            url: settings.url.clone(),
            database: settings.database.clone(),
            login: settings.login.clone(),
            key: settings.key.clone(),
            timeout_ms: settings.timeout_ms,
        };
        let http = HttpClient::new(settings.ca_file.as_deref()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let peer = Peer::new(connection.clone(), move |request| runtime.block_on(http.send(request)));
        let run = sluice_domain::ports::Clock::now(&SystemClock).as_second();
        let sign_in = |login: &str, key: &str| {
            let who = answer(&peer, ("common", "authenticate"), &json!([connection.database, login, key, {}]));
            who.as_i64().unwrap_or_else(|| panic!("{login} and the key given do not open {}", connection.database))
        };
        let writer = sign_in(&connection.login, connection.key.expose());
        let admin = environment("ODOO_ADMIN_LOGIN").zip(environment("ODOO_ADMIN_KEY"));
        let (user, key) = match admin {
            Some((login, key)) => (sign_in(&login, &key), key),
            None => (writer, connection.key.expose().to_owned()),
        };
        Some(Self { peer, database: connection.database, writer, user, key, tag: format!("r{run}") })
    }

    /// A simulated one that plays a real one's part.
    pub(crate) fn stand_in(mut config: SimConfig, ground: &Ground) -> Self {
        let tag = "r1";
        for (company, currency) in ground.companies {
            let own = || ground.warehouses.iter().filter(|(whose, _)| whose == company).map(|(_, code)| *code);
            config.companies.push(SimCompany {
                name: format!("{company} {tag}"),
                warehouse: own().next().unwrap().into(),
                currency: (*currency).into(),
                country: "us".into(),
            });
            config.warehouses.extend(own().skip(1).map(|code| SimWarehouse {
                company: format!("{company} {tag}"),
                name: format!("Warehouse {code}"),
                code: code.into(),
            }));
        }
        config.track_changes = false;
        let connection = Connection {
            url: "http://stand-in.simulated".into(),
            database: config.database.clone(),
            login: config.login.clone(),
            key: sluice_domain::ports::secrets::Secret::new(&*config.api_key),
            timeout_ms: 130_000,
        };
        let (admin, database) = (config.admin_key.clone(), config.database.clone());
        let odoo = Mutex::new(SimOdoo::new(config));
        let peer = Peer::new(connection, move |request| {
            let outcome = odoo.lock().unwrap().call(&request, start()).outcome;
            let Outcome::Answer(answer) = outcome else { panic!("nothing goes wrong here: {outcome:?}") };
            Ok(answer)
        });
        Self { peer, database, writer: 2, user: 1, key: admin, tag: tag.into() }
    }

    pub(crate) fn ask(&self, (model, method): (&str, &str), args: &Value, context: &Value) -> Value {
        let call = json!([self.database, self.user, self.key, model, method, args, {"context": context}]);
        answer(&self.peer, ("object", "execute_kw"), &call)
    }

    /// As the retailer's accounts name it here.
    pub(crate) fn accounts(&self, text: &str, ground: &Ground) -> String {
        let own = |text: String, (company, _): &(&str, &str)| text.replace(company, &format!("{company} {}", self.tag));
        let text = ground.companies.iter().fold(text.to_owned(), own);
        let tagged = |line: &str| match line.strip_prefix("- name: ") {
            Some(name) => format!("- name: {name}_{}\n", self.tag),
            None => format!("{line}\n"),
        };
        text.lines().map(tagged).collect()
    }

    /// Makes what is missing of a retailer's ground: companies with a chart of accounts, warehouses, taxes, price lists,
    /// products. Each run has companies of its own; products are everybody's.
    pub(crate) fn prepare(&self, ground: &Ground) {
        let nobody = json!({});
        let inactive = json!({ "active_test": false });
        let names = json!([[["name", "in", ground.currencies]]]);
        let currencies = self.ask(("res.currency", "search"), &names, &inactive);
        self.ask(("res.currency", "write"), &json!([currencies, { "active": true }]), &nobody);
        for (company, currency) in ground.companies {
            let id = self.company(&format!("{company} {}", self.tag), currency);
            let here = json!({ "allowed_company_ids": [id] });
            for (_, code) in ground.warehouses.iter().filter(|(whose, _)| whose == company) {
                let there = json!([[["code", "=", code], ["company_id", "=", id]]]);
                if ids(&self.ask(("stock.warehouse", "search"), &there, &here)).is_empty() {
                    let values = json!([[{ "name": format!("Warehouse {code}"), "code": code, "company_id": id }]]);
                    self.ask(("stock.warehouse", "create"), &values, &here);
                }
            }
            let taxes = ground.taxes.iter().filter(|(whose, _)| whose == company).flat_map(|(_, taxes)| *taxes);
            for tax in taxes {
                self.ask(("account.tax", "create"), &json!([[levied(*tax, id)]]), &here);
            }
            for code in ground.currencies {
                let found = self.ask(("res.currency", "search"), &json!([[["name", "=", code]]]), &nobody);
                let values = json!([[{ "name": format!("Sluice {code}"), "currency_id": found[0], "company_id": id }]]);
                self.ask(("product.pricelist", "create"), &values, &here);
            }
        }
        self.products();
    }

    /// The company of that name. Odoo lets the user who makes it work in it; the writers' user is let in here.
    fn company(&self, name: &str, currency: &str) -> i64 {
        let nobody = json!({});
        let found = ids(&self.ask(("res.company", "search"), &json!([[["name", "=", name]]]), &nobody));
        if let Some(found) = found.first() {
            return *found;
        }
        let money = self.ask(("res.currency", "search"), &json!([[["name", "=", currency]]]), &nobody);
        let values = json!([[{ "name": name, "currency_id": money[0] }]]);
        let made = ids(&self.ask(("res.company", "create"), &values, &nobody));
        let let_in = json!([[self.writer], { "company_ids": [[4, made[0]]] }]);
        self.ask(("res.users", "write"), &let_in, &nobody);
        let here = json!({ "allowed_company_ids": made });
        // No decorator: the first argument is the records, of which an abstract model has none (18 and 19,
        // `addons/account/models/chart_template.py`).
        self.ask(("account.chart.template", "try_loading"), &json!([[], "generic_coa", made[0]]), &here);
        made[0]
    }

    fn products(&self) {
        let fields = json!(["id", "default_code", "name", "type", "list_price", "taxes_id/.id", "invoice_policy"]);
        let row = |code: &str, kind: &str| {
            let id = format!("sluice_scenario.{}", code.to_lowercase().replace('-', "_"));
            json!([id, code, format!("Product {code}"), kind, "1.00", "", "order"])
        };
        let goods = (1..=PRODUCTS).filter_map(|number| Item::Known(number).sku());
        let goods = goods.map(|code| row(&code, "consu"));
        let services = demo::SERVICES.iter().map(|(code, _)| *code);
        // An Odoo with the demonstration's data has them already.
        let services = services.filter(|code| {
            let there = json!([[["default_code", "=", code]]]);
            ids(&self.ask(("product.product", "search"), &there, &json!({}))).is_empty()
        });
        let services = services.map(|code| row(code, "service")).collect::<Vec<_>>();
        let rows: Vec<Value> = goods.chain(services).collect();
        let once = json!({ "mode": "update", "noupdate": true });
        let loaded = self.ask(("product.product", "load"), &json!([fields, rows]), &once);
        assert!(loaded["ids"].is_array(), "{loaded}");
    }
}

/// The taxes of the ground, in the Odoo of a world.
pub(crate) fn levy(odoo: &mut SimOdoo, ground: &Ground) {
    let mut ask = inside(odoo, start());
    for (company, taxes) in ground.taxes {
        let found = ask(("res.company", "search"), &json!([[["name", "=", company]]]), &json!({}));
        for tax in *taxes {
            ask(("account.tax", "create"), &json!([[levied(*tax, ids(&found)[0])]]), &json!({}));
        }
    }
}

/// A tax of a company, as it is created.
fn levied((name, percent, included): Levy, company: i64) -> Value {
    let kind = if included { "tax_included" } else { "tax_excluded" };
    json!({ "name": name, "amount": percent.parse::<serde_json::Number>().unwrap(), "amount_type": "percent",
        "type_tax_use": "sale", "price_include_override": kind, "company_id": company })
}

fn answer(peer: &Peer, service: (&str, &str), args: &Value) -> Value {
    let answer = peer.ask(&rpc(service, args)).unwrap();
    let mut answer: Value = serde_json::from_slice(&answer.body).unwrap();
    let what = || args.as_array().map(|args| args.iter().skip(3).cloned().collect::<Vec<_>>());
    assert!(answer.get("error").is_none(), "{service:?} {:?}: {}", what(), answer["error"]);
    answer["result"].take()
}
