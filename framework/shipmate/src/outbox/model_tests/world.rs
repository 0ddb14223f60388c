//! Bots that talk, a sender made of the parts that are to be proved, and a platform, in virtual
//! time. One event happens after the other; between two of them nothing changes but the time.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap},
    num::NonZeroU32,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use web1on1::{Clock, Pacer, Permit};

use super::{
    dice::Dice,
    platform::{Conversation, Message, Platform},
};
use crate::{
    limit::{Entry, Ledger, Limits, TextHash},
    outbox::{
        compose::{Lines, Moment, Options, Wait, compose},
        fair::Fair,
    },
    plan::{Command, Encoding, Notify, Outgoing, PlanOptions, plan},
    policy::{Overflow, Policies, Policy},
    store::{Class, Content, Key, Marker, QueuedRow, RowEnd, RowId, RowKind},
};

/// What a run is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    /// Answers come at once, and nothing unforeseen happens.
    Calm,
    /// Answers are slow, late or lost, the process is killed, clocks are off and are set.
    Stormy,
}

/// What happens, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Turn(usize),
    ConsumerWrites(usize),
    /// We learn that the consumer wrote, and when.
    Heard(usize, i64),
    /// A lane's alarm rings, in the process of this number.
    Alarm(usize, u32),
    /// The pace may allow a request.
    Pace,
    /// The platform takes a request.
    Counted(u64),
    Answered(u64),
    /// It is learned what became of a request of which the answer was lost.
    LookedUp(u64),
    Kill,
    Start,
    OurClockIsSet(i64),
    PlatformsClockIsSet(i64),
}

#[derive(Debug)]
struct Lane {
    key: Key,
    organization: Option<Arc<str>>,
    stage: Stage,
    /// What the store holds of it, too.
    rows: Vec<QueuedRow>,
    ledger: Ledger,
    /// What the store holds of what counts.
    counted: BTreeMap<RowId, Entry>,
    reset_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing to send.
    Idle,
    Ready,
    /// A request is under way or in doubt.
    Busy,
    /// Until this time on our clock.
    Parked(Timestamp),
}

#[derive(Debug)]
struct Request {
    lane: usize,
    rows: Vec<QueuedRow>,
    /// What it counts as until its answer is known.
    entries: Vec<Entry>,
    permit: Option<Permit>,
    sent_at: Timestamp,
    fate: Fate,
    /// By a process that was killed.
    is_orphan: bool,
    is_taken: bool,
    /// When the platform created its messages.
    created_at: Option<i64>,
}

/// What becomes of a request that reaches the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    /// For now, although that was not foreseen.
    Refused,
    /// It is done, but its answer is lost.
    Lost,
}

/// Our clock, as the pacer sees it. Somebody who sleeps says for how long and is asked again.
#[derive(Debug, Default)]
struct OurClock {
    now: AtomicI64,
    steady: AtomicI64,
    asked: Mutex<Option<Duration>>,
}

#[async_trait::async_trait]
impl Clock for OurClock {
    fn now(&self) -> Timestamp {
        at(self.now.load(Ordering::Relaxed))
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.sleep(at.duration_since(self.now()).unsigned_abs())
            .await;
    }

    fn steady(&self) -> Timestamp {
        at(self.steady.load(Ordering::Relaxed))
    }

    async fn sleep(&self, time: Duration) {
        *self.asked.lock().unwrap() = Some(time);
        std::future::pending::<()>().await;
    }
}

/// Something that a bot wanted to be sent, as it was committed.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) lane: usize,
    pub(super) row: RowId,
    pub(super) at: i64,
    pub(super) kind: RowKind,
    pub(super) body: Value,
}

pub(super) struct World {
    dice: Dice,
    weather: Weather,
    pub(super) rate: u32,
    encoding: Encoding,
    options: Options,
    limits: Limits,
    now: i64,
    our_ahead: i64,
    platform_ahead: i64,
    /// The platform's clock minus ours, as far as answers told.
    offset: i64,
    events: BinaryHeap<Reverse<(i64, u64, Event)>>,
    numbers: u64,
    process: u32,
    is_up: bool,
    clock: Arc<OurClock>,
    pacer: Pacer,
    paced_at: Option<i64>,
    fair: Fair,
    lanes: Vec<Lane>,
    requests: HashMap<u64, Request>,
    pub(super) platform: Platform,
    pub(super) wanted: Vec<Wanted>,
    pub(super) ended: BTreeMap<RowId, RowEnd>,
    pub(super) patched: BTreeSet<RowId>,
    /// When the request of each row was started for the last time.
    pub(super) started: BTreeMap<RowId, i64>,
    /// The order in which lanes were served.
    pub(super) served: Vec<(i64, usize)>,
}

