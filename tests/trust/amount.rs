//! How much is tried: little by default, more if the environment says so.

use std::env;

/// The number in the environment variable `name`, or `default` if it is not set.
pub(crate) fn amount(name: &str, default: u64) -> u64 {
    match env::var(name) {
        Ok(text) => text
            .replace('_', "")
            .parse()
            .unwrap_or_else(|_| panic!("{name} is {text:?}; give it a number")),
        Err(_) => default,
    }
}

/// Where chance begins; a failure tells it, and `TRUST_SEED` brings it back.
pub(crate) fn seed() -> u64 {
    amount("TRUST_SEED", 1)
}
