//! Whether several `/set`s in one message took effect, judged by what later events show.
//!
//! API Basics advises to combine "multiple commands into a single message", and no document shows
//! how. So while it is not known, each message with `/set`s leaves behind what it sets and what was
//! set before; and an event from clearly after it tells, by the conversation's variables.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web1on1::Meta;

use crate::{
    plan::Lines,
    store::{RowId, Unverified},
};

/// An event shows the effect of messages that are older than this: the clocks of the platform's own
/// machines may differ, and it needs a moment to obey.
const MARGIN: SignedDuration = SignedDuration::from_secs(2);

/// Of messages that cannot be judged so many are kept per conversation.
const KEPT: usize = 32;

/// One `/set` of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
struct Set {
    key: String,
    value: String,
    /// What the variable was when the turn was taken, as far as an event told; empty if not set.
    before: Option<String>,
}

/// A [`Set`] in the store: `[key, value]` or `[key, value, before]`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Known(String, String, String),
    Unknown(String, String),
}

impl From<Written> for Set {
    fn from(written: Written) -> Self {
        let (key, value, before) = match written {
            Written::Known(key, value, before) => (key, value, Some(before)),
            Written::Unknown(key, value) => (key, value, None),
        };
        Self { key, value, before }
    }
}

impl From<Set> for Written {
    fn from(set: Set) -> Self {
        match set.before {
            Some(before) => Self::Known(set.key, set.value, before),
            None => Self::Unknown(set.key, set.value),
        }
    }
}

/// What a message sets, to be judged later. `before` are the conversation's variables as the turn
/// saw them.
pub(crate) fn record(
    sets: &[(String, String)],
    before: Option<&Shown>,
) -> Result<Vec<u8>, serde_json::Error> {
    let sets: Vec<_> = sets
        .iter()
        .map(|(key, value)| Set {
            key: key.clone(),
            value: value.clone(),
            before: before.map(|shown| shown.value(key).unwrap_or_default()),
        })
        .collect();
    serde_json::to_vec(&sets)
}

/// A conversation's variables and properties, as an event shows them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown(Meta);

impl Shown {
    /// What the body of an event shows; nothing if it has no conversation with `meta`.
    pub(crate) fn in_event(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            data: Data,
        }
        #[derive(Deserialize)]
        struct Data {
            conversation: Meta,
        }
        let body: Body = serde_json::from_slice(body).ok()?;
        let conversation = body.data.conversation;
        conversation
            .get("meta")?
            .is_object()
            .then_some(Self(conversation))
    }

    /// The value of a variable, or with `@` of a property; none if it is not set.
    fn value(&self, key: &str) -> Option<String> {
        let value = if let Some(property) = key.strip_prefix('@') {
            self.0.get(property)
        } else {
            let meta = self.0.get("meta")?;
            // Whether a dot in a key makes an object is not documented.
            let nested = || key.split('.').try_fold(meta, |value, part| value.get(part));
            meta.get(key).or_else(nested)
        };
        let text = match value? {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (!text.is_empty()).then_some(text)
    }
}

/// What an event tells of the messages before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Whether several commands in a message take effect, if this can be told.
    pub(crate) works: Option<bool>,
    /// What did not take effect and is to be set again, in order.
    pub(crate) missing: Vec<(String, String)>,
    /// Messages that need not be looked at any more.
    pub(crate) settled: Vec<RowId>,
}

/// What an event of `at` that shows `shown` tells of `sent`, the conversation's messages, oldest
/// first. Where it tells nothing, what is `known` already is taken to hold for them too.
pub(crate) fn judge(sent: &[Unverified], shown: &Shown, at: Timestamp, known: Lines) -> Finding {
    let messages: Vec<_> = sent.iter().map(Message::read).collect();
    let judged: Vec<_> = messages
        .iter()
        .enumerate()
        .filter(|(_, message)| at.duration_since(message.at) >= MARGIN)
        .map(|(index, message)| Judged::new(message, &messages, index, shown))
        .collect();
    let says = |verdict| {
        judged
            .iter()
            .any(|message| message.verdict() == Some(verdict))
    };
    let works = if says(true) {
        Some(true)
    } else {
        says(false).then_some(false)
    };
    let holds = works.or(match known {
        Lines::Unverified => None,
        Lines::Verified => Some(true),
        Lines::Broken => Some(false),
    });
    let everything_told = holds.is_some() || messages.iter().all(|message| message.sets.len() < 2);
    let surplus = judged.len().saturating_sub(KEPT);
    let settled = if everything_told {
        judged.len()
    } else {
        surplus
    };
    let missing = judged.iter().filter(|_| holds == Some(false));
    Finding {
        works,
        missing: missing.flat_map(Judged::missing).collect(),
        settled: judged
            .iter()
            .take(settled)
            .map(|message| message.row)
            .collect(),
    }
}

