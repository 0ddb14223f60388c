//! What waits to be sent, by conversation.

use std::{collections::VecDeque, sync::Arc};

use dashmap::{DashMap, mapref::entry::Entry};
use jiff::Timestamp;

use crate::store::{Class, Key, Mark, OpenLane, QueuedRow, RowId};

/// Rows kept in memory per lane; the others are read back when their turn comes.
const IN_MEMORY: usize = 64;

/// Rows read back at once.
pub(super) const PAGE: usize = 64;

/// A row with this time to retry at was refused in company, and is tried alone.
pub(super) const ALONE: Timestamp = Timestamp::UNIX_EPOCH;

/// Lanes with something to send. One that is empty does not exist.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: DashMap<Key, Lane>,
}

#[derive(Debug)]
struct Lane {
    stage: Stage,
    /// How urgent the most urgent of its rows is: those before it have to go first.
    class: Class,
    organization: Option<Arc<str>>,
    /// The first rows to be sent, in order.
    rows: VecDeque<QueuedRow>,
    /// Set if rows after this one are in the store only.
    stored_after: Option<RowId>,
    /// The latest row that was put here or read back.
    last: RowId,
    /// Rows were committed while others were read back.
    missed: bool,
    /// Somebody else wrote while the lane was worked on, so it must look at the limits again.
    again: bool,
}

/// Who has a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It is in the queue of ready lanes.
    Ready,
    /// A sender works on it.
    Busy,
    /// It waits for a time.
    Parked(Timestamp),
}

/// What a sender finds in a lane.
#[derive(Debug)]
pub(super) enum Head {
    /// The first rows.
    Rows(Vec<QueuedRow>),
    /// Its rows are in the store, after this one.
    InStore { after: RowId },
    /// Nothing; the lane is gone.
    Empty,
}

impl Lane {
    fn new(stage: Stage, class: Class, organization: Option<Arc<str>>) -> Self {
        Self {
            stage,
            class,
            organization,
            rows: VecDeque::new(),
            stored_after: None,
            last: 0,
            missed: false,
            again: false,
        }
    }

    fn push(&mut self, rows: Vec<QueuedRow>) {
        for row in rows {
            self.class = self.class.min(row.content.class);
            if row.id <= self.last && self.stored_after.is_none() {
                continue;
            }
            if self.stored_after.is_some() {
                self.missed = true;
            } else if self.rows.len() >= IN_MEMORY {
                self.stored_after = Some(self.last);
            } else {
                self.last = row.id;
                self.rows.push_back(row);
            }
        }
    }

    /// Changes a row that was tried.
    fn change(&mut self, id: RowId, change: impl FnOnce(&mut QueuedRow)) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.id == id) {
            row.attempts += 1;
            change(row);
        }
    }

    /// Leaves the queue of waiting; true if the caller has to put it into the queue of ready lanes.
    fn unpark(&mut self) -> bool {
        let parked = matches!(self.stage, Stage::Parked(_));
        if parked {
            self.stage = Stage::Ready;
        } else {
            self.again = true;
        }
        parked
    }
}

impl Lanes {
    /// Adds rows. True if the lane must be put into the queue of ready lanes.
    pub(super) fn put(&self, key: &Key, rows: Vec<QueuedRow>, reset: bool) -> bool {
        match self.lanes.entry(key.clone()) {
            Entry::Occupied(mut lane) => {
                lane.get_mut().push(rows);
                reset && lane.get_mut().unpark()
            }
            Entry::Vacant(vacant) => {
                let first = rows.first().map(|row| &row.content);
                let class = first.map_or(Class::Reply, |content| content.class);
                let organization = first.and_then(|content| content.organization.clone());
                let lane = Lane::new(Stage::Ready, class, organization);
                vacant.insert(lane).push(rows);
                true
            }
        }
    }

    /// Somebody else wrote: a lane that waits for a limit may go on. True if it must be put into
    /// the queue of ready lanes.
    pub(super) fn unpark(&self, key: &Key) -> bool {
        self.lanes
            .get_mut(key)
            .is_some_and(|mut lane| lane.unpark())
    }

    /// Adds a lane whose rows are all in the store. The caller puts it into the queue or sets an
    /// alarm.
    pub(super) fn open(&self, open: &OpenLane) {
        let mut lane = Lane::new(Stage::Ready, open.class, open.organization.clone());
        lane.stored_after = Some(0);
        self.lanes.entry(open.mailbox.clone()).or_insert(lane);
    }

    /// How urgent a lane is, and whose.
    pub(super) fn rank(&self, key: &Key) -> Option<(Class, Option<Arc<str>>)> {
        let lane = self.lanes.get(key)?;
        Some((lane.class, lane.organization.clone()))
    }

