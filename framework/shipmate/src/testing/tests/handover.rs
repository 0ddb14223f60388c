//! A bot that hands over to people, and what becomes of the consumer.

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;
use web1on1::{ConversationStatus, NewMessage};

use crate::{
    AfterHandOver, Bot, BotError, BotSetup, HandOver, Message, Outcome, Recipients, Result,
    Summary, Turn,
    form::Locale,
    schedule::Hours,
    testing::{Contact, World, containing},
};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    handover: Recipients,
    #[serde(default)]
    stays_out: bool,
    /// Minutes.
    #[serde(default)]
    waits: Option<i64>,
}

/// Asks for a name and a town; hands over when it hears "help".
struct Desk;

impl Bot for Desk {
    type State = Vec<String>;
    type Config = Config;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.accept();
        turn.ask(
            "name",
            format!("You said {}. What is your name?", message.text),
        );
        turn.done()
    }

    async fn on_answer(
        &self,
        turn: &mut Turn<Self>,
        question: &str,
        message: &Message,
    ) -> Result<Outcome> {
        if message.text == "help" {
            let config = turn.config().clone();
            let hours: Hours = "8:00-18:00".parse().map_err(BotError::permanent)?;
            let mut hand_over = HandOver::to(config.handover)
                .open_during(hours, &TimeZone::UTC)
                .saying("A colleague comes.")
                .saying_when_closed("We are closed.")
                .meanwhile("Still on the way.")
                .meanwhile_when_closed("Still closed.");
            if config.stays_out {
                hand_over = hand_over.afterwards(AfterHandOver::StayOut);
            }
            if let Some(minutes) = config.waits {
                let span = jiff::SignedDuration::from_mins(minutes);
                hand_over = hand_over.waiting_at_most(span);
            }
            turn.set("desk", "handed over");
            turn.hand_over(hand_over.clone());
            turn.hand_over(hand_over);
            // The question stays open.
            turn.ask(question, NewMessage::from("(asked again)").backchannel());
            return turn.done();
        }
        turn.state.push(message.text.clone());
        turn.ask("town", format!("Thank you, {}. Which town?", message.text));
        turn.done()
    }

    fn summary(&self, answers: &Vec<String>, locale: Locale) -> Option<String> {
        let summary = Summary::new(locale);
        let summary = answers
            .iter()
            .fold(summary, |it, answer| it.answer("Answer", answer));
        Some(summary.into())
    }
}

async fn world(settings: &[(&str, &str)]) -> World {
    let builder = World::builder().setup(BotSetup::new("bot", Desk));
    let settings = settings.iter();
    settings
        .fold(builder, |it, (key, value)| it.setting(*key, *value))
        .await
}

async fn asks_for_help(ann: &Contact<'_>) {
    ann.says("hi").await;
    ann.says("Ann\n/leave").await;
    ann.hears().await;
    ann.says("help").await;
}

#[tokio::test]
async fn people_are_called_with_all_that_is_known_and_the_bot_leaves() {
    let world = world(&[]).await;
    let ann = world.contact("Ann");
    asks_for_help(&ann).await;
    ann.expects("A colleague comes.").await;
    let note = "The bot hands this conversation over. Please take over.\n\
                The customer last wrote: help\nAnswers so far:\n• Answer: Ann /leave";
    ann.expects_note(note).await;
    ann.expects_command("/notify").await;
    world.finish().await;
    let transcript = world.transcript();
    for command in ["/notify", "(command) /leave"] {
        assert_eq!(transcript.matches(command).count(), 1, "{transcript}");
    }
    let order = [
        "A colleague",
        "(note) The bot",
        "(command) /notify",
        "(command) /leave",
    ];
    let places: Vec<_> = order.map(|it| transcript.find(it).unwrap()).into();
    assert!(places.is_sorted(), "{transcript}");
    world.assert_exactly_once();
}

#[tokio::test]
async fn while_nobody_has_come_the_consumer_is_answered_once_and_not_asked() {
    let world = world(&[]).await;
    let ann = world.contact("Ann");
    asks_for_help(&ann).await;
    ann.hears().await;
    for (text, answer) in [("hello?", Some("Still on the way.")), ("anybody?", None)] {
        world.advance("1m").await;
        ann.says(text).await;
        assert_eq!(ann.hears().await, answer.into_iter().collect::<Vec<_>>());
        let now = world.sandbox().conversation(ann.id()).unwrap();
        assert_eq!(
            now.status(),
            Some(&ConversationStatus::Queued),
            "people are called"
        );
    }
    // The answer is not given again after a crash either.
    world.crash().await;
    ann.says("still nobody?").await;
    ann.expects_silence().await;
    world.advance("10h").await;
    ann.says("now?").await;
    ann.expects("Still closed.").await;
    ann.says("and now?").await;
    ann.expects_silence().await;
    let events = crate::store::Subject::Id(ann.id().to_string());
    let events = world
        .store()
        .events(&events, crate::store::Page::latest(100));
    let events = events.await.unwrap();
    let waiting = events
        .iter()
        .filter(|event| event.outcome.as_deref() == Some("ignored-handed-over"));
    assert_eq!(waiting.count(), 5);
}

