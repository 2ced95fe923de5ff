//! Functions, the ways into them and their schedules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::stack::{KEY, SETTINGS, Stack, attribute, number, stack};

/// What every function is told.
const EVERYWHERE: &[&str] = &["SLUICE_CONFIG", "SLUICE_LOG", "SLUICE_STAGE"];
/// A function: logical id, name, output of its role, and what else it is told.
const FUNCTIONS: &[(&str, &str, &str, &[&str])] = &[
    ("WebhookIngress", "webhook-ingress", "IngressRoleArn", &["SLUICE_BODIES_BUCKET", "SLUICE_DELIVERIES_QUEUE_URL"]),
    (
        "Normalizer",
        "normalizer",
        "NormalizerRoleArn",
        &[
            "SLUICE_BODIES_BUCKET",
            "SLUICE_BULK_QUEUE_URL",
            "SLUICE_JOURNAL_TABLE",
            "SLUICE_SELLER_QUEUES",
            "SLUICE_STATE_TABLE",
            "SLUICE_URGENT_QUEUE_URL",
        ],
    ),
    (
        "OdooWriter",
        "odoo-writer",
        "WriterRoleArn",
        &[
            "ODOO_BATCH",
            "ODOO_TIMEOUT_SECONDS",
            "ODOO_WORKERS",
            "SLUICE_BULK_QUEUE_URL",
            "SLUICE_JOURNAL_TABLE",
            "SLUICE_STATE_TABLE",
            "SLUICE_URGENT_QUEUE_URL",
        ],
    ),
    (
        "Reconciler",
        "reconciler",
        "ReconcilerRoleArn",
        &[
            "SLUICE_BODIES_BUCKET",
            "SLUICE_BULK_DLQ_URL",
            "SLUICE_BULK_QUEUE_URL",
            "SLUICE_DELIVERIES_DLQ_URL",
            "SLUICE_DELIVERIES_QUEUE_URL",
            "SLUICE_PUBLIC_URL",
            "SLUICE_RELEASE",
            "SLUICE_STATE_TABLE",
            "SLUICE_URGENT_DLQ_URL",
            "SLUICE_URGENT_QUEUE_URL",
        ],
    ),
];
/// A schedule: its name, what it tells the reconciler, and how often.
const SCHEDULES: &[(&str, &str, &str)] = &[
    ("pull", r#"{"job":"pull"}"#, "rate(5 minutes)"),
    ("redrive", r#"{"job":"redrive","queue":"deliveries","once_per_release":true}"#, "rate(5 minutes)"),
    ("subscriptions", r#"{"job":"subscriptions"}"#, "rate(1 hour)"),
    ("sweep", r#"{"job":"sweep"}"#, "rate(1 minute)"),
];

fn functions(stack: &Stack) -> BTreeMap<&str, &Value> {
    stack.of_type("AWS::Serverless::Function").into_iter().map(|(id, function)| (id, &function["Properties"])).collect()
}

#[test]
fn each_function_is_told_exactly_what_it_needs() {
    for settings in SETTINGS {
        let stack = stack("template", settings);
        let found = functions(&stack);
        assert_eq!(found.len(), FUNCTIONS.len());
        let everywhere = stack.globals["Environment"]["Variables"].as_object().unwrap();
        assert_eq!(everywhere.keys().map(String::as_str).collect::<Vec<_>>(), EVERYWHERE);
        for (id, name, role, told) in FUNCTIONS {
            let function = found[id];
            assert_eq!(function["FunctionName"], format!("sluice-{}-{name}", settings[0].1));
            assert_eq!(function["Role"], attribute(&format!("Access.Outputs.{role}")), "{id}: a role of its own");
            let variables: BTreeSet<&str> =
                function["Environment"]["Variables"].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(variables, told.iter().copied().collect(), "{id}");
        }
    }
}

#[test]
fn concurrency_is_reserved_and_covers_what_the_queues_may_take() {
    for settings in SETTINGS {
        let stack = stack("template", settings);
        for (id, function) in functions(&stack) {
            let reserved = number(&function["ReservedConcurrentExecutions"]);
            let events = function["Events"].as_object().into_iter().flatten();
            let taken: u64 =
                events.map(|(_, event)| number(&event["Properties"]["ScalingConfig"]["MaximumConcurrency"])).sum();
            assert!(reserved >= taken.max(2), "{id} {settings:?}: {reserved} reserved, its queues may take {taken}");
        }
    }
}

#[test]
fn a_queue_that_a_channel_writes_to_is_taken_from_where_it_is_named_and_nothing_else_is() {
    const ARN: &str = "arn:aws:sqs:eu-central-1:123456789012:amazon-orders";
    for settings in SETTINGS {
        for (arn, account) in [("", ""), (ARN, "amazon_de")] {
            let named = [("SellerQueueArn", arn), ("SellerQueueAccount", account)];
            let parameters: Vec<_> = settings.iter().copied().chain(named).collect();
            let of_root = stack("template", &parameters);
            let normalizer = functions(&of_root)["Normalizer"];
            let told = &normalizer["Environment"]["Variables"]["SLUICE_SELLER_QUEUES"];
            let sources = of_root.of_type("AWS::Lambda::EventSourceMapping");
            let access = stack("access", &parameters);
            let policy = access.resources.get("TakeSellerMessages");
            if arn.is_empty() {
                assert_eq!((told, sources.len(), policy.is_none()), (&json!(""), 0, true));
                continue;
            }
            assert_eq!(told, &json!(format!("{ARN}={account}")));
            let source = &sources[0].1["Properties"];
            assert_eq!(
                (&source["EventSourceArn"], &source["FunctionName"]),
                (&json!(ARN), &json!({ "Ref": "Normalizer" }))
            );
            assert_eq!(source["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
            let both = number(&source["ScalingConfig"]["MaximumConcurrency"])
                + number(&normalizer["Events"]["Deliveries"]["Properties"]["ScalingConfig"]["MaximumConcurrency"]);
            assert!(number(&normalizer["ReservedConcurrentExecutions"]) >= both, "{settings:?}");
            let policy = &policy.unwrap()["Properties"];
            assert_eq!(policy["Roles"], json!([{ "Ref": "NormalizerRole" }]));
            assert_eq!(policy["PolicyDocument"]["Statement"][0]["Resource"], ARN);
        }
    }
}

#[test]
fn a_call_to_odoo_fits_into_the_writer() {
    let stack = stack("template", &[("Stage", "prod")]);
    let writer = functions(&stack)["OdooWriter"];
    let patience = number(&writer["Environment"]["Variables"]["ODOO_TIMEOUT_SECONDS"]);
    assert!(number(&writer["Timeout"]) >= 2 * patience, "a slow answer must leave time to read back");
}

#[test]
fn an_invocation_of_the_writer_gets_enough_wakes_to_fill_a_call() {
    let allowed = crate::stack::raw("template")["Parameters"]["OdooBatch"]["AllowedValues"].clone();
    for batch in allowed.as_array().unwrap() {
        let batch = batch.as_str().unwrap();
        let stack = stack("template", &[("Stage", "prod"), ("OdooBatch", batch)]);
        let writer = functions(&stack)["OdooWriter"];
        assert_eq!(writer["Environment"]["Variables"]["ODOO_BATCH"], batch);
        for (id, event) in writer["Events"].as_object().unwrap() {
            let source = &event["Properties"];
            assert!(number(&source["BatchSize"]) >= batch.parse().unwrap(), "{id} {batch}");
            // More than ten messages at once want a window: AWS refuses the mapping without one.
            assert!(number(&source["MaximumBatchingWindowInSeconds"]) >= 1, "{id}");
        }
    }
}

#[test]
fn functions_are_built_for_the_architecture_in_the_vpc_and_under_the_key_that_were_asked_for() {
    for settings in SETTINGS {
        for architecture in ["x86_64", "arm64"] {
            let parameters: Vec<_> = settings.iter().copied().chain([("Architecture", architecture)]).collect();
            let stack = stack("template", &parameters);
            let globals = &stack.globals;
            assert_eq!(globals["Architectures"], json!([architecture]));
            assert_eq!((&globals["Runtime"], &globals["Handler"]), (&json!("provided.al2023"), &json!("bootstrap")));
            let has_key = settings.contains(&("KmsKeyArn", KEY));
            assert_eq!(globals["KmsKeyArn"].as_str(), has_key.then_some(KEY));
            let vpc = json!({ "SubnetIds": "subnet-a", "SecurityGroupIds": "sg-a" });
            assert_eq!(globals["VpcConfig"], if has_key { vpc } else { Value::Null });
            assert_eq!(stack.resources["Access"]["Properties"]["Parameters"]["InVpc"], has_key.to_string());
        }
    }
    let raw = crate::stack::raw("template");
    assert_eq!(raw["Parameters"]["Architecture"]["Default"], "x86_64");
    for (_, function) in stack("template", &[]).of_type("AWS::Serverless::Function") {
        assert_eq!(
            (&function["Metadata"]["BuildMethod"], &function["Metadata"]["WorkingDirectory"]),
            (&json!("makefile"), &json!(".."))
        );
    }
}

#[test]
fn logs_end_and_exist_before_their_function() {
    for settings in SETTINGS {
        let parameters: Vec<_> = settings.iter().copied().chain([("LogRetentionDays", "90")]).collect();
        let stack = stack("template", &parameters);
        let groups: BTreeMap<_, _> =
            stack.of_type("AWS::Logs::LogGroup").into_iter().map(|(id, group)| (id, &group["Properties"])).collect();
        assert_eq!(groups.len(), FUNCTIONS.len() + 1);
        let has_key = settings.contains(&("KmsKeyArn", KEY));
        for (id, group) in &groups {
            assert_eq!(number(&group["RetentionInDays"]), 90, "{id}");
            assert_eq!(group["KmsKeyId"].as_str(), has_key.then_some(KEY), "{id}");
        }
        for (id, function) in functions(&stack) {
            let group = function["LoggingConfig"]["LogGroup"]["Ref"].as_str().unwrap();
            let name = function["FunctionName"].as_str().unwrap();
            assert_eq!(groups[group]["LogGroupName"], format!("/aws/lambda/{name}"), "{id}");
        }
    }
}

#[test]
fn one_route_leads_in_and_is_logged_and_throttled() {
    let stack = stack("template", &[("Stage", "prod")]);
    let one = |kind: &str| {
        let found = stack.of_type(kind);
        assert_eq!(found.len(), 1, "{kind}");
        &found[0].1["Properties"]
    };
    assert_eq!(one("AWS::ApiGatewayV2::Route")["RouteKey"], "ANY /webhooks/{channel}/{account}");
    assert_eq!(one("AWS::ApiGatewayV2::Integration")["IntegrationUri"], attribute("WebhookIngress.Arn"));
    assert_eq!(one("AWS::ApiGatewayV2::Integration")["PayloadFormatVersion"], "2.0");
    let api = one("AWS::ApiGatewayV2::Stage");
    assert!(number(&api["DefaultRouteSettings"]["ThrottlingRateLimit"]) > 0);
    assert!(number(&api["DefaultRouteSettings"]["ThrottlingBurstLimit"]) > 0);
    assert_eq!(api["AccessLogSettings"]["DestinationArn"], attribute("ApiLogs.Arn"));
    let format: Value = serde_json::from_str(api["AccessLogSettings"]["Format"].as_str().unwrap()).unwrap();
    for field in format.as_object().unwrap().values() {
        let field = field.as_str().unwrap();
        assert!(!["header", "authorizer", "querystring", "body"].iter().any(|word| field.contains(word)), "{field}");
    }
    let permissions = stack.of_type("AWS::Lambda::Permission");
    assert_eq!(permissions.len(), 3);
    for (id, permission) in permissions {
        let permission = &permission["Properties"];
        assert_eq!(permission["FunctionName"], json!({ "Ref": "WebhookIngress" }), "{id}");
        let from_api = permission["SourceArn"].to_string().contains("${Api}/*/*/webhooks/{channel}/{account}");
        let by_url = permission["FunctionUrlAuthType"] == "NONE" || permission["InvokedViaFunctionUrl"] == true;
        assert!(from_api || by_url, "{id}: anybody could call the function");
    }
}

#[test]
fn the_function_url_can_be_switched_off() {
    let ids = |on: &str| {
        let stack = stack("template", &[("FunctionUrl", on)]);
        (
            stack.of_type("AWS::Lambda::Url").len(),
            stack.of_type("AWS::Lambda::Permission").len(),
            stack.outputs.contains_key("FunctionUrl"),
        )
    };
    assert_eq!((ids("on"), ids("off")), ((1, 3, true), (0, 1, false)));
}

#[test]
fn schedules_start_the_reconciler_and_say_when_they_could_not() {
    for settings in SETTINGS {
        let (stack, stage) = (stack("template", settings), settings[0].1);
        let schedules = stack.of_type("AWS::Scheduler::Schedule");
        let mut found = BTreeSet::new();
        for (id, schedule) in schedules {
            let (properties, target) = (&schedule["Properties"], &schedule["Properties"]["Target"]);
            assert_eq!(properties["GroupName"], json!({ "Ref": "Schedules" }), "{id}");
            assert_eq!(properties["FlexibleTimeWindow"], json!({ "Mode": "OFF" }), "{id}");
            assert_eq!(target["Arn"], attribute("Reconciler.Arn"), "{id}");
            assert_eq!(target["RoleArn"], attribute("Access.Outputs.SchedulerRoleArn"), "{id}");
            assert_eq!(target["DeadLetterConfig"]["Arn"], attribute("Queues.Outputs.ScheduleDeadLettersArn"), "{id}");
            assert!(number(&target["RetryPolicy"]["MaximumRetryAttempts"]) <= 2, "{id}: the next run comes anyway");
            assert!(number(&target["RetryPolicy"]["MaximumEventAgeInSeconds"]) >= 60, "{id}");
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            found.insert((text(&properties["Name"]), text(&target["Input"]), text(&properties["ScheduleExpression"])));
        }
        let expected = SCHEDULES
            .iter()
            .map(|(name, input, rate)| (format!("sluice-{stage}-{name}"), (*input).to_owned(), (*rate).to_owned()));
        assert_eq!(found, expected.collect());
        let invoked = &stack.resources["Reconciler"]["Properties"]["EventInvokeConfig"];
        assert_eq!(invoked["MaximumRetryAttempts"], 0, "two runs of one job at once help nobody");
        assert_eq!(
            invoked["DestinationConfig"]["OnFailure"]["Destination"],
            attribute("Queues.Outputs.ScheduleDeadLettersArn")
        );
    }
}

#[test]
fn outputs_name_what_people_and_the_doctor_need() {
    let stack = stack("template", &[("Stage", "prod"), ("PublicUrl", "https://hooks.example.com")]);
    for name in [
        "WebhookUrl",
        "FunctionUrl",
        "NextSteps",
        "StateTable",
        "JournalTable",
        "BodiesBucket",
        "DeliveriesQueueUrl",
        "UrgentQueueUrl",
        "BulkQueueUrl",
    ] {
        assert!(stack.outputs.contains_key(name), "{name}");
    }
    assert_eq!(stack.outputs["WebhookUrl"]["Value"], "https://hooks.example.com/webhooks/shopify/ACCOUNT");
    let variables = &stack.resources["Reconciler"]["Properties"]["Environment"]["Variables"];
    assert_eq!(variables["SLUICE_PUBLIC_URL"], "https://hooks.example.com");
}
