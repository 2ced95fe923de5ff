//! Money in whole minor units, computed with integers alone: independent of the code under test.

use rust_decimal::Decimal;

use super::{Line, Rate, ShopOrder, ShopRefund, Version};

/// A currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coin {
    /// ISO code.
    pub code: &'static str,
    /// Decimals of its minor unit.
    pub digits: u32,
}

impl Coin {
    /// US dollars.
    pub const USD: Self = Self { code: "USD", digits: 2 };
    /// Euros.
    pub const EUR: Self = Self { code: "EUR", digits: 2 };
    /// Pounds.
    pub const GBP: Self = Self { code: "GBP", digits: 2 };
    /// Yen: no decimals.
    pub const JPY: Self = Self { code: "JPY", digits: 0 };
    /// Kuwaiti dinars: three decimals.
    pub const KWD: Self = Self { code: "KWD", digits: 3 };

    /// Minor units of an amount, if it is a whole number of them.
    #[must_use]
    pub fn minor(self, amount: Decimal) -> Option<i64> {
        let scaled = (amount * Decimal::from(10_i64.pow(self.digits))).normalize();
        (scaled.scale() == 0).then(|| i64::try_from(scaled.mantissa()).ok()).flatten()
    }

    /// An amount as the shop writes it.
    #[must_use]
    pub fn text(self, minor: i64) -> String {
        let unit = 10_i64.pow(self.digits);
        let (sign, minor) = if minor < 0 { ("-", -minor) } else { ("", minor) };
        match self.digits {
            0 => format!("{sign}{minor}"),
            digits => format!("{sign}{}.{:0width$}", minor / unit, minor % unit, width = digits as usize),
        }
    }
}

/// Rounds half up: `numerator / denominator`, both at least zero.
fn half_up(numerator: i128, denominator: i128) -> i64 {
    i64::try_from((2 * numerator + denominator) / (2 * denominator)).expect("amounts are small")
}

/// The tax of an amount, rounded to the minor unit: on top of it, or contained in it.
#[must_use]
pub(super) fn tax(amount: i64, rate: Option<Rate>, included: bool) -> i64 {
    let Some(rate) = rate else { return 0 };
    let whole = 100_000_i128 + if included { i128::from(rate) } else { 0 };
    half_up(i128::from(amount) * i128::from(rate), whole)
}

/// The sums of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSums {
    /// After discounts, as prices go (with tax where prices contain it).
    pub amount: i64,
    /// Tax.
    pub tax: i64,
}

impl Line {
    /// What the line sells for: after edits, before refunds.
    #[must_use]
    pub fn sums(&self, included: bool) -> LineSums {
        let amount = if self.sold == 0 { 0 } else { self.sold * self.price - self.discount };
        LineSums { amount, tax: tax(amount, self.rate, included) + self.shift }
    }
}

/// The sums of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionSums {
    /// Lines after discounts.
    pub subtotal: i64,
    /// Shipping after its discount.
    pub shipping: i64,
    /// All tax.
    pub tax: i64,
    /// What the buyer pays.
    pub total: i64,
    /// How many lines, shipping among them, are taxed.
    pub taxed: i64,
}

impl Version {
    /// The sums: after edits, before refunds.
    #[must_use]
    pub fn sums(&self, included: bool) -> VersionSums {
        let lines: Vec<LineSums> = self.lines.iter().map(|line| line.sums(included)).collect();
        let subtotal: i64 = lines.iter().map(|line| line.amount).sum();
        let shipping = self.shipping.map_or(0, |(price, discount)| price - discount);
        let shipping_tax = tax(shipping, self.shipping_rate.filter(|_| self.shipping.is_some()), included);
        let tax = lines.iter().map(|line| line.tax).sum::<i64>() + shipping_tax;
        let taxed = lines.iter().filter(|line| line.tax != 0).count() as i64 + i64::from(shipping_tax != 0);
        let total = subtotal + shipping + self.tip + if included { 0 } else { tax };
        VersionSums { subtotal, shipping, tax, total, taxed }
    }
}

impl Line {
    /// What some of its units are worth.
    #[must_use]
    pub fn part(&self, units: i64, included: bool) -> LineSums {
        if units == self.sold {
            return self.sums(included);
        }
        let amount = units * self.price - self.discount * units / self.sold.max(1);
        LineSums { amount, tax: tax(amount, self.rate, included) }
    }
}

impl LineSums {
    /// With tax.
    #[must_use]
    pub fn gross(self, included: bool) -> i64 {
        self.amount + if included { 0 } else { self.tax }
    }
}

impl ShopRefund {
    /// What came back was worth that much, with tax.
    #[must_use]
    pub fn worth(&self, included: bool) -> i64 {
        let parts = self.lines.iter().map(|(_, _, worth)| worth).chain(&self.shipping);
        parts.map(|part| part.gross(included)).sum()
    }

    /// Tax on what came back.
    #[must_use]
    pub fn tax(&self) -> i64 {
        self.lines.iter().map(|(_, _, worth)| worth).chain(&self.shipping).map(|part| part.tax).sum()
    }
}

impl Version {
    /// What came back so far was worth, with tax, and the tax of it.
    #[must_use]
    pub fn back(&self, included: bool) -> (i64, i64) {
        let done = self.refunds.iter().filter(|refund| refund.status == "success");
        done.fold((0, 0), |(worth, tax), refund| (worth + refund.worth(included), tax + refund.tax()))
    }
}

impl ShopOrder {
    /// The sums of the last version.
    #[must_use]
    pub fn sums(&self) -> VersionSums {
        self.last().sums(self.tax_included)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_is_rounded_half_up() {
        assert_eq!(tax(1000, Some(8_250), false), 83);
        assert_eq!(tax(1190, Some(19_000), true), 190);
        assert_eq!(tax(1190, None, true), 0);
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(Coin::JPY.text(5900), "5900");
        assert_eq!(Coin::KWD.text(1234), "1.234");
        assert_eq!(Coin::EUR.text(5), "0.05");
    }
}
