//! A simulated server that has the ids of the recorded one, and calls to bring it where a recording starts.

use jiff::{Timestamp, ToSpan};
use serde_json::{Value as Json, json};
use sluice_domain::ports::http::{HttpRequest, HttpResponse, Method};
use sluice_sandbox::odoo::{Role, SimConfig, SimFault, SimOdoo};

use crate::rows::Rows;

const CREATE_ONCE: &str = r#"{"mode":"update","noupdate":true,"tracking_disable":true}"#;

pub(crate) struct World {
    pub(crate) sim: SimOdoo,
    config: SimConfig,
    now: Timestamp,
    /// Everything written so far.
    kept: std::collections::BTreeMap<String, Vec<u8>>,
    /// The id that the recorded integration user has.
    uid: i64,
}

impl World {
    pub(crate) fn new(version: u16, rows: Rows) -> Self {
        let mut config = if version == 18 { SimConfig::odoo18() } else { SimConfig::odoo19() };
        config.database = if version == 18 { "retail".into() } else { "retail19".into() };
        config.login = "integration".into();
        config.role = Role::Integration;
        let sim = SimOdoo::restore(config.clone(), rows.0.clone()).unwrap();
        let now = "2026-11-23T13:22:55Z".parse().unwrap();
        let uid = if version == 18 { 6 } else { 5 };
        Self { sim, config, now, kept: rows.0.into_iter().collect(), uid }
    }

    fn tick(&mut self) -> Timestamp {
        self.now = self.now.checked_add(1.second()).unwrap();
        self.now
    }

    /// Sets the last number of a counter, so that the next record gets the recorded id.
    pub(crate) fn next(&mut self, counter: &str, next: i64) {
        self.keep();
        self.kept.insert(format!("c/{counter}"), (next - 1).to_string().into_bytes());
        self.sim = SimOdoo::restore(self.config.clone(), self.kept.clone()).unwrap();
    }

    /// Takes out records that a scene made and that no later recording knows.
    pub(crate) fn forget(&mut self, records: &[(&str, std::ops::RangeInclusive<i64>)]) {
        self.keep();
        for (model, ids) in records {
            ids.clone().for_each(|id| drop(self.kept.remove(&format!("r/{model}/{id}"))));
        }
        self.sim = SimOdoo::restore(self.config.clone(), self.kept.clone()).unwrap();
    }

    fn keep(&mut self) {
        for (key, content) in self.sim.drain_changes() {
            match content {
                Some(content) => self.kept.insert(key, content),
                None => self.kept.remove(&key),
            };
        }
    }

    pub(crate) fn inject(&mut self, fault: SimFault) {
        self.sim.inject(fault);
    }

    fn send(&mut self, request: &HttpRequest) -> HttpResponse {
        let now = self.tick();
        self.sim.handle(request, now).unwrap()
    }

    /// Sends a recorded request, with this server's key, and this server's number for the user.
    pub(crate) fn replay(&mut self, request: &Json, number: u16) -> HttpResponse {
        let wrong_key = number == 330;
        let mut headers = Vec::new();
        for (name, value) in request["headers"].as_object().unwrap() {
            let key = if wrong_key { "wrong" } else { "sim-key" };
            headers.push((name.clone(), value.as_str().unwrap().replace("<api-key>", key)));
        }
        let mut body = request["body"].clone();
        if let Some(args) = body.pointer_mut("/params/args").and_then(Json::as_array_mut)
            && args.len() > 4
        {
            let admin = args[1] == json!(2);
            args[1] = json!(if admin { 1 } else { 2 });
            if args[2] == json!("<api-key>") {
                args[2] = json!(if admin { "sim-admin-key" } else { "sim-key" });
            }
        } else if let Some(key) = body.pointer_mut("/params/args/2") {
            *key = json!(key.as_str().unwrap().replace("<api-key>", "sim-key"));
        }
        let body = match &body {
            Json::Null => Vec::new(),
            Json::String(raw) => raw.clone().into_bytes(),
            body => body.to_string().into_bytes(),
        };
        let method = if request["method"] == "GET" { Method::Get } else { Method::Post };
        let url = format!("https://odoo.example{}", request["path"].as_str().unwrap());
        self.send(&HttpRequest { method, url, headers, body, timeout_ms: 1000 })
    }

