//! Resources as the API and webhooks show them.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use web1on1::{Conversation, Message};

use crate::{clock::iso, conversation::Thread, directory::Object};

/// A message, with times in milliseconds. `meta` is always there: the SDK and its examples read
/// `message.meta.users` and the like without a look.
pub(crate) fn message(message: &Message) -> Object {
    let mut view = object(message);
    set_times(&mut view, message.created_at, message.updated_at);
    view.insert("isBackchannel".into(), message.is_backchannel.into());
    view.entry("meta").or_insert_with(|| json!({}));
    view
}

/// A conversation without its messages, as webhooks carry it.
pub(crate) fn conversation(conversation: &Conversation) -> Object {
    let mut view = object(conversation);
    set_times(&mut view, conversation.created_at, conversation.updated_at);
    let participants = view.get_mut("participants").and_then(Value::as_array_mut);
    for (view, participant) in participants
        .into_iter()
        .flatten()
        .zip(&conversation.participants)
    {
        if let Value::Object(view) = view {
            set_times(view, participant.created_at, participant.updated_at);
        }
    }
    for list in ["channels", "forms", "results"] {
        view.entry(list).or_insert_with(|| json!([]));
    }
    view.entry("touchpoints").or_insert_with(|| json!({}));
    view
}

/// A conversation with the ids of its messages, as the API shows it.
pub(crate) fn thread(thread: &Thread) -> Object {
    let mut view = conversation(&thread.conversation);
    let ids: Vec<Value> = thread
        .entries
        .iter()
        .map(|entry| json!(entry.message.id))
        .collect();
    view.insert("messages".into(), ids.into());
    view
}

fn object(resource: &impl Serialize) -> Object {
    match serde_json::to_value(resource) {
        Ok(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

fn set_times(view: &mut Object, created: Option<Timestamp>, updated: Option<Timestamp>) {
    for (field, time) in [("createdAt", created), ("updatedAt", updated)] {
        if let Some(time) = time {
            view.insert(field.into(), iso(time).into());
        }
    }
}
