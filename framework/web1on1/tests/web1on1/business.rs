//! Conversations that the business begins.

use std::time::Duration;

use serde_json::{Value, json};
use web1on1::{
    ContactProfile, NewConversation, NewMessage, Touchpoint,
    api::{StartError, Started},
    conversation::{BusinessConversation, Misuse},
};

use crate::platform::{Platform, client};

fn john() -> ContactProfile {
    ContactProfile::named("John Johnson").with_telephone("+31646280994")
}

#[tokio::test]
async fn the_sms_example_of_the_documents_is_what_is_sent() {
    let platform = Platform::saying(201, r#"{"id": "c"}"#).await;
    let new = NewConversation::business("aaa111111111111111111222".into(), john())
        .with_message(NewMessage::sms("Hey there."))
        .with_message("How are you?")
        .then_leave(Duration::from_secs(3));
    let started = client(&platform.url)
        .conversations()
        .start(&new)
        .await
        .unwrap();
    assert!(started.is_created());
    assert_eq!(started.into_conversation().id, "c".into());
    let seen = platform.seen();
    assert_eq!(seen[0].line, "POST /v2/conversations");
    let sent: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(
        sent,
        json!({
            "organization": "aaa111111111111111111222",
            "type": "contact",
            "contact": {"profile": {"name": "John Johnson", "telephone": "+31646280994"}},
            "messages": [
                {"type": "chat", "text": "Hey there.", "touchpoint": "sms", "role": "agent"},
                {"type": "chat", "text": "How are you?", "role": "agent"},
                {"type": "command", "text": "/leave", "delay": 3000}
            ]
        })
    );
}

#[tokio::test]
async fn variables_name_and_touchpoint_go_along() {
    let platform = Platform::saying(201, r#"{"id": "c"}"#).await;
    let new = NewConversation::business("o".into(), john())
        .named("Service reminder")
        .on(Touchpoint::Email)
        .with_meta("campaign", "spring")
        .with_message("Your car is due.");
    client(&platform.url)
        .conversations()
        .start(&new)
        .await
        .unwrap();
    let sent: Value = serde_json::from_str(&platform.seen()[0].body).unwrap();
    assert_eq!(sent["name"], "Service reminder");
    assert_eq!(sent["touchpoint"], "email");
    assert_eq!(sent["meta"], json!({"campaign": "spring"}));
}

#[tokio::test]
async fn a_known_contact_keeps_its_conversation() {
    let platform = Platform::saying(200, r#"{"id": "c"}"#).await;
    let new =
        NewConversation::business("o".into(), john()).with_message(NewMessage::email("Hi again"));
    let started = client(&platform.url)
        .conversations()
        .start(&new)
        .await
        .unwrap();
    assert!(matches!(started, Started::Appended(_)), "{started:?}");
}

#[tokio::test]
async fn messages_are_added_by_the_conversations_id() {
    let platform = Platform::saying(200, r#"{"id": "c"}"#).await;
    let client = client(&platform.url);
    let conversation = client
        .conversations()
        .append("c".into(), [NewMessage::email("Hey there!")])
        .await
        .unwrap();
    assert_eq!(conversation.id, "c".into());
    let sent: Value = serde_json::from_str(&platform.seen()[0].body).unwrap();
    assert_eq!(
        sent,
        json!({"id": "c", "messages": [
            {"type": "chat", "text": "Hey there!", "touchpoint": "email", "role": "agent"}
        ]})
    );
}

#[tokio::test]
async fn misuse_is_refused_before_anything_is_sent() {
    let platform = Platform::saying(201, r#"{"id": "c"}"#).await;
    let client = client(&platform.url);
    let silent = NewConversation::business("o".into(), john());
    let error = client.conversations().start(&silent).await.unwrap_err();
    assert!(
        matches!(error, StartError::Misuse(Misuse::NoMessage)),
        "{error:?}"
    );
    let by_hand = NewConversation::with_contact(john(), ["Hi".into()]);
    let error = client
        .conversations()
        .start(&by_hand.into())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("names no touchpoint"), "{error}");
    let nothing = Vec::<NewMessage>::new();
    assert!(
        client
            .conversations()
            .append("c".into(), nothing)
            .await
            .is_err()
    );
    assert!(platform.seen().is_empty());
}

#[tokio::test]
async fn free_text_on_whatsapp_is_sent_when_it_is_allowed() {
    let platform = Platform::saying(200, r#"{"id": "c"}"#).await;
    let client = client(&platform.url);
    let free = || [NewMessage::chat("Done").on(Touchpoint::Whatsapp)];
    let refused = client.conversations().append("c".into(), free()).await;
    assert!(
        matches!(
            refused,
            Err(StartError::Misuse(Misuse::NoTemplate { position: 1 }))
        ),
        "{refused:?}"
    );
    let allowed = BusinessConversation::append("c".into(), free()).allow_free_text();
    client.conversations().start(&allowed).await.unwrap();
    assert_eq!(platform.seen().len(), 1);
}

#[tokio::test]
async fn a_refusal_of_the_platform_is_passed_on() {
    let platform = Platform::saying(403, r#"{"message": "not an agent"}"#).await;
    let new = NewConversation::business("o".into(), john()).with_message(NewMessage::sms("Hi"));
    let error = client(&platform.url)
        .conversations()
        .start(&new)
        .await
        .unwrap_err();
    let StartError::Request(error) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.status(), Some(403));
}
