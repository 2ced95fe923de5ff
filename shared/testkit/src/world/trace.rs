//! The trace: a running hash over every event. Two runs of one seed that differ anywhere differ here.

/// A running hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    hash: u64,
}

impl Default for Trace {
    fn default() -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325 }
    }
}

impl Trace {
    /// Adds a number.
    pub fn number(&mut self, number: u64) {
        self.hash = (self.hash.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    /// Adds bytes, eight at a time.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.number(u64::from_le_bytes(*word));
        }
        let rest = rest.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        self.number(rest ^ (bytes.len() as u64));
    }

    /// Adds an event: when, what, about whom, how it ended.
    pub fn event(&mut self, at: i64, what: &str, subject: &str, outcome: u64) {
        self.number(u64::from_le_bytes(at.to_le_bytes()));
        self.bytes(what.as_bytes());
        self.bytes(subject.as_bytes());
        self.number(outcome);
    }

    /// The hash so far.
    #[must_use]
    pub fn value(self) -> u64 {
        let mut hash = self.hash;
        hash ^= hash >> 32;
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^ (hash >> 29)
    }
}
