//! Who is believed: nobody who posts something. Amazon has no webhooks; its notifications come by SQS or `EventBridge`, whose
//! access policy is their proof, and carry no signature (README, notification facts).

use sluice_domain::{account::Account, ports::secrets::Secret};

use crate::{Envelope, Inbound, Rejection, SignedRequest, SigningRequest};

fn unsigned() -> Rejection {
    Rejection::Unusable(
        "Amazon sends no webhooks and signs nothing: its notifications come by SQS or EventBridge".into(),
    )
}

pub(super) fn verify(_inbound: &Inbound<'_>, _secrets: &[Secret]) -> Result<(), Rejection> {
    Err(unsigned())
}

pub(super) fn belongs(_inbound: &Inbound<'_>, _account: &Account) -> Result<(), Rejection> {
    Err(unsigned())
}

pub(super) fn envelope(_inbound: &Inbound<'_>) -> Envelope {
    Envelope::default()
}

pub(super) fn sign(_request: &SigningRequest<'_>) -> SignedRequest {
    SignedRequest { headers: Vec::new() }
}
