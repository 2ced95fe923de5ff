//! Least privilege: each role's statements, word for word. `make e2e` shows that each of them is needed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::stack::{KEY, SETTINGS, raw, stack};

const STATE: &str = "StateTableArn";
const JOURNAL: &str = "JournalTableArn";
const TAKE: &[&str] = &["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
const GET_SECRET: &[&str] = &["secretsmanager:GetSecretValue"];
const SEND: &[&str] = &["sqs:GetQueueAttributes", "sqs:SendMessage"];
const NOTE: &[&str] = &["sqs:SendMessage"];

/// Actions, and the parameters that name the resources (`+` is what follows the ARN in the template).
type Statement = (&'static [&'static str], &'static [&'static str]);

/// Each role but for its log group, which follows from the function's name.
const ROLES: &[(&str, Option<&str>, &[Statement])] = &[
    (
        "IngressRole",
        Some("webhook-ingress"),
        &[
            (GET_SECRET, &["AccountSecretArns"]),
            (SEND, &["DeliveriesArn"]),
            (&["s3:PutObject"], &["BodiesBucketArn+/deliveries/*"]),
        ],
    ),
    (
        "NormalizerRole",
        Some("normalizer"),
        &[
            (GET_SECRET, &["AccountSecretArns"]),
            (GET_SECRET, &["ContactKeyArn"]),
            (TAKE, &["DeliveriesArn"]),
            (SEND, &["UrgentArn", "BulkArn"]),
            (&["dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:UpdateItem"], &[STATE]),
            (&["dynamodb:DescribeTable", "dynamodb:PutItem"], &[JOURNAL]),
            (&["s3:GetObject"], &["BodiesBucketArn+/deliveries/*"]),
        ],
    ),
    (
        "WriterRole",
        Some("odoo-writer"),
        &[
            (GET_SECRET, &["OdooSecretArn"]),
            (TAKE, &["UrgentArn", "BulkArn"]),
            (NOTE, &["UrgentArn", "BulkArn"]),
            (
                &[
                    "dynamodb:BatchGetItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:DescribeTable",
                    "dynamodb:PutItem",
                    "dynamodb:Query",
                    "dynamodb:UpdateItem",
                ],
                &[STATE],
            ),
            (&["dynamodb:DescribeTable", "dynamodb:PutItem"], &[JOURNAL]),
        ],
    ),
    (
        "ReconcilerRole",
        Some("reconciler"),
        &[
            (GET_SECRET, &["AccountSecretArns"]),
            (SEND, &["DeliveriesArn"]),
            (SEND, &["UrgentArn", "BulkArn"]),
            (&["s3:PutObject"], &["BodiesBucketArn+/deliveries/*"]),
            (
                &[
                    "dynamodb:BatchGetItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:DescribeTable",
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem",
                ],
                &[STATE],
            ),
            (&["dynamodb:Query"], &["StateTableArn+/index/due"]),
            (
                &["sqs:DeleteMessage", "sqs:ReceiveMessage"],
                &["DeliveriesDeadLettersArn", "UrgentDeadLettersArn", "BulkDeadLettersArn"],
            ),
            (NOTE, &["ScheduleDeadLettersArn"]),
        ],
    ),
    (
        "SchedulerRole",
        None,
        &[
            (
                &["lambda:InvokeFunction"],
                &["arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:sluice-${Stage}-reconciler"],
            ),
            (NOTE, &["ScheduleDeadLettersArn"]),
        ],
    ),
];

/// Where a `*` may stand at the end of a resource, and why AWS leaves no choice.
const STARS: &[(&str, &str)] = &[
    (":*", "a log group's ARN as IAM writes it: its streams are named by Lambda"),
    ("/deliveries/*", "keys of objects carry account, date and trace id"),
];

/// A resource as it is written, in the table's words.
fn resource(value: &Value) -> String {
    if let Some(parameter) = value["Ref"].as_str() {
        return parameter.to_owned();
    }
    let text = value["Fn::Sub"].as_str().unwrap_or_else(|| panic!("{value}"));
    match text.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
        Some((parameter, rest)) if parameter.ends_with("Arn") => format!("{parameter}+{rest}"),
        _ => text.to_owned(),
    }
}

