//! Everything that has to do with time follows the clock, however far it jumps.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use shipmate_sandbox::{Entry, Webhook};

use crate::{webhooks::Endpoint, world::World};

#[tokio::test]
async fn a_jump_of_a_day_ends_a_token() {
    let world = World::new().await;
    let token = world.sandbox.user_token(&world.demo.admin);
    let status = async || {
        let request = world.request(Method::GET, "/users/me").bearer_auth(&token);
        request.send().await.unwrap().status()
    };
    assert_eq!(status().await, 200);
    world.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn jumps_free_limits() {
    let world = World::new().await;
    let id = world.greeted();
    let batch =
        |texts: &[&str]| -> Value { texts.iter().map(|text| json!({"text": text})).collect() };
    assert_eq!(world.bot_posts(&id, &batch(&["same"; 8])).await.status, 201);
    assert_eq!(world.bot_posts(&id, &batch(&["same"])).await.status, 429);
    world.clock.advance(SignedDuration::from_mins(3));
    assert_eq!(world.bot_posts(&id, &batch(&["same"; 8])).await.status, 201);
    world.clock.advance(SignedDuration::from_mins(3));
    assert_eq!(world.bot_posts(&id, &batch(&["same"; 5])).await.status, 429);
    assert_eq!(world.bot_posts(&id, &batch(&["same"; 4])).await.status, 201);
    world.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(world.bot_posts(&id, &batch(&["same"; 8])).await.status, 201);
}

#[tokio::test]
async fn a_jump_over_several_due_things_lets_them_happen_in_their_order() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let id = world.greeted();
    let hook = Webhook::new(url).events(["message.create.contact.chat"]);
    world.sandbox.set_webhook(&world.demo.bot, hook);
    endpoint.answer(500, "");
    world
        .sandbox
        .contact_says(&id, "tried again after 1 s")
        .unwrap();
    world
        .sandbox
        .wait_until(|view| {
            let attempts = view.journal().filter_map(Entry::as_delivery);
            attempts.filter(|attempt| attempt.ended.is_some()).count() == 1
        })
        .await
        .unwrap();
    for (text, delay) in [("after 2 s", 2000), ("after 30 min", 1_800_000)] {
        let message = json!({"text": text, "delay": delay});
        assert_eq!(world.bot_posts(&id, &message).await.status, 201);
    }
    world.clock.advance(SignedDuration::from_hours(7 * 24));
    world
        .sandbox
        .wait_until(|view| view.deliveries().count() == 3 && view.unfinished_deliveries() == 0)
        .await
        .unwrap();
    let journal = world.sandbox.journal();
    let attempts: Vec<(u32, Value)> = journal
        .iter()
        .filter_map(Entry::as_delivery)
        .map(|attempt| {
            let body: Value = serde_json::from_str(&attempt.body.text).unwrap();
            (attempt.attempt, body["data"]["message"]["text"].clone())
        })
        .collect();
    assert_eq!(
        attempts[1..],
        [
            (2, json!("tried again after 1 s")),
            (1, json!("after 2 s")),
            (1, json!("after 30 min")),
        ]
    );
    let times: Vec<Value> = endpoint
        .bodies()
        .iter()
        .map(|body| serde_json::from_str::<Value>(body).unwrap()["timestamp"].clone())
        .collect();
    assert_eq!(times[3], "2024-05-01T10:30:00.000Z");
}
