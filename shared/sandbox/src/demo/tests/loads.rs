//! What Odoo is given fits what the day needs.

use std::collections::BTreeSet;

use sluice_domain::account::ServiceProducts;

use super::super::{CURRENCIES, PRODUCTS, SERVICES, demo_data};

#[test]
fn every_row_has_a_cell_for_every_column_and_an_id_of_its_own() {
    let loads = demo_data(7);
    let models: Vec<&str> = loads.iter().map(|load| load.model).collect();
    assert_eq!(models, ["account.tax", "product.pricelist", "product.product", "product.product"]);
    let mut ids = BTreeSet::new();
    for load in &loads {
        assert_eq!(load.fields[0], "id");
        for row in &load.rows {
            assert_eq!(row.len(), load.fields.len());
            let id = row[0].as_str().unwrap();
            assert!(id.starts_with("sluice_demo.") && !id.contains(' '), "{id}");
            assert!(ids.insert(id.to_owned()), "{id} twice");
        }
    }
    assert_eq!(loads[1].rows.len(), CURRENCIES.len());
}

#[test]
fn the_service_products_are_those_of_an_account_without_settings() {
    let names = ServiceProducts::default();
    let wanted =
        [&names.shipping, &names.tip, &names.gift_card, &names.duty, &names.fee, &names.rounding, &names.refund];
    let loaded: Vec<&str> = SERVICES.iter().map(|(sku, _)| *sku).collect();
    assert_eq!(loaded, wanted.map(String::as_str));
}

#[test]
fn skus_and_barcodes_are_unique_and_barcodes_have_their_check_digit() {
    let skus: BTreeSet<&str> = PRODUCTS.iter().map(|product| product.sku).collect();
    let barcodes: BTreeSet<&str> = PRODUCTS.iter().map(|product| product.barcode).collect();
    assert_eq!((skus.len(), barcodes.len()), (PRODUCTS.len(), PRODUCTS.len()));
    for barcode in barcodes {
        let digits: Vec<u32> = barcode.chars().map(|digit| digit.to_digit(10).unwrap()).collect();
        let sum: u32 = digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        assert_eq!((digits.len(), sum % 10), (13, 0), "{barcode}");
    }
}
