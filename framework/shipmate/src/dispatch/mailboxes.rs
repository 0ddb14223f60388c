//! Events that wait, by conversation, in the order in which they happened.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU64, Ordering},
};

use dashmap::{DashMap, mapref::entry::Entry};
use jiff::Timestamp;

use crate::store::{Key, PendingEvent, Seq};

/// Mailboxes with events. One in which nothing is and nobody works does not exist.
#[derive(Debug, Default)]
pub(super) struct Mailboxes {
    waiting: DashMap<Key, Mailbox>,
    arrivals: AtomicU64,
}

#[derive(Debug, Default)]
struct Mailbox {
    /// By the platform's `createdAt`; of the same time, by arrival.
    events: BTreeMap<(Timestamp, Seq), PendingEvent>,
    /// Events that have come and are still being stored.
    arriving: BTreeSet<Arrival>,
    /// Whether a worker has it, or will be woken for it, or an alarm is set for it.
    is_attended: bool,
}

/// An event that is being stored: when it happened, and a number of its own.
pub(super) type Arrival = (Timestamp, u64);

/// What a worker does next with a mailbox.
#[derive(Debug)]
pub(super) enum Next {
    Event(PendingEvent),
    /// Its first event is not to be tried again before.
    Later(Timestamp),
    /// There is none that may be handled: whoever puts one there, or ends an arrival, is told to
    /// wake a worker.
    Nothing,
}

impl Mailboxes {
    /// An event that happened at `at` is going to be stored: later ones wait until that has
    /// [ended](Self::arrived), so that a store that takes its time does not turn their order round.
    pub(super) fn arriving(&self, key: &Key, at: Timestamp) -> Arrival {
        let arrival = (at, self.arrivals.fetch_add(1, Ordering::Relaxed));
        let mut mailbox = self.waiting.entry(key.clone()).or_default();
        mailbox.arriving.insert(arrival);
        arrival
    }

    /// It is stored and put into its mailbox, or it is not going to be. True if a worker must be
    /// woken.
    pub(super) fn arrived(&self, key: &Key, arrival: Arrival) -> bool {
        let Entry::Occupied(mut found) = self.waiting.entry(key.clone()) else {
            return false;
        };
        let mailbox = found.get_mut();
        mailbox.arriving.remove(&arrival);
        if !mailbox.events.is_empty() {
            return mailbox.attend();
        }
        if mailbox.is_over() {
            found.remove();
        }
        false
    }

    /// Puts an event into its mailbox. True if a worker must be woken: otherwise one has it
    /// already, or an alarm is set for it.
    pub(super) fn put(&self, event: PendingEvent) -> bool {
        let mut mailbox = self.waiting.entry(event.mailbox.clone()).or_default();
        mailbox.events.insert((event.at, event.seq), event);
        mailbox.attend()
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
        let (taken, left) = std::mem::take(&mut mailbox.events)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|((_, seq), _)| *seq <= last);
        mailbox.events = left;
        taken.into_values().collect()
    }

    /// The first events of a mailbox, which stay in it.
    pub(super) fn waiting(&self, key: &Key, limit: usize) -> Vec<PendingEvent> {
        let mailbox = self.waiting.get(key);
        let events = mailbox.iter().flat_map(|mailbox| mailbox.events.values());
        events.take(limit).cloned().collect()
    }

    /// Takes the first event of a mailbox. Only one worker at a time may have a mailbox: the one
    /// that was woken for it, until it gets [`Next::Nothing`].
    pub(super) fn next(&self, key: &Key, now: Timestamp) -> Next {
        let Entry::Occupied(mut found) = self.waiting.entry(key.clone()) else {
            return Next::Nothing;
        };
        let next = found.get_mut().next(now);
        if found.get().is_over() {
            found.remove();
        }
        next
    }
}

impl Mailbox {
    /// Whether nobody did so far.
    fn attend(&mut self) -> bool {
        !std::mem::replace(&mut self.is_attended, true)
    }

    fn next(&mut self, now: Timestamp) -> Next {
        let first_arriving = self.arriving.first().map(|(at, _)| *at);
        let Some(first) = self.events.first_entry() else {
            self.is_attended = false;
            return Next::Nothing;
        };
        match first.get().retry_at {
            Some(at) if at > now => Next::Later(at),
            _ if first_arriving.is_some_and(|at| at < first.get().at) => {
                self.is_attended = false;
                Next::Nothing
            }
            _ => Next::Event(first.remove()),
        }
    }

    fn is_over(&self) -> bool {
        self.events.is_empty() && self.arriving.is_empty() && !self.is_attended
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

    #[test]
    fn an_event_waits_for_an_earlier_one_that_is_being_stored() {
        let mailboxes = Mailboxes::default();
        let key = event(0, 0).mailbox;
        let now = Timestamp::from_second(99).unwrap();
        let earlier = event(2, 10);
        let arrival = mailboxes.arriving(&key, earlier.at);
        assert!(mailboxes.put(event(1, 20)));
        assert!(matches!(mailboxes.next(&key, now), Next::Nothing));
        assert!(mailboxes.put(earlier), "the worker has left");
        assert!(matches!(mailboxes.next(&key, now), Next::Event(event) if event.seq == 2));
        assert!(!mailboxes.arrived(&key, arrival), "it has come back");
        assert!(matches!(mailboxes.next(&key, now), Next::Event(event) if event.seq == 1));
    }

    #[test]
    fn an_event_that_is_not_stored_after_all_holds_up_nothing() {
        let mailboxes = Mailboxes::default();
        let key = event(0, 0).mailbox;
        let now = Timestamp::from_second(99).unwrap();
        let arrival = mailboxes.arriving(&key, event(2, 10).at);
        assert!(mailboxes.put(event(1, 20)));
        assert!(matches!(mailboxes.next(&key, now), Next::Nothing));
        assert!(mailboxes.arrived(&key, arrival), "the worker has left");
        assert!(matches!(mailboxes.next(&key, now), Next::Event(_)));
        assert!(matches!(mailboxes.next(&key, now), Next::Nothing));
        assert!(mailboxes.waiting.is_empty());
        let arrival = mailboxes.arriving(&key, event(2, 10).at);
        assert!(!mailboxes.arrived(&key, arrival));
        assert!(mailboxes.waiting.is_empty());
    }

    #[test]
    fn an_event_does_not_wait_for_later_ones() {
        let mailboxes = Mailboxes::default();
        let key = event(0, 0).mailbox;
        let now = Timestamp::from_second(99).unwrap();
        for second in [10, 20] {
            mailboxes.arriving(&key, event(0, second).at);
        }
        assert!(mailboxes.put(event(1, 10)));
        assert!(matches!(mailboxes.next(&key, now), Next::Event(_)));
    }
}
