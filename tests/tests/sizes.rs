//! Small files, small functions, small folders: what keeps the code readable from top to bottom.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::collections::BTreeMap;

use sluice_tests::source::{Source, sources};

/// The longest file, in lines.
const MAX_FILE: usize = 500;
/// The longest function, in lines with comments; clippy holds the limit of 70 without them.
const MAX_FUNCTION: usize = 80;
/// Nine of ten functions are no longer, in lines.
const MOST_FUNCTIONS: usize = 30;
/// Half of a crate's files are no longer, in lines: the aim is 120.
const MEDIAN_FILE: usize = 200;
/// The most source files in one folder.
const MAX_FOLDER: usize = 9;
/// Folders that are lists by their nature, and may hold more: one file per promise.
const REGISTRIES: &[&str] = &["tests/tests"];

/// Names and lengths of the functions in a piece of code.
fn functions(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let before = code[..at].chars().next_back();
        let rest = &code[at + 3..];
        let name: String = rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        if name.is_empty() || before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        if let Some(length) = body_end(rest) {
            found.push((name, rest[..length].matches('\n').count() + 1));
        }
    }
    found
}

/// Where a function's body ends; `None` for one that is only declared.
fn body_end(rest: &str) -> Option<usize> {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    for (at, letter) in rest.char_indices() {
        match letter {
            ';' if braces == 0 && brackets == 0 => return None,
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '{' => braces += 1,
            '}' if braces <= 1 => return Some(at),
            '}' => braces -= 1,
            _ => {}
        }
    }
    None
}

fn lines(source: &Source) -> usize {
    source.text.lines().count()
}

/// The value that `tenths` of ten are not above.
fn quantile(values: &mut [usize], tenths: usize) -> usize {
    values.sort_unstable();
    values.get((values.len() * tenths / 10).min(values.len().saturating_sub(1))).copied().unwrap_or(0)
}

#[test]
fn no_file_is_over_500_lines() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| lines(source) > MAX_FILE)
        .map(|source| format!("{}: {} lines", source.path, lines(source)))
        .collect();
    assert!(long.is_empty(), "split by what they are about:\n{}", long.join("\n"));
}

#[test]
fn half_of_the_files_of_every_crate_are_short() {
    let mut rooms: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        rooms.entry(source.room().to_owned()).or_default().push(lines(source));
    }
    let mut long = Vec::new();
    for (room, mut lengths) in rooms {
        let median = quantile(&mut lengths, 5);
        println!("{room}: {} files, median {median}, longest {}", lengths.len(), lengths.last().unwrap());
        if median > MEDIAN_FILE {
            long.push(room);
        }
    }
    assert!(long.is_empty(), "median over {MEDIAN_FILE} lines: {long:?}");
}

#[test]
fn nine_of_ten_functions_fit_on_a_screen_and_none_is_long() {
    let mut lengths = Vec::new();
    let mut long = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        for (name, length) in functions(source.production()) {
            lengths.push(length);
            if length > MAX_FUNCTION {
                long.push(format!("{}: {name} has {length} lines", source.path));
            }
        }
    }
    let (median, most) = (quantile(&mut lengths, 5), quantile(&mut lengths, 9));
    println!("{} functions, median {median} lines, nine of ten at most {most}", lengths.len());
    assert!(long.is_empty(), "name a part of it:\n{}", long.join("\n"));
    assert!(most <= MOST_FUNCTIONS, "nine of ten functions have up to {most} lines, not {MOST_FUNCTIONS}");
}

#[test]
fn at_most_nine_files_stand_in_a_folder() {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for source in sources() {
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        *folders.entry(folder.to_owned()).or_default() += 1;
    }
    let full: Vec<_> = folders
        .iter()
        .filter(|(folder, files)| **files > MAX_FOLDER && !REGISTRIES.contains(&folder.as_str()))
        .collect();
    assert!(full.is_empty(), "group what belongs together: {full:?}");
}

#[test]
fn functions_are_measured() {
    let code = "trait T { fn only(a: [u8; 4]); }\nfn one() {}\nimpl X {\n  pub fn two(&self) {\n    if a { b }\n  }\n}";
    assert_eq!(functions(code), [("one".to_owned(), 1), ("two".to_owned(), 3)]);
}
