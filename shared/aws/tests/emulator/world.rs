//! An emulator, and tables, queues and a bucket in it for one test.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use aws_sdk_sqs::types::QueueAttributeName;
use sluice_aws::{
    AwsSettings, Connection, DynamoJournal, DynamoState, Patience, QueueUrls, S3Bodies, SqsQueue,
    table::units::{INDEXES, Index},
};
use sluice_domain::ports::secrets::Secret;
use sluice_platform::{SystemTimer, config::environment};

/// Receives after which a message is given up here, fewer than in the template.
pub(crate) const MAX_RECEIVES: u32 = 5;

/// Tells the tables, queues and buckets of one run apart.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// One emulator.
pub(crate) struct World {
    pub(crate) connection: Connection,
}

/// The three queues and their dead letters.
#[derive(Clone, Debug)]
pub(crate) struct Queues {
    /// Deliveries, urgent, bulk: the queue and its dead letters.
    pub(crate) urls: [(String, String); 3],
}

impl World {
    /// The emulator of that name.
    pub(crate) fn named(name: &str) -> Self {
        let endpoints = environment("SLUICE_TEST_ENDPOINTS").expect("no emulator: run `make aws-test`");
        let endpoint = endpoints.split(' ').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        let endpoint = endpoint.unwrap_or_else(|| panic!("no emulator {name} in {endpoints}: run `make aws-test`"));
        let settings = AwsSettings {
            region: "us-east-1".into(),
            endpoint: Some(endpoint.to_owned()),
            access_key_id: "test".into(),
            secret_access_key: Secret::new("test"),
            session_token: None,
            // Shared cores: a slow answer is no failure here.
            patience: Patience {
                connect: Duration::from_secs(20),
                attempt: Duration::from_secs(60),
                operation: Duration::from_secs(120),
                attempts: 3,
            },
        };
        Self { connection: Connection::new(&settings) }
    }

    fn fresh(what: &str) -> String {
        format!("{what}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst))
    }

    /// State in a table as the template makes it.
    pub(crate) async fn state(&self) -> DynamoState {
        let name = Self::fresh("state");
        let indexes = INDEXES.iter().map(index).collect();
        let keys = INDEXES.iter().flat_map(|index| [index.hash, index.range]);
        let attributes: BTreeSet<&str> = keys.chain(["pk", "sk"]).collect();
        self.table(&name, &attributes, Some(indexes)).await;
        self.connection.state(&name, Arc::new(SystemTimer))
    }

    /// The journal in a table of its own.
    pub(crate) async fn journal(&self) -> DynamoJournal {
        let name = Self::fresh("journal");
        self.table(&name, &["pk", "sk"].into(), None).await;
        self.connection.journal(&name, Arc::new(SystemTimer))
    }

    async fn table(&self, name: &str, attributes: &BTreeSet<&str>, indexes: Option<Vec<GlobalSecondaryIndex>>) {
        let client = aws_sdk_dynamodb::Client::new(self.connection.config());
        let create = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
        let create = create.set_key_schema(Some(schema("pk", "sk"))).set_global_secondary_indexes(indexes);
        let attributes = attributes.iter().map(|name| {
            let attribute = AttributeDefinition::builder().attribute_name(*name);
            attribute.attribute_type(ScalarAttributeType::S).build().unwrap()
        });
        create.set_attribute_definitions(Some(attributes.collect())).send().await.unwrap();
    }

    /// Queues with dead letters.
    pub(crate) async fn queues(&self) -> Queues {
        let mut urls = Vec::new();
        for name in ["deliveries", "urgent", "bulk"] {
            urls.push(self.queue_with_dead_letters(&Self::fresh(name)).await);
        }
        Queues { urls: urls.try_into().unwrap() }
    }

    async fn queue_with_dead_letters(&self, name: &str) -> (String, String) {
        let client = aws_sdk_sqs::Client::new(self.connection.config());
        let dead = client.create_queue().queue_name(format!("{name}-dlq")).send().await.unwrap().queue_url.unwrap();
        let arn = client.get_queue_attributes().queue_url(&dead).attribute_names(QueueAttributeName::QueueArn);
        let arn = arn.send().await.unwrap().attributes.unwrap().remove(&QueueAttributeName::QueueArn).unwrap();
        let redrive = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"{MAX_RECEIVES}"}}"#);
        let create = client.create_queue().queue_name(name).attributes(QueueAttributeName::RedrivePolicy, redrive);
        // 1 MiB, as SQS has it since August 2025; an emulator may still begin with less.
        let create = create.attributes(QueueAttributeName::MaximumMessageSize, "1048576");
        (create.send().await.unwrap().queue_url.unwrap(), dead)
    }

    /// A bucket for bodies.
    pub(crate) async fn bodies(&self) -> S3Bodies {
        let name = Self::fresh("bodies");
        let config = aws_sdk_s3::config::Builder::from(self.connection.config()).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config).create_bucket().bucket(&name).send().await.unwrap();
        self.connection.bodies(&name)
    }

    /// The sending side of queues.
    pub(crate) fn sender(&self, queues: &Queues, bodies: S3Bodies) -> SqsQueue {
        let [deliveries, urgent, bulk] = queues.urls.clone().map(|(url, _)| Some(url));
        self.connection.queue(QueueUrls { deliveries, urgent, bulk }, Some(Arc::new(bodies)))
    }
}

fn schema(hash: &str, range: &str) -> Vec<KeySchemaElement> {
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    vec![key(hash, KeyType::Hash), key(range, KeyType::Range)]
}

fn index(index: &Index) -> GlobalSecondaryIndex {
    let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let keys = schema(index.hash, index.range);
    let index = GlobalSecondaryIndex::builder().index_name(index.name).set_key_schema(Some(keys));
    index.projection(keys_only).build().unwrap()
}
