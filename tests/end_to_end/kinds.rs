//! What the platform may send one day is taken today.

use serde_json::{Value, json};
use shipmate_tests::event::{BOT_USER, ContactMessage, ORGANIZATION};

use crate::fixture::Fixture;

/// `payload` is taken, nobody is answered, and the next message is.
async fn check_taken_in_silence(payload: Value) {
    let fixture = Fixture::start().await;
    assert_eq!(
        fixture.deliver_body(payload.to_string().as_bytes()).await,
        200,
        "{payload}"
    );
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [2]);
    fixture.assert_log_is_clean();
}

/// Message 1 of conversation 1, bent by `bend`.
fn message(bend: impl FnOnce(&mut Value)) -> Value {
    let mut payload = ContactMessage::new(1, 1).payload();
    bend(&mut payload);
    payload
}

#[tokio::test]
async fn an_unknown_event_kind_is_taken() {
    for event in ["unicorn.create", "unicorn", "a.b.c.d.e.f"] {
        check_taken_in_silence(message(|payload| payload["event"] = json!(event))).await;
    }
}

#[tokio::test]
async fn a_message_of_an_unknown_type_is_taken() {
    check_taken_in_silence(message(|payload| {
        payload["event"] = json!("message.create.contact.hologram");
        payload["data"]["message"]["type"] = json!("hologram");
    }))
    .await;
}

#[tokio::test]
async fn a_resource_event_is_taken() {
    check_taken_in_silence(json!({
        "id": "0d1f9c52-7a3e-4f60-8b1d-000000000001", "event": "botinstance.update",
        "timestamp": format!("{:.3}", ContactMessage::new(1, 1).created_at), "organization": ORGANIZATION,
        "activity": {"type": "Update"},
        "data": {"botinstance": {"id": "64a100000000000000000001", "bot": BOT_USER, "enabled": true, "meta": {}}}
    }))
    .await;
}

#[tokio::test]
async fn an_event_with_next_to_nothing_in_it_is_taken() {
    check_taken_in_silence(json!({"event": "organization.update", "data": {}})).await;
}

#[tokio::test]
async fn an_updated_or_deleted_message_is_not_answered() {
    for event in ["message.update", "message.delete", "message.error"] {
        check_taken_in_silence(message(|payload| payload["event"] = json!(event))).await;
    }
}

#[tokio::test]
async fn a_message_of_the_bot_itself_is_not_answered() {
    check_taken_in_silence(message(|payload| {
        payload["data"]["message"]["role"] = json!("agent");
        payload["data"]["message"]["user"] = json!(BOT_USER);
    }))
    .await;
}

#[tokio::test]
async fn a_message_of_another_bot_is_not_answered() {
    check_taken_in_silence(message(|payload| {
        payload["data"]["message"]["role"] = json!("bot");
        payload["data"]["message"]["user"] = json!("64ae00000000000000000099");
    }))
    .await;
}

#[tokio::test]
async fn unknown_fields_and_nulls_anywhere_do_not_matter() {
    let fixture = Fixture::start().await;
    let payload = message(|payload| {
        payload["sparkle"] = json!({"level": [1, 2, {"deep": null}]});
        payload["activity"] = Value::Null;
        payload["data"]["links"] = Value::Null;
        payload["data"]["weather"] = json!("fine");
        payload["data"]["message"]["mood"] = json!(["calm"]);
        payload["data"]["message"]["meta"] = Value::Null;
        payload["data"]["conversation"]["meta"] = json!({"nested": {"a": [1]}, "list": [true]});
        payload["data"]["conversation"]["status"] = json!("hibernating");
        payload["data"]["conversation"]["participants"][0]["hat"] = json!("red");
    });
    assert_eq!(
        fixture.deliver_body(payload.to_string().as_bytes()).await,
        200
    );
    fixture.answered(1).await;
    assert_eq!(fixture.answers(1), [1]);
}

#[tokio::test]
async fn text_of_any_kind_comes_back_whole() {
    let fixture = Fixture::start().await;
    let text = "a \"quote\", a \\, a tab\t, \u{1f600}, \u{202e}right to left\u{202c}, <b>, /set x y and n1";
    let payload = message(|payload| payload["data"]["message"]["text"] = json!(text));
    assert_eq!(
        fixture.deliver_body(payload.to_string().as_bytes()).await,
        200
    );
    fixture.answered(1).await;
    let replies = fixture
        .stub
        .chats_of(&ContactMessage::new(1, 1).conversation);
    assert!(replies[0].ends_with(text), "{replies:?}");
}

#[tokio::test]
async fn a_reply_is_a_chat_message_for_the_consumer() {
    let fixture = Fixture::start().await;
    fixture.settle(1, 1).await;
    let messages = fixture
        .stub
        .messages_of(&ContactMessage::new(1, 1).conversation);
    let reply = messages
        .iter()
        .find(|message| message["type"] == "chat")
        .unwrap();
    assert_eq!(reply["role"], "agent");
    assert!(reply["text"].as_str().unwrap().ends_with("n1"));
    assert_eq!(
        reply.get("isBackchannel").unwrap_or(&json!(false)),
        &json!(false)
    );
    assert_eq!(fixture.stub.unknown_requests(), Vec::<String>::new());
}
