//! What is in memory of the conversations in use: read from the store once, kept up to date, and
//! dropped when others need the room.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OnceCell, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};
use web1on1::Clock;

use crate::{
    handover::Seen,
    limit::{Ledger, Limits},
    store::{Commit, Committed, Key, Seq, Store, StoreError, Takeover, Unverified},
};

/// Locks are shared out, so that conversations rarely wait for each other.
const SHARDS: usize = 16;

/// How much longer than the limits reach messages are read back, for clocks that differ.
const SLACK: SignedDuration = SignedDuration::from_mins(10);

/// Conversations in memory.
#[derive(Debug)]
pub(crate) struct Conversations {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    shard_capacity: usize,
}

#[derive(Debug, Default)]
struct Shard {
    live: HashMap<Key, Arc<Entry>>,
    /// Oldest first.
    order: VecDeque<Key>,
}

#[derive(Debug, Default)]
struct Entry {
    /// Filled by the first who needs the conversation; the others wait for the same read.
    kept: OnceCell<Arc<Mutex<Kept>>>,
    /// Shared by who handles or sends; whoever forgets the conversation has it alone.
    gate: Arc<RwLock<()>>,
    /// Events up to this one were forgotten, as far as somebody may still have one of them.
    forgotten: AtomicI64,
}

/// A conversation in memory. While it is held, it is neither dropped nor forgotten.
///
/// Not to be asked for by somebody who has it already: between the two, somebody may wait to
/// forget it.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    kept: Arc<Mutex<Kept>>,
    entry: Arc<Entry>,
    _open: Arc<OwnedRwLockReadGuard<()>>,
}

/// A conversation that nobody else has: nothing of it is handled or sent.
#[derive(Debug)]
pub(crate) struct Still {
    entry: Arc<Entry>,
    _closed: OwnedRwLockWriteGuard<()>,
}

/// What is known of it.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) state: Option<Bytes>,
    pub(crate) last_event_at: Option<Timestamp>,
    pub(crate) ledger: Ledger,
    /// Who talks to the consumer, as far as events told.
    pub(crate) takeover: Option<Takeover>,
    /// Whether an event was given up and none has been handled since.
    pub(crate) in_incident: bool,
    /// Turns that another bot caused since a contact or person last wrote.
    pub(crate) bot_turns: u32,
    /// The consumer's id, once it is on record.
    pub(crate) contact: Option<Arc<str>>,
    /// Rows of the outbox that are not sent and have not ended.
    pub(crate) queued: u64,
    /// Sent messages of which it is not known whether their commands took effect.
    pub(crate) unverified: Vec<Unverified>,
}

