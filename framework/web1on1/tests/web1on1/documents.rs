//! The platform's own example documents survive being read and written.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use web1on1::{
    Bot, BotInstance, Category, Conversation, Field, Form, Meta, NewBot, NewBotInstance,
    NewConversation, NewField, NewForm, NewService, Organization, Service, User,
};

/// Reads `document` as a `T`, writes it again and compares. `unknown` are the fields that must stay
/// in `extra`; all others must have found their place.
fn check<T: Serialize + DeserializeOwned + Debug>(
    document: &str,
    extra: impl Fn(&T) -> &Meta,
    unknown: &[&str],
) {
    let document: Value = serde_json::from_str(document).unwrap();
    let read: T = serde_json::from_value(document.clone()).unwrap();
    let stray: Vec<_> = extra(&read).keys().collect();
    assert_eq!(stray, unknown, "{}", std::any::type_name::<T>());
    let written = serde_json::to_value(&read).unwrap();
    assert_kept(&document, &written, std::any::type_name::<T>());
}

fn assert_kept(document: &Value, written: &Value, at: &str) {
    match (document, written) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                // Empty lists are left out when written.
                if *value == serde_json::json!([]) && !after.contains_key(key) {
                    continue;
                }
                assert_kept(
                    value,
                    after.get(key).unwrap_or(&Value::Null),
                    &format!("{at}.{key}"),
                );
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            assert_eq!(before.len(), after.len(), "{at}");
            for (before, after) in before.iter().zip(after) {
                assert_kept(before, after, at);
            }
        }
        (Value::String(before), Value::String(after)) => {
            let time = |text: &String| text.parse::<jiff::Timestamp>();
            match (time(before), time(after)) {
                (Ok(before), Ok(after)) => assert_eq!(before, after, "{at}"),
                _ => assert_eq!(before, after, "{at}"),
            }
        }
        _ => assert_eq!(document, written, "{at}"),
    }
}

#[test]
fn resources_of_the_reference_read_and_write_the_same() {
    check::<User>(include_str!("examples/user.json"), |user| &user.extra, &[]);
    check::<Bot>(include_str!("examples/bot.json"), |bot| &bot.extra, &[]);
    check::<BotInstance>(
        include_str!("examples/bot_instance.json"),
        |instance| &instance.extra,
        &[],
    );
    check::<Service>(
        include_str!("examples/service.json"),
        |service| &service.extra,
        &[],
    );
    check::<Form>(include_str!("examples/form.json"), |form| &form.extra, &[]);
    check::<Form>(
        include_str!("examples/form.json"),
        |form| &form.fields[0].extra,
        &[],
    );
    check::<Field>(
        include_str!("examples/field.json"),
        |field| &field.extra,
        &[],
    );
    check::<Category>(
        include_str!("examples/category.json"),
        |category| &category.extra,
        &[],
    );
    check::<Organization>(
        include_str!("examples/organization.json"),
        |organization| &organization.extra,
        &[
            "aliases",
            "billingInfo",
            "commands",
            "dataRetention",
            "defaultRole",
            "domain",
            "domainPrefix",
            "email",
            "emailAs",
            "industry",
            "logo",
            "partners",
            "profileFields",
            "settings",
            "stopwords",
            "tags",
            "url",
            "whitelist",
        ],
    );
    check::<Conversation>(
        include_str!("examples/conversation.json"),
        |conversation| &conversation.extra,
        &["channelsOffline", "messages", "slug", "url"],
    );
}

#[test]
fn bodies_of_the_documents_read_and_write_the_same() {
    check::<NewBot>(include_str!("examples/new_bot.json"), |bot| &bot.extra, &[]);
    check::<NewBotInstance>(
        include_str!("examples/new_bot_instance.json"),
        |instance| &instance.extra,
        &[],
    );
    check::<NewService>(
        include_str!("examples/new_service.json"),
        |service| &service.extra,
        &[],
    );
    check::<NewForm>(
        include_str!("examples/new_form.json"),
        |form| &form.extra,
        &[],
    );
    check::<NewField>(
        include_str!("examples/new_field.json"),
        |field| &field.extra,
        &[],
    );
    for document in [
        include_str!("examples/new_conversation_email.json"),
        include_str!("examples/new_conversation_sms.json"),
        include_str!("examples/new_conversation_whatsapp.json"),
        include_str!("examples/conversation_upsert.json"),
    ] {
        check::<NewConversation>(document, |conversation| &conversation.extra, &[]);
        check::<NewConversation>(
            document,
            |conversation| &conversation.messages[0].extra,
            &[],
        );
    }
}

#[test]
fn the_references_list_of_services_without_ids_is_readable() {
    let services: Vec<Service> =
        serde_json::from_str(include_str!("examples/services.json")).unwrap();
    let kinds: Vec<_> = services
        .iter()
        .map(|service| service.kind.as_str())
        .collect();
    assert_eq!(kinds, ["smartsupp", "smooch", "intercom"]);
    assert_eq!(
        services[1].params.expose()["mailto"],
        "werkplaats@dealer.nl"
    );
}

#[test]
fn a_resource_of_nulls_is_readable() {
    fn check<T: DeserializeOwned>(document: &str, required: &[&str]) {
        let mut document: Meta = serde_json::from_str(document).unwrap();
        for (key, value) in &mut document {
            if !required.contains(&key.as_str()) {
                *value = Value::Null;
            }
        }
        serde_json::from_value::<T>(Value::Object(document)).unwrap();
    }
    check::<User>(include_str!("examples/user.json"), &["id"]);
    check::<Bot>(include_str!("examples/bot.json"), &["id"]);
    check::<BotInstance>(include_str!("examples/bot_instance.json"), &["id", "bot"]);
    check::<Service>(include_str!("examples/service.json"), &[]);
    check::<Form>(include_str!("examples/form.json"), &["id"]);
    check::<Field>(include_str!("examples/field.json"), &[]);
    check::<Category>(include_str!("examples/category.json"), &[]);
    check::<Organization>(include_str!("examples/organization.json"), &["id"]);
    check::<Conversation>(include_str!("examples/conversation.json"), &["id"]);
}
