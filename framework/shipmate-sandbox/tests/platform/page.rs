use axum::http::header;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;
use web1on1::{ConversationId, ConversationStatus, Meta};

use crate::world::World;

fn get(world: &World, path: &str) -> RequestBuilder {
    world.http.get(format!("{}{path}", world.sandbox.url()))
}

pub(crate) async fn html(world: &World, path: &str) -> String {
    let response = get(world, path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

/// Submits a form as a browser on the page does.
pub(crate) async fn submit(world: &World, path: &str, fields: &[(&str, &str)]) -> Response {
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

#[tokio::test]
async fn thousands_of_conversations_are_listed_in_parts_and_found_by_words() {
    let world = World::new().await;
    let sandbox = &world.sandbox;
    for number in 0..5000 {
        let name = format!("Visitor number {number}");
        sandbox
            .open_conversation_with(&world.demo.dealer, &name)
            .unwrap();
    }
    let listed = |page: &str| page.matches("class=\"conversation\"").count();
    let home = html(&world, "/").await;
    assert_eq!(listed(&home), 50);
    assert!(home.contains("Visitor number 4999<") && home.contains("4950 more"));
    assert!(home.len() < 80_000, "{}", home.len());
    assert_eq!(listed(&html(&world, "/panels?shown=100").await), 100);

    let found = html(&world, "/panels?q=NUMBER+harbour+closed+4321").await;
    assert_eq!(listed(&found), 1);
    assert!(found.contains("Visitor number 4321<"));
    // The list stays the same when one of its conversations is opened.
    assert!(found.contains("?q=NUMBER+harbour+closed+4321\""));
    assert!(
        html(&world, "/panels?q=nobody")
            .await
            .contains("None of 5000 matches")
    );
}

#[tokio::test]
async fn what_was_not_looked_at_is_unread() {
    let world = World::new().await;
    let id = world.greeted();
    assert!(html(&world, "/panels").await.contains("1 unread"));
    html(&world, &format!("/chat/{id}/panels")).await;
    assert!(!html(&world, "/panels").await.contains("unread"));
    let agent = &world.demo.agent;
    world.sandbox.agent_says(&id, agent, "Hello").unwrap();
    world
        .sandbox
        .agent_commands(&id, agent, "/set a 1")
        .unwrap();
    let panels = html(&world, "/panels").await;
    assert!(panels.contains("1 unread") && panels.contains("with <bdi>Ann Example"));
}

#[tokio::test]
async fn the_consumer_has_a_profile_and_a_touchpoint() {
    let world = World::new().await;
    let fields = [
        ("name", "Carl"),
        ("organization", world.demo.dealer.as_str()),
        ("telephone", "+31612345678"),
        ("touchpoint", "whatsapp"),
    ];
    let opened = submit(&world, "/conversations", &fields).await;
    let path = opened.headers()["location"].to_str().unwrap().to_owned();
    let id = ConversationId::from(path.strip_prefix("/chat/").unwrap());
    let touchpoint = || world.snapshot(&id).conversation.touchpoint.unwrap();
    assert_eq!(touchpoint().as_str(), "whatsapp");
    let said = [("kind", "chat"), ("text", "hi"), ("touchpoint", "sms")];
    submit(&world, &format!("{path}/contact"), &said).await;
    assert_eq!(touchpoint().as_str(), "sms");

    let (endpoint, url) = crate::webhooks::Endpoint::start().await;
    let webhook = shipmate_sandbox::Webhook::new(url);
    world.sandbox.set_webhook(&world.demo.bot, webhook);
    let profile = [("name", "Carl"), ("email", "carl@example.com")];
    let saved = submit(&world, &format!("{path}/profile"), &profile).await;
    assert_eq!(saved.status(), 204);
    world
        .sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
    let told = endpoint.bodies().concat();
    assert!(told.contains("contact.update") && told.contains("carl@example.com"));
    assert!(!told.contains("+31612345678"), "what was emptied is gone");
}

#[tokio::test]
async fn variables_and_facts_are_changed_as_by_the_api() {
    let world = World::new().await;
    let id = world.greeted();
    let (endpoint, url) = crate::webhooks::Endpoint::start().await;
    let webhook = shipmate_sandbox::Webhook::new(url);
    world.sandbox.set_webhook(&world.demo.bot, webhook);
    let path = format!("/chat/{id}");
    let set = async |key: &str, value: &str, act: &str| {
        let fields = [("key", key), ("value", value), ("act", act)];
        let set = submit(&world, &format!("{path}/variables"), &fields).await;
        assert_eq!(set.status(), 204);
    };
    set("intent", "service", "").await;
    set("gone", "soon", "").await;
    set("intent", "test drive", "").await;
    set("gone", "", "remove").await;
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.variable("intent"), Some("test drive"));
    assert_eq!(snapshot.variable("gone"), None);

    let facts = [("status", "active"), ("category", "Sales"), ("name", "Ann")];
    let changed = submit(&world, &format!("{path}/facts"), &facts).await;
    assert_eq!(changed.status(), 204);
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Active));
    assert_eq!(snapshot.conversation.name.as_deref(), Some("Ann"));
    assert_eq!(snapshot.conversation.category, Some(json!("Sales")));
    world
        .sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
    let told = endpoint.bodies();
    assert_eq!(told.len(), 5);
    assert!(told.iter().all(|body| body.contains("conversation.update")));
    let nameless = submit(&world, &format!("{path}/variables"), &[("key", " ")]).await;
    assert_eq!(nameless.status(), 422);
}

