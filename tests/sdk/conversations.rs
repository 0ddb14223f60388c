//! What the SDK does to a conversation, as the sandbox has it afterwards.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shipmate_sandbox::MovableClock;
use web1on1::{ActionType, ConversationId, ConversationStatus};

use crate::{script::Script, world::World};

fn start(world: &World, name: &'static str, conversation: &ConversationId) -> Script {
    Script::start(name, &world.given(json!({"conversation": conversation})))
}

#[tokio::test]
async fn the_business_begins_a_conversation() {
    let world = World::new().await;
    let mut script = world.start("scenarios/opening");
    let told = script.tells("opened").await;
    script.ends().await;
    let id = ConversationId::from(told["conversation"].as_str().unwrap());
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.variable("campaign"), Some("spring"));
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Active));
    // What came later waits behind the `/leave` that waits.
    let text = "Your car is due for service.";
    assert_eq!(snapshot.told_contact(), [text]);
    world.clock.advance(SignedDuration::from_secs(6));
    let told_again = world.sandbox.wait_until(|view| {
        view.conversation(&id)
            .is_some_and(|it| it.told_contact() == [text, text] && it.pending.is_empty())
    });
    told_again.await.unwrap();
    let status = world.snapshot(&id).status().cloned();
    assert_eq!(status, Some(ConversationStatus::Closed));
}

#[tokio::test]
async fn everything_that_say_and_send_take_arrives() {
    let world = World::new().await;
    let conversation = world.visitor();
    start(&world, "scenarios/saying", &conversation)
        .ends()
        .await;
    let snapshot = world.snapshot(&conversation);
    assert_eq!(
        snapshot.told_contact(),
        [
            "for the consumer",
            "an object",
            "one",
            "two",
            "Quick replies?",
            "Our cars",
            "sent",
            "sent by the old name",
            "sent with a callback",
        ]
    );
    let of_text = |text: &str| snapshot.messages.iter().find(|it| it.text == text).unwrap();
    let replies = &of_text("Quick replies?").actions;
    assert!(replies.iter().all(|it| it.kind == ActionType::Reply));
    let payloads: Vec<_> = replies
        .iter()
        .filter_map(|it| it.payload.as_deref())
        .collect();
    assert_eq!(payloads, ["YES", "NO"]);
    let titles: Vec<_> = of_text("Our cars")
        .items
        .iter()
        .map(|it| &it.title)
        .collect();
    assert_eq!(titles, ["Estate", "Van"]);
    assert!(snapshot.is_active(&world.bot_user()));
}

#[tokio::test]
async fn variables_and_properties_are_set() {
    let world = World::new().await;
    let conversation = world.visitor();
    start(&world, "scenarios/state", &conversation).ends().await;
    assert_eq!(
        world.snapshot(&conversation).commands(),
        [
            "/set colour dark blue",
            "/set size XL",
            "/set size ",
            "/set doors 5",
            "/set doors ",
            "/set @category Service",
        ]
    );
}

#[tokio::test]
async fn a_bot_joins_accepts_assigns_notifies_and_leaves() {
    let world = World::new().await;
    let conversation = world.visitor();
    let mut script = start(&world, "scenarios/participants", &conversation);
    let bot = world.bot_user();
    let participant = |user| {
        let snapshot = world.snapshot(&conversation);
        snapshot.conversation.participant(user).cloned().unwrap()
    };
    let status = || world.snapshot(&conversation).status().cloned();
    let of_meta = |told: &Value, key: &str| told["meta"][key].clone();

    script.tells("joined").await;
    assert!(participant(&bot).active && !participant(&bot).accepted);
    script.go_on().await;

    script.tells("accepted").await;
    assert!(participant(&bot).accepted);
    assert_eq!(status(), Some(ConversationStatus::Active));
    script.go_on().await;

    let told = script.tells("assigned").await;
    assert_eq!(of_meta(&told, "users"), json!([world.demo.agent]));
    assert!(participant(&world.demo.agent).inbox);
    script.go_on().await;

    let told = script.tells("notified").await;
    assert_eq!(of_meta(&told, "channels"), json!([world.demo.channel]));
    assert_eq!(of_meta(&told, "organizations"), Value::Null);
    let channels = world.snapshot(&conversation).conversation.channels;
    assert_eq!(channels, std::slice::from_ref(&world.demo.channel));
    script.go_on().await;

    script.tells("left").await;
    assert!(!participant(&bot).active);
    script.go_on().await;
    script.ends().await;
    assert_eq!(status(), Some(ConversationStatus::Queued));
}
