//! Bodies of deliveries that fit no message: objects in a bucket, written before the message is sent.

use aws_sdk_s3::{Client, error::SdkError, operation::get_object::GetObjectError, primitives::ByteStream};
use sluice_domain::ports::PortFuture;

use crate::{
    failure::described,
    wire::{MAX_PACKED_BYTES, Packed, StoredBody, WireError},
};

/// Why a stored body cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// S3 does not answer: later again.
    #[error("the bucket does not answer: {0}")]
    Unavailable(String),
    /// The object is gone: its retention has passed, or somebody deleted it. It will not come back.
    #[error("there is no object {0} in the bucket of bodies")]
    Missing(String),
    /// What is there is not what was put.
    #[error("the object {key} is not what was put: {problem}")]
    Altered {
        /// Its key.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Puts bodies. Behind a pointer, so that a function which keeps none does not carry the client of S3 (a tenth of a package).
pub trait KeepBodies: std::fmt::Debug + Send + Sync {
    /// Puts a body where its message says it is. Putting it again puts the same.
    fn put<'a>(&'a self, key: &'a str, packed: Packed) -> PortFuture<'a, Result<(), BodyError>>;
}

impl KeepBodies for S3Bodies {
    fn put<'a>(&'a self, key: &'a str, packed: Packed) -> PortFuture<'a, Result<(), BodyError>> {
        Box::pin(async move {
            let put =
                self.client.put_object().bucket(&self.bucket).key(key).body(ByteStream::from(packed.into_bytes()));
            let sent = put.content_type("application/zlib").send().await;
            sent.map(drop).map_err(|error| BodyError::Unavailable(described("s3:PutObject", &self.name(key), &error)))
        })
    }
}

/// Puts and gets bodies.
#[derive(Clone, Debug)]
pub struct S3Bodies {
    client: Client,
    bucket: String,
}

impl S3Bodies {
    /// Bodies in this bucket.
    #[must_use]
    pub fn new(client: Client, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }

    /// The body that a message speaks of, held against its hash.
    ///
    /// # Errors
    /// When it is gone, is another, or S3 does not answer.
    pub async fn get(&self, stored: &StoredBody) -> Result<Vec<u8>, BodyError> {
        let sent = self.client.get_object().bucket(&self.bucket).key(&stored.key).send().await;
        let object = sent.map_err(|error| self.unread(&stored.key, &error))?;
        // Nothing that we put is longer; what somebody else put there must not fill the memory.
        let length = object.content_length().unwrap_or_default();
        if !usize::try_from(length).is_ok_and(|length| length <= MAX_PACKED_BYTES) {
            return Err(altered(&stored.key, &WireError::TooLarge));
        }
        let bytes = object.body.collect().await.map_err(|error| BodyError::Unavailable(error.to_string()))?;
        stored.unpack(&bytes.into_bytes()).map_err(|error| altered(&stored.key, &error))
    }

    fn unread(&self, key: &str, error: &SdkError<GetObjectError>) -> BodyError {
        if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) {
            return BodyError::Missing(key.to_owned());
        }
        BodyError::Unavailable(described("s3:GetObject", &self.name(key), error))
    }

    fn name(&self, key: &str) -> String {
        format!("{}/{key}", self.bucket)
    }
}

fn altered(key: &str, problem: &WireError) -> BodyError {
    BodyError::Altered { key: key.to_owned(), problem: problem.to_string() }
}
