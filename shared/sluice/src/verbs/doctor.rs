//! `sluice doctor`: what stands between this configuration and going live, each with its fix.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;
use sluice_domain::{
    account::{Account, CreditNotes, OdooTarget, UnknownProduct},
    entity::targets,
    plan::Directory,
    ports::{
        secrets::{AccountSecrets, Secret},
        state::Stopped,
    },
};
use sluice_odoo::{Call, Fault, Odoo, Reads, Session, parse_products};
use sluice_operator_api::DatabaseView;

use crate::{
    arguments::{Doctor, Format},
    embedded::{
        Embedded,
        client::Client,
        connection::{OdooChoice, real},
        settings::{
            Settings, access_token, contact_key_variable, has_contact_key, is_built_in, own_secrets, secret_variable,
        },
    },
    output::{self, Problem},
};

/// Versions whose servers were recorded.
const RECORDED: [u16; 2] = [18, 19];

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    level: Level,
    what: String,
    fix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Error,
    Warning,
}

pub(crate) fn error(what: impl Into<String>, fix: impl Into<String>) -> Finding {
    Finding { level: Level::Error, what: what.into(), fix: fix.into() }
}

pub(crate) fn warning(what: impl Into<String>, fix: impl Into<String>) -> Finding {
    Finding { level: Level::Warning, what: what.into(), fix: fix.into() }
}

pub(crate) async fn run(verb: Doctor) -> Result<u8, Problem> {
    let client = Client::at(&verb.place)?;
    if let Some(since) = verb.accept_database {
        let subjects = client.accept_database(since).await?;
        match verb.format {
            Format::Json => output::result(&json!({"subjects": subjects}).to_string()),
            Format::Text => output::result(&format!(
                "accepted: {subjects} subjects are verified again from {since}; see `sluice exceptions list`"
            )),
        }
        return Ok(0);
    }
    if let Some(stage) = &verb.place.stage {
        let mut findings = crate::stage::examine(stage, &Settings::read()?).await?;
        findings.extend(client.database().await?.and_then(|known| stopped(&known)));
        print(&findings, verb.format);
        return Ok(code(&findings));
    }
    let settings = Settings::read()?;
    let mut findings = configuration(&settings);
    // A store that cannot be asked, because another Sluice has it, is no finding.
    findings.extend(client.database().await.ok().flatten().and_then(|known| stopped(&known)));
    match &settings.environment.odoo {
        None => findings.push(warning(
            "no Odoo is configured: the simulated one serves",
            "set ODOO_URL, ODOO_DB, ODOO_LOGIN and ODOO_API_KEY",
        )),
        Some(odoo) => findings.extend(examine(&real(odoo)?, settings.accounts.values()).await),
    }
    print(&findings, verb.format);
    Ok(code(&findings))
}

/// A database that is not the one that Sluice knew.
fn stopped(known: &DatabaseView) -> Option<Finding> {
    let Stopped { since, why } = known.stopped.as_ref()?;
    Some(error(
        format!("the Odoo database `{}` {why}: nothing has been written to it since {since}", known.database),
        "find out what was restored or moved (runbook database_changed), then `sluice doctor --accept-database SINCE` with \
         the instant of the backup",
    ))
}

fn code(findings: &[Finding]) -> u8 {
    if findings.iter().any(|finding| finding.level == Level::Error) {
        1
    } else if findings.is_empty() {
        0
    } else {
        3
    }
}

fn print(findings: &[Finding], format: Format) {
    match format {
        Format::Json => output::result(&json!({"findings": findings}).to_string()),
        Format::Text if findings.is_empty() => output::result("clean: nothing stands in the way"),
        Format::Text => {
            for finding in findings {
                let level = if finding.level == Level::Error { "error  " } else { "warning" };
                output::result(&format!("{level} {}\n        fix: {}", finding.what, finding.fix));
            }
        }
    }
}

