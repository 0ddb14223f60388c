//! What a message does to its conversation once it is processed.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use web1on1::{
    ChannelId, ConversationStatus, ConversationType, FormId, Message, MessageType, Meta, Role,
    UserId,
};

use super::{
    Author, Thread, reaches_consumer,
    workflow::{self, Route},
};
use crate::{
    Quirks,
    command::{self, Command},
    directory::{Directory, Kind},
};

/// What a message did beyond its conversation.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// Channels that are to be told of the conversation.
    pub(crate) notified: Vec<ChannelId>,
    /// Channels that are told later, if the conversation still waits then.
    pub(crate) later: Vec<(SignedDuration, ChannelId)>,
}

impl Thread {
    /// Carries out what `message` asks for. What cannot be carried out was refused before.
    pub(crate) fn apply(
        &mut self,
        message: &Message,
        author: &Author,
        directory: &Directory,
        quirks: Quirks,
        at: Timestamp,
    ) -> Effects {
        let mut effects = Effects::default();
        match &message.kind {
            MessageType::Command => {
                for command in command::parse(&message.text, quirks.lines).unwrap_or_default() {
                    self.obey(&command, message, directory, at, &mut effects);
                }
            }
            MessageType::Form => self.toggle_form(message, directory),
            MessageType::Field => self.fill_field(message),
            MessageType::Report | MessageType::Results => self.add_results(message),
            MessageType::Tag => self.add_tag(&message.text),
            _ => self.hear(message, author, directory, at, &mut effects),
        }
        effects
    }

    /// Chat, cards, mentions and postbacks: they change who takes part and where it stands.
    fn hear(
        &mut self,
        message: &Message,
        author: &Author,
        directory: &Directory,
        at: Timestamp,
        effects: &mut Effects,
    ) {
        let from_consumer = message.role == Some(Role::Contact);
        let to_consumer = reaches_consumer(message);
        if (from_consumer || to_consumer) && !author.is_bot() {
            self.reset_consecutive();
        }
        if from_consumer {
            return self.queue_unless_active(directory, effects);
        }
        if let Some(user) = &message.user {
            if !to_consumer || self.is_team() {
                self.join(user, directory, at);
            } else if !self.is_active(user) {
                self.accept(user, directory, at);
            }
        }
        if self.is_team() {
            self.fill_inboxes(message.user.as_ref());
        }
    }

    fn obey(
        &mut self,
        command: &Command,
        message: &Message,
        directory: &Directory,
        at: Timestamp,
        effects: &mut Effects,
    ) {
        match command {
            Command::Set { key, value } if value.is_empty() => {
                self.conversation.meta.remove(key);
            }
            Command::Set { key, value } => {
                self.conversation
                    .meta
                    .insert(key.clone(), value.as_str().into());
            }
            Command::SetProperty { name, value } => self.set_property(name, value, directory),
            Command::Assign => {
                for user in ids(&message.meta, "users") {
                    self.assign(&user.into(), directory, at);
                }
            }
            Command::Notify => self.notify(message, directory, effects),
            Command::Accept | Command::Join | Command::Leave => {
                if let Some(user) = &message.user {
                    match command {
                        Command::Accept => self.accept(user, directory, at),
                        Command::Join => self.join(user, directory, at),
                        _ => self.leave(user, directory, at),
                    }
                }
            }
            Command::Bot => {}
        }
    }

    /// With channels: a task for exactly these. Otherwise the workflows decide, of the organizations
    /// that are named or of the conversation's own.
    fn notify(&mut self, message: &Message, directory: &Directory, effects: &mut Effects) {
        let tasks: Vec<ChannelId> = ids(&message.meta, "channels").map(Into::into).collect();
        if !tasks.is_empty() {
            self.tasks.extend(tasks.iter().cloned());
            effects.notified.extend(self.enqueue(tasks));
            return;
        }
        let organizations: Vec<&str> = ids(&message.meta, "organizations").collect();
        self.route(&organizations, directory, effects);
    }

    /// A consumer's message queues a conversation that nobody has accepted.
    fn queue_unless_active(&mut self, directory: &Directory, effects: &mut Effects) {
        let status = self.conversation.status.as_ref();
        if !matches!(
            status,
            Some(ConversationStatus::Active | ConversationStatus::Queued)
        ) {
            self.route(&[], directory, effects);
        }
    }

