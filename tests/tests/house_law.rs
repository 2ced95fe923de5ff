//! Rules of the house that no lint knows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::collections::BTreeSet;

use sluice_platform::telemetry::names::{FIELDS, METRICS, OUTCOMES};
use sluice_tests::source::{Source, sources};

/// Words that stand nowhere, in tests neither, and why.
const BANNED: &[(&str, &str)] = &[
    ("#[ignore", "a test that does not run proves nothing: delete it or mend it"),
    ("todo!", "unfinished work is an issue, not a panic"),
    ("unimplemented!", "unfinished work is an issue, not a panic"),
    ("f64", "money and quantities are exact"),
    ("f32", "money and quantities are exact"),
];
/// Where binary floats may be named: a visitor has to, in order to refuse them, and the benchmark prints figures.
const NAMES_FLOATS: &[&str] =
    &["shared/channels/src/json/tree.rs", "shared/channels/src/json/values.rs", "tests/src/bin/bench/"];

/// Ways around the ports, each with the files or folders that may take it. Embedded mode is a shell like Lambda: it owns its
/// process, and waits.
const AROUND_PORTS: &[(&str, &[&str], &str)] = &[
    (
        "env::var",
        &["shared/platform/src/config/environment.rs"],
        "take a lookup: platform::config reads the environment",
    ),
    ("SystemTime", &[], "take a Clock"),
    ("Timestamp::now", &["shared/platform/src/clock.rs"], "take a Clock"),
    ("Instant::now", &[], "take a Clock"),
    ("thread::sleep", &[], "take a Timer"),
    ("time::sleep", &["shared/platform/src/clock.rs", "shared/sluice/src/embedded/"], "take a Timer"),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helper", "helpers", "manager", "misc", "process_data"];

/// Is it one of these files, or in one of these folders?
fn is_within(source: &Source, places: &[&str]) -> bool {
    places.iter().any(|place| source.path.starts_with(place))
}

/// The places of a word in code, as `path:line`. A word is whole: `SystemTimer` is no `SystemTime`.
fn places(source: &Source, code: &str, word: &str) -> Vec<String> {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let whole = |at: usize| {
        let before = code[..at].chars().next_back().is_some_and(is_letter);
        let after = code[at + word.len()..].chars().next().is_some_and(is_letter);
        let open = word.ends_with("env::var");
        !(before && word.starts_with(is_letter)) && (open || !after)
    };
    let found = code.match_indices(word).filter(|(at, _)| whole(*at));
    found.map(|(at, _)| format!("{}:{}", source.path, source.line(at))).collect()
}

#[test]
fn banned_words_stand_nowhere() {
    let mut found = Vec::new();
    for source in sources() {
        for (word, why) in BANNED {
            if word.starts_with('f') && is_within(&source, NAMES_FLOATS) {
                continue;
            }
            found
                .extend(places(&source, &source.code, word).into_iter().map(|place| format!("{place}: {word}: {why}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nobody_goes_around_the_ports() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        for (word, allowed, why) in AROUND_PORTS {
            if !is_within(source, allowed) {
                let places = places(source, source.production(), word);
                found.extend(places.into_iter().map(|place| format!("{place}: {word}: {why}")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn tests_do_not_sleep() {
    let words = ["thread::sleep", "time::sleep"];
    let tests = sources().into_iter().filter(Source::is_test);
    let found: Vec<String> = tests
        .flat_map(|source| words.iter().flat_map(|word| places(&source, &source.code, word)).collect::<Vec<_>>())
        .collect();
    assert!(found.is_empty(), "wait for what you wait for, or use virtual time: {found:?}");
}

#[test]
fn files_are_named_after_what_they_hold() {
    let empty = |source: &Source| source.path.split(['/', '.']).any(|part| EMPTY_NAMES.contains(&part));
    let found: Vec<String> = sources().into_iter().filter(empty).map(|source| source.path).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// The text between the brackets of every log macro, with its literals, and without them.
fn log_lines(source: &Source) -> Vec<(usize, &str, &str)> {
    let mut found = Vec::new();
    for level in ["trace", "debug", "info", "warn", "error"] {
        let start = format!("tracing::{level}!(");
        for (at, _) in source.code.match_indices(&start) {
            let inner = at + start.len();
            let mut depth = 1_usize;
            let end = source.code[inner..].char_indices().find_map(|(offset, letter)| {
                match letter {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                (depth == 0).then_some(inner + offset)
            });
            let end = end.unwrap_or(inner);
            found.push((at, &source.text[inner..end], &source.code[inner..end]));
        }
    }
    found
}

/// The field names of a log line: what stands before `=`, or alone.
fn fields(code: &str) -> Vec<String> {
    let (mut depth, mut part, mut parts) = (0_usize, String::new(), Vec::new());
    for letter in code.chars() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            _ => {}
        }
        if letter != ',' || depth > 0 {
            part.push(letter);
        }
    }
    parts.push(part);
    let name = |part: &String| part.split('=').next().unwrap_or("").trim().trim_start_matches(['%', '?']).to_owned();
    parts.iter().map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn log_lines_have_the_fields_of_the_one_file() {
    let known: BTreeSet<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    let outcomes: BTreeSet<&str> = OUTCOMES.iter().map(|(name, _)| *name).collect();
    let (mut strange, mut used) = (Vec::new(), BTreeSet::new());
    for source in sources().iter().filter(|source| !source.is_test()) {
        for (at, text, code) in log_lines(source) {
            let place = format!("{}:{}", source.path, source.line(at));
            for field in fields(code) {
                if !known.contains(field.as_str()) {
                    strange.push(format!("{place}: {field}"));
                }
                used.insert(field);
            }
            for outcome in text.split("outcome = \"").skip(1).filter_map(|rest| rest.split('"').next()) {
                if !outcomes.contains(outcome) {
                    strange.push(format!("{place}: outcome {outcome}"));
                }
                used.insert(format!("outcome {outcome}"));
            }
        }
    }
    assert!(
        strange.is_empty(),
        "name them in telemetry/names.rs, if they carry nothing personal:\n{}",
        strange.join("\n")
    );
    let unused: Vec<_> = known.iter().filter(|name| !used.contains(**name)).collect();
    assert!(unused.is_empty(), "no log line has these fields any more: {unused:?}");
    let unused: Vec<_> = outcomes.iter().filter(|name| !used.contains(&format!("outcome {name}"))).collect();
    assert!(unused.is_empty(), "no log line has these outcomes any more: {unused:?}");
}

#[test]
fn names_of_fields_outcomes_and_metrics_stand_once() {
    for (names, sorted) in [(FIELDS, true), (OUTCOMES, true), (METRICS, false)] {
        assert!(!sorted || names.is_sorted_by_key(|(name, _)| *name));
        assert_eq!(names.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len(), names.len());
    }
}
