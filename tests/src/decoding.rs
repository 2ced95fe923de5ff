//! What verifying, decoding and folding one order of 10 KB is measured on, by time (`bench`) and by instructions (`count`).

#![allow(clippy::expect_used, clippy::panic, reason = "a measurement of something that failed is none")]

use sluice_channels::{DecodeContext, Decoded, Inbound, SigningRequest, channel};
use sluice_domain::{
    account::{Account, ConfirmPolicy, UnknownProduct},
    delivery::Delivery,
    ports::secrets::Secret,
    state::{Evidence, OrderFacets, ReadOrPush, fold},
};
use sluice_testkit::world;

/// The size of body that is looked for, in bytes.
const WANTED: usize = 10_240;

/// A signed delivery of an order, and what reading it needs.
pub struct Decoding {
    headers: Vec<(String, String)>,
    delivery: Delivery,
    account: Account,
    secret: Secret,
}

impl Default for Decoding {
    /// The demonstration's new order whose body is nearest to 10 KB: the whole official shape.
    fn default() -> Self {
        let deliveries = sluice_sandbox::demo::deliveries().expect("the committed day");
        let new = deliveries.into_iter().filter(|delivery| delivery.signed && delivery.topic == "orders/create");
        let chosen = new.min_by_key(|delivery| delivery.body.len().abs_diff(WANTED)).expect("an order");
        let account = world::account("shop", ConfirmPolicy::Paid, UnknownProduct::Park);
        let secret = Secret::new("hush");
        let body = chosen.body.into_bytes();
        let request = SigningRequest {
            account: &account,
            topic: "orders/create",
            delivery_id: "d",
            body: &body,
            secret: &secret,
            now: chosen.at,
        };
        let headers = channel("shopify").expect("Shopify").sign(&request).headers;
        let delivery = Delivery {
            channel: "shopify".into(),
            account: account.name.clone(),
            topic: "orders/create".into(),
            delivery_id: "d".into(),
            source: ReadOrPush::Push,
            stated_at: Some(chosen.at),
            api_version: None,
            received_at: chosen.at,
            trace_id: "t".into(),
            body,
        };
        Self { headers, delivery, account, secret }
    }
}

impl Decoding {
    /// The raw body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.delivery.body
    }

    /// Proves the signature.
    ///
    /// # Panics
    /// When it is not good.
    pub fn verify(&self) {
        let Delivery { body, received_at, .. } = &self.delivery;
        let inbound = Inbound { headers: &self.headers, body, url: None, now: *received_at };
        let secrets = std::slice::from_ref(&self.secret);
        channel("shopify").expect("Shopify").verify(&inbound, secrets).expect("signed");
    }

    /// Reads the evidence.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn decode(&self) -> Vec<Evidence> {
        let context = DecodeContext { account: &self.account, contact_key: &self.secret };
        let decoded = channel("shopify").expect("Shopify").decode(&self.delivery, &context).expect("read");
        let Decoded::Evidence { evidence, .. } = decoded else { panic!("no evidence") };
        evidence
    }

    /// Folds evidence into a state that knew nothing.
    #[must_use]
    pub fn fold(evidence: Vec<Evidence>) -> OrderFacets {
        let mut facets = OrderFacets::default();
        for piece in evidence {
            fold(&mut facets, piece);
        }
        facets
    }
}
