//! A person takes over at every step of an intake, and the bot says nothing more.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shipmate::{
    AfterTakeover, Bot, Message, NewMessage, NoConfig, Outcome, Result, Turn,
    store::{Key, RowKind},
};
use shipmate_sandbox::Fault;

use crate::play::{Play, unheld};

const QUESTIONS: [&str; 4] = ["name", "street", "town", "telephone number"];

/// Asks for four things. Each answer is noted and brings the next question: two messages and a
/// variable.
#[derive(Default)]
struct Intake {
    /// Whether its hook for takeovers fails.
    is_broken: Arc<AtomicBool>,
    has_failed: AtomicBool,
}

#[derive(Default, Serialize, Deserialize)]
struct Answers(Vec<String>);

impl Intake {
    fn ask(turn: &mut Turn<Self>) {
        match QUESTIONS.get(turn.state.0.len()) {
            Some(question) => turn.ask(*question, format!("What is your {question}?")),
            None => turn.say("That was all."),
        }
    }
}

impl Bot for Intake {
    type State = Answers;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        Self::ask(turn);
        turn.done()
    }

    async fn on_answer(
        &self,
        turn: &mut Turn<Self>,
        question: &str,
        message: &Message,
    ) -> Result<Outcome> {
        let fails = message.text == "fail" && !self.has_failed.swap(true, Ordering::Relaxed);
        if fails {
            Err("it was told to fail once")?;
        }
        turn.state.0.push(message.text.clone());
        turn.set("answers", turn.state.0.len());
        turn.say(format!("{question}: {}", message.text));
        Self::ask(turn);
        turn.done()
    }

    async fn on_assigned(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        Self::ask(turn);
        turn.done()
    }

    async fn on_takeover(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        assert!(!self.is_broken.load(Ordering::Relaxed), "broken");
        assert!(turn.is_taken_over());
        turn.say("This is not for the consumer while a person talks.");
        turn.say(NewMessage::from("The bot gives way.").backchannel());
        turn.done()
    }

    async fn on_resumed(&self, turn: &mut Turn<Self>) -> Result<Outcome> {
        assert!(!turn.is_taken_over());
        turn.set("resumed", "yes");
        turn.done()
    }
}

#[derive(Debug, Clone, Copy)]
enum How {
    Accepts,
    Writes,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// The consumer's message comes after it.
    Before,
    /// The bot's messages wait, because the platform does not take them.
    Between,
    /// The bot's messages have arrived.
    After,
}

const HOWS: [How; 2] = [How::Accepts, How::Writes];

fn take_over(play: &Play, how: How) {
    let agent = &play.demo.agent;
    match how {
        How::Accepts => play.sandbox.agent_accepts(&play.conversation, agent),
        How::Writes => play
            .sandbox
            .agent_says(&play.conversation, agent, "Ann here."),
    }
    .unwrap();
}

fn leave(play: &Play) {
    play.sandbox
        .agent_leaves(&play.conversation, &play.demo.agent)
        .unwrap();
}

/// No message for the consumer waits to be sent.
async fn assert_nothing_waits(play: &Play, case: &str) {
    let mailbox = Key {
        bot: "bot".into(),
        mailbox: play.conversation.as_str().into(),
    };
    let rows = play.store.queued(&mailbox, 0, 100).await.unwrap();
    let waiting = rows
        .iter()
        .find(|row| row.content.kind == RowKind::Message && row.content.to_consumer);
    assert!(waiting.is_none(), "{case}: {waiting:?}");
}

/// The consumer has begun and given `answers` answers.
async fn at_step(play: &Play, answers: usize) {
    play.says("hello").await;
    for number in 0..answers {
        play.says(&format!("answer {number}")).await;
    }
}

async fn check(step: usize, how: How, when: When) {
    let case = format!("step {step}, a person {how:?} {when:?}");
    let play = Play::new(Intake::default()).await;
    at_step(&play, step).await;
    let mut heard = play.heard();
    let mut answered = step;
    match when {
        When::Before => {
            take_over(&play, how);
            play.says("is this a person?").await;
        }
        When::Between => {
            let refusal = Fault::answer(503).on("POST", "/messages");
            play.sandbox.inject(refusal.always());
            play.says(&format!("answer {step}")).await;
            answered += 1;
            take_over(&play, how);
            play.settle().await;
            assert_nothing_waits(&play, &case).await;
            play.sandbox.clear_faults();
        }
        When::After => {
            play.says(&format!("answer {step}")).await;
            answered += 1;
            heard = play.heard();
            take_over(&play, how);
        }
    }
    play.settle().await;
    assert_nothing_waits(&play, &case).await;
    play.pass(SignedDuration::from_mins(3)).await;
    play.says("and who are you?").await;
    play.pass(SignedDuration::from_mins(1)).await;
    assert_eq!(play.heard(), heard, "{case}");
    if answered > 0 {
        // What is not for the consumer has gone through.
        let answers = play.now().variable("answers").map(str::to_owned);
        assert_eq!(answers, Some(answered.to_string()), "{case}");
    }

    leave(&play);
    play.settle().await;
    assert_eq!(play.now().variable("resumed"), Some("yes"), "{case}");
    assert_eq!(play.heard(), heard, "{case}");
    if let Some(question) = QUESTIONS.get(answered) {
        play.says("later").await;
        let now = play.heard().split_off(heard.len());
        assert_eq!(now.first(), Some(&format!("{question}: later")), "{case}");
    }
    assert_eq!(play.sandbox.report().refused_total(), 0, "{case}");
}

