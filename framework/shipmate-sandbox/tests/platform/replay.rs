//! A conversation that is held, written down as a test, and held again by that test.

mod booking;

use std::error::Error;

use axum::{Json, Router, body::Bytes, extract::State as Shared, routing::post};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shipmate_sandbox::{Demo, Sandbox, Webhook};
use tokio::task::JoinHandle;
use web1on1::{ConversationId, ManualClock, Meta};

use crate::world::World;

/// Where the written test is kept. `BLESS=1 cargo test -p shipmate-sandbox --test platform replay`
/// writes it anew.
const KEPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/platform/replay/booking.rs"
);

/// A bot that runs as long as this is kept.
struct Bot(JoinHandle<()>);

impl Drop for Bot {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A bot that books a day, in the answers to its webhook.
async fn start_bot(sandbox: &Sandbox, demo: &Demo, _: &ManualClock) -> Result<Bot, Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhook", listener.local_addr()?);
    let knows = (sandbox.bot_token(&demo.bot), demo.test_drive.to_string());
    let router = Router::new()
        .route("/webhook", post(answer))
        .with_state(knows);
    let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    sandbox.set_webhook(&demo.bot, Webhook::new(url));
    Ok(Bot(served))
}

async fn answer(Shared((token, form)): Shared<(String, String)>, body: Bytes) -> Json<Value> {
    let event: Value = serde_json::from_slice(&body).unwrap();
    let message = &event["data"]["message"];
    let messages = match (message["role"].as_str(), message["text"].as_str()) {
        (Some("contact"), Some("Hello")) => json!([
            {"text": "Which \"day\"?\nWe are open on weekdays 🙂", "role": "agent",
             "actions": [{"type": "postback", "text": "Monday", "payload": "DAY_1"}]},
        ]),
        (Some("contact"), Some("DAY_1")) => json!([
            {"type": "field", "text": ".day monday", "meta": {"form": form}},
            {"text": "Monday it is", "role": "agent", "delay": 5000},
        ]),
        _ => json!([]),
    };
    Json(json!({"token": token, "messages": messages}))
}

async fn told(world: &World, id: &ConversationId, count: usize) {
    world
        .sandbox
        .wait_until(|view| {
            view.conversation(id)
                .is_some_and(|it| it.told_contact().len() + it.pending.len() >= count)
        })
        .await
        .unwrap();
}

/// A conversation with a bot, pauses, a delay, an agent and everything that needs escaping.
async fn held() -> (World, ConversationId, Bot) {
    let world = World::new().await;
    let bot = start_bot(&world.sandbox, &world.demo, &world.clock)
        .await
        .unwrap();
    let profile: Meta = serde_json::from_value(json!({"name": "Ann \"Example\""})).unwrap();
    let sandbox = &world.sandbox;
    let id = sandbox
        .open_conversation(&world.demo.dealer, profile)
        .unwrap();
    sandbox.contact_says(&id, "Hello").unwrap();
    told(&world, &id, 1).await;
    world.clock.advance(SignedDuration::from_mins(30));
    sandbox.contact_taps(&id, "DAY_1").unwrap();
    told(&world, &id, 2).await;
    world.clock.advance(SignedDuration::from_secs(5));
    let agent = &world.demo.agent;
    sandbox
        .agent_notes(&id, agent, "she is \u{202e}nice")
        .unwrap();
    sandbox.agent_says(&id, agent, "See you").unwrap();
    sandbox
        .agent_commands(&id, agent, "/set a 1\n/set b 2")
        .unwrap();
    sandbox.assign_bot(&id, agent, &world.demo.bot).unwrap();
    world.clock.advance(SignedDuration::from_hours(168));
    let picture = json!({"text": "https://example.com/a.png", "contentType": "image/png"});
    sandbox
        .contact_sends(&id, serde_json::from_value(picture).unwrap())
        .unwrap();
    sandbox.agent_leaves(&id, agent).unwrap();
    (world, id, bot)
}

async fn fetched(world: &World, id: &ConversationId, file: &str) -> String {
    let address = format!("{}/chat/{id}/{file}", world.sandbox.url());
    let response = world.http.get(address).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

#[tokio::test]
async fn a_conversation_is_written_as_the_test_that_is_kept_and_run_here() {
    let (world, id, _bot) = held().await;
    let written = fetched(&world, &id, "test.rs").await;
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(KEPT, &written).unwrap();
    }
    assert_eq!(written, include_str!("replay/booking.rs"));
}

#[tokio::test]
async fn a_conversation_is_written_as_text() {
    let (world, id, _bot) = held().await;
    assert_eq!(
        fetched(&world, &id, "transcript.txt").await,
        "> Hello\n\
         < Which \"day\"?\n  We are open on weekdays 🙂\n  [Monday]\n\
         +30min\n\
         > [button] DAY_1\n\
         [Sandbox bot, field] .day monday\n\
         < Monday it is\n\
         [Ann Example, note] she is \u{202e}nice\n\
         [Ann Example] See you\n\
         [Ann Example] /set a 1\n  /set b 2\n\
         [Ann Example] /assign\n\
         +7d\n\
         > https://example.com/a.png\n\
         [Ann Example] /leave\n"
    );
}
