//! A play that touches every promise, with crashes between its scenes.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shipmate::{
    Bot, ManualClock, Message, NoConfig, Outcome, Turn,
    store::{SqliteStore, Store},
    web1on1::ConversationId,
};
use shipmate_sandbox::{CallOutcome, Entry, Fault, View};

use super::{
    bug::Bug,
    life::{CrashPoint, History, Life},
    store::{Memory, Planted},
};
use crate::{
    check::{Broken, Event, Order, broken},
    record::OnRecord,
    served::Served,
    world::{Letter, World},
};

/// More turns of the scheduler than a task needs to begin its work when the clock has moved.
const WAKING: usize = 50;

/// Lines of an answer to `long`: more than may be sent in a row.
const LINES: usize = 22;

/// A pause of the sender after a start.
const AFTER_START: SignedDuration = SignedDuration::from_secs(2);

/// Longer than a message may take to appear; so much time is given at the end, as often as this.
const ROUND: SignedDuration = SignedDuration::from_mins(1);
const ROUNDS: usize = 10;

/// Says how many messages it has heard, and the same word each time; or a lot.
struct Counting;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Heard(usize);

impl Bot for Counting {
    type State = Heard;
    type Config = NoConfig;

    async fn on_message(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> shipmate::Result<Outcome> {
        turn.state.0 += 1;
        for reply in replies(&message.text, turn.state.0) {
            turn.say(reply);
        }
        turn.done()
    }
}

/// What is owed to `text`, the `number`th message of a conversation.
fn replies(text: &str, number: usize) -> Vec<String> {
    if text == "long" {
        return (1..=LINES).map(|line| format!("line {line}")).collect();
    }
    vec![format!("{text} is {number}"), "Noted.".to_owned()]
}

/// What came of a play.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) broken: Vec<Broken>,
    /// How many operations of the store there were.
    pub(super) operations: usize,
}

/// Plays with this bug, and with a crash at this point.
pub(super) async fn play(bug: Option<Bug>, point: Option<CrashPoint>) -> Played {
    let mut stage = Stage::new(bug, point).await;
    let [busy, long, refused] = [0, 1, 2];

    for _ in 0..5 {
        stage.say(busy, "n").await;
    }
    stage.kill();
    for _ in 0..5 {
        stage.say(busy, "n").await;
    }
    stage.say(long, "long").await;
    stage.kill();
    // Not even three minutes after the first of eight equal messages, and not an hour after twenty.
    stage.passes(SignedDuration::from_secs(140)).await;
    stage.passes(SignedDuration::from_mins(61)).await;

    stage.platform_is_busy(refused);
    stage.say(refused, "n").await;
    stage.passes(SignedDuration::from_mins(1)).await;
    stage.everything_again().await;
    stage.kill();
    stage.everything_again().await;
    stage.passes(SignedDuration::from_hours(6 * 24)).await;
    stage.everything_again().await;

    for talk in [busy, long, refused] {
        stage.say(talk, "n").await;
    }
    stage.passes(SignedDuration::from_hours(2)).await;
    stage.end().await
}

struct Stage {
    clock: ManualClock,
    world: World,
    store: Arc<dyn Store>,
    bug: Option<Bug>,
    history: Arc<History>,
    life: Arc<Life>,
    served: Option<Served>,
    talks: Vec<(ConversationId, Vec<Event>)>,
    letters: Vec<Letter>,
}

impl Stage {
    async fn new(bug: Option<Bug>, point: Option<CrashPoint>) -> Self {
        // Late in a minute, for who counts in minutes.
        let clock = ManualClock::at("2026-03-02T10:00:45Z".parse().unwrap());
        let world = World::on(Arc::new(clock.clone())).await;
        Self {
            talks: (0..3).map(|_| (world.open(), Vec::new())).collect(),
            clock,
            world,
            store: Arc::new(SqliteStore::in_memory().unwrap()),
            bug,
            history: Arc::new(History::with(point)),
            life: Arc::default(),
            served: None,
            letters: Vec::new(),
        }
    }

    /// The consumer writes; it is delivered twice.
    async fn say(&mut self, talk: usize, word: &str) {
        let (id, events) = &mut self.talks[talk];
        let number = events.len() + 1;
        let text = match word {
            "long" => word.to_owned(),
            word => format!("{word}{number}"),
        };
        events.push(Event {
            acknowledged: true,
            replies: replies(&text, number),
        });
        let letter = self.world.says(id, &text).await;
        self.deliver(&letter).await;
        self.deliver(&letter).await;
        self.letters.push(letter);
        self.settle().await;
    }