    /// Puts a lane that the caller has worked on back among those that are ready.
    pub(super) fn pause(&self, key: &Key) {
        if let Some(mut lane) = self.lanes.get_mut(key) {
            lane.stage = Stage::Ready;
        }
    }

    /// Makes a lane read its rows from the store again, from the first. True if it must be put into
    /// the queue of ready lanes.
    pub(super) fn reopen(&self, key: &Key) -> bool {
        match self.lanes.entry(key.clone()) {
            Entry::Occupied(mut lane) => {
                let lane = lane.get_mut();
                lane.rows.clear();
                lane.stored_after = Some(0);
                lane.unpark()
            }
            Entry::Vacant(vacant) => {
                let lane = Lane::new(Stage::Ready, Class::Reply, None);
                vacant.insert(lane).stored_after = Some(0);
                true
            }
        }
    }

    /// Takes a lane to work on. False if it is gone, somebody has it, or it was parked again since
    /// it was put into the queue.
    pub(super) fn begin(&self, key: &Key, now: Timestamp) -> bool {
        let Some(mut lane) = self.lanes.get_mut(key) else {
            return false;
        };
        let free = match lane.stage {
            Stage::Ready => true,
            Stage::Busy => false,
            Stage::Parked(until) => until <= now,
        };
        if free {
            lane.stage = Stage::Busy;
        }
        free
    }

    /// The first rows of a lane that the caller works on.
    pub(super) fn head(&self, key: &Key, most: usize) -> Head {
        if let Some(mut lane) = self.lanes.get_mut(key) {
            lane.again = false;
            if !lane.rows.is_empty() {
                return Head::Rows(lane.rows.iter().take(most).cloned().collect());
            }
            if let Some(after) = lane.stored_after {
                return Head::InStore { after };
            }
        }
        let is_empty = |_: &Key, lane: &Lane| lane.rows.is_empty() && lane.stored_after.is_none();
        match self.lanes.remove_if(key, is_empty) {
            // Rows came in between.
            None if self.lanes.contains_key(key) => self.head(key, most),
            _ => Head::Empty,
        }
    }

    /// Takes rows that were read back from the store after the place that [`head`](Self::head)
    /// named.
    pub(super) fn loaded(&self, key: &Key, rows: Vec<QueuedRow>) {
        let Some(mut lane) = self.lanes.get_mut(key) else {
            return;
        };
        let complete = rows.len() < PAGE && !lane.missed;
        lane.missed = false;
        let most_urgent = rows.iter().map(|row| row.content.class).min();
        lane.class = most_urgent.map_or(lane.class, |class| class.min(lane.class));
        if let Some(last) = rows.last() {
            lane.last = lane.last.max(last.id);
        }
        lane.stored_after = (!complete).then_some(lane.last);
        lane.rows.extend(rows);
    }

    /// Applies what became of the first rows. Returns how many have ended.
    pub(super) fn settle(&self, key: &Key, marks: &[(RowId, Mark)]) -> u64 {
        let Some(mut lane) = self.lanes.get_mut(key) else {
            return 0;
        };
        let before = lane.rows.len();
        for (id, mark) in marks {
            match mark {
                Mark::Retry { at, .. } => lane.change(*id, |row| {
                    row.doubt = None;
                    row.retry_at = Some(*at);
                }),
                Mark::Unknown { doubt, look_at, .. } => lane.change(*id, |row| {
                    row.doubt = Some(*doubt);
                    row.retry_at = Some(*look_at);
                }),
                Mark::Sent { .. } | Mark::Ended { .. } => lane.rows.retain(|row| row.id != *id),
            }
        }
        (before - lane.rows.len()) as u64
    }

    /// Takes over what rows say now, for when they have to be sent again.
    pub(super) fn rewrite(&self, key: &Key, rows: &[QueuedRow]) {
        if let Some(mut lane) = self.lanes.get_mut(key) {
            for now in rows {
                let row = lane.rows.iter_mut().find(|row| row.id == now.id);
                if let Some(row) = row {
                    row.content.clone_from(&now.content);
                }
            }
        }
    }

    /// Forgets rows that are not to be sent by this lane. Returns how many.
    pub(super) fn drop_rows(&self, key: &Key, dropped: impl Fn(RowId) -> bool) -> u64 {
        let Some(mut lane) = self.lanes.get_mut(key) else {
            return 0;
        };
        let before = lane.rows.len();
        lane.rows.retain(|row| !dropped(row.id));
        (before - lane.rows.len()) as u64
    }

