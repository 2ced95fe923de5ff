//! Sluice for people at a keyboard. Results on stdout, notes and progress on stderr; exit 0 good, 1 refused or findings,
//! 2 wrong usage.

mod arguments;
mod embedded;
mod output;
#[cfg(feature = "stage")]
mod stage;
#[cfg(not(feature = "stage"))]
#[path = "no_stage.rs"]
mod stage;
mod verbs;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Verb};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not mistakes.
            let code = u8::from(error.use_stderr()).saturating_mul(2);
            output::clap(&error);
            return ExitCode::from(code);
        }
    };
    let result = match arguments.verb {
        Verb::Verify(verb) => verbs::verify::run(&verb),
        Verb::Explain(verb) => verbs::explain::run(&verb),
        Verb::Send(verb) => in_runtime(verbs::send::run(verb)),
        Verb::Serve(verb) => in_runtime(verbs::serve::run(verb)),
        Verb::Trace(verb) => in_runtime(verbs::trace::run(verb)),
        Verb::Exceptions(verb) => in_runtime(verbs::exceptions::run(verb)),
        Verb::Doctor(verb) => in_runtime(verbs::doctor::run(verb)),
        Verb::DemoData => in_runtime(verbs::demo_data::run()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            output::note(&problem.text);
            ExitCode::from(problem.code)
        }
    }
}

fn in_runtime(work: impl Future<Output = Result<u8, output::Problem>>) -> Result<u8, output::Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| output::Problem::refused(format!("no runtime: {error}")))?;
    runtime.block_on(work)
}
