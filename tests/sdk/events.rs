//! What the SDK makes of the events it receives.

use serde_json::{Value, json};
use web1on1::{ConversationId, MessageType, NewMessage, Role, UserId};

use crate::{
    script::Script,
    world::{World, address},
};

/// The bot with all its handlers, and a conversation in which the consumer said hello.
async fn greeted(world: &World) -> (Script, ConversationId) {
    let script = world.serve("scenarios/events").await;
    let conversation = world.visitor();
    world.sandbox.contact_says(&conversation, "Hello").unwrap();
    (script, conversation)
}

/// Ends the bot, which must not have told any of `never`.
async fn end_without(world: &World, script: Script, never: &[&str]) {
    world.settle().await;
    let rest = world.end(script).await;
    let told: Vec<&str> = rest.iter().filter_map(|it| it["step"].as_str()).collect();
    assert!(!never.iter().any(|step| told.contains(step)), "{told:?}");
}

#[tokio::test]
async fn a_consumers_message_has_three_events() {
    let world = World::new().await;
    let (mut script, conversation) = greeted(&world).await;
    for event in [
        "message: Hello",
        "message.create.contact.chat: Hello",
        "message.create.contact.chat.contact: Hello",
    ] {
        let told = script.tells(event).await;
        assert_eq!(told["conversation"], json!(conversation));
    }
    script.tells("conversation.update queued").await;
    script.tells("notified Showroom desk").await;

    world.sandbox.contact_taps(&conversation, "STEP").unwrap();
    script
        .tells("message.create.contact.postback.contact: STEP")
        .await;
    end_without(&world, script, &["message.create.contact.chat: STEP"]).await;
}

#[tokio::test]
async fn texts_and_conditions_choose_the_handlers() {
    let world = World::new().await;
    let (mut script, conversation) = greeted(&world).await;
    script.tells("queued: Hello").await;
    let say = |text: &str| world.sandbox.contact_says(&conversation, text).unwrap();
    say("my number is 42");
    let told = script.tells("number: my number is 42").await;
    assert_eq!(told["captured"], true);
    say("help");
    script.tells("help").await;

    let desk = &world.sandbox;
    let agent = &world.demo.agent;
    desk.agent_commands(&conversation, agent, "/set colour blue")
        .unwrap();
    script.tells("coloured: /set colour blue").await;
    desk.agent_says(&conversation, agent, "Good morning")
        .unwrap();
    script
        .tells("message.create.contact.chat.agent: Good morning")
        .await;
    script.tells("coloured: Good morning").await;
    script.tells("conversation.update active").await;
    say("hello again");
    script.tells("coloured: hello again").await;
    let never = [
        "queued: my number is 42",
        "queued: hello again",
        "coloured: help",
    ];
    end_without(&world, script, &never).await;
}

#[tokio::test]
async fn what_is_for_the_bot_has_events_of_its_own() {
    let world = World::new().await;
    let (mut script, conversation) = greeted(&world).await;
    let (agent, bot) = (&world.demo.agent, world.bot_user());
    let post = |message| {
        world
            .sandbox
            .post_as(agent, &conversation, message)
            .unwrap()
    };

    post(assignment(&bot));
    script.tells("assign: /assign").await;
    script.tells("notify: /assign").await;

    post(NewMessage::command(">status now"));
    script.tells("command: >status now").await;
    script.tells("notify: >status now").await;

    post(mention(&bot, "look"));
    script.tells("mention: look").await;
    script.tells("notify: look").await;

    let form = &world.demo.test_drive;
    let field = NewMessage::new(MessageType::Field, ".model suv").with_meta("form", form.as_str());
    post(field);
    script.tells(&format!("field model of {form}")).await;

    // What is for somebody else is a message like any other.
    post(mention(agent, "and you"));
    script.tells("message: and you").await;
    end_without(&world, script, &["mention: and you", "notify: and you"]).await;
}

fn mention(user: &UserId, text: &str) -> NewMessage {
    NewMessage::new(MessageType::Mention, text)
        .with_role(Role::Agent)
        .with_meta("targetUser", user.as_str())
}

fn assignment(user: &UserId) -> NewMessage {
    NewMessage::command("/assign").with_meta("users", json!([user]))
}

#[tokio::test]
async fn bots_are_ignored_by_the_role_of_their_messages() {
    let world = World::new().await;
    let mut bots = FourBots::start(&world).await;
    let other = json!({"name": "Other bot", "organization": world.demo.dealer});
    let other = world.sandbox.create("bots", other).unwrap();
    let other = UserId::from(other["id"].as_str().unwrap());
    let conversation = world.visitor();
    let post = |user: &UserId, message| world.sandbox.post_as(user, &conversation, message);

    world.sandbox.contact_says(&conversation, "Hello").unwrap();
    bots.hear(&["activity", "default", "nothing"]).await;
    let note = NewMessage::chat("a note").with_role(Role::Bot);
    post(&other, note).unwrap();
    bots.hear(&["nothing"]).await;
    let note = NewMessage {
        is_backchannel: true,
        ..NewMessage::chat("a note as an agent")
    };
    post(&other, note).unwrap();
    bots.hear(&["activity", "default", "nothing"]).await;
    post(&world.bot_user(), NewMessage::chat("its own")).unwrap();
    bots.hear(&["nothing"]).await;
    bots.end().await;
}

#[tokio::test]
async fn who_takes_part_decides_what_is_ignored() {
    let world = World::new().await;
    let mut bots = FourBots::start(&world).await;
    let (bot, agent) = (world.bot_user(), &world.demo.agent);
    let conversation = world.visitor();
    let post = |user: &UserId, message| world.sandbox.post_as(user, &conversation, message);
    let say = |text: &str| world.sandbox.contact_says(&conversation, text).unwrap();

    // What is meant for the bot itself is let through before it has joined.
    let of_others = [
        NewMessage::command(">status"),
        mention(&bot, "look"),
        assignment(&bot),
    ];
    for message in of_others {
        post(agent, message).unwrap();
        bots.hear(&["activity", "default", "nothing", "unjoined"])
            .await;
    }
    say("Hello");
    bots.hear(&["activity", "default", "nothing"]).await;
    post(&bot, NewMessage::command("/join")).unwrap();
    bots.hear(&["nothing"]).await;
    say("Hello?");
    bots.hear(&["activity", "default", "nothing", "unjoined"])
        .await;
    post(agent, NewMessage::command("/accept")).unwrap();
    bots.hear(&["default", "nothing", "unjoined"]).await;
    say("Is anybody there?");
    bots.hear(&["default", "nothing", "unjoined"]).await;
    bots.end().await;
}

/// Bots that share a user, each with a webhook and other options.
struct FourBots<'a> {
    world: &'a World,
    script: Script,
}

impl<'a> FourBots<'a> {
    async fn start(world: &'a World) -> Self {
        let mut script = world.start("scenarios/ignoring");
        let ready = script.tells("ready").await;
        for (name, port) in ready["ports"].as_object().unwrap() {
            let service = json!({
                "name": name, "organization": world.demo.group, "type": "webhook",
                "params": {"url": address(&json!({"port": port}))},
            });
            world.sandbox.create("services", service).unwrap();
        }
        Self { world, script }
    }

    /// Checks which of them heard what happened since the last check.
    async fn hear(&mut self, expected: &[&str]) {
        self.world.settle().await;
        self.script.go_on().await;
        let told: Value = self.script.tells("heard").await;
        assert_eq!(told["by"], json!(expected));
    }

    async fn end(mut self) {
        self.script.says(&json!("end")).await;
        self.script.ends().await;
    }
}
