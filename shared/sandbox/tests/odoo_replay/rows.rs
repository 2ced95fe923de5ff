//! The recorded databases before their first recording: the ids that the requests name.

use serde_json::{Map, Value as Json, json};

/// A decimal field.
pub(crate) fn dec(text: &str) -> Json {
    json!({ "d": text })
}

/// Rows of a database, as `SimOdoo::restore` reads them.
#[derive(Default)]
pub(crate) struct Rows(pub(crate) Vec<(String, Vec<u8>)>);

impl Rows {
    fn add(&mut self, model: &str, id: i64, external: &str, values: Json) {
        let mut fields = Map::new();
        fields.insert("active".into(), json!(true));
        if let Json::Object(values) = values {
            fields.extend(values);
        }
        let names = if external.is_empty() { json!([]) } else { json!([[external, 1, true]]) };
        let record = json!({ "c": 1, "w": 1, "u": 1, "x": names, "v": fields });
        self.0.push((format!("r/{model}/{id}"), record.to_string().into_bytes()));
    }

    fn counter(&mut self, name: &str, last: i64) {
        self.0.push((format!("c/{name}"), last.to_string().into_bytes()));
    }

    fn currency(&mut self, id: i64, name: &str, rate: &str) {
        let values = json!({ "name": name, "rounding": dec("0.01"), "rate": dec(rate) });
        self.add("res.currency", id, &format!("base.{name}"), values);
    }

    fn tax(&mut self, id: i64, amount: &str, (group, company, included): (i64, i64, bool)) {
        let mut values = json!({
            "name": format!("{amount}%"), "amount": dec(amount), "amount_type": "percent", "type_tax_use": "sale",
            "tax_group_id": group, "company_id": company, "sequence": 1,
        });
        if included {
            values["price_include_override"] = json!("tax_included");
        }
        self.add("account.tax", id, "", values);
    }

    fn product(&mut self, id: i64, (code, name, price): (&str, &str, &str), storable: bool, taxes: &[i64]) {
        let values = json!({
            "name": name, "default_code": code, "lst_price": dec(price), "product_tmpl_id": id,
            "type": if storable { "consu" } else { "service" }, "is_storable": storable, "uom_id": 1,
            "taxes_id": taxes, "invoice_policy": "order", "sale_ok": true,
            "barcode": if storable { json!(format!("200000000000{}", id - 6)) } else { Json::Null },
        });
        self.add("product.product", id, "", values.clone());
        self.add("product.template", id, "", values);
    }

    fn quant(&mut self, id: i64, (product, location): (i64, i64), quantity: &str) {
        let values =
            json!({ "product_id": product, "location_id": location, "quantity": dec(quantity), "company_id": 1 });
        self.add("stock.quant", id, "", values);
    }

    fn warehouse(&mut self, id: i64, (name, code, company): (&str, &str, i64), (stock, receipts): (i64, i64)) {
        let out = receipts + 1;
        let values = json!({
            "name": name, "code": code, "company_id": company, "lot_stock_id": stock, "in_type_id": receipts,
            "out_type_id": out,
        });
        self.add("stock.warehouse", id, "", values);
        let values = json!({
            "name": "Stock", "complete_name": format!("{code}/Stock"), "usage": "internal", "company_id": company,
            "warehouse_id": id,
        });
        self.add("stock.location", stock, "", values);
        for (id_of, name, prefix) in [(receipts, "Receipts", "IN"), (out, "Delivery Orders", "OUT")] {
            let values = json!({ "name": name, "sequence_code": prefix, "warehouse_id": id, "company_id": company });
            self.add("stock.picking.type", id_of, "", values);
        }
    }

    /// What both databases have.
    fn common(&mut self, second: i64, (eur, rounding): (i64, &str)) {
        self.currency(1, "USD", "1");
        self.currency(eur, "EUR", "0.8");
        self.add("res.country", 233, "base.us", json!({ "name": "United States", "code": "US" }));
        self.add("res.country.state", 13, "", json!({ "name": "California", "code": "CA", "country_id": 233 }));
        for (id, name, currency) in [(1, "Retail US", 1), (second, "Retail EU", eur), (3, "No Chart Co", 1)] {
            let values = json!({ "name": name, "currency_id": currency, "tax_calculation_rounding_method": rounding });
            self.add("res.company", id, "", values);
        }
        for (id, login, companies) in [(1, "admin", vec![1, second, 3]), (2, "integration", vec![1, second])] {
            let values = json!({
                "name": login, "login": login, "tz": "UTC", "lang": "en_US", "company_id": 1, "company_ids": companies,
            });
            self.add("res.users", id, "", values);
        }
        for (id, name, usage) in [(4, "Vendors", "supplier"), (5, "Customers", "customer")] {
            let values = json!({ "name": name, "complete_name": format!("Partners/{name}"), "usage": usage });
            self.add("stock.location", id, "", values);
        }
        self.warehouse(1, ("My Company", "WH", 1), (8, 1));
        self.warehouse(2, ("3PL East", "3PL", 1), (22, 7));
        self.warehouse(3, ("Retail EU", "EU", second), (30, 9));
        self.add("uom.uom", 1, "", json!({ "name": "Units" }));
        self.add("product.category", 1, "", json!({ "name": "All" }));
        for (id, company) in [(1, 1), (if second == 2 { 9 } else { 8 }, second)] {
            let values = json!({ "name": "Customer Invoices", "code": "INV", "type": "sale", "company_id": company });
            self.add("account.journal", id, "", values);
        }
        let carrier = json!({ "name": "Parcel", "tracking_url": "https://track.example.com/<shipmenttrackingnumber>" });
        self.add("delivery.carrier", 2, "", carrier);
        for (id, name, currency) in [(3, "Channel USD", 1), (4, "Channel EUR", eur)] {
            self.add("product.pricelist", id, "", json!({ "name": name, "currency_id": currency, "sequence": id }));
        }
    }

