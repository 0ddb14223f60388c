use jiff::SignedDuration;
use serde_json::json;
use web1on1::{ConversationStatus, Role};

use crate::world::World;

#[tokio::test]
async fn the_first_message_of_a_contact_queues_the_conversation() {
    let world = World::new().await;
    let id = world
        .sandbox
        .open_conversation_with(&world.demo.dealer, "Carl Consumer")
        .unwrap();
    assert_eq!(
        world.snapshot(&id).status(),
        Some(&ConversationStatus::Closed)
    );
    world.sandbox.contact_says(&id, "hi").unwrap();
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Queued));
    assert_eq!(snapshot.messages[0].role, Some(Role::Contact));
    assert_eq!(snapshot.messages[0].user, None);
    let path = format!("{}#{}", world.demo.group, world.demo.dealer);
    assert_eq!(snapshot.conversation.org_path, Some(path));
}

#[tokio::test]
async fn a_bot_speaks_to_agents_by_default_and_to_the_consumer_as_agent() {
    let world = World::new().await;
    let id = world.greeted();
    let reply = world.bot_posts(&id, &json!({"text": "note"})).await;
    assert_eq!((reply.status, &reply.body["role"]), (201, &json!("bot")));
    assert_eq!(
        reply.location,
        Some(format!("/messages/{}", reply.body["id"].as_str().unwrap()))
    );
    assert_eq!(reply.body["user"], json!(world.demo.bot));
    world
        .bot_posts(
            &id,
            &json!({"text": "aside", "role": "agent", "isBackchannel": true}),
        )
        .await;
    let snapshot = world.snapshot(&id);
    assert!(snapshot.told_contact().is_empty());
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Queued));
    assert!(snapshot.is_active(&world.bot_user()));
}

#[tokio::test]
async fn an_agent_message_of_somebody_outside_accepts() {
    let world = World::new().await;
    let id = world.greeted();
    world
        .bot_posts(&id, &json!({"type": "command", "text": "/set a 1"}))
        .await;
    assert!(!world.snapshot(&id).is_active(&world.bot_user()));
    world
        .bot_posts(&id, &json!({"text": "Hello", "role": "agent"}))
        .await;
    let snapshot = world.snapshot(&id);
    let participant = snapshot
        .conversation
        .participant(&world.bot_user())
        .unwrap();
    assert!(participant.active && participant.accepted);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Active));
    assert_eq!(snapshot.told_contact(), ["Hello"]);
}

#[tokio::test]
async fn created_at_has_milliseconds_and_always_grows() {
    let world = World::new().await;
    let id = world.greeted();
    let reply = world
        .bot_posts(&id, &json!([{"text": "a"}, {"text": "b"}, {"text": "c"}]))
        .await;
    assert_eq!(
        reply.each("createdAt"),
        [
            "2024-05-01T10:00:00.001Z",
            "2024-05-01T10:00:00.002Z",
            "2024-05-01T10:00:00.003Z"
        ]
    );
    for id in reply.each("id") {
        assert!(id.len() == 24 && id.starts_with("663212a0"), "{id}");
    }
}

#[tokio::test]
async fn a_delay_is_waited_for_and_nothing_of_the_same_sender_overtakes() {
    let world = World::new().await;
    let id = world.greeted();
    let reply = world
        .bot_posts(
            &id,
            &json!([
                {"text": "now", "role": "agent"},
                {"type": "command", "text": "/leave", "delay": 3000},
                {"text": "after", "role": "bot"},
            ]),
        )
        .await;
    assert_eq!(reply.body.as_array().unwrap().len(), 3);
    world
        .sandbox
        .agent_notes(&id, &world.demo.agent, "others do not wait")
        .unwrap();
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Active));
    assert_eq!(snapshot.pending.len(), 2);
    world.clock.advance(SignedDuration::from_millis(2999));
    assert_eq!(world.snapshot(&id).pending.len(), 2);
    world.clock.advance(SignedDuration::from_millis(1));
    world
        .sandbox
        .wait_until(|view| view.conversation(&id).unwrap().pending.is_empty())
        .await
        .unwrap();
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Closed));
    let texts: Vec<&str> = snapshot
        .messages
        .iter()
        .map(|message| message.text.as_str())
        .collect();
    assert_eq!(
        texts,
        ["hi", "now", "others do not wait", "/leave", "after"]
    );
}

#[tokio::test]
async fn patch_replaces_meta_and_leaves_the_rest() {
    let world = World::new().await;
    let id = world.greeted();
    world
        .bot_posts(
            &id,
            &json!({"type": "command", "text": "/set a 1\n/set b 2"}),
        )
        .await;
    let path = format!("/conversations/{id}");
    let body = json!({"meta": {"c": {"nested": true}}, "id": "other", "participants": []});
    let response = world
        .as_bot(reqwest::Method::PATCH, &path)
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let conversation = world.get(&path).await.body;
    assert_eq!(conversation["meta"], json!({"c": {"nested": true}}));
    assert_eq!(conversation["id"], json!(id));
    assert_eq!(conversation["status"], "queued");
    assert_eq!(conversation["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn team_conversations_fill_the_inboxes_of_those_who_are_away() {
    let world = World::new().await;
    let reply = world
        .as_bot(reqwest::Method::POST, "/conversations")
        .json(&json!({"type": "bot", "name": "Team", "messages": [
            {"type": "command", "text": "/assign", "meta": {"users": [world.demo.agent]}},
            {"text": "ping"},
        ]}))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 201);
    let body: serde_json::Value = reply.json().await.unwrap();
    assert_eq!(
        (&body["type"], &body["status"]),
        (&json!("bot"), &json!("active"))
    );
    assert_eq!(body["participants"][0]["user"], json!(world.demo.bot));
    assert_eq!(body["participants"][0]["active"], true);
    assert_eq!(body["participants"][1]["inbox"], true);
    assert_eq!(body["participants"][1]["unreadCount"], 2);
}

#[tokio::test]
async fn waiting_in_vain_shows_what_was_said() {
    let world = World::with(|builder, _| builder.patience(std::time::Duration::ZERO)).await;
    let _ = world.greeted();
    let error = world.sandbox.wait_until(|_| false).await.unwrap_err();
    assert!(error.to_string().contains("contact chat: hi"), "{error}");
}
