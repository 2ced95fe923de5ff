//! What WooCommerce writes: the order of REST `wc/v3`, which webhook bodies are too (`captured_deliveries`). Unknown fields are
//! skipped; whatever may be left out may also be `null`, `false`, `""` or `[]` (README, edge case 13).

mod order;
mod refund;

pub(crate) use order::{Address, Extra, ItemTax, Line, Order};
pub(crate) use refund::Refund;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    Refusal,
    json::{Id, Items, Path, Text, refuse},
};

/// The id of the thing itself. 0 is what the shop calls a thing that is not saved: many would be one.
pub(crate) fn own_id(id: &Id<'_>) -> Result<String, Refusal> {
    let id = id.checked(Path::root("id"))?;
    if id == "0" { Err(refuse("id", "0 is no id: the thing is not saved in the shop")) } else { Ok(id) }
}

/// Something that a plugin wrote beside the order.
#[derive(Deserialize)]
pub(crate) struct Meta<'a> {
    #[serde(borrow)]
    pub(crate) key: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) value: Option<&'a RawValue>,
}

impl<'a> Meta<'a> {
    /// The entries of a list of them; what is of another form counts as none.
    pub(crate) fn all(raw: Option<&'a RawValue>) -> Vec<Meta<'a>> {
        let raw = raw.map(RawValue::get).filter(|raw| raw.len() > 2);
        let entries = raw.and_then(|raw| serde_json::from_str::<Items<&'a RawValue>>(raw).ok()).unwrap_or_default();
        entries.get().iter().filter_map(|entry| serde_json::from_str(entry.get()).ok()).collect()
    }

    /// Its name without the mark of a hidden one.
    pub(crate) fn name(&self) -> &str {
        self.key.as_ref().map_or("", Text::as_str).trim_start_matches('_')
    }

    /// Its value, where that is text or a number.
    pub(crate) fn text(&self) -> Option<Text<'a>> {
        serde_json::from_str(self.value?.get()).ok()
    }
}