/// A time of the world, in milliseconds.
pub(super) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + millis).unwrap()
}

fn millis(at: Timestamp) -> i64 {
    at.as_millisecond() - 1_700_000_000_000
}

const MINUTE: i64 = 60_000;

/// Rows that are looked at together.
const AT_ONCE: usize = 24;

impl World {
    pub(super) fn new(seed: u64, weather: Weather, rate: u32) -> Self {
        let mut dice = Dice::new(seed);
        let (encoding, lines) = dice.pick(&[
            (Encoding::Lines, Lines::Understood),
            (Encoding::Lines, Lines::NotUnderstood),
            (Encoding::Array, Lines::NotUnderstood),
            (Encoding::Patch, Lines::Understood),
        ]);
        let mut policy = || Policy {
            overflow: dice.pick(&[Overflow::Wait, Overflow::Merge]),
            ..Policy::default()
        };
        let policies = Policies {
            reply: policy(),
            nudge: policy(),
            campaign: policy(),
        };
        let is_calm = weather == Weather::Calm;
        let ahead = if is_calm {
            0
        } else {
            dice.within(-90_000, 90_000)
        };
        let clock = Arc::<OurClock>::default();
        Self {
            weather,
            rate,
            encoding,
            options: Options {
                // With less, the pace would decide when a message goes, and not the limits.
                batch: if is_calm { 20 } else { dice.pick(&[1, 5, 20]) },
                longest: 200,
                lines,
                policies,
            },
            limits: Limits::default(),
            now: 0,
            our_ahead: 0,
            platform_ahead: ahead,
            offset: ahead,
            events: BinaryHeap::new(),
            numbers: 0,
            process: 0,
            is_up: true,
            pacer: pacer(rate, &clock),
            clock,
            paced_at: None,
            fair: Fair::default(),
            lanes: Vec::new(),
            requests: HashMap::new(),
            platform: Platform::default(),
            wanted: Vec::new(),
            ended: BTreeMap::new(),
            patched: BTreeSet::new(),
            started: BTreeMap::new(),
            served: Vec::new(),
            dice,
        }
    }

    pub(super) fn add_lane(&mut self, organization: Option<&str>) -> usize {
        let number = self.lanes.len();
        self.lanes.push(Lane {
            key: Key {
                bot: "desk".into(),
                mailbox: number.to_string().into(),
            },
            organization: organization.map(Into::into),
            stage: Stage::Idle,
            rows: Vec::new(),
            ledger: Ledger::default(),
            counted: BTreeMap::new(),
            reset_at: None,
        });
        self.platform.conversations.push(Conversation::default());
        number
    }

    /// Conversations with everything that may happen to them.
    pub(super) fn fill(&mut self) {
        for _ in 0..self.dice.within(1, 3) {
            let organization = self.dice.pick(&[None, Some("a"), Some("b")]);
            let lane = self.add_lane(organization);
            let mut time = 0;
            for _ in 0..self.dice.within(1, 10) {
                time += self.dice.pick(&[0, 0, 700, 5_000, 30_000, 10 * MINUTE]);
                self.plan_event(time, Event::Turn(lane));
                if self.dice.chance(15) {
                    let delay = self.dice.within(0, 20_000);
                    self.plan_event(time + delay, Event::ConsumerWrites(lane));
                }
            }
        }
        if self.weather == Weather::Stormy {
            self.brew();
        }
    }

    /// Clocks differ by less than the margin at any time, or else in the direction that makes us
    /// late: the platform's messages cannot be known to be older than they say.
    fn brew(&mut self) {
        for _ in 0..self.dice.within(0, 2) {
            let time = self.dice.within(0, 70 * MINUTE);
            self.plan_event(time, Event::Kill);
        }
        for step in [150, -20_000, -500] {
            if self.dice.chance(30) {
                let time = self.dice.within(0, 70 * MINUTE);
                self.plan_event(time, Event::OurClockIsSet(step));
            }
        }
        for step in [-150, 4_000, 30_000] {
            if self.dice.chance(30) {
                let time = self.dice.within(0, 70 * MINUTE);
                self.plan_event(time, Event::PlatformsClockIsSet(step));
            }
        }
    }

