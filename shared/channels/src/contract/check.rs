//! What a channel may say of a delivery before it is kept, where its sender can correct what is wrong.

use serde::Serialize;

/// A field of a body that its sender must correct. Holds no value of the body, so nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where, as RFC 6901 writes it: `/data/lines/0/quantity`. Empty for the whole body.
    pub pointer: String,
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub fix: String,
}

/// What a channel says of a proved delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Take it.
    Fine,
    /// Take it, and tell the sender what does not become of it.
    Unused(&'static str),
    /// Refuse it: the sender can correct it, and nobody else.
    Faulty {
        /// The first of what is wrong.
        faults: Vec<Fault>,
        /// How much more there is.
        more: usize,
    },
}
