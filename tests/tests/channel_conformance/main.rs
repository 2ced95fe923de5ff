//! Every MUST of `docs/channel-spec.md`, over every channel of the registry, with the sample data of its fixtures.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a test: what goes wrong in it must fail"
)]

mod bodies;
mod hostile;
mod reads;
mod row;
mod sample;
mod trust;

use std::collections::BTreeSet;

use sluice_tests::source::root;

/// The numbers of the MUSTs that have a test here: `r1`, `v3`, ...
fn tested() -> BTreeSet<String> {
    let folder = root().join("tests/tests/channel_conformance");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<String> = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let named = texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.strip_prefix("fn "));
    let number = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
    named
        .map(number)
        .filter(|number| number.len() == 2 && number.ends_with(|last: char| last.is_ascii_digit()))
        .collect()
}

/// A MUST without a test is a wish.
#[test]
fn every_must_of_the_spec_has_a_test() {
    let spec = std::fs::read_to_string(root().join("docs/channel-spec.md")).unwrap();
    let stated = spec.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("**"));
    let stated: BTreeSet<String> = stated.map(|(number, _)| number.to_lowercase()).collect();
    assert!(stated.len() > 20);
    assert_eq!(stated, tested());
}
