//! What Shopify writes: REST shapes, which webhook bodies use too (`webhook_payloads`, API 2026-04 to 2026-10). Unknown
//! fields are skipped; a field that this adapter reads must have the right type or be null.

mod order;
mod refund;

pub(crate) use order::{Address, Allocation, Duty, Line, Order, ShippingLine, TaxLine};
pub(crate) use refund::{Refund, RefundLine, Transaction};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use sluice_domain::value::{Currency, Money};

use crate::{
    Refusal,
    json::{Num, Path, Text, refuse},
};

/// A list that may be absent or null.
pub(crate) type List<T> = Option<Vec<T>>;

/// An amount in shop money and, not read, in presentment money.
#[derive(Clone, Deserialize)]
pub(crate) struct MoneySet<'a> {
    #[serde(borrow)]
    pub(crate) shop_money: Option<Amount<'a>>,
}

/// An amount with its currency.
#[derive(Clone, Deserialize)]
pub(crate) struct Amount<'a> {
    #[serde(borrow)]
    pub(crate) amount: Num<'a>,
    #[serde(borrow, alias = "currency")]
    pub(crate) currency_code: Option<Text<'a>>,
}

impl MoneySet<'_> {
    /// The shop's amount; `None` where only presentment money is stated.
    pub(crate) fn shop(&self, currency: Currency, path: Path<'_>) -> Result<Option<Money>, Refusal> {
        let Some(amount) = &self.shop_money else { return Ok(None) };
        let path = path.field("shop_money");
        if let Some(code) = &amount.currency_code
            && code.as_str() != currency.code()
        {
            return Err(refuse(path.field("currency_code"), format!("expected {currency}, the order's currency")));
        }
        amount.amount.money(currency, path.field("amount")).map(Some)
    }
}

/// Tags: one text with commas (REST) or a list (GraphQL).
#[derive(Default)]
pub(crate) struct Tags(pub(crate) Vec<String>);

struct TagsVisitor;

/// The most tags that are kept.
const MAX_TAGS: usize = 250;

impl<'de> Visitor<'de> for TagsVisitor {
    type Value = Tags;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("text or a list of text")
    }

    fn visit_unit<E>(self) -> Result<Tags, E> {
        Ok(Tags::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<Tags, E> {
        let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        Ok(Tags(tags.take(MAX_TAGS).map(str::to_owned).collect()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tags, A::Error> {
        let mut tags = Vec::new();
        while tags.len() < MAX_TAGS {
            let Some(tag) = list.next_element::<Text<'de>>()? else { return Ok(Tags(tags)) };
            tags.extend(tag.shown());
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Tags(tags))
    }
}

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TagsVisitor)
    }
}
