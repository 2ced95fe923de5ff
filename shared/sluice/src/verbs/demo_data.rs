//! `sluice demo-data`: products, taxes and price lists of the demonstration, create-once, into the Odoo of the environment.

use sluice_domain::account::OdooTarget;
use sluice_odoo::{Call, LoadAnswer, LoadMode, Odoo, Reads};
use sluice_sandbox::demo;

use crate::{
    embedded::{connection::real, settings},
    output::{self, Problem},
};

pub(crate) async fn run() -> Result<u8, Problem> {
    let environment = settings::environment()?;
    let Some(odoo) = &environment.odoo else {
        return Err(Problem::usage("set ODOO_URL, ODOO_DB, ODOO_LOGIN and ODOO_API_KEY: the simulated Odoo has this data already"));
    };
    let choice = real(odoo)?;
    let odoo = Odoo::new(&*choice.http, &choice.connection);
    let failed = |fault: sluice_odoo::Fault| Problem::refused(fault.to_string());
    let session = odoo.open().await.map_err(failed)?;
    let target = OdooTarget::default();
    let directory = Reads::directory(&odoo, &session, &target).await.map_err(failed)?.map_err(Problem::refused)?;
    let mut refused = false;
    for load in demo::demo_data(session.version.major, directory.company) {
        let call = Call::load(load.model, &load.fields, &load.rows, LoadMode::CreateOnce).companies(&[directory.company]);
        let answer = odoo.call(&session, &call).await.and_then(|answer| LoadAnswer::parse(&answer));
        match answer {
            Ok(LoadAnswer::Done(ids)) => output::result(&format!("{}: {} records are there", load.model, ids.len())),
            Ok(LoadAnswer::Refused(messages)) => {
                refused = true;
                let message = messages.first().map_or("no reason given", |row| row.message.as_str());
                output::note(&format!("{}: Odoo refuses: {message}", load.model));
            }
            Err(fault) => {
                refused = true;
                output::note(&format!(
                    "{}: {fault}\n    fix: the user of ODOO_LOGIN needs the right to create {}; use an administrator's key here",
                    load.model, load.model
                ));
            }
        }
    }
    Ok(u8::from(refused))
}
