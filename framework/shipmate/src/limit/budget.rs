//! What a bot may still say in a conversation before a limit makes it wait.

use jiff::Timestamp;

use super::{Entry, Ledger, Limits, TextHash, Verdict, Window};

/// How many messages still go out at once, and when more do.
///
/// It knows what was sent lately and how much is queued, but not what the queued messages say; so
/// [`of`](Budget::of) takes them for other texts.
#[derive(Debug, Clone)]
pub struct Budget {
    limits: Limits,
    /// What was sent, and what is sent before anything that is added now.
    ledger: Ledger,
    now: Timestamp,
    /// When the next message can be sent at the earliest, because others are before it.
    next_at: Timestamp,
}

/// How many messages there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// How many go out at once.
    pub left: usize,
    /// When one more can go out after those, on the platform's clock, unless somebody else writes
    /// before.
    pub more_at: Timestamp,
}

impl Budget {
    /// The budget at `now`, on the platform's clock, where `ledger` was sent and `queued` messages
    /// wait to be sent first.
    pub fn new(limits: Limits, mut ledger: Ledger, queued: u64, now: Timestamp) -> Self {
        ledger.prune(&limits, now);
        let mut budget = Self {
            limits,
            ledger,
            now,
            next_at: now,
        };
        for _ in 0..queued {
            budget.spend(None);
        }
        budget
    }

    /// How many more messages, commands included, go out at once if each says something else.
    pub fn left(&self) -> usize {
        self.room(None).left
    }

    /// When one more than [`left`](Budget::left) can go out, on the platform's clock, unless
    /// somebody else writes before.
    pub fn more_at(&self) -> Timestamp {
        self.room(None).more_at
    }

    /// The room for messages that all say `text`.
    pub fn of(&self, text: &str) -> Room {
        self.room(TextHash::of(text))
    }

    /// The time that it is about, on the platform's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// When somebody else last wrote, as far as known.
    pub(crate) fn reset_at(&self) -> Option<Timestamp> {
        self.ledger.reset_at()
    }

    /// When a message of `text` goes out if it is sent after all others; it counts from now on.
    pub(crate) fn spend(&mut self, text: Option<TextHash>) -> Timestamp {
        // Each limit can move the time once.
        while let Verdict::Later { at, .. } = self.limits.decide(&self.ledger, text, self.next_at) {
            self.next_at = at;
            if at == Timestamp::MAX {
                break;
            }
        }
        let at = self.next_at;
        self.ledger.record(Entry { at, text });
        self.ledger.prune(&self.limits, at);
        at
    }

    /// The room for messages of `text`, or for others if it is none.
    pub(crate) fn room(&self, text: Option<TextHash>) -> Room {
        if self.next_at > self.now {
            let more_at = self.clone().spend(text);
            return Room { left: 0, more_at };
        }
        let ledger = &self.ledger;
        let entries = || ledger.entries.iter();
        let since_reset = entries().filter(|entry| ledger.counts_as_consecutive(entry));
        let consecutive = self.room_in(self.limits.consecutive, since_reset);
        let Some(text) = text else {
            return consecutive;
        };
        let same = entries().filter(|entry| entry.text == Some(text));
        let identical = self.room_in(self.limits.identical, same);
        let binding = [consecutive, identical];
        let left = consecutive.left.min(identical.left);
        let times = binding.iter().filter(|room| room.left == left);
        Room {
            left,
            more_at: times.map(|room| room.more_at).max().unwrap_or(self.now),
        }
    }

    fn room_in<'a>(&self, window: Window, entries: impl Iterator<Item = &'a Entry>) -> Room {
        let reach = window.span + self.limits.margin;
        let leaves = |at: Timestamp| at.saturating_add(reach).unwrap_or(Timestamp::MAX);
        let leaving: Vec<_> = entries
            .map(|entry| leaves(entry.at))
            .filter(|at| *at > self.now)
            .collect();
        let surplus = leaving.len().saturating_sub(window.max);
        let first = leaving.get(surplus).copied();
        Room {
            left: window.max.saturating_sub(leaving.len()),
            more_at: first.unwrap_or_else(|| leaves(self.now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn budget(sent: usize, queued: u64) -> Budget {
        let entries = (0..sent).map(|number| Entry {
            at: at(NOW - 10),
            text: TextHash::of(&number.to_string()),
        });
        Budget::new(
            Limits::default(),
            Ledger::new(entries, None),
            queued,
            at(NOW),
        )
    }

    #[test]
    fn what_was_sent_and_what_is_queued_is_gone() {
        assert_eq!(budget(0, 0).left(), 20);
        assert_eq!(budget(5, 3).left(), 12);
        assert_eq!(budget(5, 15).left(), 0);
        assert_eq!(budget(5, 0).more_at(), at(NOW - 10 + 3602));
        assert_eq!(budget(0, 0).more_at(), at(NOW + 3602));
        // Twenty go out now, twenty in an hour, and then this one.
        assert_eq!(budget(0, 40).more_at(), at(NOW + 2 * 3602));
    }

    #[test]
    fn a_text_has_its_own_room() {
        let mut budget = budget(0, 0);
        for _ in 0..6 {
            budget.spend(TextHash::of("again"));
        }
        let two = Room {
            left: 2,
            more_at: at(NOW + 182),
        };
        assert_eq!(budget.of("again"), two);
        assert_eq!(budget.of("once").left, 8);
        assert_eq!(budget.of("").left, 14);
    }

    fn ledger() -> impl Strategy<Value = Ledger> {
        let entry = (0..4_000_i64, 0..3_u8).prop_map(|(ago, text)| Entry {
            at: at(NOW - ago),
            text: TextHash::of(&text.to_string()),
        });
        let reset = prop::option::of(0..4_000_i64);
        (prop::collection::vec(entry, 0..30), reset)
            .prop_map(|(entries, reset)| Ledger::new(entries, reset.map(|ago| at(NOW - ago))))
    }

    proptest! {
        /// The budget promises exactly what the limiter then admits.
        #[test]
        fn as_many_go_out_as_promised(ledger in ledger(), queued in 0..50_u64) {
            let limits = Limits::default();
            let budget = Budget::new(limits, ledger.clone(), queued, at(NOW));
            let others = (0..90).map(|number| TextHash::of(&format!("text {number}")));
            let (admitted, _) = limits.admit(&ledger, others, at(NOW));
            let queued = usize::try_from(queued).unwrap();
            prop_assert_eq!(budget.left(), admitted.saturating_sub(queued));

            let again = TextHash::of("1");
            let texts = std::iter::repeat_n(None, queued).chain(std::iter::repeat_n(again, 30));
            let (admitted, _) = limits.admit(&ledger, texts, at(NOW));
            prop_assert_eq!(budget.of("1").left, admitted.saturating_sub(queued));
        }

        /// One more goes out when the budget says so, and not earlier.
        #[test]
        fn more_go_out_when_promised(ledger in ledger(), text in prop::option::of(0..3_u8)) {
            let limits = Limits::default();
            let text = text.and_then(|text| TextHash::of(&text.to_string()));
            let mut then = ledger.clone();
            let room = Budget::new(limits, ledger, 0, at(NOW)).room(text);
            for _ in 0..room.left {
                then.record(Entry { at: at(NOW), text });
            }
            prop_assert_eq!(limits.decide(&then, text, room.more_at), Verdict::Now);
            let before = room.more_at - SignedDuration::from_millis(1);
            let is_later = matches!(limits.decide(&then, text, before), Verdict::Later { .. });
            prop_assert!(is_later);
        }
    }
}
