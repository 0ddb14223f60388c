use std::{collections::HashMap, hash::Hash};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Allowance, Window};

/// Requests by API key, or by network address.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "K: Eq + Hash + Deserialize<'de>"))]
pub(crate) struct RequestLedger<K> {
    allowance: Option<Allowance>,
    windows: HashMap<K, Window>,
}

impl<K: Eq + Hash> RequestLedger<K> {
    pub(crate) fn new(allowance: Option<Allowance>) -> Self {
        Self {
            allowance,
            windows: HashMap::new(),
        }
    }

    /// From now on another number is allowed.
    pub(crate) fn allow(&mut self, allowance: Option<Allowance>) {
        self.allowance = allowance;
    }

    /// Lets a request of `key` through and notes it, or returns `false` and notes nothing.
    pub(crate) fn admit(&mut self, key: K, now: Timestamp) -> bool {
        let Some(allowance) = self.allowance else {
            return true;
        };
        let window = self.windows.entry(key).or_default();
        let admitted = window.admits(allowance, now, 1);
        if admitted {
            window.record(allowance, now);
        }
        admitted
    }

    /// How many requests of `key` count at `now`.
    pub(crate) fn count(&self, key: &K, now: Timestamp) -> usize {
        self.allowance
            .zip(self.windows.get(key))
            .map_or(0, |(allowance, window)| window.count(allowance, now))
    }

    /// The most requests of `key` that ever counted at once.
    pub(crate) fn peak(&self, key: &K) -> usize {
        self.windows.get(key).map_or(0, Window::peak)
    }

    /// The most requests that ever counted at once, over all keys.
    pub(crate) fn highest_peak(&self) -> usize {
        self.windows.values().map(Window::peak).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;
    use crate::Limits;

    proptest! {
        #[test]
        fn no_second_ever_holds_more_than_twenty_and_nothing_allowed_is_refused(
            gaps in prop::collection::vec(0_i64..200, 1..400),
        ) {
            let mut ledger = RequestLedger::new(Limits::default().requests_per_key);
            let mut now = Timestamp::UNIX_EPOCH;
            let mut admitted: Vec<Timestamp> = Vec::new();
            for gap in gaps {
                now += SignedDuration::from_millis(gap);
                let in_window = admitted
                    .iter()
                    .filter(|time| now.as_millisecond() - time.as_millisecond() < 1000)
                    .count();
                let expected = in_window < 20;
                prop_assert_eq!(ledger.admit("key", now), expected);
                if expected {
                    admitted.push(now);
                }
            }
        }
    }

    #[test]
    fn keys_do_not_share_a_window_and_no_limit_admits_all() {
        let now = Timestamp::UNIX_EPOCH;
        let mut ledger = RequestLedger::new(Limits::default().requests_per_key);
        for _ in 0..20 {
            assert!(ledger.admit("a", now));
        }
        assert!(!ledger.admit("a", now));
        assert!(ledger.admit("b", now));
        assert_eq!((ledger.count(&"a", now), ledger.peak(&"b")), (20, 1));
        let mut open = RequestLedger::new(None);
        assert!((0..1000).all(|_| open.admit("a", now)));
    }
}
