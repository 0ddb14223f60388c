//! The platform's limits on a bot's messages, as arithmetic over a ledger and a given `now`.
//!
//! "Bots can create a maximum of 8 identical messages in a single conversation within a 3-minute
//! timespan" and "20 consecutive messages in a single conversation per hour", until an agent or a
//! consumer writes (API Basics, rate limiting). Both are one primitive: *at most n in any window of
//! w, optionally reset*.

mod budget;
pub use budget::{Budget, Room};

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// At most [`max`](Window::max) messages in any [`span`](Window::span) of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many messages fit; at least 1.
    pub max: usize,
    /// How long the window is. It rolls: every span of this length counts, not only those that
    /// start on the minute.
    pub span: SignedDuration,
}

impl Window {
    /// When one more message fits, given the times of those already sent, oldest first. A time in
    /// the past, or none, means now.
    fn free_at(self, times: impl DoubleEndedIterator<Item = Timestamp>) -> Option<Timestamp> {
        // The window is free once the `max`-th newest message has left it.
        times
            .rev()
            .nth(self.max.saturating_sub(1))
            .map(|leaving| leaving.saturating_add(self.span).unwrap_or(Timestamp::MAX))
    }
}

/// Which limit spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Too many messages of the same text in one conversation.
    Identical,
    /// Too many messages of the bot with nobody else writing.
    Consecutive,
}

impl Rule {
    /// The rule's name in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Consecutive => "consecutive",
        }
    }
}

/// Whether a message may be sent; "no" knows when "yes" is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be sent now.
    Now,
    /// It may be sent at `at`, if nothing else is sent in between.
    Later {
        /// The earliest time, on the platform's clock.
        at: Timestamp,
        /// The limit that holds it back; the one that frees last if both do.
        rule: Rule,
    },
}

/// A short stand-in for a message's text, stable over restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextHash(i64);

impl TextHash {
    /// The hash of `text`; none for the empty text, which is never "identical" to anything.
    pub fn of(text: &str) -> Option<Self> {
        use sha2::{Digest, Sha256};
        if text.is_empty() {
            return None;
        }
        let digest = Sha256::digest(text.as_bytes());
        let mut short = [0; 8];
        short
            .iter_mut()
            .zip(digest)
            .for_each(|(to, from)| *to = from);
        Some(Self(i64::from_be_bytes(short)))
    }

    /// As the store keeps it.
    pub fn to_bits(self) -> i64 {
        self.0
    }

    /// As the store kept it.
    pub fn from_bits(bits: i64) -> Self {
        Self(bits)
    }
}

/// A message that counts: sent, in flight, or in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When the platform created it, or the latest it can have: on the platform's clock.
    pub at: Timestamp,
    /// What it said.
    pub text: Option<TextHash>,
}

/// What one bot has sent to one conversation lately, and when somebody else last wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Sorted by time, oldest first.
    entries: VecDeque<Entry>,
    reset_at: Option<Timestamp>,
}

