//! Events: what the platform tells a bot, typed.
//!
//! The names follow `<resource>.<action>`, and `message.create.<conversation type>.<message type>`
//! for new messages (webhooks, events). A name or a shape this version does not know is delivered
//! raw, never dropped.

mod envelope;
pub(crate) use envelope::{Arrival, beginning_of_keys};

mod name;
pub use name::{EventName, MessageAction, ResourceAction};

mod own;
pub use own::{CampaignEvent, JobEvent, TimerEvent};
pub(crate) use own::{of_campaign, of_job, of_timer};

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use web1on1::{ContactId, Conversation, ConversationId, Message, Meta, OrganizationId, User};

/// An event as it reaches a bot.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its name, read.
    pub name: EventName,
    /// What it says.
    pub body: EventBody,
    /// The organization that owns the resource, where the platform says so.
    pub organization: Option<OrganizationId>,
    /// When it happened, on the platform's clock: the message's `createdAt`, or the webhook's
    /// `timestamp`.
    pub at: Timestamp,
    raw: Bytes,
}

/// What an event says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum EventBody {
    /// Something happened to a message.
    Message(Box<MessageEvent>),
    /// Something happened to another resource.
    Resource(Box<ResourceEvent>),
    /// A timer that a turn had set is due.
    Timer(Box<TimerEvent>),
    /// An instant of a job has come.
    Job(Box<JobEvent>),
    /// A campaign has written in a conversation.
    Campaign(Box<CampaignEvent>),
    /// An event of a name or shape this version cannot read; see [`Event::raw`].
    Raw,
}

/// Something happened to a message.
#[derive(Debug, Clone)]
pub struct MessageEvent {
    /// What happened.
    pub action: MessageAction,
    /// The message.
    pub message: Message,
    /// Its conversation, as it was when the platform sent the event.
    pub conversation: Conversation,
    /// The sending user, where the platform sends it along.
    pub user: Option<User>,
}

/// Something happened to a resource other than a message.
#[derive(Debug, Clone)]
pub struct ResourceEvent {
    /// The kind of resource, for example `conversation` or `botinstance`.
    pub resource: String,
    /// What happened.
    pub action: ResourceAction,
    /// The resource as the platform sent it, if it did.
    pub data: Option<Box<RawValue>>,
    /// The conversation, for `conversation.*` events.
    pub conversation: Option<Conversation>,
}

impl Event {
    /// The profile of the conversation's contact: the conversation's own copy, or else the contact
    /// that came along with the event (webhooks, payload).
    pub(crate) fn contact_profile(&self) -> Option<Meta> {
        let profile = |contact: &Value| contact.get("profile")?.as_object().cloned();
        let own = self.conversation()?.contact.as_ref();
        let own = own.and_then(profile);
        own.or_else(|| profile(&self.contact_beside()?.1))
    }

    /// The conversation's contact.
    pub(crate) fn contact(&self) -> Option<ContactId> {
        let own = self.conversation()?.contact_id();
        own.or_else(|| Some(self.contact_beside()?.0))
    }

    /// The contact that came along with the event, if it is the conversation's.
    fn contact_beside(&self) -> Option<(ContactId, Value)> {
        let mut body: Value = serde_json::from_slice(self.raw()).ok()?;
        let contact = body.get_mut("data")?.get_mut("contact")?.take();
        let id = ContactId::from(contact.get("id")?.as_str()?);
        let own = self.conversation()?.contact_id();
        own.is_none_or(|own| own == id).then_some((id, contact))
    }

    /// The whole webhook body as it came.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The event as a message event, if it is one.
    pub fn as_message(&self) -> Option<&MessageEvent> {
        match &self.body {
            EventBody::Message(event) => Some(event),
            _ => None,
        }
    }

    /// The timer that is due, if it is one.
    pub(crate) fn as_timer(&self) -> Option<&TimerEvent> {
        match &self.body {
            EventBody::Timer(event) => Some(event),
            _ => None,
        }
    }

    /// The instant of a job that has come, if it is one.
    pub(crate) fn as_job(&self) -> Option<&JobEvent> {
        match &self.body {
            EventBody::Job(event) => Some(event),
            _ => None,
        }
    }

    /// Puts a timer into its conversation.
    pub(crate) fn place_in(&mut self, conversation: Conversation) {
        if let EventBody::Timer(event) = &mut self.body {
            event.conversation = Some(conversation);
        }
    }

    /// Whether this service made it itself.
    pub(crate) fn is_own(&self) -> bool {
        matches!(
            self.body,
            EventBody::Timer(_) | EventBody::Job(_) | EventBody::Campaign(_)
        )
    }

    /// The conversation as it was when the platform sent the event; for a timer, when its turn
    /// began.
    pub fn conversation(&self) -> Option<&Conversation> {
        match &self.body {
            EventBody::Message(event) => Some(&event.conversation),
            EventBody::Resource(event) => event.conversation.as_ref(),
            EventBody::Timer(event) => event.conversation.as_ref(),
            EventBody::Campaign(event) => Some(&event.conversation),
            EventBody::Job(_) | EventBody::Raw => None,
        }
    }

    /// The id of the conversation it belongs to.
    pub fn conversation_id(&self) -> Option<&ConversationId> {
        self.conversation().map(|conversation| &conversation.id)
    }

