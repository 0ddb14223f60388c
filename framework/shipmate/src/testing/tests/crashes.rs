//! A crash at every point.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::ToSpan;
use web1on1::Query;

use super::{desk, panic_of};
use crate::{
    Bot, Message, NoConfig, Outcome, Result, Turn,
    testing::{Step, World, Write},
};

/// A conversation, with a crash somewhere.
async fn chat(crash: Option<Step>) -> World {
    let world = desk().await;
    if let Some(step) = crash {
        world.crash_at(step);
    }
    let ann = world.contact("Ann");
    ann.says("hi").await;
    world.advance("10 s").await;
    ann.says("bye").await;
    world.finish().await;
    world
}

#[tokio::test]
async fn a_crash_at_any_point_repeats_nothing_and_loses_nothing_but_doubts() {
    let calm = chat(None).await;
    calm.assert_exactly_once();
    let reached = calm.steps_reached();
    for step in [Step::BEFORE_POST, Step::ANSWER_LOST] {
        assert!(reached.contains(&(step, 2)), "{reached:?}");
    }
    assert!(reached.iter().all(|(step, _)| Step::all().contains(step)));
    let mut crashes = 0;
    for (step, times) in reached {
        // The first two are of the start, before anything is armed.
        let times = if step.write() == Write::Doubt {
            0
        } else {
            times.min(3)
        };
        for nth in 1..=times {
            let world = chat(Some(step.nth(nth))).await;
            let transcript = world.transcript();
            if !world.steps_to_come().is_empty() {
                assert_eq!(step.write(), Write::Sweep, "{step}: {transcript}");
                continue;
            }
            crashes += 1;
            assert!(transcript.contains("starts again"), "{step}: {transcript}");
            let account = world.account();
            assert!(
                account.has_no_repetition(),
                "{step}: {account}\n{transcript}"
            );
            let is_even = account.is_even();
            if is_even {
                world.assert_exactly_once();
            }
            let is_of_a_post = matches!(step.write(), Write::Claim | Write::Post | Write::Mark);
            assert!(is_even || is_of_a_post, "{step}: {account}\n{transcript}");
            assert_eq!(account.missing_messages, [""; 0], "{step}");
            world.assert_no_limit_breach();
        }
    }
    assert!(crashes >= 20, "{crashes}");
}

#[tokio::test]
async fn a_crash_while_it_starts_is_survived() {
    let world = desk().await;
    world.crash_at(Step::before(Write::Doubt));
    world.crash_at(Step::after(Write::Commit));
    world.contact("Ann").says("hi").await;
    world.finish().await;
    let transcript = world.transcript();
    assert!(
        transcript.contains("crashes before doubt, while it starts"),
        "{transcript}"
    );
    world.assert_exactly_once();
}

/// Counts in memory, where it should not.
#[derive(Default)]
struct Careless {
    heard: AtomicU32,
}

impl Bot for Careless {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> {
        turn.say(format!(
            "Number {}",
            self.heard.fetch_add(1, Ordering::SeqCst)
        ));
        turn.done()
    }
}

#[tokio::test]
async fn what_a_bot_holds_in_memory_is_lost_if_it_is_made_anew() {
    let world = World::builder()
        .bot_made_by("careless", Careless::default)
        .await;
    let ann = world.contact("Ann");
    for (text, number) in [("a", 0), ("b", 1)] {
        ann.says(text).await;
        ann.expects(format!("Number {number}")).await;
    }
    world.crash().await;
    ann.says("c").await;
    ann.expects("Number 0").await;
}

/// Asks the platform in its hooks, one after the other.
struct Reader {
    reading: tokio::sync::Mutex<()>,
}

impl Bot for Reader {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> {
        let _reading = self.reading.lock().await;
        let forms = turn.client().forms().list(&Query::new()).await?;
        turn.say(format!("{} forms", forms.len()));
        turn.done()
    }
}

/// Nothing is asked in the first second after a crash, which the world took for work without end.
#[tokio::test]
async fn hooks_that_wait_for_the_pace_let_time_pass() {
    let reading = tokio::sync::Mutex::default();
    let world = World::of(Reader { reading }).await;
    let (ann, ben) = (world.contact("Ann"), world.contact("Ben"));
    ann.says("hi").await;
    ann.expects("2 forms").await;
    world.crash().await;
    ann.says("and now?").await;
    ben.says("hi").await;
    let restarted_at = world.now();
    ann.expects("2 forms").await;
    ben.expects("2 forms").await;
    assert_eq!(world.now() - restarted_at, 1.second().fieldwise());
    world.assert_exactly_once();
}

#[tokio::test]
async fn what_is_missing_or_there_twice_is_told() {
    let world = desk().await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    let bot = world.bots()[0].clone();
    let copy = web1on1::NewMessage::chat("Are you\nsure?");
    world
        .sandbox()
        .post_as(&bot.into(), ann.id(), copy)
        .unwrap();
    world.settle().await;
    let account = world.account();
    assert_eq!(account.repeated_messages, ["\"Are you\\nsure?\""]);
    assert!(!account.has_no_repetition());
    let message = panic_of(async { world.assert_exactly_once() }).await;
    assert!(message.contains("messages more than once:"), "{message}");
}

#[tokio::test]
async fn a_breach_of_a_limit_is_told() {
    let limits = shipmate_sandbox::Limits::none();
    let world = desk().sandbox(move |sandbox| sandbox.limits(limits)).await;
    let ann = world.contact("Ann");
    let bot: web1on1::UserId = world.bots()[0].clone().into();
    world.assert_no_limit_breach();
    for _ in 0..9 {
        let same = web1on1::NewMessage::chat("same");
        world.sandbox().post_as(&bot, ann.id(), same).unwrap();
    }
    world.settle().await;
    let message = panic_of(async { world.assert_no_limit_breach() }).await;
    assert!(
        message.contains("9 times \"same\" in 3 minutes"),
        "{message}"
    );
}