/// A message as it was sent.
struct Message {
    row: RowId,
    at: Timestamp,
    sets: Vec<Set>,
}

impl Message {
    fn read(sent: &Unverified) -> Self {
        Self {
            row: sent.row,
            at: sent.at,
            // What cannot be read tells nothing.
            sets: serde_json::from_slice(&sent.sets).unwrap_or_default(),
        }
    }
}

/// A message with what an event shows of it.
struct Judged<'a> {
    row: RowId,
    sets: Vec<Seen<'a>>,
}

/// A `/set` with what an event shows of it.
struct Seen<'a> {
    set: &'a Set,
    now: String,
    /// What the variable can be if the `/set` had no effect.
    stale: HashSet<&'a str>,
    /// A later message of ours sets the same.
    overwritten: bool,
}

impl<'a> Judged<'a> {
    fn new(message: &'a Message, all: &'a [Message], index: usize, shown: &Shown) -> Self {
        let of_key = |messages: &'a [Message]| {
            let sets = messages.iter().flat_map(|message| &message.sets);
            let mut values = HashMap::<&str, HashSet<&str>>::new();
            for set in sets {
                values.entry(&set.key).or_default().insert(&set.value);
            }
            values
        };
        let earlier = of_key(all.get(..index).unwrap_or_default());
        let later = of_key(all.get(index + 1..).unwrap_or_default());
        let sets = message.sets.iter().map(|set| {
            let mut stale = earlier.get(set.key.as_str()).cloned().unwrap_or_default();
            stale.insert(set.before.as_deref().unwrap_or_default());
            Seen {
                set,
                now: shown.value(&set.key).unwrap_or_default(),
                stale,
                overwritten: later.contains_key(set.key.as_str()),
            }
        });
        Self {
            row: message.row,
            sets: sets.collect(),
        }
    }

    /// Whether the lines after the first took effect, if this can be told.
    fn verdict(&self) -> Option<bool> {
        let (first, others) = self.sets.split_first()?;
        let second = others.first()?;
        if first.swallowed(second) {
            return Some(false);
        }
        let evidence = || others.iter().filter(|seen| seen.is_evidence());
        if evidence().any(Seen::took_effect) {
            return Some(true);
        }
        evidence().any(Seen::is_stale).then_some(false)
    }

    /// What is to be set again if the lines after the first take no effect.
    fn missing(&self) -> impl Iterator<Item = (String, String)> {
        let second = self.sets.get(1);
        self.sets
            .iter()
            .enumerate()
            .filter_map(move |(line, seen)| {
                let spoilt = line == 0 && second.is_some_and(|second| seen.swallowed(second));
                let is_lost =
                    spoilt || (!seen.took_effect() && (seen.is_stale() || seen.is_property()));
                (is_lost && !seen.overwritten)
                    .then(|| (seen.set.key.clone(), seen.set.value.clone()))
            })
    }
}

