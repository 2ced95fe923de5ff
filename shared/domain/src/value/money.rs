//! Money: whole minor units of one currency, never a float, never silently rounded.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::Currency;

/// Why an amount was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("`{0}` is not an amount")]
    NotAnAmount(String),
    /// More decimals than the currency has.
    #[error("more decimals than {currency} has")]
    TooPrecise {
        /// The currency.
        currency: Currency,
    },
    /// Beyond what 64 bits of minor units hold.
    #[error("the amount is out of range")]
    OutOfRange,
    /// Two currencies in one sum.
    #[error("{left} and {right} in one sum")]
    CurrencyMismatch {
        /// Currency of the first operand.
        left: Currency,
        /// Currency of the second.
        right: Currency,
    },
}

/// How to round when a computation must end in minor units. Always named by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Half away from zero: what Odoo and Shopify do for money.
    HalfUp,
    /// Half to even.
    HalfEven,
    /// Towards zero.
    Down,
}

impl Rounding {
    fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Down => RoundingStrategy::ToZero,
        }
    }
}

/// An amount in whole minor units.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of minor units (cents of EUR, whole JPY).
    #[must_use]
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in that currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads major-unit text (`"19.90"`). Trailing zeros beyond the currency's exponent are fine, digits are not.
    ///
    /// # Errors
    /// When it is not a number, is more precise than the currency, or does not fit.
    pub fn parse_major(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not = || MoneyError::NotAnAmount(text.chars().take(40).collect());
        Self::from_major(Decimal::from_str_exact(text).map_err(|_| not())?, currency)
    }

    /// An exact amount in major units.
    ///
    /// # Errors
    /// When it is more precise than the currency, or does not fit.
    pub fn from_major(value: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let exact = value.normalize();
        if exact.scale() > currency.exponent() {
            return Err(MoneyError::TooPrecise { currency });
        }
        Self::round_major(exact, currency, Rounding::HalfUp)
    }

    /// Rounds a computed major-unit value to the currency's minor unit.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn round_major(value: Decimal, currency: Currency, rounding: Rounding) -> Result<Self, MoneyError> {
        let mut rounded = value.round_dp_with_strategy(currency.exponent(), rounding.strategy());
        rounded.rescale(currency.exponent());
        if rounded.scale() != currency.exponent() {
            return Err(MoneyError::OutOfRange);
        }
        let minor = i64::try_from(rounded.mantissa()).map_err(|_| MoneyError::OutOfRange)?;
        Ok(Self { minor, currency })
    }

    /// Minor units.
    #[must_use]
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// Its currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount in major units.
    #[must_use]
    pub fn major(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }

    /// Is it nothing?
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Is it below nothing?
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum.
    ///
    /// # Errors
    /// On overflow, or when the currencies differ.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::OutOfRange)?;
        Ok(Self { minor, currency: self.currency })
    }

    /// The difference.
    ///
    /// # Errors
    /// On overflow, or when the currencies differ.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::OutOfRange)?;
        Ok(Self { minor, currency: self.currency })
    }

    /// The sum of many, nothing for none.
    ///
    /// # Errors
    /// On overflow, or when a currency differs.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The magnitude.
    #[must_use]
    pub fn abs(self) -> Self {
        Self { minor: self.minor.saturating_abs(), currency: self.currency }
    }

    /// Splits the amount in proportion to `weights`, to the minor unit, by largest remainder: the parts always add up to
    /// the whole. Equal weights when all are zero; an earlier part wins a tie.
    #[must_use]
    pub fn allocate(self, weights: &[i64]) -> Vec<Self> {
        let mut weights: Vec<i128> = weights.iter().map(|weight| i128::from((*weight).max(0))).collect();
        if weights.iter().all(|weight| *weight == 0) {
            weights.fill(1);
        }
        let total: i128 = weights.iter().fold(0, |sum: i128, weight| sum.saturating_add(*weight)).max(1);
        let whole = i128::from(self.minor);
        // 64-bit amount times 64-bit weight fits 128 bits.
        let share = |weight: i128| whole.saturating_mul(weight);
        let mut parts: Vec<i128> = weights.iter().map(|w| share(*w).div_euclid(total)).collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        let remainder = |index: usize| weights.get(index).map_or(0, |w| share(*w).rem_euclid(total));
        order.sort_by_key(|index| (std::cmp::Reverse(remainder(*index)), *index));
        let left = parts.iter().fold(whole, |left, part| left.saturating_sub(*part));
        for index in order.into_iter().take(usize::try_from(left).unwrap_or_default()) {
            if let Some(part) = parts.get_mut(index) {
                *part = part.saturating_add(1);
            }
        }
        let money = |minor: i128| Self { minor: i64::try_from(minor).unwrap_or_default(), currency: self.currency };
        parts.into_iter().map(money).collect()
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
    }
}

impl std::ops::Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self { minor: self.minor.saturating_neg(), currency: self.currency }
    }
}

/// The amount alone, at the currency's precision: `"19.90"`, `"5900"`.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.major())
    }
}

impl std::fmt::Debug for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.major(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[track_caller]
    fn check(text: &str, code: &str, expect: &Result<i64, MoneyError>) {
        assert_eq!(&Money::parse_major(text, currency(code)).map(Money::minor), expect);
    }

    #[test]
    fn reads_amounts_at_the_precision_of_the_currency() {
        check("19.90", "EUR", &Ok(1990));
        check("5900", "JPY", &Ok(5900));
        check("5900.00", "JPY", &Ok(5900));
        check("1.234", "KWD", &Ok(1234));
        check("-0.01", "USD", &Ok(-1));
    }

    #[test]
    fn refuses_to_round() {
        check("19.905", "EUR", &Err(MoneyError::TooPrecise { currency: currency("EUR") }));
        check("0.5", "JPY", &Err(MoneyError::TooPrecise { currency: currency("JPY") }));
    }

    #[test]
    fn refuses_what_is_no_amount() {
        check("", "EUR", &Err(MoneyError::NotAnAmount(String::new())));
        check("NaN", "EUR", &Err(MoneyError::NotAnAmount("NaN".into())));
        check("9999999999999999999", "EUR", &Err(MoneyError::OutOfRange));
    }

    #[test]
    fn a_sum_never_mixes_currencies() {
        let (eur, usd) = (currency("EUR"), currency("USD"));
        let mixed = Money::zero(eur).plus(Money::zero(usd));
        assert_eq!(mixed, Err(MoneyError::CurrencyMismatch { left: eur, right: usd }));
    }

    #[test]
    fn allocated_parts_add_up_to_the_whole() {
        let whole = Money::from_minor(-1000, currency("EUR"));
        let parts = whole.allocate(&[1, 1, 1]);
        assert_eq!(parts.iter().map(|p| p.minor()).sum::<i64>(), -1000);
        assert_eq!(Money::from_minor(100, currency("EUR")).allocate(&[0, 0, 0]).len(), 3);
        let uneven = Money::from_minor(10, currency("EUR")).allocate(&[1, 2]);
        assert_eq!(uneven.iter().map(|p| p.minor()).collect::<Vec<_>>(), [3, 7]);
    }
}
