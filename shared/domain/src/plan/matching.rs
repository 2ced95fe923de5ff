//! Matching: the products, taxes and lists of the target that a draft uses. Never by name, never a guess.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{PriceRow, ProductNeed, SaleDraft, Service, TaxNeed};
use crate::{
    account::{Account, UnknownProduct},
    state::ExceptionClass,
    value::{Currency, Money, Rate},
};

/// What was looked up at the target for an account. Ids are the target's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Products by SKU, exactly as the target has it.
    pub by_sku: BTreeMap<String, Vec<Product>>,
    /// Products by barcode.
    pub by_barcode: BTreeMap<String, Vec<Product>>,
    /// Sales taxes of the company.
    pub taxes: Vec<TargetTax>,
    /// Price lists by currency code.
    pub pricelists: BTreeMap<String, i64>,
    /// The company.
    pub company: i64,
    /// Code of the company's own currency: an order in it needs no price list.
    pub company_currency: String,
    /// The warehouse.
    pub warehouse: i64,
    /// The sales team.
    pub team: Option<i64>,
    /// The fiscal position.
    pub fiscal_position: Option<i64>,
    /// The journal of invoices.
    pub journal: Option<i64>,
    /// Tags.
    pub tags: Vec<i64>,
    /// Decimals of a unit price.
    pub price_decimals: u32,
}

/// A product of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Id.
    pub id: i64,
    /// Archived products are not sold.
    pub active: bool,
}

/// A sales tax of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetTax {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Rate as a fraction.
    pub rate: Rate,
    /// Is it contained in prices?
    pub price_included: bool,
}

/// A draft with the target's ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedSale {
    /// The draft.
    pub draft: SaleDraft,
    /// Its lines.
    pub lines: Vec<MatchedLine>,
    /// Its price list, which gives the order its currency; `None` is the company's own currency.
    pub pricelist: Option<i64>,
    /// The product of rounding lines.
    pub rounding_product: i64,
    /// Decimals of a unit price at the target.
    pub price_decimals: u32,
}

/// A line with the target's ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedLine {
    /// The draft line's id.
    pub id: String,
    /// Product.
    pub product: i64,
    /// Description.
    pub title: String,
    /// Quantity and price.
    pub price: PriceRow,
    /// Taxes.
    pub taxes: Vec<TargetTax>,
    /// What the channel charged on the line by target tax.
    pub charged: Vec<(i64, Money)>,
}

impl MatchedLine {
    /// Quantity × price less discount, unrounded.
    #[must_use]
    pub fn amount(&self) -> Option<Decimal> {
        let kept = Decimal::ONE_HUNDRED.checked_sub(self.price.discount)?.checked_div(Decimal::ONE_HUNDRED)?;
        self.price.quantity.checked_mul(self.price.unit_price)?.checked_mul(kept)
    }
}

/// Why a draft does not match. Each is an exception with a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The class.
    pub class: ExceptionClass,
    /// What makes two of them the same trouble.
    pub cause: String,
    /// What happened and what to do.
    pub reason: String,
}

/// Matches a draft.
///
/// # Errors
/// The first thing that is missing or ambiguous, with its fix.
pub fn match_sale(draft: SaleDraft, account: &Account, directory: &Directory) -> Result<MatchedSale, Mismatch> {
    let pricelist = pricelist(draft.currency, directory)?;
    let rounding_product = service(Service::Rounding, account, directory)?;
    let mut lines = Vec::with_capacity(draft.lines.len());
    for line in &draft.lines {
        let product = match &line.product {
            ProductNeed::Item { sku, barcode } => {
                item((sku.as_deref(), barcode.as_deref()), &line.id, account, directory)?
            }
            ProductNeed::Service(kind) => service(*kind, account, directory)?,
        };
        let (taxes, charged) = taxes(&line.taxes, draft.tax_included, account, directory)?;
        lines.push(MatchedLine {
            id: line.id.clone(),
            product,
            title: line.title.clone(),
            price: line.price,
            taxes,
            charged,
        });
    }
    Ok(MatchedSale { draft, lines, pricelist, rounding_product, price_decimals: directory.price_decimals })
}

fn missing(cause: String, reason: String) -> Mismatch {
    Mismatch { class: ExceptionClass::MissingMapping, cause, reason }
}

fn pricelist(currency: Currency, directory: &Directory) -> Result<Option<i64>, Mismatch> {
    if let Some(id) = directory.pricelists.get(currency.code()) {
        return Ok(Some(*id));
    }
    if directory.company_currency == currency.code() {
        return Ok(None);
    }
    Err(missing(
        format!("pricelist {currency}"),
        format!(
            "Odoo has no price list in {currency} for the account's company: create one, or name it under \
             odoo.pricelists.{currency} of the account"
        ),
    ))
}

/// A service product's internal reference.
fn reference(kind: Service, account: &Account) -> &str {
    let products = &account.odoo.products;
    match kind {
        Service::Shipping => &products.shipping,
        Service::Tip => &products.tip,
        Service::GiftCard => &products.gift_card,
        Service::Duty => &products.duty,
        Service::Fee => &products.fee,
        Service::Rounding => &products.rounding,
        Service::Refund => &products.refund,
    }
}

fn service(kind: Service, account: &Account, directory: &Directory) -> Result<i64, Mismatch> {
    let sku = reference(kind, account);
    one(directory.by_sku.get(sku)).map_err(|found| {
        missing(
            format!("service product {sku}"),
            format!(
                "Odoo has {found} active products with the internal reference {sku}: `sluice demo-data` or Odoo creates \
                 it, or name another one under odoo.products of the account"
            ),
        )
    })
}

