//! New conversations: by a consumer who opens the chat, or by the API.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use web1on1::{
    ContactId, Conversation, ConversationId, ConversationStatus, ConversationType, NewMessage,
    OrganizationId, Touchpoint,
};

use super::{Author, Thread, audience::is_outgoing, check::read_message};
use crate::{
    Refusal,
    clock::iso,
    directory::{Kind, Object, text},
    limit::MessageLedger,
    state::State,
};

/// What became of a request to create a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opened {
    /// It was created.
    New(ConversationId),
    /// The contact had one already; the messages were added to it.
    Existing(ConversationId),
}

impl State {
    /// A consumer opens the chat of `organization`; nothing is said yet.
    ///
    /// # Errors
    /// 422 for an unknown organization.
    pub(crate) fn open_chat(
        &mut self,
        id: ConversationId,
        organization: &OrganizationId,
        profile: Object,
        now: Timestamp,
    ) -> Result<ConversationId, Refusal> {
        self.open_chat_of(id, None, organization, profile, now)
    }

    /// The same, with a contact whose id was chosen before.
    ///
    /// # Errors
    /// 422 for an unknown organization.
    pub(crate) fn open_chat_of(
        &mut self,
        id: ConversationId,
        contact: Option<ContactId>,
        organization: &OrganizationId,
        profile: Object,
        now: Timestamp,
    ) -> Result<ConversationId, Refusal> {
        let name = display_name(&profile);
        let mut conversation = self.blank_conversation(
            id.clone(),
            organization,
            ConversationType::Contact,
            name,
            now,
        )?;
        let contact = self.add_contact(contact, organization, &id, profile, now);
        conversation.contact = Some(json!(contact));
        let mut thread = Thread::new(conversation, now);
        thread.select_touchpoint(&Touchpoint::Web);
        self.threads.insert(thread);
        self.announce_opening(&id, Some(&contact), &Author::Contact, now);
        Ok(id)
    }

    /// `POST /conversations`: creates a conversation, or adds the messages to the one that the
    /// contact has already (business initiated conversations, upsert).
    ///
    /// # Errors
    /// 400, 404, 422 and 429, as for messages; then nothing is created.
    pub(crate) fn create_conversation(
        &mut self,
        author: &Author,
        home: &OrganizationId,
        mut body: Object,
        now: Timestamp,
    ) -> Result<Opened, Refusal> {
        let messages = messages_of(&mut body)?;
        check_touchpoint_word(&body)?;
        if let Some(id) = text(&body, "id") {
            let id = ConversationId::from(id);
            self.post(author, &id, messages, now)?;
            return Ok(Opened::Existing(id));
        }
        let organization = text(&body, "organization").map_or_else(|| home.clone(), Into::into);
        let kind = conversation_type(&body, author)?;
        if kind == ConversationType::Contact {
            self.open_outbound(author, &organization, &body, messages, now)
        } else {
            self.open_team(author, &organization, kind, &body, messages, now)
        }
    }

    fn open_outbound(
        &mut self,
        author: &Author,
        organization: &OrganizationId,
        body: &Object,
        messages: Vec<NewMessage>,
        now: Timestamp,
    ) -> Result<Opened, Refusal> {
        let profile = profile_of(body)?;
        if messages.is_empty() {
            return Err(Refusal::unprocessable(
                "a contact conversation needs at least one message",
            ));
        }
        let known = self.directory.contact_with(organization.as_str(), profile);
        if let Some(contact) = &known
            && let Some(id) = self.threads.of_contact(contact).cloned()
        {
            self.post(author, &id, messages, now)?;
            return Ok(Opened::Existing(id));
        }
        let name = text(body, "name").map_or_else(|| display_name(profile), str::to_owned);
        let id: ConversationId = self.ids.next(now);
        let mut conversation = self.blank_conversation(
            id.clone(),
            organization,
            ConversationType::Contact,
            name,
            now,
        )?;
        describe(&mut conversation, body, author);
        check_touchpoint(&conversation, &messages)?;
        // The contact is not there yet, and its language may choose the text of a template.
        if let Some(locale) = profile.get("locale") {
            conversation.extra.insert("locale".into(), locale.clone());
        }
        self.check_new(&messages, &conversation)?;
        conversation.extra.remove("locale");
        let contact = match known {
            // Somebody made the contact without a conversation, as an import does.
            Some(contact) => self.join_contact(contact, &id, now),
            None => self.add_contact(None, organization, &id, profile.clone(), now),
        };
        conversation.contact = Some(json!(contact));
        let mut thread = Thread::new(conversation, now);
        if let Some(user) = author.user() {
            thread.update_participant(user, &self.directory, now, |_| {});
        }
        self.open_with(thread, &id, author, Some(&contact), messages, now)
    }

