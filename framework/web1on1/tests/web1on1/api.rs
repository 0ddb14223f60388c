//! What each method asks for, and what it makes of the answer.

use axum::{body::Body, http::Response};
use bytes::Bytes;
use serde_json::{Value, json};
use web1on1::{
    BotId, ConversationId, FieldType, FormId, Meta, NewBotInstance, NewConversation, NewField,
    NewForm, NewMessage, Query, Request, Token,
};

use crate::platform::{Platform, Seen, TOKEN, answer, client};

/// Answers lists with an empty one, deletions with nothing, and the rest with what was sent, as a
/// resource.
fn echo(seen: &Seen) -> Response<Body> {
    let is_one = |path: &str| path.ends_with("/1") || path.ends_with("/me");
    let path = seen.line.split(['?', ' ']).nth(1).unwrap();
    if seen.line.starts_with("DELETE") {
        return answer(204, "");
    }
    if seen.line.starts_with("GET") && !is_one(path) {
        return answer(200, "[]");
    }
    let mut resource = json!({"id": "1", "bot": "1"});
    match serde_json::from_str(&seen.body).unwrap_or_default() {
        Value::Object(body) => resource.as_object_mut().unwrap().extend(body),
        Value::Array(messages) => {
            let created: Vec<_> = messages.iter().map(|_| json!({"id": "1"})).collect();
            return answer(201, Value::from(created).to_string());
        }
        _ => {}
    }
    answer(201, resource.to_string())
}

fn changes() -> Meta {
    let mut changes = Meta::new();
    changes.insert("meta".to_owned(), json!({"a": "1"}));
    changes
}

fn asked(platform: &Platform) -> Vec<String> {
    let seen = platform.seen().into_iter();
    seen.map(|seen| format!("{} {}", seen.line, seen.body).trim_end().to_owned())
        .collect()
}

#[tokio::test]
async fn provisioning_asks_for_what_the_reference_documents() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    client.users().me().await.unwrap();
    client.users().get(&"1".into()).await.unwrap();
    client.organizations().get(&"1".into()).await.unwrap();
    client.organizations().list(&Query::new()).await.unwrap();
    client.bots().get(&"1".into()).await.unwrap();
    let installed = Query::new()
        .any_of("organization", ["a", "b"])
        .filter("bot", "1")
        .sort("orgPath");
    client.bot_instances().list(&installed).await.unwrap();
    let instance = NewBotInstance::new(BotId::from("1"), "Best");
    let instance = client.bot_instances().create(&instance).await.unwrap();
    assert_eq!(instance.name, "Best");
    client.services().delete(&"1".into()).await.unwrap();
    assert_eq!(
        asked(&platform),
        [
            "GET /v2/users/me",
            "GET /v2/users/1",
            "GET /v2/organizations/1",
            "GET /v2/organizations",
            "GET /v2/bots/1",
            "GET /v2/botinstances?organization=%5Ba%2Cb%5D&bot=1&sort=orgPath",
            r#"POST /v2/botinstances {"bot":"1","name":"Best","enabled":true}"#,
            "DELETE /v2/services/1",
        ]
    );
}

#[tokio::test]
async fn forms_ask_for_what_the_reference_documents() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let form = FormId::from("1");
    client.forms().list(&Query::new().limit(2)).await.unwrap();
    client
        .forms()
        .create(&NewForm::new("Brochure"))
        .await
        .unwrap();
    client.forms().fields(&form).await.unwrap();
    client.forms().field(&form, &"1".into()).await.unwrap();
    let field = NewField::new("when", FieldType::Date);
    let field = client.forms().add_field(&form, &field).await.unwrap();
    assert_eq!(field.kind, FieldType::Date);
    assert_eq!(
        asked(&platform),
        [
            "GET /v2/forms?limit=2",
            r#"POST /v2/forms {"name":"Brochure"}"#,
            "GET /v2/forms/1/fields",
            "GET /v2/forms/1/fields/1",
            r#"POST /v2/forms/1/fields {"name":"when","type":"date"}"#,
        ]
    );
}

