//! Updates as the platform applies them: at the top level only.

use axum::{body::Body, http::Response};
use serde_json::{Value, json};
use web1on1::{Error, Meta, Patch, patch::ConversationPatch};

use crate::platform::{Platform, Seen, answer, client};

/// A conversation with free data, and with the update applied.
fn conversation(seen: &Seen) -> Response<Body> {
    let mut resource = json!({"id": "c", "meta": {"intent": "buy", "step": "1"}});
    if let Ok(Value::Object(changes)) = serde_json::from_str(&seen.body) {
        resource.as_object_mut().unwrap().extend(changes);
    }
    answer(200, resource.to_string())
}

fn changes(value: Value) -> Meta {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn an_empty_patch_is_not_sent() {
    let platform = Platform::start(conversation).await;
    let client = client(&platform.url);
    let error = client
        .conversations()
        .update(&"c".into(), &ConversationPatch::new())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unsendable { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "PATCH /v2/conversations/c cannot be made: the patch changes nothing; set a field, or leave the update out"
    );
    assert!(platform.seen().is_empty());
}

#[tokio::test]
async fn free_data_is_sent_as_what_was_set() {
    let platform = Platform::start(conversation).await;
    let client = client(&platform.url);
    let by_hand = Patch::from(changes(json!({"meta": {"a": 1}})));
    let changed = client
        .conversations()
        .update(&"c".into(), &by_hand)
        .await
        .unwrap();
    assert_eq!(changed.meta, changes(json!({"a": 1})));
    assert_eq!(platform.seen()[0].body, r#"{"meta":{"a":1}}"#);
}

#[tokio::test]
async fn some_of_the_free_data_is_changed_by_writing_all_of_it() {
    let platform = Platform::start(conversation).await;
    let client = client(&platform.url);
    let changed = client
        .conversations()
        .merge_meta(
            &"c".into(),
            changes(json!({"step": "2", "intent": null, "name": "Ann"})),
        )
        .await
        .unwrap();
    assert_eq!(changed.meta, changes(json!({"step": "2", "name": "Ann"})));
    let lines: Vec<_> = platform.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        ["GET /v2/conversations/c", "PATCH /v2/conversations/c"]
    );
}

#[tokio::test]
async fn free_data_that_is_so_already_is_not_written() {
    let platform = Platform::start(conversation).await;
    let client = client(&platform.url);
    let same = client
        .conversations()
        .merge_meta(&"c".into(), changes(json!({"step": "1", "never": null})))
        .await
        .unwrap();
    assert_eq!(same.meta["intent"], "buy");
    assert_eq!(platform.seen().len(), 1);
}