    /// Reads a stored webhook body. A body whose details cannot be read becomes
    /// [`EventBody::Raw`]; `at` is the time the receiver found in it.
    pub(crate) fn read(raw: Bytes, at: Timestamp) -> Self {
        // A webhook always has an `event`, and an event of our own never.
        if let Some((name, body)) = own::read(&raw) {
            return Self {
                name,
                body,
                organization: None,
                at,
                raw,
            };
        }
        let envelope: Option<Envelope<'_>> = serde_json::from_slice(&raw)
            .inspect_err(
                |error| tracing::warn!(%error, "stored event is unreadable; it is delivered raw"),
            )
            .ok();
        let mut name = EventName::parse(envelope.as_ref().map_or("", |envelope| &envelope.event));
        let organization = envelope
            .as_ref()
            .and_then(|envelope| serde_json::from_str(envelope.organization?.get()).ok());
        let body = envelope
            .and_then(|envelope| read_body(&mut name, envelope.data?))
            .unwrap_or(EventBody::Raw);
        Self {
            name,
            body,
            organization,
            at,
            raw,
        }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    event: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    organization: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct MessageData {
    message: Message,
    conversation: Conversation,
    #[serde(default, deserialize_with = "ignore_unreadable")]
    user: Option<User>,
}

/// Reads a value that is nice to have: an unreadable one is absent rather than an error.
fn ignore_unreadable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

fn read_body(name: &mut EventName, data: &RawValue) -> Option<EventBody> {
    let unreadable = |error: serde_json::Error| {
        tracing::warn!(%error, "event data is not of the known shape; it is delivered raw");
    };
    match name {
        EventName::Message(action) => {
            let data: MessageData = serde_json::from_str(data.get()).map_err(unreadable).ok()?;
            if let MessageAction::Legacy = action {
                let kind = data.conversation.kind.clone();
                *action = MessageAction::Create {
                    conversation: kind.unwrap_or(web1on1::ConversationType::Contact),
                    message: data.message.kind.clone(),
                };
            }
            Some(EventBody::Message(Box::new(MessageEvent {
                action: action.clone(),
                message: data.message,
                conversation: data.conversation,
                user: data.user,
            })))
        }
        EventName::Resource { resource, action } => {
            let mut data: std::collections::HashMap<String, Box<RawValue>> =
                serde_json::from_str(data.get()).map_err(unreadable).ok()?;
            let own = data.remove(resource.as_str());
            let conversation = own
                .as_deref()
                .filter(|_| resource == "conversation")
                .and_then(|own| serde_json::from_str(own.get()).map_err(unreadable).ok());
            Some(EventBody::Resource(Box::new(ResourceEvent {
                resource: resource.clone(),
                action: action.clone(),
                data: own,
                conversation,
            })))
        }
        EventName::Timer(_)
        | EventName::Job(_)
        | EventName::Campaign(_)
        | EventName::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &serde_json::Value) -> Event {
        Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn every_documented_message_event_is_typed() {
        for conversation in ["contact", "bot", "agent", "system"] {
            for message in [
                "chat", "card", "postback", "mention", "tag", "search", "command", "form", "field",
                "results", "report", "status",
            ] {
                let event = read(&json!({
                    "event": format!("message.create.{conversation}.{message}"),
                    "organization": "64aa",
                    "data": {
                        "message": {"id": "m", "conversation": "c", "type": message, "text": "hi"},
                        "conversation": {"id": "c", "type": conversation}
                    }
                }));
                let typed = event.as_message().unwrap();
                assert_eq!(typed.message.kind.as_str(), message);
                assert!(!matches!(
                    typed.message.kind,
                    web1on1::MessageType::Other(_)
                ));
                assert_eq!(
                    typed.conversation.kind.as_ref().unwrap().as_str(),
                    conversation
                );
                assert_eq!(event.organization.unwrap().as_str(), "64aa");
            }
        }
        for (name, action) in [
            ("message.update", MessageAction::Update),
            ("message.delete", MessageAction::Delete),
            ("message.error", MessageAction::Error),
        ] {
            let event = read(&json!({
                "event": name,
                "data": {"message": {"id": "m"}, "conversation": {"id": "c"}}
            }));
            assert_eq!(event.as_message().unwrap().action, action);
        }
    }

    #[test]
    fn the_legacy_name_is_the_same_event() {
        let event = read(&json!({
            "event": "conversation.message",
            "data": {"message": {"id": "m", "type": "postback"}, "conversation": {"id": "c", "type": "contact"}}
        }));
        assert_eq!(event.name.to_string(), "message.create.contact.postback");
    }

    #[test]
    fn resource_events_carry_their_resource() {
        let event = read(&json!({
            "event": "botinstance.update",
            "data": {"botinstance": {"id": "i", "enabled": false}}
        }));
        let EventBody::Resource(resource) = &event.body else {
            panic!("{event:?}");
        };
        assert_eq!(resource.action, ResourceAction::Update);
        assert!(resource.data.as_ref().unwrap().get().contains("enabled"));
    }

    #[test]
    fn what_cannot_be_read_is_delivered_raw() {
        for body in [
            json!({"event": "moon.rise", "data": 7}),
            json!({"event": "nonsense"}),
            json!({"event": "message.create.contact.chat", "data": {"message": 7}}),
        ] {
            let event = read(&body);
            assert!(matches!(event.body, EventBody::Raw), "{event:?}");
            assert_eq!(event.raw(), body.to_string().as_bytes());
        }
    }
}