impl Seen<'_> {
    fn took_effect(&self) -> bool {
        self.now == self.set.value
    }

    fn is_stale(&self) -> bool {
        !self.took_effect() && self.stale.contains(self.now.as_str())
    }

    fn is_property(&self) -> bool {
        self.set.key.starts_with('@')
    }

    /// Whether it tells anything: nobody could take what it shows for something else. A variable
    /// that is cleared, or had the value before, looks the same either way; and of a property, or a
    /// key with unusual signs, it is not known how the platform shows it.
    fn is_evidence(&self) -> bool {
        let key = &self.set.key;
        let is_plain = key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        let makes_a_difference =
            self.set.before.is_some() && !self.stale.contains(self.set.value.as_str());
        is_plain && makes_a_difference && !self.set.value.is_empty() && !self.overwritten
    }

    /// Whether the value goes on with the line of `next`: the rest of the message was taken for it.
    fn swallowed(&self, next: &Seen<'_>) -> bool {
        let rest = self.now.strip_prefix(self.set.value.as_str());
        let line = format!("/set {}", next.set.key);
        !self.overwritten && rest.is_some_and(|rest| rest.trim_start().starts_with(&line))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn shown(meta: &Value) -> Shown {
        let body = json!({"event": "x", "data": {"conversation": {"id": "c", "name": "Ann", "meta": meta}}});
        Shown::in_event(body.to_string().as_bytes()).unwrap()
    }

    /// A message sent at `second`, in a conversation that showed `before`.
    fn message(second: i64, before: &Value, sets: &[(&str, &str)]) -> Unverified {
        let sets: Vec<_> = sets
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Unverified {
            row: second,
            at: at(second),
            sets: record(&sets, Some(&shown(before))).unwrap().into(),
        }
    }

    fn check(
        sent: &[Unverified],
        meta: &Value,
        works: Option<bool>,
        missing: &[(&str, &str)],
        settled: &[RowId],
    ) {
        let finding = judge(sent, &shown(meta), at(100), Lines::Unverified);
        let missing = missing
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let expected = Finding {
            works,
            missing,
            settled: settled.to_vec(),
        };
        assert_eq!(finding, expected, "{meta}");
    }

    #[test]
    fn a_variable_of_a_further_line_shows_that_lines_work() {
        let sent = [message(
            10,
            &json!({}),
            &[("a", "1"), ("b", "2"), ("c", "3")],
        )];
        for meta in [
            json!({"a": "1", "b": "2", "c": "3"}),
            json!({"a": "1", "b": "2"}),
            json!({"c": 3}),
            json!({"a": "1", "b": "2", "c": "other"}),
        ] {
            check(&sent, &meta, Some(true), &[], &[10]);
        }
    }

    #[test]
    fn what_is_missing_behind_the_first_line_is_set_again() {
        let sent = [message(
            10,
            &json!({"b": "0"}),
            &[("a", "1"), ("b", "2"), ("c", "")],
        )];
        check(
            &sent,
            &json!({"a": "1", "b": "0"}),
            Some(false),
            &[("b", "2")],
            &[10],
        );
        check(
            &sent,
            &json!({"b": "0"}),
            Some(false),
            &[("a", "1"), ("b", "2")],
            &[10],
        );
        let garbled = json!({"a": "1\n/set b 2\n/set c ", "b": "0"});
        check(
            &sent,
            &garbled,
            Some(false),
            &[("a", "1"), ("b", "2")],
            &[10],
        );
    }

    #[test]
    fn a_clearing_that_did_not_happen_is_repeated() {
        let before = json!({"b": "old", "c": "old"});
        let sent = [message(10, &before, &[("a", "1"), ("b", ""), ("c", "new")])];
        let meta = json!({"a": "1", "b": "old", "c": "old"});
        check(&sent, &meta, Some(false), &[("b", ""), ("c", "new")], &[10]);
    }

    #[test]
    fn what_looks_the_same_either_way_tells_nothing() {
        let before = json!({"b": "2", "d": "old"});
        for sets in [
            &[("a", "1"), ("b", "2")][..],
            &[("a", "1"), ("c", "")],
            &[("a", "1"), ("@name", "Bob")],
            &[("a", "1"), ("x.y", "1")],
            &[("a", "1")],
        ] {
            let multi = message(10, &before, sets);
            let finding = judge(
                &[multi],
                &shown(&json!({"a": "1", "b": "2"})),
                at(100),
                Lines::Unverified,
            );
            assert_eq!(finding.works, None, "{sets:?}");
        }
        // Somebody else has written it since.
        let sent = [message(10, &before, &[("a", "1"), ("d", "new")])];
        check(&sent, &json!({"a": "1", "d": "theirs"}), None, &[], &[]);
    }

    #[test]
    fn an_event_tells_nothing_of_what_was_sent_just_before_it() {
        let sets: &[_] = &[("a", "1"), ("b", "2")];
        let empty = json!({});
        check(&[message(99, &empty, sets)], &empty, None, &[], &[]);
        check(
            &[message(98, &empty, sets)],
            &empty,
            Some(false),
            sets,
            &[98],
        );
    }

    #[test]
    fn later_messages_of_ours_are_not_overwritten() {
        let empty = json!({});
        let sent = [
            message(10, &empty, &[("a", "1"), ("b", "1"), ("c", "1")]),
            message(20, &empty, &[("b", "2")]),
            message(99, &empty, &[("x", "1"), ("c", "3")]),
        ];
        // `b` shows the later message; `c` may show either.
        check(&sent, &json!({"a": "1", "b": "2"}), None, &[], &[]);

        let sent = [
            message(10, &empty, &[("a", "1"), ("b", "1"), ("d", "1")]),
            message(20, &empty, &[("b", "2")]),
        ];
        let meta = json!({"a": "1", "b": "2"});
        check(&sent, &meta, Some(false), &[("d", "1")], &[10, 20]);
    }

    #[test]
    fn the_value_of_an_earlier_message_is_no_effect_of_a_later_one() {
        let empty = json!({});
        let sent = [
            message(10, &empty, &[("b", "1")]),
            message(20, &empty, &[("a", "1"), ("b", "1")]),
            message(30, &empty, &[("a", "2"), ("b", "2")]),
        ];
        let meta = json!({"a": "2", "b": "1"});
        check(&sent, &meta, Some(false), &[("b", "2")], &[10, 20, 30]);
    }

    #[test]
    fn single_sets_are_forgotten_once_nothing_depends_on_them() {
        let empty = json!({});
        check(
            &[message(10, &empty, &[("a", "1")])],
            &empty,
            None,
            &[],
            &[10],
        );
        let both = [
            message(10, &empty, &[("a", "1"), ("b", "")]),
            message(20, &empty, &[("c", "1")]),
        ];
        check(&both, &empty, None, &[], &[]);
        let many: Vec<_> = (0..40)
            .map(|n| message(n, &empty, &[("a", "1"), ("b", "")]))
            .collect();
        let settled: Vec<_> = (0..8).collect();
        check(&many, &empty, None, &[], &settled);
    }

    #[test]
    fn an_event_without_variables_shows_nothing() {
        for body in [
            json!({"event": "x", "data": {"conversation": {"id": "c"}}}),
            json!({"event": "x", "data": {"conversation": {"id": "c", "meta": null}}}),
            json!({"event": "x", "data": {"botinstance": {"id": "i"}}}),
            json!({"event": "x"}),
        ] {
            assert_eq!(Shown::in_event(body.to_string().as_bytes()), None, "{body}");
        }
        let nested = shown(&json!({"a": {"b": 7}, "c.d": "8", "e": ""}));
        assert_eq!(nested.value("a.b").as_deref(), Some("7"));
        assert_eq!(nested.value("c.d").as_deref(), Some("8"));
        assert_eq!(nested.value("e"), None);
        assert_eq!(nested.value("@name").as_deref(), Some("Ann"));
    }

    /// How a platform reads a message of several lines.
    #[derive(Debug, Clone, Copy)]
    enum Reading {
        EachLine,
        FirstLine,
        RestIsValue,
        Refused,
        /// Each in a message of its own.
        OneByOne,
    }

    fn obey(meta: &mut Meta, sets: &[(String, String)], reading: Reading) {
        let Some(((key, value), rest)) = sets.split_first() else {
            return;
        };
        let mut put = |key: &str, value: String| {
            if value.is_empty() {
                meta.remove(key);
            } else {
                meta.insert(key.to_owned(), value.into());
            }
        };
        match reading {
            Reading::Refused if !rest.is_empty() => {}
            Reading::EachLine | Reading::OneByOne => {
                for (key, value) in sets {
                    put(key, value.clone());
                }
            }
            Reading::FirstLine | Reading::Refused => put(key, value.clone()),
            Reading::RestIsValue => {
                let rest = rest
                    .iter()
                    .map(|(key, value)| format!("\n/set {key} {value}"));
                put(key, value.clone() + &rest.collect::<String>());
            }
        }
    }

    proptest! {
        /// Whatever is set, and however the platform reads it: the verdict is never wrong, and once
        /// it is known, here or from another conversation, every variable is as it should be.
        #[test]
        fn no_verdict_is_wrong_and_nothing_stays_lost(
            turns in prop::collection::vec(
                prop::collection::btree_map("[a-d]", "[0-2]{0,1}", 1..4), 1..8),
            reading in prop_oneof![
                Just(Reading::EachLine), Just(Reading::FirstLine),
                Just(Reading::RestIsValue), Just(Reading::Refused)],
            events in prop::collection::vec(any::<bool>(), 8),
            told_elsewhere in any::<bool>(),
        ) {
            let right = matches!(reading, Reading::EachLine);
            let truth = if right { Lines::Verified } else { Lines::Broken };
            let mut known = Lines::Unverified;
            let (mut meta, mut wanted) = (Meta::new(), Meta::new());
            let mut unverified: Vec<Unverified> = Vec::new();
            for (number, (sets, event)) in (1_i64..).zip(turns.into_iter().zip(events)) {
                let sets: Vec<_> = sets.into_iter().collect();
                let before = shown(&Value::Object(meta.clone()));
                obey(&mut meta, &sets, reading);
                obey(&mut wanted, &sets, Reading::EachLine);
                unverified.push(Unverified {
                    row: number,
                    at: at(number * 10),
                    sets: record(&sets, Some(&before)).unwrap().into(),
                });
                if event {
                    if told_elsewhere {
                        known = truth;
                    }
                    let shown = shown(&Value::Object(meta.clone()));
                    let finding = judge(&unverified, &shown, at(number * 10 + 5), known);
                    prop_assert!(finding.works.is_none_or(|works| works == right), "{finding:?}");
                    obey(&mut meta, &finding.missing, Reading::OneByOne);
                    unverified.retain(|sent| !finding.settled.contains(&sent.row));
                    if finding.works.is_some() || known != Lines::Unverified {
                        prop_assert_eq!(&meta, &wanted);
                        prop_assert!(unverified.is_empty());
                        // From here on each is sent in a way that works.
                        break;
                    }
                }
            }
        }
    }
}
