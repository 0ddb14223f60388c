use axum::http::header;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;
use web1on1::{ConversationId, ConversationStatus, Meta};

use crate::world::World;

fn get(world: &World, path: &str) -> RequestBuilder {
    world.http.get(format!("{}{path}", world.sandbox.url()))
}

async fn html(world: &World, path: &str) -> String {
    let response = get(world, path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

/// Submits a form as a browser on the page does.
async fn submit(world: &World, path: &str, fields: &[(&str, &str)]) -> Response {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    world
        .http
        .post(format!("{}{path}", world.sandbox.url()))
        .header(header::ORIGIN, world.sandbox.url())
        .header("sec-fetch-site", "same-origin")
        .header("x-quiet", "1")
        .body(body)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_conversation_from_the_first_click_to_the_close() {
    let world = World::new().await;
    let home = html(&world, "/").await;
    assert!(home.contains("data-testid=\"new-conversation\""));
    let fields = [
        ("name", "Carl"),
        ("organization", world.demo.dealer.as_str()),
    ];
    let opened = submit(&world, "/conversations", &fields).await;
    assert_eq!(opened.status(), 303);
    let path = opened.headers()["location"].to_str().unwrap().to_owned();
    let id = ConversationId::from(path.strip_prefix("/chat/").unwrap());
    let page = html(&world, &path).await;
    for id in [
        "composer",
        "send",
        "status",
        "transcript",
        "timeline",
        "fields",
        "results",
    ] {
        assert!(page.contains(&format!("data-testid=\"{id}\"")), "{id}");
    }
    let said = submit(
        &world,
        &format!("{path}/contact"),
        &[("kind", "chat"), ("text", "hi")],
    )
    .await;
    assert_eq!(said.status(), 204);
    world
        .bot_posts(
            &id,
            &json!([
                {"text": "secret note"},
                {"text": "Which day?", "role": "agent", "actions": [
                    {"type": "reply", "text": "Monday", "payload": "DAY_1"},
                    {"type": "postback", "text": "Call me", "payload": "CALL"},
                    {"type": "link", "text": "Calendar", "uri": "https://example.com/cal"},
                ]},
                {"type": "field", "text": ".day monday", "meta": {"form": world.demo.test_drive}},
            ]),
        )
        .await;
    let panels = html(&world, &format!("{path}/panels")).await;
    let (transcript, desk) = panels.split_once("data-panel=\"timeline\"").unwrap();
    assert!(transcript.contains("Which day?") && !transcript.contains("secret note"));
    assert!(desk.contains("secret note"));
    assert!(transcript.contains("data-testid=\"quick-reply\""));
    assert!(transcript.contains(
        "href=\"https://example.com/cal\" target=\"_blank\" rel=\"noopener noreferrer\""
    ));
    assert!(desk.contains("day</dt><dd><p class=\"text\" dir=\"auto\">monday</p></dd>"));
    submit(
        &world,
        &format!("{path}/contact"),
        &[("kind", "postback"), ("text", "CALL")],
    )
    .await;
    let json = html(&world, &format!("{path}/json")).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["messages"][1]["text"], "secret note");
    let panels = html(&world, &format!("{path}/panels")).await;
    assert!(panels.contains("title=\"Postback: CALL\">Call me<"));
    assert!(!panels.contains("quick-reply"));
}

#[tokio::test]
async fn the_desk_does_what_agents_do() {
    let world = World::new().await;
    let id = world.greeted();
    let path = format!("/chat/{id}");
    let agent = world.demo.agent.as_str();
    for (act, text) in [
        ("accept", ""),
        ("say", "Ann here"),
        ("note", "busy"),
        ("command", "/set a 1\n/set b 2"),
    ] {
        let fields = [("act", act), ("agent", agent), ("text", text)];
        assert_eq!(
            submit(&world, &format!("{path}/desk"), &fields)
                .await
                .status(),
            204,
            "{act}"
        );
    }
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.told_contact(), ["Ann here"]);
    assert_eq!(
        (snapshot.variable("a"), snapshot.variable("b")),
        (Some("1"), Some("2"))
    );
    let assign = [
        ("act", "assign"),
        ("agent", agent),
        ("bot", world.demo.bot.as_str()),
    ];
    submit(&world, &format!("{path}/desk"), &assign).await;
    world
        .bot_posts(&id, &json!({"type": "command", "text": "/leave"}))
        .await;
    submit(
        &world,
        &format!("{path}/desk"),
        &[("act", "leave"), ("agent", agent)],
    )
    .await;
    assert_eq!(
        world.snapshot(&id).status(),
        Some(&ConversationStatus::Closed)
    );
    let refused = submit(
        &world,
        &format!("{path}/desk"),
        &[("act", "say"), ("agent", "nobody"), ("text", "x")],
    )
    .await;
    assert_eq!(refused.status(), 404);
}

#[tokio::test]
async fn the_clock_moves_from_the_page() {
    let world = World::new().await;
    let before = world.sandbox.now();
    assert_eq!(
        submit(&world, "/clock", &[("minutes", "3")]).await.status(),
        204
    );
    assert_eq!(world.sandbox.now().duration_since(before).as_mins(), 3);
    assert!(html(&world, "/").await.contains("clock-3-minutes"));
    let fixed =
        World::with(|builder, _| builder.clock(std::sync::Arc::new(web1on1::SystemClock))).await;
    assert!(!html(&fixed, "/").await.contains("clock-3-minutes"));
    assert_eq!(
        submit(&fixed, "/clock", &[("minutes", "3")]).await.status(),
        422
    );
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let world = World::new().await;
    let evil = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>";
    let mut profile = Meta::new();
    profile.insert("name".into(), evil.into());
    let id = world
        .sandbox
        .open_conversation(&world.demo.dealer, profile)
        .unwrap();
    world.sandbox.contact_says(&id, evil).unwrap();
    let form = world
        .sandbox
        .create(
            "forms",
            json!({"name": evil, "organization": world.demo.dealer}),
        )
        .unwrap();
    let reply = world
        .bot_posts(
            &id,
            &json!([
                {"text": evil, "role": "agent", "contentType": evil, "meta": {"title": evil, evil: evil},
                 "items": [{"title": evil, "description": evil, "mediaUrl": "javascript:alert(3)", "actions": [
                    {"type": "postback", "text": evil, "payload": evil}]}],
                 "actions": [
                    {"type": "reply", "text": evil, "payload": evil},
                    {"type": "postback", "text": evil, "payload": evil},
                    {"type": "link", "text": evil, "uri": "javascript:alert(4)"},
                    {"type": "link", "text": "data", "payload": "data:text/html,<script>alert(5)</script>"},
                    {"type": "webview", "text": "quoted", "uri": "https://example.com/\"onmouseover=\"alert(6)"},
                 ]},
                {"text": "javascript:alert(7)", "role": "agent", "contentType": "text/url"},
                {"type": "command", "text": format!("/set {} {evil}", evil.replace(' ', "_"))},
                {"type": "form", "text": format!("+{evil}"), "meta": {"form": form["id"]}},
                {"type": "field", "text": format!(".{} {evil}", evil.replace(' ', "_")), "meta": {"form": form["id"]}},
                {"type": "report", "text": evil, "results": [{"name": evil, "values": {evil: evil}}]},
                {"type": "tag", "text": evil},
            ]),
        )
        .await;
    assert_eq!(reply.status, 201, "{reply:?}");
    world.sandbox.contact_taps(&id, evil).unwrap();
    for path in [
        "/".to_owned(),
        "/panels".to_owned(),
        format!("/chat/{id}"),
        format!("/chat/{id}/panels"),
    ] {
        let page = html(&world, &path).await;
        assert!(
            page.contains("&lt;img src=x onerror=alert(1)&gt;"),
            "{path}"
        );
        assert!(
            !page.contains("<img") && !page.contains("<script>"),
            "{path}"
        );
        assert!(
            !page.contains("href=\"javascript:") && !page.contains("href=\"data:"),
            "{path}"
        );
        assert!(!page.contains("\"onmouseover="), "{path}");
        // No script and no style is written into a page.
        assert!(
            !page.contains(" style=") && !page.contains("<style"),
            "{path}"
        );
        assert!(!page.contains(" onclick="), "{path}");
    }
}

#[tokio::test]
async fn every_answer_of_the_page_carries_the_policy() {
    let world = World::new().await;
    let id = world.greeted();
    for path in [
        "/",
        "/page.js",
        "/style.css",
        "/icon.svg",
        &format!("/chat/{id}"),
        "/chat/nope",
    ] {
        let response = get(&world, path).send().await.unwrap();
        let headers = response.headers();
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn another_page_in_the_browser_can_neither_drive_nor_read() {
    let world = World::new().await;
    let id = world.greeted();
    let path = format!("{}/chat/{id}/contact", world.sandbox.url());
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "null"),
    ] {
        let response = world
            .http
            .post(&path)
            .header(name, value)
            .body("kind=chat&text=x")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 403, "{name}: {value}");
    }
    let rebound = get(&world, "/")
        .header(header::HOST, "evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(rebound.status(), 403);
    let preflight = world
        .http
        .request(Method::OPTIONS, &path)
        .header(header::ORIGIN, "https://evil.example")
        .send()
        .await
        .unwrap();
    assert!(
        !preflight
            .headers()
            .contains_key("access-control-allow-origin")
    );
    assert_eq!(world.snapshot(&id).messages.len(), 1);
}

#[tokio::test]
async fn changes_are_told_live_and_the_sandbox_stops_under_an_open_page() {
    let world = World::new().await;
    let id = world.greeted();
    let mut response = get(&world, &format!("/chat/{id}/events"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let first = response.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: changed\ndata: "), "{first:?}");
    world.sandbox.contact_says(&id, "again").unwrap();
    let second = response.chunk().await.unwrap().unwrap();
    assert!(second.starts_with(b"event: changed\ndata: ") && second != first);
    world.sandbox.stop().await;
    while let Ok(Some(rest)) = response.chunk().await {
        assert!(rest.starts_with(b"event: changed"), "{rest:?}");
    }
}

#[tokio::test]
async fn a_webhook_is_saved_once_it_echoes_the_challenge() {
    let world = World::new().await;
    let path = format!("/bots/{}/webhook", world.demo.bot);
    let deaf = submit(
        &world,
        &path,
        &[("url", &format!("{}/nothing", world.sandbox.url()))],
    )
    .await;
    assert_eq!(deaf.status(), 422);
    let (_, url) = crate::webhooks::Endpoint::start().await;
    let saved = submit(&world, &path, &[("url", &url), ("secret", "s")]).await;
    assert_eq!(saved.status(), 303);
    assert!(html(&world, "/").await.contains(&url));
}
