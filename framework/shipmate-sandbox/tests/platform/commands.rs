use serde_json::{Value, json};
use web1on1::{ConversationStatus, MessageType, NewMessage};

use crate::world::World;

fn command(text: &str) -> Value {
    json!({"type": "command", "text": text})
}

#[tokio::test]
async fn set_stores_text_under_flat_keys_and_clears() {
    let world = World::new().await;
    let id = world.greeted();
    let reply = world
        .bot_posts(
            &id,
            &command("/set my.bot.state asked twice\n/set a 1\n/set b 2"),
        )
        .await;
    assert_eq!(reply.status, 201);
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.variable("my.bot.state"), Some("asked twice"));
    assert_eq!(snapshot.conversation.meta.len(), 3);
    world.bot_posts(&id, &command("/set a \n/set b")).await;
    let keys: Vec<String> = world
        .snapshot(&id)
        .conversation
        .meta
        .keys()
        .cloned()
        .collect();
    assert_eq!(keys, ["my.bot.state"]);
}

#[tokio::test]
async fn set_with_an_at_sign_changes_the_conversation_itself() {
    let world = World::new().await;
    let id = world.greeted();
    world
        .bot_posts(&id, &command("/set @category Service\n/set @name Carl"))
        .await;
    let conversation = world.snapshot(&id).conversation;
    assert_eq!(conversation.category_index, Some(1));
    assert_eq!(conversation.category, Some("Service".into()));
    assert_eq!(conversation.name.as_deref(), Some("Carl"));
    let reply = world.bot_posts(&id, &command("/set @status closed")).await;
    assert_eq!(
        (reply.status, reply.message()),
        (422, "/set cannot change the property @status")
    );
}

#[tokio::test]
async fn a_message_with_one_bad_line_changes_nothing() {
    let world = World::new().await;
    let id = world.greeted();
    let reply = world
        .bot_posts(&id, &command("/set a 1\n/frobnicate"))
        .await;
    assert_eq!(
        (reply.status, reply.message()),
        (422, "line 2: unknown command /frobnicate")
    );
    let reply = world
        .bot_posts(&id, &json!([command("/set a 1"), command("hello")]))
        .await;
    assert_eq!(reply.status, 422);
    let snapshot = world.snapshot(&id);
    assert!(snapshot.conversation.meta.is_empty());
    assert_eq!(snapshot.messages.len(), 1);
}

#[tokio::test]
async fn only_the_type_makes_a_command() {
    let world = World::new().await;
    let id = world.greeted();
    let reply = world.bot_posts(&id, &json!({"text": "/set a 1"})).await;
    assert_eq!(reply.body["type"], "chat");
    assert!(world.snapshot(&id).conversation.meta.is_empty());
}

#[tokio::test]
async fn assign_puts_the_conversation_into_inboxes_until_accepted() {
    let world = World::new().await;
    let id = world.greeted();
    world
        .sandbox
        .assign_bot(&id, &world.demo.agent, &world.demo.bot)
        .unwrap();
    let bot = world.bot_user();
    let participant = world
        .snapshot(&id)
        .conversation
        .participant(&bot)
        .unwrap()
        .clone();
    assert!(participant.inbox && !participant.active && !participant.accepted);
    world.bot_posts(&id, &command("/accept")).await;
    let snapshot = world.snapshot(&id);
    let participant = snapshot.conversation.participant(&bot).unwrap();
    assert!(!participant.inbox && participant.active && participant.accepted);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Active));
    let reply = world
        .bot_posts(
            &id,
            &json!({"type": "command", "text": "/assign", "meta": {"users": ["nobody"]}}),
        )
        .await;
    assert_eq!(
        (reply.status, reply.message()),
        (422, "meta.users: user nobody does not exist")
    );
}

#[tokio::test]
async fn notify_queues_and_the_first_accept_takes_routed_channels_back() {
    let world = World::new().await;
    let id = world.greeted();
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Queued));
    assert_eq!(
        snapshot.conversation.channels,
        std::slice::from_ref(&world.demo.channel)
    );
    world.bot_posts(&id, &command("/accept")).await;
    assert!(world.snapshot(&id).conversation.channels.is_empty());
    let reply = world
        .bot_posts(
            &id,
            &json!({"type": "command", "text": "/notify\n/leave", "meta": {"channels": null, "organizations": null}}),
        )
        .await;
    assert_eq!(reply.status, 201);
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Queued));
    assert_eq!(
        snapshot.conversation.channels,
        std::slice::from_ref(&world.demo.channel)
    );
}

