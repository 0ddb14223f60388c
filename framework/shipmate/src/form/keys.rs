//! Whether a condition names an option, as far as it can be known when a bot is compiled.

/// Whether a value of a condition may be one of these keys. Where that is up to the comparison of
/// answers, such as with accents or between numbers, it may be. Options that are not known may have
/// any key.
#[doc(hidden)]
pub const fn may_be_key(mut keys: &[&str], value: &str) -> bool {
    if keys.is_empty() {
        return true;
    }
    while let [key, rest @ ..] = keys {
        if may_read_as(key.as_bytes(), value.as_bytes()) {
            return true;
        }
        keys = rest;
    }
    false
}

const fn may_read_as(mut key: &[u8], mut value: &[u8]) -> bool {
    if !key.is_ascii() || !value.is_ascii() || begins_number(key) && begins_number(value) {
        return true;
    }
    loop {
        (key, value) = (at_word(key), at_word(value));
        match (key, value) {
            ([], []) => return true,
            ([one, key_rest @ ..], [other, value_rest @ ..]) if one.eq_ignore_ascii_case(other) => {
                (key, value) = (key_rest, value_rest);
            }
            _ => return false,
        }
    }
}

/// Without what stands before the next letter or digit.
const fn at_word(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text {
        if first.is_ascii_alphanumeric() {
            break;
        }
        text = rest;
    }
    text
}

const fn begins_number(text: &[u8]) -> bool {
    matches!(text, [b'0'..=b'9' | b'-' | b'+' | b'.', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_be_a_key_if_answers_could_compare_so() {
        let keys = &["eat-in", "takeaway", "1"];
        for value in ["takeaway", "Takeaway!", "eat in", "1.0", "à emporter"] {
            assert!(may_be_key(keys, value), "{value}");
        }
        let keys = &["eat-in", "takeaway"];
        for value in ["take-out", "take", "takeaways", "", "1"] {
            assert!(!may_be_key(keys, value), "{value}");
        }
        assert!(may_be_key(&[], "anything"));
    }
}
