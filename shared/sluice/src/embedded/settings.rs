//! What embedded Sluice is told: accounts, secrets, where the store is.

use std::{collections::BTreeMap, path::PathBuf};

use sluice_channels::CHANNELS;
use sluice_domain::{
    account::Account,
    ports::secrets::{AccountSecrets, Secret},
    value::AccountName,
};
use sluice_platform::{
    Settings as Environment,
    config::{AccountBook, environment as variable, load_accounts},
};
use sluice_sandbox::{FixedSecrets, demo};

use crate::output::Problem;

/// Key of the hashes in external ids of the built-in account. Not secret: the demonstration holds no real person.
const DEMO_CONTACT_KEY: &str = "sluice-demonstration";

/// Settings of one embedded Sluice.
pub(crate) struct Settings {
    pub(crate) environment: Environment,
    pub(crate) accounts: BTreeMap<AccountName, Account>,
    pub(crate) mapping_version: String,
}

impl Settings {
    /// Reads the environment and the configuration folder.
    pub(crate) fn read() -> Result<Self, Problem> {
        let environment = environment()?;
        let book = book(&environment)?;
        Ok(Self { accounts: with_demo(book.accounts)?, mapping_version: book.mapping_version, environment })
    }

    /// Secrets of every account: the demonstration's, and for configured ones those of their own variables.
    pub(crate) fn secrets(&self) -> FixedSecrets {
        let secrets = self.accounts.keys().map(|name| {
            let signing = own_secret(name).unwrap_or_else(|| self.environment.demo_secret.clone());
            let contact_key = variable(&format!("SLUICE_CONTACT_KEY_{}", name.as_str().to_uppercase()));
            let contact_key = Secret::new(contact_key.unwrap_or_else(|| DEMO_CONTACT_KEY.to_owned()));
            (name.clone(), AccountSecrets { signing: vec![signing], contact_key })
        });
        FixedSecrets::new(secrets.collect())
    }

    /// The one file of the store.
    pub(crate) fn store(&self, given: Option<PathBuf>) -> PathBuf {
        given.or_else(|| self.environment.store.clone()).unwrap_or_else(|| PathBuf::from(".sluice/embedded.sluice"))
    }
}

/// The variable that holds a configured account's signing secret.
pub(crate) fn secret_variable(account: &AccountName) -> String {
    format!("SLUICE_SECRET_{}", account.as_str().to_uppercase())
}

/// A configured account's signing secret.
pub(crate) fn own_secret(account: &AccountName) -> Option<Secret> {
    variable(&secret_variable(account)).map(Secret::new)
}

/// The environment's settings.
pub(crate) fn environment() -> Result<Environment, Problem> {
    Environment::read(&variable).map_err(|error| Problem::usage(error.to_string()))
}

fn book(environment: &Environment) -> Result<AccountBook, Problem> {
    let Some(folder) = &environment.config else {
        return Ok(AccountBook { accounts: BTreeMap::new(), mapping_version: "built-in".into() });
    };
    let channels: Vec<&str> = CHANNELS.iter().map(|channel| channel.name()).collect();
    load_accounts(folder, &channels).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Problem::usage(lines.join("\n"))
    })
}

/// Accounts of the configuration and the built-in one.
pub(crate) fn accounts() -> Result<BTreeMap<AccountName, Account>, Problem> {
    with_demo(book(&environment()?)?.accounts)
}

fn with_demo(mut accounts: BTreeMap<AccountName, Account>) -> Result<BTreeMap<AccountName, Account>, Problem> {
    let demo = built_in()?;
    accounts.entry(demo.name.clone()).or_insert(demo);
    Ok(accounts)
}

/// The built-in account.
pub(crate) fn built_in() -> Result<Account, Problem> {
    demo::demo_account().map_err(|error| Problem::refused(error.to_string()))
}

/// The neutral account of `explain`: built-in, of any channel.
pub(crate) fn neutral_account(channel: &str) -> Result<Account, Problem> {
    Ok(Account { channel: channel.to_owned(), ..built_in()? })
}

/// An account that only another Sluice knows: its name is enough to sign for it.
pub(crate) fn account_named(name: AccountName, channel: &str) -> Result<Account, Problem> {
    let shop_domain = Some(format!("{name}.myshopify.com"));
    Ok(Account { name, shop_domain, ..neutral_account(channel)? })
}

/// The built-in account's signing secret.
pub(crate) fn demo_secret() -> Result<Secret, Problem> {
    Ok(environment()?.demo_secret)
}