#[tokio::test]
async fn nothing_is_said_after_a_person_took_over_before_a_message() {
    for step in 1..QUESTIONS.len() {
        for how in HOWS {
            check(step, how, When::Before).await;
        }
    }
}

#[tokio::test]
async fn what_waits_is_cancelled_when_a_person_takes_over() {
    for step in 0..QUESTIONS.len() {
        for how in HOWS {
            check(step, how, When::Between).await;
        }
    }
}

#[tokio::test]
async fn nothing_is_said_after_a_person_took_over_after_a_message() {
    for step in 0..QUESTIONS.len() {
        for how in HOWS {
            check(step, how, When::After).await;
        }
    }
}

/// A person may take over before the bot has said a word.
#[tokio::test]
async fn a_conversation_that_a_person_began_is_the_persons() {
    for how in HOWS {
        let play = Play::new(Intake::default()).await;
        take_over(&play, how);
        play.says("hello").await;
        assert!(play.heard().is_empty());
        assert_eq!(play.outcomes("ignored-person-active").await, 1);
        leave(&play);
        play.settle().await;
        play.says("hello?").await;
        assert_eq!(play.heard(), ["What is your name?"]);
    }
}

/// The hook fails and is tried again for over a minute; the consumer hears nothing meanwhile.
#[tokio::test]
async fn a_broken_hook_does_not_hold_up_a_takeover() {
    let bot = Intake::default();
    let is_broken = Arc::clone(&bot.is_broken);
    let play = Play::new(bot).await;
    at_step(&play, 1).await;
    let heard = play.heard();
    let refusal = Fault::answer(503).on("POST", "/messages");
    play.sandbox.inject(refusal.always());
    play.says("answer 1").await;
    is_broken.store(true, Ordering::Relaxed);
    take_over(&play, How::Accepts);
    play.settle().await;
    assert_nothing_waits(&play, "a broken hook").await;
    play.sandbox.clear_faults();
    play.pass(SignedDuration::from_secs(60)).await;
    assert_eq!(play.heard(), heard);
    is_broken.store(false, Ordering::Relaxed);
    play.pass(SignedDuration::from_secs(60)).await;
    let now = play.now();
    let notes = now.messages.iter().filter(|message| message.is_backchannel);
    assert_eq!(notes.count(), 1, "the hook has run in the end");
    play.says("hello?").await;
    assert_eq!(play.heard(), heard);
}

/// A hook that fails holds up the events behind it, a takeover among them.
#[tokio::test]
async fn a_takeover_behind_an_event_that_is_tried_again_counts_at_once() {
    let play = Play::new(Intake::default()).await;
    at_step(&play, 1).await;
    let heard = play.heard();
    play.says("fail").await;
    take_over(&play, How::Writes);
    play.settle().await;
    play.pass(SignedDuration::from_mins(2)).await;
    assert_eq!(play.heard(), heard);
    assert_eq!(play.outcomes("ignored-person-active").await, 1);
}

#[tokio::test]
async fn a_bot_that_stays_out_comes_back_when_it_is_assigned() {
    let setup = |setup: shipmate::BotSetup| setup.after_takeover(AfterTakeover::StayOut);
    let play = Play::with(Intake::default(), unheld(), setup).await;
    at_step(&play, 1).await;
    let heard = play.heard();
    take_over(&play, How::Writes);
    play.settle().await;
    leave(&play);
    play.settle().await;
    play.says("hello?").await;
    play.pass(SignedDuration::from_hours(2)).await;
    play.says("anybody?").await;
    assert_eq!(play.heard(), heard);
    let bot = &play.demo.bot;
    play.sandbox
        .assign_bot(&play.conversation, &play.demo.agent, bot)
        .unwrap();
    play.settle().await;
    play.says("Quay Street").await;
    assert_eq!(
        play.heard().split_off(heard.len()),
        [
            "What is your street?",
            "street: Quay Street",
            "What is your town?"
        ]
    );
}

#[tokio::test]
async fn a_bot_that_carries_on_answers_beside_the_person() {
    let setup = |setup: shipmate::BotSetup| setup.after_takeover(AfterTakeover::CarryOn);
    let play = Play::with(Intake::default(), unheld(), setup).await;
    at_step(&play, 0).await;
    take_over(&play, How::Writes);
    play.settle().await;
    play.says("Carl").await;
    assert_eq!(
        play.heard(),
        ["What is your name?", "name: Carl", "What is your street?"]
    );
}
