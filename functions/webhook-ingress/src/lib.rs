//! The webhook-ingress: `POST /webhooks/{channel}/{account}`. Proves on raw bytes who speaks, bounds the body, queues the
//! delivery, answers. One queue call and no table on this path: after a 2xx the evidence is durable, before it nothing has
//! happened.

mod answer;
mod handler;

pub use answer::Answer;
pub use handler::{Ingress, IngressRequest};