    /// This server's numbers as the recorded ones.
    pub(crate) fn recorded_form(&self, number: u16, body: &mut Json) {
        let uuid = body.as_str().or_else(|| body["result"].as_str()).map(|text| {
            let from = text.find("dbuuid=").map_or(0, |at| at + 7);
            let to = text.find("&service_name").unwrap_or(from);
            format!("{}<database-uuid>{}", &text[..from], &text[to..])
        });
        match (number, uuid) {
            (2, _) => body["result"] = json!(self.uid),
            (300, _) => body["uid"] = json!(self.uid),
            (470, Some(url)) => *body = json!(url),
            (497, Some(url)) => body["result"] = json!(url),
            _ => {}
        }
    }

    /// Calls a method as the integration user, or as administrator.
    pub(crate) fn call_as(&mut self, admin: bool, (model, method): (&str, &str), args: Json, named: Json) -> Json {
        let (uid, key) = if admin { (1, "sim-admin-key") } else { (2, "sim-key") };
        let args = json!([self.config.database, uid, key, model, method, args, named]);
        let body = json!({
            "jsonrpc": "2.0", "method": "call", "id": 1,
            "params": { "service": "object", "method": "execute_kw", "args": args },
        });
        let headers = vec![("Content-Type".into(), "application/json".into())];
        let request = HttpRequest {
            method: Method::Post,
            url: "https://odoo.example/jsonrpc".into(),
            headers,
            body: body.to_string().into_bytes(),
            timeout_ms: 1000,
        };
        let response = self.send(&request);
        let body: Json = serde_json::from_slice(&response.body).unwrap();
        assert!(body.get("error").is_none(), "{model}.{method}: {body}");
        body["result"].clone()
    }

    pub(crate) fn call(&mut self, target: (&str, &str), args: Json) -> Json {
        self.call_as(false, target, args, json!({}))
    }

    /// Loads create-once; every row must be accepted.
    pub(crate) fn load(&mut self, model: &str, fields: &[&str], rows: Json) -> Json {
        let context: Json = serde_json::from_str(CREATE_ONCE).unwrap();
        let answer = self.call_as(true, (model, "load"), json!([fields, rows]), json!({ "context": context }));
        assert_ne!(answer["ids"], json!(false), "{answer}");
        answer["ids"].clone()
    }

    /// Loads one order; each line is product, quantity, price, taxes.
    pub(crate) fn order(&mut self, external: &str, partner: i64, lines: &[(i64, &str, &str, &str)]) -> i64 {
        let tax = if self.config.version == 18 { "order_line/tax_id/.id" } else { "order_line/tax_ids/.id" };
        let fields = [
            "id",
            "client_order_ref",
            "partner_id/.id",
            "company_id/.id",
            "pricelist_id/.id",
            "date_order",
            "order_line/id",
            "order_line/name",
            "order_line/product_id/.id",
            "order_line/product_uom_qty",
            "order_line/price_unit",
            tax,
        ];
        let mut rows = Vec::new();
        for (number, (product, quantity, price, taxes)) in (1..).zip(lines) {
            let (partner, head) = (partner.to_string(), number == 1);
            let own = |text: &str| if head { text.to_owned() } else { String::new() };
            rows.push(json!([
                own(external),
                own("#setup"),
                own(&partner),
                own("1"),
                own("3"),
                own("2026-11-20 10:00:00"),
                format!("{external}_line_{number}"),
                format!("Line {number}"),
                product.to_string(),
                quantity,
                price,
                taxes,
            ]));
        }
        self.load("sale.order", &fields, json!(rows))[0].as_i64().unwrap()
    }

    pub(crate) fn confirm(&mut self, ids: &[i64]) {
        self.call(("sale.order", "action_confirm"), json!([ids]));
    }
}
