//! What exists before the first request: organizations, people, bots, forms, conversations.

mod demo;
pub use demo::Demo;

mod file;
pub use file::SeedError;

mod form;

mod plant;

use std::fmt;

use jiff::Timestamp;
use serde_json::{Value, json};
use web1on1::{
    BotId, ChannelId, ContactId, ConversationId, FormId, InstanceId, Meta, NewForm, NewMessage,
    OrganizationId, ServiceId, UserId,
};

use crate::{
    directory::{Kind, Object, text},
    ids::Ids,
    limit::Limits,
    quirks::Quirks,
    webhook::Webhook,
};

/// What the sandbox starts with. Every method returns the id under which the thing will be found.
///
/// ```
/// use shipmate_sandbox::{Seed, Webhook};
///
/// let mut seed = Seed::new();
/// let acme = seed.organization("Acme");
/// let ann = seed.agent(&acme, "Ann Example");
/// let bot = seed.bot(&acme, "Desk bot");
/// seed.webhook(&bot, Webhook::new("http://127.0.0.1:8080/webhook").secret("s3cr3t"));
/// let form = seed.form(&acme, Seed::brochure_form());
/// # let _ = (ann, form);
/// ```
///
/// It can also be read from a file: [`from_file`](Self::from_file).
#[derive(Clone)]
pub struct Seed {
    ids: Ids,
    resources: Vec<(Kind, String, Object)>,
    webhooks: Vec<(BotId, Webhook)>,
    conversations: Vec<Conversation>,
    tokens: Vec<(UserId, String)>,
    memberships: Vec<(UserId, OrganizationId, String)>,
    clock: Option<Timestamp>,
    chance: Option<u64>,
    limits: Option<Limits>,
    quirks: Option<Quirks>,
}

/// A consumer's conversation.
#[derive(Clone)]
struct Conversation {
    id: ConversationId,
    organization: OrganizationId,
    contact: Option<ContactId>,
    profile: Object,
    /// What is changed at the end, as by PATCH.
    changes: Object,
    messages: Vec<Said>,
}

/// A message that was said before the start.
#[derive(Clone)]
struct Said {
    from: Speaker,
    at: Option<Timestamp>,
    message: NewMessage,
}

#[derive(Clone)]
enum Speaker {
    Contact,
    User(UserId),
}

/// Passwords, tokens and secrets are in it: only the number of things is shown.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed")
            .field("resources", &self.resources.len())
            .field("webhooks", &self.webhooks.len())
            .field("conversations", &self.conversations.len())
            .finish_non_exhaustive()
    }
}

impl Default for Seed {
    /// The same as [`Seed::new`]: nothing at all.
    fn default() -> Self {
        Self::new()
    }
}

