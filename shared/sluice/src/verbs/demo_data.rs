//! `sluice demo-data`: products, taxes and price lists of the demonstration, create-once, into the Odoo of the environment.

use sluice_domain::{account::OdooTarget, ports::http::Http};
use sluice_odoo::{Call, Connection, Fault, LoadAnswer, LoadMode, Odoo, Reads};
use sluice_sandbox::demo;

use crate::{
    embedded::{connection::real, settings},
    output::{self, Problem},
};

pub(crate) async fn run() -> Result<u8, Problem> {
    let environment = settings::environment()?;
    let Some(odoo) = &environment.odoo else {
        return Err(Problem::usage(
            "set ODOO_URL, ODOO_DB, ODOO_LOGIN and ODOO_API_KEY: the simulated Odoo has this data already",
        ));
    };
    let choice = real(odoo)?;
    let loaded = load_into(&*choice.http, &choice.connection).await?;
    for line in &loaded.done {
        output::result(line);
    }
    for line in &loaded.refused {
        output::note(line);
    }
    Ok(u8::from(!loaded.refused.is_empty()))
}

/// What loading came to, in sentences.
#[derive(Default)]
pub(crate) struct Loaded {
    done: Vec<String>,
    refused: Vec<String>,
}

/// Loads the demonstration's data, create-once: repeating it changes nothing.
pub(crate) async fn load_into(http: &dyn Http, connection: &Connection) -> Result<Loaded, Problem> {
    let odoo = Odoo::new(http, connection);
    let failed = |fault: Fault| Problem::refused(fault.to_string());
    let session = odoo.open().await.map_err(failed)?;
    let target = OdooTarget::default();
    let directory = Reads::directory(&odoo, &session, &target).await.map_err(failed)?.map_err(Problem::refused)?;
    let mut loaded = Loaded::default();
    for load in demo::demo_data(directory.company) {
        let call =
            Call::load(load.model, &load.fields, &load.rows, LoadMode::CreateOnce).companies(&[directory.company]);
        let answer = odoo.call(&session, &call).await.and_then(|answer| LoadAnswer::parse(&answer));
        match answer {
            Ok(LoadAnswer::Done(ids)) => loaded.done.push(format!("{}: {} records are there", load.model, ids.len())),
            Ok(LoadAnswer::Refused(messages)) => {
                let message = messages.first().map_or("no reason given", |row| row.message.as_str());
                loaded.refused.push(format!("{}: Odoo refuses: {message}", load.model));
            }
            Err(fault) => loaded.refused.push(format!(
                "{}: {fault}\n    fix: the user of ODOO_LOGIN needs the right to create {}; use an administrator's key here",
                load.model, load.model
            )),
        }
    }
    Ok(loaded)
}
