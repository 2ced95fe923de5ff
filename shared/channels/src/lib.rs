//! Channel adapters: they prove who speaks and turn bytes into evidence. They do no I/O.
//!
//! **To add a channel:** a folder beside `shopify/` with the same file names, and its two lines below.
//!
//! **Architecture invariant:** no socket, no clock, no Odoo. Nothing outside a channel's folder knows its name. No trait
//! method about security has a default.

#[macro_use]
mod contract;

mod amazon;
mod doc;
mod evidence;
mod explain;
mod json;
mod keyed;
mod open;
mod people;
mod pull;
mod shopify;
mod signature;
mod square;
mod woocommerce;
mod wrapped;

use sluice_domain::account::ShopNaming;

pub use contract::{
    Channel, Checked, DecodeContext, Decoded, Envelope, Fault, Inbound, Refusal, Rejection, SignedRequest,
    SigningRequest, Warning,
};
pub use explain::{ExplainContext, Explained, Figures, OrderSums};
pub use keyed::{contact_hash, content_rank, sha256_hex};
pub use open::{openapi as open_openapi, schema as open_schema, version as open_version};
pub use pull::{
    Answer, Asked, Heard, KeyExchange, Meter, Pull, PullContext, Pulled, Question, Rest, Subscription, Trouble,
};

macro_rules! registry {
    ($($channel:path),+ $(,)?) => {
        /// Every channel this build speaks, in alphabetical order.
        pub static CHANNELS: &[&dyn Channel] = &[$(&$channel),+];

        /// How the accounts of every channel name their shops. Not by way of `CHANNELS`, so that a function which asks no
        /// more of the channels does not carry them.
        #[must_use]
        pub fn shop_namings() -> Vec<ShopNaming> {
            vec![$($channel.shop_naming()),+]
        }
    };
}

registry![amazon::Amazon, open::Open, shopify::Shopify, square::Square, woocommerce::WooCommerce];

/// The channel of a folder name.
#[must_use]
pub fn channel(name: &str) -> Option<&'static dyn Channel> {
    CHANNELS.iter().copied().find(|channel| channel.name() == name)
}
