//! How subjects are found again: the same for every store.

/// How many parts the due index has, so that a busy lane is not one hot place.
pub const DUE_SHARDS: u32 = 16;

/// How many characters of a name are looked up.
const MAX_NAME: usize = 200;

/// The same shard for the same subject, on every machine: FNV-1a.
#[must_use]
pub fn shard(subject: &str) -> u32 {
    let hash = subject.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.checked_rem(DUE_SHARDS).unwrap_or(0)
}

/// A name as it is looked up: without the `#` that shops put before their numbers, in any case.
#[must_use]
pub fn look_up_name(text: &str) -> String {
    let text = text.trim();
    let text = text.strip_prefix('#').unwrap_or(text);
    text.chars().filter(|character| !character.is_control()).take(MAX_NAME).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn subjects_spread_over_the_shards() {
        let used: BTreeSet<u32> = (0..400).map(|n| shard(&format!("shop/order/{n}"))).collect();
        assert_eq!(used.len(), 16);
    }

    #[test]
    fn names_are_found_in_any_case_with_and_without_number_sign() {
        for name in ["#DE-1001", " de-1001 ", "DE-\u{7}1001"] {
            assert_eq!(look_up_name(name), "de-1001");
        }
        assert_eq!(look_up_name("##"), "#");
        assert_eq!(look_up_name("#"), "");
    }
}