    fn open_team(
        &mut self,
        author: &Author,
        organization: &OrganizationId,
        kind: ConversationType,
        body: &Object,
        messages: Vec<NewMessage>,
        now: Timestamp,
    ) -> Result<Opened, Refusal> {
        let name = text(body, "name").unwrap_or("Team conversation").to_owned();
        let id: ConversationId = self.ids.next(now);
        let mut conversation =
            self.blank_conversation(id.clone(), organization, kind, name, now)?;
        describe(&mut conversation, body, author);
        conversation.status = Some(ConversationStatus::Active);
        self.check_new(&messages, &conversation)?;
        let mut thread = Thread::new(conversation, now);
        if let Some(user) = author.user() {
            thread.join(user, &self.directory, now);
        }
        self.open_with(thread, &id, author, None, messages, now)
    }

    fn open_with(
        &mut self,
        thread: Thread,
        id: &ConversationId,
        author: &Author,
        contact: Option<&ContactId>,
        messages: Vec<NewMessage>,
        now: Timestamp,
    ) -> Result<Opened, Refusal> {
        self.threads.insert(thread);
        self.announce_opening(id, contact, author, now);
        if !messages.is_empty() {
            self.post(author, id, messages, now)?;
        }
        Ok(Opened::New(id.clone()))
    }

    /// Whether the first messages of a conversation would be accepted, so that a refused request
    /// leaves no empty conversation behind.
    fn check_new(
        &mut self,
        messages: &[NewMessage],
        conversation: &Conversation,
    ) -> Result<(), Refusal> {
        self.check_messages(messages, conversation, false)?;
        let batch: Vec<_> = messages
            .iter()
            .map(|message| (Timestamp::UNIX_EPOCH, message.text.as_str()))
            .collect();
        MessageLedger::default()
            .check(&self.limits, &batch)
            .map_err(|rule| self.too_many_messages(rule, batch.len()))
    }

    fn blank_conversation(
        &self,
        id: ConversationId,
        organization: &OrganizationId,
        kind: ConversationType,
        name: String,
        now: Timestamp,
    ) -> Result<Conversation, Refusal> {
        let path = self
            .directory
            .org_path(organization.as_str())
            .ok_or_else(|| {
                Refusal::unprocessable(format!("organization {organization} does not exist"))
            })?
            .to_owned();
        Ok(Conversation {
            slug: Some(slug(id.as_str())),
            url: Some(format!("{}/chat/{id}", self.base_url)),
            id,
            organization: Some(organization.clone()),
            org_path: Some(path),
            name: Some(name),
            kind: Some(kind),
            status: Some(ConversationStatus::Closed),
            contact: None,
            participants: Vec::new(),
            messages: Vec::new(),
            channels: Vec::new(),
            channels_offline: Vec::new(),
            touchpoints: BTreeMap::new(),
            touchpoint: None,
            forms: Vec::new(),
            results: Vec::new(),
            meta: Object::new(),
            category: None,
            category_index: None,
            created_by: None,
            created_at: Some(now),
            updated_at: Some(now),
            extra: Object::new(),
        })
    }

    fn add_contact(
        &mut self,
        id: Option<ContactId>,
        organization: &OrganizationId,
        conversation: &ConversationId,
        profile: Object,
        now: Timestamp,
    ) -> ContactId {
        let id = id.unwrap_or_else(|| self.ids.next(now));
        let mut contact = Object::new();
        contact.insert("id".into(), json!(id));
        contact.insert("organization".into(), json!(organization));
        contact.insert(
            "orgPath".into(),
            json!(self.directory.org_path(organization.as_str())),
        );
        contact.insert("conversation".into(), json!(conversation));
        contact.insert("profile".into(), Value::Object(profile));
        contact.insert("meta".into(), json!({}));
        contact.insert("createdAt".into(), iso(now).into());
        contact.insert("updatedAt".into(), iso(now).into());
        self.directory.put(Kind::Contact, contact);
        id
    }
}

