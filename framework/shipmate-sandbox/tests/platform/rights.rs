//! The table of rights (authentication), row by row.

use reqwest::Method;
use serde_json::{Value, json};
use web1on1::UserId;

use crate::world::World;

const SCOPES: [&str; 4] = ["guest", "agent", "bot", "admin"];

/// The tokens of a guest, an agent, a bot and an admin of the group.
fn tokens(world: &World) -> Vec<String> {
    let user = |role: &str| {
        let fields = json!({
            "email": format!("{role}@example.com"), "role": role, "status": "active",
            "organization": world.demo.group,
        });
        let user = world.sandbox.create("users", fields).unwrap();
        world
            .sandbox
            .user_token(&UserId::from(user["id"].as_str().unwrap()))
    };
    let bot = world.sandbox.bot_token(&world.demo.bot);
    vec![user("guest"), user("agent"), bot, user("admin")]
}

/// Checks that the scopes from `lowest` on may do something and those below may not.
async fn check(world: &World, tokens: &[String], lowest: &str, call: (Method, &str, &Value)) {
    let (method, path, body) = call;
    let lowest = SCOPES.iter().position(|scope| *scope == lowest).unwrap();
    for (scope, token) in tokens.iter().enumerate() {
        let request = world.request(method.clone(), path).bearer_auth(token);
        let request = match method {
            Method::GET => request,
            _ => request.json(body),
        };
        let status = request.send().await.unwrap().status().as_u16();
        assert_eq!(
            status == 403,
            scope < lowest,
            "{method} {path} as {}: {status}",
            SCOPES[scope]
        );
        assert!(
            matches!(status, 200 | 201 | 403),
            "{method} {path}: {status}"
        );
    }
}

#[tokio::test]
async fn who_may_list() {
    let world = unlimited().await;
    let tokens = tokens(&world);
    for (lowest, paths) in [
        (
            "bot",
            &[
                "organizations",
                "orggroups",
                "users",
                "messages?type=chat",
                "forms",
                "bots",
                "botinstances",
            ][..],
        ),
        (
            "agent",
            &["conversations", "contacts", "kbases", "kbitems", "articles"],
        ),
        ("admin", &["services"]),
    ] {
        for path in paths {
            let call = (Method::GET, format!("/{path}"));
            check(&world, &tokens, lowest, (call.0, &call.1, &Value::Null)).await;
        }
    }
}

#[tokio::test]
async fn who_may_fetch() {
    let world = unlimited().await;
    let tokens = tokens(&world);
    let conversation = world.greeted();
    let snapshot = world.snapshot(&conversation);
    let make = |path: &str, mut fields: Value| {
        fields["organization"] = json!(world.demo.group);
        let made = world.sandbox.create(path, fields).unwrap();
        format!("{path}/{}", made["id"].as_str().unwrap())
    };
    let contact = snapshot.conversation.contact_id().unwrap();
    for (lowest, path) in [
        ("bot", format!("organizations/{}", world.demo.dealer)),
        ("bot", make("orggroups", json!({"name": "x"}))),
        ("bot", format!("users/{}", world.demo.agent)),
        ("bot", format!("messages/{}", snapshot.messages[0].id)),
        ("bot", format!("contacts/{contact}")),
        ("guest", "users/me".to_owned()),
        ("guest", format!("conversations/{conversation}")),
        ("agent", make("articles", json!({"name": "x"}))),
        // The table says admin; the SDK's example bot fetches forms.
        ("bot", format!("forms/{}", world.demo.brochure)),
        (
            "admin",
            make(
                "services",
                json!({"name": "x", "type": "api", "params": {}}),
            ),
        ),
    ] {
        let path = format!("/{path}");
        check(&world, &tokens, lowest, (Method::GET, &path, &Value::Null)).await;
    }
}

#[tokio::test]
async fn who_may_create() {
    let world = unlimited().await;
    let tokens = tokens(&world);
    let conversation = world.greeted();
    let messages = format!("/conversations/{conversation}/messages");
    for (lowest, path, body) in [
        ("admin", "/organizations", json!({"name": "x"})),
        ("admin", "/orggroups", json!({"name": "x"})),
        ("admin", "/users", json!({"email": "x@example.com"})),
        (
            "admin",
            "/services",
            json!({"name": "x", "type": "api", "params": {}}),
        ),
        ("agent", "/conversations", json!({"name": "Team"})),
        ("agent", "/kbases", json!({"name": "x"})),
        ("agent", "/articles", json!({"name": "x"})),
        ("guest", &messages, json!({"text": "x"})),
        ("bot", "/contacts", json!({"profile": {"name": "x"}})),
        ("bot", "/forms", json!({"name": "x"})),
    ] {
        check(&world, &tokens, lowest, (Method::POST, path, &body)).await;
    }
}

async fn unlimited() -> World {
    World::with(|builder, _| builder.limits(shipmate_sandbox::Limits::none())).await
}