/// The product of what is refunded beside goods and shipping.
///
/// # Errors
/// When the target does not have exactly one.
pub fn refund_product(account: &Account, directory: &Directory) -> Result<i64, Mismatch> {
    service(Service::Refund, account, directory)
}

/// The only active product, or how many there are.
fn one(found: Option<&Vec<Product>>) -> Result<i64, usize> {
    let mut active = found.into_iter().flatten().filter(|product| product.active);
    match (active.next(), active.next()) {
        (Some(product), None) => Ok(product.id),
        (None, _) => Err(0),
        (Some(_), Some(_)) => Err(active.count().saturating_add(2)),
    }
}

fn item(
    (sku, barcode): (Option<&str>, Option<&str>),
    line: &str,
    account: &Account,
    directory: &Directory,
) -> Result<i64, Mismatch> {
    let by_sku = sku.map(|sku| (sku, one(directory.by_sku.get(sku))));
    let by_barcode = barcode.map(|barcode| (barcode, one(directory.by_barcode.get(barcode))));
    for (text, found) in [by_sku, by_barcode].into_iter().flatten() {
        match found {
            Ok(id) => return Ok(id),
            Err(0) => {}
            Err(several) => {
                return Err(Mismatch {
                    class: ExceptionClass::AmbiguousProduct,
                    cause: text.to_owned(),
                    reason: format!(
                        "{several} active products in Odoo carry `{text}`: archive or rename all but one, then retry"
                    ),
                });
            }
        }
    }
    let text = sku.or(barcode);
    match &account.unknown_product {
        UnknownProduct::Fallback(fallback) => one(directory.by_sku.get(fallback)).map_err(|found| {
            missing(
                format!("fallback product {fallback}"),
                format!("Odoo has {found} active products with the fallback's internal reference {fallback}"),
            )
        }),
        UnknownProduct::Park => Err(Mismatch {
            class: ExceptionClass::UnknownProduct,
            cause: text.unwrap_or("no SKU").to_owned(),
            reason: text.map_or_else(
                || {
                    format!(
                        "{line} has no SKU and no barcode (a custom line or a deleted product): set unknown_product: \
                         {{fallback: SKU}} for the account, or give the product a SKU at the channel, then retry"
                    )
                },
                |sku| {
                    format!(
                        "no active product in Odoo has `{sku}` as internal reference or barcode: create it or set \
                         unknown_product: {{fallback: SKU}} for the account, then retry"
                    )
                },
            ),
        }),
    }
}

type Taxes = (Vec<TargetTax>, Vec<(i64, Money)>);

fn taxes(needs: &[TaxNeed], included: bool, account: &Account, directory: &Directory) -> Result<Taxes, Mismatch> {
    let mut found = Vec::new();
    let mut charged = Vec::new();
    for need in needs {
        let tax = tax(need, included, account, directory)?;
        charged.push((tax.id, need.amount));
        if found.iter().any(|known: &TargetTax| known.id == tax.id) {
            return Err(missing(
                format!("tax {} twice", tax.name),
                format!(
                    "two taxes of one line ({} %) map to the same Odoo tax `{}`, which would be charged once: map them by \
                     title under taxes of the account",
                    need.rate.percent(),
                    tax.name
                ),
            ));
        }
        found.push(tax);
    }
    Ok((found, charged))
}

fn tax(need: &TaxNeed, included: bool, account: &Account, directory: &Directory) -> Result<TargetTax, Mismatch> {
    let named = |title: Option<&str>| {
        account.taxes.iter().find(|mapping| mapping.rate == need.rate && mapping.title.as_deref() == title)
    };
    let mapped = named(Some(&need.title)).or_else(|| named(None));
    let fits = |tax: &&TargetTax| match mapped {
        Some(mapping) => tax.name == mapping.odoo_tax && tax.rate == need.rate,
        None => tax.rate == need.rate && tax.price_included == included,
    };
    // Several taxes of one rate are common (domestic and reverse charge): the title decides, else the lowest id, which is
    // the chart's own.
    let same_title = directory.taxes.iter().filter(fits).find(|tax| tax.name.eq_ignore_ascii_case(&need.title));
    let first = || directory.taxes.iter().filter(fits).min_by_key(|tax| tax.id);
    let kind = |included: bool| if included { "included in" } else { "on top of" };
    let percent = need.rate.percent();
    if let Some(other) = same_title.or_else(first).filter(|tax| tax.price_included != included) {
        let (theirs, told) = (kind(other.price_included), kind(included));
        return Err(missing(
            format!("tax {} {theirs} the price", other.name),
            format!(
                "the account maps {percent} % to `{}`, which is {theirs} the price, and this channel tells it {told} the \
                 price: map it to a tax that is {told} the price",
                other.name
            ),
        ));
    }
    same_title.or_else(first).cloned().ok_or_else(|| {
        let kind = kind(included);
        missing(
            format!("tax {percent} % {kind} the price"),
            match mapped {
                Some(mapping) => format!(
                    "the account maps {percent} % to `{}`, which the company does not have as a sales tax of that rate",
                    mapping.odoo_tax
                ),
                None => format!(
                    "the company has no sales tax of {percent} % {kind} the price: create it in Odoo or map it under taxes \
                     of the account"
                ),
            },
        )
    })
}