fn listed(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

/// Actions and resources of the statements of a policy.
fn statements(policy: &Value) -> BTreeSet<(Vec<String>, Vec<String>)> {
    let found = policy["PolicyDocument"]["Statement"].as_array().unwrap();
    found
        .iter()
        .map(|statement| {
            assert_eq!(statement["Effect"], "Allow");
            assert!(statement["NotAction"].is_null() && statement["NotResource"].is_null());
            let mut actions: Vec<String> =
                listed(&statement["Action"]).iter().map(|action| action.as_str().unwrap().to_owned()).collect();
            actions.sort();
            (actions, listed(&statement["Resource"]).iter().map(resource).collect())
        })
        .collect()
}

#[test]
fn each_role_may_do_exactly_what_its_function_does() {
    let access = raw("access");
    let roles = access["Resources"].as_object().unwrap().iter().filter(|(_, role)| role["Type"] == "AWS::IAM::Role");
    assert_eq!(roles.clone().count(), ROLES.len());
    for (id, function, expected) in ROLES {
        let role = &access["Resources"][id]["Properties"];
        assert_eq!(role["Policies"].as_array().unwrap().len(), 1, "{id}");
        let mut all: BTreeSet<(Vec<String>, Vec<String>)> = expected
            .iter()
            .map(|(actions, resources)| {
                let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
                (owned(actions), owned(resources))
            })
            .collect();
        if let Some(function) = function {
            let group = format!(
                "arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:/aws/lambda/sluice-${{Stage}}-{function}:*"
            );
            all.insert((vec!["logs:CreateLogStream".into(), "logs:PutLogEvents".into()], vec![group]));
        }
        assert_eq!(statements(&role["Policies"][0]), all, "{id}");
    }
}

#[test]
fn no_action_and_no_resource_is_a_wildcard() {
    let access = raw("access");
    for (id, found) in access["Resources"].as_object().unwrap() {
        let own = found["Properties"]["Policies"].as_array().cloned().unwrap_or_default();
        let policies = own.iter().chain((found["Type"] == "AWS::IAM::Policy").then_some(&found["Properties"]));
        for (actions, resources) in policies.flat_map(statements) {
            assert!(actions.iter().all(|action| !action.contains('*')), "{id}: {actions:?}");
            for resource in resources.iter().filter(|resource| resource.contains('*')) {
                let known = STARS.iter().any(|(end, _)| {
                    resource.strip_suffix(end).is_some_and(|start| !start.contains('*')) && !resource.ends_with("::*")
                });
                assert!(known, "{id}: {resource}");
            }
        }
    }
}

#[test]
fn roles_are_worn_by_their_service_only() {
    for settings in SETTINGS {
        let (stack, stage) = (stack("access", settings), settings[0].1);
        let vpc = settings.contains(&("InVpc", "true"));
        for (id, role) in stack.of_type("AWS::IAM::Role") {
            let trust = role["Properties"]["AssumeRolePolicyDocument"]["Statement"].as_array().unwrap();
            assert_eq!(trust.len(), 1, "{id}");
            assert_eq!(trust[0]["Action"], "sts:AssumeRole", "{id}");
            let managed = role["Properties"]["ManagedPolicyArns"].as_array().map_or(0, Vec::len);
            if id == "SchedulerRole" {
                assert_eq!(trust[0]["Principal"], json!({ "Service": "scheduler.amazonaws.com" }));
                let group = &trust[0]["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"];
                let group = group.as_str().or(trust[0]["Condition"]["StringEquals"]["aws:SourceArn"].as_str()).unwrap();
                assert!(group.ends_with(&format!(":schedule-group/sluice-{stage}")), "{group}");
                assert_eq!(managed, 0);
            } else {
                assert_eq!(trust[0]["Principal"], json!({ "Service": "lambda.amazonaws.com" }), "{id}");
                assert_eq!(managed, usize::from(vpc), "{id}: network interfaces, in a VPC only");
            }
        }
        let key = settings.contains(&("KmsKeyArn", KEY));
        assert_eq!(stack.resources.contains_key("UseKey"), key);
        if key {
            let policy = &stack.resources["UseKey"]["Properties"];
            assert_eq!(policy["Roles"].as_array().unwrap().len(), ROLES.len());
            assert_eq!(policy["PolicyDocument"]["Statement"][0]["Resource"], KEY);
        }
    }
}
