//! A snapshot goes on as the sandbox it was taken of.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use shipmate_sandbox::{
    Cause, DeliveryOutcome, Demo, Limits, Sandbox, Seed, Snapshot, SnapshotError, Webhook,
};
use web1on1::{ConversationId, ManualClock};

/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9/webhook";

struct World {
    sandbox: Sandbox,
    clock: ManualClock,
    demo: Demo,
    http: Client,
}

impl World {
    async fn new() -> Self {
        let (mut seed, demo) = Seed::demo();
        seed.webhook(&demo.bot, Webhook::new(NOWHERE).secret("s3cr3t"));
        seed.token(&demo.agent, "anns-own-token");
        let clock = ManualClock::at("2024-05-01T10:00:00Z".parse::<Timestamp>().unwrap());
        let sandbox = Sandbox::builder()
            .movable_clock(Arc::new(clock.clone()))
            .public_url("http://sandbox.test")
            .limits(Limits {
                requests_per_key: None,
                requests_per_address: None,
                ..Limits::default()
            })
            .seed(seed)
            .start()
            .await
            .unwrap();
        let http = Client::builder().no_proxy().build().unwrap();
        Self {
            sandbox,
            clock,
            demo,
            http,
        }
    }

    /// A second world that goes on from here, by way of the text.
    async fn fork(&self) -> Self {
        let text = self.sandbox.snapshot().to_json().unwrap();
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let sandbox = Sandbox::builder()
            .movable_clock(Arc::new(clock.clone()))
            .public_url("http://sandbox.test")
            .restore(Snapshot::from_json(&text).unwrap())
            .start()
            .await
            .unwrap();
        assert_eq!(sandbox.now(), self.sandbox.now());
        Self {
            sandbox,
            clock,
            demo: self.demo.clone(),
            http: self.http.clone(),
        }
    }

    async fn call(&self, token: &str, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("http://{}/v2{path}", self.sandbox.address());
        let request = self.http.request(method.clone(), url).bearer_auth(token);
        let request = match method {
            Method::GET => request,
            _ => request.json(body),
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    /// One of many things that can happen, and what is answered.
    async fn step(&self, kind: u64, conversations: &[ConversationId], token: &str) -> (u16, Value) {
        let pick = usize::try_from(kind / 16).unwrap() % conversations.len();
        let id = &conversations[pick];
        let messages = format!("/conversations/{id}/messages");
        let (method, path, body) = match kind % 12 {
            0..3 => (
                Method::POST,
                messages,
                json!({"text": "Hello", "role": "agent"}),
            ),
            3 => {
                let later =
                    json!([{"text": "now"}, {"text": "/leave", "type": "command", "delay": 2500}]);
                (Method::POST, messages, later)
            }
            4 => {
                self.sandbox.contact_says(id, "And now?").unwrap();
                (Method::GET, messages, Value::Null)
            }
            5 => {
                self.clock.advance(SignedDuration::from_millis(
                    i64::try_from(kind % 1800).unwrap(),
                ));
                (Method::GET, format!("/conversations/{id}"), Value::Null)
            }
            6 => {
                let set = json!({"text": format!("/set k{} v", kind % 5), "type": "command"});
                (Method::POST, messages, set)
            }
            7 => (
                Method::POST,
                "/forms".to_owned(),
                json!({"name": format!("F{kind}")}),
            ),
            8 => (
                Method::GET,
                "/forms?sort=-name&select=name".to_owned(),
                Value::Null,
            ),
            9 => {
                let notify = json!({"text": "/notify", "type": "command"});
                (Method::POST, messages, notify)
            }
            10 => (
                Method::GET,
                "/conversations?populate=messages".to_owned(),
                Value::Null,
            ),
            _ => (Method::GET, "/contacts".to_owned(), Value::Null),
        };
        self.call(token, method, &path, &body).await
    }
}

/// Numbers that look like chance and are the same in every run.
fn numbers(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state >> 33
    })
}

#[tokio::test]
async fn whatever_happened_before_the_fork_answers_like_the_original() {
    for seed in 0..6 {
        let original = World::new().await;
        let token = original.sandbox.bot_token(&original.demo.bot);
        let conversations: Vec<ConversationId> = (0..3)
            .map(|n| {
                let name = format!("Visitor {n}");
                original
                    .sandbox
                    .open_conversation_with(&original.demo.dealer, &name)
                    .unwrap()
            })
            .collect();
        let mut steps = numbers(seed);
        for kind in steps.by_ref().take(25) {
            original.step(kind, &conversations, &token).await;
        }
        let fork = original.fork().await;
        for kind in steps.take(40) {
            let expected = original.step(kind, &conversations, &token).await;
            let answer = fork.step(kind, &conversations, &token).await;
            assert_eq!(answer, expected, "seed {seed}, step {kind}");
        }
    }
}

#[tokio::test]
async fn what_was_delayed_is_still_due() {
    let world = World::new().await;
    let id = world
        .sandbox
        .open_conversation_with(&world.demo.dealer, "Carl")
        .unwrap();
    let token = world.sandbox.bot_token(&world.demo.bot);
    let later = json!({"text": "/set a 1", "type": "command", "delay": 60_000});
    let path = format!("/conversations/{id}/messages");
    world.call(&token, Method::POST, &path, &later).await;
    let fork = world.fork().await;
    assert_eq!(fork.sandbox.conversation(&id).unwrap().variable("a"), None);
    fork.clock.advance(SignedDuration::from_secs(60));
    fork.sandbox
        .wait_until(|view| view.conversation(&id).unwrap().variable("a") == Some("1"))
        .await
        .unwrap();
    assert_eq!(world.sandbox.conversation(&id).unwrap().variable("a"), None);
}

