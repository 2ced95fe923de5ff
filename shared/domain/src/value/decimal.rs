//! Decimals with a meaning: quantities, unit prices, tax rates. Never binary floats.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The largest magnitude that any decimal from outside may have. Beyond it, it is an error of the sender.
const MAX_MAGNITUDE: i64 = 1_000_000_000_000;
/// The most decimal places that any decimal from outside may have (`WooCommerce` sends eight).
const MAX_SCALE: u32 = 12;

/// Why a decimal was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not a decimal number.
    #[error("`{0}` is not a decimal number")]
    NotANumber(String),
    /// Larger or finer than anything sold.
    #[error("`{0}` is out of range")]
    OutOfRange(String),
}

fn parse(text: &str) -> Result<Decimal, ValueError> {
    let shown = || text.chars().take(40).collect::<String>();
    let value = match Decimal::from_str_exact(text) {
        Ok(value) => value,
        Err(_) => Decimal::from_scientific(text).map_err(|_| ValueError::NotANumber(shown()))?,
    };
    if value.abs() > Decimal::from(MAX_MAGNITUDE) || value.normalize().scale() > MAX_SCALE {
        return Err(ValueError::OutOfRange(shown()));
    }
    Ok(value.normalize())
}

macro_rules! decimal_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Decimal);

        impl $name {
            /// Reads decimal text.
            ///
            /// # Errors
            /// When it is not a number, or out of range.
            pub fn parse(text: &str) -> Result<Self, ValueError> {
                parse(text).map(Self)
            }

            /// Wraps a decimal that this program computed.
            #[must_use]
            pub fn new(value: Decimal) -> Self {
                Self(value.normalize())
            }

            /// The decimal.
            #[must_use]
            pub fn get(self) -> Decimal {
                self.0
            }

            /// Is it zero?
            #[must_use]
            pub fn is_zero(self) -> bool {
                self.0.is_zero()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0.normalize())
            }
        }
    };
}

decimal_type! {
    /// How many units of a thing. May have decimals (goods by weight) and may be negative (a point of sale's return).
    Quantity
}
decimal_type! {
    /// The price of one unit, in the major unit of a currency that stands beside it, as precise as the channel states it.
    UnitPrice
}
decimal_type! {
    /// A tax rate as a fraction: 0.0825 for 8.25 %.
    Rate
}

impl Rate {
    /// The rate in per cent, for people and for Odoo: 8.25.
    #[must_use]
    pub fn percent(self) -> Decimal {
        self.0.checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default().normalize()
    }
}
