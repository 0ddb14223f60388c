//! What a bot does about the platform's limits itself: it asks what it may still say, says things in
//! other words, gives deadlines, and chooses what happens to the rest.

use jiff::SignedDuration;
use shipmate::{
    Bot, Class, Message, NoConfig, Outcome, Result, Turn,
    policy::{Overflow, Policies, Policy},
};

use crate::stage::{Setting, Stage};

/// Says as many things as it is told, or as it may.
struct Talker;

impl Bot for Talker {
    type State = u32;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.state += 1;
        let round = turn.state;
        if message.text == "all you may" {
            let left = turn.budget().left();
            for number in 0..left {
                turn.say(format!("Round {round}, {number} of {left}"));
            }
            assert_eq!(turn.budget().left(), 0);
            return turn.done();
        }
        if message.text == "other words" {
            for _ in 0..12 {
                turn.say_one_of(["Which day?", "What day would suit you?"]);
            }
            return turn.done();
        }
        let count: u32 = message.text.parse().unwrap_or(20);
        for number in 0..count {
            turn.say(format!("Round {round}, {number} of {count}"));
        }
        if message.text == "and a nudge" {
            turn.class(Class::Nudge);
            turn.expire_after(SignedDuration::from_mins(30));
            turn.say("Are you still there?");
        }
        turn.done()
    }
}

fn reply(overflow: Overflow) -> Setting {
    let reply = Policy {
        overflow,
        ..Policy::default()
    };
    Setting {
        policies: Policies {
            reply,
            ..Policies::default()
        },
        ..Setting::default()
    }
}

const HOUR: SignedDuration = SignedDuration::from_secs(60 * 60 + 5);

#[tokio::test]
async fn a_budget_is_what_can_be_said_at_once() {
    let stage = Stage::new(Talker, Setting::default()).await;
    let conversation = stage.open();
    stage.says(&conversation, "all you may").await;
    assert_eq!(stage.told(&conversation).len(), 20);
    // The consumer's message makes room again before the turn.
    stage.pass(SignedDuration::from_secs(1)).await;
    stage.says(&conversation, "all you may").await;
    assert_eq!(stage.told(&conversation).len(), 40);
    assert_eq!(stage.sandbox.report().refused_total(), 0);
}

#[tokio::test]
async fn what_is_queued_is_gone_from_the_budget() {
    let stage = Stage::new(Talker, Setting::default()).await;
    let conversation = stage.open();
    stage.says(&conversation, "30").await;
    assert_eq!(stage.told(&conversation).len(), 20);
    stage.pass(SignedDuration::from_secs(1)).await;
    stage.says(&conversation, "all you may").await;
    // Ten were left, and ten fit after them.
    let told = stage.told(&conversation);
    assert_eq!(told.len(), 40);
    assert_eq!(told.last().unwrap(), "Round 2, 9 of 10");
    assert_eq!(stage.counts().await.queued, 0);
}

#[tokio::test]
async fn people_are_called_once_for_what_does_not_fit() {
    let stage = Stage::new(Talker, reply(Overflow::HandOver)).await;
    let conversation = stage.open();
    stage.says(&conversation, "30").await;
    assert_eq!(stage.told(&conversation).len(), 18);
    let notes = stage.notes(&conversation);
    assert_eq!(notes.len(), 1);
    assert!(notes[0].contains("12 of its messages"), "{}", notes[0]);
    assert!(notes[0].contains("• Round 1, 18 of 30"), "{}", notes[0]);
    assert_eq!(stage.commands(&conversation), ["/notify"]);

    // What was withheld does not come later.
    stage.pass(HOUR).await;
    assert_eq!(stage.told(&conversation).len(), 18);
    assert_eq!(stage.counts().await.queued, 0);
    stage.says(&conversation, "2").await;
    assert_eq!(stage.told(&conversation).len(), 20);
    assert_eq!(stage.notes(&conversation).len(), 1);
    assert_eq!(stage.sandbox.report().refused_total(), 0);
}

#[tokio::test]
async fn a_turn_that_fails_for_the_limits_leaves_nothing() {
    let stage = Stage::new(Talker, reply(Overflow::Error)).await;
    let conversation = stage.open();
    stage.says(&conversation, "21").await;
    assert!(stage.told(&conversation).is_empty());
    let counts = stage.counts().await;
    assert_eq!((counts.dead_letters, counts.queued), (1, 0));
    stage.says(&conversation, "20").await;
    // The state is untouched as well.
    assert_eq!(stage.told(&conversation)[0], "Round 1, 0 of 20");
}

#[tokio::test]
async fn a_text_that_was_said_too_often_is_said_in_other_words() {
    let stage = Stage::new(Talker, Setting::default()).await;
    let conversation = stage.open();
    stage.says(&conversation, "other words").await;
    let told = stage.told(&conversation);
    let first = told.iter().filter(|text| *text == "Which day?").count();
    assert_eq!((first, told.len()), (8, 12));
}

#[tokio::test]
async fn what_is_too_late_is_not_sent() {
    let stage = Stage::new(Talker, Setting::default()).await;
    let conversation = stage.open();
    stage.says(&conversation, "and a nudge").await;
    assert_eq!(stage.told(&conversation).len(), 20);
    assert_eq!(stage.counts().await.queued, 1);
    stage.pass(HOUR).await;
    assert_eq!(stage.told(&conversation).len(), 20);
    assert_eq!(stage.counts().await.queued, 0);
    let expired = "shipmate_outbox_rows_total{became=\"expired\"}";
    assert_eq!(stage.metric(expired).await, 1);
}
