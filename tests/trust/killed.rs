//! The echo example is killed (SIGKILL) again and again while it works, at moments chosen by chance
//! but met exactly: after so many acknowledgements, so many messages at the platform, or while an
//! answer of the platform is missing.

mod aim;
mod lane;

use std::path::PathBuf;

use fastrand::Rng;
use shipmate_tests::service::{Service, Settings};
use tempfile::TempDir;
use tokio::{task::JoinSet, time::timeout};

use self::{
    aim::Aim,
    lane::{Lane, Progress},
};
use crate::{
    amount::{amount, seed},
    check::{Order, broken},
    record::OnRecord,
    world::{HANG, World},
};

/// After as many kills, the conversations are wound up and judged, and new ones begin.
const KILLS_A_ROUND: u64 = 10;

/// Rounds at the same time; they mostly wait.
const AT_ONCE: usize = 4;

const CONVERSATIONS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_killed_again_and_again_loses_nothing_and_repeats_nothing() {
    let kills = amount("TRUST_CYCLES", 40);
    let mut rounds = JoinSet::new();
    let mut acknowledged = 0;
    for round in 0..kills.div_ceil(KILLS_A_ROUND) {
        if rounds.len() == AT_ONCE {
            acknowledged += rounds.join_next().await.unwrap().unwrap();
        }
        let kills = KILLS_A_ROUND.min(kills - round * KILLS_A_ROUND);
        rounds.spawn(async move { Round::new(seed() + round).await.run(kills).await });
    }
    acknowledged += rounds.join_all().await.into_iter().sum::<usize>();
    println!("{kills} kills, {acknowledged} events acknowledged");
}

/// A world of its own, with one store for all the lives of the service.
struct Round {
    seed: u64,
    random: Rng,
    world: World,
    settings: Settings,
    lanes: Vec<Lane>,
    folder: TempDir,
}

impl Round {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        let folder = tempfile::tempdir().unwrap();
        let mut lanes: Vec<_> = (0..CONVERSATIONS)
            .map(|_| Lane::new(world.open()))
            .collect();
        lanes[0].repeats_itself = true;
        Self {
            settings: world.echo(folder.path()),
            random: Rng::with_seed(seed),
            seed,
            world,
            lanes,
            folder,
        }
    }

    /// How many events were acknowledged.
    async fn run(mut self, kills: u64) -> usize {
        for kill in 0..kills {
            let fresh = self.consumers_write().await;
            let aim = Aim::by_chance(&mut self.random, &fresh);
            let what = format!("{aim:?}, kill {kill}");
            self.live_until(aim, &what).await;
        }
        self.wind_up().await;
        self.judge()
    }

    /// The conversations with something new, once for each message.
    async fn consumers_write(&mut self) -> Vec<usize> {
        let mut fresh = Vec::new();
        for _ in 0..self.random.usize(5..25) {
            let index = self.random.usize(..self.lanes.len());
            let copies = self.random.usize(1..=3);
            self.lanes[index].write(&self.world, copies).await;
            fresh.push(index);
        }
        fresh
    }

    /// One life of the service.
    async fn live_until(&mut self, aim: Aim, what: &str) {
        let progress = Progress::default();
        let watch = aim.watch(&self.world, &self.lanes, &progress);
        let service = Service::listening(&self.settings).await.unwrap();
        let mut deliveries = JoinSet::new();
        for (index, lane) in self.lanes.drain(..).enumerate() {
            let delivering = lane.deliver(service.address(), progress.clone());
            deliveries.spawn(async move { (index, delivering.await) });
        }
        let reached = timeout(HANG, watch.reached(&self.world)).await;
        assert!(reached.is_ok(), "{}", self.failure(&service, what));
        service.process().kill().await;
        let mut lanes = deliveries.join_all().await;
        lanes.sort_by_key(|(index, _)| *index);
        self.lanes = lanes.into_iter().map(|(_, lane)| lane).collect();
        self.world.sandbox.clear_faults();
        let log = service.process().log().text();
        assert!(
            !log.contains("panicked"),
            "{}",
            self.failure(&service, what)
        );
    }

    /// The last life: what is left is delivered, then everything once more in any order, then one
    /// last message in each conversation, whose reply is the last.
    async fn wind_up(&mut self) {
        let service = Service::listening(&self.settings).await.unwrap();
        let mut lanes = Vec::new();
        for lane in self.lanes.drain(..) {
            let lane = lane.deliver(service.address(), Progress::default()).await;
            assert!(lane.is_delivered());
            lanes.push(lane);
        }
        let mut again: Vec<_> = lanes.iter().flat_map(Lane::requests).collect();
        self.random.shuffle(&mut again);
        let mut connection = service.connect().await.unwrap();
        for request in again {
            assert_eq!(connection.send(&request).await.unwrap().status, 200);
        }
        for mut lane in lanes {
            lane.write(&self.world, 1).await;
            let lane = lane.deliver(service.address(), Progress::default()).await;
            let last = lane.last_reply();
            // The one that repeats itself is held up by a limit.
            if !lane.repeats_itself {
                let told = self.world.until_told(&lane.id, &last).await;
                assert!(told, "{}", self.failure(&service, &last));
            }
            self.lanes.push(lane);
        }
        let process = service.process();
        process.terminate().unwrap();
        let ended = timeout(HANG, process.ended()).await;
        assert!(ended.is_ok(), "{}", self.failure(&service, "end"));
    }

    fn judge(&self) -> usize {
        let on_record = OnRecord::read(&self.file());
        let talks = self.lanes.iter().map(|lane| (&lane.id, lane.events()));
        let record = self.world.record(talks, &on_record);
        let broken = broken(&record, Order::Kept);
        let seed = self.seed;
        assert!(broken.is_empty(), "TRUST_SEED={seed}: {broken:#?}");
        let events = record.conversations.iter().flat_map(|it| &it.events);
        events.filter(|event| event.acknowledged).count()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    fn failure(&self, service: &Service, what: &str) -> String {
        let (seed, log) = (self.seed, service.process().log().text());
        format!("TRUST_SEED={seed}, {what}; the log:\n{log}")
    }
}
