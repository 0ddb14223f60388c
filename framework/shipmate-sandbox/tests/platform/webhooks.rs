use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use sha1::Sha1;
use shipmate_sandbox::{DeliveryOutcome, DeliverySettings, Webhook};
use tokio::net::TcpListener;

use crate::world::{Reply, World};

/// A bot's endpoint that remembers what it got and answers as it was told, otherwise 200.
#[derive(Clone, Default)]
pub(crate) struct Endpoint {
    received: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
}

impl Endpoint {
    pub(crate) async fn start() -> (Self, String) {
        let endpoint = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/hook", post(receive).get(echo))
            .with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (endpoint, url)
    }

    pub(crate) fn answer(&self, status: u16, body: impl Into<String>) {
        self.answers
            .lock()
            .unwrap()
            .push_back((status, body.into()));
    }

    /// What arrived, byte for byte.
    pub(crate) fn bodies(&self) -> Vec<String> {
        let received = self.received.lock().unwrap();
        received
            .iter()
            .map(|(_, body)| String::from_utf8(body.to_vec()).unwrap())
            .collect()
    }

    /// The texts of the messages that arrived.
    pub(crate) fn texts(&self) -> Vec<String> {
        let payloads = self.payloads();
        payloads
            .iter()
            .map(|payload| {
                let text = &payload["data"]["message"]["text"];
                text.as_str().unwrap().to_owned()
            })
            .collect()
    }

    /// The signatures that arrived.
    pub(crate) fn signatures(&self) -> Vec<Option<String>> {
        let received = self.received.lock().unwrap();
        received
            .iter()
            .map(|(headers, _)| {
                let signature = headers.get("x-hub-signature")?;
                Some(signature.to_str().unwrap().to_owned())
            })
            .collect()
    }

    fn payloads(&self) -> Vec<Value> {
        let received = self.received.lock().unwrap();
        received
            .iter()
            .map(|(_, body)| serde_json::from_slice(body).unwrap())
            .collect()
    }

