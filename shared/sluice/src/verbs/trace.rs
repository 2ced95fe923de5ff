//! `sluice trace`: where is order 1001?

use serde_json::Value;
use sluice_operator_api::Trace;

use crate::{
    arguments::{self, Format},
    embedded::client::Client,
    output::{self, Problem},
};

pub(crate) async fn run(verb: arguments::Trace) -> Result<u8, Problem> {
    let client = Client::at(&verb.place)?;
    let traces: Vec<Trace> = match client.trace(&verb.id).await? {
        Some(traces) => traces,
        None => return Err(Problem::refused(format!("nothing is known of `{}`", verb.id))),
    };
    // An order has one way; a name that several things share shows each, one object per line.
    for trace in &traces {
        match verb.format {
            Format::Json => {
                let value = serde_json::to_value(trace).unwrap_or(Value::Null);
                output::result(&value.to_string());
            }
            Format::Text => text(trace),
        }
    }
    Ok(0)
}

fn text(trace: &Trace) {
    let number = trace.number.as_deref().unwrap_or("-");
    output::result(&format!("{number}  {}", trace.subject));
    match &trace.odoo {
        Some(odoo) => {
            let total = odoo.total.as_deref().unwrap_or("unknown");
            output::result(&format!("  Odoo      {} (id {}), state {}, total {total}", odoo.name, odoo.id, odoo.state));
        }
        None => output::result("  Odoo      nothing yet"),
    }
    let versions = &trace.versions;
    output::result(&format!(
        "  versions  desired {}, loaded {}, equal {}, confirmed {}, settled {}",
        versions.desired, versions.loaded, versions.gated, versions.confirmed, versions.settled
    ));
    for piece in &trace.evidence {
        output::result(&format!("  {}  {} {} ({})", piece.at, piece.topic, piece.outcome, piece.delivery));
    }
    for write in &trace.writes {
        output::result(&format!("  {}  {}: {}", write.at, write.step, write.outcome));
    }
    output::result(&format!("  outcome   {}", trace.outcome));
}