    /// To be spoilt.
    pub(super) fn limits(&mut self) -> &mut Limits {
        &mut self.limits
    }

    /// Begins with what was committed.
    pub(super) fn start_sending(&mut self) {
        self.plan_event(0, Event::Pace);
    }

    /// Until nothing happens any more.
    pub(super) fn run(&mut self) {
        let mut left = 50_000;
        while let Some(Reverse((time, _, event))) = self.events.pop() {
            left -= 1;
            assert!(left > 0, "it never ends");
            self.now = self.now.max(time);
            self.set_clock();
            self.happens(event);
            self.send();
        }
        assert!(self.requests.is_empty(), "{:?}", self.requests);
        for lane in &self.lanes {
            assert!(lane.rows.is_empty(), "left behind: {lane:?}");
        }
    }

    fn set_clock(&self) {
        let now = self.now + self.our_ahead;
        self.clock.now.store(now, Ordering::Relaxed);
        self.clock.steady.store(self.now, Ordering::Relaxed);
    }

    fn plan_event(&mut self, time: i64, event: Event) {
        self.numbers += 1;
        self.events.push(Reverse((time, self.numbers, event)));
    }

    fn local(&self) -> Timestamp {
        self.clock.now()
    }

    fn platform_now(&self) -> Timestamp {
        self.local() + SignedDuration::from_millis(self.offset)
    }

