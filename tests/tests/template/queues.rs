//! Queues: what a crash, a leak or a plain connection would cost.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::stack::{KEY, SETTINGS, Stack, attribute, number, stack};

/// The longest that SQS keeps a message, in seconds.
const FOURTEEN_DAYS: u64 = 1_209_600;
/// `deliveries` holds the only copy of what was said: it gives up late.
const MANY_CRASHES: u64 = 50;

/// Resources by name.
type Named<'a> = Vec<(&'a str, &'a Value)>;

fn queues(stack: &Stack) -> (Named<'_>, Named<'_>) {
    stack.of_type("AWS::SQS::Queue").into_iter().partition(|(id, _)| !id.ends_with("DeadLetters"))
}

#[test]
fn the_queues_are_those_of_the_design() {
    let stack = stack("queues", &[("Stage", "prod")]);
    let names: BTreeSet<&str> = stack
        .of_type("AWS::SQS::Queue")
        .iter()
        .map(|(_, queue)| queue["Properties"]["QueueName"].as_str().unwrap())
        .collect();
    let expected = ["deliveries", "odoo-urgent", "odoo-bulk", "channel"];
    let mut expected: BTreeSet<String> =
        expected.iter().flat_map(|name| [format!("sluice-prod-{name}"), format!("sluice-prod-{name}-dlq")]).collect();
    expected.insert("sluice-prod-schedules-dlq".into());
    assert_eq!(names, expected.iter().map(String::as_str).collect());
    let fifo = |(_, queue): &(&str, &Value)| !queue["Properties"]["FifoQueue"].is_null();
    assert!(!stack.of_type("AWS::SQS::Queue").iter().any(fifo), "order of messages is never relied upon");
}

#[test]
fn each_queue_has_a_dead_letter_queue_of_its_own_that_takes_only_its_messages() {
    let stack = stack("queues", &[("Stage", "prod")]);
    let (sources, dead) = queues(&stack);
    let mut taken = BTreeSet::new();
    for (id, queue) in sources {
        let properties = &queue["Properties"];
        let target = properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"].as_str().unwrap();
        let target = target.strip_suffix(".Arn").unwrap();
        assert!(taken.insert(target.to_owned()), "{id}: {target} has another source already");
        let target = &stack.resources[target]["Properties"];
        let name = properties["QueueName"].as_str().unwrap();
        assert_eq!(target["QueueName"], format!("{name}-dlq"));
        let arn = format!("arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{name}");
        let allowed = json!({ "redrivePermission": "byQueue", "sourceQueueArns": [arn] });
        assert_eq!(target["RedriveAllowPolicy"], allowed, "{id}");
    }
    for (id, queue) in dead {
        assert_eq!(number(&queue["Properties"]["MessageRetentionPeriod"]), FOURTEEN_DAYS, "{id}");
        if !taken.contains(id) {
            assert_eq!(queue["Properties"]["RedriveAllowPolicy"], json!({ "redrivePermission": "denyAll" }), "{id}");
        }
    }
}

#[test]
fn deliveries_are_kept_as_long_as_there_is() {
    let stack = stack("queues", &[("Stage", "dev")]);
    for id in ["DeliveriesQueue", "DeliveriesDeadLetters"] {
        let queue = &stack.resources[id];
        assert_eq!(number(&queue["Properties"]["MessageRetentionPeriod"]), FOURTEEN_DAYS, "{id}");
        assert_eq!(number(&queue["Properties"]["MaximumMessageSize"]), 1_048_576, "{id}");
        assert_eq!(queue["DeletionPolicy"], "RetainExceptOnCreate", "{id}");
        assert_eq!(queue["UpdateReplacePolicy"], "Retain", "{id}");
    }
    assert!(
        number(&stack.resources["DeliveriesQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]) >= MANY_CRASHES
    );
}

#[test]
fn queues_are_encrypted_and_talk_tls_only() {
    for settings in SETTINGS {
        let stack = stack("queues", settings);
        let has_key = settings.contains(&("KmsKeyArn", KEY));
        let policy = &stack.resources["QueuesTlsOnly"]["Properties"];
        for (id, queue) in stack.of_type("AWS::SQS::Queue") {
            let (key, own) = (&queue["Properties"]["KmsMasterKeyId"], &queue["Properties"]["SqsManagedSseEnabled"]);
            assert_eq!(
                (key.as_str(), own.as_bool()),
                if has_key { (Some(KEY), None) } else { (None, Some(true)) },
                "{id}"
            );
            assert!(policy["Queues"].as_array().unwrap().contains(&json!({ "Ref": id })), "{id} takes plain HTTP");
        }
        let deny = json!({
            "Sid": "DenyPlainHttp", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*",
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        });
        assert_eq!(policy["PolicyDocument"]["Statement"], json!([deny]));
    }
}

#[test]
fn a_message_comes_back_only_after_its_function_is_surely_done() {
    let root = stack("template", &[("Stage", "prod")]);
    let queues = stack("queues", &[("Stage", "prod")]);
    let mut sources = 0;
    for (id, function) in root.of_type("AWS::Serverless::Function") {
        let timeout = number(&function["Properties"]["Timeout"]);
        for event in function["Properties"]["Events"].as_object().into_iter().flatten().map(|(_, event)| event) {
            assert_eq!(event["Type"], "SQS", "{id}");
            let event = &event["Properties"];
            let output = event["Queue"]["Fn::GetAtt"].as_str().unwrap().strip_prefix("Queues.Outputs.").unwrap();
            let queue = queues.outputs[output]["Value"]["Fn::GetAtt"].as_str().unwrap().strip_suffix(".Arn").unwrap();
            assert_eq!(queues.outputs[output]["Value"], attribute(&format!("{queue}.Arn")));
            let visibility = number(&queues.resources[queue]["Properties"]["VisibilityTimeout"]);
            let window = number(&event["MaximumBatchingWindowInSeconds"]);
            assert!(visibility >= window + 6 * timeout, "{id}: {queue} shows its messages again after {visibility} s");
            assert_eq!(event["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{id}, {queue}");
            assert!((2..=1000).contains(&number(&event["ScalingConfig"]["MaximumConcurrency"])), "{id}, {queue}");
            sources += 1;
        }
    }
    assert_eq!(sources, 3, "deliveries, odoo.urgent, odoo.bulk");
}

#[test]
fn plain_http_is_for_an_emulator() {
    let raw = crate::stack::raw("template");
    assert_eq!(raw["Parameters"]["TlsOnly"]["Default"], "on");
    let rule = &raw["Rules"]["NoPlainHttpOutsideDev"];
    assert_eq!(rule["RuleCondition"], json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "Stage" }, "dev"] }] }));
    assert_eq!(rule["Assertions"][0]["Assert"], json!({ "Fn::Equals": [{ "Ref": "TlsOnly" }, "on"] }));
}
