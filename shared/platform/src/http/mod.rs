//! HTTP over TCP and TLS, for the port [`Http`].
//!
//! One request is one exchange: no redirect is followed, no cookie is kept, nothing is retried, and no proxy is used, whatever
//! `HTTP_PROXY` and its kin say. A proxy that a shell happens to name would see keys and orders; where Odoo is behind one,
//! its address is the URL. Answers are not decompressed, so the limit counts what is kept in memory.

mod address;
mod client;
mod failure;
mod metered;
#[cfg(test)]
mod tests;
mod trust;

pub use address::{check_loopback, check_url};
pub use client::{CONNECT_TIMEOUT, HttpClient, MAX_ANSWER_BYTES};
pub use metered::{Metered, MeteredNames};
pub use trust::TrustError;