impl Conversations {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        limits: Limits,
        capacity: usize,
    ) -> Self {
        Self {
            store,
            clock,
            limits,
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            shard_capacity: capacity.div_ceil(SHARDS).max(1),
        }
    }

    /// The conversation, read from the store if it is not in memory. There is never more than one
    /// copy in use.
    pub(crate) async fn get(&self, key: &Key) -> Result<Live, StoreError> {
        let entry = self.entry(key);
        let open = Arc::clone(&entry.gate).read_owned().await;
        let kept = entry
            .kept
            .get_or_try_init(|| async {
                self.read(key).await.map(|kept| Arc::new(Mutex::new(kept)))
            })
            .await?;
        Ok(Live {
            kept: Arc::clone(kept),
            entry: Arc::clone(&entry),
            _open: Arc::new(open),
        })
    }

    /// The conversation alone: waits for who handles or sends, and lets nobody else begin.
    pub(crate) async fn still(&self, key: &Key) -> Still {
        let entry = self.entry(key);
        let closed = Arc::clone(&entry.gate).write_owned().await;
        Still {
            entry,
            _closed: closed,
        }
    }

    /// Puts what the store has in the place of what is in memory, after the events up to
    /// `forgotten` were forgotten.
    pub(crate) async fn refresh(
        &self,
        key: &Key,
        still: &Still,
        forgotten: Seq,
    ) -> Result<(), StoreError> {
        still.entry.forgotten.store(forgotten, Ordering::Release);
        if let Some(kept) = still.entry.kept.get() {
            let fresh = self.read(key).await?;
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
        Ok(())
    }

    /// Since when messages count towards the limits.
    pub(crate) fn counted_since(&self) -> Timestamp {
        let reach = self.limits.identical.span.max(self.limits.consecutive.span) + SLACK;
        self.clock
            .now()
            .saturating_sub(reach)
            .unwrap_or(Timestamp::MIN)
    }

    async fn read(&self, key: &Key) -> Result<Kept, StoreError> {
        let record = self.store.record(key, self.counted_since()).await?;
        Ok(Kept {
            state: record.state,
            last_event_at: record.last_event_at,
            ledger: Ledger::new(record.sent, record.reset_at),
            takeover: record.takeover,
            in_incident: record.in_incident,
            bot_turns: record.bot_turns,
            contact: None,
            queued: record.queued,
            unverified: record.unverified,
        })
    }

    fn entry(&self, key: &Key) -> Arc<Entry> {
        let Some(mut shard) = self.shard(key) else {
            return Arc::default();
        };
        if let Some(live) = shard.live.get(key) {
            return Arc::clone(live);
        }
        shard.make_room(self.shard_capacity);
        let live = Arc::<Entry>::default();
        shard.live.insert(key.clone(), Arc::clone(&live));
        shard.order.push_back(key.clone());
        live
    }

    fn shard(&self, key: &Key) -> Option<MutexGuard<'_, Shard>> {
        let hash = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).ok()?;
        let shard = self.shards.get(hash)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shard {
    /// Drops the oldest conversations that nobody uses. Those in use get another round, so the
    /// capacity may be exceeded by as many as are in use.
    fn make_room(&mut self, capacity: usize) {
        for _ in 0..self.order.len() {
            if self.live.len() < capacity {
                return;
            }
            let Some(key) = self.order.pop_front() else {
                return;
            };
            let in_use = self
                .live
                .get(&key)
                .is_some_and(|live| Arc::strong_count(live) > 1);
            if in_use {
                self.order.push_back(key);
            } else {
                self.live.remove(&key);
            }
        }
    }
}

impl Kept {
    /// What a new event is judged by.
    pub(crate) fn seen(&self) -> Seen {
        Seen {
            takeover: self.takeover,
            last_event_at: self.last_event_at,
            reset_at: self.ledger.reset_at(),
        }
    }

    /// Follows what was committed.
    pub(crate) fn follow(&mut self, commit: &Commit, committed: &Committed) {
        let change = &commit.conversation;
        if change.state.is_some() {
            self.state.clone_from(&change.state);
        }
        self.last_event_at = self.last_event_at.max(change.last_event_at);
        if let Some(at) = change.reset_at {
            self.ledger.reset(at);
        }
        self.takeover = change.takeover.or(self.takeover);
        self.in_incident = change.in_incident.unwrap_or(self.in_incident);
        self.bot_turns = change.bot_turns.unwrap_or(self.bot_turns);
        if change.contact.is_some() {
            self.contact.clone_from(&change.contact);
        }
        let queued = commit.rows.iter().filter(|row| row.ended.is_none()).count();
        let ended = committed.cancelled.len() + usize::from(committed.found.is_some());
        self.queued = (self.queued + queued as u64).saturating_sub(ended as u64);
        self.unverified
            .retain(|message| !commit.verified.contains(&message.row));
    }
}

impl Live {
    /// Whether the event was forgotten while its worker waited for the conversation.
    pub(crate) fn has_forgotten(&self, event: Seq) -> bool {
        event <= self.entry.forgotten.load(Ordering::Acquire)
    }

    /// What is known of the conversation. Not to be held over an `.await`.
    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
