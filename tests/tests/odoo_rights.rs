//! A restricted integration user: what it lacks is named, nothing is lost, and what waited goes on by itself.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: what goes wrong in it must fail")]

use sluice_domain::{
    account::{ConfirmPolicy, UnknownProduct},
    state::ExceptionClass,
};
use sluice_sandbox::odoo::Role;
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, odoo_with, plain_order},
    world::account,
};

#[test]
fn without_contact_creation_orders_wait_for_the_right() {
    for version in VERSIONS {
        let odoo = odoo_with(version, |config| config.role = Role::WithoutContacts);
        let policy = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park);
        let mut scene = Scene::over(odoo, CALM, policy);
        let order = scene.tell(plain_order(1));
        scene.world.run();
        assert_eq!(scene.waits(&order), Some(ExceptionClass::OdooAccess), "{version}");
        let parked = scene.record(&order).head.parked.unwrap();
        assert!(parked.reason.contains("Contact Creation"), "{}", parked.reason);
        assert!(scene.record(&order).head.due.is_some(), "it is looked at again by itself");
    }
}

#[test]
fn the_groups_of_the_contract_are_enough() {
    for version in VERSIONS {
        let odoo = odoo_with(version, |config| config.role = Role::Integration);
        let policy = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park);
        let mut scene = Scene::over(odoo, CALM, policy);
        let order = scene.tell(plain_order(1));
        scene.finish_well();
        assert_eq!(scene.state(&order), "sale", "{version}");
    }
}
