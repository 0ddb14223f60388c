//! Deliveries in waiting: which may be tried now, and what follows from an attempt.

mod saved;
pub(crate) use saved::SavedDelivery;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use bytes::Bytes;
use jiff::Timestamp;
use web1on1::{ConversationId, MessageId};

use super::{Delivery, DeliveryOrder, DeliveryOutcome, DeliverySettings, HookId};
use crate::journal::{Cause, Strike};

/// An event for one webhook.
#[derive(Debug)]
pub(crate) struct NewDelivery {
    pub(crate) id: String,
    pub(crate) hook: HookId,
    pub(crate) event: String,
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) message: Option<MessageId>,
    pub(crate) body: Bytes,
    pub(crate) cause: Cause,
}

/// An attempt to be made now.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) number: u64,
    pub(crate) delivery: Delivery,
    pub(crate) body: Bytes,
    /// The fault that put the first attempt off.
    pub(crate) postponed_by: Option<Strike>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AttemptResult {
    Answered(u16),
    Failed(String),
    NoSuchHook,
}

/// Finished deliveries that are remembered for inspection.
const FINISHED_KEPT: usize = 10_000;

/// All deliveries. First attempts about one conversation are made one after the other, so that
/// their order at the webhook is that of the events, unless the settings want none; later attempts
/// wait for nobody.
#[derive(Debug)]
pub(crate) struct DeliveryQueue {
    settings: DeliverySettings,
    lanes: BTreeMap<HookId, Lane>,
    log: BTreeMap<u64, Delivery>,
    unfinished: HashMap<u64, Unfinished>,
    finished: VecDeque<u64>,
    retries: BTreeSet<(Timestamp, u64)>,
    last_number: u64,
}

#[derive(Debug)]
struct Unfinished {
    body: Bytes,
    since: Timestamp,
    postponed_by: Option<Strike>,
    /// Whether the next event of the conversation may be tried already.
    is_overtaken: bool,
}

#[derive(Debug, Default)]
struct Lane {
    ready: VecDeque<u64>,
    /// For each conversation with a first attempt ready or under way: those that follow it.
    following: HashMap<ConversationId, VecDeque<u64>>,
    in_flight: usize,
    pending: usize,
}

impl DeliveryQueue {
    pub(crate) fn new(settings: DeliverySettings) -> Self {
        Self {
            settings,
            lanes: BTreeMap::new(),
            log: BTreeMap::new(),
            unfinished: HashMap::new(),
            finished: VecDeque::new(),
            retries: BTreeSet::new(),
            last_number: 0,
        }
    }

    pub(crate) fn settings(&self) -> &DeliverySettings {
        &self.settings
    }

    pub(crate) fn deliveries(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.log.values()
    }

    /// How many deliveries are not finished.
    pub(crate) fn unfinished(&self) -> usize {
        self.unfinished.len()
    }

    /// The deliveries that are not finished, oldest first.
    pub(crate) fn to_come(&self) -> Vec<&Delivery> {
        let mut numbers: Vec<_> = self.unfinished.keys().collect();
        numbers.sort_unstable();
        let deliveries = numbers.into_iter();
        deliveries
            .filter_map(|number| self.log.get(number))
            .collect()
    }

    pub(crate) fn push(&mut self, new: NewDelivery, now: Timestamp) {
        self.last_number += 1;
        let number = self.last_number;
        let lane = self.lanes.entry(new.hook.clone()).or_default();
        let fits = lane.pending < self.settings.max_pending;
        if fits {
            lane.pending += 1;
            let in_order_with = match self.settings.order {
                DeliveryOrder::PerConversation => new.conversation.as_ref(),
                DeliveryOrder::None => None,
            };
            lane.enqueue(number, in_order_with);
            let unfinished = Unfinished {
                body: new.body,
                since: now,
                postponed_by: None,
                is_overtaken: false,
            };
            self.unfinished.insert(number, unfinished);
        }
        let delivery = Delivery {
            id: new.id,
            hook: new.hook,
            event: new.event,
            conversation: new.conversation,
            message: new.message,
            cause: new.cause,
            attempts: 0,
            outcome: DeliveryOutcome::Pending,
            problem: None,
        };
        self.log.insert(number, delivery);
        if !fits {
            self.close(number, DeliveryOutcome::Dropped);
        }
    }

    /// When the next failed delivery is tried again.
    pub(crate) fn next_retry(&self) -> Option<Timestamp> {
        self.retries.first().map(|(at, _)| *at)
    }

    /// Makes ready what is to be tried again by `now`, before what comes after it.
    pub(crate) fn wake(&mut self, now: Timestamp) {
        while self.next_retry().is_some_and(|at| at <= now) {
            if let Some((_, number)) = self.retries.pop_first()
                && let Some(delivery) = self.log.get(&number)
                && let Some(lane) = self.lanes.get_mut(&delivery.hook)
            {
                lane.ready.push_back(number);
            }
        }
    }

