//! The books: what Odoo has at the end, and what the sales themselves make it. Only the first asks Odoo, only the second knows
//! the sales.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use sluice_testkit::shop::ShopOrder;

use crate::{market::Sale, office::Clerk};

/// A number of things, and what they come to: with tax, and the tax of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) count: usize,
    pub(crate) total: Decimal,
    pub(crate) tax: Decimal,
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, total, tax } = self;
        write!(f, "{count} of {} with {} tax", total.normalize(), tax.normalize())
    }
}

impl Sum {
    fn add(&mut self, total: Decimal, tax: Decimal) {
        self.count += 1;
        self.total += total;
        self.tax += tax;
    }
}

/// The books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Books {
    /// Orders: by account, state in Odoo, currency.
    pub(crate) orders: BTreeMap<(String, String, String), Sum>,
    /// Invoices and credit notes: by company, kind, regime of tax and currency.
    pub(crate) entries: BTreeMap<(String, String, String, String), Sum>,
    /// Units that left: by place and product.
    pub(crate) sent: BTreeMap<(String, String), Decimal>,
}

/// The tax of all lines of an order together, rounded once, half up. Where a channel tells prices without the tax that was
/// contained in them, Odoo has it on top of those.
fn tax_of_all(order: &ShopOrder, tax: &str) -> i64 {
    let last = order.last();
    let sums = last.sums(order.tax_included);
    let rate = Decimal::new(last.lines[0].rate.unwrap(), 5);
    let (base, whole) = match (order.tax_included, tax.ends_with("incl")) {
        (true, true) => (sums.subtotal + sums.shipping, Decimal::ONE + rate),
        (true, false) => (sums.subtotal + sums.shipping - sums.tax, Decimal::ONE),
        (false, _) => (sums.subtotal + sums.shipping, Decimal::ONE),
    };
    let exact = Decimal::from(base) * rate / whole;
    exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).try_into().unwrap()
}

/// A many2one's name.
fn name(value: &Value) -> String {
    value[1].as_str().unwrap_or_default().to_owned()
}

fn decimal(value: &Value) -> Decimal {
    value.to_string().parse().unwrap()
}

impl Books {
    /// A line for each sum.
    fn lines(&self) -> BTreeSet<String> {
        let orders = self.orders.iter().map(|(of, sum)| format!("orders {of:?}: {sum}"));
        let entries = self.entries.iter().map(|(of, sum)| format!("entries {of:?}: {sum}"));
        let sent = self.sent.iter().map(|(of, units)| format!("sent {of:?}: {}", units.normalize()));
        orders.chain(entries).chain(sent).collect()
    }

    /// # Panics
    /// When they are not those that are due, with the sums that differ.
    #[track_caller]
    pub(crate) fn must_be(&self, due: &Self, when: &str) {
        let (found, due) = (self.lines(), due.lines());
        let [more, missing] = [found.difference(&due), due.difference(&found)].map(Iterator::collect::<Vec<_>>);
        assert!(more.is_empty() && missing.is_empty(), "{when}: Odoo has {more:#?}, due are {missing:#?}");
    }

    /// What Odoo has in the companies of the clerk, whose names end in a tag, as the accounts' do.
    pub(crate) fn read(clerk: &mut Clerk<'_>, accounts: &[&str], tag: &str) -> Self {
        let mut books = Self::default();
        books.read_orders(clerk, accounts, tag);
        books.read_entries(clerk, tag);
        for one in clerk.all("stock.move", &[json!(["state", "=", "done"])], &["location_id", "product_id", "quantity"])
        {
            let product = name(&one["product_id"]);
            if let Some((_, code)) = product.split_once("SIM-") {
                let key = (name(&one["location_id"]), format!("SIM-{}", code.get(..3).unwrap()));
                *books.sent.entry(key).or_default() += decimal(&one["quantity"]);
            }
        }
        books
    }

    fn read_orders(&mut self, clerk: &mut Clerk<'_>, accounts: &[&str], tag: &str) {
        let orders = clerk.all("sale.order", &[], &["state", "currency_id", "amount_total", "amount_tax"]);
        let all: Vec<&Value> = orders.iter().map(|order| &order["id"]).collect();
        let names = clerk.call(("sale.order", "get_external_id"), &json!([all]));
        for order in &orders {
            let external = names[order["id"].to_string()].as_str().unwrap();
            let account = external.split('.').next().unwrap();
            assert!(accounts.contains(&account), "whose is {external}?");
            let state = order["state"].as_str().unwrap();
            // What a quotation came to before it was called off is nobody's business.
            let [total, tax] = match state {
                "cancel" => [Decimal::ZERO; 2],
                _ => [decimal(&order["amount_total"]), decimal(&order["amount_tax"])],
            };
            let account = account.trim_end_matches(tag).trim_end_matches('_');
            let key = (account.to_owned(), state.to_owned(), name(&order["currency_id"]));
            self.orders.entry(key).or_default().add(total, tax);
        }
    }