#[tokio::test]
async fn conversations_and_messages_ask_for_what_the_documents_show() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let conversation = ConversationId::from("1");
    client.conversations().get(&conversation).await.unwrap();
    client
        .conversations()
        .create(&NewConversation::default())
        .await
        .unwrap();
    let changed = client
        .conversations()
        .update(&conversation, &changes().into())
        .await
        .unwrap();
    assert_eq!(changed.meta["a"], "1");
    let messages = client.messages();
    let latest = Query::new().sort("-createdAt").limit(5);
    messages
        .in_conversation(&conversation, latest)
        .await
        .unwrap();
    messages.get(&"1".into()).await.unwrap();
    messages.post(&conversation, "Hello").await.unwrap();
    let two = [NewMessage::chat("a"), NewMessage::command("/leave")];
    assert_eq!(
        messages.post_all(&conversation, &two).await.unwrap().len(),
        2
    );
    assert!(
        messages
            .post_all(&conversation, &[])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        asked(&platform),
        [
            "GET /v2/conversations/1",
            "POST /v2/conversations {}",
            r#"PATCH /v2/conversations/1 {"meta":{"a":"1"}}"#,
            "GET /v2/messages?sort=-createdAt&limit=5&conversation=1",
            "GET /v2/messages/1",
            r#"POST /v2/conversations/1/messages {"type":"chat","text":"Hello","role":"agent"}"#,
            r#"POST /v2/conversations/1/messages [{"type":"chat","text":"a","role":"agent"},{"type":"command","text":"/leave"}]"#,
        ]
    );
}

#[tokio::test]
async fn every_request_says_who_and_what_it_is() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    client.users().me().await.unwrap();
    client.forms().create(&NewForm::new("x")).await.unwrap();
    let clone = client.clone();
    client.set_token(Token::new("fresh").unwrap());
    clone.users().me().await.unwrap();

    let seen = platform.seen();
    let header = |index: usize, name| {
        seen[index]
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    assert_eq!(
        header(0, "authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert!(
        header(0, "user-agent")
            .unwrap()
            .starts_with("shipmate-web1on1/")
    );
    assert_eq!(header(0, "content-type"), None);
    assert_eq!(header(1, "content-type"), Some("application/json"));
    assert_eq!(
        header(2, "authorization"),
        Some("Bearer fresh"),
        "clones share the token"
    );
}

#[tokio::test]
async fn endpoints_without_a_method_can_be_reached_all_the_same() {
    let platform = Platform::start(|_| {
        let mut answer = answer(200, r#"[{"id": "w"}]"#);
        answer.headers_mut().insert("x-total", "1".parse().unwrap());
        answer
    })
    .await;
    let request = Request::get(["organizations", "1", "workflows"]);
    let answer = client(&platform.url).send(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("x-total"), Some("1"));
    assert_eq!(answer.json::<Vec<Meta>>().unwrap()[0]["id"], "w");
    assert!(
        !format!("{answer:?}").contains("\"w\""),
        "bodies do not show"
    );
}

#[tokio::test]
async fn a_raw_post_sends_the_bytes_as_they_are_and_brings_receipts() {
    let body = r#" [{"text" : "one"},{"text" : "two"}] "#;
    let platform = Platform::saying(
        201,
        r#"[{"id": "m1", "createdAt": "2024-05-01T10:00:00.000Z"}, {"id": "m2"}]"#,
    )
    .await;
    let client = client(&platform.url);
    let permit = client.pacer().acquire().await;
    let receipts = client
        .messages()
        .post_raw(permit, &"c".into(), Bytes::from_static(body.as_bytes()))
        .await
        .unwrap();
    assert_eq!(receipts.len(), 2);
    assert_eq!(receipts[0].id, Some("m1".into()));
    assert_eq!(receipts[0].created_at, "2024-05-01T10:00:00Z".parse().ok());
    assert_eq!(receipts[1].created_at, None);
    let seen = platform.seen();
    assert_eq!(seen[0].line, "POST /v2/conversations/c/messages");
    assert_eq!(seen[0].body, body);
}
