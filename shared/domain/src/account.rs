//! Configuration of an account: data with a version, read from `infra/config`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entity::EntityRule;
use crate::value::{AccountName, Money, Rate};

/// One shop or seller account, and how its orders enter Odoo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Unique; the module part of external ids in Odoo, so never the name of an installed Odoo app.
    pub name: AccountName,
    /// The folder name of its channel: `shopify`.
    pub channel: String,
    /// The shop's own domain; with a path where the channel's shops may stand in a folder of a site. One secret may sign for
    /// many shops, so it decides whose delivery it is.
    #[serde(default)]
    pub shop_domain: Option<String>,
    /// The API version that was subscribed to; another one in a delivery is noticed.
    #[serde(default)]
    pub api_version: Option<String>,
    /// Where its orders go.
    #[serde(default)]
    pub odoo: OdooTarget,
    /// Whose sale an order is, where that is not the same for all: ordered rules.
    #[serde(default)]
    pub entities: Vec<EntityRule>,
    /// When an order is confirmed.
    #[serde(default)]
    pub confirm: ConfirmPolicy,
    /// What happens with an order to be sent whose delivery address is not known, or not all of it.
    #[serde(default)]
    pub incomplete_addresses: IncompleteAddresses,
    /// What happens with a line whose product Odoo does not have.
    #[serde(default)]
    pub unknown_product: UnknownProduct,
    /// Orders placed before it are never created, but adopted by `client_order_ref`.
    #[serde(default)]
    pub cut_over: Option<Timestamp>,
    /// How cents are treated.
    #[serde(default)]
    pub rounding: RoundingPolicy,
    /// Taxes by rate and name, where discovery by rate does not do.
    #[serde(default)]
    pub taxes: Vec<TaxMapping>,
    /// What happens with test orders.
    #[serde(default)]
    pub test_orders: TestOrders,
    /// What happens when an order changes after it was confirmed.
    #[serde(default)]
    pub edits: EditPolicy,
    /// What becomes of the goods of an order that was sold over the counter.
    #[serde(default)]
    pub counter_sales: CounterSales,
    /// When the day of its stores ends, in UTC, at night, when none of them sells: what is sold later is the next day's.
    #[serde(default)]
    pub day_ends: DayEnd,
    /// What is done in the books.
    #[serde(default)]
    pub books: Books,
    /// Who is the same customer.
    #[serde(default)]
    pub customers: Customers,
}

/// Who is the same customer. Without it, whom the channel calls the same, within the account. Never by name: families share
/// addresses, and strangers share names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Customers {
    /// Accounts of one group share those customers that `known_by` identifies; the account's own name where absent. It is the
    /// module part of external ids, as an account's name is, and wants one contact key in all of them.
    pub group: Option<AccountName>,
    /// What identifies a customer within the group: the first of these that an order states, else the channel's own id.
    pub known_by: Vec<KnownBy>,
}

/// What identifies a customer within a group of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// The VAT number.
    Vat,
    /// An e-mail address of which the channel says that it is the buyer's.
    VerifiedEmail,
    /// Any e-mail address that a buyer typed: who types another one's gets orders below that one's name.
    Email,
}

/// What is done in the books. Without it, nothing: invoices and credit notes are made by people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Books {
    /// When Sluice invoices an order.
    pub invoices: Invoices,
    /// What a refund becomes.
    pub credit_notes: CreditNotes,
    /// What goods that came back become.
    pub returns: Returns,
}

/// When an order is invoiced, in posted invoices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invoices {
    /// By people.
    #[default]
    None,
    /// All of it, once it is confirmed.
    OnConfirm,
    /// What was shipped, as often as something is; what is no goods with the first shipment.
    OnShipment,
    /// Daily summaries alone, each in one invoice once it is confirmed.
    Summarised,
}

/// What a refund of what was invoiced becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditNotes {
    /// Nothing: people make credit notes.
    #[default]
    None,
    /// A draft, which a person posts.
    Draft,
    /// A posted credit note.
    Posted,
}

/// What becomes of delivered goods of which the channel says that they came back and are in stock again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Returns {
    /// Nothing: people make the transfers.
    #[default]
    None,
    /// A transfer back, which the warehouse receives.
    Expected,
    /// A received transfer back: the goods are in stock at once.
    Received,
}

/// How accounts of a channel name their shop in `shop_domain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShopNaming {
    /// The channel's folder name.
    pub channel: &'static str,
    /// How the domain of every shop ends, where the provider hands domains out: `.myshopify.com`.
    pub ending: Option<&'static str>,
    /// May a port and a path follow the domain, since shops are servers of their own?
    pub path: bool,
    /// Is an account without it of no use?
    pub required: bool,
}

impl ShopNaming {
    /// How a shop of that name could be called.
    #[must_use]
    pub fn example(&self, name: &str) -> String {
        format!("{}{}", name.replace('_', "-"), self.ending.unwrap_or(".example.com"))
    }
}

/// Names in Odoo. What is absent is discovered, where there is exactly one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OdooTarget {
    /// Company name.
    pub company: Option<String>,
    /// Warehouse code (`WH`).
    pub warehouse: Option<String>,
    /// Price list by currency code; else the one of that currency.
    pub pricelists: std::collections::BTreeMap<String, String>,
    /// Sales team name.
    pub team: Option<String>,
    /// Fiscal position name.
    pub fiscal_position: Option<String>,
    /// Code of the language that new contacts are written to in (`de_DE`), which is active in Odoo; else Odoo's own.
    pub language: Option<String>,
    /// Code or name of the journal of invoices; else the one that Odoo takes.
    pub journal: Option<String>,
    /// Tags on every order.
    pub tags: Vec<String>,
    /// Internal references of the products that stand for what is no goods.
    pub products: ServiceProducts,
}

