//! `accounts.yaml`: the shops, and how their orders enter Odoo.

use std::{collections::BTreeMap, io::Read, path::Path};

use serde::Deserialize;
use serde_yaml_ng::Value;
use sha2::{Digest, Sha256};
use sluice_domain::{
    account::{Account, ShopNaming},
    value::AccountName,
};

use super::{ConfigError, check};

/// The name of the file within the folder of the configuration.
pub const ACCOUNTS_FILE: &str = "accounts.yaml";
/// The longest file of configuration, in bytes.
pub const MAX_CONFIG_BYTES: u64 = 1024 * 1024;
/// How much of a hash tells versions apart, in hex digits.
const VERSION_DIGITS: usize = 12;

/// The accounts of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountBook {
    /// By name.
    pub accounts: BTreeMap<AccountName, Account>,
    /// Which configuration it is: every record carries the version that produced it.
    pub mapping_version: String,
}

impl AccountBook {
    /// Accounts that bear the name of an installed module: Odoo would delete their external ids when it upgrades it. What is
    /// well known is refused on loading; this is for what an Odoo was found to have.
    pub fn named_like<'a>(&'a self, installed: &'a [String]) -> impl Iterator<Item = &'a AccountName> {
        self.accounts.keys().filter(|name| installed.iter().any(|module| module == name.as_str()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<T> {
    accounts: Vec<T>,
}

/// Which configuration it is: the beginning of the hash of its file.
#[must_use]
pub fn mapping_version(bytes: &[u8]) -> String {
    let mut digits = hex::encode(Sha256::digest(bytes));
    digits.truncate(VERSION_DIGITS);
    digits
}

/// Reads `accounts.yaml` of a folder. `channels` are those that the build speaks, and how their shops are named.
///
/// # Errors
/// Everything that is wrong with it, each with file, account, field and fix.
pub fn load_accounts(folder: &Path, channels: &[ShopNaming]) -> Result<AccountBook, Vec<ConfigError>> {
    let path = folder.join(ACCOUNTS_FILE);
    let label = path.display().to_string();
    let unreadable =
        |problem: String, fix: &str| vec![ConfigError::File { file: label.clone(), problem, fix: fix.into() }];
    let missing =
        |error: std::io::Error| unreadable(error.to_string(), "set SLUICE_CONFIG to the folder that holds it");
    let file = std::fs::File::open(&path).map_err(missing)?;
    let mut bytes = Vec::new();
    file.take(MAX_CONFIG_BYTES.saturating_add(1)).read_to_end(&mut bytes).map_err(missing)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_CONFIG_BYTES) {
        return Err(unreadable(format!("longer than {MAX_CONFIG_BYTES} bytes"), "split the shops over cells"));
    }
    parse_accounts(&label, &bytes, channels)
}

/// Reads accounts from the bytes of a file that errors call `label`.
///
/// # Errors
/// Everything that is wrong with them.
pub fn parse_accounts(label: &str, bytes: &[u8], channels: &[ShopNaming]) -> Result<AccountBook, Vec<ConfigError>> {
    let accounts = match serde_yaml_ng::from_slice::<File<Account>>(bytes) {
        Ok(file) => file.accounts,
        Err(error) => return Err(vec![malformed(label, bytes, &error)]),
    };
    let each = accounts.iter().enumerate();
    let alone =
        each.flat_map(|(index, account)| check::account(account, channels).into_iter().map(move |flaw| (index, flaw)));
    let flaws: Vec<ConfigError> = alone
        .chain(check::together(&accounts))
        .map(|(index, flaw)| ConfigError::Account {
            file: label.to_owned(),
            account: accounts.get(index).map_or_else(String::new, |account| account.name.to_string()),
            field: flaw.field,
            problem: flaw.problem,
            fix: flaw.fix,
        })
        .collect();
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let accounts = accounts.into_iter().map(|account| (account.name.clone(), account)).collect();
    Ok(AccountBook { accounts, mapping_version: mapping_version(bytes) })
}

/// Where the form is broken: the parser knows line and field, and the loosely read file the account.
fn malformed(label: &str, bytes: &[u8], error: &serde_yaml_ng::Error) -> ConfigError {
    let problem = error.to_string();
    let fix = "compare it with infra/config/schema/accounts.schema.json".to_owned();
    let loose = serde_yaml_ng::from_slice::<File<Value>>(bytes).map(|file| file.accounts).unwrap_or_default();
    let broken =
        loose.iter().enumerate().find(|(_, value)| serde_yaml_ng::from_value::<Account>((*value).clone()).is_err());
    let Some((index, value)) = broken else {
        return ConfigError::File { file: label.to_owned(), problem, fix };
    };
    let position = format!("number {}", index.saturating_add(1));
    let account = value.get("name").and_then(Value::as_str).map_or(position, ToOwned::to_owned);
    let prefix = format!("accounts[{index}]");
    let (field, problem) = problem
        .strip_prefix(&prefix)
        .and_then(|rest| rest.split_once(": "))
        .map_or(("its form", problem.as_str()), |(field, text)| (field.trim_start_matches('.'), text));
    let field = if field.is_empty() { "its fields" } else { field };
    ConfigError::Account { file: label.to_owned(), account, field: field.to_owned(), problem: problem.to_owned(), fix }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "{name: shop_eu, channel: shopify, shop_domain: eu.myshopify.com";

    fn parse(text: &str) -> Result<AccountBook, Vec<ConfigError>> {
        let named = |channel, ending, path| ShopNaming { channel, ending, path, required: true };
        let channels = [named("shopify", Some(".myshopify.com"), false), named("own", None, true)];
        parse_accounts("accounts.yaml", text.as_bytes(), &channels)
    }

    /// A shop with more fields: every complaint.
    #[track_caller]
    fn check(fields: &str, expect: &[&str]) {
        let found = match parse(&format!("accounts: [{SHOP}{fields}}}]")) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(found, expect, "{fields}");
    }

    #[test]
    fn a_shop_with_the_least_is_enough() {
        let book = parse(&format!("accounts: [{SHOP}}}]")).unwrap();
        assert_eq!(book.accounts.keys().map(AccountName::as_str).collect::<Vec<_>>(), ["shop_eu"]);
        assert_eq!(book.mapping_version, mapping_version(format!("accounts: [{SHOP}}}]").as_bytes()));
        assert_eq!(mapping_version(b""), "e3b0c44298fc");
        let installed = ["sale".to_owned(), "shop_eu".to_owned()];
        assert_eq!(book.named_like(&installed).map(AccountName::as_str).collect::<Vec<_>>(), ["shop_eu"]);
    }

    #[test]
    fn rates_are_exact_with_and_without_quotes() {
        let book = parse(&format!(
            "accounts: [{SHOP}, taxes: [{{rate: 0.0825, odoo_tax: A}}, {{rate: '0.08250', odoo_tax: A, title: T}}]}}]"
        ));
        let accounts = book.unwrap().accounts;
        let rates: Vec<String> =
            accounts.values().flat_map(|account| &account.taxes).map(|tax| tax.rate.to_string()).collect();
        assert_eq!(rates, ["0.0825", "0.0825"]);
    }

    #[test]
    fn a_broken_form_names_account_and_field() {
        let fix = "compare it with infra/config/schema/accounts.schema.json";
        check(
            ", rounding: {net_tolerance_minor: five}",
            &[&format!(
                "accounts.yaml: account `shop_eu`: rounding.net_tolerance_minor: invalid type: string \"five\", expected i64 at line 1 column 109: {fix}"
            )],
        );
        let found = parse(&format!("accounts: [{SHOP}}}, {{name: Shop}}]")).unwrap_err().remove(0).to_string();
        assert!(
            found.starts_with("accounts.yaml: account `Shop`: its fields: `Shop` is not an account name"),
            "{found}"
        );
        let found = parse(&format!("accounts: [{SHOP}, shop: x}}]")).unwrap_err().remove(0).to_string();
        assert!(found.contains("account `shop_eu`") && found.contains("unknown field `shop`"), "{found}");
        let found = parse("accounts: {").unwrap_err().remove(0).to_string();
        assert!(found.starts_with("accounts.yaml: ") && found.ends_with(fix), "{found}");
        assert!(parse("{accounts: [], account: []}").is_err());
    }

    #[test]
    fn names_of_odoo_apps_and_unknown_channels_are_refused() {
        let found = parse("accounts: [{name: sale, channel: shopfy}]").unwrap_err();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "accounts.yaml: account `sale`: name: the name of an Odoo app: choose another name, for Odoo may delete external ids that begin with it",
                "accounts.yaml: account `sale`: channel: `shopfy` is no channel of this build: write one of shopify, own",
            ]
        );
    }

    #[test]
    fn the_shop_domain_is_one_and_stands_once() {
        for odd in
            ["https://eu.myshopify.com", "EU.myshopify.com", ".myshopify.com", "eu.example.com", "a b.myshopify.com"]
        {
            let text = format!("accounts: [{{name: shop_eu, channel: shopify, shop_domain: '{odd}'}}]");
            let found = parse(&text).unwrap_err().remove(0).to_string();
            assert!(found.contains("shop_domain: ") && found.ends_with("like example.myshopify.com"), "{found}");
        }
        for fine in ["shop.example.com", "example.com/shop/de", "127.0.0.1:8088"] {
            assert!(
                parse(&format!("accounts: [{{name: shop_eu, channel: own, shop_domain: '{fine}'}}]")).is_ok(),
                "{fine}"
            );
        }
        for odd in ["https://a.example", "a.example/", "a.example:0", "a.example/../x", "a.example/?x", "A.example"] {
            assert!(
                parse(&format!("accounts: [{{name: shop_eu, channel: own, shop_domain: '{odd}'}}]")).is_err(),
                "{odd}"
            );
        }
        let found = parse("accounts: [{name: shop_eu, channel: shopify}]").unwrap_err().remove(0).to_string();
        assert!(found.contains("shop_domain: missing"), "{found}");
        let found = parse(&format!("accounts: [{SHOP}}}, {SHOP}}}]")).unwrap_err();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "accounts.yaml: account `shop_eu`: name: used twice: give every account its own name",
                "accounts.yaml: account `shop_eu`: shop_domain: the shop of account `shop_eu` too: keep one account per shop, or its orders arrive twice",
            ]
        );
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        let place = "accounts.yaml: account `shop_eu`:";
        check(
            ", rounding: {net_tolerance_minor: 5000}",
            &[&format!(
                "{place} rounding.net_tolerance_minor: 5000 is no rounding: write a number of minor units from 0 to 100"
            )],
        );
        for odd in ["8.25", "-0.1", "1"] {
            check(
                &format!(", taxes: [{{rate: '{odd}', odoo_tax: A}}]"),
                &[&format!(
                    "{place} taxes[0].rate: {odd} is no tax rate: write a fraction from 0 to below 1: 8.25 % is \"0.0825\""
                )],
            );
        }
        check(
            ", taxes: [{rate: '0.1', odoo_tax: A}, {rate: '0.10', odoo_tax: ''}]",
            &[
                &format!("{place} taxes[1].odoo_tax: empty: write the tax's name in Odoo"),
                &format!("{place} taxes[1]: the rate and title of another entry: keep one of them"),
            ],
        );
        check(
            ", odoo: {pricelists: {EURO: A, USD: ''}, products: {tip: ''}}, unknown_product: !fallback ' '",
            &[
                &format!("{place} odoo.pricelists: `EURO` is not an ISO 4217 currency: write a code like EUR"),
                &format!("{place} odoo.pricelists.USD: empty: write the price list's name in Odoo"),
                &format!("{place} odoo.products.tip: empty: write the product's internal reference in Odoo"),
                &format!("{place} unknown_product.fallback: empty: write the product's internal reference in Odoo"),
            ],
        );
        check(
            ", books: {invoices: summarised}",
            &[&format!(
                "{place} books.invoices: without daily summaries nothing would be invoiced: write counter_sales: \
                 daily_summary, or another policy"
            )],
        );
        check(", counter_sales: daily_summary, day_ends: '02:00', books: {invoices: summarised}", &[]);
    }
}