/// What can be said without asking anybody.
fn configuration(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for account in settings.accounts.values() {
        // What serves a first try is complete by itself.
        if is_built_in(account) {
            continue;
        }
        let signing = own_secrets(&account.name);
        if signing.is_empty() {
            findings.push(error(
                format!("account {}: no signing secret, so its webhooks are answered 503", account.name),
                format!(
                    "set {} to the secret that the channel signs its webhooks with",
                    secret_variable(&account.name)
                ),
            ));
        }
        if !has_contact_key(&account.name) {
            findings.push(error(
                format!("account {}: no key for the external ids of its contacts", account.name),
                format!("set {} to a long random text and never change it", contact_key_variable(&account.name)),
            ));
        }
        if let Some(channel) = sluice_channels::channel(&account.channel) {
            let secrets = AccountSecrets {
                signing,
                contact_key: Secret::new("doctor"),
                access_token: access_token(&account.name),
            };
            let whose = format!("account {}: ", account.name);
            for fix in channel.check_account(account, &secrets) {
                let fix = fix.strip_prefix(&whose).unwrap_or(&fix);
                findings.push(error(format!("{whose}not ready for {}", account.channel), fix));
            }
        } else {
            findings.push(error(
                format!("account {}: this build does not speak {}", account.name, account.channel),
                "correct `channel` in accounts.yaml",
            ));
        }
    }
    findings
}

/// What Odoo has to say: version, key, and what each account needs there.
pub(crate) async fn examine<'a>(choice: &OdooChoice, accounts: impl Iterator<Item = &'a Account>) -> Vec<Finding> {
    let odoo = Odoo::new(&*choice.http, &choice.connection);
    let session = match odoo.open().await {
        Ok(session) => session,
        Err(fault) => return vec![unreachable(&fault)],
    };
    let mut findings = Vec::new();
    if !RECORDED.contains(&session.version.major) {
        findings.push(warning(
            format!("Odoo {} was never tried with this version of Sluice", session.version.major),
            "use 18 or 19, or test with a copy of the database first",
        ));
    }
    findings.extend(missing_rights(&odoo, &session).await);
    for account in accounts {
        match examine_account(&odoo, &session, account).await {
            Ok(found) => findings.extend(found),
            Err(fault) => findings.push(error(format!("account {}: {fault}", account.name), right_fix(&fault))),
        }
    }
    findings
}

/// What the integration user must be allowed to do, and the group that lets it.
const RIGHTS: &[(&str, &str, &str)] = &[
    ("res.partner", "create", "Contact creation"),
    ("sale.order", "create", "Sales / User: all documents"),
    ("sale.order.line", "write", "Sales / User: all documents"),
    ("stock.picking", "write", "Inventory / User"),
];

/// Rights that are missing. An Odoo that does not answer the question (before 18) is not asked further.
async fn missing_rights(odoo: &Odoo<'_>, session: &Session) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (model, operation, group) in RIGHTS {
        let ask = Call::on(model, "has_access", Vec::new()).arg("operation", json!(operation));
        if odoo.call(session, &ask).await == Ok(json!(false)) {
            findings.push(error(
                format!("the integration user may not {operation} {model}"),
                format!("give it the group `{group}` in Odoo (Settings, Users)"),
            ));
        }
    }
    findings
}

/// Which setting to mend when Odoo cannot be used at all.
fn unreachable(fault: &Fault) -> Finding {
    let fix = match fault {
        Fault::NotSent(_) => {
            "check ODOO_URL: is Odoo up and reachable from here, and its certificate trusted (ODOO_CA_FILE)?"
        }
        Fault::NoAnswer(_) | Fault::Busy { .. } | Fault::Conflict(_) => {
            "Odoo is there and does not answer: look at its log"
        }
        Fault::Credentials(_) => "check ODOO_LOGIN and ODOO_API_KEY: keys of non-administrators live 90 days at most",
        Fault::Address(_) | Fault::Mapping(_) => "check ODOO_URL (with its base path) and ODOO_DB",
        Fault::Access(_) | Fault::Refused(_) | Fault::Missing(_) => "give the integration user its groups: see README",
    };
    error(fault.to_string(), fix)
}

fn right_fix(fault: &Fault) -> String {
    match fault {
        Fault::Access(_) => "give the integration user the groups named in README, and the account's company".into(),
        Fault::NotSent(_)
        | Fault::NoAnswer(_)
        | Fault::Busy { .. }
        | Fault::Conflict(_)
        | Fault::Credentials(_)
        | Fault::Refused(_)
        | Fault::Missing(_)
        | Fault::Mapping(_)
        | Fault::Address(_) => unreachable(fault).fix,
    }
}