    fn route(&mut self, organizations: &[&str], directory: &Directory, effects: &mut Effects) {
        let own = self.conversation.organization.clone();
        let own: Vec<&str> = own.as_ref().map(AsRef::as_ref).into_iter().collect();
        let organizations = if organizations.is_empty() {
            &own
        } else {
            organizations
        };
        let (now, later): (Vec<Route>, Vec<Route>) =
            workflow::routes(&self.conversation, organizations, directory)
                .into_iter()
                .partition(|route| route.delay.is_zero());
        let now = now.into_iter().map(|route| route.channel).collect();
        effects.notified.extend(self.enqueue(now));
        let later = later.into_iter().map(|route| (route.delay, route.channel));
        effects.later.extend(later);
    }

    fn set_property(&mut self, name: &str, value: &str, directory: &Directory) {
        let conversation = &mut self.conversation;
        let given = (!value.is_empty()).then(|| value.to_owned());
        match name {
            "name" => conversation.name = given,
            "touchpoint" => conversation.touchpoint = given.as_deref().map(Into::into),
            "categoryIndex" => conversation.category_index = value.parse().ok(),
            "category" => {
                conversation.category_index = conversation
                    .organization
                    .as_ref()
                    .and_then(|id| category_index(directory, id.as_str(), value));
                conversation.category = given.map(Value::from);
            }
            _ => set_or_remove(&mut conversation.extra, name, given),
        }
    }

    fn toggle_form(&mut self, message: &Message, directory: &Directory) {
        let Some(form) = form_of(&message.meta) else {
            return;
        };
        let forms = &mut self.conversation.forms;
        forms.retain(|active| active.get("id").and_then(Value::as_str) != Some(form.as_str()));
        if message.text.starts_with('+') {
            let known = directory.get(Kind::Form, form.as_str());
            let get = |field| known.and_then(|known| known.get(field)).cloned();
            forms.push(json!({
                "id": form,
                "name": get("name"),
                "labels": get("labels").unwrap_or_else(|| json!([])),
            }));
        }
    }

    fn fill_field(&mut self, message: &Message) {
        let Some((form, (key, value))) = form_of(&message.meta).zip(field_parts(&message.text))
        else {
            return;
        };
        let fields = self.fields.entry(form).or_default();
        if value.is_empty() {
            fields.remove(key);
        } else {
            fields.insert(key.to_owned(), value.to_owned());
        }
    }

    fn add_results(&mut self, message: &Message) {
        let results = message.results.as_ref().and_then(Value::as_array);
        self.conversation
            .results
            .extend(results.into_iter().flatten().cloned());
    }

    fn add_tag(&mut self, tag: &str) {
        let tags = self
            .conversation
            .extra
            .entry("tags")
            .or_insert_with(|| json!([]));
        if let Some(tags) = tags.as_array_mut()
            && !tags.iter().any(|known| known == tag)
        {
            tags.push(tag.into());
        }
    }

    /// Whoever is not there has one more message to read.
    pub(super) fn count_unread(&mut self, message: &Message) {
        for participant in &mut self.conversation.participants {
            if message.user.as_ref() == Some(&participant.user) {
                participant.unread_count = 0;
            } else if !participant.active {
                participant.unread_count += 1;
            }
        }
    }

    /// In team conversations a new message waits in the inbox of everybody who is not there.
    fn fill_inboxes(&mut self, sender: Option<&UserId>) {
        for participant in &mut self.conversation.participants {
            if !participant.active && sender != Some(&participant.user) {
                participant.inbox = true;
            }
        }
    }

    fn is_team(&self) -> bool {
        self.conversation.kind != Some(ConversationType::Contact)
    }
}

/// The ids in a list of `meta`; `null` and a missing key are an empty list, one id is a list of one.
pub(super) fn ids<'a>(meta: &'a Meta, key: &str) -> impl Iterator<Item = &'a str> {
    let value = meta.get(key);
    let one = value.and_then(Value::as_str);
    let many = value.and_then(Value::as_array).into_iter().flatten();
    one.into_iter().chain(many.filter_map(Value::as_str))
}

pub(super) fn form_of(meta: &Meta) -> Option<FormId> {
    meta.get("form")?.as_str().map(FormId::from)
}

/// The key and the value of `.key value`.
pub(super) fn field_parts(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text
        .strip_prefix('.')?
        .split_once(' ')
        .unwrap_or((text.get(1..)?, ""));
    (!key.is_empty()).then_some((key, value))
}

fn category_index(directory: &Directory, organization: &str, name: &str) -> Option<u64> {
    let organization = directory.get(Kind::Organization, organization)?;
    let categories = organization.get("categories")?.as_array()?;
    let index = categories
        .iter()
        .position(|category| category.get("name").and_then(Value::as_str) == Some(name))?;
    u64::try_from(index).ok()
}

fn set_or_remove(object: &mut Meta, key: &str, value: Option<String>) {
    match value {
        Some(value) => object.insert(key.to_owned(), value.into()),
        None => object.remove(key),
    };
}
