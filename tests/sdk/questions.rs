//! Questions of the SDK, and where it keeps that they were asked.

use web1on1::ConversationId;

use crate::world::World;

/// Waits until the bot's question has been asked and the conversation knows.
async fn asked(world: &World, conversation: &ConversationId, questions: usize) -> String {
    let variable = format!("_asked{}", world.demo.bot);
    let asked = world.sandbox.wait_for(|view| {
        let snapshot = view.conversation(conversation)?;
        let told = snapshot.told_contact();
        let is_asked = told.iter().filter(|it| **it == "Which colour?").count() == questions;
        let is_noted = snapshot
            .commands()
            .last()?
            .starts_with(&format!("/set {variable} "));
        (is_asked && is_noted).then(|| snapshot.variable(&variable).map(str::to_owned))?
    });
    asked.await.unwrap()
}

#[tokio::test]
async fn answers_come_to_a_callback_and_to_a_promise() {
    let world = World::new().await;
    let mut script = world.serve("scenarios/asking").await;
    for way in ["by callback", "by promise"] {
        let conversation = world.visitor();
        let say = |text: &str| world.sandbox.contact_says(&conversation, text).unwrap();
        say(&format!("ask {way}"));
        let noted = asked(&world, &conversation, 1).await;
        let messages = world.snapshot(&conversation).messages;
        let question = messages.iter().find(|it| it.text == "Which colour?");
        assert_eq!(noted, question.unwrap().id.as_str());
        say("dark blue");
        assert_eq!(script.tells(way).await["text"], "dark blue");
        // The note stays, and the next message is one like any other.
        say("And now?");
        script.tells("as any other").await;
        assert_eq!(script.tells("as any other").await["text"], "And now?");
    }
    world.settle().await;
    world.end(script).await;
}

#[tokio::test]
async fn only_an_answer_by_name_outlives_the_process() {
    let world = World::new().await;
    let (named, called) = (world.visitor(), world.visitor());
    let script = world.serve("scenarios/asking").await;
    world.sandbox.contact_says(&named, "ask by name").unwrap();
    assert_eq!(asked(&world, &named, 1).await, "colour");
    world
        .sandbox
        .contact_says(&called, "ask by callback")
        .unwrap();
    asked(&world, &called, 1).await;
    world.settle().await;
    world.end(script).await;

    let mut script = world.serve("scenarios/asking").await;
    world.sandbox.contact_says(&named, "green").unwrap();
    assert_eq!(script.tells("by name").await["text"], "green");
    world.sandbox.contact_says(&called, "red").unwrap();
    assert_eq!(script.tells("as any other").await["text"], "red");
    let cleared = world.sandbox.wait_until(|view| {
        let variable = format!("_asked{}", world.demo.bot);
        let named = view.conversation(&named);
        named.is_some_and(|it| it.variable(&variable).is_none())
    });
    cleared.await.unwrap();
    world.settle().await;
    let rest = world.end(script).await;
    assert!(rest.is_empty(), "{rest:?}");
}

#[tokio::test]
async fn an_answer_before_the_question_is_noted_is_none() {
    let world = World::new().await;
    let mut script = world.serve("scenarios/hasty").await;
    let conversation = world.visitor();
    let say = |text: &str| world.sandbox.contact_says(&conversation, text).unwrap();
    say("ask");
    script.tells("asked").await;
    script.tells("as any other").await;
    say("blue");
    assert_eq!(script.tells("as any other").await["text"], "blue");
    script.go_on().await;
    asked(&world, &conversation, 1).await;
    say("blue, I said");
    assert_eq!(script.tells("answered").await["text"], "blue, I said");
    world.settle().await;
    world.end(script).await;
}
