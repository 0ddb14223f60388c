//! What lists are made of: rows that are looked at in place, so that only the page that is asked
//! for becomes JSON.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::Value;
use web1on1::{ConversationStatus, ConversationType, Message, Participant, Role};

use crate::{conversation::Thread, directory::Object, view};

/// A scalar found in a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar<'a> {
    Text(Cow<'a, str>),
    Time(Timestamp),
}

/// Something that can be listed.
pub(super) trait Row {
    /// Adds all values at a dotted path. Lists are looked through (`participants.user`); a key may
    /// itself contain dots (`meta.my.key`).
    fn collect<'a>(&'a self, path: &str, found: &mut Vec<Scalar<'a>>);

    /// The row as the API shows it.
    fn json(&self) -> Object;
}

impl Row for &Object {
    fn collect<'a>(&'a self, path: &str, found: &mut Vec<Scalar<'a>>) {
        collect_in(self, path, found);
    }

    fn json(&self) -> Object {
        (*self).clone()
    }
}

impl Row for &Thread {
    fn collect<'a>(&'a self, path: &str, found: &mut Vec<Scalar<'a>>) {
        let it = &self.conversation;
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        match (head, rest) {
            ("id", "") => add_text(Some(it.id.as_str()), found),
            ("organization", "") => add_text(it.organization.as_ref(), found),
            ("orgPath", "") => add_text(it.org_path.as_ref(), found),
            ("name", "") => add_text(it.name.as_ref(), found),
            ("type", "") => add_text(it.kind.as_ref().map(ConversationType::as_str), found),
            ("status", "") => add_text(it.status.as_ref().map(ConversationStatus::as_str), found),
            ("createdAt", "") => add_time(it.created_at, found),
            ("updatedAt", "") => add_time(it.updated_at, found),
            ("contact", "") => {
                if let Some(contact) = &it.contact {
                    collect_scalars(contact, found);
                }
            }
            ("meta", rest) if !rest.is_empty() => collect_in(&it.meta, rest, found),
            ("participants", "user" | "inbox" | "active" | "accepted" | "follow") => {
                for participant in &it.participants {
                    collect_of_participant(participant, rest, found);
                }
            }
            _ => add_owned(&Value::Object(view::thread(self)), path, found),
        }
    }

    fn json(&self) -> Object {
        view::thread(self)
    }
}

impl Row for &Message {
    fn collect<'a>(&'a self, path: &str, found: &mut Vec<Scalar<'a>>) {
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        match (head, rest) {
            ("id", "") => add_text(Some(self.id.as_str()), found),
            ("conversation", "") => add_text(self.conversation.as_ref(), found),
            ("organization", "") => add_text(self.organization.as_ref(), found),
            ("orgPath", "") => add_text(self.org_path.as_ref(), found),
            ("type", "") => add_text(Some(self.kind.as_str()), found),
            ("role", "") => add_text(self.role.as_ref().map(Role::as_str), found),
            ("user", "") => add_text(self.user.as_ref(), found),
            ("text", "") => add_text(Some(self.text.as_str()), found),
            ("createdAt", "") => add_time(self.created_at, found),
            ("updatedAt", "") => add_time(self.updated_at, found),
            ("meta", rest) if !rest.is_empty() => collect_in(&self.meta, rest, found),
            _ => add_owned(&Value::Object(view::message(self)), path, found),
        }
    }

    fn json(&self) -> Object {
        view::message(self)
    }
}

fn add_text<'a, T: AsRef<str> + ?Sized>(text: Option<&'a T>, found: &mut Vec<Scalar<'a>>) {
    found.extend(text.map(|text| Scalar::Text(Cow::Borrowed(text.as_ref()))));
}

fn add_time(time: Option<Timestamp>, found: &mut Vec<Scalar<'_>>) {
    found.extend(time.map(Scalar::Time));
}

/// For the rare paths that only the JSON knows.
fn add_owned(json: &Value, path: &str, found: &mut Vec<Scalar<'_>>) {
    let mut inner = Vec::new();
    collect(json, path, &mut inner);
    found.extend(inner.into_iter().map(|scalar| match scalar {
        Scalar::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
        Scalar::Time(time) => Scalar::Time(time),
    }));
}

fn collect_of_participant<'a>(it: &'a Participant, field: &str, found: &mut Vec<Scalar<'a>>) {
    let flag = match field {
        "user" => return add_text(Some(&it.user), found),
        "inbox" => it.inbox,
        "active" => it.active,
        "accepted" => it.accepted,
        _ => it.follow,
    };
    add_text(Some(if flag { "true" } else { "false" }), found);
}

fn collect<'a>(value: &'a Value, path: &str, found: &mut Vec<Scalar<'a>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        Value::Object(object) => collect_in(object, path, found),
        _ => {}
    }
}

fn collect_in<'a>(object: &'a Object, path: &str, found: &mut Vec<Scalar<'a>>) {
    if let Some(value) = object.get(path) {
        collect_scalars(value, found);
        return;
    }
    for (dot, _) in path.match_indices('.') {
        if let Some((key, rest)) = path.split_at_checked(dot)
            && let Some(value) = object.get(key)
        {
            collect(value, rest.trim_start_matches('.'), found);
        }
    }
}

fn collect_scalars<'a>(value: &'a Value, found: &mut Vec<Scalar<'a>>) {
    match value {
        Value::Null => {}
        Value::String(text) => add_text(Some(text), found),
        Value::Array(items) => items.iter().for_each(|item| collect_scalars(item, found)),
        Value::Object(object) => {
            // A populated resource still matches by its id.
            add_text(object.get("id").and_then(Value::as_str), found);
        }
        scalar => found.push(Scalar::Text(Cow::Owned(scalar.to_string()))),
    }
}
