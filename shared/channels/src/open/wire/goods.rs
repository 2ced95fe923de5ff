//! Things with a place in the contract and no flow yet: they are checked, kept in the journal, and not used.

use jiff::Timestamp;
use sluice_domain::{
    order::CustomerKind,
    value::{Currency, Money, Quantity},
};

use super::{Address, Definitions, Id, Name, Reader, Text, Wire, object, words};
use crate::json::{Node, Path, Pointer};

object! {
    /// A thing that is no more.
    Gone {
        /// Its id.
        id: Id,
        /// When it went; the event's `timestamp` where it is left out.
        updated_at: Option<Timestamp>,
    }
}

object! {
    /// A thing to sell, as a product-information system knows it. No flow takes it yet.
    Product {
        /// Your id of the product.
        id: Id,
        /// When it last changed: its version.
        updated_at: Timestamp,
        /// The title.
        title: Text,
        /// The SKU, exactly as Odoo's internal reference has it; left out for a product that is sold by its variants only.
        sku: Option<Name>,
        /// GTIN, EAN or UPC.
        barcode: Option<Name>,
        /// The id of the product that this is a variant of.
        parent_id: Option<Id>,
        /// Is it sold?
        status: Option<ProductStatus>,
        /// Brand.
        brand: Option<Text>,
        /// Paths of categories, `Kitchen / Mugs`.
        categories: Option<Vec<Text>>,
        /// Its price where it is sold by you.
        price: Option<Price>,
        /// Whatever else describes it, as your own model has it.
        attributes: Option<Vec<Attribute>>,
    }
}

object! {
    /// A price.
    Price {
        /// The amount.
        amount: Money,
        /// Its currency, ISO 4217.
        currency: Currency,
        /// Does it contain tax?
        tax_included: bool,
    }
}

object! {
    /// One attribute of a product.
    Attribute {
        /// Its name in your model: `material`.
        code: Name,
        /// Its value.
        value: Text,
        /// The unit of the value, UN/ECE Recommendation 20: `CMT`.
        unit: Option<Name>,
        /// The language of the value, BCP 47.
        language: Option<Name>,
    }
}

object! {
    /// Units of one SKU at one place. No flow takes it yet.
    Stock {
        /// Your id of this count: the same for a SKU and a place each time.
        id: Id,
        /// The SKU.
        sku: Name,
        /// The place; left out where there is one.
        location: Option<Name>,
        /// Sellable units; below zero where more was sold than there is.
        quantity: Count,
        /// When it was so: its version.
        as_of: Timestamp,
    }
}

object! {
    /// A person or company, as a customer-relationship system knows them. No flow takes it yet.
    Customer {
        /// Your id of the customer: the same as `customer.id` of their orders.
        id: Id,
        /// When it last changed: its version.
        updated_at: Timestamp,
        /// A person or a company.
        kind: CustomerKind,
        /// The person's full name.
        name: Option<Text>,
        /// The company's name.
        company: Option<Text>,
        /// E-mail address.
        email: Option<Text>,
        /// Telephone number, best as E.164 has it.
        phone: Option<Text>,
        /// VAT number.
        vat: Option<Text>,
        /// Language, BCP 47: `de-AT`.
        language: Option<Text>,
        /// Places.
        addresses: Option<Vec<Address>>,
    }
}

/// Is a product sold?
#[derive(PartialEq)]
pub(in crate::open) enum ProductStatus {
    Draft,
    Active,
    Archived,
}

words!(ProductStatus, otherwise |_: &str| ProductStatus::Draft, {
    "draft" => ProductStatus::Draft,
    "active" => ProductStatus::Active,
    "archived" => ProductStatus::Archived,
});

/// A quantity that may be below zero.
#[derive(PartialEq)]
pub(in crate::open) struct Count(pub(in crate::open) Quantity);

impl Wire for Count {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let fix = "write decimal text or a whole number: \"-2\", \"0.75\", 2";
        let number = super::scalar::number(node).ok_or(node);
        match number.map(|number| number.signed_quantity(Path::top())) {
            Ok(Ok(quantity)) => Some(Self(quantity)),
            Ok(Err(refusal)) => reader.fault(at, refusal.problem, fix),
            Err(node) => reader.wrong(at, "a quantity", node, fix),
        }
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        serde_json::json!({"type": ["string", "integer"], "pattern": "^-?[0-9]+(\\.[0-9]+)?$"})
    }
}