impl Seed {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            ids: Ids::new(0x5eed),
            resources: Vec::new(),
            webhooks: Vec::new(),
            conversations: Vec::new(),
            tokens: Vec::new(),
            memberships: Vec::new(),
            clock: None,
            chance: None,
            limits: None,
            quirks: None,
        }
    }

    /// An organization with nothing above it.
    pub fn organization(&mut self, name: &str) -> OrganizationId {
        self.add(Kind::Organization, json!({"name": name}))
    }

    /// An organization below another.
    pub fn organization_below(&mut self, above: &OrganizationId, name: &str) -> OrganizationId {
        self.add(
            Kind::Organization,
            json!({"name": name, "organization": above}),
        )
    }

    /// A category of an organization, for `/set @category`. An organization has at most 10.
    pub fn category(&mut self, organization: &OrganizationId, name: &str, forms: &[FormId]) {
        let id: String = self.ids.next(EPOCH);
        let category = json!({"id": id, "name": name, "forms": forms, "tags": []});
        let organization = self.resource_mut(Kind::Organization, organization.as_str());
        let categories = organization.and_then(|fields| {
            fields
                .entry("categories")
                .or_insert_with(|| json!([]))
                .as_array_mut()
        });
        if let Some(categories) = categories {
            categories.push(category);
        }
    }

    /// A person who talks to consumers. Can log in with `first.last@example.com` and the password
    /// `sandbox`.
    pub fn agent(&mut self, organization: &OrganizationId, name: &str) -> UserId {
        self.person(organization, name, "agent")
    }

    /// A person who may also change organizations, users, bots and services.
    pub fn admin(&mut self, organization: &OrganizationId, name: &str) -> UserId {
        self.person(organization, name, "admin")
    }

    /// A channel that conversations of an organization are routed to.
    pub fn channel(&mut self, organization: &OrganizationId, name: &str) -> ChannelId {
        self.add(
            Kind::Channel,
            json!({"name": name, "organization": organization}),
        )
    }

    /// A bot with its user, installed and enabled in its organization without settings.
    pub fn bot(&mut self, organization: &OrganizationId, name: &str) -> BotId {
        let bot: BotId = self.add(
            Kind::Bot,
            json!({"name": name, "organization": organization, "audience": "group"}),
        );
        self.instance(&bot, organization, Meta::new());
        bot
    }

    /// The bot that was added first.
    pub fn first_bot(&self) -> Option<BotId> {
        let mut resources = self.resources.iter();
        resources.find_map(|(kind, id, _)| (*kind == Kind::Bot).then(|| BotId::from(id.as_str())))
    }

    /// The commands (without `>`) that a bot offers.
    pub fn bot_commands(&mut self, bot: &BotId, commands: &[&str]) {
        if let Some(bot) = self.resource_mut(Kind::Bot, bot.as_str()) {
            bot.insert("commands".into(), json!(commands));
        }
    }

    /// Installs a bot in an organization with these settings; where it is installed already, the
    /// settings are replaced.
    pub fn instance(
        &mut self,
        bot: &BotId,
        organization: &OrganizationId,
        meta: Meta,
    ) -> InstanceId {
        let known = self.resources.iter_mut().find(|(kind, _, fields)| {
            *kind == Kind::Instance
                && text(fields, "bot") == Some(bot.as_str())
                && text(fields, "organization") == Some(organization.as_str())
        });
        if let Some((_, id, fields)) = known {
            fields.insert("meta".into(), Value::Object(meta));
            return InstanceId::from(id.as_str());
        }
        let name = self
            .resource_mut(Kind::Bot, bot.as_str())
            .and_then(|bot| bot.get("name").cloned())
            .unwrap_or_else(|| json!(bot));
        self.add(
            Kind::Instance,
            json!({"bot": bot, "organization": organization, "name": name, "meta": meta}),
        )
    }

    /// The bot-specific webhook of a bot.
    pub fn webhook(&mut self, bot: &BotId, webhook: Webhook) {
        self.webhooks.push((bot.clone(), webhook));
    }

    /// A general webhook: a service that hears of everything in or below an organization.
    pub fn service_webhook(
        &mut self,
        organization: &OrganizationId,
        name: &str,
        webhook: &Webhook,
    ) -> ServiceId {
        self.add(
            Kind::Service,
            json!({
                "name": name, "organization": organization, "type": "webhook", "status": "active",
                "params": webhook.to_params(),
            }),
        )
    }

    /// A form of an organization.
    pub fn form(&mut self, organization: &OrganizationId, form: NewForm) -> FormId {
        let mut fields = match serde_json::to_value(form) {
            Ok(Value::Object(fields)) => fields,
            _ => Object::new(),
        };
        fields.insert("organization".into(), json!(organization));
        self.add(Kind::Form, Value::Object(fields))
    }

    /// A consumer's conversation in which nothing was said yet. The profile may hold `name`,
    /// `givenName`, `familyName`, `email`, `telephone`, `locale` and so on.
    pub fn conversation(&mut self, organization: &OrganizationId, profile: Meta) -> ConversationId {
        let id: ConversationId = self.ids.next(EPOCH);
        self.conversations.push(Conversation {
            id: id.clone(),
            organization: organization.clone(),
            contact: None,
            profile,
            changes: Object::new(),
            messages: Vec::new(),
        });
        id
    }

    /// An access token of a user or a bot, of any form. It is accepted as long as the user exists.
    pub fn token(&mut self, user: &UserId, token: impl Into<String>) {
        self.tokens.push((user.clone(), token.into()));
    }

    /// An organization a user works for beside its own, with the role there.
    pub fn membership(&mut self, user: &UserId, organization: &OrganizationId, role: &str) {
        let membership = (user.clone(), organization.clone(), role.to_owned());
        self.memberships.push(membership);
    }

    /// The time at which the sandbox starts. Its clock must be one that can be moved.
    pub fn start_at(&mut self, time: Timestamp) {
        self.clock = Some(time);
    }

    /// The conversations, in the order in which they were added.
    pub fn conversations(&self) -> impl Iterator<Item = &ConversationId> {
        self.conversations
            .iter()
            .map(|conversation| &conversation.id)
    }

    pub(crate) fn clock(&self) -> Option<Timestamp> {
        self.clock
    }

    pub(crate) fn random_seed(&self) -> Option<u64> {
        self.chance
    }

    pub(crate) fn limits(&self) -> Option<Limits> {
        self.limits
    }

    pub(crate) fn quirks(&self) -> Option<Quirks> {
        self.quirks
    }

    fn person(&mut self, organization: &OrganizationId, name: &str, role: &str) -> UserId {
        let mail = name.to_lowercase().replace(' ', ".");
        let (given, family) = name.rsplit_once(' ').unwrap_or((name, ""));
        self.add(
            Kind::User,
            json!({
                "email": format!("{mail}@example.com"), "givenName": given, "familyName": family,
                "displayName": name, "organization": organization, "role": role,
                "status": "active", "password": "sandbox",
            }),
        )
    }

    fn add<T: From<String>>(&mut self, kind: Kind, fields: Value) -> T {
        let id: String = self.ids.next(EPOCH);
        if let Value::Object(fields) = fields {
            self.resources.push((kind, id.clone(), fields));
        }
        T::from(id)
    }

    fn resource_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Object> {
        self.resources
            .iter_mut()
            .find(|(known, other, _)| *known == kind && other == id)
            .map(|(_, _, fields)| fields)
    }
}

/// The time inside seeded ids; the sandbox stamps the resources with the time of its start.
const EPOCH: Timestamp = Timestamp::constant(1_704_067_200, 0);
