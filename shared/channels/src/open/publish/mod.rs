//! The documents that this channel publishes, made of the types that read it. Nothing of it is used at run time.

mod openapi;
mod schema;

pub use openapi::openapi;
pub use schema::schema;

/// The version of the contract.
#[must_use]
pub fn version() -> &'static str {
    super::wire::VERSION
}
