//! Settings are those of the organization and of all above it, whatever an event says of them.

use std::sync::{Arc, Mutex};

use axum::{body::Body, http::Request};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;
use shipmate::{
    Bot, Event, EventName, Message, Outcome, Result, Token, Turn,
    web1on1::{Client, InstanceId, OrganizationId, Query},
};
use shipmate_tests::sign;
use tower::ServiceExt;

use crate::play::{Play, SECRET};

#[derive(Deserialize)]
struct Settings {
    company: String,
    /// Set at the group only.
    greeting: Option<String>,
}

/// Notes with which settings it is called.
#[derive(Clone, Default)]
struct Observer(Arc<Mutex<Vec<String>>>);

impl Observer {
    fn note(&self, turn: &Turn<Self>) -> Result<Outcome> {
        let Settings { company, greeting } = turn.config();
        let greeting = greeting.as_deref().unwrap_or("-");
        self.0
            .lock()
            .unwrap()
            .push(format!("{company}: {greeting}"));
        turn.done()
    }

    fn noted(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Bot for Observer {
    type State = ();
    type Config = Settings;

    async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> {
        self.note(turn)
    }

    async fn on_event(&self, turn: &mut Turn<Self>, event: &Event) -> Result<Outcome> {
        match &event.name {
            EventName::Resource { resource, .. } if resource == "user" => self.note(turn),
            _ => turn.done(),
        }
    }
}

struct Scene {
    play: Play,
    observer: Observer,
    /// The bot's instance at the group, above the dealer.
    above: InstanceId,
    calls: usize,
}

impl Scene {
    async fn new() -> Self {
        let observer = Observer::default();
        let play = Play::new(observer.clone()).await;
        play.settle().await;
        let above = instance_at(&play, &play.demo.group).await;
        let mut scene = Self {
            play,
            observer,
            above,
            calls: 0,
        };
        scene.greet_with("Ahoy").await;
        scene
    }

    /// Changes a setting at the group.
    async fn greet_with(&mut self, greeting: &str) {
        let meta = json!({"meta": {"company": "Harbour Group", "greeting": greeting}});
        // Two changes at the same moment would be one.
        self.play.clock.advance(SignedDuration::from_secs(1));
        let sandbox = &self.play.sandbox;
        sandbox
            .update("botinstances", self.above.as_str(), meta)
            .unwrap();
        self.play.settle().await;
        self.observer.noted();
        self.calls();
    }

    /// An event that names the dealer and nothing above it.
    async fn somebody_logs_in(&self, second: u32) {
        let body = json!({
            "event": "user.login", "timestamp": format!("2026-03-02T10:00:{second:02}.000Z"),
            "organization": self.play.demo.dealer, "data": {"user": {"id": self.play.demo.agent}}
        })
        .to_string();
        let signature = sign::hub_signature(SECRET, body.as_bytes());
        let request = Request::post("/webhook")
            .header("x-hub-signature", signature)
            .body(Body::from(body));
        let router = self.play.running.router();
        let answer = router.oneshot(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        self.play.settle().await;
    }

    /// What was asked of bots and their instances since the last time.
    fn calls(&mut self) -> Vec<String> {
        let calls = self.play.sandbox.calls();
        let new = calls.iter().skip(self.calls);
        self.calls = calls.len();
        let routes = new.filter_map(|call| call.route.as_deref());
        let routes = routes.filter(|route| route.starts_with("/bot"));
        routes.map(str::to_owned).collect()
    }
}

async fn instance_at(play: &Play, organization: &OrganizationId) -> InstanceId {
    let token = Token::new(play.sandbox.bot_token(&play.demo.bot)).unwrap();
    let client = Client::builder(play.sandbox.url())
        .token(token)
        .build()
        .unwrap();
    let query = Query::new().filter("organization", organization.as_str());
    let instances = client.bot_instances().list(&query).await.unwrap();
    instances.first().unwrap().id.clone()
}

const WHOLE: &str = "Harbour Motors: Ahoy";

#[tokio::test]
async fn an_event_that_names_its_organization_alone_gets_the_settings_from_above_too() {
    let mut scene = Scene::new().await;
    scene.somebody_logs_in(1).await;
    assert_eq!(scene.observer.noted(), [WHOLE]);
    // The own instance tells what is above.
    let read = ["/bots/{id}", "/botinstances", "/botinstances"];
    assert_eq!(scene.calls(), read);
    scene.play.says("hello").await;
    assert_eq!(scene.observer.noted(), [WHOLE]);
    assert!(scene.calls().is_empty(), "they were read already");
}

#[tokio::test]
async fn what_was_read_for_the_whole_path_serves_for_the_organization_alone() {
    let mut scene = Scene::new().await;
    scene.play.says("hello").await;
    assert_eq!(scene.calls(), ["/bots/{id}", "/botinstances"]);
    scene.somebody_logs_in(2).await;
    assert_eq!(scene.observer.noted(), [WHOLE, WHOLE]);
    assert!(scene.calls().is_empty(), "they were read already");
}

#[tokio::test]
async fn a_change_above_is_seen_by_the_next_event() {
    let mut scene = Scene::new().await;
    scene.somebody_logs_in(1).await;
    assert_eq!(scene.observer.noted(), [WHOLE]);
    scene.greet_with("Hello").await;
    scene.somebody_logs_in(2).await;
    scene.play.says("hello").await;
    assert_eq!(scene.observer.noted(), ["Harbour Motors: Hello"; 2]);
    assert_eq!(scene.calls().len(), 3, "they are read once more");
}

/// A page of the service or of its console.
async fn shown(router: axum::Router, path: &str) -> String {
    let request = Request::get(path).header("host", "localhost");
    let answer = router.oneshot(request.body(Body::empty()).unwrap()).await;
    let body = axum::body::to_bytes(answer.unwrap().into_body(), usize::MAX).await;
    String::from_utf8(body.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_shown_until_they_are_corrected() {
    let scene = Scene::new().await;
    let play = &scene.play;
    let own = instance_at(play, &play.demo.dealer).await;
    let set_company = async |company: &str| {
        play.clock.advance(SignedDuration::from_secs(1));
        let meta = json!({"meta": {"company": company}});
        let changed = play.sandbox.update("botinstances", own.as_str(), meta);
        changed.unwrap();
        play.settle().await;
    };
    // Two changes at the same moment would be one.
    play.clock.advance(SignedDuration::from_secs(1));
    let above = json!({"meta": {"greeting": "Ahoy"}});
    let changed = play
        .sandbox
        .update("botinstances", scene.above.as_str(), above);
    changed.unwrap();
    set_company("").await;
    play.says("hello").await;
    assert!(scene.observer.noted().is_empty());
    assert!(play.outcomes("ignored-bad-settings").await >= 4);
    let console = || shown(play.running.console(None), "/");
    let metrics = || shown(play.running.router(), "/metrics");
    let page = console().await;
    assert!(
        page.contains("Harbour Motors") && page.contains("`company` is missing"),
        "{page}"
    );
    let unusable = async || {
        let metrics = metrics().await;
        let mut lines = metrics.lines();
        let line = lines.find_map(|it| it.strip_prefix("shipmate_settings_unusable{bot=\"bot\"} "));
        line.unwrap_or(&metrics).to_owned()
    };
    assert_eq!(unusable().await, "2", "the group and the dealer");
    let story = shown(
        play.running.console(None),
        &format!("/why?id={}", play.conversation),
    )
    .await;
    assert!(story.contains("ignored-bad-settings") && story.contains("`company` is missing"));
    assert_eq!(shown(play.running.router(), "/readyz").await, "ready");
    set_company("Harbour Boats").await;
    play.says("hello").await;
    assert_eq!(scene.observer.noted(), ["Harbour Boats: Ahoy"]);
    assert!(!console().await.contains("Harbour Motors"));
    assert_eq!(unusable().await, "1");
}
