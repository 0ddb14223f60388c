//! The little that receiving needs to know of an event: read without copying, before it is stored.

use std::{borrow::Cow, fmt, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::{EventName, MessageAction, ResourceAction, own::PREFIX};
use crate::store::EventKey;

/// Longest accepted id, in bytes. The platform's are 24 hexadecimal digits.
const MAX_ID_BYTES: usize = 200;

/// Bytes of a resource's id in an event's key: as long as the platform's ids.
const ID_IN_KEY: usize = 24;

/// Why a body is not an event.
#[derive(Debug, thiserror::Error)]

pub(crate) enum UnreadableEvent {
    /// Not JSON, or not an object with an `event` name.
    #[error("body is not a webhook event")]
    NotAnEvent(#[source] serde_json::Error),
    /// A message event without the parts that every message event has.
    #[error(
        "message event has no `{missing}`; every message event carries message and conversation"
    )]
    Incomplete {
        /// What is missing.
        missing: &'static str,
    },
    /// A name that only this service gives.
    #[error("the event is named `{PREFIX}…`, which are names of this service's own")]
    OwnName,
    /// An id no platform would make.
    #[error("`{field}` is empty or longer than {MAX_ID_BYTES} bytes")]
    StrangeId {
        /// Where it stands.
        field: &'static str,
    },
}

/// An event on its way into the inbox.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// Says which redeliveries are the same event.
    pub(crate) key: EventKey,
    /// The event's name.
    pub(crate) name: String,
    /// What is handled in order with it: the conversation, or for other resources the resource.
    pub(crate) mailbox: Arc<str>,
    /// When it happened, on the platform's clock.
    pub(crate) at: Timestamp,
    /// The whole body.
    pub(crate) body: Bytes,
}

impl Arrival {
    /// Reads what receiving needs from `body`.
    ///
    /// # Errors
    ///
    /// [`UnreadableEvent`] if it is not an event; the sender gets a 400.
    pub(crate) fn read(
        bot: &str,
        body: Bytes,
        received_at: Timestamp,
    ) -> Result<Self, UnreadableEvent> {
        let envelope: Envelope<'_> =
            serde_json::from_slice(&body).map_err(UnreadableEvent::NotAnEvent)?;
        let sent_at = envelope.timestamp.as_deref().and_then(time);
        let mut name = envelope.event.into_owned();
        if name.starts_with(PREFIX) {
            return Err(UnreadableEvent::OwnName);
        }
        let parsed = EventName::parse(&name);
        let (resource, mailbox, at, mut version);
        match &parsed {
            EventName::Message(action) => {
                let data: Data<'_> = match envelope.data {
                    Some(data) => {
                        serde_json::from_str(data.get()).map_err(UnreadableEvent::NotAnEvent)?
                    }
                    None => return Err(UnreadableEvent::Incomplete { missing: "data" }),
                };
                let message = data.part("message")?;
                let conversation = data.part("conversation")?;
                mailbox = checked(conversation.id, "data.conversation.id")?;
                resource = checked(message.id, "data.message.id")?;
                at = message.created_at.as_deref().and_then(time).or(sent_at);
                let changed = matches!(action, MessageAction::Update | MessageAction::Error);
                version = changed
                    .then(|| message.updated_at.or(envelope.timestamp))
                    .flatten();
                if *action == MessageAction::Legacy {
                    let conversation = conversation.kind.as_deref().unwrap_or("contact");
                    let message = message.kind.as_deref().unwrap_or("chat");
                    name = format!("message.create.{conversation}.{message}");
                }
            }
            EventName::Resource {
                resource: kind,
                action,
            } => {
                let part = match envelope.data {
                    // A resource event of a shape we do not know is still delivered, raw.
                    Some(data) => serde_json::from_str::<Data<'_>>(data.get())
                        .ok()
                        .and_then(|data| data.part(kind).ok()),
                    None => None,
                };
                let part = part.unwrap_or_default();
                resource = part.id.or(envelope.id).unwrap_or_default();
                mailbox = if kind == "conversation" {
                    checked(Some(resource.clone()), "data.conversation.id")?
                } else {
                    Cow::Owned(format!("{kind}:{resource}"))
                };
                at = sent_at;
                // Only what changes a resource also changes its `updatedAt`.
                version = match action {
                    ResourceAction::Other(_) => envelope.timestamp,
                    _ => part.updated_at.or(envelope.timestamp),
                };
                // Of two changes at one time, the one that closes a conversation must not get lost.
                if let (Some(version), Some(status)) = (&mut version, part.status) {
                    version.to_mut().push_str(status.get());
                }
            }
            // No name is read as one of our own.
            EventName::Timer(_)
            | EventName::Job(_)
            | EventName::Campaign(_)
            | EventName::Unknown(_) => {
                resource = envelope.id.unwrap_or_default();
                mailbox = Cow::Borrowed("unknown:");
                at = sent_at;
                version = envelope.timestamp;
            }
        }
        let key = key(bot, &name, &resource, version.as_deref().unwrap_or(""));
        Ok(Self {
            key,
            name,
            mailbox: mailbox.as_ref().into(),
            at: at.unwrap_or(received_at),
            body,
        })
    }
}