#[tokio::test]
async fn what_counted_toward_a_limit_still_counts() {
    let world = World::new().await;
    let id = world
        .sandbox
        .open_conversation_with(&world.demo.dealer, "Carl")
        .unwrap();
    let token = world.sandbox.bot_token(&world.demo.bot);
    let path = format!("/conversations/{id}/messages");
    let hello = json!({"text": "Hello"});
    for _ in 0..8 {
        let (status, _) = world.call(&token, Method::POST, &path, &hello).await;
        assert_eq!(status, 201);
    }
    let fork = world.fork().await;
    let (status, _) = fork.call(&token, Method::POST, &path, &hello).await;
    assert_eq!(status, 429);
    assert_eq!(fork.sandbox.report().bot_messages, 8);
    let unlimited = Sandbox::builder()
        .movable_clock(Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)))
        .restore(world.sandbox.snapshot())
        .limits(Limits::none())
        .start()
        .await
        .unwrap();
    let unlimited = World {
        sandbox: unlimited,
        ..fork
    };
    let (status, _) = unlimited.call(&token, Method::POST, &path, &hello).await;
    assert_eq!(status, 201);
}

#[tokio::test]
async fn deliveries_are_retried_when_they_are_due() {
    let world = World::new().await;
    let id = world
        .sandbox
        .open_conversation_with(&world.demo.dealer, "Carl")
        .unwrap();
    world.sandbox.contact_says(&id, "hi").unwrap();
    let is_retried =
        |outcome: &DeliveryOutcome| matches!(outcome, DeliveryOutcome::Retrying { .. });
    world
        .sandbox
        .wait_until(|view| view.deliveries().all(|it| is_retried(&it.outcome)))
        .await
        .unwrap();
    // The fork has a journal of its own, and its deliveries follow from the fork.
    let deliveries = |sandbox: &Sandbox| {
        let mut deliveries = sandbox.deliveries();
        let cause = Cause::Act { number: 1 };
        for delivery in &mut deliveries {
            delivery.cause = cause;
        }
        deliveries
    };
    let before = deliveries(&world.sandbox);
    assert!(!before.is_empty());
    let fork = world.fork().await;
    assert_eq!(deliveries(&fork.sandbox), before);
    fork.clock.advance(SignedDuration::from_secs(1));
    fork.sandbox
        .wait_until(|view| {
            view.deliveries()
                .all(|it| it.attempts == 2 && is_retried(&it.outcome))
        })
        .await
        .unwrap();
    assert_eq!(deliveries(&world.sandbox), before);
}

#[tokio::test]
async fn tokens_passwords_and_pictures_stay() {
    let world = World::new().await;
    let token = world.sandbox.user_token(&world.demo.agent);
    let fork = world.fork().await;
    for token in [token.as_str(), "anns-own-token"] {
        let (status, me) = fork
            .call(token, Method::GET, "/users/me", &Value::Null)
            .await;
        assert_eq!((status, &me["id"]), (200, &json!(world.demo.agent)));
    }
    let login = json!({"email": "ann.example@example.com", "password": "sandbox"});
    let (status, _) = fork.call("", Method::POST, "/auth/token", &login).await;
    assert_eq!(status, 201);
}

#[tokio::test]
async fn a_running_sandbox_goes_back() {
    let world = World::new().await;
    let id = world
        .sandbox
        .open_conversation_with(&world.demo.dealer, "Carl")
        .unwrap();
    let kept = world.sandbox.snapshot();
    world.sandbox.contact_says(&id, "hi").unwrap();
    world.clock.advance(SignedDuration::from_mins(5));
    world.sandbox.restore(kept.clone()).unwrap();
    assert!(world.sandbox.conversation(&id).unwrap().messages.is_empty());
    assert_eq!(
        world.sandbox.now(),
        kept.time() + SignedDuration::from_mins(5)
    );
    let said = world.sandbox.contact_says(&id, "again").unwrap();
    assert_eq!(
        world.sandbox.conversation(&id).unwrap().messages[0].id,
        said
    );
    let fixed = Sandbox::builder()
        .clock(Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)))
        .start()
        .await
        .unwrap();
    let refused = fixed.restore(kept).unwrap_err();
    assert!(refused.to_string().contains("movable_clock"), "{refused}");
}

#[tokio::test]
async fn a_file_is_its_owners_and_debug_shows_nothing() {
    let world = World::new().await;
    let snapshot = world.sandbox.snapshot();
    let directory = std::env::temp_dir().join(format!("snapshot-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("world.json");
    for _ in 0..2 {
        snapshot.write(&path).unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(Snapshot::read(&path).unwrap().time(), snapshot.time());
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
    std::fs::remove_dir_all(&directory).unwrap();
    let shown = format!("{snapshot:?} {:?}", world.sandbox);
    for secret in ["s3cr3t", "anns-own-token"] {
        assert!(snapshot.to_json().unwrap().contains(secret));
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(matches!(
        Snapshot::read(&path),
        Err(SnapshotError::File { .. })
    ));
    let newer = r#"{"format": 2, "anything": []}"#;
    assert!(matches!(
        Snapshot::from_json(newer),
        Err(SnapshotError::Format { found: 2 })
    ));
    assert!(matches!(
        Snapshot::from_json("{}"),
        Err(SnapshotError::Text(_))
    ));
}
