//! T10, T19: create, edit, part-refunds and cancellation, told in every order and twice, with the invoice before or after: the
//! same books.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_domain::account::{CreditNotes, EditPolicy, Invoices};
use sluice_testkit::{
    scene::{CALM, Scene, plain_order, with_credit_notes},
    shop::{Back, ShopOrder, refund},
};

/// Paid, two refunds, one that fails.
fn life() -> ShopOrder {
    let mut order = plain_order(1);
    refund(&mut order, Back::Unit, 60);
    refund(&mut order, Back::Shipping, 60);
    refund(&mut order, Back::Fails, 60);
    order
}

/// Every order of so many things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(count - 1);
    let longer = |order: &Vec<usize>| -> Vec<Vec<usize>> {
        let place = |at: usize| {
            let mut order = order.clone();
            order.insert(at, count - 1);
            order
        };
        (0..count).map(place).collect()
    };
    shorter.iter().flat_map(longer).collect()
}

/// Sends what happened in that order, a minute or an hour apart, the last thing twice, and looks at the books.
fn books(version: u16, sequence: &[usize], gap: i64) -> Vec<(String, String, String, bool)> {
    let mut account = with_credit_notes(CreditNotes::Posted);
    account.books.invoices = Invoices::OnConfirm;
    account.edits = EditPolicy::Apply;
    let mut scene = Scene::with(version, CALM, account);
    let order = scene.place(life());
    let told = [
        (0, "orders/create"),
        (1, "refunds/create"),
        (1, "orders/updated"),
        (2, "refunds/create"),
        (3, "orders/updated"),
    ];
    for (place, number) in sequence.iter().chain(sequence.last()).enumerate() {
        scene.post(&order, told[*number], 600 + gap * i64::try_from(place).unwrap());
    }
    let findings = scene.finish();
    assert!(findings.is_clean(), "{sequence:?}: {:#?}", findings.shown(3));
    let mut books = scene.books(&order);
    books.sort();
    books
}

#[test]
fn t10_the_books_are_the_same_in_any_order() {
    let entry = |kind: &str, total: &str| (kind.to_owned(), "posted".to_owned(), total.to_owned(), true);
    let wanted = vec![entry("out_invoice", "53.99"), entry("out_refund", "21.64"), entry("out_refund", "5.30")];
    for (number, sequence) in permutations(5).into_iter().enumerate() {
        let (version, gap) = if number % 2 == 0 { (19, 60) } else { (18, 1) };
        assert_eq!(books(version, &sequence, gap), wanted, "{sequence:?}");
    }
}
