//! Creating, changing and deleting what is in the directory, with the events that tell of it.

use jiff::Timestamp;
use serde_json::{Value, json};
use web1on1::{Conversation, ConversationId, ConversationStatus, Touchpoint, UserId};

use crate::{
    Refusal,
    clock::iso,
    directory::{Kind, Object, text},
    state::State,
    view,
};

impl State {
    /// # Errors
    /// 400 for missing fields, 422 for unknown words or references.
    pub(crate) fn create_resource(
        &mut self,
        kind: Kind,
        given: Object,
        actor: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Object, Refusal> {
        let id: String = self.ids.next(now);
        let created = self.add_resource(kind, &id, given, actor, now)?;
        if kind == Kind::Bot {
            self.add_root_instance(&created, actor, now)?;
        }
        Ok(created)
    }

    /// Creates a resource under an id that was chosen before; a bot comes with its user.
    ///
    /// # Errors
    /// 400 for missing fields, 422 for unknown words or references.
    pub(crate) fn add_resource(
        &mut self,
        kind: Kind,
        id: &str,
        given: Object,
        actor: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Object, Refusal> {
        let mut created = kind.complete(given)?;
        created.insert("id".into(), id.into());
        self.check_references(kind, &created)?;
        self.finish_resource(kind, &mut created, now)?;
        stamp(&mut created, now);
        if let Some(actor) = actor {
            created.insert("createdBy".into(), json!(actor));
            created.insert("updatedBy".into(), json!(actor));
        }
        self.directory.put(kind, created.clone());
        if kind == Kind::Bot {
            self.add_bot_user(&created, now)?;
        }
        self.changed(kind, "create", id, actor, now);
        Ok(created)
    }

    /// # Errors
    /// 404 for an unknown id, 422 for unknown words or references.
    pub(crate) fn update_resource(
        &mut self,
        kind: Kind,
        id: &str,
        changes: Object,
        actor: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Object, Refusal> {
        let before = self
            .directory
            .get(kind, id)
            .ok_or_else(|| Refusal::not_found(kind.name(), id))?;
        let mut updated = kind.merge(before, changes)?;
        self.check_references(kind, &updated)?;
        self.finish_resource(kind, &mut updated, now)?;
        updated.insert("updatedAt".into(), iso(now).into());
        if let Some(actor) = actor {
            updated.insert("updatedBy".into(), json!(actor));
        }
        self.directory.put(kind, updated.clone());
        self.changed(kind, "update", id, actor, now);
        Ok(updated)
    }

    /// # Errors
    /// 404 for an unknown id.
    pub(crate) fn delete_resource(
        &mut self,
        kind: Kind,
        id: &str,
        actor: Option<&UserId>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if kind.is_archived_on_delete() {
            let archived = Object::from_iter([("status".to_owned(), json!("archived"))]);
            self.update_resource(kind, id, archived, actor, now)?;
            return Ok(());
        }
        if !self.directory.has(kind, id) {
            return Err(Refusal::not_found(kind.name(), id));
        }
        self.announce_resource(kind, "delete", id, actor, now);
        self.directory.remove(kind, id);
        match kind {
            Kind::Bot => self.remove_bot(id),
            Kind::Organization => self.remove_contents(id),
            _ => {}
        }
        self.refresh_hooks(kind);
        Ok(())
    }

    /// A bot goes with its user, its instances and its webhook.
    fn remove_bot(&mut self, id: &str) {
        self.bot_webhooks.remove(&id.into());
        self.directory.remove(Kind::User, id);
        self.remove_all(Kind::Instance, |instance| text(instance, "bot") == Some(id));
    }

    /// An organization goes with everything it owns.
    fn remove_contents(&mut self, organization: &str) {
        for kind in Kind::ALL {
            self.remove_all(*kind, |resource| {
                text(resource, "organization") == Some(organization)
            });
        }
        let threads = self.threads.iter().map(|thread| &thread.conversation);
        let own: Vec<ConversationId> = threads
            .filter(|it| {
                it.organization
                    .as_ref()
                    .is_some_and(|id| id.as_str() == organization)
            })
            .map(|it| it.id.clone())
            .collect();
        for id in own {
            self.threads.remove(&id);
        }
    }

    fn remove_all(&mut self, kind: Kind, belongs: impl Fn(&Object) -> bool) {
        let found = self
            .directory
            .all(kind)
            .filter(|resource| belongs(resource));
        let ids: Vec<String> = found
            .filter_map(|resource| text(resource, "id").map(str::to_owned))
            .collect();
        for id in ids {
            self.directory.remove(kind, &id);
        }
    }

    /// Changes the fields that `changes` names, as a PATCH does.
    ///
    /// # Errors
    /// 404 for an unknown id, 400 for a value of another type than the field's, 422 for an unknown
    /// word.
    pub(crate) fn patch_conversation(
        &mut self,
        id: &ConversationId,
        changes: Object,
        actor: &UserId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let mut merged = view::conversation(&self.threads.find(id)?.conversation);
        merged.extend(changes);
        let mut merged: Conversation = serde_json::from_value(Value::Object(merged))
            .map_err(|error| Refusal::bad_request(format!("conversation: {error}")))?;
        check_words(&merged)?;
        merged.updated_at = Some(now);
        if let Some(thread) = self.threads.get_mut(id) {
            thread.conversation = merged;
        }
        self.touch(id);
        self.announce_conversation("update", id, Some(actor), now);
        Ok(())
    }

    fn changed(
        &mut self,
        kind: Kind,
        action: &str,
        id: &str,
        actor: Option<&UserId>,
        now: Timestamp,
    ) {
        self.refresh_hooks(kind);
        self.announce_resource(kind, action, id, actor, now);
    }

    fn check_references(&self, kind: Kind, resource: &Object) -> Result<(), Refusal> {
        let (referred, field) = match kind {
            Kind::Instance => (Kind::Bot, "bot"),
            Kind::OrganizationGroup => (Kind::Organization, "members"),
            _ => return Ok(()),
        };
        let one = resource.get(field).and_then(Value::as_str);
        let many = resource.get(field).and_then(Value::as_array);
        let mut ids = one
            .into_iter()
            .chain(many.into_iter().flatten().filter_map(Value::as_str));
        match ids.find(|id| !self.directory.has(referred, id)) {
            None => Ok(()),
            Some(id) => Err(Refusal::unprocessable(format!(
                "{} {id} does not exist",
                referred.name()
            ))),
        }
    }

    /// What the platform itself puts into a resource.
    fn finish_resource(
        &mut self,
        kind: Kind,
        resource: &mut Object,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let path = self.path_of(kind, resource)?;
        resource.insert("orgPath".into(), path.into());
        match kind {
            Kind::Form => self.number_items(resource, "fields", true, now),
            Kind::Workflow => self.number_items(resource, "rules", false, now),
            Kind::Organization => {
                self.number_items(resource, "categories", false, now);
                name_organization(resource);
            }
            Kind::User => self.finish_user(resource),
            Kind::Bot if !resource.contains_key("secret") => {
                let secret = self.ids.random().secret();
                resource.insert("secret".into(), secret.into());
            }
            _ => {}
        }
        Ok(())
    }

    /// An organization's own path ends with itself; the organization it is created in is its parent.
    fn path_of(&self, kind: Kind, resource: &Object) -> Result<String, Refusal> {
        if let Some(path) = text(resource, "orgPath").filter(|_| kind == Kind::Organization) {
            return Ok(path.to_owned());
        }
        let organization = text(resource, "organization");
        let above = organization.and_then(|id| self.directory.org_path(id));
        match (kind, organization, above) {
            (Kind::Organization, None, _) => {
                Ok(text(resource, "id").unwrap_or_default().to_owned())
            }
            (Kind::Organization, _, Some(above)) => Ok(format!(
                "{above}#{}",
                text(resource, "id").unwrap_or_default()
            )),
            (_, _, Some(above)) => Ok(above.to_owned()),
            (_, organization, None) => Err(Refusal::unprocessable(format!(
                "organization {} does not exist",
                organization.unwrap_or("(none)")
            ))),
        }
    }

    /// Gives ids to the objects in a list that have none, and times, if such objects have any.
    fn number_items(&mut self, resource: &mut Object, list: &str, stamped: bool, now: Timestamp) {
        let items = resource.get_mut(list).and_then(Value::as_array_mut);
        for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
            if text(item, "id").is_none_or(str::is_empty) {
                let id: String = self.ids.next(now);
                item.insert("id".into(), id.into());
            }
            if stamped {
                for time in ["createdAt", "updatedAt"] {
                    item.entry(time).or_insert_with(|| iso(now).into());
                }
            }
        }
    }

    fn finish_user(&mut self, user: &mut Object) {
        if let Some(Value::String(password)) = user.remove("password") {
            let id = text(user, "id").unwrap_or_default();
            self.passwords.insert(id.into(), password);
        }
        if text(user, "displayName").is_none() {
            let joined = ["givenName", "additionalName", "familyName"]
                .iter()
                .filter_map(|field| text(user, field))
                .collect::<Vec<_>>()
                .join(" ");
            let name = if joined.is_empty() {
                text(user, "email").unwrap_or_default().to_owned()
            } else {
                joined
            };
            user.insert("displayName".into(), name.into());
        }
    }

    /// The id of a bot is the id of its user, whose mail address follows from it (SDK).
    fn add_bot_user(&mut self, bot: &Object, now: Timestamp) -> Result<(), Refusal> {
        let id = text(bot, "id").unwrap_or_default();
        let user = json!({
            "email": format!("bot+{id}@web1on1.chat"), "displayName": bot.get("name"),
            "organization": bot.get("organization"), "role": "bot", "status": "active",
            "avatar": bot.get("avatar"),
        });
        let Value::Object(user) = user else {
            return Ok(());
        };
        let mut user = Kind::User.complete(user)?;
        user.insert("id".into(), id.into());
        self.finish_resource(Kind::User, &mut user, now)?;
        stamp(&mut user, now);
        self.directory.put(Kind::User, user);
        Ok(())
    }

    /// A new bot is installed and enabled in its own organization (API reference, bots).
    fn add_root_instance(
        &mut self,
        bot: &Object,
        actor: Option<&UserId>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let copied = [
            ("organization", "organization"),
            ("name", "name"),
            ("bot", "id"),
        ];
        let instance = copied
            .into_iter()
            .map(|(field, of_bot)| {
                (
                    field.to_owned(),
                    bot.get(of_bot).cloned().unwrap_or_default(),
                )
            })
            .collect();
        self.create_resource(Kind::Instance, instance, actor, now)?;
        Ok(())
    }
}

/// The display name of an organization is its name by default (API reference, organizations).
fn name_organization(organization: &mut Object) {
    let name = organization.get("name").cloned();
    let shown = organization.get("displayName");
    if let Some(name) = name.filter(|_| shown.is_none_or(Value::is_null)) {
        organization.insert("displayName".into(), name);
    }
}

fn check_words(conversation: &Conversation) -> Result<(), Refusal> {
    let unknown = |what: &str, word: &str| {
        Err(Refusal::unprocessable(format!(
            "unknown conversation {what} \"{word}\""
        )))
    };
    if let Some(ConversationStatus::Other(word)) = &conversation.status {
        return unknown("status", word);
    }
    match &conversation.touchpoint {
        Some(Touchpoint::Other(word)) => unknown("touchpoint", word),
        _ => Ok(()),
    }
}

fn stamp(resource: &mut Object, now: Timestamp) {
    resource.insert("createdAt".into(), iso(now).into());
    resource.insert("updatedAt".into(), iso(now).into());
}