    /// Parks a lane that the caller works on until `at`; its rows leave memory. False if there is
    /// reason to look again at once.
    pub(super) fn park(&self, key: &Key, at: Timestamp) -> bool {
        let Some(mut lane) = self.lanes.get_mut(key) else {
            return true;
        };
        if lane.again {
            lane.stage = Stage::Ready;
            return false;
        }
        lane.stage = Stage::Parked(at);
        if let Some(first) = lane.rows.front() {
            lane.stored_after = Some(first.id - 1);
            lane.rows = VecDeque::new();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key {
            bot: "desk".into(),
            mailbox: "c1".into(),
        }
    }

    fn rows(ids: impl IntoIterator<Item = RowId>) -> Vec<QueuedRow> {
        let row = |id| QueuedRow {
            id,
            content: crate::store::Content::for_test(),
            attempts: 0,
            retry_at: None,
            doubt: None,
            created_at: Timestamp::UNIX_EPOCH,
        };
        ids.into_iter().map(row).collect()
    }

    fn head(lanes: &Lanes) -> Vec<RowId> {
        match lanes.head(&key(), 100) {
            Head::Rows(rows) => rows.iter().map(|row| row.id).collect(),
            Head::InStore { after } => vec![-after],
            Head::Empty => vec![],
        }
    }

    fn sent(lanes: &Lanes, ids: impl IntoIterator<Item = RowId>) {
        let mark = |id| {
            let at = Timestamp::UNIX_EPOCH;
            (
                id,
                Mark::Sent {
                    message: None,
                    at,
                    note: None,
                },
            )
        };
        lanes.settle(&key(), &ids.into_iter().map(mark).collect::<Vec<_>>());
    }

    #[test]
    fn only_one_sender_has_a_lane() {
        let lanes = Lanes::default();
        let now = Timestamp::UNIX_EPOCH;
        assert!(lanes.put(&key(), rows([1]), false));
        assert!(!lanes.put(&key(), rows([2]), false));
        assert!(lanes.begin(&key(), now));
        assert!(!lanes.begin(&key(), now));
        assert_eq!(head(&lanes), [1, 2]);
        sent(&lanes, [1, 2]);
        assert!(head(&lanes).is_empty());
        assert!(!lanes.begin(&key(), now));
    }

    #[test]
    fn a_lane_that_is_reopened_begins_with_its_first_row() {
        let lanes = Lanes::default();
        assert!(lanes.reopen(&key()));
        assert!(lanes.begin(&key(), Timestamp::UNIX_EPOCH));
        assert_eq!(head(&lanes), [0]);
        lanes.loaded(&key(), rows([5, 6]));
        assert_eq!(head(&lanes), [5, 6]);
        assert!(!lanes.reopen(&key()), "somebody has it");
        sent(&lanes, [5, 6]);
        assert_eq!(head(&lanes), [0]);
        lanes.loaded(&key(), rows([2]));
        assert_eq!(head(&lanes), [2]);
        let at = Timestamp::from_second(60).unwrap();
        assert!(lanes.park(&key(), at));
        assert!(lanes.reopen(&key()), "it waited");
    }

    #[test]
    fn a_long_lane_keeps_its_tail_in_the_store() {
        let lanes = Lanes::default();
        lanes.put(&key(), rows(1..=100), false);
        assert!(lanes.begin(&key(), Timestamp::UNIX_EPOCH));
        assert_eq!(head(&lanes), (1..=64).collect::<Vec<_>>());
        sent(&lanes, 1..=64);
        assert_eq!(head(&lanes), [-64]);
        // Committed while the others are read back: not to be lost.
        lanes.put(&key(), rows([101]), false);
        lanes.loaded(&key(), rows(65..=100));
        assert_eq!(head(&lanes), (65..=100).collect::<Vec<_>>());
        sent(&lanes, 65..=100);
        assert_eq!(head(&lanes), [-100]);
        lanes.loaded(&key(), rows([101]));
        // Read back before it was put here: not to be sent twice.
        lanes.put(&key(), rows([101]), false);
        assert_eq!(head(&lanes), [101]);
    }

    #[test]
    fn a_parked_lane_wakes_at_its_time_or_when_somebody_writes() {
        let lanes = Lanes::default();
        let at = Timestamp::from_second(60).unwrap();
        let early = Timestamp::from_second(59).unwrap();
        lanes.put(&key(), rows([7]), false);
        assert!(lanes.begin(&key(), early));
        assert!(lanes.park(&key(), at));
        assert!(
            !lanes.begin(&key(), early),
            "a stale alarm does not wake it"
        );
        assert!(lanes.put(&key(), rows([8]), true));
        assert!(lanes.begin(&key(), early));
        assert_eq!(head(&lanes), [-6]);
        lanes.loaded(&key(), rows([7, 8]));
        assert!(!lanes.unpark(&key()));
        assert!(!lanes.park(&key(), at), "somebody wrote meanwhile");
        assert!(lanes.begin(&key(), early));
        assert_eq!(head(&lanes), [7, 8]);
        assert!(lanes.park(&key(), at));
        assert!(lanes.begin(&key(), at));
    }
}
