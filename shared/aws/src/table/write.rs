//! Writes, each with its condition.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Item, Key, Value};

/// What must hold for a write to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing: repeating the write is harmless.
    None,
    /// No item has the key.
    Absent,
    /// The item's `v` is still the one that was read; 0 is no item.
    Version(u64),
    /// The permit is nobody's, has run out by then, or is the asker's from an attempt whose answer was lost.
    Free {
        /// Now.
        now: String,
        /// Who asks.
        holder: String,
        /// Until when it would be held.
        until: String,
    },
    /// The permit is still this holder's.
    Held {
        /// Who holds it.
        holder: String,
        /// Until when.
        until: String,
    },
}

impl Condition {
    /// May the write be sent again where its answer was lost? A version that moved because of the first attempt looks like
    /// somebody else's; for all others the repetition finds its own work done.
    pub(super) fn bears_repetition(&self) -> bool {
        match self {
            Self::Version(_) => false,
            Self::None | Self::Absent | Self::Free { .. } | Self::Held { .. } => true,
        }
    }

    /// The expression; its names and values are those of [`Condition::names`] and [`Condition::values`].
    pub(super) fn expression(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Absent | Self::Version(0) => Some("attribute_not_exists(#pk)"),
            Self::Version(_) => Some("#v = :c_v"),
            Self::Free { .. } => {
                Some("attribute_not_exists(#pk) OR #until <= :c_now OR (#holder = :c_holder AND #until = :c_until)")
            }
            Self::Held { .. } => Some("#holder = :c_holder AND #until = :c_until"),
        }
    }

    fn names(&self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Absent | Self::Version(0) => &["pk"],
            Self::Version(_) => &["v"],
            Self::Free { .. } => &["pk", "until", "holder"],
            Self::Held { .. } => &["until", "holder"],
        }
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::None | Self::Absent | Self::Version(0) => Vec::new(),
            Self::Version(version) => vec![(":c_v", Value::from(*version))],
            Self::Free { now, holder, until } => vec![
                (":c_now", now.as_str().into()),
                (":c_holder", holder.as_str().into()),
                (":c_until", until.as_str().into()),
            ],
            Self::Held { holder, until } => {
                vec![(":c_holder", holder.as_str().into()), (":c_until", until.as_str().into())]
            }
        }
    }
}

/// What a write does to its item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The item is this, whatever it was.
    Put(Item),
    /// These attributes are set, those are gone, and any other stays as it is.
    Update {
        /// To set.
        set: Item,
        /// To take away.
        remove: Vec<&'static str>,
    },
    /// The item is gone.
    Delete,
}

/// One write of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which item.
    pub key: Key,
    /// What happens to it.
    pub change: Change,
    /// What must hold.
    pub condition: Condition,
}

/// The parts of a request that expressions refer to. Every attribute is named `#name`: many plain names are reserved words.
pub(super) struct Terms {
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: Option<HashMap<String, AttributeValue>>,
}

impl Write {
    pub(super) fn terms(&self) -> Terms {
        let mut names: HashMap<String, String> = HashMap::new();
        let mut values: HashMap<String, AttributeValue> = HashMap::new();
        let mut name = |name: &str| names.insert(format!("#{name}"), name.to_owned());
        self.condition.names().iter().copied().for_each(|known| drop(name(known)));
        if let Change::Update { set, remove } = &self.change {
            for (known, value) in set.attributes() {
                name(known);
                values.insert(format!(":{known}"), value.into());
            }
            remove.iter().copied().for_each(|known| drop(name(known)));
        }
        values.extend(self.condition.values().iter().map(|(name, value)| ((*name).to_owned(), value.into())));
        // An empty map of names or values is refused.
        Terms { names: (!names.is_empty()).then_some(names), values: (!values.is_empty()).then_some(values) }
    }
}

/// `SET #a = :a, #b = :b REMOVE #c`.
pub(super) fn update_expression(set: &Item, remove: &[&str]) -> String {
    let set: Vec<String> = set.attributes().map(|(name, _)| format!("#{name} = :{name}")).collect();
    let remove: Vec<String> = remove.iter().map(|name| format!("#{name}")).collect();
    let mut expression = format!("SET {}", set.join(", "));
    if !remove.is_empty() {
        expression.push_str(" REMOVE ");
        expression.push_str(&remove.join(", "));
    }
    expression
}