    /// The attempts to be made at `now`; each must be reported with [`finish`](Self::finish).
    pub(crate) fn start(&mut self, now: Timestamp) -> Vec<Job> {
        self.wake(now);
        let mut jobs = Vec::new();
        for lane in self.lanes.values_mut() {
            while lane.in_flight < self.settings.in_flight
                && let Some(number) = lane.ready.pop_front()
            {
                let Some((delivery, unfinished)) =
                    self.log.get_mut(&number).zip(self.unfinished.get(&number))
                else {
                    continue;
                };
                lane.in_flight += 1;
                delivery.attempts += 1;
                delivery.outcome = DeliveryOutcome::Pending;
                jobs.push(Job {
                    number,
                    delivery: delivery.clone(),
                    body: unfinished.body.clone(),
                    postponed_by: unfinished.postponed_by,
                });
            }
        }
        jobs
    }

    /// Takes a first attempt back that was to be made now; it is made at `at` instead. The later
    /// events of its conversation wait for it, unless they may overtake it.
    pub(crate) fn postpone(
        &mut self,
        number: u64,
        at: Timestamp,
        strike: Strike,
        may_overtake: bool,
    ) {
        let Some((delivery, unfinished)) = self
            .log
            .get_mut(&number)
            .zip(self.unfinished.get_mut(&number))
        else {
            return;
        };
        delivery.attempts = 0;
        delivery.outcome = DeliveryOutcome::Retrying { at };
        unfinished.postponed_by = Some(strike);
        unfinished.is_overtaken = may_overtake;
        if let Some(lane) = self.lanes.get_mut(&delivery.hook) {
            lane.in_flight = lane.in_flight.saturating_sub(1);
            if may_overtake {
                lane.release(delivery.conversation.as_ref());
            }
        }
        self.retries.insert((at, number));
    }

    /// Notes what came of an attempt.
    pub(crate) fn finish(&mut self, number: u64, result: AttemptResult, now: Timestamp) {
        let Some(delivery) = self.log.get_mut(&number) else {
            return;
        };
        let unfinished = self.unfinished.get(&number);
        let is_overtaken = unfinished.is_some_and(|it| it.is_overtaken);
        if let Some(lane) = self.lanes.get_mut(&delivery.hook) {
            lane.in_flight = lane.in_flight.saturating_sub(1);
            if delivery.attempts == 1 && !is_overtaken {
                lane.release(delivery.conversation.as_ref());
            }
        }
        let since = unfinished.map_or(now, |it| it.since);
        let outcome = self
            .settings
            .outcome(&result, delivery.attempts, since, now);
        delivery.problem = match result {
            AttemptResult::Answered(status) if !(200..300).contains(&status) => {
                Some(format!("answered {status}"))
            }
            AttemptResult::Failed(problem) => Some(problem),
            _ => None,
        };
        match outcome {
            DeliveryOutcome::Retrying { at } => {
                delivery.outcome = outcome;
                self.retries.insert((at, number));
            }
            outcome => self.close(number, outcome),
        }
    }

    fn close(&mut self, number: u64, outcome: DeliveryOutcome) {
        if let Some(delivery) = self.log.get_mut(&number) {
            delivery.outcome = outcome;
            if self.unfinished.remove(&number).is_some()
                && let Some(lane) = self.lanes.get_mut(&delivery.hook)
            {
                lane.pending = lane.pending.saturating_sub(1);
            }
        }
        self.finished.push_back(number);
        if self.finished.len() > FINISHED_KEPT
            && let Some(oldest) = self.finished.pop_front()
        {
            self.log.remove(&oldest);
        }
    }
}

impl Lane {
    fn enqueue(&mut self, number: u64, conversation: Option<&ConversationId>) {
        let Some(conversation) = conversation else {
            self.ready.push_back(number);
            return;
        };
        if let Some(following) = self.following.get_mut(conversation) {
            following.push_back(number);
        } else {
            self.following.insert(conversation.clone(), VecDeque::new());
            self.ready.push_back(number);
        }
    }

