use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    webhooks::Endpoint,
    world::{Reply, World},
};

/// A request to the sandbox's own API; an empty body for null.
async fn admin(world: &World, method: Method, path: &str, body: Value) -> Reply {
    let url = format!("{}/admin{path}", world.sandbox.url());
    let request = world.http.request(method, url);
    let request = if body.is_null() {
        request
    } else {
        request.json(&body)
    };
    Reply::of(request.send().await.unwrap()).await
}

async fn get(world: &World, path: &str) -> Value {
    let reply = admin(world, Method::GET, path, Value::Null).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.body
}

async fn post(world: &World, path: &str, body: Value) -> Value {
    let reply = admin(world, Method::POST, path, body).await;
    assert!((200..300).contains(&reply.status), "{path}: {reply:?}");
    reply.body
}

#[tokio::test]
async fn the_clock_is_read_and_moved() {
    let world = World::new().await;
    for (advance, now) in [
        (json!("3m"), "2024-05-01T10:03:00.000Z"),
        (json!("1h"), "2024-05-01T11:03:00.000Z"),
        (json!("7d"), "2024-05-08T11:03:00.000Z"),
        (json!("PT3M"), "2024-05-08T11:06:00.000Z"),
        (json!(1.5), "2024-05-08T11:06:01.500Z"),
    ] {
        let clock = post(&world, "/clock", json!({"advance": advance})).await;
        assert_eq!(clock, json!({"now": now, "canMove": true}));
    }
    assert_eq!(
        get(&world, "/clock").await["now"],
        "2024-05-08T11:06:01.500Z"
    );
}

#[tokio::test]
async fn a_clock_that_cannot_be_moved_says_so() {
    let clock = std::sync::Arc::new(web1on1::SystemClock);
    let world = World::with(|builder, _| builder.clock(clock)).await;
    let reply = admin(&world, Method::POST, "/clock", json!({"advance": "3m"})).await;
    assert_eq!(
        (reply.status, reply.message().contains("cannot be moved")),
        (422, true)
    );
    assert_eq!(get(&world, "/clock").await["canMove"], false);
}

