//! What the sandbox writes is what the wire types read.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shipmate_sandbox::Webhook;
use web1on1::{Bot, BotInstance, Conversation, Form, Message, Organization, Service, User};

use crate::world::World;

fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{error}: {json}"))
}

#[tokio::test]
async fn resources_read_as_the_wire_types() {
    let world = World::new().await;
    let demo = &world.demo;
    let bot: Bot = read(&world.get(&format!("/bots/{}", demo.bot)).await.body);
    assert_eq!(bot.id, demo.bot);
    let user: User = read(&world.get("/users/me").await.body);
    assert_eq!(
        user.email.as_deref(),
        Some(format!("bot+{}@web1on1.chat", demo.bot).as_str())
    );
    let path = format!("/organizations/{}", demo.dealer);
    let dealer: Organization = read(&world.get(&path).await.body);
    assert_eq!(dealer.name, "Harbour Motors");
    let path = format!("/botinstances?organization={}", demo.dealer);
    let instance: BotInstance = read(&world.get(&path).await.body[0]);
    assert_eq!(instance.bot, demo.bot);
    for (id, fields) in [(&demo.brochure, 1), (&demo.test_drive, 10)] {
        let form: Form = read(&world.get(&format!("/forms/{id}")).await.body);
        assert_eq!(form.fields.len(), fields);
    }
    let hook = Webhook::new("http://127.0.0.1:9/").secret("x");
    let mut seed = shipmate_sandbox::Seed::new();
    let organization = seed.organization("Other");
    let id = seed.service_webhook(&organization, "Hook", &hook);
    let admin = seed.admin(&organization, "Ada Other");
    let other = shipmate_sandbox::Sandbox::builder()
        .seed(seed)
        .start()
        .await
        .unwrap();
    let service = world
        .http
        .get(format!("{}/v2/services/{id}", other.url()))
        .bearer_auth(other.user_token(&admin))
        .send()
        .await
        .unwrap();
    let service: Service = read(&service.json().await.unwrap());
    assert_eq!(service.id, Some(id));
}

#[tokio::test]
async fn conversations_and_messages_read_as_the_wire_types() {
    let world = World::new().await;
    let id = world.greeted();
    let posted = world
        .bot_posts(
            &id,
            &json!({"text": "Pick", "role": "agent", "delay": 1, "actions": [{"type": "reply", "text": "Mon", "payload": "1"}],
                    "items": [{"title": "One"}], "meta": {"mark": "m"}}),
        )
        .await;
    let message: Message = read(&posted.body);
    assert_eq!(message.conversation, Some(id.clone()));
    let body = world
        .get(&format!("/conversations/{id}?populate=contact"))
        .await
        .body;
    let conversation: Conversation = read(&body);
    assert_eq!(conversation.id, id);
    assert_eq!(
        conversation.contact_id(),
        world.snapshot(&id).conversation.contact_id()
    );
}

#[tokio::test]
async fn every_message_has_meta() {
    let world = World::new().await;
    let id = world.greeted();
    let posted = world.bot_posts(&id, &json!({"text": "plain"})).await;
    assert_eq!(posted.body["meta"], json!({}));
    let list = world.get(&format!("/messages?conversation={id}")).await;
    assert_eq!(list.body[0]["meta"], json!({}));
}
