//! The dry run of a payload: each thing that it is about, with its figures.

mod goods;
mod money;
mod order;
mod refund;
mod settlement;

use sluice_domain::account::Account;

use super::{
    decode,
    items::{self, Item, Shape},
    topics::{self, Route},
};
use crate::{
    DecodeContext, ExplainContext, Explained, Figures, Refusal, Warning,
    doc::Doc,
    evidence::{Statement, named},
    explain::{self, blank, ignored},
    json::{self, Tree, refuse},
};

/// Rows of the balance that were read.
const SETTLEMENT: &str = "pull:settlement";

/// What is printed of one document.
type Reader = fn(&Doc<'_>, &Account) -> Result<Figures, Refusal>;

/// Kinds that no flow takes yet: their topics (a whole topic, or a family ending in `/`), their shape, their reader.
const KINDS: &[(&[&str], Shape, Reader)] = &[
    (
        &["pull:transactions", "pull:payment", SETTLEMENT, "order_transactions/", "tender_transactions/"],
        Shape {
            one: "transaction",
            many: "transactions",
            graph: &["transactions", "tenderTransactions", "node", "nodes"],
            kinds: &["OrderTransaction", "TenderTransaction"],
        },
        money::payment,
    ),
    (
        &["pull:dispute", "disputes/"],
        Shape {
            one: "dispute",
            many: "disputes",
            graph: &["dispute", "disputes", "node", "nodes"],
            kinds: &["ShopifyPaymentsDispute"],
        },
        money::dispute,
    ),
    (
        &["pull:payout"],
        Shape {
            one: "payout",
            many: "payouts",
            graph: &["payout", "payouts", "node", "nodes"],
            kinds: &["ShopifyPaymentsPayout"],
        },
        money::payout,
    ),
    (
        &["pull:return", "returns/"],
        Shape { one: "return", many: "returns", graph: &["return", "returns", "node", "nodes"], kinds: &["Return"] },
        goods::a_return,
    ),
    (
        &["pull:shipment", "fulfillments/"],
        Shape {
            one: "fulfillment",
            many: "fulfillments",
            graph: &["fulfillment", "fulfillments", "node", "nodes"],
            kinds: &["Fulfillment"],
        },
        goods::shipment,
    ),
    (
        &["pull:fulfillment_order"],
        Shape {
            one: "fulfillment_order",
            many: "fulfillment_orders",
            graph: &["fulfillmentOrder", "fulfillmentOrders", "node", "nodes"],
            kinds: &["FulfillmentOrder"],
        },
        goods::fulfillment_order,
    ),
    (
        &["pull:stock", "inventory_levels/"],
        Shape {
            one: "inventory_level",
            many: "inventory_levels",
            graph: &["inventoryLevel", "inventoryLevels", "node", "nodes"],
            kinds: &["InventoryLevel"],
        },
        goods::stock,
    ),
    (
        &["pull:product", "products/"],
        Shape {
            one: "product",
            many: "products",
            graph: &["product", "products", "node", "nodes"],
            kinds: &["Product"],
        },
        goods::product,
    ),
    (
        &[
            "pull:customer",
            "customers/create",
            "customers/update",
            "customers/enable",
            "customers/disable",
            "customers/delete",
        ],
        Shape {
            one: "customer",
            many: "customers",
            graph: &["customer", "customers", "node", "nodes"],
            kinds: &["Customer"],
        },
        goods::customer,
    ),
];

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    match topics::route(topic) {
        Route::Order | Route::PulledOrder => each(topic, body, &items::ORDER, |item| order::explain(item, context)),
        Route::Refund | Route::PulledRefund => each(topic, body, &items::REFUND, |item| refund::explain(item, context)),
        Route::Edited | Route::Deleted => vec![announced(topic, body, context).unwrap_or_else(Explained::Refused)],
        Route::Notice(_, advice) => ignored(topic, advice),
        Route::Denied => ignored(topic, "the channel refused to be read"),
        Route::Ignored(reason) => other(topic, body, context.account).unwrap_or_else(|| ignored(topic, reason)),
    }
}

fn each(
    topic: &str,
    body: &[u8],
    shape: &Shape,
    one: impl Fn(&Item<'_>) -> Result<Explained, Refusal>,
) -> Vec<Explained> {
    explain::each(topic, items::split(body, shape), one)
}

/// Kinds without a flow.
fn other(topic: &str, body: &[u8], account: &Account) -> Option<Vec<Explained>> {
    let names = |known: &str| topic == known || (known.ends_with('/') && topic.starts_with(known));
    let (_, shape, read) = KINDS.iter().find(|(topics, ..)| topics.iter().any(|known| names(known)))?;
    if let Some((mut settlements, waiting)) = settlement::settlements(body, account) {
        if waiting {
            settlements.extend(ignored(topic, "rows of the balance that no payout holds yet"));
        }
        return Some(settlements);
    }
    if topic == SETTLEMENT {
        return Some(each(topic, body, shape, |_| Err(refuse("net", "missing: not a row of the balance"))));
    }
    Some(each(topic, body, shape, |item| {
        let tree = Tree::read_text(&item.text)?;
        let figures = read(&Doc::new(tree.root()), account).map_err(|refusal| named(&item.text, refusal))?;
        Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
    }))
}

fn decoding<'a>(context: &ExplainContext<'a>) -> DecodeContext<'a> {
    DecodeContext { account: context.account, contact_key: context.contact_key }
}

/// An edit or a deletion: the order that it is about, and nothing known of it.
fn announced(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let evidence = decode::announcement(topic, body, Statement::dry(json::utf8(body)?), context.account)?;
    let subject = evidence.first().map(|one| one.subject.clone()).ok_or_else(|| refuse("id", "missing"))?;
    let mut figures = blank("order", &subject);
    figures.warnings.push(Warning::new("no_content", "body", "it says that the order changed, not how: read it"));
    Ok(Explained::Item { figures: Box::new(figures), evidence })
}
