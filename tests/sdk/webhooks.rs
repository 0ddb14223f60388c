//! The SDK as a webhook.

use serde_json::{Value, json};
use shipmate_sandbox::{Delivery, DeliveryOutcome, Webhook};
use web1on1::{MessageType, NewMessage, Role, UserId};

use crate::{
    script::Script,
    world::{World, address},
};

/// What was told and not asked for, without the activities, which come with everything.
fn others(told: &[Value]) -> Vec<&str> {
    let steps = told.iter().filter_map(|told| told["step"].as_str());
    steps.filter(|step| !step.starts_with("activity")).collect()
}

#[tokio::test]
async fn a_consumers_message_reaches_all_handlers_that_are_meant() {
    let world = World::new().await;
    let mut script = world.serve("scenarios/events").await;
    let conversation = world.visitor();
    let told = world.sandbox.contact_says(&conversation, "Hello");
    told.unwrap();
    for event in [
        "message: Hello",
        "message.create.contact.chat: Hello",
        "message.create.contact.chat.contact: Hello",
    ] {
        assert_eq!(
            script.tells(event).await["conversation"],
            json!(conversation)
        );
    }
    script.tells("queued: Hello").await;
    script.tells("conversation.update queued").await;
    script.tells("notified Showroom desk").await;

    let say = |text: &str| world.sandbox.contact_says(&conversation, text).unwrap();
    say("my number is 42");
    let told = script.tells("number: my number is 42").await;
    assert_eq!(told["captured"], true);
    say("help");
    script.tells("help").await;
    world.sandbox.contact_taps(&conversation, "STEP").unwrap();
    script
        .tells("message.create.contact.postback.contact: STEP")
        .await;
    script.tells("message: STEP").await;

    let agent = &world.demo.agent;
    let command = world
        .sandbox
        .agent_commands(&conversation, agent, "/set colour blue");
    command.unwrap();
    script.tells("coloured: /set colour blue").await;
    let said = world
        .sandbox
        .agent_says(&conversation, agent, "Good morning");
    said.unwrap();
    script
        .tells("message.create.contact.chat.agent: Good morning")
        .await;
    script.tells("coloured: Good morning").await;
    script.tells("conversation.update active").await;

    world.settle().await;
    let rest = world.end(script).await;
    assert!(
        !others(&rest).contains(&"queued: my number is 42"),
        "{rest:?}"
    );
    assert!(!others(&rest).contains(&"coloured: help"), "{rest:?}");
}

#[tokio::test]
async fn what_is_for_the_bot_has_events_of_its_own() {
    let world = World::new().await;
    let mut script = world.serve("scenarios/events").await;
    let conversation = world.visitor();
    let (agent, bot) = (&world.demo.agent, world.bot_user());

    let assigned = world
        .sandbox
        .assign_bot(&conversation, agent, &world.demo.bot);
    assigned.unwrap();
    script.tells("assign: /assign").await;
    script.tells("notify: /assign").await;

    let command = world
        .sandbox
        .agent_commands(&conversation, agent, ">status now");
    command.unwrap();
    script.tells("command: >status now").await;
    script.tells("notify: >status now").await;

    let mention = |user: &UserId| {
        let text = format!("look, {user}");
        let mut mention = NewMessage::new(MessageType::Mention, text).with_role(Role::Agent);
        mention.meta.insert("targetUser".into(), json!(user));
        mention
    };
    let mentioned = world.sandbox.post_as(agent, &conversation, mention(&bot));
    mentioned.unwrap();
    script.tells(&format!("mention: look, {bot}")).await;
    script.tells(&format!("notify: look, {bot}")).await;

    let form = &world.demo.test_drive;
    let mut field = NewMessage::new(MessageType::Field, ".model suv");
    field.meta.insert("form".into(), json!(form));
    world.sandbox.post_as(agent, &conversation, field).unwrap();
    script.tells(&format!("field model of {form}")).await;

    // What is for somebody else is a message like any other.
    let mentioned = world.sandbox.post_as(agent, &conversation, mention(agent));
    mentioned.unwrap();
    script.tells(&format!("message: look, {agent}")).await;
    world.settle().await;
    let rest = world.end(script).await;
    assert!(!others(&rest).contains(&&*format!("mention: look, {agent}")));
}

#[tokio::test]
async fn a_wrong_signature_is_an_error_event_and_handled_all_the_same() {
    let world = World::new().await;
    let mut script = world.start("scenarios/signature");
    let url = address(&script.tells("ready").await);
    world.sandbox.verify_webhook(&url).await.unwrap();
    let conversation = world.visitor();
    let deliver = |webhook: Webhook, text: &str| {
        world.sandbox.set_webhook(
            &world.demo.bot,
            webhook.events(["message.create.contact.chat"]),
        );
        world.sandbox.contact_says(&conversation, text).unwrap()
    };

    deliver(Webhook::new(&url).secret("s3cr3t"), "signed");
    script.tells("message: signed").await;
    world.settle().await;

    deliver(Webhook::new(&url).secret("another"), "wrongly signed");
    script
        .tells("error: Invalid signature on incoming request")
        .await;
    script.tells("message: wrongly signed").await;
    world.settle().await;

    let unsigned = deliver(Webhook::new(&url), "unsigned");
    let problem = world.sandbox.wait_for(|view| {
        let mut deliveries = view.deliveries();
        let tried = deliveries.find(|it| it.message.as_ref() == Some(&unsigned))?;
        assert!(!matches!(tried.outcome, DeliveryOutcome::Delivered { .. }));
        tried.problem.clone()
    });
    assert_eq!(problem.await.unwrap(), "answered 500");
    assert_eq!(others(&world.end(script).await), Vec::<&str>::new());
}

