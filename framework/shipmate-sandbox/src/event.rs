//! What happened, as webhooks tell it.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use web1on1::{ChannelId, ContactId, ConversationId, Message, MessageId, OrganizationId, UserId};

use crate::{
    clock::iso,
    conversation::Author,
    directory::{Kind, Object, text},
    journal::Emitted,
    state::State,
    view,
    webhook::{HookId, NewDelivery},
};

/// An event on its way to the webhooks that want it.
struct Announcement {
    name: String,
    at: Timestamp,
    organization: OrganizationId,
    actor: Option<UserId>,
    /// The path of the resource below `/v2`, for the activity's object.
    object: String,
    conversation: Option<ConversationId>,
    message: Option<MessageId>,
}

impl State {
    /// `message.create.<conversation type>.<message type>`
    pub(crate) fn announce_message(&mut self, message: &Message, author: &Author, at: Timestamp) {
        let Some(thread) = message
            .conversation
            .as_ref()
            .and_then(|id| self.threads.get(id))
        else {
            return;
        };
        let conversation = &thread.conversation;
        let kind = conversation
            .kind
            .as_ref()
            .map_or("contact", |kind| kind.as_str());
        let Some(organization) = conversation.organization.clone() else {
            return;
        };
        let announcement = Announcement {
            name: format!("message.create.{kind}.{}", message.kind),
            at,
            organization,
            actor: author.user().cloned(),
            object: format!("messages/{}", message.id),
            conversation: Some(conversation.id.clone()),
            message: Some(message.id.clone()),
        };
        self.announce(&announcement, |state| {
            let mut data = Object::new();
            data.insert("message".into(), Value::Object(view::message(message)));
            if let Some(user) = &message.user {
                state.show_resource(&mut data, Kind::User, user.as_str());
            }
            state.show_conversation(&mut data, message.conversation.as_ref());
            data
        });
    }

    /// `conversation.create`, `conversation.update` or `conversation.delete`
    pub(crate) fn announce_conversation(
        &mut self,
        action: &str,
        id: &ConversationId,
        actor: Option<&UserId>,
        at: Timestamp,
    ) {
        self.announce_about_conversation(format!("conversation.{action}"), id, actor, None, at);
    }

    /// `contact.create`, if there is a contact, and `conversation.create`
    pub(crate) fn announce_opening(
        &mut self,
        id: &ConversationId,
        contact: Option<&ContactId>,
        author: &Author,
        at: Timestamp,
    ) {
        self.touch(id);
        if let Some(contact) = contact {
            self.announce_resource(Kind::Contact, "create", contact.as_str(), author.user(), at);
        }
        self.announce_conversation("create", id, author.user(), at);
    }

    /// `channel.notify`
    pub(crate) fn announce_notification(
        &mut self,
        id: &ConversationId,
        channel: &ChannelId,
        at: Timestamp,
    ) {
        self.announce_about_conversation("channel.notify".to_owned(), id, None, Some(channel), at);
    }

    /// `<resource>.<action>` for everything that is kept in the directory. The resource must still
    /// be there.
    pub(crate) fn announce_resource(
        &mut self,
        kind: Kind,
        action: &str,
        id: &str,
        actor: Option<&UserId>,
        at: Timestamp,
    ) {
        let Some(resource) = self.directory.get(kind, id) else {
            return;
        };
        let owner = if kind == Kind::Organization {
            Some(id)
        } else {
            text(resource, "organization")
        };
        let Some(organization) = owner.map(OrganizationId::from) else {
            return;
        };
        let announcement = Announcement {
            name: format!("{}.{action}", kind.name()),
            at,
            organization,
            actor: actor.cloned(),
            object: format!("{}/{id}", kind.path()),
            conversation: None,
            message: None,
        };
        self.announce(&announcement, |state| {
            let mut data = Object::new();
            state.show_resource(&mut data, kind, id);
            data
        });
    }

    fn announce_about_conversation(
        &mut self,
        name: String,
        id: &ConversationId,
        actor: Option<&UserId>,
        channel: Option<&ChannelId>,
        at: Timestamp,
    ) {
        let organization = self
            .threads
            .get(id)
            .and_then(|thread| thread.conversation.organization.clone());
        let Some(organization) = organization else {
            return;
        };
        let announcement = Announcement {
            name,
            at,
            organization,
            actor: actor.cloned(),
            object: format!("conversations/{id}"),
            conversation: Some(id.clone()),
            message: None,
        };
        self.announce(&announcement, |state| {
            let mut data = Object::new();
            if let Some(channel) = channel {
                state.show_resource(&mut data, Kind::Channel, channel.as_str());
            }
            state.show_conversation(&mut data, Some(id));
            data
        });
    }

