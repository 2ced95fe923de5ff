//! The settings that the environment gives to embedded Sluice and to the functions.

use std::path::PathBuf;

use sluice_domain::ports::secrets::Secret;

use super::{ChannelSettings, ConfigError, Lookup};
use crate::http::check_url;

/// The secret of the built-in account, so that a newcomer needs to set nothing.
pub const DEFAULT_DEMO_SECRET: &str = "demo-secret";
/// What is logged where nothing else is asked for.
pub const DEFAULT_LOG: &str = "info";
/// How long to wait for Odoo, in seconds: longer than its own request limit, which is 120 by default.
const DEFAULT_TIMEOUT_SECONDS: u64 = 130;
/// The longest wait that makes sense: a function lives no longer.
const MAX_TIMEOUT_SECONDS: u64 = 900;
/// Odoo's worker processes, where nobody says.
const DEFAULT_WORKERS: u32 = 2;
/// More workers than one Odoo server has.
const MAX_WORKERS: u32 = 512;
/// Orders in one call, unless `ODOO_BATCH` says otherwise. 50 are faster by half where Odoo has time for bulk work, and make
/// one order wait for 49 others.
const DEFAULT_BATCH: usize = 10;
/// The most orders in one call. A call of 100 takes Odoo about three seconds, far within its request limit.
const MAX_BATCH: usize = 100;

/// What the environment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `ODOO_*`: the real Odoo; a simulated one without it.
    pub odoo: Option<OdooSettings>,
    /// `PORT`: where to listen on this machine.
    pub port: Option<u16>,
    /// `RESET=1`: begin with a new store.
    pub reset: bool,
    /// `ONCE=1`: end after the demonstration day.
    pub once: bool,
    /// `SLUICE_DEMO_SECRET`: signs for the built-in accounts.
    pub demo_secret: Secret,
    /// `SLUICE_STORE`: the one file of embedded Sluice.
    pub store: Option<PathBuf>,
    /// `SLUICE_CONFIG`: the folder that holds `accounts.yaml`; the built-in accounts without it.
    pub config: Option<PathBuf>,
    /// Where channels send to, and where they are asked.
    pub channels: ChannelSettings,
    /// `SLUICE_LOG`: what to log, as `info` or `warn,sluice_odoo_writer=debug`.
    pub log: String,
}

/// The Odoo database to write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OdooSettings {
    /// `ODOO_URL`: https, or plain http to this machine; with a base path where Odoo has one.
    pub url: String,
    /// `ODOO_DB`: database name.
    pub database: String,
    /// `ODOO_LOGIN`: login of the integration user.
    pub login: String,
    /// `ODOO_API_KEY`: its key.
    pub key: Secret,
    /// `ODOO_CA_FILE`: PEM file of a CA that the system does not know.
    pub ca_file: Option<PathBuf>,
    /// `ODOO_TIMEOUT_SECONDS`, in milliseconds.
    pub timeout_ms: u64,
    /// `ODOO_WORKERS`: its worker processes.
    pub workers: u32,
    /// `ODOO_BATCH`: the most orders in one call to it.
    pub batch_orders: usize,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// The first variable that cannot be used, with its fix.
    pub fn read(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let path = |name: &'static str| text(lookup, name).map(PathBuf::from);
        Ok(Self {
            odoo: OdooSettings::read(lookup)?,
            port: number(lookup, "PORT", (0, u16::MAX))?,
            reset: flag(lookup, "RESET")?,
            once: flag(lookup, "ONCE")?,
            demo_secret: Secret::new(text(lookup, "SLUICE_DEMO_SECRET").unwrap_or(DEFAULT_DEMO_SECRET.into())),
            store: path("SLUICE_STORE"),
            config: path("SLUICE_CONFIG"),
            channels: ChannelSettings::read(lookup)?,
            log: text(lookup, "SLUICE_LOG").unwrap_or(DEFAULT_LOG.into()),
        })
    }
}

