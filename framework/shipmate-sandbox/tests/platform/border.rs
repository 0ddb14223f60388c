use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::json;
use shipmate_sandbox::{Border, CallOutcome, Crossing, DeliveryOutcome, Entry, Webhook};

use crate::{webhooks::Endpoint, world::World};

/// Notes everything, and cuts off what it is told to, once.
#[derive(Debug)]
struct Guard {
    seen: Mutex<Vec<&'static str>>,
    cuts: Mutex<Option<&'static str>>,
}

impl Guard {
    fn cutting(what: &'static str) -> Arc<Self> {
        Arc::new(Self {
            seen: Mutex::default(),
            cuts: Mutex::new(Some(what)),
        })
    }

    fn seen(&self) -> Vec<&'static str> {
        self.seen.lock().unwrap().clone()
    }
}

impl Border for Guard {
    fn lets_through(&self, crossing: Crossing<'_>) -> bool {
        let name = match crossing {
            Crossing::Request { method: "POST", .. } => "request",
            Crossing::Answer { method: "POST", .. } => "answer",
            Crossing::WebhookAnswer => "webhook answer",
            Crossing::WebhookNoted => "webhook noted",
            _ => return true,
        };
        self.seen.lock().unwrap().push(name);
        self.cuts
            .lock()
            .unwrap()
            .take_if(|cut| *cut == name)
            .is_none()
    }
}

#[tokio::test]
async fn a_request_is_lost_before_it_is_carried_out_and_an_answer_after_it() {
    for (cut, seen, messages) in [
        ("request", vec!["request"], 1),
        ("answer", vec!["request", "answer"], 2),
    ] {
        let guard = Guard::cutting(cut);
        let border: Arc<dyn Border> = Arc::clone(&guard) as _;
        let world = World::with(|builder, _| builder.border(border)).await;
        let id = world.greeted();
        let path = format!("/conversations/{id}/messages");
        let request = world
            .as_bot(Method::POST, &path)
            .json(&json!({"text": "x"}));
        let lost = match request.send().await {
            Ok(response) => response.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(lost, "{cut}");
        assert_eq!(guard.seen(), seen);
        assert_eq!(world.snapshot(&id).messages.len(), messages, "{cut}");
        let journal = world.sandbox.journal();
        let call = journal.iter().find_map(Entry::as_call).unwrap();
        assert_eq!(call.outcome, CallOutcome::Broken);
    }
}

#[tokio::test]
async fn a_delivery_whose_answer_is_lost_is_made_again() {
    let guard = Guard::cutting("webhook answer");
    let border: Arc<dyn Border> = Arc::clone(&guard) as _;
    let world = World::with(|builder, _| builder.border(border)).await;
    let (endpoint, url) = Endpoint::start().await;
    let id = world.greeted();
    let hook = Webhook::new(url).events(["message.create.contact.chat"]);
    world.sandbox.set_webhook(&world.demo.bot, hook);
    world.sandbox.contact_says(&id, "hi").unwrap();
    let is_put_off =
        |outcome: &DeliveryOutcome| matches!(outcome, DeliveryOutcome::Retrying { .. });
    world
        .sandbox
        .wait_until(|view| view.deliveries().any(|it| is_put_off(&it.outcome)))
        .await
        .unwrap();
    assert_eq!(endpoint.bodies().len(), 1);
    assert_eq!(guard.seen(), ["webhook answer"]);
}