    async fn everything_again(&mut self) {
        for letter in self.letters.clone() {
            self.deliver(&letter).await;
        }
        self.settle().await;
    }

    async fn passes(&mut self, time: SignedDuration) {
        self.settle().await;
        self.clock.advance(time);
        self.settle().await;
    }

    /// The next message of a conversation is refused for now.
    fn platform_is_busy(&self, talk: usize) {
        let busy = Fault::answer(503).on("POST", "/messages");
        self.world
            .sandbox
            .inject(busy.conversation(&self.talks[talk].0));
    }

    /// Delivers until it is acknowledged.
    async fn deliver(&mut self, letter: &Letter) {
        loop {
            let mut connection = self.served().await.connect().await;
            let (life, request) = (Arc::clone(&self.life), letter.request());
            tokio::select! {
                answer = connection.send(&request) => {
                    assert_eq!(answer.unwrap().status, 200);
                    return;
                }
                () = life.end() => {}
            }
        }
    }

    /// The service, started anew if it has ended.
    async fn served(&mut self) -> &Served {
        while self.life.is_over() || self.served.is_none() {
            self.served = None;
            self.world.sandbox.wait_until(is_idle).await.unwrap();
            let life = Arc::new(Life::default());
            self.life = Arc::clone(&life);
            let store = Planted {
                inner: Arc::clone(&self.store),
                bug: self.bug,
                history: Arc::clone(&self.history),
                life: Arc::clone(&life),
                memory: Mutex::new(Memory::default()),
            };
            let start = Served::start(&self.world, Counting, Arc::new(store), &self.clock);
            self.served = tokio::select! {
                served = start => Some(served),
                () = life.end() => None,
            };
            self.clock.advance(AFTER_START);
        }
        self.served.as_ref().unwrap()
    }

    fn kill(&mut self) {
        self.life.take(&self.history);
    }

    /// Returns when nothing happens any more before time passes.
    async fn settle(&mut self) {
        loop {
            self.served().await;
            let life = Arc::clone(&self.life);
            // Whoever slept on the clock has to notice first that it was moved.
            for _ in 0..WAKING {
                tokio::task::yield_now().await;
            }
            let running = &self.served.as_ref().unwrap().running;
            tokio::select! {
                () = running.settled() => {}
                () = life.end() => {}
            }
            let before = self.last_entry();
            self.world.sandbox.wait_until(is_idle).await.unwrap();
            for _ in 0..WAKING {
                tokio::task::yield_now().await;
            }
            if !self.life.is_over() && self.last_entry() == before {
                return;
            }
        }
    }

    fn last_entry(&self) -> Option<u64> {
        let sandbox = &self.world.sandbox;
        sandbox.look(|view| view.journal().next_back().map(Entry::number))
    }

    async fn end(mut self) -> Played {
        self.settle().await;
        // After a late crash something waits for the pace, or is looked for until it is certain.
        for _ in 0..ROUNDS {
            let counts = self.store.counts().await.unwrap();
            if counts.queued + counts.unknown == 0 {
                break;
            }
            self.passes(ROUND).await;
        }
        let operations = self.history.operations();
        self.kill();
        let now = shipmate::Clock::now(&self.clock);
        // As the next start would.
        self.store.doubt_interrupted(now).await.unwrap();
        let ids: Vec<_> = self.talks.iter().map(|(id, _)| id.as_str()).collect();
        let on_record = OnRecord::of(&*self.store, "bot", &ids).await;
        let talks = self.talks.iter().map(|(id, events)| (id, events.clone()));
        let mut record = self.world.record(talks, &on_record);
        for conversation in &mut record.conversations {
            // No limit holds anything back any more.
            conversation.waiting.clear();
        }
        record.cut_off = Some(self.history.cut_off().len());
        Played {
            broken: broken(&record, Order::Kept),
            operations,
        }
    }
}

/// Whether no request is under way at the platform.
fn is_idle(view: &View<'_>) -> bool {
    let mut calls = view.journal().filter_map(Entry::as_call);
    calls.all(|call| call.outcome != CallOutcome::UnderWay)
}