    fn events(&self) -> Vec<String> {
        let payloads = self.payloads();
        payloads
            .iter()
            .map(|payload| payload["event"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn receive(
    State(endpoint): State<Endpoint>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    endpoint.received.lock().unwrap().push((headers, body));
    let answer = endpoint.answers.lock().unwrap().pop_front();
    let (status, body) = answer.unwrap_or((200, String::new()));
    (StatusCode::from_u16(status).unwrap(), body)
}

async fn echo(RawQuery(query): RawQuery) -> (StatusCode, String) {
    let query = query.unwrap_or_default();
    match query.split_once("type=subscribe&challenge=") {
        Some((_, challenge)) => (StatusCode::OK, challenge.to_owned()),
        None => (StatusCode::FORBIDDEN, String::new()),
    }
}

pub(crate) async fn all_delivered(world: &World) {
    world
        .sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_consumers_message_arrives_signed_and_complete() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    world
        .sandbox
        .set_webhook(&world.demo.bot, Webhook::new(url).secret("s3cr3t"));
    let id = world.greeted();
    all_delivered(&world).await;
    assert_eq!(
        endpoint.events(),
        [
            "contact.create",
            "conversation.create",
            "message.create.contact.chat",
            "conversation.update",
            "channel.notify"
        ]
    );
    let (headers, body) = endpoint.received.lock().unwrap()[2].clone();
    let mut mac = Hmac::<Sha1>::new_from_slice(b"s3cr3t").unwrap();
    mac.update(&body);
    let digest = mac.finalize().into_bytes();
    let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let hex = digits.concat();
    assert_eq!(headers["x-hub-signature"], format!("sha1={hex}"));
    assert!(!headers.contains_key("x-hub-signature-256"));
    let payload = &endpoint.payloads()[2];
    assert_eq!(payload["timestamp"], "2024-05-01T10:00:00.000Z");
    assert_eq!(payload["organization"], json!(world.demo.dealer));
    assert_eq!(payload["activity"]["type"], "Create");
    let data = &payload["data"];
    assert_eq!(data["message"]["text"], "hi");
    assert_eq!(data["message"]["conversation"], json!(id));
    assert_eq!(data["conversation"]["status"], "queued");
    assert_eq!(data["contact"]["profile"]["name"], "Carl Consumer");
    assert_eq!(data["organization"]["name"], "Harbour Motors");
    let link = format!("{}/v2/conversations/{id}", world.sandbox.url());
    assert_eq!(data["links"]["conversation"], json!(link));
    let ids: Vec<&str> = world
        .sandbox
        .deliveries()
        .iter()
        .map(|delivery| delivery.id.clone().leak() as &str)
        .collect();
    assert_eq!(payload["id"], ids[2]);
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn a_bot_hears_itself_and_commands_carry_their_effect() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let id = world.greeted();
    let hook = Webhook::new(url).events(["message.create.contact.command"]);
    world.sandbox.set_webhook(&world.demo.bot, hook);
    world
        .bot_posts(&id, &json!({"type": "command", "text": "/set a 1"}))
        .await;
    world.bot_posts(&id, &json!({"text": "not wanted"})).await;
    world.sandbox.agent_accepts(&id, &world.demo.agent).unwrap();
    all_delivered(&world).await;
    let payloads = endpoint.payloads();
    assert_eq!(payloads.len(), 2);
    assert_eq!(
        payloads[0]["data"]["message"]["user"],
        json!(world.demo.bot)
    );
    assert_eq!(payloads[0]["data"]["user"]["role"], "bot");
    assert_eq!(
        payloads[0]["data"]["conversation"]["meta"],
        json!({"a": "1"})
    );
    assert_eq!(payloads[1]["data"]["message"]["text"], "/accept");
    assert_eq!(payloads[1]["data"]["conversation"]["status"], "active");
}

#[tokio::test]
async fn a_delayed_message_is_told_when_it_happens() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let id = world.greeted();
    let hook = Webhook::new(url).events(["message.create.contact.chat"]);
    world.sandbox.set_webhook(&world.demo.bot, hook);
    world
        .bot_posts(&id, &json!({"text": "later", "delay": 5000}))
        .await;
    all_delivered(&world).await;
    assert!(endpoint.payloads().is_empty());
    world.clock.advance(SignedDuration::from_secs(60));
    world
        .sandbox
        .wait_until(|view| view.deliveries().count() == 1)
        .await
        .unwrap();
    all_delivered(&world).await;
    assert_eq!(
        endpoint.payloads()[0]["timestamp"],
        "2024-05-01T10:00:05.000Z"
    );
}

#[tokio::test]
async fn failures_are_tried_again_with_the_same_id_on_the_sandboxes_clock() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let id = world.greeted();
    world.sandbox.set_webhook(
        &world.demo.bot,
        Webhook::new(url).events(["message.create.contact.chat"]),
    );
    endpoint.answer(503, "");
    endpoint.answer(302, "");
    world.sandbox.contact_says(&id, "still there?").unwrap();
    for (attempts, wait) in [(1, 1), (2, 2)] {
        let at = world.sandbox.now() + SignedDuration::from_secs(wait);
        world
            .sandbox
            .wait_until(|view| {
                let delivery = view.deliveries().next().unwrap();
                delivery.attempts == attempts
                    && delivery.outcome == DeliveryOutcome::Retrying { at }
            })
            .await
            .unwrap();
        world.clock.advance(SignedDuration::from_secs(wait));
    }
    all_delivered(&world).await;
    let delivery = world.sandbox.deliveries().remove(0);
    assert_eq!(
        (delivery.attempts, delivery.outcome),
        (3, DeliveryOutcome::Delivered { status: 200 })
    );
    let bodies: Vec<Bytes> = endpoint
        .received
        .lock()
        .unwrap()
        .iter()
        .map(|(_, body)| body.clone())
        .collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_or_exist_is_tried_again() {
    let world = World::with(|builder, _| {
        builder.deliveries(DeliverySettings {
            timeout: std::time::Duration::from_millis(1),
            ..DeliverySettings::default()
        })
    })
    .await;
    // Accepts connections in the kernel's backlog and never reads them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let id = world.greeted();
    let url = format!("http://{}", silent.local_addr().unwrap());
    world
        .sandbox
        .set_webhook(&world.demo.bot, Webhook::new(url));
    world.sandbox.contact_says(&id, "hello?").unwrap();
    world
        .sandbox
        .wait_until(|view| {
            let mut deliveries = view.deliveries();
            deliveries.any(|delivery| delivery.problem.as_deref() == Some("no answer in time"))
        })
        .await
        .unwrap();
    world.sandbox.remove_webhook(&world.demo.bot);
    world.clock.advance(SignedDuration::from_secs(2));
    all_delivered(&world).await;
    assert_eq!(
        world.sandbox.deliveries()[0].outcome,
        DeliveryOutcome::Dropped
    );
}

#[tokio::test]
async fn an_answer_may_carry_messages() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let id = world.greeted();
    world.sandbox.set_webhook(
        &world.demo.bot,
        Webhook::new(url).events(["message.create.contact.chat"]),
    );
    let token = world.sandbox.bot_token(&world.demo.bot);
    let answer =
        json!({"token": token, "messages": [{"text": "Hello", "role": "agent"}, {"text": ""}]});
    endpoint.answer(200, answer.to_string());
    world.sandbox.contact_says(&id, "anybody?").unwrap();
    world
        .sandbox
        .wait_until(|view| view.conversation(&id).unwrap().told_contact() == ["Hello"])
        .await
        .unwrap();
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.sent_by(&world.bot_user()).len(), 1);
    assert_eq!(snapshot.bots[0].consecutive, 1);
}

#[tokio::test]
async fn a_service_webhook_proves_itself_and_hears_of_everything_below() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let service = json!({"name": "Hook", "type": "webhook", "params": {"url": url, "secret": "x"}});
    let created = world
        .as_admin(Method::POST, "/services")
        .json(&service)
        .send()
        .await
        .unwrap();
    assert_eq!(created.status(), 201);
    let patch = json!({"meta": {"company": "New"}});
    let instances = world
        .get(&format!("/botinstances?organization={}", world.demo.dealer))
        .await;
    let instance = instances.each("id")[0].to_owned();
    world
        .sandbox
        .update("botinstances", &instance, patch)
        .unwrap();
    world
        .sandbox
        .delete("forms", world.demo.brochure.as_str())
        .unwrap();
    all_delivered(&world).await;
    let payloads = endpoint.payloads();
    assert_eq!(
        endpoint.events(),
        ["service.create", "botinstance.update", "form.delete"]
    );
    assert_eq!(
        payloads[1]["data"]["botinstance"]["meta"],
        json!({"company": "New"})
    );
    assert_eq!(payloads[1]["organization"], json!(world.demo.dealer));
    let deaf = json!({"name": "Deaf", "type": "webhook", "params": {"url": format!("{}/nothing", world.sandbox.url())}});
    let refused = world
        .as_admin(Method::POST, "/services")
        .json(&deaf)
        .send()
        .await
        .unwrap();
    let refused = Reply::of(refused).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .message()
            .starts_with("webhook verification failed: answered 404"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn many_conversations_keep_their_own_order() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let ids: Vec<_> = (0..10).map(|_| world.greeted()).collect();
    world.sandbox.set_webhook(
        &world.demo.bot,
        Webhook::new(url).events(["message.create.contact.chat"]),
    );
    for n in 0..20 {
        for id in &ids {
            world.sandbox.contact_says(id, &format!("{n}")).unwrap();
        }
    }
    all_delivered(&world).await;
    let payloads = endpoint.payloads();
    for id in &ids {
        let texts: Vec<&str> = payloads
            .iter()
            .filter(|payload| payload["data"]["message"]["conversation"] == json!(id))
            .map(|payload| payload["data"]["message"]["text"].as_str().unwrap())
            .collect();
        let expected: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        assert_eq!(texts, expected);
    }
}
