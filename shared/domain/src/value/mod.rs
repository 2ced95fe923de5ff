//! Exact values: money, prices, quantities, names.

mod currency;
mod decimal;
mod ids;
mod money;

pub use currency::{Currency, CurrencyError};
pub use decimal::{Quantity, Rate, UnitPrice, ValueError};
pub use ids::{AccountName, Kind, NOBODY, NameError, SubjectKey};
pub use money::{Money, MoneyError, Rounding};