/// How an Odoo is treated, wherever its address and key come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OdooTuning {
    /// `ODOO_CA_FILE`: PEM file of a CA that the system does not know.
    pub ca_file: Option<PathBuf>,
    /// `ODOO_TIMEOUT_SECONDS`, in milliseconds.
    pub timeout_ms: u64,
    /// `ODOO_WORKERS`: its worker processes.
    pub workers: u32,
    /// `ODOO_BATCH`: the most orders in one call to it.
    pub batch_orders: usize,
}

/// Reads how Odoo is to be treated.
///
/// # Errors
/// The first variable that cannot be used, with its fix.
pub fn odoo_tuning(lookup: Lookup<'_>) -> Result<OdooTuning, ConfigError> {
    let seconds = number(lookup, "ODOO_TIMEOUT_SECONDS", (1, MAX_TIMEOUT_SECONDS))?;
    Ok(OdooTuning {
        ca_file: text(lookup, "ODOO_CA_FILE").map(PathBuf::from),
        timeout_ms: seconds.unwrap_or(DEFAULT_TIMEOUT_SECONDS).saturating_mul(1_000),
        workers: number(lookup, "ODOO_WORKERS", (1, MAX_WORKERS))?.unwrap_or(DEFAULT_WORKERS),
        batch_orders: number(lookup, "ODOO_BATCH", (1, MAX_BATCH))?.unwrap_or(DEFAULT_BATCH),
    })
}

impl OdooSettings {
    /// Reads `ODOO_*`. All of URL, database, login and key, or none of the variables: half of them is a mistake, not a wish
    /// for the simulated Odoo.
    fn read(lookup: Lookup<'_>) -> Result<Option<Self>, ConfigError> {
        let Some(url) = text(lookup, "ODOO_URL") else {
            let stray = ["ODOO_DB", "ODOO_LOGIN", "ODOO_API_KEY"].into_iter().find(|name| text(lookup, name).is_some());
            return stray.map_or(Ok(None), |stray| {
                let fix = format!("set it, or unset {stray} for the simulated Odoo");
                Err(ConfigError::Variable { variable: "ODOO_URL", problem: format!("missing beside {stray}"), fix })
            });
        };
        check_odoo_url(&url)?;
        let needed = |variable: &'static str, what: &str| {
            let missing =
                ConfigError::Variable { variable, problem: "missing".into(), fix: format!("set it to {what}") };
            text(lookup, variable).ok_or(missing)
        };
        let OdooTuning { ca_file, timeout_ms, workers, batch_orders } = odoo_tuning(lookup)?;
        Ok(Some(Self {
            url,
            database: needed("ODOO_DB", "the name of Odoo's database")?,
            login: needed("ODOO_LOGIN", "the login of the integration user")?,
            key: Secret::new(needed("ODOO_API_KEY", "an API key of that user (Odoo: Preferences, Account Security)")?),
            ca_file,
            timeout_ms,
            workers,
            batch_orders,
        }))
    }
}

fn check_odoo_url(url: &str) -> Result<(), ConfigError> {
    let refused = |problem: String, fix: &str| ConfigError::Variable { variable: "ODOO_URL", problem, fix: fix.into() };
    let form = "write it like https://erp.example.com or http://127.0.0.1:8069";
    check_url(url).map_err(|problem| refused(problem, form))?;
    if url.contains(['?', '#']) {
        return Err(refused("it has a query or a fragment".into(), form));
    }
    Ok(())
}

fn text(lookup: Lookup<'_>, name: &str) -> Option<String> {
    lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn number<T>(lookup: Lookup<'_>, variable: &'static str, (least, most): (T, T)) -> Result<Option<T>, ConfigError>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let Some(value) = text(lookup, variable) else { return Ok(None) };
    let number = value.parse().ok().filter(|number| (&least..=&most).contains(&number));
    let shown: String = value.chars().take(40).collect();
    number.map(Some).ok_or_else(|| ConfigError::Variable {
        variable,
        problem: format!("`{shown}` cannot be used"),
        fix: format!("set it to a whole number from {least} to {most}"),
    })
}

