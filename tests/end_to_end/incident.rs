//! A bot that fails calls people, once.

use jiff::SignedDuration;
use shipmate::{
    Bot, BotSetup, FailOpen, Message, NoConfig, Outcome, Permanent, Result, Turn, form::Locale,
};

use crate::play::{Play, unheld};

/// Notes what it is told, and fails when it is told to.
struct Fragile;

impl Bot for Fragile {
    type State = Vec<String>;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        match message.text.as_str() {
            "give up" => Err("it was told to give up").permanent()?,
            "fail" => Err("it was told to fail")?,
            "panic" => panic!("it was told to panic"),
            text => {
                turn.state.push(text.to_owned());
                turn.say(format!("Noted: {text}"));
            }
        }
        turn.done()
    }

    fn summary(&self, state: &Vec<String>, _locale: Locale) -> Option<String> {
        assert!(state.iter().all(|it| it != "no summary"), "no summary");
        Some(format!("Noted so far: {}", state.join(", ")))
    }
}

struct Calls {
    notes: Vec<String>,
    notifies: usize,
}

fn calls(play: &Play) -> Calls {
    let now = play.now();
    let notes = now.messages.iter().filter(|message| message.is_backchannel);
    Calls {
        notes: notes.map(|message| message.text.clone()).collect(),
        notifies: now.commands().iter().filter(|it| **it == "/notify").count(),
    }
}

#[track_caller]
fn assert_calls(play: &Play, incidents: usize) {
    let calls = calls(play);
    assert_eq!(calls.notes.len(), incidents, "{:?}", calls.notes);
    assert_eq!(calls.notifies, incidents);
}

#[tokio::test]
async fn people_are_called_once_per_incident() {
    let play = Play::new(Fragile).await;
    play.says("one").await;
    for _ in 0..3 {
        play.says("give up").await;
        play.pass(SignedDuration::from_secs(10)).await;
        assert_calls(&play, 1);
    }
    assert_eq!(play.outcomes("dead-letter").await, 3);
    assert_eq!(
        play.heard(),
        ["Noted: one"],
        "the consumer hears of nothing"
    );
    assert!(
        calls(&play).notes[0].ends_with("Noted so far: one"),
        "{:?}",
        calls(&play).notes
    );

    play.says("two").await;
    assert_eq!(play.heard(), ["Noted: one", "Noted: two"], "it goes on");
    play.says("panic").await;
    play.pass(SignedDuration::from_mins(2)).await;
    assert_calls(&play, 2);
    play.says("give up").await;
    play.pass(SignedDuration::from_mins(2)).await;
    assert_calls(&play, 2);
    assert!(calls(&play).notes[1].ends_with("Noted so far: one, two"));
    play.says("three").await;
    assert_eq!(play.heard().len(), 3);
    assert_eq!(play.outcomes("dead-letter").await, 5);
    assert_eq!(play.sandbox.report().refused_total(), 0);
}

#[tokio::test]
async fn nobody_is_called_before_the_last_try() {
    let play = Play::new(Fragile).await;
    play.says("fail").await;
    play.pass(SignedDuration::from_secs(80)).await;
    assert_calls(&play, 0);
    play.pass(SignedDuration::from_secs(20)).await;
    assert_calls(&play, 1);
    assert_eq!(play.outcomes("dead-letter").await, 1);
}

#[tokio::test]
async fn a_summary_that_fails_does_not_stop_the_call() {
    let play = Play::new(Fragile).await;
    play.says("no summary").await;
    play.says("give up").await;
    assert_calls(&play, 1);
    assert!(!calls(&play).notes[0].contains("Noted"));
}

#[tokio::test]
async fn nobody_is_called_where_a_person_is_or_where_it_is_switched_off() {
    let play = Play::with(Fragile, unheld(), |setup| {
        setup.after_takeover(shipmate::AfterTakeover::CarryOn)
    })
    .await;
    play.sandbox
        .agent_accepts(&play.conversation, &play.demo.agent)
        .unwrap();
    play.says("give up").await;
    assert_eq!(play.outcomes("dead-letter").await, 1);
    assert_calls(&play, 0);

    let off = |setup: BotSetup| setup.fail_open(FailOpen::off());
    let play = Play::with(Fragile, unheld(), off).await;
    play.says("give up").await;
    assert_eq!(play.outcomes("dead-letter").await, 1);
    assert_calls(&play, 0);
}
