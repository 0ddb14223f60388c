//! The platform and its limits, written from its documents by counting: what it was sent stays in
//! lists, and every window is looked at. Knows nothing of the code that it judges. All times are
//! milliseconds.

use std::collections::BTreeMap;

/// "20 requests per second".
const SECOND: i64 = 1_000;

/// "8 identical messages in a single conversation within a 3-minute timespan".
const IDENTICAL: (usize, i64) = (8, 180_000);

/// "20 consecutive messages in a single conversation per hour".
const CONSECUTIVE: (usize, i64) = (20, 3_600_000);

#[derive(Debug, Default)]
pub(super) struct Platform {
    pub(super) conversations: Vec<Conversation>,
    /// When each request was counted.
    pub(super) requests: Vec<i64>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Conversation {
    /// In the order in which they were created.
    pub(super) messages: Vec<Message>,
    /// When the consumer wrote.
    pub(super) answers: Vec<i64>,
    pub(super) variables: BTreeMap<String, String>,
    /// Messages that were one too many.
    pub(super) complaints: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) row: i64,
    pub(super) at: i64,
    pub(super) text: String,
}

impl Platform {
    /// What was done against the limits, if anything was.
    pub(super) fn complaint(&self, rate: usize) -> Option<String> {
        let mut requests = self.requests.clone();
        requests.sort_unstable();
        for start in &requests {
            let inside = requests
                .iter()
                .filter(|at| *at >= start && *at - start < SECOND);
            let count = inside.count();
            if count > rate {
                return Some(format!("{count} requests in the second from {start}"));
            }
        }
        let mut complaints = self.conversations.iter().flat_map(|own| &own.complaints);
        complaints.next().cloned()
    }
}

impl Conversation {
    pub(super) fn create(&mut self, message: Message, is_command: bool) {
        let answer = self.answers.iter().copied().max();
        if !self.has_room(&message.text, message.at, answer, 0) {
            let earlier = &self.messages;
            let complaint = format!("one too many: {message:?} after {answer:?} {earlier:?}");
            self.complaints.push(complaint);
        }
        for line in message.text.lines().filter(|_| is_command) {
            let pair = line
                .strip_prefix("/set ")
                .and_then(|set| set.split_once(' '));
            if let Some((key, value)) = pair {
                self.variables.insert(key.into(), value.into());
            }
        }
        self.messages.push(message);
    }

    /// Whether one more message fits at `at`, after the consumer's latest `answer`, with windows
    /// that are longer by `margin`.
    fn has_room(&self, text: &str, at: i64, answer: Option<i64>, margin: i64) -> bool {
        let identical = self
            .messages
            .iter()
            .filter(|message| message.text == text && at - message.at < IDENTICAL.1 + margin);
        let consecutive = self.messages.iter().filter(|message| {
            let is_since = answer.is_none_or(|answer| message.at >= answer);
            is_since && at - message.at < CONSECUTIVE.1 + margin
        });
        (text.is_empty() || identical.count() < IDENTICAL.0) && consecutive.count() < CONSECUTIVE.0
    }

    /// The same at any time, when it is known when the consumer will have written.
    pub(super) fn will_have_room(&self, text: &str, at: i64, margin: i64) -> bool {
        let earlier = self.answers.iter().filter(|answer| **answer <= at);
        self.has_room(text, at, earlier.copied().max(), margin)
    }

    /// The earliest time from `at` on at which one more message fits: every time at which anything
    /// changes is tried.
    pub(super) fn room_from(&self, text: &str, at: i64, margin: i64) -> i64 {
        let after =
            |message: &Message| [IDENTICAL.1, CONSECUTIVE.1].map(|span| message.at + span + margin);
        let mut changes: Vec<_> = self.messages.iter().flat_map(after).collect();
        changes.extend(&self.answers);
        changes.push(at);
        changes.sort_unstable();
        let mut later = changes.into_iter().filter(|change| *change >= at);
        later
            .find(|change| self.will_have_room(text, *change, margin))
            .unwrap()
    }
}
