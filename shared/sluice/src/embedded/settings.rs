//! What embedded Sluice is told: accounts, secrets, where the store is.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use sluice_channels::{CHANNELS, shop_namings};
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

/// The built-in account of the demonstration; those of other channels are `demo_<channel>`, and answer to `demo` as well.
pub(crate) const BUILT_IN: &str = "demo";
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

    /// Secrets: the demonstration's for the built-in account, and for configured ones only those of their own variables. An
    /// account without them is answered 503, so that its channel sends again: nothing is ever signed by a default.
    pub(crate) fn secrets(&self) -> FixedSecrets {
        let secrets = self.accounts.values().filter_map(|account| {
            let name = &account.name;
            let mut signing: Vec<Secret> = own_secrets(name);
            let contact_key = variable(&contact_key_variable(name));
            let contact_key = if is_built_in(account) {
                if signing.is_empty() {
                    signing.push(self.environment.demo_secret.clone());
                }
                contact_key.or_else(|| Some(DEMO_CONTACT_KEY.to_owned()))
            } else {
                contact_key
            };
            let contact_key = Secret::new(contact_key.filter(|_| !signing.is_empty())?);
            let access_token = access_token(name);
            Some((name.clone(), AccountSecrets { signing, contact_key, access_token }))
        });
        FixedSecrets::new(secrets.collect())
    }

    /// The accounts that ship with a stage: of the configuration's folder, else of this repository's.
    #[cfg(feature = "stage")]
    pub(crate) fn shipped(&self) -> Result<BTreeMap<AccountName, Account>, Problem> {
        let folder = self.environment.config.clone().unwrap_or_else(|| PathBuf::from("infra/config"));
        Ok(loaded(&folder)?.accounts)
    }

    /// Has any account a key to its channel's API, so that it can be read?
    pub(crate) fn reads_channels(&self) -> bool {
        self.accounts.keys().any(|name| variable(&access_token_variable(name)).is_some())
    }

    /// The one file of the store. What was done in one Odoo is no help with another: each has its own, unless one is named.
    pub(crate) fn store(&self, given: Option<PathBuf>) -> PathBuf {
        let own = || match &self.environment.odoo {
            None => PathBuf::from(".sluice/embedded.sluice"),
            Some(odoo) => {
                let host = odoo.url.split_once("://").map_or(&*odoo.url, |(_, host)| host);
                let name = format!("{}-{}", host.trim_end_matches('/'), odoo.database);
                let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' };
                PathBuf::from(format!(".sluice/{}.sluice", name.chars().map(plain).collect::<String>()))
            }
        };
        given.or_else(|| self.environment.store.clone()).unwrap_or_else(own)
    }
}

/// The variable that holds a configured account's signing secret; while rotating, `..._PREVIOUS` holds the old one.
pub(crate) fn secret_variable(account: &AccountName) -> String {
    format!("SLUICE_SECRET_{}", account.as_str().to_uppercase())
}

/// The variable that holds the key of the hashes in its contacts' external ids.
pub(crate) fn contact_key_variable(account: &AccountName) -> String {
    format!("SLUICE_CONTACT_KEY_{}", account.as_str().to_uppercase())
}

/// The variable that holds the key to the channel's own API, for what is read from it.
pub(crate) fn access_token_variable(account: &AccountName) -> String {
    format!("SLUICE_ACCESS_TOKEN_{}", account.as_str().to_uppercase())
}

/// An account's key to its channel's own API.
pub(crate) fn access_token(account: &AccountName) -> Option<Secret> {
    variable(&access_token_variable(account)).map(Secret::new)
}

/// A configured account's signing secrets, the current one first.
pub(crate) fn own_secrets(account: &AccountName) -> Vec<Secret> {
    let current = secret_variable(account);
    let previous = format!("{current}_PREVIOUS");
    [current, previous].iter().filter_map(|name| variable(name)).map(Secret::new).collect()
}

/// Has it the key of its contacts' external ids?
pub(crate) fn has_contact_key(account: &AccountName) -> bool {
    variable(&contact_key_variable(account)).is_some()
}

/// The environment's settings.
pub(crate) fn environment() -> Result<Environment, Problem> {
    Environment::read(&variable).map_err(|error| Problem::usage(error.to_string()))
}

fn book(environment: &Environment) -> Result<AccountBook, Problem> {
    let Some(folder) = &environment.config else {
        return Ok(AccountBook { accounts: BTreeMap::new(), mapping_version: "built-in".into() });
    };
    loaded(folder)
}

fn loaded(folder: &Path) -> Result<AccountBook, Problem> {
    load_accounts(folder, &shop_namings()).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Problem::usage(lines.join("\n"))
    })
}

/// Accounts of the configuration and the built-in one.
pub(crate) fn accounts() -> Result<BTreeMap<AccountName, Account>, Problem> {
    with_demo(book(&environment()?)?.accounts)
}

fn with_demo(mut accounts: BTreeMap<AccountName, Account>) -> Result<BTreeMap<AccountName, Account>, Problem> {
    for channel in CHANNELS {
        let demo = neutral_account(channel.name())?;
        let own = format!("{BUILT_IN}_{}", demo.channel);
        let name = if demo.channel == built_in()?.channel { demo.name.clone() } else { account_name(&own)? };
        accounts.entry(name.clone()).or_insert(Account { name, ..demo });
    }
    Ok(accounts)
}

/// The built-in account.
pub(crate) fn built_in() -> Result<Account, Problem> {
    demo::demo_account().map_err(|error| Problem::refused(error.to_string()))
}

/// Is it one of those that ship with their secret?
pub(crate) fn is_built_in(account: &Account) -> bool {
    let name = account.name.as_str();
    name == BUILT_IN || name.strip_prefix(BUILT_IN) == Some(&format!("_{}", account.channel))
}

/// The neutral account of `explain`: built-in, of any channel.
pub(crate) fn neutral_account(channel: &str) -> Result<Account, Problem> {
    account_named(built_in()?.name, channel)
}

fn account_name(name: &str) -> Result<AccountName, Problem> {
    AccountName::parse(name).map_err(|error| Problem::usage(error.to_string()))
}

/// The account that `send` signs for: as the ingress finds it, or one that only another Sluice knows.
pub(crate) fn account_at(name: &str, channel: &str) -> Result<Account, Problem> {
    let mut known = accounts()?;
    let mut named = |name: &AccountName| known.remove(name).filter(|account| account.channel == channel);
    let name = account_name(name)?;
    let own = account_name(&format!("{name}_{channel}")).ok();
    match named(&name).or_else(|| named(&own?)) {
        Some(account) => Ok(account),
        None => account_named(name, channel),
    }
}

/// An account that is not configured here: its name is enough to sign for it.
fn account_named(name: AccountName, channel: &str) -> Result<Account, Problem> {
    let demo = built_in()?;
    let naming = shop_namings().into_iter().find(|naming| naming.channel == channel);
    let shop_domain = naming.map(|naming| naming.example(name.as_str()));
    let api_version = demo.api_version.clone().filter(|_| demo.channel == channel);
    Ok(Account { name, channel: channel.to_owned(), shop_domain, api_version, ..demo })
}

/// The built-in account's signing secret.
pub(crate) fn demo_secret() -> Result<Secret, Problem> {
    Ok(environment()?.demo_secret)
}