    fn products(&mut self, tax: i64) {
        for id in 7..=16 {
            let number = id - 6;
            let (code, name) = (format!("SKU-{number:04}"), format!("Widget {number:04}"));
            self.product(id, (&code, &name, &format!("{}.99", 10 + number)), true, &[tax]);
        }
        self.product(310, ("CHANNEL-SHIPPING", "Channel shipping", "0"), false, &[]);
        self.product(311, ("CHANNEL-DISCOUNT", "Channel discount", "0"), false, &[]);
        self.product(312, ("CHANNEL-ROUNDING", "Channel rounding", "0"), false, &[]);
        for (id, product) in (1..).zip(7..=16) {
            self.quant(id, (product, 8), "100000");
        }
    }
}

/// The recorded 18: `retail`.
pub(crate) fn odoo18() -> Rows {
    let mut rows = Rows::default();
    rows.common(2, (125, "round_per_line"));
    rows.products(5);
    let shirt = json!({
        "name": "T-Shirt", "lst_price": dec("25"), "type": "consu", "is_storable": true, "uom_id": 1,
        "taxes_id": [1, 3],
    });
    rows.add("product.template", 307, "", shirt.clone());
    let mut variant = shirt;
    variant["default_code"] = json!("TSHIRT-M");
    variant["barcode"] = json!("3000000000077");
    variant["product_tmpl_id"] = json!(307);
    rows.add("product.product", 308, "", variant);
    rows.product(329, ("BULK-00016", "Bulk 00016", "1"), true, &[]);
    rows.product(5318, ("BACK", "Backlog", "1"), true, &[]);
    rows.quant(600, (5318, 8), "5");
    rows.quant(301, (7, 22), "50");
    rows.quant(302, (8, 22), "50");
    for (id, name, company) in [(1, "Tax 15%", 1), (2, "Tax", 2), (3, "State tax", 1), (4, "County tax", 1)] {
        let values = json!({ "name": name, "company_id": company, "sequence": 10 });
        rows.add("account.tax.group", id, "", values);
    }
    for (id, amount, group) in [
        (5, "8.25", (1, 1, false)),
        (6, "2", (1, 1, false)),
        (7, "20", (1, 1, true)),
        (8, "0", (1, 1, false)),
        (9, "19", (2, 2, false)),
        (10, "6", (3, 1, false)),
        (11, "2.25", (4, 1, false)),
    ] {
        rows.tax(id, amount, group);
    }
    rows.add("crm.team", 4, "", json!({ "name": "Shopify" }));
    rows.add("account.fiscal.position", 1, "", json!({ "name": "Channel: tax from channel", "company_id": 1 }));
    rows.counter("res.partner", 71);
    rows
}

/// The recorded 19: `retail19`.
pub(crate) fn odoo19() -> Rows {
    let mut rows = Rows::default();
    rows.common(5, (126, "round_globally"));
    rows.products(51);
    for (id, name, company) in [(1, "Tax 15%", 1), (2, "Tax", 5), (26, "State tax", 1), (27, "County tax", 1)] {
        let values = json!({ "name": name, "company_id": company, "sequence": 10 });
        rows.add("account.tax.group", id, "", values);
    }
    for (id, amount, group) in [
        (51, "8.25", (1, 1, false)),
        (54, "0", (1, 1, false)),
        (55, "19", (2, 5, false)),
        (56, "6", (26, 1, false)),
        (57, "2.25", (27, 1, false)),
        (58, "20", (1, 1, true)),
    ] {
        rows.tax(id, amount, group);
    }
    for (id, number) in [(313, 5), (314, 5)] {
        rows.product(id, (&format!("BACK-{id}"), "Backlog", "1"), true, &[]);
        rows.quant(id + 300, (id, 8), &number.to_string());
    }
    rows.counter("res.partner", 10);
    rows
}
