use std::{collections::HashMap, hash::Hash};

use jiff::Timestamp;
use serde::Serialize;

use super::{Allowance, Window};

/// Requests by API key, or by network address.
#[derive(Debug)]
pub(crate) struct RequestLedger<K> {
    allowance: Option<Allowance>,
    uses: HashMap<K, Use>,
}

#[derive(Debug, Default)]
struct Use {
    window: Window,
    admitted: u64,
    refused: u64,
}

/// Requests of one key or address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestUse {
    /// Let through since the start.
    pub requests: u64,
    /// Refused with 429 since the start.
    pub refused: u64,
    /// How many count now.
    pub now: usize,
    /// The most that ever counted at once.
    pub peak: usize,
    /// When the oldest that counts now stops counting.
    pub frees_at: Option<Timestamp>,
}

impl<K: Eq + Hash> RequestLedger<K> {
    pub(crate) fn new(allowance: Option<Allowance>) -> Self {
        Self {
            allowance,
            uses: HashMap::new(),
        }
    }

    /// Lets a request of `key` through and notes it, or returns `false` and notes nothing.
    pub(crate) fn admit(&mut self, key: K, now: Timestamp) -> bool {
        let used = self.uses.entry(key).or_default();
        let is_full = |allowance| !used.window.admits(allowance, now, 1);
        if self.allowance.is_some_and(is_full) {
            used.refused += 1;
            return false;
        }
        used.admitted += 1;
        if let Some(allowance) = self.allowance {
            used.window.record(allowance, now);
        }
        true
    }

    /// How many requests of `key` count at `now`.
    pub(crate) fn count(&self, key: &K, now: Timestamp) -> usize {
        self.allowance
            .zip(self.uses.get(key))
            .map_or(0, |(allowance, used)| used.window.count(allowance, now))
    }

    /// The most requests of `key` that ever counted at once.
    pub(crate) fn peak(&self, key: &K) -> usize {
        self.uses.get(key).map_or(0, |used| used.window.peak())
    }

    /// The most requests that ever counted at once, over all keys.
    pub(crate) fn highest_peak(&self) -> usize {
        self.uses
            .values()
            .map(|used| used.window.peak())
            .max()
            .unwrap_or(0)
    }

    /// What every key did so far.
    pub(crate) fn uses(&self, now: Timestamp) -> impl Iterator<Item = (&K, RequestUse)> {
        self.uses.iter().map(move |(key, used)| {
            let window = &used.window;
            let shown = RequestUse {
                requests: used.admitted,
                refused: used.refused,
                now: self.count(key, now),
                peak: window.peak(),
                frees_at: self
                    .allowance
                    .and_then(|allowance| window.frees_at(allowance, now)),
            };
            (key, shown)
        })
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
        let shown: HashMap<_, _> = ledger.uses(now).collect();
        let used = &shown[&"a"];
        assert_eq!((used.requests, used.refused, used.now), (20, 1, 20));
        assert_eq!(used.frees_at, Some(now + SignedDuration::from_secs(1)));
        let mut open = RequestLedger::new(None);
        assert!((0..1000).all(|_| open.admit("a", now)));
        let (_, used) = open.uses(now).next().unwrap();
        assert_eq!((used.requests, used.now, used.frees_at), (1000, 0, None));
    }
}
