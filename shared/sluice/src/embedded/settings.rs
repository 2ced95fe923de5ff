//! What embedded Sluice is told: accounts, secrets, where the store is.

use std::{collections::BTreeMap, path::PathBuf};

use sluice_domain::{
    account::Account,
    ports::secrets::{AccountSecrets, Secret},
    value::AccountName,
};
use sluice_platform::{Environment, LoadedAccounts, load_accounts};
use sluice_sandbox::{FixedSecrets, demo};

use crate::output::Problem;

/// The built-in account's secret, unless `SLUICE_DEMO_SECRET` says otherwise.
const DEMO_SECRET: &str = "demo-secret";
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
        let loaded = loaded(&environment)?;
        Ok(Self { accounts: with_demo(loaded.accounts), mapping_version: loaded.mapping_version, environment })
    }

    /// Secrets of every account: the demonstration's, and for configured ones `SLUICE_SECRET_<ACCOUNT>`.
    pub(crate) fn secrets(&self) -> FixedSecrets {
        let secrets = self.accounts.keys().map(|name| {
            let signing = self.environment.account_secret(name).map_or_else(demo_secret, Secret::new);
            (name.clone(), AccountSecrets { signing: vec![signing], contact_key: Secret::new(DEMO_CONTACT_KEY) })
        });
        FixedSecrets::new(secrets.collect())
    }

    /// The one file of the store.
    pub(crate) fn store(&self, given: Option<PathBuf>) -> PathBuf {
        given.or_else(|| self.environment.store.clone()).unwrap_or_else(default_store)
    }
}

/// Where the store is when nobody says.
pub(crate) fn default_store() -> PathBuf {
    PathBuf::from(".sluice/embedded.sluice")
}

pub(crate) fn environment() -> Result<Environment, Problem> {
    Environment::read().map_err(|error| Problem::usage(error.to_string()))
}

fn loaded(environment: &Environment) -> Result<LoadedAccounts, Problem> {
    match &environment.config {
        Some(folder) => load_accounts(folder).map_err(|error| Problem::usage(error.to_string())),
        None => Ok(LoadedAccounts { accounts: BTreeMap::new(), mapping_version: "built-in".into() }),
    }
}

/// Accounts of the configuration and the built-in one.
pub(crate) fn accounts() -> Result<BTreeMap<AccountName, Account>, Problem> {
    Ok(with_demo(loaded(&environment()?)?.accounts))
}

fn with_demo(mut accounts: BTreeMap<AccountName, Account>) -> BTreeMap<AccountName, Account> {
    let demo = demo::demo_account();
    accounts.entry(demo.name.clone()).or_insert(demo);
    accounts
}

/// The neutral account of `explain`: built-in, of any channel.
pub(crate) fn neutral_account(channel: &str) -> Account {
    Account { channel: channel.to_owned(), ..demo::demo_account() }
}

/// An account that only another Sluice knows: its name is enough to sign for it.
pub(crate) fn account_named(name: AccountName, channel: &str) -> Account {
    let shop_domain = Some(format!("{name}.myshopify.com"));
    Account { name, shop_domain, ..neutral_account(channel) }
}

/// The built-in account's signing secret.
pub(crate) fn demo_secret() -> Secret {
    let given = Environment::read().ok().and_then(|environment| environment.demo_secret);
    Secret::new(given.unwrap_or_else(|| DEMO_SECRET.to_owned()))
}
