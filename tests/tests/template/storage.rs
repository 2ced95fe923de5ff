//! Tables, bucket and secrets: nothing is lost by a deploy, nothing is readable by accident.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sluice_channels::shop_namings;
use sluice_platform::config::load_accounts;
use sluice_tests::source::root;

use crate::stack::{FILES, KEY, SETTINGS, number, raw, stack, text};

/// CloudFormation's word for tables and the like that outlive their stack, but for one that was never finished.
const KEEPS: &str = "RetainExceptOnCreate";

#[test]
fn tables_are_kept_backed_up_encrypted_and_bounded() {
    for settings in SETTINGS {
        let stack = stack("storage", settings);
        let (prod, has_key) = (settings.contains(&("Stage", "prod")), settings.contains(&("KmsKeyArn", KEY)));
        let tables = stack.of_type("AWS::DynamoDB::Table");
        assert_eq!(tables.len(), 2);
        for (id, table) in tables {
            assert_eq!(
                (&table["DeletionPolicy"], &table["UpdateReplacePolicy"]),
                (&json!(KEEPS), &json!("Retain")),
                "{id}"
            );
            let properties = &table["Properties"];
            assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST", "{id}");
            assert_eq!(
                properties["PointInTimeRecoverySpecification"],
                json!({ "PointInTimeRecoveryEnabled": true }),
                "{id}"
            );
            assert_eq!(properties["DeletionProtectionEnabled"], prod, "{id}");
            let encryption = if has_key {
                json!({ "SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": KEY })
            } else {
                json!({ "SSEEnabled": false })
            };
            assert_eq!(properties["SSESpecification"], encryption, "{id}: false is DynamoDB's own key, not none");
            let indexes = properties["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
            for bounded in indexes.iter().chain([properties]) {
                assert!(number(&bounded["OnDemandThroughput"]["MaxReadRequestUnits"]) >= 100, "{id}");
                assert!(number(&bounded["OnDemandThroughput"]["MaxWriteRequestUnits"]) >= 100, "{id}");
            }
            for index in &indexes {
                assert_eq!(
                    index["Projection"],
                    json!({ "ProjectionType": "KEYS_ONLY" }),
                    "{id}: {}",
                    index["IndexName"]
                );
            }
        }
    }
}

#[test]
fn journal_entries_end_by_themselves_and_state_does_not() {
    let stack = stack("storage", &[("Stage", "prod")]);
    let ends = json!({ "AttributeName": "expires_at", "Enabled": true });
    assert_eq!(stack.resources["JournalTable"]["Properties"]["TimeToLiveSpecification"], ends);
    assert!(stack.resources["StateTable"]["Properties"]["TimeToLiveSpecification"].is_null());
}

#[test]
fn large_bodies_are_private_encrypted_and_end() {
    for settings in SETTINGS {
        let stack = stack("storage", settings);
        let bucket = &stack.resources["BodiesBucket"];
        assert_eq!((&bucket["DeletionPolicy"], &bucket["UpdateReplacePolicy"]), (&json!(KEEPS), &json!("Retain")));
        let properties = &bucket["Properties"];
        let block = properties["PublicAccessBlockConfiguration"].as_object().unwrap();
        assert!(block.len() == 4 && block.values().all(|flag| flag == true));
        let rule = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
        let encryption = &rule["ServerSideEncryptionByDefault"];
        assert_eq!(encryption["SSEAlgorithm"], "aws:kms");
        let has_key = settings.contains(&("KmsKeyArn", KEY));
        assert_eq!(encryption["KMSMasterKeyID"].as_str(), has_key.then_some(KEY));
        let rule = &properties["LifecycleConfiguration"]["Rules"][0];
        assert!(number(&rule["ExpirationInDays"]) > 14, "a message may point at it for 14 days");
        assert_eq!(rule["Status"], "Enabled");
        let deny = &stack.resources["BodiesBucketTlsOnly"]["Properties"]["PolicyDocument"]["Statement"];
        assert_eq!(deny.as_array().unwrap().len(), 1);
        assert_eq!(
            (&deny[0]["Effect"], &deny[0]["Action"], &deny[0]["Principal"]),
            (&json!("Deny"), &json!("s3:*"), &json!("*"))
        );
        assert_eq!(deny[0]["Condition"], json!({ "Bool": { "aws:SecureTransport": "false" } }));
        assert_eq!(deny[0]["Resource"].as_array().unwrap().len(), 2, "the bucket and what is in it");
    }
}

#[test]
fn each_account_has_a_secret_and_no_template_has_a_value() {
    let book = load_accounts(&root().join("infra/config"), &shop_namings()).unwrap();
    for settings in SETTINGS {
        let stack = stack("secrets", settings);
        let stage = settings[0].1;
        let mut expected: BTreeSet<String> =
            book.accounts.keys().map(|name| format!("sluice/{stage}/{name}")).collect();
        expected.extend([format!("sluice/{stage}/system/odoo"), format!("sluice/{stage}/system/contact-key")]);
        let secrets = stack.of_type("AWS::SecretsManager::Secret");
        let name = |secret: &Value| secret["Properties"]["Name"].as_str().unwrap().to_owned();
        assert_eq!(
            secrets.iter().map(|(_, secret)| name(secret)).collect::<BTreeSet<_>>(),
            expected,
            "make secrets-template"
        );
        for (id, secret) in secrets {
            assert_eq!(
                (&secret["DeletionPolicy"], &secret["UpdateReplacePolicy"]),
                (&json!(KEEPS), &json!("Retain")),
                "{id}"
            );
            let has_key = settings.contains(&("KmsKeyArn", KEY));
            assert_eq!(secret["Properties"]["KmsKeyId"].as_str(), has_key.then_some(KEY), "{id}");
            let generated = &secret["Properties"]["GenerateSecretString"];
            assert_eq!(generated.is_null(), !name(secret).ends_with("/contact-key"), "{id}");
        }
    }
    for file in FILES {
        assert!(
            !raw(file).to_string().contains("\"SecretString\""),
            "{file}: no value of a secret stands in a template"
        );
        assert!(
            !text(file).contains("resolve:"),
            "{file}: functions read secrets themselves, nothing shows them in a console"
        );
    }
}
