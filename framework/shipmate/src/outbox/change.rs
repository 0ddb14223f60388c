//! Changes of a conversation or its contact.
//!
//! PATCH replaces nested objects whole (API Basics, PATCH behavior), so what is changed is read,
//! merged and written. Doing that again changes nothing.

use serde_json::Value;
use web1on1::{Client, ConversationId, Error, Meta, Request};

use crate::{
    plan::ProfileChange,
    store::{Content, RowKind},
};

/// Makes the change that `content` holds.
pub(super) async fn change(
    client: &Client,
    conversation: &ConversationId,
    content: &Content,
) -> Result<(), Error> {
    match content.kind {
        RowKind::Profile => match serde_json::from_slice(&content.body) {
            Ok(change) => change_profile(client, change).await,
            Err(_) => Ok(()),
        },
        RowKind::Patch | RowKind::Message => {
            let sets = serde_json::from_slice(&content.body).unwrap_or_default();
            change_conversation(client, conversation, sets).await
        }
    }
}

async fn change_conversation(
    client: &Client,
    conversation: &ConversationId,
    sets: Vec<(String, String)>,
) -> Result<(), Error> {
    let conversations = client.conversations();
    let current = conversations.get(conversation).await?;
    let mut meta = current.meta.clone();
    let mut change = Meta::new();
    for (key, value) in sets {
        match key.strip_prefix('@') {
            Some(property) => {
                change.insert(property.to_owned(), value.into());
            }
            None => put(&mut meta, &key, value),
        }
    }
    if meta != current.meta {
        change.insert("meta".into(), Value::Object(meta));
    }
    if !change.is_empty() {
        conversations.update(conversation, &change.into()).await?;
    }
    Ok(())
}

async fn change_profile(client: &Client, change: ProfileChange) -> Result<(), Error> {
    // As it comes, so that what is not known of a profile stays.
    let request = Request::get(["contacts", change.contact.as_str()]);
    let current: Meta = client.fetch(request).await?;
    let before = match current.get("profile") {
        Some(Value::Object(profile)) => profile.clone(),
        _ => Meta::new(),
    };
    let mut profile = before.clone();
    for (field, value) in change.fields {
        put_into(&mut profile, &field, value);
    }
    if profile != before {
        let patch = Meta::from_iter([("profile".to_owned(), Value::Object(profile))]);
        let contacts = client.contacts();
        contacts.update(&change.contact, &patch.into()).await?;
    }
    Ok(())
}

/// Puts a value at a path of names with dots between them.
fn put_into(object: &mut Meta, path: &str, value: String) {
    let Some((name, rest)) = path.split_once('.') else {
        return put(object, path, value);
    };
    let inner = object.entry(name).or_insert(Value::Null);
    if !inner.is_object() {
        *inner = Value::Object(Meta::new());
    }
    if let Value::Object(inner) = inner {
        put_into(inner, rest, value);
    }
}

fn put(object: &mut Meta, key: &str, value: String) {
    if value.is_empty() {
        object.remove(key);
    } else {
        object.insert(key.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_is_put_where_it_belongs_and_its_neighbours_stay() {
        let mut profile = Meta::from_iter([
            ("name".to_owned(), json!("Ann")),
            (
                "address".to_owned(),
                json!({ "postalCode": "1000 AA", "n": 4 }),
            ),
            ("worksFor".to_owned(), json!("nobody")),
        ]);
        for (field, value) in [
            ("name", "Ann Example"),
            ("address.postalCode", ""),
            ("address.addressLocality", "Utrecht"),
            ("worksFor.name", "Harbour Motors"),
            ("email", ""),
        ] {
            put_into(&mut profile, field, value.to_owned());
        }
        let expected = json!({
            "name": "Ann Example",
            "address": { "n": 4, "addressLocality": "Utrecht" },
            "worksFor": { "name": "Harbour Motors" },
        });
        assert_eq!(Value::Object(profile), expected);
    }
}
