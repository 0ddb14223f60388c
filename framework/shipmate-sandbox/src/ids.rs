//! Ids that look like the platform's: 24 hexadecimal digits of time, chance and a counter.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::random::Random;

/// Where new ids come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ids {
    random: Random,
    machine: u64,
    counter: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let machine = random.next() & 0xff_ffff_ffff;
        let counter = random.next() & 0xff_ffff;
        Self {
            random,
            machine,
            counter,
        }
    }

    /// The next id; ids of one second differ in the counter, which wraps after 16 million.
    pub(crate) fn next<T: From<String>>(&mut self, now: Timestamp) -> T {
        self.counter = (self.counter + 1) & 0xff_ffff;
        let seconds = now.as_second() & 0xffff_ffff;
        T::from(format!(
            "{seconds:08x}{:010x}{:06x}",
            self.machine, self.counter
        ))
    }

    pub(crate) fn random(&mut self) -> &mut Random {
        &mut self.random
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_24_digits_and_differ() {
        let mut ids = Ids::new(3);
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let seen: HashSet<String> = (0..1000).map(|_| ids.next(now)).collect();
        assert_eq!(seen.len(), 1000);
        for id in seen {
            assert_eq!(id.len(), 24);
            assert!(id.starts_with("6553f100"), "{id}");
            assert!(id.bytes().all(|digit| digit.is_ascii_hexdigit()));
        }
    }
}
