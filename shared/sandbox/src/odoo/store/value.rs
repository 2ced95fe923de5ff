//! What a field holds.

use std::sync::Arc;

use rust_decimal::Decimal;

/// A record's database id.
pub(crate) type Id = i64;

/// The content of one field. Datetimes are seconds since the epoch; what an integer means, its field says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Value {
    /// Empty: Odoo answers `false`, or zero for numbers.
    #[default]
    Unset,
    Bool(bool),
    Int(i64),
    Dec(Decimal),
    Text(Arc<str>),
    /// A many2many: ids in the order given.
    Ids(Arc<[Id]>),
}

impl Value {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    pub(crate) fn ids(ids: &[Id]) -> Self {
        if ids.is_empty() { Self::Unset } else { Self::Ids(Arc::from(ids)) }
    }

    pub(crate) fn from_id(id: Option<Id>) -> Self {
        id.map_or(Self::Unset, Self::Int)
    }

    pub(crate) fn as_id(&self) -> Option<Id> {
        match self {
            Self::Int(id) => Some(*id),
            Self::Unset | Self::Bool(_) | Self::Dec(_) | Self::Text(_) | Self::Ids(_) => None,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Unset | Self::Bool(_) | Self::Int(_) | Self::Dec(_) | Self::Ids(_) => "",
        }
    }

    pub(crate) fn as_dec(&self) -> Decimal {
        match self {
            Self::Dec(dec) => *dec,
            Self::Int(int) => Decimal::from(*int),
            Self::Unset | Self::Bool(_) | Self::Text(_) | Self::Ids(_) => Decimal::ZERO,
        }
    }

    pub(crate) fn as_bool(&self) -> bool {
        match self {
            Self::Bool(bool) => *bool,
            Self::Unset | Self::Int(_) | Self::Dec(_) | Self::Text(_) | Self::Ids(_) => false,
        }
    }

    pub(crate) fn as_ids(&self) -> &[Id] {
        match self {
            Self::Ids(ids) => ids,
            Self::Unset | Self::Bool(_) | Self::Int(_) | Self::Dec(_) | Self::Text(_) => &[],
        }
    }

    pub(crate) fn is_unset(&self) -> bool {
        match self {
            Self::Unset => true,
            Self::Text(text) => text.is_empty(),
            Self::Bool(_) | Self::Int(_) | Self::Dec(_) | Self::Ids(_) => false,
        }
    }
}

/// What an index sorts by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Int(i64),
    Text(Arc<str>),
}

impl Key {
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(int) => Some(Self::Int(*int)),
            Value::Text(text) => Some(Self::Text(Arc::clone(text))),
            Value::Unset | Value::Bool(_) | Value::Dec(_) | Value::Ids(_) => None,
        }
    }
}
