//! Whoever is called by an alarm finds what to do.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sluice_platform::telemetry::names::METRICS;
use sluice_tests::source::root;

use crate::stack::{raw, stack};

/// What must call somebody: a metric, and each thing that it is watched for.
const WATCHED: &[(&str, &str, &[&str])] = &[
    (
        "ApproximateNumberOfMessagesVisible",
        "QueueName",
        &[
            "sluice-prod-deliveries-dlq",
            "sluice-prod-odoo-urgent-dlq",
            "sluice-prod-odoo-bulk-dlq",
            "sluice-prod-channel-dlq",
            "sluice-prod-schedules-dlq",
        ],
    ),
    ("ApproximateAgeOfOldestMessage", "QueueName", &["sluice-prod-deliveries"]),
    ("Errors", "FunctionName", FUNCTIONS),
    ("Throttles", "FunctionName", FUNCTIONS),
    ("ReadThrottleEvents", "TableName", &["sluice-prod-state", "sluice-prod-journal"]),
    ("WriteThrottleEvents", "TableName", &["sluice-prod-state", "sluice-prod-journal"]),
    ("oldest_due_seconds", "stage", &["prod"]),
    ("oldest_open_seconds", "stage", &["prod"]),
    ("read_behind_seconds", "stage", &["prod"]),
    ("Invocations", "FunctionName", &["sluice-prod-reconciler"]),
    ("5xx", "ApiId", &["an-api"]),
    ("4xx", "ApiId", &["an-api"]),
    ("Latency", "ApiId", &["an-api"]),
];
const FUNCTIONS: &[&str] =
    &["sluice-prod-webhook-ingress", "sluice-prod-normalizer", "sluice-prod-odoo-writer", "sluice-prod-reconciler"];

#[test]
fn everything_that_can_go_wrong_has_an_alarm() {
    let stack = stack("alarms", &[("Stage", "prod"), ("ApiId", "an-api"), ("AlarmTopicArn", "arn:of:a:topic")]);
    let mut found = BTreeSet::new();
    for (id, alarm) in stack.of_type("AWS::CloudWatch::Alarm") {
        let alarm = &alarm["Properties"];
        let first = &alarm["Dimensions"][0];
        let [metric, name, value] =
            [&alarm["MetricName"], &first["Name"], &first["Value"]].map(|text| text.as_str().unwrap());
        found.insert((metric, name, value));
        assert_eq!(alarm["AlarmActions"], json!(["arn:of:a:topic"]), "{id}");
        assert_eq!(alarm["OKActions"], json!(["arn:of:a:topic"]), "{id}");
        if alarm["Namespace"] == "Sluice" {
            assert!(METRICS.iter().any(|(known, _)| *known == metric), "{id}: nothing writes {metric}");
        }
        let silence = if metric == "Invocations" { "breaching" } else { "notBreaching" };
        assert_eq!(alarm["TreatMissingData"], silence, "{id}");
    }
    let expected =
        WATCHED.iter().flat_map(|(metric, name, values)| values.iter().map(|value| (*metric, *name, *value)));
    assert_eq!(found, expected.collect());
}

#[test]
fn each_alarm_names_its_runbook_and_each_runbook_has_an_alarm() {
    let folder = root().join("infra/runbooks");
    let mut named = BTreeSet::new();
    for (id, alarm) in raw("alarms")["Resources"].as_object().unwrap() {
        let text = alarm["Properties"]["AlarmDescription"].as_str().unwrap();
        let (_, book) = text.rsplit_once(" Runbook: ").unwrap_or_else(|| panic!("{id} names no runbook"));
        assert!(folder.join(book).is_file(), "{id}: there is no infra/runbooks/{book}");
        named.insert(book.to_owned());
    }
    let books = std::fs::read_dir(folder.join("alarms")).unwrap();
    for book in books.map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
        assert!(named.contains(&format!("alarms/{book}")), "no alarm names infra/runbooks/alarms/{book}");
    }
}

#[test]
fn an_alarm_without_a_topic_tells_nobody_and_still_deploys() {
    for (id, alarm) in stack("alarms", &[("Stage", "dev"), ("ApiId", "an-api")]).of_type("AWS::CloudWatch::Alarm") {
        assert!(alarm["Properties"]["AlarmActions"].is_null(), "{id}");
    }
}

#[test]
fn late_is_what_the_flows_call_late() {
    let flows: Value =
        serde_yaml_ng::from_str(&std::fs::read_to_string(root().join("infra/config/flows.yaml")).unwrap()).unwrap();
    let parameters = raw("alarms")["Parameters"].clone();
    let limits = [("order_to_odoo", "LateAfterSeconds"), ("read_to_odoo", "ReadingLateAfterSeconds")];
    for flow in flows["flows"].as_array().unwrap() {
        let (_, parameter) = limits.iter().find(|(name, _)| flow["name"] == *name).unwrap();
        assert_eq!(parameters[parameter]["Default"], flow["service_level"]["late_after_seconds"], "{}", flow["name"]);
    }
}
