//! Behaviour that the documents leave open, in each of its forms.

use reqwest::Method;
use serde_json::{Value, json};
use shipmate_sandbox::{Lines, Quirks, Sandbox, Seed, Webhook};
use web1on1::ConversationId;

use crate::{
    webhooks::{Endpoint, all_delivered},
    world::{Reply, World},
};

async fn world_of(quirks: Quirks) -> World {
    World::with(|builder, _| builder.quirks(quirks)).await
}

fn reading(lines: Lines) -> Quirks {
    Quirks {
        lines,
        ..Quirks::default()
    }
}

fn strict() -> Quirks {
    Quirks {
        keeps_unknown_meta: false,
        ..Quirks::default()
    }
}

fn variables(world: &World, id: &ConversationId) -> Value {
    serde_json::to_value(world.snapshot(id).conversation.meta).unwrap()
}

async fn admin(world: &World, method: Method, body: &Value) -> Reply {
    let url = format!("{}/admin/quirks", world.sandbox.url());
    let request = world.http.request(method, url).json(body);
    Reply::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn several_lines_mean_what_is_chosen() {
    for (lines, status, expected) in [
        (Lines::Each, 201, json!({"a": "1", "b": "2"})),
        (Lines::FirstOnly, 201, json!({"a": "1"})),
        (Lines::RestIsValue, 201, json!({"a": "1\n/set b 2"})),
        (Lines::Refused, 422, json!({})),
    ] {
        let world = world_of(reading(lines)).await;
        let id = world.greeted();
        let two = json!({"type": "command", "text": "/set a 1\n/set b 2"});
        assert_eq!(world.bot_posts(&id, &two).await.status, status, "{lines:?}");
        assert_eq!(variables(&world, &id), expected, "{lines:?}");
    }
}

#[tokio::test]
async fn the_second_of_two_commands_is_not_carried_out() {
    let world = world_of(reading(Lines::FirstOnly)).await;
    let id = world.greeted();
    world.sandbox.agent_accepts(&id, &world.demo.agent).unwrap();
    let both = json!({
        "type": "command", "text": "/assign\n/notify",
        "meta": {"users": [world.demo.bot], "channels": [world.demo.channel]},
    });
    assert_eq!(world.bot_posts(&id, &both).await.status, 201);
    let conversation = world.snapshot(&id).conversation;
    assert!(conversation.participant(&world.bot_user()).unwrap().inbox);
    assert!(conversation.channels.is_empty());
}

#[tokio::test]
async fn unknown_meta_is_neither_answered_nor_stored_nor_delivered() {
    let world = world_of(strict()).await;
    let (endpoint, url) = Endpoint::start().await;
    let id = world.greeted();
    let hook = Webhook::new(url).events(["message.create.contact.chat"]);
    world.sandbox.set_webhook(&world.demo.bot, hook);
    let given = json!({"text": "x", "meta": {"title": "Offer", "_marker": "7"}});
    let kept = json!({"title": "Offer"});
    let created = world.bot_posts(&id, &given).await;
    assert_eq!(created.body["meta"], kept);
    let message = format!("/messages/{}", created.body["id"].as_str().unwrap());
    assert_eq!(world.get(&message).await.body["meta"], kept);
    all_delivered(&world).await;
    let delivered: Value = serde_json::from_str(&endpoint.bodies()[0]).unwrap();
    assert_eq!(delivered["data"]["message"]["meta"], kept);

    let changes = json!({"meta": {"title": "New", "_marker": "8"}});
    let written = world.admin(Method::PATCH, &message, &changes).await;
    assert_eq!(written.body["meta"], json!({"title": "New"}));
}

#[tokio::test]
async fn they_are_changed_while_it_runs() {
    let world = World::new().await;
    let id = world.greeted();
    let shown = admin(&world, Method::GET, &json!({})).await;
    assert_eq!(
        shown.body,
        json!({"lines": "each", "keepsUnknownMeta": true})
    );
    let changed = admin(&world, Method::POST, &json!({"lines": "first-only"})).await;
    assert_eq!(
        changed.body,
        json!({"lines": "first-only", "keepsUnknownMeta": true})
    );
    admin(&world, Method::POST, &json!({"keepsUnknownMeta": false})).await;
    let both = Quirks {
        lines: Lines::FirstOnly,
        keeps_unknown_meta: false,
    };
    assert_eq!(world.sandbox.quirks(), both);
    let two = json!({"type": "command", "text": "/set a 1\n/set b 2", "meta": {"_marker": 1}});
    let created = world.bot_posts(&id, &two).await;
    assert!(created.body["meta"].get("_marker").is_none());
    assert_eq!(variables(&world, &id), json!({"a": "1"}));
    for wrong in [json!({"lines": "none"}), json!({"line": "each"})] {
        let refused = admin(&world, Method::POST, &wrong).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
    world.sandbox.set_quirks(Quirks::default());
    world.bot_posts(&id, &two).await;
    assert_eq!(variables(&world, &id), json!({"a": "1", "b": "2"}));
}

#[tokio::test]
async fn the_overview_has_a_form_for_them() {
    let world = World::new().await;
    let page = crate::page::html(&world, "/").await;
    assert!(page.contains("data-testid=\"quirk-lines\""));
    let fields = [("lines", "rest-is-value"), ("meta", "known")];
    let saved = crate::page::submit(&world, "/quirks", &fields).await;
    assert_eq!(saved.status(), 204);
    let expected = Quirks {
        lines: Lines::RestIsValue,
        keeps_unknown_meta: false,
    };
    assert_eq!(world.sandbox.quirks(), expected);
    let page = crate::page::html(&world, "/").await;
    assert!(page.contains("<option value=\"rest-is-value\" selected>"));
    let wrong = crate::page::submit(&world, "/quirks", &[("lines", "x")]).await;
    assert_eq!(wrong.status(), 422);
}

#[tokio::test]
async fn a_seed_file_and_a_snapshot_have_them() {
    let text = "[quirks]\nlines = \"refused\"\nkeeps-unknown-meta = false";
    let seeded = Sandbox::builder().seed(Seed::from_toml(text).unwrap());
    let sandbox = seeded.start().await.unwrap();
    let expected = Quirks {
        lines: Lines::Refused,
        keeps_unknown_meta: false,
    };
    assert_eq!(sandbox.quirks(), expected);
    let fork = Sandbox::builder().restore(sandbox.snapshot());
    assert_eq!(fork.start().await.unwrap().quirks(), expected);
    let other = Sandbox::builder()
        .restore(sandbox.snapshot())
        .quirks(Quirks::default());
    assert_eq!(other.start().await.unwrap().quirks(), Quirks::default());
}

/// Snapshots from before there was a choice go on as they did.
#[tokio::test]
async fn a_snapshot_without_them_has_the_defaults() {
    let sandbox = Sandbox::builder().quirks(strict()).start().await.unwrap();
    let mut text: Value = serde_json::from_str(&sandbox.snapshot().to_json().unwrap()).unwrap();
    text["state"]
        .as_object_mut()
        .unwrap()
        .remove("quirks")
        .unwrap();
    let old = shipmate_sandbox::Snapshot::from_json(&text.to_string()).unwrap();
    sandbox.restore(old).unwrap();
    assert_eq!(sandbox.quirks(), Quirks::default());
}
