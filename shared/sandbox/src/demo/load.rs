//! What an Odoo needs so that the day runs: taxes, price lists, products.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    catalogue::{DemoProduct, DemoTax, PRODUCTS, TAXES},
    wire::amount,
};

/// Currencies of the day. A price list in each is loaded.
pub const CURRENCIES: &[&str] = &["EUR", "USD", "GBP", "JPY"];

/// Internal references and names of the service products, as an account has them by default.
pub const SERVICES: &[(&str, &str)] = &[
    ("CHANNEL-SHIPPING", "Shipping (sales channel)"),
    ("CHANNEL-TIP", "Tip (sales channel)"),
    ("CHANNEL-GIFT-CARD", "Gift card sold (sales channel)"),
    ("CHANNEL-DUTY", "Import duties (sales channel)"),
    ("CHANNEL-FEE", "Additional fees (sales channel)"),
    ("CHANNEL-ROUNDING", "Rounding (sales channel)"),
    ("CHANNEL-REFUND", "Refund (sales channel)"),
];

/// One call of Odoo's `load`, to be made in create-once mode (`context {"mode": "update", "noupdate": true}`), so that a
/// repetition changes nothing that somebody has edited since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoLoad {
    /// Model.
    pub model: &'static str,
    /// Columns; `id` is the external id.
    pub fields: Vec<String>,
    /// Rows of cells, as many as columns.
    pub rows: Vec<Vec<Value>>,
}

/// The loads for a company, in an order that works; one call each. They need an administrator, or a user with the rights to
/// write products, price lists and taxes.
///
/// External ids are `sluice_demo.<name>`; those of taxes and price lists end in the company's id, since these belong to a
/// company and the products to all. The columns exist on Odoo 18 and 19 (the Odoo contract's `fields/`): `price_include_override`
/// replaced `price_include` with 18, `is_storable` comes with the inventory app. The tax group, the country and the
/// repartition of a tax are Odoo's own defaults, which want a chart of accounts in the company.
///
/// By hand, before: a currency that no company uses may be archived (Accounting, Settings, Currencies). The price list
/// loads all the same, since it names the currency by external id (`base.JPY`), but Odoo shows no orders in it before
/// `res.currency` is activated.
#[must_use]
pub fn demo_data(company: i64) -> Vec<DemoLoad> {
    vec![taxes(company), pricelists(company), services(), products()]
}

fn fields(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn taxes(company: i64) -> DemoLoad {
    let row = |tax: &DemoTax| {
        vec![
            json!(format!("sluice_demo.tax_{}_c{company}", tax.key)),
            json!(tax.name),
            json!("sale"),
            json!("percent"),
            json!(Decimal::new(tax.rate, 2).to_string()),
            json!(if tax.included { "tax_included" } else { "tax_excluded" }),
            json!(company),
        ]
    };
    DemoLoad {
        model: "account.tax",
        fields: fields(&[
            "id",
            "name",
            "type_tax_use",
            "amount_type",
            "amount",
            "price_include_override",
            "company_id/.id",
        ]),
        rows: TAXES.iter().map(row).collect(),
    }
}

fn pricelists(company: i64) -> DemoLoad {
    let row = |code: &&str| {
        vec![
            json!(format!("sluice_demo.pricelist_{}_c{company}", code.to_lowercase())),
            json!(format!("Sluice demo {code}")),
            json!(format!("base.{code}")),
            json!(company),
        ]
    };
    DemoLoad {
        model: "product.pricelist",
        fields: fields(&["id", "name", "currency_id/id", "company_id/.id"]),
        rows: CURRENCIES.iter().map(row).collect(),
    }
}

/// `sluice_demo.product_` and the SKU in the letters that an external id may have.
fn product_id(sku: &str) -> Value {
    json!(format!("sluice_demo.product_{}", sku.to_lowercase().replace('-', "_")))
}

fn services() -> DemoLoad {
    // An empty tax cell: left out, Odoo would apply the company's default tax.
    let row = |(sku, name): &(&str, &str)| {
        vec![product_id(sku), json!(sku), json!(name), json!("service"), json!("0.00"), json!(""), json!("order")]
    };
    DemoLoad {
        model: "product.product",
        fields: fields(&["id", "default_code", "name", "type", "list_price", "taxes_id/.id", "invoice_policy"]),
        rows: SERVICES.iter().map(row).collect(),
    }
}

fn products() -> DemoLoad {
    let row = |product: &DemoProduct| {
        let [price, ..] = product.prices;
        vec![
            product_id(product.sku),
            json!(product.sku),
            json!(product.barcode),
            json!(product.title),
            json!("consu"),
            json!("1"),
            json!(amount(price, "EUR")),
            json!(""),
            json!("order"),
        ]
    };
    DemoLoad {
        model: "product.product",
        fields: fields(&[
            "id",
            "default_code",
            "barcode",
            "name",
            "type",
            "is_storable",
            "list_price",
            "taxes_id/.id",
            "invoice_policy",
        ]),
        rows: PRODUCTS.iter().map(row).collect(),
    }
}