#[tokio::test]
async fn outside_of_hours_other_words_are_said() {
    let world = world(&[]).await;
    world.advance("10h").await;
    let ann = world.contact("Ann");
    asks_for_help(&ann).await;
    ann.expects("We are closed.").await;
}

#[tokio::test]
async fn when_the_person_has_left_the_bot_goes_on_at_the_same_question() {
    let world = world(&[]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    asks_for_help(&ann).await;
    world.advance("1m").await;
    agent.accepts(&ann).await;
    agent.says(&ann, "Hello Ann, what is it?").await;
    ann.says("only this").await;
    agent.leaves(&ann).await;
    ann.hears().await;
    ann.says("Amsterdam").await;
    ann.expects("Thank you, Amsterdam. Which town?").await;
}

#[tokio::test]
async fn by_policy_the_bot_stays_out_until_it_is_given_the_conversation() {
    let world = world(&[("staysOut", "true")]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    asks_for_help(&ann).await;
    world.advance("1m").await;
    agent.accepts(&ann).await;
    agent.says(&ann, "Hello Ann.").await;
    agent.leaves(&ann).await;
    ann.hears().await;
    for _ in 0..2 {
        ann.says("Amsterdam").await;
        ann.expects_silence().await;
        world.advance("48h").await;
    }
    agent.assigns_the_bot(&ann).await;
    ann.says("Amsterdam").await;
    ann.expects("Thank you, Amsterdam. Which town?").await;
}

#[tokio::test]
async fn a_bot_that_waits_for_a_while_only_answers_again_after_it() {
    let world = world(&[("waits", "60")]).await;
    let ann = world.contact("Ann");
    asks_for_help(&ann).await;
    world.advance("50m").await;
    ann.hears().await;
    ann.says("hello?").await;
    ann.expects("Still on the way.").await;
    world.advance("11m").await;
    ann.says("Amsterdam").await;
    ann.expects("Thank you, Amsterdam. Which town?").await;
}

#[tokio::test]
async fn whom_to_call_is_a_setting_of_the_organization() {
    let agent = {
        let (_, demo) = shipmate_sandbox::Seed::demo();
        demo.agent
    };
    let setting = format!("users:{agent}");
    let world = world(&[("handover", &setting)]).await;
    let ann = world.contact("Ann");
    asks_for_help(&ann).await;
    world.finish().await;
    ann.expects_command("/assign").await;
    let now = world.sandbox().conversation(ann.id()).unwrap();
    let conversation = serde_json::to_value(&now.conversation).unwrap();
    let inboxes = conversation["participants"].as_array().unwrap().iter();
    let inboxes = inboxes.filter(|it| it["inbox"] == json!(true));
    let users: Vec<_> = inboxes.map(|it| it["user"].clone()).collect();
    assert_eq!(users, [json!(agent)]);
    assert!(!world.transcript().contains("/notify"));
}

#[tokio::test]
async fn a_setting_that_names_nobody_is_told_with_an_example() {
    let world = world(&[("handover", "ann")]).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    ann.expects_silence().await;
    let events = crate::store::Subject::Id(ann.id().to_string());
    let events = world.store().events(&events, crate::store::Page::latest(9));
    let events = events.await.unwrap();
    let reasons: Vec<_> = events
        .iter()
        .filter_map(|it| it.reason.as_deref())
        .collect();
    assert!(
        reasons
            .iter()
            .any(|it| it.contains("`handover` is \"ann\"") && it.contains("`routed`")),
        "{reasons:?}"
    );
}

/// Collects what is said while people are called, and goes on when told to.
struct Listener;

impl Bot for Listener {
    type State = Vec<String>;
    type Config = crate::NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> {
        assert!(!turn.is_handed_over());
        turn.hand_over(HandOver::routed().without_note());
        assert!(turn.is_handed_over());
        turn.done()
    }

    async fn on_waiting(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.state.push(message.text.clone());
        if message.text == "never mind" {
            turn.take_back();
            turn.say(format!("You said: {}.", turn.state.join(", ")));
        }
        turn.done()
    }
}

#[tokio::test]
async fn a_bot_may_listen_to_those_who_wait_and_take_the_conversation_back() {
    let world = World::of(Listener).await;
    let ann = world.contact("Ann");
    for text in ["help", "it is urgent", "never mind"] {
        ann.says(text).await;
    }
    ann.expects(containing("it is urgent, never mind")).await;
    ann.says("help").await;
    world.finish().await;
    let transcript = world.transcript();
    assert_eq!(
        transcript.matches("(command) /notify").count(),
        2,
        "{transcript}"
    );
    assert!(!transcript.contains("(note)"), "{transcript}");
}