impl Ledger {
    /// A ledger of `entries` in any order, and of the last time somebody else wrote.
    pub fn new(entries: impl IntoIterator<Item = Entry>, reset_at: Option<Timestamp>) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by_key(|entry| entry.at);
        Self {
            entries: entries.into(),
            reset_at,
        }
    }

    /// Counts a message.
    pub fn record(&mut self, entry: Entry) {
        let place = self.entries.partition_point(|other| other.at <= entry.at);
        self.entries.insert(place, entry);
    }

    /// Takes back one message equal to `entry`, because it turned out never to have been created
    /// or to have been created at another time.
    pub fn forget(&mut self, entry: Entry) {
        if let Some(place) = self.entries.iter().rposition(|other| *other == entry) {
            self.entries.remove(place);
        }
    }

    /// A contact or a person wrote at `at`: the count of consecutive messages starts again.
    pub fn reset(&mut self, at: Timestamp) {
        self.reset_at = self.reset_at.max(Some(at));
    }

    /// When somebody else last wrote, as far as known.
    pub fn reset_at(&self) -> Option<Timestamp> {
        self.reset_at
    }

    fn counts_as_consecutive(&self, entry: &Entry) -> bool {
        self.reset_at.is_none_or(|reset| entry.at >= reset)
    }

    /// Drops what no limit can reach any more.
    pub fn prune(&mut self, limits: &Limits, now: Timestamp) {
        let reach = limits.identical.span.max(limits.consecutive.span) + limits.margin;
        while let Some(oldest) = self.entries.front() {
            if now.duration_since(oldest.at) <= reach {
                break;
            }
            self.entries.pop_front();
        }
    }

    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The limits for one bot in one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For messages of the same text. Not reset by anybody's answer.
    pub identical: Window,
    /// For messages with no consumer's or person's message in between.
    pub consecutive: Window,
    /// Added to every window, for what the platform's clock and ours may differ by.
    pub margin: SignedDuration,
}

impl Default for Limits {
    /// 8 in 3 minutes and 20 in an hour (API Basics, rate limiting), with a margin of 2 s.
    fn default() -> Self {
        Self {
            identical: Window {
                max: 8,
                span: SignedDuration::from_mins(3),
            },
            consecutive: Window {
                max: 20,
                span: SignedDuration::from_hours(1),
            },
            margin: SignedDuration::from_secs(2),
        }
    }
}

impl Limits {
    /// Whether a message of `text` may be sent at `now` (on the platform's clock).
    pub fn decide(&self, ledger: &Ledger, text: Option<TextHash>, now: Timestamp) -> Verdict {
        let identical = text.and_then(|text| {
            let same = ledger
                .entries
                .iter()
                .filter(|entry| entry.text == Some(text));
            self.identical.free_at(same.map(|entry| entry.at))
        });
        let since_reset = ledger
            .entries
            .iter()
            .filter(|entry| ledger.counts_as_consecutive(entry));
        let consecutive = self.consecutive.free_at(since_reset.map(|entry| entry.at));

        let later = [
            (identical, Rule::Identical),
            (consecutive, Rule::Consecutive),
        ];
        later
            .into_iter()
            .filter_map(|(free_at, rule)| {
                let at = free_at?
                    .saturating_add(self.margin)
                    .unwrap_or(Timestamp::MAX);
                (at > now).then_some((at, rule))
            })
            .max_by_key(|(at, _)| *at)
            .map_or(Verdict::Now, |(at, rule)| Verdict::Later { at, rule })
    }