#[tokio::test]
async fn what_is_not_for_a_bot_is_ignored_as_its_options_say() {
    let world = World::new().await;
    let mut script = world.start("scenarios/ignoring");
    let ready = script.tells("ready").await;
    for (name, port) in ready["ports"].as_object().unwrap() {
        let service = json!({
            "name": name, "organization": world.demo.group, "type": "webhook",
            "params": {"url": address(&json!({"port": port}))},
        });
        world.sandbox.create("services", service).unwrap();
    }
    let other = json!({"name": "Other bot", "organization": world.demo.dealer});
    let other = world.sandbox.create("bots", other).unwrap();
    let other = UserId::from(other["id"].as_str().unwrap());
    let (bot, agent) = (world.bot_user(), &world.demo.agent);
    let conversation = world.visitor();
    let note = NewMessage::chat("from a bot").with_role(Role::Bot);
    let post = |user: &UserId, message| world.sandbox.post_as(user, &conversation, message);

    world
        .sandbox
        .contact_says(&conversation, "a consumer")
        .unwrap();
    hears(&world, &mut script, &["activity", "default", "nothing"]).await;
    post(&other, note).unwrap();
    hears(&world, &mut script, &["nothing"]).await;
    // Bots are known by the role of the message alone.
    post(
        &other,
        NewMessage::chat("as an agent")
            .backchannel()
            .with_role(Role::Agent),
    )
    .unwrap();
    hears(&world, &mut script, &["activity", "default", "nothing"]).await;
    post(&bot, NewMessage::command("/join")).unwrap();
    hears(&world, &mut script, &["nothing"]).await;
    world
        .sandbox
        .contact_says(&conversation, "once joined")
        .unwrap();
    hears(
        &world,
        &mut script,
        &["activity", "default", "nothing", "unjoined"],
    )
    .await;
    world.sandbox.agent_accepts(&conversation, agent).unwrap();
    hears(&world, &mut script, &["default", "nothing", "unjoined"]).await;
    world
        .sandbox
        .contact_says(&conversation, "to a person")
        .unwrap();
    hears(&world, &mut script, &["default", "nothing", "unjoined"]).await;
    // What is meant for the bot itself is let through before it has joined.
    let other = world.visitor();
    let mut mention = NewMessage::new(MessageType::Mention, "look").with_role(Role::Agent);
    mention.meta.insert("targetUser".into(), json!(bot));
    let mut assignment = NewMessage::command("/assign");
    assignment.meta.insert("users".into(), json!([bot]));
    for direct in [NewMessage::command(">status"), mention, assignment] {
        world.sandbox.post_as(agent, &other, direct).unwrap();
        hears(
            &world,
            &mut script,
            &["activity", "default", "nothing", "unjoined"],
        )
        .await;
    }
    script.says(&json!("end")).await;
    script.ends().await;
}

/// Which of the bots heard what happened last.
async fn hears(world: &World, script: &mut Script, expected: &[&str]) {
    world.settle().await;
    script.go_on().await;
    assert_eq!(script.tells("heard").await["by"], json!(expected));
}

#[tokio::test]
async fn the_webhook_is_answered_when_the_handlers_have_ended() {
    let world = World::new().await;
    let mut script = world.serve("scenarios/waiting").await;
    let conversation = world.visitor();
    world.sandbox.contact_says(&conversation, "Hello").unwrap();
    script.tells("working").await;
    let unfinished = world.sandbox.look(|view| {
        let of_message = |it: &&Delivery| it.message.is_some() && !it.outcome.is_final();
        view.deliveries().filter(of_message).count()
    });
    assert_eq!(unfinished, 1);
    script.go_on().await;
    world.settle().await;
    world.end(script).await;
}

#[tokio::test]
async fn an_event_whose_handler_fails_is_not_delivered_again() {
    let world = World::new().await;
    let script = world.serve("scenarios/failing").await;
    let conversation = world.visitor();
    let message = world.sandbox.contact_says(&conversation, "fail at once");
    let message = message.unwrap();
    world.settle().await;
    let deliveries = world.sandbox.deliveries();
    let delivery = deliveries
        .iter()
        .find(|it| it.message.as_ref() == Some(&message));
    let delivery = delivery.unwrap();
    assert_eq!(delivery.attempts, 1);
    assert_eq!(delivery.outcome, DeliveryOutcome::Delivered { status: 200 });
    world.end(script).await;
}

/// With a condition, and for texts, nobody waits for the handler.
#[tokio::test]
async fn a_failing_handler_that_nobody_waits_for_ends_the_bot() {
    for text in ["fail", "fail by text"] {
        let world = World::new().await;
        let script = world.serve("scenarios/failing").await;
        world.sandbox.contact_says(&world.visitor(), text).unwrap();
        let complaint = script.breaks().await;
        assert!(complaint.contains("of the handler"), "{complaint}");
    }
}
