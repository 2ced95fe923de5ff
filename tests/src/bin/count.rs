//! What `.ci/instructions` runs under callgrind: the first steps of reading one order, so many times. The difference between
//! two numbers of times is what the steps cost; starting up is the same in both.

use std::{hint::black_box, process::ExitCode};

use clap::{Parser, ValueEnum};
use sluice_tests::decoding::Decoding;

/// Repeats the first steps of reading one order.
#[derive(Parser)]
struct Arguments {
    /// Up to which step, those before it included.
    upto: Step,
    /// How many times.
    times: u32,
    /// The sample order of this channel, at 10 KB, instead of the demonstration's.
    #[arg(long)]
    channel: Option<String>,
}

/// In their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Step {
    Verify,
    Decode,
    Fold,
}

fn main() -> ExitCode {
    let Arguments { upto, times, channel } = Arguments::parse();
    let order = match channel {
        None => Some(Decoding::default()),
        Some(name) => Decoding::samples().into_iter().find(|sample| sample.channel() == name),
    };
    let Some(order) = order else { return ExitCode::FAILURE };
    for _ in 0..times {
        black_box(&order).verify();
        if upto < Step::Decode {
            continue;
        }
        let evidence = black_box(order.decode());
        if upto < Step::Fold {
            continue;
        }
        black_box(Decoding::fold(evidence));
    }
    ExitCode::SUCCESS
}
