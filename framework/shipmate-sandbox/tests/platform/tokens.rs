use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::world::{Reply, World};

#[tokio::test]
async fn requests_need_a_valid_token() {
    let world = World::new().await;
    let reply = Reply::of(
        world
            .request(Method::GET, "/users/me")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(
        (reply.status, reply.message()),
        (401, "no authorization token was found")
    );
    let forged = world.request(Method::GET, "/users/me").bearer_auth("x.y.z");
    let reply = Reply::of(forged.send().await.unwrap()).await;
    assert_eq!((reply.status, reply.message()), (401, "invalid token"));
    let token = world
        .sandbox
        .token_for(&world.bot_user(), SignedDuration::from_mins(1));
    world.clock.advance(SignedDuration::from_mins(1));
    let expired = world.request(Method::GET, "/users/me").bearer_auth(token);
    let reply = Reply::of(expired.send().await.unwrap()).await;
    assert_eq!((reply.status, reply.message()), (401, "jwt expired"));
    let refresh = world.sandbox.refresh_token(&world.bot_user());
    let misused = world.request(Method::GET, "/users/me").bearer_auth(refresh);
    assert_eq!(misused.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn people_log_in_and_refresh() {
    let world = World::new().await;
    let credentials = json!({"email": "ada.admin@example.com", "password": "sandbox"});
    let login = world
        .request(Method::POST, "/auth/token")
        .json(&credentials);
    let reply = Reply::of(login.send().await.unwrap()).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.body["tokenType"], "Bearer");
    assert_eq!(reply.body["user"], json!(world.demo.admin));
    assert_eq!(reply.body["scope"], "viewer guest agent bot admin");
    assert_eq!(reply.body["expiresAt"], "2024-05-02T10:00:00.000Z");
    let token = reply.body["token"].as_str().unwrap();
    let refresh = reply.body["refreshToken"].as_str().unwrap();
    let me = world
        .request(Method::GET, "/users/me")
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let me = Reply::of(me).await;
    assert_eq!(
        (me.status, &me.body["displayName"]),
        (200, &json!("Ada Admin"))
    );
    assert_eq!(me.body.get("password"), None);
    world.clock.advance(SignedDuration::from_hours(25));
    let path = format!("/auth/token?refreshToken={refresh}");
    let again = world
        .request(Method::GET, &path)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(Reply::of(again).await.status, 200);
    let wrong = json!({"email": "ada.admin@example.com", "password": "guess"});
    let wrong = world
        .request(Method::POST, "/auth/token")
        .json(&wrong)
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 401);
}

#[tokio::test]
async fn bots_refresh_as_the_sdk_does() {
    let world = World::new().await;
    let bot = &world.demo.bot;
    let refresh = world.sandbox.refresh_token(&world.bot_user());
    let body = json!({"clientId": format!("bot+{bot}@web1on1.chat"), "refreshToken": refresh});
    let reply = world
        .request(Method::POST, "/auth/token")
        .json(&body)
        .send()
        .await
        .unwrap();
    let reply = Reply::of(reply).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.body["scope"], "viewer guest agent bot");
    let body = json!({"clientId": "bot+other@web1on1.chat", "refreshToken": refresh});
    let reply = world
        .request(Method::POST, "/auth/token")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 401);
    let access = world.sandbox.bot_token(bot);
    let body = json!({"clientId": format!("bot+{bot}@web1on1.chat"), "refreshToken": access});
    let reply = world
        .request(Method::POST, "/auth/token")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 401);
}

#[tokio::test]
async fn scopes_and_organizations_bound_what_a_token_may_do() {
    let world = World::new().await;
    let forbidden = world
        .as_bot(Method::POST, "/services")
        .json(&json!({"name": "x"}));
    let reply = Reply::of(forbidden.send().await.unwrap()).await;
    assert_eq!(
        (reply.status, reply.message()),
        (403, "not allowed; the token needs the scope admin")
    );
    let agent = world.sandbox.user_token(&world.demo.agent);
    let reply = world
        .request(Method::GET, "/forms")
        .bearer_auth(&agent)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 403);
    // The agent works below the group, so the group's people are out of reach.
    let admin = format!("/users/{}", world.demo.admin);
    let reply = world
        .request(Method::GET, &admin)
        .bearer_auth(&agent)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 403);
    let elsewhere = world
        .sandbox
        .create("organizations", json!({"name": "Elsewhere"}))
        .unwrap();
    let id = elsewhere["id"].as_str().unwrap().into();
    let conversation = world.sandbox.open_conversation_with(&id, "Eve").unwrap();
    let reply = world
        .bot_posts(&conversation, &json!({"text": "hello"}))
        .await;
    assert_eq!(
        (reply.status, reply.message()),
        (403, "not allowed in this organization")
    );
    let instance = json!({"bot": world.demo.bot, "organization": id, "name": "Elsewhere"});
    world.sandbox.create("botinstances", instance).unwrap();
    assert_eq!(
        world
            .bot_posts(&conversation, &json!({"text": "hello"}))
            .await
            .status,
        201
    );
}
