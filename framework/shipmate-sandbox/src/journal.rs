//! What crossed the platform's border, and what followed from it: a bounded history of API calls,
//! of what people and consumers did, and of attempts to deliver webhooks.

mod body;
pub use body::Body;

mod entry;
pub use entry::{
    Act, Actor, ApiCall, AttemptOutcome, CallOutcome, CallerSeen, Cause, DeliveryAttempt, Emitted,
    Entry, Signature, Strike,
};

mod redact;
pub(crate) use redact::redact_query;

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use web1on1::{ConversationId, MessageId};

use crate::limit::Rule;

/// How much history is kept. The oldest entries go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalSettings {
    /// Entries kept; 20,000 by default.
    pub entries: usize,
    /// Bytes kept of one body; 64 KiB by default. Longer bodies are cut and marked as cut.
    pub body_bytes: usize,
    /// Bytes kept of all bodies together; 64 MiB by default.
    pub total_bytes: usize,
}

impl Default for JournalSettings {
    fn default() -> Self {
        Self {
            entries: 20_000,
            body_bytes: 64 << 10,
            total_bytes: 64 << 20,
        }
    }
}

/// The history, and on whose account what happens now is put.
#[derive(Debug)]
pub(crate) struct Journal {
    settings: JournalSettings,
    entries: VecDeque<Entry>,
    bytes: usize,
    last_number: u64,
    /// What the change under way follows from; an act is opened when something comes of it.
    current: Option<Cause>,
    /// What the messages that still wait for their delay follow from.
    waiting: HashMap<MessageId, Cause>,
}

/// What came of an API call.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) outcome: CallOutcome,
    pub(crate) body: Option<Body>,
    pub(crate) refused: Option<Rule>,
}

impl Journal {
    pub(crate) fn new(settings: JournalSettings) -> Self {
        Self {
            settings,
            entries: VecDeque::new(),
            bytes: 0,
            last_number: 0,
            current: None,
            waiting: HashMap::new(),
        }
    }

    pub(crate) fn settings(&self) -> &JournalSettings {
        &self.settings
    }

    /// All entries that are still kept, oldest first.
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// The entries with a number above `number`, oldest first.
    pub(crate) fn after(&self, number: u64) -> impl Iterator<Item = &Entry> {
        let start =
            self.position(number.saturating_add(1))
                .unwrap_or(if number >= self.last_number {
                    self.entries.len()
                } else {
                    0
                });
        self.entries.range(start..)
    }

    /// Notes an API call or an attempt and gives it its number.
    pub(crate) fn add(&mut self, make: impl FnOnce(u64) -> Entry) -> u64 {
        self.last_number += 1;
        let entry = make(self.last_number);
        self.bytes += entry.kept_bytes();
        self.entries.push_back(entry);
        self.make_room();
        self.last_number
    }

    /// What happens until [`end_change`](Self::end_change) follows from the API call `number`, or
    /// from somebody at the sandbox itself.
    pub(crate) fn begin_change(&mut self, call: Option<u64>) {
        self.current = call.map(|number| Cause::Call { number });
    }

    pub(crate) fn end_change(&mut self) {
        self.current = None;
    }

    /// What happens until [`restore`](Self::restore) follows from what created `message`. Returns
    /// what has to be restored.
    pub(crate) fn resume(&mut self, message: &MessageId) -> Option<Cause> {
        let before = self.current;
        if let Some(cause) = self.waiting.remove(message) {
            self.current = Some(cause);
        }
        before
    }

    pub(crate) fn restore(&mut self, cause: Option<Cause>) {
        self.current = cause;
    }

    /// Notes that `actor` created a message, which takes effect now or later.
    pub(crate) fn message_created(
        &mut self,
        actor: Actor,
        conversation: &ConversationId,
        message: &MessageId,
        now: Timestamp,
    ) {
        let cause = self.cause(actor, now);
        self.waiting.insert(message.clone(), cause);
        if let Some(followed) = self.entry_mut(cause.number()).and_then(Entry::followed) {
            followed
                .conversation
                .get_or_insert_with(|| conversation.clone());
            followed.messages.push(message.clone());
        }
    }

    /// Notes an event and says what it follows from.
    pub(crate) fn event_emitted(&mut self, actor: Actor, event: Emitted, at: Timestamp) -> Cause {
        let cause = self.cause(actor, at);
        if let Some(followed) = self.entry_mut(cause.number()).and_then(Entry::followed) {
            if let Some(conversation) = &event.conversation {
                followed
                    .conversation
                    .get_or_insert_with(|| conversation.clone());
            }
            followed.events.push(event);
        }
        cause
    }

    /// Notes who makes a call.
    pub(crate) fn caller_known(&mut self, number: u64, caller: CallerSeen) {
        if let Some(Entry::Call(call)) = self.entry_mut(number) {
            call.caller = Some(caller);
        }
    }