#[tokio::test]
async fn a_task_in_a_named_channel_waits_for_a_person() {
    let world = World::new().await;
    let id = world.greeted();
    let meta = json!({"channels": [world.demo.channel]});
    world
        .bot_posts(
            &id,
            &json!({"type": "command", "text": "/enqueue", "meta": meta}),
        )
        .await;
    world.bot_posts(&id, &command("/accept")).await;
    assert_eq!(world.snapshot(&id).conversation.channels.len(), 1);
    world.sandbox.agent_accepts(&id, &world.demo.agent).unwrap();
    assert!(world.snapshot(&id).conversation.channels.is_empty());
}

#[tokio::test]
async fn leaving_closes_only_if_nobody_else_has_accepted() {
    let world = World::new().await;
    let id = world.greeted();
    world.sandbox.agent_accepts(&id, &world.demo.agent).unwrap();
    world.bot_posts(&id, &command("/accept\n/leave")).await;
    assert_eq!(
        world.snapshot(&id).status(),
        Some(&ConversationStatus::Active)
    );
    world.sandbox.agent_leaves(&id, &world.demo.agent).unwrap();
    assert_eq!(
        world.snapshot(&id).status(),
        Some(&ConversationStatus::Closed)
    );
    world.sandbox.contact_says(&id, "one more thing").unwrap();
    assert_eq!(
        world.snapshot(&id).status(),
        Some(&ConversationStatus::Queued)
    );
}

#[tokio::test]
async fn forms_fields_and_reports_leave_their_traces() {
    let world = World::new().await;
    let id = world.greeted();
    let form = &world.demo.test_drive;
    let reply = world
        .bot_posts(
            &id,
            &json!([
                {"type": "form", "text": "+Test drive", "meta": {"form": form}},
                {"type": "field", "text": ".name Carl  Consumer", "meta": {"form": form}},
                {"type": "field", "text": ".email carl@example.com", "meta": {"form": form}},
                {"type": "field", "text": ".email ", "meta": {"form": form}},
                {"type": "report", "text": "Test drive", "results": [{"name": "Test drive", "values": {"name": "Carl"}}]},
            ]),
        )
        .await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.body[1]["meta"]["key"], "name");
    assert_eq!(reply.body[1].get("role"), None);
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.field(form, "name"), Some("Carl  Consumer"));
    assert_eq!(snapshot.field(form, "email"), None);
    assert_eq!(snapshot.conversation.forms[0]["id"], json!(form));
    assert_eq!(snapshot.conversation.forms[0]["labels"], json!(["isLead"]));
    assert_eq!(
        snapshot.conversation.results,
        [json!({"name": "Test drive", "values": {"name": "Carl"}})]
    );
    world
        .bot_posts(
            &id,
            &json!({"type": "form", "text": "-Test drive", "meta": {"form": form}}),
        )
        .await;
    assert!(world.snapshot(&id).conversation.forms.is_empty());
}

#[tokio::test]
async fn messages_that_cannot_be_are_refused_with_a_reason() {
    let world = World::new().await;
    let id = world.greeted();
    for (message, reason) in [
        (
            json!({"type": "form", "text": "+x"}),
            "meta.form must be the id of a form",
        ),
        (
            json!({"type": "form", "text": "+x", "meta": {"form": "nope"}}),
            "form nope does not exist",
        ),
        (
            json!({"type": "form", "text": "x"}),
            "the text of a form message starts with + or -",
        ),
        (
            json!({"type": "field", "text": ". x"}),
            "the text of a field message is a dot, the key, a blank and the value",
        ),
        (
            json!({"type": "report", "text": "x"}),
            "a report message needs results",
        ),
        (
            json!({"type": "hologram", "text": "x"}),
            "unknown message type \"hologram\"",
        ),
        (
            json!({"text": "x", "role": "ghost"}),
            "unknown role \"ghost\"",
        ),
        (
            json!({"text": "x", "touchpoint": "pigeon"}),
            "unknown touchpoint \"pigeon\"",
        ),
        (
            json!({"text": "x", "actions": [{"type": "explode"}]}),
            "unknown action type \"explode\"",
        ),
        (json!({"text": ""}), "text is required"),
        (
            json!({"text": "x", "user": "nobody"}),
            "user nobody does not exist",
        ),
    ] {
        let reply = world.bot_posts(&id, &message).await;
        assert_eq!((reply.status, reply.message()), (422, reason), "{message}");
        world.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    let reply = world.bot_posts(&id, &json!(["a string"])).await;
    assert_eq!(reply.status, 400);
    assert_eq!(world.snapshot(&id).messages.len(), 1);
}

#[tokio::test]
async fn a_tag_is_kept_once() {
    let world = World::new().await;
    let id = world.greeted();
    for tag in ["vip", "vip", "urgent"] {
        let message = NewMessage::new(MessageType::Tag, tag);
        world
            .sandbox
            .post_as(&world.demo.agent, &id, message)
            .unwrap();
    }
    assert_eq!(
        world.snapshot(&id).conversation.extra["tags"],
        json!(["vip", "urgent"])
    );
}