    /// Queues a delivery for every webhook that wants the event; each delivery has its own id.
    fn announce(&mut self, announcement: &Announcement, data: impl FnOnce(&Self) -> Object) {
        let organization = announcement.organization.as_str();
        let path = self
            .directory
            .org_path(organization)
            .unwrap_or(organization);
        let hooks = self.hooks.interested(path, &announcement.name);
        let deliveries: Vec<(HookId, String)> = hooks
            .into_iter()
            .map(|hook| (hook, self.ids.random().uuid()))
            .collect();
        let emitted = Emitted {
            event: announcement.name.clone(),
            conversation: announcement.conversation.clone(),
            message: announcement.message.clone(),
            deliveries: deliveries.iter().map(|(_, id)| id.clone()).collect(),
        };
        let actor = announcement.actor.as_ref().into();
        let cause = self.journal.event_emitted(actor, emitted, announcement.at);
        if deliveries.is_empty() {
            return;
        }
        let mut payload = self.payload(announcement, data(self));
        for (hook, id) in deliveries {
            payload.insert("id".into(), id.as_str().into());
            let Ok(body) = serde_json::to_vec(&payload) else {
                continue;
            };
            self.queue.push(
                NewDelivery {
                    id,
                    hook,
                    event: announcement.name.clone(),
                    conversation: announcement.conversation.clone(),
                    message: announcement.message.clone(),
                    body: Bytes::from(body),
                    cause,
                },
                announcement.at,
            );
        }
    }

    fn payload(&self, announcement: &Announcement, mut data: Object) -> Object {
        let organization = announcement.organization.as_str();
        self.show_resource(&mut data, Kind::Organization, organization);
        let links = self.links(&data);
        data.insert("links".into(), links);
        let mut payload = Object::new();
        payload.insert("id".into(), Value::Null);
        payload.insert("event".into(), announcement.name.as_str().into());
        payload.insert("timestamp".into(), iso(announcement.at).into());
        payload.insert("organization".into(), organization.into());
        payload.insert("activity".into(), self.activity(announcement));
        payload.insert("data".into(), Value::Object(data));
        payload
    }

    /// The event as an ActivityStreams 2 object.
    fn activity(&self, announcement: &Announcement) -> Value {
        let api = self.api_url();
        let verb = match announcement.name.split('.').nth(1) {
            Some("create") => "Create",
            Some("delete") => "Delete",
            Some("notify") => "Announce",
            _ => "Update",
        };
        let (actor, kind, name) = match &announcement.actor {
            Some(user) if self.directory.is_bot(user) => (
                format!("{api}/users/{user}"),
                "Application",
                self.directory.user_name(user),
            ),
            Some(user) => (
                format!("{api}/users/{user}"),
                "Person",
                self.directory.user_name(user),
            ),
            None => (api.clone(), "Service", "The platform"),
        };
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": verb,
            "summary": format!("{name}: {}", announcement.name),
            "actor": {"id": actor, "type": kind},
            "object": {"id": format!("{api}/{}", announcement.object), "type": "Object"},
        })
    }

    fn show_resource(&self, data: &mut Object, kind: Kind, id: &str) {
        if let Some(resource) = self.directory.get(kind, id) {
            data.insert(kind.name().into(), Value::Object(resource.clone()));
        }
    }

    fn show_conversation(&self, data: &mut Object, id: Option<&ConversationId>) {
        let Some(thread) = id.and_then(|id| self.threads.get(id)) else {
            return;
        };
        if let Some(contact) = thread.conversation.contact_id() {
            self.show_resource(data, Kind::Contact, contact.as_str());
        }
        data.insert(
            "conversation".into(),
            Value::Object(view::conversation(&thread.conversation)),
        );
    }

    fn links(&self, data: &Object) -> Value {
        let api = self.api_url();
        let mut links = Object::new();
        for (name, path) in [
            ("organization", "organizations"),
            ("conversation", "conversations"),
            ("message", "messages"),
            ("contact", "contacts"),
            ("user", "users"),
        ] {
            if let Some(id) = data
                .get(name)
                .and_then(|resource| resource.get("id")?.as_str())
            {
                links.insert(name.into(), format!("{api}/{path}/{id}").into());
            }
        }
        Value::Object(links)
    }
}