impl State {
    fn join_contact(
        &mut self,
        contact: ContactId,
        conversation: &ConversationId,
        now: Timestamp,
    ) -> ContactId {
        let known = self.directory.get(Kind::Contact, contact.as_str());
        if let Some(mut known) = known.cloned() {
            known.insert("conversation".into(), json!(conversation));
            known.insert("updatedAt".into(), iso(now).into());
            self.directory.put(Kind::Contact, known);
        }
        contact
    }
}

fn messages_of(body: &mut Object) -> Result<Vec<NewMessage>, Refusal> {
    match body.remove("messages") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(messages)) => messages.into_iter().map(read_message).collect(),
        Some(_) => Err(Refusal::bad_request("conversation messages must be a list")),
    }
}

fn check_touchpoint_word(body: &Object) -> Result<(), Refusal> {
    match text(body, "touchpoint").map(Touchpoint::from) {
        Some(Touchpoint::Other(word)) => Err(Refusal::unprocessable(format!(
            "unknown conversation touchpoint \"{word}\""
        ))),
        _ => Ok(()),
    }
}

fn conversation_type(body: &Object, author: &Author) -> Result<ConversationType, Refusal> {
    match text(body, "type").map(ConversationType::from) {
        Some(ConversationType::Other(word)) => Err(Refusal::unprocessable(format!(
            "unknown conversation type \"{word}\""
        ))),
        Some(kind) => Ok(kind),
        None if body.contains_key("contact") => Ok(ConversationType::Contact),
        None if author.is_bot() => Ok(ConversationType::Bot),
        None => Ok(ConversationType::Agent),
    }
}

fn profile_of(body: &Object) -> Result<&Object, Refusal> {
    let profile = body
        .get("contact")
        .and_then(|contact| contact.get("profile"))
        .and_then(Value::as_object)
        .ok_or_else(|| Refusal::bad_request("a contact conversation needs contact.profile"))?;
    let identified = ["email", "telephone"]
        .iter()
        .any(|field| text(profile, field).is_some_and(|value| !value.trim().is_empty()));
    if identified {
        Ok(profile)
    } else {
        Err(Refusal::unprocessable(
            "contact.profile needs an email or a telephone",
        ))
    }
}

fn describe(conversation: &mut Conversation, body: &Object, author: &Author) {
    conversation.created_by = author.user().cloned();
    conversation.touchpoint = text(body, "touchpoint").map(Into::into);
    conversation.category_index = body.get("categoryIndex").and_then(Value::as_u64);
    if let Some(Value::Object(meta)) = body.get("meta") {
        conversation.meta.clone_from(meta);
    }
    conversation.category = body.get("category").cloned();
}

/// The first outgoing message names the touchpoint, unless the conversation does (business
/// initiated conversations).
fn check_touchpoint(conversation: &Conversation, messages: &[NewMessage]) -> Result<(), Refusal> {
    let first = messages.iter().find(|message| is_outgoing(message));
    let named = conversation.touchpoint.is_some();
    match first {
        Some(message) if message.touchpoint.is_none() && !named => Err(Refusal::unprocessable(
            "the first outgoing message needs a touchpoint, such as email, sms or whatsapp",
        )),
        _ => Ok(()),
    }
}

fn display_name(profile: &Object) -> String {
    let joined = ["givenName", "additionalName", "familyName"]
        .iter()
        .filter_map(|field| text(profile, field))
        .collect::<Vec<_>>()
        .join(" ");
    [
        text(profile, "name"),
        Some(joined.as_str()),
        text(profile, "email"),
        text(profile, "telephone"),
    ]
    .into_iter()
    .flatten()
    .find(|name| !name.is_empty())
    .unwrap_or("Visitor")
    .to_owned()
}

/// A short name for addresses; the end of an id is what differs between conversations.
fn slug(id: &str) -> String {
    id.get(id.len().saturating_sub(9)..)
        .unwrap_or(id)
        .to_uppercase()
}
