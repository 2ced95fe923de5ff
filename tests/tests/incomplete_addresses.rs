//! An order to be sent whose delivery address is not known is not confirmed, where the account wants that.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: what goes wrong in it must fail")]

use serde_json::{Value, json};
use sluice_domain::{
    account::{ConfirmPolicy, IncompleteAddresses, UnknownProduct},
    state::ExceptionClass,
};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order, then},
    shop::order_body,
    world::{Content, account},
};

/// An order that is first told with such an address, and a minute later, if it is told again, with its own.
fn told(
    version: u16,
    policy: IncompleteAddresses,
    address: impl Fn(&mut Value),
    again: bool,
) -> (Scene, String, Option<String>) {
    let account = sluice_domain::account::Account {
        incomplete_addresses: policy,
        ..account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park)
    };
    let mut scene = Scene::with(version, CALM, account);
    let mut order = plain_order(1);
    then(&mut order, "orders/updated", |_| ());
    let order = scene.place(order);
    let mut first: Value = serde_json::from_slice(&order_body(&order, 0)).unwrap();
    address(&mut first["shipping_address"]);
    scene.send("orders/create", Content::Bytes(first.to_string().into_bytes()), 1);
    if again {
        scene.post(&order, (1, "orders/updated"), 90);
    }
    scene.world.run();
    let waits = scene.record(&order).head.parked;
    assert!(waits.as_ref().is_none_or(|parked| parked.class == ExceptionClass::IncompleteAddress), "{waits:?}");
    let state = scene.state(&order);
    (scene, state, waits.map(|parked| parked.reason))
}

#[test]
fn a_paid_order_waits_as_a_quotation_until_its_address_is_told() {
    for version in VERSIONS {
        let street = |address: &mut Value| address["address1"] = json!(null);
        let (_, state, waits) = told(version, IncompleteAddresses::Hold, street, false);
        assert_eq!(state, "draft");
        assert!(waits.unwrap().starts_with("the delivery address lacks the street: "));
        let nowhere = |address: &mut Value| *address = json!(null);
        let (_, state, waits) = told(version, IncompleteAddresses::Hold, nowhere, false);
        assert_eq!(state, "draft");
        assert!(waits.unwrap().starts_with("the channel has not told where it is to be sent: "));
        for incomplete in [street, nowhere] {
            let (mut scene, state, waits) = told(version, IncompleteAddresses::Hold, incomplete, true);
            assert_eq!((state.as_str(), waits), ("sale", None));
            scene.finish_well();
        }
    }
}

#[test]
fn accounts_that_do_not_ask_for_it_confirm_all_the_same() {
    for version in VERSIONS {
        let nowhere = |address: &mut Value| *address = json!(null);
        let (_, state, waits) = told(version, IncompleteAddresses::Confirm, nowhere, false);
        assert_eq!((state.as_str(), waits), ("sale", None));
    }
}
