//! What the tests of the plan share.

use sluice_domain::{
    account::{
        Account, Books, ConfirmPolicy, CounterSales, Customers, DayEnd, EditPolicy, IncompleteAddresses, OdooTarget,
        RoundingPolicy, TestOrders, UnknownProduct,
    },
    value::AccountName,
};

/// An account that asks for nothing special.
pub(crate) fn account() -> Account {
    Account {
        name: AccountName::parse("shop").unwrap(),
        channel: "shopify".into(),
        shop_domain: None,
        api_version: None,
        odoo: OdooTarget::default(),
        entities: vec![],
        confirm: ConfirmPolicy::Paid,
        unknown_product: UnknownProduct::Park,
        cut_over: None,
        rounding: RoundingPolicy::default(),
        taxes: vec![],
        test_orders: TestOrders::Ignore,
        edits: EditPolicy::Hold,
        incomplete_addresses: IncompleteAddresses::Confirm,
        counter_sales: CounterSales::Deliver,
        day_ends: DayEnd::default(),
        books: Books::default(),
        customers: Customers::default(),
    }
}
