//! The order of the contract: all of it, each time.

use jiff::Timestamp;
use sluice_domain::{
    order::{ChargeKind, LineKind, OrderState, PaymentState},
    value::{Currency, Money, Quantity, Rate, UnitPrice},
};

use super::{Address, Buyer, Id, Name, Refund, Text, object, words};

object! {
    /// A sale: after edits, before refunds. Every event states all of it; the one with the latest `updated_at` counts.
    Order {
        /// Your id of the order: the same in every event about it.
        id: Id,
        /// What the customer knows it by.
        number: Name,
        /// When it last changed, to the microsecond if you can: this is its version, and it never goes back.
        updated_at: Timestamp,
        /// When the customer placed it.
        placed_at: Timestamp,
        /// The one currency of every amount in it, ISO 4217.
        currency: Currency,
        /// Where it stands: `pending` does not bind yet, `open` binds (part-shipped too), `closed` is completed or wholly refunded.
        state: OrderState,
        /// How far it is paid.
        payment: Payment,
        /// Do unit prices, shipping prices and charges contain tax?
        tax_included: bool,
        /// What is sold, as ordered and edited; no shipping, tip or fee.
        lines: Vec<Line>,
        /// Ways of shipping.
        shipping: Option<Vec<Shipping>>,
        /// Tips, duties, fees, cash rounding.
        charges: Option<Vec<Charge>>,
        /// The sums, as the customer saw them.
        totals: Totals,
        /// Its refunds so far; they may come as events of their own instead.
        refunds: Option<Vec<Refund>>,
        /// Who buys; left out where nobody is known.
        customer: Option<Buyer>,
        /// Where the invoice goes.
        bill_to: Option<Address>,
        /// Where the goods go.
        ship_to: Option<Address>,
        /// Has anything of it left the warehouse, as far as you know?
        shipped: Option<bool>,
        /// Where it came from: `web`, `app`, the name of a marketplace.
        origin: Option<Text>,
        /// Your id of the store that sold it over the counter.
        location: Option<Text>,
        /// Codes of the discounts that were given.
        discount_codes: Option<Vec<Text>>,
        /// Your tags.
        tags: Option<Vec<Text>>,
        /// Test data: it never reaches the books.
        test: Option<bool>,
    }
}

object! {
    /// How far an order is paid. Authorised is not paid.
    Payment {
        /// The state of the money as a whole.
        state: PaymentState,
        /// Captured so far, before refunds.
        captured: Option<Money>,
        /// Given back so far.
        refunded: Option<Money>,
        /// Means of payment: `card`, `paypal`, `invoice`, `gift_card`.
        methods: Option<Vec<Text>>,
    }
}

object! {
    /// A line of goods or services.
    Line {
        /// Your id of the line, stable over edits.
        id: Id,
        /// What it is; a product where it is left out.
        kind: Option<LineKind>,
        /// The title as sold.
        title: Text,
        /// The SKU, exactly as Odoo's internal reference has it.
        sku: Option<Name>,
        /// GTIN, EAN or UPC.
        barcode: Option<Name>,
        /// Your id of what is sold.
        variant_id: Option<Id>,
        /// Units: after edits, before refunds.
        quantity: Quantity,
        /// The price of one unit before discounts.
        unit_price: UnitPrice,
        /// All that was taken off the whole line, its part of discounts on the order too; positive.
        discount: Option<Money>,
        /// The taxes on the line.
        taxes: Option<Vec<Tax>>,
    }
}

object! {
    /// A tax, on what it stands in.
    Tax {
        /// Its name.
        title: Text,
        /// Its rate as a fraction: `0.19` for 19 %.
        rate: Rate,
        /// Its amount, on the whole line.
        amount: Money,
        /// Does a marketplace remit it, and not the seller?
        remitted_by_channel: Option<bool>,
    }
}

object! {
    /// A way of shipping.
    Shipping {
        /// Your id of it; its place in the list where it is left out.
        id: Option<Id>,
        /// The title as sold.
        title: Text,
        /// The price before discounts.
        price: Money,
        /// All that was taken off; positive.
        discount: Option<Money>,
        /// The taxes on it.
        taxes: Option<Vec<Tax>>,
    }
}

object! {
    /// An amount beside goods and shipping.
    Charge {
        /// Your id of it; its place in the list where it is left out.
        id: Option<Id>,
        /// What it is for.
        kind: ChargeKind,
        /// The title as sold.
        title: Option<Text>,
        /// The amount; rounding may be below zero.
        amount: Money,
        /// The taxes on it.
        taxes: Option<Vec<Tax>>,
    }
}

object! {
    /// The sums of an order. They are compared with its lines; a difference is shown to people.
    Totals {
        /// What the customer was charged or is to pay: lines, shipping, charges, and tax where prices do not contain it.
        total: Money,
        /// The lines after discounts.
        subtotal: Option<Money>,
        /// All tax.
        tax: Option<Money>,
        /// All that was taken off; positive.
        discount: Option<Money>,
        /// Shipping after discounts.
        shipping: Option<Money>,
    }
}

words!(OrderState, otherwise |_: &str| OrderState::Pending, {
    "pending" => OrderState::Pending,
    "open" => OrderState::Open,
    "on_hold" => OrderState::OnHold,
    "cancelled" => OrderState::Cancelled,
    "closed" => OrderState::Closed,
});

words!(PaymentState, otherwise |word: &str| PaymentState::Unknown(word.chars().take(40).collect()), {
    "pending" => PaymentState::Pending,
    "authorized" => PaymentState::Authorized,
    "partially_paid" => PaymentState::PartiallyPaid,
    "paid" => PaymentState::Paid,
    "partially_refunded" => PaymentState::PartiallyRefunded,
    "refunded" => PaymentState::Refunded,
    "voided" => PaymentState::Voided,
    "expired" => PaymentState::Expired,
});

words!(LineKind, otherwise |_: &str| LineKind::Product, {
    "product" => LineKind::Product,
    "gift_card" => LineKind::GiftCard,
});

words!(ChargeKind, otherwise |_: &str| ChargeKind::Fee, {
    "tip" => ChargeKind::Tip,
    "duty" => ChargeKind::Duty,
    "fee" => ChargeKind::Fee,
    "cash_rounding" => ChargeKind::CashRounding,
});