    fn is_stormy(&self) -> bool {
        self.weather == Weather::Stormy
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Turn(_) | Event::Heard(..) if !self.is_up => {
                self.plan_event(self.now + 100, event);
            }
            Event::Turn(lane) => self.turn(lane),
            Event::ConsumerWrites(lane) => self.consumer_writes(lane),
            Event::Heard(lane, time) => self.heard(lane, at(time)),
            Event::Alarm(lane, process) => {
                if self.is_up && process == self.process {
                    self.ring(lane);
                }
            }
            Event::Pace => self.paced_at = None,
            Event::Counted(request) => self.counted(request),
            Event::Answered(request) => self.answered(request),
            Event::LookedUp(request) => {
                if let Some(request) = self.requests.remove(&request) {
                    self.settle(request);
                }
            }
            Event::Kill => self.kill(),
            Event::Start => self.start(),
            Event::OurClockIsSet(step) => {
                self.our_ahead += step;
                self.set_clock();
            }
            Event::PlatformsClockIsSet(step) => self.platform_ahead += step,
        }
    }

    /// A bot is asked and commits what it wants to say.
    fn turn(&mut self, lane: usize) {
        let mut commands = Vec::new();
        let key = |dice: &mut Dice| dice.pick(&["a", "b", "c"]).to_owned();
        for _ in 0..self.dice.pick(&[1, 1, 2, 3, 3, 9]) {
            let dice = &mut self.dice;
            commands.push(match dice.within(0, 9) {
                0..=4 => Command::Say(Box::new(
                    dice.pick(&["Hello", "Hello", "Name?", "Mail?"]).into(),
                )),
                5..=7 => Command::Set {
                    key: key(dice),
                    value: dice.within(0, 2).to_string(),
                },
                8 => Command::Say(Box::new(
                    format!("Number {}", dice.within(0, 999)).as_str().into(),
                )),
                _ => Command::Notify(Notify::Routed),
            });
        }
        let class = self.dice.pick(&Class::ALL);
        self.commit(lane, class, commands);
    }

    pub(super) fn commit(&mut self, lane: usize, class: Class, commands: Vec<Command>) {
        let options = PlanOptions {
            encoding: self.encoding,
            ..PlanOptions::default()
        };
        for outgoing in plan(commands, &options) {
            let id = RowId::try_from(self.wanted.len()).unwrap() + 1;
            let row = self.row(id, class, outgoing);
            self.wanted.push(Wanted {
                lane,
                row: id,
                at: self.now,
                kind: row.content.kind,
                body: serde_json::from_slice(&row.content.body).unwrap(),
            });
            self.lanes[lane].rows.push(row);
        }
        if self.lanes[lane].stage == Stage::Idle {
            self.ready(lane);
        }
    }

    fn row(&mut self, id: RowId, class: Class, outgoing: Outgoing) -> QueuedRow {
        let marker = Marker::from_text(id.to_string());
        let mut content = Content {
            class,
            marker: marker.clone(),
            to_consumer: false,
            ..Content::for_test()
        };
        match outgoing {
            Outgoing::Patch { sets, .. } => {
                content.kind = RowKind::Patch;
                content.body = serde_json::to_vec(&sets).unwrap().into();
            }
            Outgoing::Profile { .. } => unreachable!("no command of the model writes a profile"),
            Outgoing::Message(planned) => {
                let mut message = planned.message;
                marker.put_into(&mut message.meta);
                content.to_consumer = message.role.is_some();
                content.text = TextHash::of(&message.text);
                content.body = serde_json::to_vec(&message).unwrap().into();
                if message.role.is_some() && self.is_stormy() {
                    self.vary(&mut content);
                }
            }
        }
        QueuedRow {
            id,
            content,
            attempts: 0,
            retry_at: None,
            doubt: None,
            created_at: self.local(),
        }
    }

    fn vary(&mut self, content: &mut Content) {
        if self.dice.chance(15) {
            let time = SignedDuration::from_secs(self.dice.within(10, 600));
            content.expires_at = Some(self.local() + time);
        }
        if self.dice.chance(20) {
            content.variants = vec!["Hello again".into(), "Once more".into()];
        }
    }

    fn consumer_writes(&mut self, lane: usize) {
        let time = self.now + self.platform_ahead;
        self.platform.conversations[lane].answers.push(time);
        let delay = if self.is_stormy() {
            self.dice.within(0, 3_000)
        } else {
            0
        };
        self.plan_event(self.now + delay, Event::Heard(lane, time));
    }

    fn heard(&mut self, lane: usize, time: Timestamp) {
        let place = &mut self.lanes[lane];
        place.ledger.reset(time);
        place.reset_at = place.reset_at.max(Some(time));
        if matches!(place.stage, Stage::Parked(_)) {
            self.ready(lane);
        }
    }

    fn ready(&mut self, lane: usize) {
        let place = &mut self.lanes[lane];
        let Some(first) = place.rows.first() else {
            place.stage = Stage::Idle;
            return;
        };
        place.stage = Stage::Ready;
        let (class, organization) = (first.content.class, place.organization.clone());
        self.fair.put(place.key.clone(), class, organization);
    }

    fn park(&mut self, lane: usize, until: Timestamp) {
        self.lanes[lane].stage = Stage::Parked(until);
        let time = millis(until) - self.our_ahead;
        self.plan_event(time, Event::Alarm(lane, self.process));
    }

    /// An alarm rings by the clock that was set when it was wound up, so it may be early.
    fn ring(&mut self, lane: usize) {
        match self.lanes[lane].stage {
            Stage::Parked(until) if until <= self.local() => self.ready(lane),
            Stage::Parked(until) => self.park(lane, until),
            _ => {}
        }
    }

    /// Starts requests as long as there are lanes and the pace allows it.
    fn send(&mut self) {
        while self.is_up && !self.fair.is_empty() {
            let Some(permit) = self.permit() else {
                return;
            };
            let key = self.fair.next().unwrap();
            self.work(key.mailbox.parse().unwrap(), permit);
        }
    }

    fn permit(&mut self) -> Option<Permit> {
        let acquired = pin!(self.pacer.acquire()).poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(permit) = acquired {
            return Some(permit);
        }
        let asked = self.clock.asked.lock().unwrap().take();
        if let Some(time) = asked {
            let time = self.now + i64::try_from(time.as_micros().div_ceil(1_000)).unwrap();
            if self.paced_at.is_none_or(|paced_at| time < paced_at) {
                self.paced_at = Some(time);
                self.plan_event(time, Event::Pace);
            }
        }
        None
    }

    fn work(&mut self, lane: usize, permit: Permit) {
        let (local, platform) = (self.local(), self.platform_now());
        let place = &mut self.lanes[lane];
        loop {
            place.ledger.prune(&self.limits, platform);
            let moment = Moment {
                ledger: &place.ledger,
                limits: &self.limits,
                local,
                platform,
            };
            let first = &place.rows[..place.rows.len().min(AT_ONCE)];
            let composed = compose(first, &self.options, &moment);
            for (id, content) in composed.claim.rewritten {
                let row = place.rows.iter_mut().find(|row| row.id == id).unwrap();
                row.content = content;
            }
            for (id, end, reason) in composed.claim.ended {
                assert!(!reason.is_empty());
                assert_eq!(self.ended.insert(id, end), None, "row {id} ended twice");
                place.rows.retain(|row| row.id != id);
            }
            if !composed.send.is_empty() {
                return self.request(lane, composed.send, permit);
            }
            if let Some(wait) = composed.wait {
                permit.return_unused();
                assert!(wait.until > local, "a later time moves us on");
                self.check_need(lane, wait);
                return self.park(lane, wait.until);
            }
            if place.rows.is_empty() {
                permit.return_unused();
                place.stage = Stage::Idle;
                return;
            }
        }
    }

    /// Nothing waits for a limit longer than it has to: up to a second before, the platform, as far
    /// as we have heard, has no room.
    fn check_need(&self, lane: usize, wait: Wait) {
        if wait.rule.is_none() {
            return;
        }
        let place = &self.lanes[lane];
        let mut known = self.platform.conversations[lane].clone();
        known
            .answers
            .retain(|time| Some(at(*time)) <= place.reset_at);
        let margin = i64::try_from(self.limits.margin.as_millis()).unwrap();
        let time = millis(wait.until) + self.offset - 1_000;
        let body: Value = serde_json::from_slice(&place.rows[0].content.body).unwrap();
        let text = body["text"].as_str().unwrap();
        assert!(
            !known.will_have_room(text, time, margin),
            "waits for nothing: {wait:?} {:?}",
            place.rows[0]
        );
    }

    fn request(&mut self, lane: usize, rows: Vec<QueuedRow>, permit: Permit) {
        let messages = rows
            .iter()
            .filter(|row| row.content.kind == RowKind::Message);
        let at = self.platform_now();
        let entry = |row: &QueuedRow| Entry {
            at,
            text: row.content.text,
        };
        let entries: Vec<_> = messages.map(entry).collect();
        for entry in &entries {
            self.lanes[lane].ledger.record(*entry);
        }
        let stored = entries
            .iter()
            .zip(&rows)
            .map(|(entry, row)| (row.id, *entry));
        self.lanes[lane].counted.extend(stored);
        self.lanes[lane].stage = Stage::Busy;
        self.served.push((self.now, lane));
        for row in &rows {
            self.started.insert(row.id, self.now);
        }
        let latency = if self.is_stormy() {
            self.dice.within(1, 1_000)
        } else {
            0
        };
        let taken = self.dice.within(0, latency);
        self.numbers += 1;
        let number = self.numbers;
        let fate = self.fate();
        self.requests.insert(
            number,
            Request {
                lane,
                entries,
                permit: Some(permit),
                sent_at: self.local(),
                fate,
                is_orphan: false,
                is_taken: false,
                created_at: None,
                rows,
            },
        );
        self.plan_event(self.now + taken, Event::Counted(number));
        self.plan_event(self.now + latency, Event::Answered(number));
    }

    fn fate(&mut self) -> Fate {
        match self.dice.within(1, 100) {
            1..=4 if self.is_stormy() => Fate::Refused,
            5..=8 if self.is_stormy() => Fate::Lost,
            _ => Fate::Done,
        }
    }

    /// The platform takes a request, once.
    fn counted(&mut self, number: u64) {
        let jitter = if self.is_stormy() {
            self.dice.within(-200, 200)
        } else {
            0
        };
        let Some(request) = self
            .requests
            .get_mut(&number)
            .filter(|request| !request.is_taken)
        else {
            return;
        };
        request.is_taken = true;
        self.platform.requests.push(self.now);
        if request.fate == Fate::Refused {
            return;
        }
        let time = self.now + self.platform_ahead + jitter;
        request.created_at = Some(time);
        let conversation = &mut self.platform.conversations[request.lane];
        for row in &request.rows {
            let body: Value = serde_json::from_slice(&row.content.body).unwrap();
            if row.content.kind == RowKind::Patch {
                assert!(self.patched.insert(row.id), "patched twice");
                for pair in body.as_array().unwrap() {
                    let text = |index: usize| pair[index].as_str().unwrap().to_owned();
                    conversation.variables.insert(text(0), text(1));
                }
                continue;
            }
            let message = Message {
                row: row.id,
                at: time,
                text: body["text"].as_str().unwrap().into(),
            };
            conversation.create(message, body["type"] == "command");
        }
    }

    fn answered(&mut self, number: u64) {
        let Some(mut request) = self.requests.remove(&number) else {
            return;
        };
        if request.is_orphan {
            self.requests.insert(number, request);
            return;
        }
        drop(request.permit.take());
        if request.fate == Fate::Lost {
            self.doubt(&mut request);
            self.requests.insert(number, request);
            let delay = self.dice.within(500, 5_000);
            return self.plan_event(self.now + delay, Event::LookedUp(number));
        }
        self.learn(&request);
        self.settle(request);
    }

    /// It may have been created until now.
    fn doubt(&mut self, request: &mut Request) {
        let now = self.platform_now();
        let place = &mut self.lanes[request.lane];
        for entry in &mut request.entries {
            place.ledger.forget(*entry);
            entry.at = now;
            place.ledger.record(*entry);
        }
        let stored = request.entries.iter().zip(&request.rows);
        place
            .counted
            .extend(stored.map(|(entry, row)| (row.id, *entry)));
    }

    /// The platform's clock is as far from ours as the answer shows, or as it was known to be if
    /// that is possible.
    fn learn(&mut self, request: &Request) {
        if let Some(time) = request.created_at {
            let least = time - millis(self.local());
            let most = time - millis(request.sent_at);
            if least <= most {
                self.offset = self.offset.clamp(least, most);
            }
        }
    }

    fn settle(&mut self, request: Request) {
        let Request {
            lane,
            rows,
            entries,
            created_at,
            ..
        } = request;
        let place = &mut self.lanes[lane];
        for entry in entries {
            place.ledger.forget(entry);
        }
        for row in &rows {
            place.counted.remove(&row.id);
        }
        if let Some(time) = created_at {
            for row in rows {
                place.rows.retain(|other| other.id != row.id);
                if row.content.kind == RowKind::Message {
                    let text = row.content.text;
                    let entry = Entry { at: at(time), text };
                    place.ledger.record(entry);
                    place.counted.insert(row.id, entry);
                }
            }
            return self.ready(lane);
        }
        let pause = self.dice.within(0, 30_000);
        let retry_at = self.local() + SignedDuration::from_millis(pause);
        let place = &mut self.lanes[lane];
        for row in &mut place.rows {
            if rows.iter().any(|tried| tried.id == row.id) {
                row.attempts += 1;
                row.retry_at = Some(retry_at);
            }
        }
        self.park(lane, retry_at);
    }

    /// The process is gone. What it sent arrives before it is back, or never.
    fn kill(&mut self) {
        if !self.is_up {
            return;
        }
        self.is_up = false;
        self.process += 1;
        let downtime = self.dice.within(0, 3_000);
        let open: BTreeSet<u64> = self.requests.keys().copied().collect();
        for number in open {
            let arrives = self.dice.chance(50).then(|| self.dice.within(0, downtime));
            let request = self.requests.get_mut(&number).unwrap();
            request.is_orphan = true;
            request.permit = None;
            match arrives {
                _ if request.is_taken => {}
                Some(delay) => self.plan_event(self.now + delay, Event::Counted(number)),
                None => request.is_taken = true,
            }
        }
        self.plan_event(self.now + downtime, Event::Start);
    }

    /// A new process knows what the store kept. It sends nothing for a second, for it does not know
    /// when the one before it sent.
    fn start(&mut self) {
        self.is_up = true;
        self.pacer = pacer(self.rate, &self.clock);
        self.paced_at = None;
        self.pacer
            .pause_until(self.local() + SignedDuration::from_secs(1));
        self.fair = Fair::default();
        let mut open: Vec<_> = self.requests.keys().copied().collect();
        open.sort_unstable();
        for number in open {
            let mut request = self.requests.remove(&number).unwrap();
            request.is_taken = true;
            self.doubt(&mut request);
            self.requests.insert(number, request);
            let delay = self.dice.within(500, 5_000);
            self.plan_event(self.now + delay, Event::LookedUp(number));
        }
        for lane in 0..self.lanes.len() {
            let place = &mut self.lanes[lane];
            place.ledger = Ledger::new(place.counted.values().copied(), place.reset_at);
            if place.stage != Stage::Busy {
                self.ready(lane);
            }
        }
    }
}

fn pacer(rate: u32, clock: &Arc<OurClock>) -> Pacer {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    Pacer::new(NonZeroU32::new(rate).unwrap(), clock)
}
