//! A whole intake by a bot that is written with the SDK.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shipmate_sandbox::{ConversationSnapshot, MovableClock, Rule, Webhook};
use web1on1::{ConversationId, ConversationStatus, MessageType};

use crate::{
    script::Script,
    world::{SECRET, World, address},
};

/// What is asked, and what the consumer answers. The first e-mail address is none.
const ANSWERS: [(&str, &str); 11] = [
    ("What is your name?", "Ann <b>Example</b>"),
    ("What is your e-mail address?", "not an address"),
    (
        "That is not an e-mail address. What is your e-mail address?",
        "ann@example.com",
    ),
    ("On which number can we reach you?", "+31 20 123 4567"),
    ("How old are you?", "34"),
    ("On which day would you like to come?", "2030-03-12"),
    ("Which model would you like to drive?", "SUV"),
    ("Which engine?", "Electric"),
    (
        "Since when do you have a driving licence? (year-month-day)",
        "2001-02-28",
    ),
    ("Do you have a car to trade in?", "Yes"),
    ("Anything else we should know?", "skip"),
];

/// Each `/set` by which the SDK notes a question of this bot is the same, so the ninth within three
/// minutes is refused. The SDK does not look at what comes of it, which ends a Node process.
#[tokio::test]
async fn a_consumer_who_answers_at_once_ends_the_bot_with_the_ninth_question() {
    let world = World::new().await;
    let bot = start(&world).await;
    let conversation = world.visitor();
    let say = |text: &str| world.sandbox.contact_says(&conversation, text).unwrap();
    say("Hello there");
    for (question, answer) in ANSWERS.iter().take(8) {
        asked(&world, &conversation, question).await;
        say(answer);
    }
    let complaint = bot.breaks().await;
    assert!(
        complaint.contains("too many identical messages"),
        "{complaint}"
    );
    let refused = world.sandbox.report().refused;
    assert_eq!(refused.get(&Rule::Identical), Some(&1));
}

#[tokio::test]
async fn a_bot_of_the_sdk_holds_a_whole_intake() {
    let world = World::new().await;
    let bot = start(&world).await;
    let conversation = world.visitor();
    let say = |text: &str| world.sandbox.contact_says(&conversation, text).unwrap();
    say("Hello there");
    for (question, answer) in ANSWERS {
        asked(&world, &conversation, question).await;
        world.clock.advance(SignedDuration::from_secs(30));
        say(answer);
    }
    let closed = world.sandbox.wait_until(|view| {
        view.conversation(&conversation)
            .is_some_and(|it| it.status() == Some(&ConversationStatus::Closed) && has_report(&it))
    });
    closed.await.unwrap();
    world.settle().await;

    let end = world.snapshot(&conversation);
    let told = end.told_contact();
    assert_eq!(told.first(), Some(&"Welcome to Harbour Motors."));
    let thanks = "Thank you. We will get in touch with you.";
    assert_eq!(told.last(), Some(&thanks));
    let questions = ANSWERS.map(|(question, _)| question);
    assert_eq!(told.get(1..told.len() - 1), Some(&questions[..]));

    results(&world, &end);
    costs(&world, &end);
    drop(bot);
}

/// Starts the bot as a person would, by its environment alone.
async fn start(world: &World) -> Script {
    let variables = [
        ("APIHOST", &*world.sandbox.url()),
        ("TOKEN", &*world.sandbox.bot_token(&world.demo.bot)),
        ("SECRET", SECRET),
        ("PORT", "0"),
    ];
    let mut bot = Script::start_with("intake", &Value::Null, &variables);
    let url = address(&bot.tells("ready").await);
    world.sandbox.verify_webhook(&url).await.unwrap();
    let webhook = Webhook::new(url).secret(SECRET);
    world.sandbox.set_webhook(&world.demo.bot, webhook);
    bot
}

/// Waits until `question` was asked and the bot has noted so: an answer before that is none to it.
async fn asked(world: &World, conversation: &ConversationId, question: &str) {
    let note = format!("/set _asked{} answer", world.demo.bot);
    let asked = world.sandbox.wait_for(|view| {
        let snapshot = view.conversation(conversation)?;
        let mut latest = snapshot.messages.iter().rev();
        let is_noted = latest.next()?.text == note && latest.next()?.text == question;
        is_noted.then_some(())
    });
    asked.await.unwrap();
}

fn has_report(snapshot: &ConversationSnapshot) -> bool {
    let mut messages = snapshot.messages.iter();
    messages.any(|it| it.kind == MessageType::Report)
}

/// Everything was noted, twice over: as variables and in the report.
fn results(world: &World, end: &ConversationSnapshot) {
    let values = json!({
        "name": "Ann <b>Example</b>", "email": "ann@example.com", "phone": "+31 20 123 4567",
        "age": "34", "day": "2030-03-12", "model": "suv", "fuel": "electric",
        "licence": "2001-02-28", "tradein": "Yes",
    });
    let results = json!([{"name": "Test drive", "values": values}]);
    assert_eq!(Value::from(end.conversation.results.clone()), results);
    for (field, value) in values.as_object().unwrap() {
        assert_eq!(end.variable(&format!("intake.{field}")), value.as_str());
    }
    assert_eq!(end.variable("intake.remarks"), Some("-"));
    assert_eq!(
        end.variable("intake.form"),
        Some(world.demo.test_drive.as_str())
    );
}

/// What the intake took, to compare with.
fn costs(world: &World, end: &ConversationSnapshot) {
    let report = world.sandbox.report();
    let commands = end.commands().len();
    eprintln!(
        "{} requests, {} messages of the bot, {commands} of them commands",
        report.requests, report.bot_messages
    );
    assert_eq!(report.refused_total(), 0, "{report:?}");
    assert_eq!(
        (report.requests, report.bot_messages, commands),
        (62, 48, 34)
    );
}
