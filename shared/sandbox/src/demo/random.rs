//! Chance from a seed: the same seed, the same day, on every machine. Splitmix64 (Steele, Lea, Flood 2014).

/// A stream of chance.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A stream of its own: what it is used for does not move what comes after.
    pub(super) fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// Zero or more, below the bound. (The bias of the remainder is no matter here.)
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// Between both ends, these included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// True so many times out of a hundred.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them; the default of none.
    pub(super) fn pick<T: Clone + Default>(&mut self, from: &[T]) -> T {
        let index = self.below(u64::try_from(from.len()).unwrap_or(0));
        usize::try_from(index).ok().and_then(|index| from.get(index)).cloned().unwrap_or_default()
    }

    /// Text of the form of a random UUID.
    pub(super) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let part = |value: u64, shift: u32| value.wrapping_shr(shift) & 0xFFFF;
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:04x}{:08x}",
            high >> 32,
            part(high, 16),
            part(high, 0) & 0xFFF,
            part(low, 48) & 0xFFF,
            part(low, 32),
            low & 0xFFFF_FFFF
        )
    }
}