    /// How many of `texts`, in order, may be sent together at `now`, and what holds the next one
    /// back, if anything does.
    pub fn admit(
        &self,
        ledger: &Ledger,
        texts: impl IntoIterator<Item = Option<TextHash>>,
        now: Timestamp,
    ) -> (usize, Option<Verdict>) {
        let mut ledger = ledger.clone();
        let mut admitted = 0;
        for text in texts {
            match self.decide(&ledger, text, now) {
                Verdict::Now => ledger.record(Entry { at: now, text }),
                later @ Verdict::Later { .. } => return (admitted, Some(later)),
            }
            admitted += 1;
        }
        (admitted, None)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn entry(second: i64, text: &str) -> Entry {
        Entry {
            at: at(second),
            text: TextHash::of(text),
        }
    }

    #[test]
    fn the_ninth_identical_message_waits_for_the_first_to_leave_the_window() {
        let ledger = Ledger::new((0..8).map(|second| entry(second, "Hello")), None);
        let limits = Limits::default();
        let hello = TextHash::of("Hello");
        let free = at(180 + 2);
        assert_eq!(
            limits.decide(&ledger, hello, at(9)),
            Verdict::Later {
                at: free,
                rule: Rule::Identical
            }
        );
        assert_eq!(limits.decide(&ledger, hello, free), Verdict::Now);
        assert_eq!(
            limits.decide(&ledger, TextHash::of("Hi"), at(9)),
            Verdict::Now
        );
    }

    #[test]
    fn a_reset_frees_consecutive_but_not_identical() {
        let mut ledger = Ledger::new(
            (0..20).map(|second| entry(second, &second.to_string())),
            None,
        );
        let limits = Limits::default();
        let next = TextHash::of("next");
        assert_eq!(
            limits.decide(&ledger, next, at(30)),
            Verdict::Later {
                at: at(3602),
                rule: Rule::Consecutive
            }
        );
        ledger.reset(at(29));
        assert_eq!(limits.decide(&ledger, next, at(30)), Verdict::Now);

        let mut ledger = Ledger::new((0..8).map(|second| entry(second, "Hello")), None);
        ledger.reset(at(29));
        assert!(matches!(
            limits.decide(&ledger, TextHash::of("Hello"), at(30)),
            Verdict::Later {
                rule: Rule::Identical,
                ..
            }
        ));
    }

    #[test]
    fn empty_texts_are_never_identical() {
        let ledger = Ledger::new((0..19).map(|second| entry(second, "")), None);
        assert_eq!(
            Limits::default().decide(&ledger, TextHash::of(""), at(20)),
            Verdict::Now
        );
    }

    /// What happens next in a random conversation.
    #[derive(Debug, Clone)]
    enum Step {
        Wait(i64),
        Send(Vec<u8>),
        SomebodyWrites,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            3 => (0..400_000_i64).prop_map(Step::Wait),
            6 => prop::collection::vec(0..3_u8, 1..30).prop_map(Step::Send),
            1 => Just(Step::SomebodyWrites),
        ];
        prop::collection::vec(step, 1..40)
    }

    proptest! {
        /// The promise itself, checked by brute force over everything that was admitted.
        #[test]
        fn no_window_ever_holds_more_than_its_limit(steps in steps()) {
            let limits = Limits::default();
            let mut ledger = Ledger::default();
            let mut now = 1_700_000_000_000_i64;
            let mut sent: Vec<(i64, u8)> = Vec::new();
            let mut resets: Vec<i64> = Vec::new();
            for step in steps {
                match step {
                    Step::Wait(ms) => now += ms,
                    Step::SomebodyWrites => {
                        now += 1;
                        ledger.reset(Timestamp::from_millisecond(now).unwrap());
                        resets.push(now);
                        now += 1;
                    }
                    Step::Send(texts) => {
                        let instant = Timestamp::from_millisecond(now).unwrap();
                        let hash = |text: &u8| TextHash::of(&text.to_string());
                        let (admitted, held) = limits.admit(&ledger, texts.iter().map(hash), instant);
                        prop_assert_eq!(held.is_some(), admitted < texts.len());
                        if let Some(Verdict::Later { at, .. }) = held {
                            prop_assert!(at > instant);
                            let text = texts.get(admitted).unwrap();
                            let mut then = ledger.clone();
                            for text in texts.iter().take(admitted) {
                                then.record(Entry { at: instant, text: hash(text) });
                            }
                            prop_assert_eq!(limits.decide(&then, hash(text), at), Verdict::Now);
                        }
                        for text in texts.into_iter().take(admitted) {
                            ledger.record(Entry { at: instant, text: hash(&text) });
                            sent.push((now, text));
                        }
                        ledger.prune(&limits, instant);
                    }
                }
            }
            for (index, (start, text)) in sent.iter().enumerate() {
                let later = sent.get(index..).unwrap();
                let identical = later.iter().filter(|(at, other)| other == text && at - start <= 180_000);
                prop_assert!(identical.count() <= 8);
                let consecutive = later.iter().take_while(|(at, _)| {
                    at - start <= 3_600_000 && !resets.iter().any(|reset| start < reset && reset < at)
                });
                prop_assert!(consecutive.count() <= 20);
            }
        }
    }
}
