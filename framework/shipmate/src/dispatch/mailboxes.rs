//! Events that wait, by conversation, in the order in which they happened.

use std::collections::BTreeMap;

use dashmap::{DashMap, mapref::entry::Entry};
use jiff::Timestamp;

use crate::store::{Key, PendingEvent, Seq};

/// Mailboxes with events. One that is empty does not exist.
#[derive(Debug, Default)]
pub(super) struct Mailboxes {
    waiting: DashMap<Key, Mailbox>,
}

/// Events of one conversation by the platform's `createdAt`; of the same time, by arrival.
type Mailbox = BTreeMap<(Timestamp, Seq), PendingEvent>;

/// What a worker does next with a mailbox.
#[derive(Debug)]
pub(super) enum Next {
    Event(PendingEvent),
    /// Its first event is not to be tried again before.
    Later(Timestamp),
    /// The mailbox is gone; whoever puts an event there again has to wake a worker.
    Nothing,
}

impl Mailboxes {
    /// Puts an event into its mailbox. True if the mailbox is new, so that a worker must be woken:
    /// otherwise one has it already, or an alarm is set for it.
    pub(super) fn put(&self, event: PendingEvent) -> bool {
        let place = (event.at, event.seq);
        match self.waiting.entry(event.mailbox.clone()) {
            Entry::Occupied(mut mailbox) => {
                mailbox.get_mut().insert(place, event);
                false
            }
            Entry::Vacant(vacant) => {
                vacant.insert(Mailbox::from([(place, event)]));
                true
            }
        }
    }

    /// Puts back an event that was taken with [`next`](Self::next), by the worker that has the
    /// mailbox.
    pub(super) fn put_back(&self, event: PendingEvent) {
        self.put(event);
    }

    /// Takes out the events up to `last`, whoever has the mailbox.
    pub(super) fn take_until(&self, key: &Key, last: Seq) -> Vec<PendingEvent> {
        let Some(mut mailbox) = self.waiting.get_mut(key) else {
            return Vec::new();
        };
        let (taken, left) = std::mem::take(&mut *mailbox)
            .into_iter()
            .partition::<Mailbox, _>(|((_, seq), _)| *seq <= last);
        *mailbox = left;
        taken.into_values().collect()
    }

    /// The first events of a mailbox, which stay in it.
    pub(super) fn waiting(&self, key: &Key, limit: usize) -> Vec<PendingEvent> {
        let mailbox = self.waiting.get(key);
        let events = mailbox.iter().flat_map(|mailbox| mailbox.values());
        events.take(limit).cloned().collect()
    }

    /// Takes the first event of a mailbox. Only one worker at a time may have a mailbox: the one
    /// that was woken for it, until it gets [`Next::Nothing`].
    pub(super) fn next(&self, key: &Key, now: Timestamp) -> Next {
        if let Some(mut mailbox) = self.waiting.get_mut(key)
            && let Some(first) = mailbox.first_entry()
        {
            return match first.get().retry_at {
                Some(at) if at > now => Next::Later(at),
                _ => Next::Event(first.remove()),
            };
        }
        match self.waiting.remove_if(key, |_, mailbox| mailbox.is_empty()) {
            // An event came in between.
            None if self.waiting.contains_key(key) => self.next(key, now),
            _ => Next::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: Seq, second: i64) -> PendingEvent {
        PendingEvent {
            seq,
            key: [0; 32],
            mailbox: Key {
                bot: "desk".into(),
                mailbox: "c1".into(),
            },
            at: Timestamp::from_second(second).unwrap(),
            attempts: 0,
            retry_at: None,
            bytes: 0,
            payload: None,
        }
    }

    #[test]
    fn events_are_taken_in_the_order_in_which_they_happened() {
        let mailboxes = Mailboxes::default();
        assert!(mailboxes.put(event(1, 30)));
        assert!(!mailboxes.put(event(2, 10)));
        assert!(!mailboxes.put(event(3, 10)));
        let key = event(0, 0).mailbox;
        let now = Timestamp::from_second(99).unwrap();
        let mut order = Vec::new();
        while let Next::Event(event) = mailboxes.next(&key, now) {
            order.push(event.seq);
        }
        assert_eq!(order, [2, 3, 1]);
        assert!(
            mailboxes.put(event(4, 40)),
            "an emptied mailbox wakes a worker again"
        );
    }

    #[test]
    fn a_mailbox_that_was_taken_empty_still_has_its_worker() {
        let mailboxes = Mailboxes::default();
        let key = event(0, 0).mailbox;
        let now = Timestamp::from_second(99).unwrap();
        assert!(mailboxes.put(event(1, 1)));
        assert!(matches!(mailboxes.next(&key, now), Next::Event(_)));
        assert!(!mailboxes.put(event(2, 2)), "the worker will find it");
        assert!(matches!(mailboxes.next(&key, now), Next::Event(_)));
        assert!(matches!(mailboxes.next(&key, now), Next::Nothing));
    }

    #[test]
    fn what_is_forgotten_is_taken_out_and_the_worker_keeps_the_mailbox() {
        let mailboxes = Mailboxes::default();
        for seq in 1..=3 {
            mailboxes.put(event(seq, 10 - seq));
        }
        let key = event(0, 0).mailbox;
        let taken = mailboxes.take_until(&key, 2);
        assert_eq!(taken.len(), 2);
        let now = Timestamp::from_second(99).unwrap();
        assert!(matches!(mailboxes.next(&key, now), Next::Event(event) if event.seq == 3));
        assert!(!mailboxes.put(event(4, 1)), "the worker will find it");
        mailboxes.take_until(&key, 4);
        assert!(matches!(mailboxes.next(&key, now), Next::Nothing));
    }

    #[test]
    fn an_event_that_is_to_be_tried_later_holds_back_those_after_it() {
        let mailboxes = Mailboxes::default();
        let retry_at = Timestamp::from_second(100).unwrap();
        mailboxes.put(PendingEvent {
            retry_at: Some(retry_at),
            ..event(1, 1)
        });
        mailboxes.put(event(2, 2));
        let key = event(0, 0).mailbox;
        let early = Timestamp::from_second(99).unwrap();
        assert!(matches!(mailboxes.next(&key, early), Next::Later(at) if at == retry_at));
        assert!(matches!(mailboxes.next(&key, retry_at), Next::Event(event) if event.seq == 1));
    }
}
