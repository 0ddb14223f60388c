//! Timers and jobs.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use shipmate_sandbox::Fault;

use crate::{
    AfterTakeover, Bot, BotSetup, EventBody, Message, NewMessage, NoConfig, Outcome, Result, Turn,
    limit::Limits,
    schedule::{Cron, Job, Misfire, Timer},
    store::{
        Commit, Decision, EventRecord, Key, NewEvent, NewTimer, Page, SqliteStore, Store, Subject,
        TimerChange, TimerEnds,
    },
    testing::{Step, World, WorldBuilder, Write, chat},
    why,
};

const NUDGE_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// Asks, reminds, and asks after closing how it was.
#[derive(Default, Clone)]
struct Clerk {
    failures: Arc<AtomicU32>,
    instants: Arc<Mutex<Vec<Timestamp>>>,
}

impl Clerk {
    /// Whether this hook is to fail.
    fn fails(&self) -> bool {
        let less = |left: u32| left.checked_sub(1);
        let counted = self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        counted.is_ok()
    }
}

impl Bot for Clerk {
    type State = u32;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        if self.fails() {
            return Err("not now".into());
        }
        match message.text.as_str() {
            "stop" => turn.cancel_timer("nudge"),
            "twice" => {
                turn.timer("late", Timer::after(NUDGE_AFTER * 2));
                turn.timer("late", Timer::after(NUDGE_AFTER));
                turn.timer("now", Timer::at(Timestamp::MIN));
            }
            "whatever" => turn.timer("late", Timer::after(NUDGE_AFTER)),
            "bad" => turn.timer("", Timer::after(NUDGE_AFTER)),
            _ => {
                turn.say("Which day?");
                turn.timer("nudge", Timer::after(NUDGE_AFTER).until_answered());
            }
        }
        turn.done()
    }

    async fn on_timer(&self, turn: &mut Turn<Self>, name: &str) -> Result<Outcome> {
        if self.fails() {
            return Err("not now".into());
        }
        turn.state += 1;
        let conversation = turn.conversation().unwrap();
        let status = conversation.status.as_ref().unwrap().as_str().to_owned();
        turn.say(format!("{name} {}, {status}", turn.state));
        if name == "nudge" && turn.state < 3 {
            turn.timer("nudge", Timer::after(NUDGE_AFTER).until_answered());
        }
        turn.done()
    }

    async fn on_takeover(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> {
        turn.leave();
        turn.done()
    }

    async fn on_closed(&self, turn: &mut Turn<Self>) -> Result<Outcome> {
        turn.timer("survey", Timer::after(SignedDuration::from_hours(2)));
        turn.done()
    }

    async fn on_job(&self, turn: &mut Turn<Self>, job: &str) -> Result<Outcome> {
        assert_eq!(job, "hourly");
        if self.fails() {
            return Err("not now".into());
        }
        if let EventBody::Job(event) = &turn.event().body {
            self.instants.lock().unwrap().push(event.instant);
        }
        turn.done()
    }
}

async fn clerk() -> World {
    World::of(Clerk::default()).await
}

/// The events of our own, and how they ended.
async fn own_events(world: &World) -> Vec<(String, String)> {
    let told = |event: EventRecord| (event.name, event.outcome.unwrap_or_default());
    let events = world
        .store()
        .events(&Subject::All, Page::After(0, 1_000))
        .await;
    let events = events.unwrap().into_iter().map(told);
    events
        .filter(|(name, _)| name.starts_with("shipmate."))
        .collect()
}

async fn timers(world: &World) -> u64 {
    world.store().counts().await.unwrap().timers
}

fn ended(timer: &str, outcome: &str) -> (String, String) {
    (format!("shipmate.timer.{timer}"), outcome.to_owned())
}

#[tokio::test]
async fn a_nudge_comes_as_long_as_nobody_answers() {
    let world = clerk().await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    ann.expects("Which day?").await;
    world.advance("29min").await;
    assert_eq!(ann.hears().await, [""; 0]);
    world.advance("1min").await;
    assert_eq!(ann.hears().await, ["nudge 1, active"]);
    world.advance("3h").await;
    assert_eq!(ann.hears().await, ["nudge 2, active", "nudge 3, active"]);
    assert_eq!(timers(&world).await, 0);
    world.assert_exactly_once();
}

