//! A simulated Shopify: one shop's orders by GraphQL, with cursors, an index that lags, a cost bucket and webhook
//! subscriptions. Source of its behaviour: the channel contract's README and `graphql_examples`.
//!
//! An order is a list of revisions in REST's shape, which is what its webhooks carry; GraphQL's shape is made from the same
//! body. No I/O and no clock: the time is said with every call.

mod answer;
mod bucket;
mod config;
mod graph;
mod node;
mod orders;
mod shop;
mod webhooks;

pub use config::ShopConfig;
pub use orders::{Body, Revision};
pub use shop::{ShopTrouble, SimShopify};
pub use webhooks::{Emission, Subscription};
