//! The template makes the table that the code looks into.

#![allow(clippy::unwrap_used, reason = "a test: what goes wrong in it must fail")]

use sluice_aws::table::units::INDEXES;

/// The text of the template from a place on, without blanks.
fn after<'a>(template: &'a str, place: &str) -> &'a str {
    template.split_once(place).map(|(_, rest)| rest).unwrap_or_default()
}

#[test]
fn indexes_have_the_keys_that_are_asked_for() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/storage.yaml");
    let template = std::fs::read_to_string(path).unwrap();
    let made = template.matches("- IndexName: ").count();
    assert_eq!(made, INDEXES.len(), "an index that nobody uses costs at every write");
    for index in INDEXES {
        let block: String = after(&template, &format!("- IndexName: {}\n", index.name)).chars().take(400).collect();
        let block = block.split("- IndexName").next().unwrap();
        for key in [
            format!("{{ AttributeName: {}, KeyType: HASH }}", index.hash),
            format!("{{ AttributeName: {}, KeyType: RANGE }}", index.range),
            "ProjectionType: KEYS_ONLY".to_owned(),
        ] {
            assert!(block.contains(&key), "{}: {key} is not in\n{block}", index.name);
        }
    }
}