/// Says which deliveries are the same event: the beginning of the resource's id, then a short hash
/// of everything that counts. The platform's ids begin with the time at which they were made, so
/// keys of one time lie together in the store's index, and a busy hour touches few of its pages.
pub(super) fn key(bot: &str, name: &str, resource: &str, version: &str) -> EventKey {
    let mut hash = Sha256::new();
    for part in [bot, name, resource, version] {
        // With its length, so that no two lists of parts can look alike.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut key = EventKey::default();
    let (id, short) = key.split_at_mut(ID_IN_KEY);
    id.copy_from_slice(&beginning_of_keys(resource));
    short
        .iter_mut()
        .zip(hash.finalize())
        .for_each(|(to, from)| *to = from);
    key
}

/// What the keys of all events about a resource begin with.
pub(crate) fn beginning_of_keys(resource: &str) -> [u8; ID_IN_KEY] {
    let mut id = [0; ID_IN_KEY];
    id.iter_mut()
        .zip(resource.bytes())
        .for_each(|(to, from)| *to = from);
    id
}

fn checked<'a>(
    id: Option<Cow<'a, str>>,
    field: &'static str,
) -> Result<Cow<'a, str>, UnreadableEvent> {
    let id = id.ok_or(UnreadableEvent::Incomplete { missing: field })?;
    if id.is_empty() || id.len() > MAX_ID_BYTES {
        return Err(UnreadableEvent::StrangeId { field });
    }
    Ok(id)
}

fn time(text: &str) -> Option<Timestamp> {
    web1on1::parse_time(text).ok()
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    timestamp: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

/// The parts of `data`, unread.
struct Data<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Data<'a> {
    fn part(&self, name: &str) -> Result<Part<'a>, UnreadableEvent> {
        let missing = match name {
            "message" => "data.message",
            "conversation" => "data.conversation",
            _ => "data",
        };
        let (_, raw) = self
            .0
            .iter()
            .find(|(key, _)| key == name)
            .ok_or(UnreadableEvent::Incomplete { missing })?;
        serde_json::from_str(raw.get()).map_err(UnreadableEvent::NotAnEvent)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Data<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;

        impl<'de> Visitor<'de> for Parts {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of resources")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut parts: Self::Value = Vec::with_capacity(8);
                while let Some(Key(key)) = map.next_key()? {
                    if parts.iter().any(|(earlier, _)| *earlier == key) {
                        return Err(de::Error::custom(format_args!("duplicate field `{key}`")));
                    }
                    parts.push((key, map.next_value()?));
                }
                Ok(parts)
            }
        }

        deserializer.deserialize_map(Parts).map(Self)
    }
}