    /// The first attempt about `conversation` is over: the next may be made.
    fn release(&mut self, conversation: Option<&ConversationId>) {
        let Some(conversation) = conversation else {
            return;
        };
        match self
            .following
            .get_mut(conversation)
            .and_then(VecDeque::pop_front)
        {
            Some(next) => self.ready.push_back(next),
            None => {
                self.following.remove(conversation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn queue(settings: DeliverySettings) -> DeliveryQueue {
        DeliveryQueue::new(settings)
    }

    fn push(queue: &mut DeliveryQueue, id: &str, conversation: Option<&str>, now: Timestamp) {
        let new = NewDelivery {
            id: id.into(),
            hook: HookId::Bot("bot".into()),
            event: "message.create.contact.chat".into(),
            conversation: conversation.map(Into::into),
            message: None,
            body: Bytes::new(),
            cause: Cause::Act { number: 1 },
        };
        queue.push(new, now);
    }

    fn numbers(jobs: &[Job]) -> Vec<u64> {
        jobs.iter().map(|job| job.number).collect()
    }

    #[test]
    fn first_attempts_of_a_conversation_keep_their_order_and_others_run_beside() {
        let now = Timestamp::UNIX_EPOCH;
        let mut queue = queue(DeliverySettings::default());
        for (id, conversation) in [
            ("1", Some("a")),
            ("2", Some("a")),
            ("3", Some("b")),
            ("4", None),
        ] {
            push(&mut queue, id, conversation, now);
        }
        assert_eq!(numbers(&queue.start(now)), [1, 3, 4]);
        assert_eq!(numbers(&queue.start(now)), [0_u64; 0]);
        // A failed first attempt lets the next event through: order is kept for first attempts only.
        queue.finish(1, AttemptResult::Answered(500), now);
        assert_eq!(numbers(&queue.start(now)), [2]);
        queue.finish(2, AttemptResult::Answered(200), now);
        let later = now + SignedDuration::from_secs(1);
        assert_eq!(queue.next_retry(), Some(later));
        assert_eq!(numbers(&queue.start(later)), [1]);
    }

    #[test]
    fn without_an_order_nothing_waits_for_an_open_attempt() {
        let now = Timestamp::UNIX_EPOCH;
        let mut queue = queue(DeliverySettings {
            order: DeliveryOrder::None,
            ..DeliverySettings::default()
        });
        push(&mut queue, "1", Some("a"), now);
        assert_eq!(numbers(&queue.start(now)), [1]);
        push(&mut queue, "2", Some("a"), now);
        push(&mut queue, "3", Some("a"), now);
        assert_eq!(numbers(&queue.start(now)), [2, 3]);
        for number in [3, 1, 2] {
            queue.finish(number, AttemptResult::Answered(200), now);
        }
        assert_eq!(numbers(&queue.start(now)), [0_u64; 0]);
        assert_eq!(queue.unfinished(), 0);
    }

    #[test]
    fn waits_double_up_to_an_hour_and_end_after_a_day() {
        let start = Timestamp::UNIX_EPOCH;
        let mut queue = queue(DeliverySettings::default());
        push(&mut queue, "1", None, start);
        let mut now = start;
        let mut waits = Vec::new();
        loop {
            assert_eq!(numbers(&queue.start(now)), [1]);
            queue.finish(1, AttemptResult::Failed("refused".into()), now);
            let Some(at) = queue.next_retry() else { break };
            assert!(queue.start(at - SignedDuration::from_millis(1)).is_empty());
            waits.push(at.duration_since(now).as_secs());
            now = at;
        }
        assert_eq!(waits[..5], [1, 2, 4, 8, 16]);
        assert_eq!(waits.iter().max(), Some(&3600));
        assert!(now.duration_since(start) <= SignedDuration::from_hours(24));
        let delivery = queue.deliveries().next().unwrap();
        assert_eq!(delivery.outcome, DeliveryOutcome::GivenUp);
        assert_eq!(delivery.attempts as usize, waits.len() + 1);
        assert_eq!(queue.unfinished(), 0);
    }

    #[test]
    fn answers_decide() {
        let now = Timestamp::UNIX_EPOCH;
        for (status, outcome) in [
            (204, DeliveryOutcome::Delivered { status: 204 }),
            (400, DeliveryOutcome::Rejected { status: 400 }),
            (410, DeliveryOutcome::Rejected { status: 410 }),
        ] {
            let mut queue = queue(DeliverySettings::default());
            push(&mut queue, "1", Some("a"), now);
            queue.start(now);
            queue.finish(1, AttemptResult::Answered(status), now);
            assert_eq!(queue.deliveries().next().unwrap().outcome, outcome);
            assert_eq!(queue.next_retry(), None);
        }
        for status in [301, 401, 404, 429, 500, 503] {
            let mut queue = queue(DeliverySettings::default());
            push(&mut queue, "1", None, now);
            queue.start(now);
            queue.finish(1, AttemptResult::Answered(status), now);
            assert!(queue.next_retry().is_some(), "{status}");
        }
    }

    #[test]
    fn no_more_are_under_way_or_wait_than_allowed() {
        let now = Timestamp::UNIX_EPOCH;
        let mut queue = queue(DeliverySettings {
            in_flight: 2,
            max_pending: 3,
            ..DeliverySettings::default()
        });
        for id in ["1", "2", "3", "4"] {
            push(&mut queue, id, None, now);
        }
        let dropped = queue.deliveries().last().unwrap();
        assert_eq!(dropped.outcome, DeliveryOutcome::Dropped);
        assert_eq!(numbers(&queue.start(now)), [1, 2]);
        queue.finish(1, AttemptResult::Answered(200), now);
        assert_eq!(numbers(&queue.start(now)), [3]);
        push(&mut queue, "5", None, now);
        assert_eq!(queue.unfinished(), 3);
    }

    #[test]
    fn finished_deliveries_are_forgotten_in_the_end() {
        let now = Timestamp::UNIX_EPOCH;
        let mut queue = queue(DeliverySettings::default());
        for _ in 0..FINISHED_KEPT + 5 {
            push(&mut queue, "x", None, now);
            for job in queue.start(now) {
                queue.finish(job.number, AttemptResult::Answered(200), now);
            }
        }
        assert_eq!(queue.deliveries().count(), FINISHED_KEPT);
    }
}
