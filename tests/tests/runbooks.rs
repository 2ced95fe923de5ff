//! Whoever finds an exception finds what to do: each class has a runbook, and each runbook a class.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::{collections::BTreeSet, path::PathBuf};

use sluice_domain::state::ExceptionClass;
use sluice_tests::source::root;

/// The parts of a runbook, in order.
const PARTS: &[&str] = &["## Meaning", "## Impact", "## First look", "## Repair", "## Escalation"];
/// What may follow `sluice` in a runbook: the verbs of the command line.
const VERBS: &[&str] =
    &["doctor", "trace", "demo-data", "exceptions list", "exceptions retry", "exceptions park", "exceptions release"];

fn folder() -> PathBuf {
    root().join("infra/runbooks")
}

fn names(folder: &PathBuf) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let books = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    books.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

fn check(name: &str, text: &str) -> Vec<String> {
    let mut flaws = Vec::new();
    let places: Vec<Option<usize>> = PARTS.iter().map(|part| text.find(part)).collect();
    if places.contains(&None) || !places.is_sorted() {
        flaws.push(format!("{name}: it needs {PARTS:?}, in this order"));
    }
    if !text.starts_with(&format!("# {name}: ")) || !text.contains("\n**Owner:** ") {
        flaws.push(format!("{name}: it begins with `# {name}: ...` and names its owner"));
    }
    for line in text.lines().filter_map(|line| line.strip_prefix("sluice ")) {
        if !VERBS.iter().any(|verb| line.starts_with(verb)) {
            flaws.push(format!("{name}: `sluice {line}` is no command"));
        }
    }
    flaws
}

#[test]
fn every_class_has_a_runbook_and_every_runbook_a_class() {
    let classes: BTreeSet<String> = ExceptionClass::ALL.iter().map(|class| class.as_str().to_owned()).collect();
    assert_eq!(names(&folder()), classes);
}

#[test]
fn runbooks_say_what_whoever_is_called_needs() {
    let mut flaws = Vec::new();
    for class in ExceptionClass::ALL {
        let Ok(text) = std::fs::read_to_string(folder().join(class.as_str()).with_extension("md")) else { continue };
        flaws.extend(check(class.as_str(), &text));
        let owner = format!("**Owner:** {}", class.owner());
        if !text.contains(&owner) {
            flaws.push(format!("{}: the code says {owner}", class.as_str()));
        }
        for other in text.split("--cause ").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
            if other != class.as_str() {
                flaws.push(format!("{}: it retries {other}", class.as_str()));
            }
        }
    }
    for shelf in ["flows", "alarms"] {
        for name in names(&folder().join(shelf)) {
            let book = folder().join(format!("{shelf}/{name}.md"));
            flaws.extend(check(&name, &std::fs::read_to_string(book).unwrap()));
        }
    }
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}
