//! Every event comes several times, not in its order, and once more after six days: it has one
//! effect.

use std::sync::Arc;

use bytes::Bytes;
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use shipmate::{
    Bot, Clock, ManualClock, Message, NoConfig, Outcome, Turn, store::SqliteStore,
    web1on1::ConversationId,
};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::{
    amount::{amount, seed},
    check::{Event, Order, broken},
    record::OnRecord,
    served::Served,
    world::World,
};

/// Events of a world of their own; a long run is many worlds, so that memory does not limit it.
const EVENTS_A_WORLD: u64 = 5_000;

const CONVERSATIONS: usize = 250;

/// Events within a minute.
const A_MINUTE: usize = 500;

/// How far from its own time an event may come, in milliseconds.
const DISORDER: i64 = 30_000;

const CONNECTIONS: usize = 32;

struct Echo;

impl Bot for Echo {
    type State = ();
    type Config = NoConfig;

    async fn on_message(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> shipmate::Result<Outcome> {
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_comes_often_late_and_out_of_order_has_one_effect() {
    let events = amount("TRUST_EVENTS", 5_000);
    let mut deliveries = 0;
    for world in 0..events.div_ceil(EVENTS_A_WORLD) {
        let events = EVENTS_A_WORLD.min(events - world * EVENTS_A_WORLD);
        let mut run = Run::new(seed() + world).await;
        run.minutes(usize::try_from(events).unwrap()).await;
        run.six_days_later().await;
        deliveries += run.deliveries;
        run.judge().await;
    }
    println!("{events} events, {deliveries} deliveries");
}

struct Run {
    seed: u64,
    random: Rng,
    clock: ManualClock,
    world: World,
    talks: Vec<(ConversationId, Vec<Event>)>,
    /// Everything that was ever delivered.
    requests: Vec<Bytes>,
    deliveries: usize,
    served: Served,
    folder: TempDir,
}

impl Run {
    async fn new(seed: u64) -> Self {
        let clock = ManualClock::at("2026-03-02T10:00:00Z".parse().unwrap());
        let world = World::on(Arc::new(clock.clone())).await;
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("store.db")).unwrap();
        let served = Served::start(&world, Echo, Arc::new(store), &clock).await;
        Self {
            seed,
            random: Rng::with_seed(seed),
            talks: (0..CONVERSATIONS)
                .map(|_| (world.open(), Vec::new()))
                .collect(),
            clock,
            world,
            requests: Vec::new(),
            deliveries: 0,
            served,
            folder,
        }
    }

    async fn minutes(&mut self, events: usize) {
        let mut written = 0;
        while written < events {
            let count = A_MINUTE.min(events - written);
            let fresh = self.consumers_write(written, count).await;
            written += count;
            let order = self.disorder(&fresh);
            self.deliver(order).await;
            self.until_answered(written).await;
        }
    }

    /// A minute of messages: when they were written, and what delivers them.
    async fn consumers_write(&mut self, first: usize, count: usize) -> Vec<(Timestamp, Bytes)> {
        let step = SignedDuration::from_millis(60_000 / i64::try_from(A_MINUTE).unwrap());
        let mut written = Vec::new();
        for number in first..first + count {
            self.clock.advance(step);
            let (id, events) = &mut self.talks[number % CONVERSATIONS];
            let text = format!("n{number}");
            written.push((self.clock.now(), self.world.writes(id, &text)));
            events.push(Event {
                acknowledged: true,
                replies: vec![format!("Echo: {text}")],
            });
        }
        let mut fresh = Vec::new();
        for (at, message) in written {
            let letter = self.world.letter(&message).await;
            fresh.push((at, Bytes::from(letter.request())));
        }
        self.requests
            .extend(fresh.iter().map(|(_, request)| request.clone()));
        fresh
    }

    /// Each once to five times, each time at a moment of its own.
    fn disorder(&mut self, fresh: &[(Timestamp, Bytes)]) -> Vec<Bytes> {
        let mut moments = Vec::new();
        for (at, request) in fresh {
            for _ in 0..self.random.u8(1..=5) {
                let off = SignedDuration::from_millis(self.random.i64(-DISORDER..=DISORDER));
                moments.push((*at + off, request.clone()));
            }
        }
        moments.sort_by_key(|(at, _)| *at);
        moments.into_iter().map(|(_, request)| request).collect()
    }

    /// Delivers `requests` in about this order, over a minute.
    async fn deliver(&mut self, requests: Vec<Bytes>) {
        self.deliveries += requests.len();
        let parts = requests.chunks(requests.len().div_ceil(60).max(1));
        for part in parts {
            let mut lanes = JoinSet::new();
            for lane in 0..CONNECTIONS.min(part.len()) {
                let requests: Vec<_> = part[lane..].iter().step_by(CONNECTIONS).cloned().collect();
                let mut connection = self.served.connect().await;
                lanes.spawn(async move {
                    for request in requests {
                        assert_eq!(connection.send(&request).await.unwrap().status, 200);
                    }
                });
            }
            lanes.join_all().await;
            self.clock.advance(SignedDuration::from_secs(1));
        }
    }

    async fn until_answered(&self, count: usize) {
        let count = u64::try_from(count).unwrap();
        let answered = self.world.sandbox.wait_until(|view| {
            // The limits' report is made at once; it is cheap beside a look at conversations.
            view.report().bot_messages >= count
        });
        answered.await.unwrap();
    }

    async fn six_days_later(&mut self) {
        self.clock.advance(SignedDuration::from_hours(6 * 24));
        let mut again = self.requests.clone();
        self.random.shuffle(&mut again);
        self.deliver(again).await;
    }

    async fn judge(mut self) {
        // A last message in each conversation: what came before it is settled by its reply.
        let (first, count) = (self.requests.len(), CONVERSATIONS);
        let last = self.consumers_write(first, count).await;
        self.deliver(last.into_iter().map(|(_, request)| request).collect())
            .await;
        for (id, events) in &self.talks {
            let reply = &events.last().unwrap().replies[0];
            assert!(self.world.until_told(id, reply).await, "no {reply}");
        }
        self.served.stop().await;
        let on_record = OnRecord::read(&self.folder.path().join("store.db"));
        let talks = self.talks.iter().map(|(id, events)| (id, events.clone()));
        let record = self.world.record(talks, &on_record);
        let seed = self.seed;
        assert_eq!(broken(&record, Order::Free), [], "TRUST_SEED={seed}");
    }
}