#[tokio::test]
async fn an_answer_ends_it_and_another_question_sets_it_anew() {
    let world = clerk().await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    world.advance("20min").await;
    ann.says("monday").await;
    world.advance("20min").await;
    assert_eq!(ann.hears().await, ["Which day?", "Which day?"]);
    world.advance("10min").await;
    assert_eq!(ann.hears().await, ["nudge 1, active"]);
    ann.says("stop").await;
    world.advance("3h").await;
    assert_eq!(ann.hears().await, [""; 0]);
    assert_eq!(own_events(&world).await, [ended("nudge", "handled")]);
    world.assert_exactly_once();
}

#[tokio::test]
async fn a_timer_of_the_same_name_takes_its_place_and_a_past_one_is_due_at_once() {
    let world = clerk().await;
    let ann = world.contact("Ann");
    ann.says("twice").await;
    assert_eq!(ann.hears().await, ["now 1, queued"]);
    world.advance("30min").await;
    assert_eq!(ann.hears().await, ["late 2, active"]);
    world.advance("3h").await;
    assert_eq!(ann.hears().await, [""; 0]);
    ann.says("bad").await;
    let counts = world.store().counts().await.unwrap();
    assert_eq!((counts.timers, counts.dead_letters), (0, 1), "no name");
}

#[tokio::test]
async fn no_nudge_comes_while_a_person_has_it_nor_after_it_was_closed() {
    for policy in [AfterTakeover::Resume, AfterTakeover::CarryOn] {
        let setup = BotSetup::new("clerk", Clerk::default()).after_takeover(policy);
        let world = World::builder().setup(setup).await;
        let (ann, agent) = (world.contact("Ann"), world.agent());
        ann.says("hi").await;
        agent.accepts(&ann).await;
        assert_eq!(timers(&world).await, 0);
        world.advance("1h").await;
        assert_eq!(ann.hears().await, ["Which day?"]);
        // The conversation is closed by this, which sets a timer that asks for no answer.
        agent.leaves(&ann).await;
        world.advance("119min").await;
        assert_eq!(ann.hears().await, [""; 0]);
        world.advance("1min").await;
        println!(
            "{:?} {:#?}",
            world
                .store()
                .events(&Subject::All, Page::After(0, 99))
                .await
                .unwrap()
                .iter()
                .map(|e| (e.name.clone(), e.outcome.clone()))
                .collect::<Vec<_>>(),
            ann.conversation()
        );
        assert_eq!(ann.hears().await, ["survey 1, closed"]);
        world.assert_exactly_once();
    }
}

#[tokio::test]
async fn what_the_platform_shows_counts_though_no_event_told_of_it() {
    let world = clerk().await;
    let (ann, ben, agent) = (world.contact("Ann"), world.contact("Ben"), world.agent());
    world.contact("Cid").says("hi").await;
    ann.says("hi").await;
    ben.says("whatever").await;
    let lost = || Fault::webhook_drop().always();
    world.sandbox().inject(lost());
    agent.accepts(&ann).await;
    agent.accepts(&ben).await;
    let cid = world.contact("Cid");
    agent.accepts(&cid).await;
    agent.leaves(&cid).await;
    let bot: web1on1::UserId = world.bots()[0].clone().into();
    let leave = NewMessage::new(web1on1::MessageType::Command, "/leave");
    world.sandbox().post_as(&bot, cid.id(), leave).unwrap();
    assert!(cid.is_closed());
    world.advance("31min").await;
    assert_eq!(ann.hears().await, ["Which day?"]);
    assert_eq!(
        ben.hears().await,
        [""; 0],
        "the hook is called, and is not heard"
    );
    assert_eq!(cid.hears().await, ["Which day?"]);
    let mut events = own_events(&world).await;
    events.sort();
    assert_eq!(
        events,
        [
            ended("late", "handled"),
            ended("nudge", "ignored-closed"),
            ended("nudge", "ignored-person-active"),
        ]
    );
}

#[tokio::test]
async fn an_answer_that_is_still_to_be_handled_is_an_answer() {
    let bot = Clerk::default();
    let world = World::of(bot.clone()).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    world.advance("1799s").await;
    bot.failures.store(2, Ordering::SeqCst);
    ann.says("stop").await;
    // Tried again after 1 s and after 4 s; the timer is due between.
    world.advance("1min").await;
    assert_eq!(ann.hears().await, ["Which day?"]);
    assert_eq!(
        own_events(&world).await,
        [ended("nudge", "ignored-answered")]
    );
    world.assert_exactly_once();
}