#[tokio::test]
async fn a_whole_conversation_is_played_by_it() {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let directory = get(&world, "/directory").await;
    let by_name = |list: &str, field: &str, name: &str| -> Value {
        let list = directory[list].as_array().unwrap();
        let found = list.iter().find(|one| one[field] == name).unwrap();
        found["id"].clone()
    };
    let dealer = by_name("organizations", "name", "Harbour Motors");
    let agent = by_name("users", "displayName", "Ann Example");
    let bot = directory["bots"][0]["id"].clone();
    let hook = json!({"bot": bot, "url": url, "secret": "s3cr3t", "verify": true});
    post(&world, "/webhooks", hook).await;
    assert_eq!(
        get(&world, "/webhooks").await["webhooks"],
        json!([{"bot": bot, "url": url, "isSigned": true}])
    );

    let opening = json!({"organization": dealer, "name": "Carl", "profile": {"locale": "nl"}});
    let opened = post(&world, "/conversations", opening).await;
    let id = opened["id"].as_str().unwrap();
    let contact = format!("/conversations/{id}/contact");
    let desk = format!("/conversations/{id}/agent");
    let said = post(&world, &contact, json!({"text": "Hello?"})).await;
    assert_eq!(said["role"], "contact");
    post(&world, &contact, json!({"payload": "BUY"})).await;
    let picture = json!({"type": "chat", "text": "http://x/y.png", "contentType": "image/png"});
    post(&world, &contact, json!({"message": picture})).await;
    post(&world, &desk, json!({"user": agent, "act": "accept"})).await;
    post(
        &world,
        &desk,
        json!({"user": agent, "act": "say", "text": "Hi Carl"}),
    )
    .await;
    post(
        &world,
        &desk,
        json!({"user": agent, "act": "note", "text": "a buyer"}),
    )
    .await;
    post(
        &world,
        &desk,
        json!({"user": agent, "act": "command", "text": "/set a 1"}),
    )
    .await;
    post(
        &world,
        &desk,
        json!({"user": agent, "act": "assign", "bot": bot}),
    )
    .await;
    post(&world, &desk, json!({"user": agent, "act": "leave"})).await;

    let shown = get(&world, &format!("/conversations/{id}")).await;
    assert_eq!(shown["toldContact"], json!(["Hi Carl"]));
    assert_eq!(shown["meta"], json!({"a": "1"}));
    assert_eq!(shown["messages"].as_array().unwrap().len(), 9);
    let list = get(&world, "/conversations").await;
    assert_eq!(list["conversations"][0]["messages"], 9);

    let wish = json!({"user": bot, "lifetime": "1h"});
    let token = post(&world, "/tokens", wish).await;
    assert_eq!(token["expiresAt"], "2024-05-01T11:00:00.000Z");
    let me = world
        .request(Method::GET, "/users/me")
        .bearer_auth(token["token"].as_str().unwrap());
    assert_eq!(me.send().await.unwrap().status(), 200);

    world
        .sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
    let deliveries = get(&world, &format!("/deliveries?conversation={id}&limit=3")).await;
    assert_eq!(deliveries["deliveries"].as_array().unwrap().len(), 3);
    assert_eq!(deliveries["deliveries"][2]["outcome"]["state"], "delivered");
    assert!(!endpoint.bodies().is_empty());
    let removal = format!("/webhooks/{}", bot.as_str().unwrap());
    assert_eq!(
        admin(&world, Method::DELETE, &removal, Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(get(&world, "/webhooks").await["webhooks"], json!([]));
}

#[tokio::test]
async fn faults_are_injected_listed_and_removed() {
    let world = World::new().await;
    let fault =
        json!({"kind": "answer", "status": 503, "method": "GET", "path": "/users", "times": 2});
    let injected = post(&world, "/faults", fault).await;
    assert_eq!((&injected["id"], &injected["left"]), (&json!(1), &json!(2)));
    post(
        &world,
        "/faults",
        json!({"kind": "mix", "seed": 7, "rate": 0.0}),
    )
    .await;
    assert_eq!(world.get("/users/me").await.status, 503);
    let listed = get(&world, "/faults").await;
    assert_eq!(listed["faults"][0]["struck"], 1);
    assert_eq!(listed["faults"][0]["fault"]["kind"], "answer");
    assert_eq!(listed["faults"][1]["fault"]["kind"], "mix");
    assert_eq!(
        admin(&world, Method::DELETE, "/faults/1", Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        admin(&world, Method::DELETE, "/faults/1", Value::Null)
            .await
            .status,
        404
    );
    assert_eq!(world.get("/users/me").await.status, 200);
    assert_eq!(
        admin(&world, Method::DELETE, "/faults", Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(get(&world, "/faults").await, json!({"faults": []}));
    let kinds = get(&world, "/faults/kinds").await;
    assert_eq!(kinds["kinds"].as_array().unwrap().len(), 20);
    assert_eq!(kinds["kinds"][0]["fields"][0]["name"], "status");
    assert!(kinds["shared"].as_array().unwrap().len() >= 8);
}

#[tokio::test]
async fn the_journal_is_read_from_where_one_stopped() {
    let world = World::new().await;
    let id = world.greeted();
    world.bot_posts(&id, &json!({"text": "one"})).await;
    let all = get(&world, "/journal").await;
    let last = all["last"].as_u64().unwrap();
    world.bot_posts(&id, &json!({"text": "two"})).await;
    world.get("/users/me").await;
    let news = get(&world, &format!("/journal?after={last}")).await;
    assert_eq!(news["entries"].as_array().unwrap().len(), 2);
    let filtered = format!("/journal?conversation={id}&kind=call&limit=1");
    let calls = get(&world, &filtered).await;
    assert_eq!(calls["entries"][0]["number"], last + 1);
    assert_eq!(calls["entries"][0]["kind"], "call");
    assert_eq!(
        calls["entries"][0]["outcome"],
        json!({"state": "answered", "status": 201})
    );
    let nothing = get(&world, &format!("/journal?after={}", last + 2)).await;
    assert_eq!(nothing, json!({"entries": [], "last": last + 2}));
    let report = get(&world, "/report").await;
    let bot = world.bot_user();
    assert_eq!(report["keys"][bot.as_str()]["requests"], 3);
    assert_eq!(report["nearest"][0]["consecutiveNow"], 2);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
async fn bad_input_is_named() {
    let world = World::new().await;
    let id = world.greeted();
    let contact = format!("/conversations/{id}/contact");
    let desk = format!("/conversations/{id}/agent");
    let agent = json!(world.demo.agent);
    for (path, body, status, expected) in [
        (
            "/clock",
            json!({"advance": "soon"}),
            400,
            "\"soon\" is no duration",
        ),
        (
            "/clock",
            json!({"advance": "-3m"}),
            400,
            "cannot be negative",
        ),
        (
            "/clock",
            json!({"forward": "3m"}),
            400,
            "unknown field `forward`",
        ),
        ("/clock", Value::Null, 400, "missing field `advance`"),
        (
            "/faults",
            json!({"kind": "boom"}),
            400,
            "unknown kind \"boom\"",
        ),
        (
            "/faults",
            json!({"kind": "hang", "x": 1}),
            400,
            "unknown field \"x\"",
        ),
        ("/faults", json!([1]), 400, "the request body is not right"),
        (
            "/conversations",
            json!({"organization": "nope"}),
            422,
            "nope does not exist",
        ),
        (
            "/conversations",
            json!({"org": "nope"}),
            400,
            "unknown field `org`",
        ),
        (
            &contact,
            json!({"text": "a", "payload": "b"}),
            400,
            "give one of",
        ),
        (&contact, json!({}), 400, "give one of"),
        (&contact, json!({"txt": "a"}), 400, "unknown field `txt`"),
        (
            "/conversations/nope/contact",
            json!({"text": "a"}),
            404,
            "nope not found",
        ),
        (
            &desk,
            json!({"user": agent, "act": "dance"}),
            400,
            "unknown variant `dance`",
        ),
        (
            &desk,
            json!({"user": agent, "act": "say"}),
            400,
            "say, note and command take text",
        ),
        (
            &desk,
            json!({"user": "nope", "act": "accept"}),
            404,
            "user nope not found",
        ),
        (
            "/tokens",
            json!({"user": "nope"}),
            404,
            "user nope not found",
        ),
        (
            "/tokens",
            json!({"user": agent, "life": 1}),
            400,
            "unknown field `life`",
        ),
        (
            "/webhooks",
            json!({"bot": "nope", "url": "http://x/"}),
            404,
            "bot nope not found",
        ),
        (
            "/webhooks",
            json!({"bot": world.demo.bot, "url": "x"}),
            400,
            "url \"x\"",
        ),
        ("/nothing", json!({}), 404, "no such endpoint"),
        ("/report", json!({}), 405, "method not allowed"),
    ] {
        let reply = admin(&world, Method::POST, path, body.clone()).await;
        assert_eq!(reply.status, status, "{path} {body}: {reply:?}");
        assert!(
            reply.message().contains(expected),
            "{path} {body}: {reply:?}"
        );
    }
    for (path, expected) in [
        ("/journal?from=3", "unknown field `from`"),
        ("/journal?after=x", "invalid digit"),
        ("/journal?kind=x", "unknown variant `x`"),
        ("/deliveries?kind=x", "unknown field `kind`"),
    ] {
        let reply = admin(&world, Method::GET, path, Value::Null).await;
        assert_eq!(reply.status, 400, "{path}: {reply:?}");
        assert!(reply.message().contains(expected), "{path}: {reply:?}");
    }
}

#[tokio::test]
async fn a_snapshot_is_taken_and_put_back() {
    let world = World::new().await;
    let id = world.greeted();
    let kept = get(&world, "/snapshot").await;
    world.sandbox.contact_says(&id, "forgotten").unwrap();
    let reply = admin(&world, Method::PUT, "/snapshot", kept.clone()).await;
    assert_eq!((reply.status, reply.body), (204, Value::Null));
    let texts = |world: &World| -> Vec<_> {
        let messages = world.snapshot(&id).messages;
        messages.into_iter().map(|message| message.text).collect()
    };
    assert_eq!(texts(&world), ["hi"]);

    let elsewhere = World::new().await;
    // Longer than other bodies may be.
    let spacious = format!("{}{kept}", " ".repeat(3 * 1024 * 1024));
    let url = format!("{}/admin/snapshot", elsewhere.sandbox.url());
    let answer = elsewhere.http.put(url).body(spacious).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(texts(&elsewhere), ["hi"]);
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_put_back_changes_nothing() {
    let clock = std::sync::Arc::new(web1on1::ManualClock::at(jiff::Timestamp::UNIX_EPOCH));
    let world = World::with(|builder, _| builder.clock(clock)).await;
    let id = world.greeted();
    let later = get(&World::new().await, "/snapshot").await;
    let mut other_format = later.clone();
    other_format["format"] = json!(99);
    let mut damaged = later.clone();
    damaged["state"] = json!("s3cr3t");
    for (body, status, expected) in [
        (later, 422, "a clock that cannot be moved"),
        (other_format, 400, "the format 99"),
        (damaged, 400, "not a snapshot of the sandbox"),
        (json!({}), 400, "(line 1, column 2)"),
        (Value::Null, 400, "not a snapshot of the sandbox"),
    ] {
        let reply = admin(&world, Method::PUT, "/snapshot", body).await;
        assert_eq!(reply.status, status, "{reply:?}");
        assert!(reply.message().contains(expected), "{reply:?}");
        assert!(!reply.message().contains("s3cr3t"), "{reply:?}");
    }
    assert_eq!(world.snapshot(&id).messages.len(), 1);
}

#[tokio::test]
async fn foreign_web_pages_are_kept_out() {
    let world = World::new().await;
    let url = format!("{}/admin/clock", world.sandbox.url());
    for (header, value) in [
        ("origin", "http://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("host", "evil.example"),
    ] {
        let request = world.http.post(&url).header(header, value);
        let answer = request
            .json(&json!({"advance": "3m"}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 403, "{header}");
    }
    let reading = world.http.get(&url).header("host", "evil.example");
    assert_eq!(reading.send().await.unwrap().status(), 403);
    assert_eq!(
        get(&world, "/clock").await["now"],
        "2024-05-01T10:00:00.000Z"
    );
}
