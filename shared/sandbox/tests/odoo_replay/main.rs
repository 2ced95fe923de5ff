//! Every recorded exchange with Odoo is answered by the simulation as it was recorded, or is listed with the reason why
//! it is not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    clippy::wildcard_enum_match_arm,
    reason = "a test's own steps: a failure here is the failure of the test"
)]

mod books;
mod compare;
mod rows;
mod scenes;
mod world;

use std::{collections::BTreeMap, ops::RangeInclusive};

use serde_json::Value as Json;
use world::World;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/odoo/exchanges");

/// Recordings that the simulation does not answer, and why.
const NOT_COVERED: &[(RangeInclusive<u16>, &str)] = &[
    (60..=63, "the wizard that makes invoices is not simulated"),
    (65..=65, "the draft of the wizard is not simulated"),
    (68..=68, "journal items of taxes and receivables, which it lists, are not simulated"),
    (69..=81, "payments and the wizard of credit notes are not simulated"),
    (85..=87, "journal items and payments are not simulated"),
    (89..=104, "payments and settlement entries are not simulated; no recording made the order that 089 invoices"),
    (121..=121, "read_group is not simulated"),
    (123..=124, "read_group is not simulated"),
    (131..=134, "automation rules are not simulated"),
    (140..=143, "webhooks out of Odoo are not simulated"),
    (216..=216, "journal items, which the refusal names, are not simulated"),
    (234..=234, "two calls at one instant are not simulated: use the fault"),
    (235..=235, "invoices are not simulated"),
    (313..=318, "invoices and payments are not simulated"),
    (370..=370, "webhooks out of Odoo are not simulated"),
    (430..=430, "no recording made the order that it reads"),
    (431..=437, "payments are not simulated"),
    (440..=440, "payments are not simulated"),
    (442..=448, "payments, statement lines and settlement entries are not simulated"),
    (450..=452, "settlement entries, which they name too, are not simulated"),
    (463..=463, "receipts are not simulated"),
    (465..=466, "depends on the receipt of 463; read_group is not simulated"),
    (494..=494, "receipts are not simulated"),
    (495..=496, "settlement entries, which they name too, are not simulated"),
    (499..=499, "web sessions are not simulated"),
];

/// The turn of a recording: that of its number, but for one whose order was made after those of later numbers.
fn turn(number: u16) -> u16 {
    if number == 236 { 255 } else { number }
}

fn recordings() -> BTreeMap<(u16, u16), (String, Json)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(FIXTURES).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let text = std::fs::read_to_string(format!("{FIXTURES}/{name}")).unwrap();
        let number: u16 = name[..3].parse().unwrap();
        found.insert((turn(number), number), (name, serde_json::from_str(&text).unwrap()));
    }
    found
}

fn reason(number: u16) -> Option<&'static str> {
    NOT_COVERED.iter().find(|(range, _)| range.contains(&number)).map(|(_, reason)| *reason)
}

fn is_18(number: u16) -> bool {
    !(300..474).contains(&number)
}

/// What the recording says, and what is answered, if they differ.
fn check(world: &mut World, number: u16, recording: &Json) -> Option<String> {
    let response = world.replay(&recording["request"], number);
    let recorded = &recording["response"];
    if recorded["status"] != response.status {
        let body = String::from_utf8_lossy(&response.body).into_owned();
        return Some(format!("status: recorded {}, answered {} {body}", recorded["status"], response.status));
    }
    let kind = recorded["headers"]["Content-Type"].as_str().unwrap();
    let answered_kind = response.header("content-type").unwrap();
    if kind.split(';').next() != answered_kind.split(';').next() {
        return Some(format!("content type: recorded {kind}, answered {answered_kind}"));
    }
    let mut body = serde_json::from_slice(&response.body)
        .unwrap_or_else(|_| Json::from(String::from_utf8_lossy(&response.body).into_owned()));
    world.recorded_form(number, &mut body);
    compare::difference("", &recorded["body"], &body)
}

fn replay(version: u16) {
    let rows = if version == 18 { rows::odoo18() } else { rows::odoo19() };
    let mut world = World::new(version, rows);
    let (mut covered, mut wrong) = (0, Vec::new());
    for ((_, number), (name, recording)) in recordings() {
        if is_18(number) != (version == 18) {
            continue;
        }
        if let Some(reason) = reason(number) {
            println!("not covered: {}: {reason}", name.trim_end_matches(".json"));
            continue;
        }
        if version == 18 {
            scenes::before18(&mut world, number);
            books::before18(&mut world, number);
        } else {
            books::before19(&mut world, number);
            scenes::before19(&mut world, number);
        }
        covered += 1;
        if let Some(difference) = check(&mut world, number, &recording) {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    println!("covered on {version}: {covered}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_recording_of_18_is_answered_as_recorded_or_listed() {
    replay(18);
}

#[test]
fn every_recording_of_19_is_answered_as_recorded_or_listed() {
    replay(19);
}

#[test]
fn the_list_of_what_is_not_covered_names_recordings_that_exist() {
    let recordings = recordings();
    for (range, reason) in NOT_COVERED {
        assert!(recordings.keys().any(|(_, number)| range.contains(number)), "{range:?} {reason}");
    }
}