#[tokio::test]
async fn why_tells_of_a_timer_that_is_set_and_of_one_that_rang() {
    let world = clerk().await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    let tell = async || {
        let (store, id) = (&**world.store(), ann.id().as_str());
        let told = why::tell(store, Limits::default(), id, 9, world.now(), world.now());
        let told = told.await.unwrap();
        (why::lines(&told).join("\n"), why::json(&told))
    };
    let (lines, json) = tell().await;
    for words in [
        "Timer nudge, for bot bot\n    2026-03-02 10:30:00.000Z  it is due, in 30 min 0 s\n",
        "it was set by event 3\n",
        "it ends before if the consumer writes, or a person takes over, or the conversation is closed",
    ] {
        assert!(lines.contains(words), "no {words:?} in\n{lines}");
    }
    assert_eq!(json["timers"][0]["name"], "nudge");
    assert_eq!(json["timers"][0]["ends"]["closed"], true);
    ann.says("stop").await;
    let (lines, json) = tell().await;
    assert!(!lines.contains("Timer"), "{lines}");
    assert_eq!(json["timers"], serde_json::json!([]));
    ann.says("whatever").await;
    world.advance("1h").await;
    let (lines, _) = tell().await;
    assert!(lines.contains("shipmate.timer.late in "), "{lines}");
    assert!(lines.contains("to the consumer, nudge, marker "), "{lines}");
}

#[tokio::test]
async fn a_failing_timer_is_tried_again_and_waits_for_the_platform() {
    let bot = Clerk::default();
    let world = World::of(bot.clone()).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    bot.failures.store(1, Ordering::SeqCst);
    let outage = Fault::answer(503).on("GET", "/conversations").times(20);
    world.sandbox().inject(outage);
    world.advance("30min").await;
    assert_eq!(ann.hears().await, ["Which day?"]);
    world.advance("10min").await;
    assert_eq!(ann.hears().await, ["nudge 1, active"]);
    assert_eq!(own_events(&world).await, [ended("nudge", "handled")]);

    bot.failures.store(5, Ordering::SeqCst);
    world.advance("1h").await;
    assert_eq!(own_events(&world).await[1], ended("nudge", "dead-letter"));
    world.assert_exactly_once();
}

#[tokio::test]
async fn what_became_due_while_nobody_ran_comes_at_once_in_order_and_ends_if_all_is_gone() {
    let start: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    for (mailbox, minutes) in [("c1", 30), ("c2", 10), ("c1", 20)] {
        set_timer(&store, mailbox, start - SignedDuration::from_mins(minutes)).await;
    }
    let world = World::of(Clerk::default())
        .store(store)
        .start_at(start)
        .await;
    world.settle().await;
    let gone = |minutes: i32| ended(&format!("t{minutes}"), "ignored-gone");
    let due = |minutes: i64| {
        let due = start - SignedDuration::from_mins(minutes);
        i32::try_from(due.as_second() % 86_400 / 60).unwrap()
    };
    let expected = [30, 20, 10].map(|minutes| gone(due(minutes)));
    assert_eq!(own_events(&world).await, expected);
    assert_eq!(timers(&world).await, 0);
}

/// A timer in a conversation that no platform knows.
async fn set_timer(store: &SqliteStore, conversation: &str, due: Timestamp) {
    let mailbox = Key {
        bot: "bot".into(),
        mailbox: conversation.into(),
    };
    let minute = due.as_second() % 86_400 / 60;
    let mut key = [0; 32];
    key[..8].copy_from_slice(&due.as_second().to_be_bytes());
    let event = NewEvent {
        key,
        mailbox: mailbox.clone(),
        name: "message.create.contact.chat".into(),
        at: due,
        received_at: due,
        payload: "{}".into(),
        outcome: None,
    };
    store.append(event).await.unwrap();
    let seq = store.pending(0, 1).await.unwrap()[0].seq;
    let handled = Decision {
        outcome: "handled",
        reason: None,
    };
    let timer = NewTimer {
        name: format!("t{minute}"),
        due,
        ends: TimerEnds::default(),
    };
    let commit = Commit {
        timers: vec![TimerChange::Set(timer)],
        ..Commit::new(seq, mailbox, due, handled)
    };
    store.commit(commit).await.unwrap();
}