#[tokio::test]
async fn a_second_bot_is_added_played_and_told_of_its_limit() {
    let world = World::new().await;
    let id = world.greeted();
    let fields = [
        ("name", "Second bot"),
        ("organization", world.demo.group.as_str()),
    ];
    let added = submit(&world, "/bots", &fields).await;
    let path = added.headers()["location"].to_str().unwrap().to_owned();
    assert!(html(&world, &path).await.contains("class=\"token\""));
    let bot = path.strip_prefix("/bots/").unwrap();
    let say = async |act: &str| {
        let fields = [("act", act), ("agent", bot), ("text", "same")];
        submit(&world, &format!("/chat/{id}/desk"), &fields).await
    };
    assert_eq!(say("to-agents").await.status(), 204);
    for _ in 0..7 {
        assert_eq!(say("say").await.status(), 204);
    }
    let refused = say("say").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(
        refused.text().await.unwrap(),
        "Refused with 429, rate limit error: too many identical messages in this conversation. \
         A bot may send 8 in 3 min. The next one fits at 10:03:00."
    );
    assert_eq!(world.snapshot(&id).told_contact().len(), 7);
    let panels = html(&world, &format!("/chat/{id}/panels")).await;
    assert!(panels.contains("Full: one more of identical messages"));
    let agent = [
        ("act", "to-agents"),
        ("agent", world.demo.agent.as_str()),
        ("text", "x"),
    ];
    let desk = format!("/chat/{id}/desk");
    assert_eq!(submit(&world, &desk, &agent).await.status(), 422);
    assert_eq!(say("accept").await.status(), 204);
    let close = [("act", "close"), ("agent", world.demo.agent.as_str())];
    assert_eq!(submit(&world, &desk, &close).await.status(), 204);
    assert_eq!(
        world.snapshot(&id).status(),
        Some(&ConversationStatus::Closed)
    );
}

#[tokio::test]
async fn bots_are_switched_and_set_on_their_page() {
    let world = World::new().await;
    let (_, url) = crate::webhooks::Endpoint::start().await;
    let webhook = shipmate_sandbox::Webhook::new(&url).secret("s");
    world.sandbox.set_webhook(&world.demo.bot, webhook);
    let path = format!("/bots/{}", world.demo.bot);
    let switch = format!("{path}/webhook/switch");
    assert_eq!(submit(&world, &switch, &[("on", "")]).await.status(), 303);
    let id = world.greeted();
    assert!(world.sandbox.deliveries().is_empty());
    assert!(html(&world, "/").await.contains("webhook off"));
    assert_eq!(
        submit(&world, &switch, &[("on", "yes")]).await.status(),
        303
    );
    world.sandbox.contact_says(&id, "again").unwrap();
    assert!(!world.sandbox.deliveries().is_empty());

    let page = html(&world, &path).await;
    let (_, instance) = page.split_once("action=\"/instances/").unwrap();
    let instance = format!("/instances/{}", instance.split('"').next().unwrap());
    let saved = submit(&world, &instance, &[("meta", "{\"a\": [1]}")]).await;
    assert_eq!(saved.status(), 204);
    let page = html(&world, &path).await;
    assert!(page.contains("&quot;a&quot;: [\n    1\n  ]"), "{page}");
    let broken = submit(&world, &instance, &[("meta", "{a}")]).await;
    assert_eq!(broken.status(), 422);
    let told = broken.text().await.unwrap();
    assert!(told.contains("not a JSON object"), "{told}");
}