/// A key that borrows from the body where it can.
#[derive(Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    created_at: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    updated_at: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    status: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn arrival(body: &Value) -> Result<Arrival, UnreadableEvent> {
        Arrival::read("desk", body.to_string().into(), Timestamp::UNIX_EPOCH)
    }

    fn chat(message: &str, name: &str) -> Value {
        json!({
            "id": "delivery", "event": name, "timestamp": "2024-05-01T10:00:00.000Z",
            "data": {
                "message": {"id": message, "createdAt": "2024-05-01T09:59:59.500Z", "type": "chat"},
                "conversation": {"id": "c1", "type": "contact"}
            }
        })
    }

    #[test]
    fn a_message_is_filed_under_its_conversation_at_its_own_time() {
        let read = arrival(&chat("m1", "message.create.contact.chat")).unwrap();
        assert_eq!(&*read.mailbox, "c1");
        assert_eq!(read.at, "2024-05-01T09:59:59.500Z".parse().unwrap());
    }

    #[test]
    fn a_redelivery_has_the_same_key_whatever_its_id_and_time() {
        let first = arrival(&chat("m1", "message.create.contact.chat")).unwrap();
        let mut again = chat("m1", "message.create.contact.chat");
        again["id"] = json!("another delivery");
        again["timestamp"] = json!("2024-05-01T11:00:00Z");
        assert_eq!(arrival(&again).unwrap().key, first.key);
        let legacy = arrival(&chat("m1", "conversation.message")).unwrap();
        assert_eq!(legacy.key, first.key);
        assert_ne!(
            arrival(&chat("m2", "message.create.contact.chat"))
                .unwrap()
                .key,
            first.key
        );
        let body = chat("m1", "message.create.contact.chat").to_string().into();
        let other_bot = Arrival::read("other", body, Timestamp::UNIX_EPOCH).unwrap();
        assert_ne!(other_bot.key, first.key);
    }

    #[test]
    fn each_change_of_a_resource_is_an_event_of_its_own() {
        let update = |at: &str, status: Value| {
            let body = json!({
                "event": "conversation.update", "timestamp": "2024-05-01T10:00:00Z",
                "data": {"conversation": {"id": "c1", "updatedAt": at, "status": status}}
            });
            arrival(&body).unwrap()
        };
        let first = update("2024-05-01T09:00:00Z", json!("active"));
        assert_eq!(&*first.mailbox, "c1");
        let again = update("2024-05-01T09:00:00Z", json!("active"));
        assert_eq!(again.key, first.key);
        for other in [
            update("2024-05-01T09:00:01Z", json!("active")),
            update("2024-05-01T09:00:00Z", json!("closed")),
            update("2024-05-01T09:00:00Z", json!({"odd": true})),
        ] {
            assert_ne!(other.key, first.key);
        }
    }

    #[test]
    fn what_does_not_change_a_resource_is_told_apart_by_its_time() {
        let notify = |timestamp: &str| {
            let body = json!({
                "event": "channel.notify", "timestamp": timestamp,
                "data": {"channel": {"id": "ch", "updatedAt": "2024-05-01T09:00:00Z"}}
            });
            arrival(&body).unwrap().key
        };
        assert_ne!(
            notify("2024-05-01T10:00:00Z"),
            notify("2024-05-01T10:00:01Z")
        );
    }

    #[test]
    fn unknown_events_are_taken_as_they_come() {
        for body in [
            json!({"event": "moon.rise"}),
            json!({"event": "moon.rise", "data": {"moon": {"phase": 3}}}),
            json!({"event": "moon.rise", "data": [1, 2]}),
            json!({"event": "what", "data": null, "extra": {"x": [1]}}),
        ] {
            arrival(&body).unwrap();
        }
    }

    #[test]
    fn what_is_not_an_event_is_refused() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"event": 7}"#,
            r#"{"event": "a.b", "event": "a.b"}"#,
            r#"{"event": "message.create.contact.chat"}"#,
            r#"{"event": "message.create.contact.chat", "data": {"message": {"id": "m"}}}"#,
            r#"{"event": "message.create.contact.chat", "data": {"conversation": {"id": "c"}}}"#,
            r#"{"event": "message.create.contact.chat", "data": {"message": {"id": ""}, "conversation": {"id": "c"}}}"#,
            r#"{"event": "message.create.contact.chat", "data": {"message": {"id": "m"}, "message": {"id": "n"}, "conversation": {"id": "c"}}}"#,
            r#"{"event": "message.create.contact.chat", "data": {"message": {"id": "m", "id": "n"}, "conversation": {"id": "c"}}}"#,
        ] {
            let read = Arrival::read("desk", body.into(), Timestamp::UNIX_EPOCH);
            assert!(read.is_err(), "{body}");
        }
        let deep = format!("{}{}", r#"{"event":"a.b","data":"#, "[".repeat(1_000_000));
        assert!(Arrival::read("desk", deep.into(), Timestamp::UNIX_EPOCH).is_err());
        let invalid = b"{\"event\":\"a.\xff\"}".as_slice();
        assert!(Arrival::read("desk", invalid.into(), Timestamp::UNIX_EPOCH).is_err());
    }
}