/// Internal references (`default_code`) of the service products.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceProducts {
    /// Shipping.
    pub shipping: String,
    /// Tips.
    pub tip: String,
    /// Gift cards sold.
    pub gift_card: String,
    /// Duties.
    pub duty: String,
    /// Other fees.
    pub fee: String,
    /// Rounding lines.
    pub rounding: String,
    /// What is given back beside goods and shipping.
    pub refund: String,
}

impl Default for ServiceProducts {
    fn default() -> Self {
        Self {
            shipping: "CHANNEL-SHIPPING".into(),
            tip: "CHANNEL-TIP".into(),
            gift_card: "CHANNEL-GIFT-CARD".into(),
            duty: "CHANNEL-DUTY".into(),
            fee: "CHANNEL-FEE".into(),
            rounding: "CHANNEL-ROUNDING".into(),
            refund: "CHANNEL-REFUND".into(),
        }
    }
}

/// When a quotation becomes an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmPolicy {
    /// When all of it is captured.
    #[default]
    Paid,
    /// When the means of payment agreed, or later.
    Authorised,
    /// At once.
    Always,
    /// By a person.
    Never,
}

/// What happens with an order to be sent whose delivery address is not known, or not all of it: some channels tell it later than
/// the order, and to some sellers never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncompleteAddresses {
    /// It is confirmed all the same.
    #[default]
    Confirm,
    /// It stays a quotation until the address is known, or a person releases it.
    Hold,
}

/// What happens with a line whose product Odoo does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownProduct {
    /// The order is parked until somebody creates or maps the product.
    #[default]
    Park,
    /// The line enters with this product (internal reference) and the title as sold.
    Fallback(String),
}

/// How cents are treated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoundingPolicy {
    /// A difference of the net amount up to so many minor units is repaired by a rounding line.
    pub net_tolerance_minor: i64,
    /// What happens when tax differs only because Odoo rounds by another rule than the channel.
    pub tax: TaxRounding,
}

impl Default for RoundingPolicy {
    fn default() -> Self {
        Self { net_tolerance_minor: 5, tax: TaxRounding::Explained }
    }
}

/// What happens when Odoo's tax and the channel's differ by rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxRounding {
    /// Where Odoo's own rule, applied to the channel's bases and rates, gives exactly Odoo's tax, a rounding line brings the
    /// total to what was charged; any other difference is an exception.
    #[default]
    Explained,
    /// Any difference is an exception.
    Strict,
}

/// A tax of the channel and the taxes of Odoo that stand for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxMapping {
    /// The rate as a fraction (`"0.0825"`).
    pub rate: Rate,
    /// The tax's name at the channel; any name where absent.
    #[serde(default)]
    pub title: Option<String>,
    /// Name of the tax in Odoo.
    pub odoo_tax: String,
}

/// What happens when the channel changes an order that is confirmed in Odoo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditPolicy {
    /// A person brings the change to Odoo.
    #[default]
    Hold,
    /// Lines of which nothing is delivered or invoiced are brought to what the channel says, unless somebody changed the
    /// order in Odoo as well.
    Apply,
}

/// What becomes of the goods of an order that nobody has to send: one that was sold over the counter (it names its store) or
/// that the channel sends out of its own stock, once the channel says that it is shipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterSales {
    /// People deliver them in Odoo.
    #[default]
    Deliver,
    /// The buyer has them: their delivery is done as soon as the order is confirmed.
    HandedOver,
    /// As handed over; and what stores sell over the counter becomes one order a store and day.
    DailySummary,
}

/// A time of day in UTC, to the minute: `02:00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayEnd {
    minutes: u16,
}

impl DayEnd {
    /// Minutes after midnight.
    #[must_use]
    pub fn minutes(self) -> u16 {
        self.minutes
    }
}

impl TryFrom<String> for DayEnd {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let two = |part: &str| {
            part.parse::<u16>().ok().filter(|_| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let parts = text.split_once(':').and_then(|(hour, minute)| Some((two(hour)?, two(minute)?)));
        match parts {
            Some((hour @ 0..=23, minute @ 0..=59)) => {
                Ok(Self { minutes: hour.saturating_mul(60).saturating_add(minute) })
            }
            _ => Err("expected a time in UTC from 00:00 to 23:59, like 02:00".to_owned()),
        }
    }
}

impl From<DayEnd> for String {
    fn from(DayEnd { minutes }: DayEnd) -> Self {
        let (hour, minute) = (minutes.checked_div(60).unwrap_or_default(), minutes.checked_rem(60).unwrap_or_default());
        format!("{hour:02}:{minute:02}")
    }
}

/// What happens with test orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestOrders {
    /// Recorded and not written to Odoo.
    #[default]
    Ignore,
    /// Written like any other.
    Import,
}

impl RoundingPolicy {
    /// Is a difference within what a rounding line may repair?
    #[must_use]
    pub fn tolerates(&self, difference: Money) -> bool {
        difference.abs().minor() <= self.net_tolerance_minor
    }
}