#[tokio::test]
async fn faults_are_switched_on_the_page_and_seen_on_every_page() {
    let world = World::new().await;
    let id = world.greeted();
    let fault = [
        ("kind", "answer"),
        ("status", "503"),
        ("times", "always"),
        ("path", "/messages"),
        ("event", ""),
    ];
    assert_eq!(submit(&world, "/faults", &fault).await.status(), 204);
    assert_eq!(
        world.bot_posts(&id, &json!({"text": "x"})).await.status,
        503
    );
    for path in ["/", "/journal", "/faults", &format!("/chat/{id}")] {
        let page = html(&world, path).await;
        assert!(page.contains("data-testid=\"fault-banner\""), "{path}");
    }
    let faults = html(&world, "/faults/panels").await;
    assert!(faults.contains("struck 1") && faults.contains("data-testid=\"off-answer\""));
    let off = [("kind", "answer"), ("status", "503")];
    assert_eq!(submit(&world, "/faults/off", &off).await.status(), 204);
    assert_eq!(
        world.bot_posts(&id, &json!({"text": "x"})).await.status,
        201
    );

    let mix = [("kind", "mix"), ("seed", "7"), ("rate", "0.5")];
    assert_eq!(submit(&world, "/faults", &mix).await.status(), 204);
    assert!(html(&world, "/panels").await.contains("a mix of all kinds"));
    assert_eq!(submit(&world, "/faults/clear", &[]).await.status(), 204);
    assert!(!html(&world, "/").await.contains("fault-banner"));
    let wrong = submit(&world, "/faults", &[("kind", "answer"), ("status", "x")]).await;
    assert_eq!(wrong.status(), 400);
    assert_eq!(submit(&world, "/faults/off", &off).await.status(), 404);
}

#[tokio::test]
async fn the_journal_shows_calls_with_what_they_caused() {
    let world = World::new().await;
    let id = world.greeted();
    let (_, url) = crate::webhooks::Endpoint::start().await;
    let webhook = shipmate_sandbox::Webhook::new(url).secret("s");
    world.sandbox.set_webhook(&world.demo.bot, webhook);
    world.bot_posts(&id, &json!({"text": "Look & see"})).await;
    world
        .sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
    let call = world.sandbox.calls_of(&id).pop().unwrap();
    let address = format!("id=\"j-{}\"", call.number);
    for path in [
        "/journal".to_owned(),
        "/journal/panels?find=conversations".to_owned(),
        format!("/chat/{id}/panels?journal=yes"),
    ] {
        let page = html(&world, &path).await;
        let (_, caused) = page.split_once(&address).unwrap();
        let caused = caused.split("class=\"cause\"").next().unwrap();
        assert!(caused.contains("/conversations/{id}/messages"), "{path}");
        assert!(caused.contains("Look &amp; see"), "{path}");
        assert!(path.contains("find") || caused.contains("message.create.contact.chat"));
    }
    let details = html(&world, &format!("/journal/{}", call.number)).await;
    assert!(details.contains("Request, ") && details.contains("Look &amp; see"));
    let nothing = html(&world, "/journal/panels?failed=yes").await;
    assert!(nothing.contains("Nothing here"));
    let unknown = get(&world, "/journal/99999").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn long_and_foreign_texts_are_folded_and_kept_whole() {
    let world = World::new().await;
    let id = world.greeted();
    let long = "😀\u{202e}\"<b>".repeat(2000);
    world.sandbox.contact_says(&id, &long).unwrap();
    let panels = html(&world, &format!("/chat/{id}/panels")).await;
    assert!(panels.contains("All 12000 letters"), "{}", panels.len());
    let escaped = long
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    assert_eq!(
        panels.matches(&escaped).count(),
        2,
        "on the phone and at the desk"
    );
    // The list of conversations shows its beginning alone.
    let list = html(&world, "/panels").await;
    assert!(list.len() < 20_000, "{}", list.len());
}