fn flag(lookup: Lookup<'_>, variable: &'static str) -> Result<bool, ConfigError> {
    match text(lookup, variable).as_deref() {
        None | Some("0" | "false" | "no") => Ok(false),
        Some("1" | "true" | "yes") => Ok(true),
        Some(other) => Err(ConfigError::Variable {
            variable,
            problem: format!("`{}` is neither yes nor no", other.chars().take(40).collect::<String>()),
            fix: "set it to 1, or unset it".into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const ODOO: &[(&str, &str)] = &[
        ("ODOO_URL", "https://erp.example.com/base"),
        ("ODOO_DB", "shop"),
        ("ODOO_LOGIN", "sluice"),
        ("ODOO_API_KEY", "hush-hush"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let map: BTreeMap<&str, &str> = variables.iter().copied().collect();
        Settings::read(&|name| map.get(name).map(|value| (*value).to_owned()))
    }

    /// Settings with Odoo's four and one more.
    fn with(name: &str, value: &str) -> Result<Settings, ConfigError> {
        read(&[ODOO, &[(name, value)]].concat())
    }

    #[track_caller]
    fn refused(result: Result<Settings, ConfigError>, expect: &str) {
        let text = result.unwrap_err().to_string();
        assert_eq!(text, expect);
        assert!(!text.contains("hush-hush"), "{text}");
    }

    #[test]
    fn an_empty_environment_is_the_newcomers() {
        let settings = read(&[("PORT", ""), ("ODOO_URL", " ")]).unwrap();
        assert_eq!((&settings.odoo, settings.port, settings.reset, settings.once), (&None, None, false, false));
        assert_eq!((settings.demo_secret.expose(), settings.log.as_str()), ("demo-secret", "info"));
    }

    #[test]
    fn everything_can_be_set() {
        let settings = with("ODOO_TIMEOUT_SECONDS", "10").unwrap();
        let odoo = settings.odoo.unwrap();
        assert_eq!((odoo.database.as_str(), odoo.key.expose(), odoo.timeout_ms), ("shop", "hush-hush", 10_000));
        let tuned = |settings: Settings| settings.odoo.map(|odoo| (odoo.timeout_ms, odoo.workers, odoo.batch_orders));
        assert_eq!(tuned(read(ODOO).unwrap()), Some((130_000, 2, 10)));
        assert_eq!(tuned(with("ODOO_BATCH", "50").unwrap()), Some((130_000, 2, 50)));
        let settings = with("PORT", "9001").unwrap();
        assert_eq!(settings.port, Some(9001));
        assert!(with("RESET", "1").unwrap().reset && with("ONCE", "yes").unwrap().once);
        assert_eq!(with("SLUICE_STORE", "shop.sluice").unwrap().store, Some("shop.sluice".into()));
    }

    #[test]
    fn half_an_odoo_is_a_mistake() {
        refused(
            read(&[("ODOO_API_KEY", "hush-hush")]),
            "ODOO_URL: missing beside ODOO_API_KEY: set it, or unset ODOO_API_KEY for the simulated Odoo",
        );
        refused(read(&ODOO[..2]), "ODOO_LOGIN: missing: set it to the login of the integration user");
    }

    #[test]
    fn values_that_cannot_be_used_are_named_with_their_fix() {
        refused(with("PORT", "90000"), "PORT: `90000` cannot be used: set it to a whole number from 0 to 65535");
        refused(with("ODOO_BATCH", "0"), "ODOO_BATCH: `0` cannot be used: set it to a whole number from 1 to 100");
        refused(with("ODOO_WORKERS", "0"), "ODOO_WORKERS: `0` cannot be used: set it to a whole number from 1 to 512");
        refused(
            with("ODOO_TIMEOUT_SECONDS", "2m"),
            "ODOO_TIMEOUT_SECONDS: `2m` cannot be used: set it to a whole number from 1 to 900",
        );
        refused(with("RESET", "maybe"), "RESET: `maybe` is neither yes nor no: set it to 1, or unset it");
        let form = "write it like https://erp.example.com or http://127.0.0.1:8069";
        refused(
            with("ODOO_URL", "http://erp.example.com"),
            &format!("ODOO_URL: erp.example.com:80: plain http goes to this machine only: write https://: {form}"),
        );
        refused(
            with("ODOO_URL", "https://erp.example.com/?db=shop"),
            &format!("ODOO_URL: it has a query or a fragment: {form}"),
        );
    }
}
