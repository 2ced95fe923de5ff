//! A build without the AWS SDK: it says how to get one with it.

use std::future::ready;

use sluice_operator_api::Operator;

use crate::{embedded::settings::Settings, output::Problem, verbs::doctor::Finding};

fn without(stage: &str) -> Problem {
    Problem::usage(format!(
        "stage {stage}: this `sluice` was built without the AWS SDK: use `cargo run -p sluice --features stage -- ... --stage {stage}`"
    ))
}

pub(crate) async fn operator(stage: &str, _: &Settings) -> Result<Operator, Problem> {
    ready(Err(without(stage))).await
}

pub(crate) async fn examine(stage: &str, _: &Settings) -> Result<Vec<Finding>, Problem> {
    ready(Err(without(stage))).await
}