    /// Notes a fault that struck a call or an attempt.
    pub(crate) fn fault_struck(&mut self, number: u64, strike: Strike) {
        match self.entry_mut(number) {
            Some(Entry::Call(call)) => call.fault = Some(strike),
            Some(Entry::Delivery(attempt)) => attempt.fault = Some(strike),
            _ => {}
        }
    }

    /// Notes how a call ended.
    pub(crate) fn call_ended(&mut self, number: u64, answered: Answered, now: Timestamp) {
        let Some(Entry::Call(call)) = self.entry_mut(number) else {
            return;
        };
        call.ended = Some(now);
        call.outcome = answered.outcome;
        call.refused = answered.refused;
        let more = answered.body.as_ref().map_or(0, Body::kept_bytes);
        call.answer = answered.body;
        self.bytes += more;
        self.make_room();
    }

    /// Notes how an attempt ended.
    pub(crate) fn attempt_ended(&mut self, number: u64, outcome: AttemptOutcome, now: Timestamp) {
        if let Some(Entry::Delivery(attempt)) = self.entry_mut(number) {
            attempt.ended = Some(now);
            attempt.outcome = outcome;
        }
    }

    /// What the change under way follows from; without an API call, an act of `actor`.
    fn cause(&mut self, actor: Actor, now: Timestamp) -> Cause {
        if let Some(cause) = self.current {
            return cause;
        }
        let number = self.add(|number| Entry::Act(Act::new(number, now, actor)));
        let cause = Cause::Act { number };
        self.current = Some(cause);
        cause
    }

    fn entry_mut(&mut self, number: u64) -> Option<&mut Entry> {
        let position = self.position(number)?;
        self.entries.get_mut(position)
    }

    /// Numbers have no gaps, so an entry's place follows from the first one's number.
    fn position(&self, number: u64) -> Option<usize> {
        let first = self.entries.front()?.number();
        let position = usize::try_from(number.checked_sub(first)?).ok()?;
        (position < self.entries.len()).then_some(position)
    }

    fn make_room(&mut self) {
        while self.entries.len() > self.settings.entries || self.bytes > self.settings.total_bytes {
            let Some(oldest) = self.entries.pop_front() else {
                return;
            };
            self.bytes = self.bytes.saturating_sub(oldest.kept_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(journal: &mut Journal) -> u64 {
        let now = Timestamp::UNIX_EPOCH;
        journal.add(|number| Entry::Act(Act::new(number, now, Actor::Sandbox)))
    }

    fn numbers<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<u64> {
        entries.map(Entry::number).collect()
    }

    fn emitted(event: &str) -> Emitted {
        Emitted {
            event: event.to_owned(),
            conversation: None,
            message: None,
            deliveries: Vec::new(),
        }
    }

    #[test]
    fn the_oldest_entries_go_first_and_numbers_stay() {
        let mut journal = Journal::new(JournalSettings {
            entries: 3,
            ..JournalSettings::default()
        });
        for _ in 0..5 {
            act(&mut journal);
        }
        assert_eq!(numbers(journal.entries()), [3, 4, 5]);
        assert_eq!(numbers(journal.after(0)), [3, 4, 5]);
        assert_eq!(numbers(journal.after(4)), [5]);
        assert_eq!(numbers(journal.after(5)), [0_u64; 0]);
        assert_eq!(numbers(journal.after(99)), [0_u64; 0]);
    }

    #[test]
    fn what_comes_of_a_delayed_message_is_put_on_the_account_of_its_call() {
        let now = Timestamp::UNIX_EPOCH;
        let mut journal = Journal::new(JournalSettings::default());
        let number = act(&mut journal);
        let (conversation, message) = ("c".into(), "m".into());
        journal.begin_change(Some(number));
        journal.message_created(Actor::Contact, &conversation, &message, now);
        journal.end_change();
        act(&mut journal);
        let before = journal.resume(&message);
        let cause = journal.event_emitted(Actor::Contact, emitted("message.create"), now);
        journal.restore(before);
        assert_eq!(cause, Cause::Call { number });
        let Some(Entry::Act(first)) = journal.entries().next() else {
            panic!("the first entry is an act");
        };
        assert_eq!((first.messages.len(), first.events.len()), (1, 1));
        assert_eq!(first.conversation, Some(conversation));
    }

    #[test]
    fn what_nobody_called_for_becomes_one_act_per_change() {
        let now = Timestamp::UNIX_EPOCH;
        let mut journal = Journal::new(JournalSettings::default());
        for _ in 0..2 {
            journal.begin_change(None);
            let first = journal.event_emitted(Actor::Sandbox, emitted("a"), now);
            let second = journal.event_emitted(Actor::Contact, emitted("b"), now);
            assert_eq!(first, second);
            journal.end_change();
        }
        assert_eq!(numbers(journal.entries()), [1, 2]);
    }
}