async fn examine_account(odoo: &Odoo<'_>, session: &Session, account: &Account) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    for target in targets(account) {
        for finding in examine_target(odoo, session, account, &target).await? {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    Ok(findings)
}

/// One of the places in Odoo that the account's orders go to, by its rules.
async fn examine_target(
    odoo: &Odoo<'_>,
    session: &Session,
    account: &Account,
    target: &OdooTarget,
) -> Result<Vec<Finding>, Fault> {
    let directory: Directory = match Reads::directory(odoo, session, target).await? {
        Ok(directory) => directory,
        Err(fix) => return Ok(vec![error(format!("account {}: {fix}", account.name), "then run the doctor again")]),
    };
    let products = &account.odoo.products;
    let mut wanted = BTreeSet::from([
        products.shipping.as_str(),
        &products.tip,
        &products.gift_card,
        &products.duty,
        &products.fee,
        &products.rounding,
    ]);
    if account.books.credit_notes != CreditNotes::None {
        wanted.insert(&products.refund);
    }
    if let UnknownProduct::Fallback(sku) = &account.unknown_product {
        wanted.insert(sku);
    }
    let call =
        Call::search_read("product.product", json!([["default_code", "in", wanted]]), &["default_code", "active"]);
    let found = parse_products(&odoo.call(session, &call.companies(&[directory.company])).await?, "default_code");
    let mut findings = Vec::new();
    for sku in wanted {
        let count = found.get(sku).map_or(0, Vec::len);
        if count != 1 {
            findings.push(error(
                format!("account {}: Odoo has {count} active products with the internal reference {sku}", account.name),
                "`sluice demo-data` creates the standard ones; or name yours under odoo.products of the account",
            ));
        }
    }
    if directory.taxes.is_empty() {
        findings.push(warning(
            format!("account {}: the company has no percentage sales tax", account.name),
            "taxed orders are held until it has: create them in Odoo, or `sluice demo-data`",
        ));
    }
    if directory.pricelists.is_empty() {
        findings.push(warning(
            format!("account {}: no price list; only orders in {} can enter", account.name, directory.company_currency),
            "create a price list for each currency that the shop sells in",
        ));
    }
    Ok(findings)
}

/// Before the first order: what blocks every order is named with its fix.
pub(crate) async fn before_first_order(sluice: &Embedded) {
    let choice = OdooChoice {
        http: std::sync::Arc::clone(&sluice.ports.http),
        connection: sluice.connection.clone(),
        workers: 1,
        batch_orders: 1,
    };
    let mut findings = examine(&choice, sluice.settings.accounts.values()).await;
    findings.extend(sluice.operator.database().await.ok().and_then(|known| stopped(&known)));
    for finding in &findings {
        output::note(&format!("{}\n    fix: {}", finding.what, finding.fix));
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        output::note("webhooks are accepted and kept; orders wait until that is mended");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use sluice_domain::ports::{
        PortFuture,
        http::{Http, HttpError, HttpRequest, HttpResponse},
    };
    use sluice_odoo::Connection;
    use sluice_sandbox::odoo::{Role, SimConfig, SimOdoo};

    use super::*;

    struct Sim(Mutex<SimOdoo>);

    impl Http for Sim {
        fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
            let answer = self.0.lock().unwrap().handle(&request, jiff::Timestamp::UNIX_EPOCH);
            Box::pin(async move { answer })
        }
    }

    async fn groups_asked_for(config: SimConfig) -> Vec<String> {
        let connection = Connection {
            url: "http://odoo".into(),
            database: config.database.clone(),
            login: config.login.clone(),
            key: Secret::new(config.api_key.clone()),
            timeout_ms: 1,
        };
        let http = Arc::new(Sim(Mutex::new(SimOdoo::new(config))));
        let findings = examine(&OdooChoice { http, connection, workers: 1, batch_orders: 1 }, std::iter::empty()).await;
        findings.into_iter().map(|finding| finding.fix).collect()
    }

    #[tokio::test]
    async fn a_missing_right_names_the_group() {
        for config in [SimConfig::odoo18(), SimConfig::odoo19()] {
            let enough = SimConfig { role: Role::Integration, ..config.clone() };
            assert!(groups_asked_for(enough).await.is_empty());
            let lacking = groups_asked_for(SimConfig { role: Role::WithoutContacts, ..config }).await;
            assert_eq!(lacking.len(), 1);
            assert!(lacking[0].contains("Contact creation"), "{lacking:?}");
        }
    }
}
