//! Several commands in one message, on platforms that read them in different ways: what no document
//! shows is found out, and nothing stays lost.

use jiff::SignedDuration;
use shipmate::{Bot, Message, NoConfig, Notify, Outcome, Result, Turn, web1on1::ConversationId};
use shipmate_sandbox::{Lines, Quirks};

use crate::stage::{Setting, Stage};

/// Sets what it is told: `a=1 b=2`. Hands over when it is told `help`.
struct Setter;

impl Bot for Setter {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        if message.text == "help" {
            turn.accept();
            turn.set("asked", "help");
            turn.set("by", "consumer");
            turn.notify(Notify::Routed);
            return turn.done();
        }
        for (key, value) in pairs(&message.text) {
            turn.set(key, value);
        }
        turn.done()
    }
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(' ').filter_map(|set| set.split_once('='))
}

const PAUSE: SignedDuration = SignedDuration::from_secs(5);
const FALLBACKS: &str = "shipmate_commands_fallback_total";

async fn stage(lines: Lines) -> Stage {
    let quirks = Quirks {
        lines,
        ..Quirks::default()
    };
    let setting = Setting {
        quirks,
        ..Setting::default()
    };
    Stage::new(Setter, setting).await
}

fn assert_set(stage: &Stage, conversation: &ConversationId, sets: &str) {
    let now = stage.now(conversation);
    for (key, value) in pairs(sets) {
        assert_eq!(now.variable(key), Some(value), "{key} of {sets}");
    }
}

#[tokio::test]
async fn where_lines_are_understood_they_are_used_from_then_on() {
    let mut stage = stage(Lines::Each).await;
    let conversation = stage.open();
    stage.says(&conversation, "a=1 b=2").await;
    assert_eq!(stage.commands(&conversation), ["/set a 1\n/set b 2"]);
    stage.pass(PAUSE).await;
    stage.says(&conversation, "help").await;
    // It is known by the time this event is committed, so the whole turn is one message.
    assert_eq!(
        stage.commands(&conversation).last().map(String::as_str),
        Some("/accept\n/set asked help\n/set by consumer\n/notify")
    );
    assert_eq!(stage.commands(&conversation).len(), 2);

    stage.restart(Setter).await;
    let other = stage.open();
    stage.says(&other, "help").await;
    assert_eq!(stage.commands(&other).len(), 1);
    assert_eq!(stage.metric(FALLBACKS).await, 0);
}

#[tokio::test]
async fn until_then_a_hand_over_depends_on_nothing_undocumented() {
    let stage = stage(Lines::FirstOnly).await;
    let conversation = stage.open();
    stage.says(&conversation, "help").await;
    assert_eq!(
        stage.commands(&conversation),
        ["/accept", "/set asked help\n/set by consumer", "/notify"]
    );
}

/// Every variable ends up right, in every conversation, the service falls back once, and what it
/// learned outlives it.
async fn falls_back(lines: Lines) {
    let mut stage = stage(lines).await;
    let (first, second) = (stage.open(), stage.open());
    stage.says(&first, "a=1 b=2 c=3").await;
    stage.says(&second, "a=4 b=5").await;
    // This one sets `b` once more, alone.
    stage.says(&second, "b=6").await;
    stage.pass(PAUSE).await;
    stage.says(&first, "d=7 e=8").await;
    assert_set(&stage, &first, "a=1 b=2 c=3 d=7 e=8");
    let written = stage.commands(&first);
    assert!(
        written.iter().skip(1).all(|text| !text.contains('\n')),
        "{written:?}"
    );

    stage.restart(Setter).await;
    stage.says(&second, "f=9 g=0").await;
    assert_set(&stage, &second, "a=4 b=6 f=9 g=0");
    let third = stage.open();
    stage.says(&third, "a=1 b=2").await;
    assert_eq!(stage.commands(&third), ["/set a 1", "/set b 2"]);
    // Nothing is repeated any more.
    let written = (stage.commands(&first).len(), stage.commands(&second).len());
    stage.pass(PAUSE).await;
    stage.says(&first, "hello").await;
    stage.says(&second, "hello").await;
    let now = (stage.commands(&first).len(), stage.commands(&second).len());
    assert_eq!(now, written);
    assert_eq!(stage.counts().await.dead_letters, 0);
}

#[tokio::test]
async fn where_only_the_first_line_counts_what_is_lost_is_set_again() {
    falls_back(Lines::FirstOnly).await;
}

#[tokio::test]
async fn where_the_rest_is_the_value_it_is_put_right() {
    falls_back(Lines::RestIsValue).await;
}

#[tokio::test]
async fn where_lines_are_refused_they_are_sent_one_by_one() {
    falls_back(Lines::Refused).await;
}

#[tokio::test]
async fn the_fallback_is_counted_once() {
    let stage = stage(Lines::FirstOnly).await;
    let conversations = [stage.open(), stage.open(), stage.open()];
    for conversation in &conversations {
        stage.says(conversation, "a=1 b=2").await;
    }
    stage.pass(PAUSE).await;
    for conversation in &conversations {
        stage.says(conversation, "hello").await;
        assert_set(&stage, conversation, "a=1 b=2");
    }
    assert_eq!(stage.metric(FALLBACKS).await, 1);
}
