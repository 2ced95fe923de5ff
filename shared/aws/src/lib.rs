//! The domain's ports over AWS: `DynamoDB`, SQS, Secrets Manager and S3; and what the Lambda functions share.
//!
//! A function makes a [`Connection`] of its environment once, and of it only the adapters that it needs: each client costs
//! start-up time, and each adapter a permission.
//!
//! **Architecture invariant:** the only crate that names the AWS SDK. It decides nothing about orders, and waits and tells the
//! time through the ports alone. (The SDK itself signs with the machine's clock and waits between its attempts.)

mod bodies;
mod connection;
mod failure;
mod journal;
mod json;
pub mod lambda;
pub mod planned;
mod queue;
mod secrets;
mod state;
pub mod table;
pub mod wire;
mod zlib;

pub use bodies::{BodyError, KeepBodies, S3Bodies};
pub use connection::{AwsSettings, Connection, Patience};
pub use failure::Unusable;
pub use journal::{DynamoJournal, RETENTION_DAYS};
pub use queue::{QueueLook, QueueUrls, Redrive, SqsQueue};
pub use secrets::{ManagedSecrets, OdooSecrets};
pub use state::DynamoState;