    fn read_entries(&mut self, clerk: &mut Clerk<'_>, tag: &str) {
        let mut regimes = BTreeMap::new();
        for tax in clerk.all("account.tax", &[], &["name"]) {
            regimes.insert(tax["id"].as_i64().unwrap(), tax["name"].as_str().unwrap().to_owned());
        }
        let kinds = json!(["move_type", "in", ["out_invoice", "out_refund"]]);
        let fields = ["company_id", "move_type", "state", "amount_total", "amount_tax", "currency_id"];
        let entries = clerk.all("account.move", &[kinds], &fields);
        let mut taxed: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        let all: Vec<&Value> = entries.iter().map(|entry| &entry["id"]).collect();
        let lines = json!([[["move_id", "in", all], ["display_type", "=", "product"]], ["move_id", "tax_ids"]]);
        for line in clerk.call(("account.move.line", "search_read"), &lines).as_array().unwrap() {
            let used = line["tax_ids"].as_array().unwrap().iter().map(|tax| regimes[&tax.as_i64().unwrap()].clone());
            taxed.entry(line["move_id"][0].as_i64().unwrap()).or_default().extend(used);
        }
        for entry in &entries {
            assert_eq!(entry["state"], "posted", "{entry}");
            let used: Vec<String> =
                taxed.remove(&entry["id"].as_i64().unwrap()).unwrap_or_default().into_iter().collect();
            let [kind, currency] = [entry["move_type"].as_str().unwrap().to_owned(), name(&entry["currency_id"])];
            let company = name(&entry["company_id"]).trim_end_matches(tag).trim_end().to_owned();
            let sum = self.entries.entry((company, kind, used.join(" + "), currency)).or_default();
            sum.add(decimal(&entry["amount_total"]), decimal(&entry["amount_tax"]));
        }
    }

    /// What the sales make it, by the sums of the simulated shop alone. An Odoo that rounds the tax of a whole document
    /// (`globally`) has its own split of a total, which is the channel's all the same.
    pub(crate) fn due(sales: &[Sale], account: impl Fn(usize) -> (String, bool), globally: bool) -> Self {
        let mut books = Self::default();
        for Sale { order, place, entity } in sales {
            let (last, included, coin) = (order.last(), order.tax_included, order.coin);
            let major = |minor: i64| Decimal::new(minor, coin.digits);
            let sums = last.sums(included);
            // What the marketplace remits is in no book of the seller's.
            let tax = if globally { tax_of_all(order, entity.tax) } else { sums.tax };
            let (total, tax) = if place.remitted { (sums.total - sums.tax, 0) } else { (sums.total, tax) };
            let state = if last.cancelled { "cancel" } else { "sale" };
            let (name, says_where_goods_are) = account(order.account);
            let key = (name, state.to_owned(), coin.code.to_owned());
            let orders = books.orders.entry(key).or_default();
            if last.cancelled {
                orders.add(Decimal::ZERO, Decimal::ZERO);
                continue;
            }
            orders.add(major(total), major(tax));
            let mut book = |kind: &str, total: i64, tax: i64| {
                let regime = if place.remitted { "" } else { entity.tax };
                let key = (entity.company.to_owned(), kind.to_owned(), regime.to_owned(), coin.code.to_owned());
                books.entries.entry(key).or_default().add(major(total), major(tax));
            };
            book("out_invoice", total, tax);
            for refund in &last.refunds {
                let back = if place.remitted { (refund.moved - refund.tax(), 0) } else { (refund.moved, refund.tax()) };
                book("out_refund", back.0, back.1);
            }
            for (id, units, _) in last.refunds.iter().flat_map(|refund| &refund.lines).filter(|_| says_where_goods_are)
            {
                let line = last.lines.iter().find(|line| line.id == *id).unwrap();
                let key = ("Partners/Customers".to_owned(), line.item.sku().unwrap());
                *books.sent.entry(key).or_default() += Decimal::from(*units);
            }
            for line in last.lines.iter().filter(|line| line.sold > 0) {
                let key = (format!("{}/Stock", entity.warehouse), line.item.sku().unwrap());
                *books.sent.entry(key).or_default() += Decimal::from(line.sold);
            }
        }
        books
    }
}
