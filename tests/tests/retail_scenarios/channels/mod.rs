//! An order in each channel's own words.

pub(crate) mod amazon;
pub(crate) mod shopify;
pub(crate) mod square;
pub(crate) mod woocommerce;