/// A question, two nudges and an answer, with a crash somewhere.
async fn nudged(crash: Option<Step>) -> World {
    let world = clerk().await;
    if let Some(step) = crash {
        world.crash_at(step);
    }
    let ann = world.contact("Ann");
    ann.says("hi").await;
    world.advance("61min").await;
    ann.says("stop").await;
    world.finish().await;
    world
}

#[tokio::test]
async fn a_crash_anywhere_neither_loses_nor_repeats_a_timer() {
    let calm = nudged(None).await;
    let both = [ended("nudge", "handled"), ended("nudge", "handled")];
    assert_eq!(own_events(&calm).await, both);
    let mut crashes = 0;
    for (step, times) in calm.steps_reached() {
        let is_of_time = matches!(step.write(), Write::Append | Write::Ring | Write::Commit);
        for nth in (1..=times).filter(|_| is_of_time) {
            let world = nudged(Some(step.nth(nth))).await;
            crashes += usize::from(world.steps_to_come().is_empty());
            assert_eq!(own_events(&world).await, both, "{step}");
            assert_eq!(timers(&world).await, 0, "{step}");
            world.assert_exactly_once();
        }
    }
    assert!(crashes >= 16, "{crashes}");
}

#[tokio::test]
async fn a_written_conversation_lets_timers_ring() {
    let world = World::of(Clerk::default());
    let text = "Ann: hi\nBot: Which day?\n(30min later)\nBot: nudge 1, active\nAnn: stop\n(3h later)\nBot is silent\n";
    if let Err(failure) = chat(world, text).await {
        panic!("{failure}");
    }
}

fn hourly(bot: &Clerk, misfire: Misfire) -> WorldBuilder {
    let cron = Cron::new("0 * * * *", "Europe/Amsterdam").unwrap();
    let job = Job::new("hourly", cron).misfire(misfire);
    World::builder().setup(BotSetup::new("clerk", bot.clone()).job(job))
}

fn hours_of(bot: &Clerk) -> Vec<i8> {
    let instants = bot.instants.lock().unwrap();
    let hours = instants
        .iter()
        .map(|it| it.to_zoned(jiff::tz::TimeZone::UTC).hour());
    hours.collect()
}

#[tokio::test]
async fn a_job_runs_at_each_instant_once_also_over_crashes() {
    for step in [Step::before(Write::Ring), Step::after(Write::Ring)] {
        for write in [Write::Ring, Write::Commit] {
            for nth in 1..=3 {
                let bot = Clerk::default();
                let world = hourly(&bot, Misfire::Once).await;
                let step = if write == Write::Ring {
                    step
                } else {
                    Step::before(write)
                };
                world.crash_at(step.nth(nth));
                bot.failures.store(1, Ordering::SeqCst);
                world.advance("3h").await;
                world.finish().await;
                let events = own_events(&world).await;
                let handled = ("shipmate.job.hourly".to_owned(), "handled".to_owned());
                assert_eq!(
                    events,
                    [handled.clone(), handled.clone(), handled],
                    "{step}"
                );
                let mut hours = hours_of(&bot);
                hours.dedup();
                assert_eq!(hours, [11, 12, 13], "{step}");
                world.assert_exactly_once();
            }
        }
    }
}

#[tokio::test]
async fn after_a_downtime_missed_instants_follow_the_policy() {
    for (misfire, expected) in [
        (Misfire::Skip, &[11, 20][..]),
        (Misfire::Once, &[11, 19, 20]),
        (Misfire::All { at_most: 2 }, &[11, 18, 19, 20]),
    ] {
        let bot = Clerk::default();
        let store = Arc::new(SqliteStore::in_memory().unwrap());
        let start: Timestamp = "2026-03-02T10:30:00Z".parse().unwrap();
        let world = hourly(&bot, misfire)
            .store(Arc::clone(&store) as _)
            .start_at(start)
            .await;
        world.advance("1h").await;
        drop(world);
        let again = start + SignedDuration::from_hours(9);
        let world = hourly(&bot, misfire).store(store).start_at(again).await;
        world.advance("1h").await;
        assert_eq!(hours_of(&bot), expected, "{misfire:?}");
    }
}
