//! The committed day is that of the default seed, byte for byte.

use std::{fs, path::PathBuf};

use super::super::{DEFAULT_SEED, Day, day, deliveries, demo_account, expected};

/// The data files in the repository stay below this.
const MAX_BYTES: usize = 1_500_000;

fn day_text(day: &Day) -> String {
    day.deliveries.iter().map(|delivery| serde_json::to_string(delivery).unwrap() + "\n").collect()
}

fn expected_text(day: &Day) -> String {
    serde_json::to_string_pretty(&day.expected).unwrap() + "\n"
}

#[test]
fn the_committed_day_is_that_of_the_default_seed() {
    let day = day(DEFAULT_SEED);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("demo");
    for (name, text) in [("day.jsonl", day_text(&day)), ("expected.json", expected_text(&day))] {
        let path = folder.join(name);
        if refreshing() {
            fs::write(&path, &text).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{name} is stale: UPDATE=1 cargo test -p sluice-sandbox demo, then look at the change"
        );
        assert!(text.len() <= MAX_BYTES, "{name} has {} bytes", text.len());
    }
}

/// Were the files to be written anew (`UPDATE=1`)?
fn refreshing() -> bool {
    std::env::vars_os().any(|(key, value)| key == "UPDATE" && !value.is_empty())
}

#[test]
fn what_is_embedded_reads_as_what_was_generated() {
    if refreshing() {
        return; // What is embedded is what stood there when this test was built.
    }
    let day = day(DEFAULT_SEED);
    assert!(deliveries().unwrap() == day.deliveries);
    assert!(expected().unwrap() == day.expected);
    assert_eq!(demo_account().unwrap().name.as_str(), "demo");
}
