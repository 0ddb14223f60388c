use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Reply, World};

async fn write(world: &World, method: Method, path: &str, body: &Value) -> Reply {
    let request = world.as_bot(method, path).json(body);
    Reply::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_message_is_changed_replaced_and_deleted() {
    let world = World::new().await;
    let id = world.greeted();
    let posted = json!({"text": "Hello", "role": "agent", "meta": {"a": 1, "b": 2}});
    let posted = world.bot_posts(&id, &posted).await;
    let path = format!("/messages/{}", posted.body["id"].as_str().unwrap());
    world.clock.advance(SignedDuration::from_secs(5));
    let changes = json!({"text": "Hello!", "meta": {"c": 3}, "role": "contact", "id": "x"});
    let patched = write(&world, Method::PATCH, &path, &changes).await;
    assert_eq!(patched.status, 200);
    assert_eq!(
        (
            &patched.body["text"],
            &patched.body["meta"],
            &patched.body["role"]
        ),
        (&json!("Hello!"), &json!({"c": 3}), &json!("agent"))
    );
    assert_ne!(patched.body["updatedAt"], patched.body["createdAt"]);
    let replaced = write(&world, Method::PUT, &path, &json!({"text": "Anew"})).await;
    assert_eq!(replaced.body["text"], "Anew");
    assert_eq!(replaced.body["meta"], json!({}));
    assert_eq!(world.get(&path).await.body, replaced.body);
    let empty = world.as_bot(Method::PUT, &path).send().await.unwrap();
    assert_eq!(empty.status(), 400);
    assert_eq!(
        write(&world, Method::PATCH, &path, &json!({"text": ""}))
            .await
            .status,
        422
    );
    let deleted = world.as_bot(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    assert_eq!(world.get(&path).await.status, 404);
    let left = world.get(&format!("/conversations/{id}/messages")).await;
    assert_eq!(left.each("text"), ["hi"]);
}

#[tokio::test]
async fn a_deleted_message_that_waits_never_takes_effect_and_the_others_do() {
    let world = World::new().await;
    let id = world.greeted();
    let batch: Vec<Value> = (0..3)
        .map(|n| json!({"text": format!("/set k{n} v"), "type": "command", "delay": 1000}))
        .collect();
    let posted = world.bot_posts(&id, &json!(batch)).await;
    let path = format!("/messages/{}", posted.each("id")[1]);
    world.as_bot(Method::DELETE, &path).send().await.unwrap();
    world.clock.advance(SignedDuration::from_secs(1));
    world
        .sandbox
        .wait_until(|view| view.conversation(&id).unwrap().pending.is_empty())
        .await
        .unwrap();
    let snapshot = world.snapshot(&id);
    let values = ["k0", "k1", "k2"].map(|key| snapshot.variable(key));
    assert_eq!(values, [Some("v"), None, Some("v")]);
}

#[tokio::test]
async fn agents_change_their_own_messages_only() {
    let world = World::new().await;
    let id = world.greeted();
    let token = world.sandbox.user_token(&world.demo.agent);
    let own = world
        .sandbox
        .agent_says(&id, &world.demo.agent, "mine")
        .unwrap();
    let other = world.bot_posts(&id, &json!({"text": "not mine"})).await;
    let other = other.body["id"].as_str().unwrap();
    for (message, status) in [(own.as_str(), 200), (other, 403)] {
        let request = world
            .request(Method::PATCH, &format!("/messages/{message}"))
            .bearer_auth(&token)
            .json(&json!({"text": "changed"}));
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

/// How a bot finds out whether a message whose answer was lost is there.
#[tokio::test]
async fn a_bot_reads_its_latest_messages_those_that_wait_included() {
    let world = World::new().await;
    let id = world.greeted();
    world.clock.advance(SignedDuration::from_secs(1));
    let two = json!([
        {"text": "now", "role": "agent"},
        {"text": "/leave", "type": "command", "delay": 3000},
    ]);
    world.bot_posts(&id, &two).await;
    let path = |test: &str| format!("/messages?conversation={id}&sort=-createdAt&createdAt={test}");
    let all = world.get(&path(">=2024-05-01T10:00:00.000Z")).await;
    assert_eq!(all.each("text"), ["/leave", "now", "hi"]);
    // `createdAt` is when it was accepted, not when it is due.
    assert_eq!(all.body[0]["createdAt"], "2024-05-01T10:00:01.001Z");
    let later = world.get(&path(">2024-05-01T10:00:00.000Z")).await;
    assert_eq!(later.each("text"), ["/leave", "now"]);
    let earlier = world.get(&path("<2024-05-01T10:00:01.000Z")).await;
    assert_eq!(earlier.each("text"), ["hi"]);
}
