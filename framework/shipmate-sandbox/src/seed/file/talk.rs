//! Conversations with consumers, and what was said in them.

use jiff::Timestamp;
use serde_json::json;
use web1on1::{ConversationId, NewMessage, Role};

use super::{Kids, Node, Problem, hint, names::Names, node::object};
use crate::{
    directory::{
        Kind, Object,
        schema::{self, CONVERSATION, MESSAGE},
    },
    seed::{Conversation, Said, Speaker},
};

const KEYS: [&str; 12] = [
    "id",
    "key",
    "organization",
    "contact",
    "name",
    "status",
    "touchpoint",
    "category",
    "categoryIndex",
    "tags",
    "meta",
    "messages",
];

/// What a PATCH of the conversation would hold.
const CHANGES: [&str; 7] = [
    "name",
    "status",
    "touchpoint",
    "category",
    "categoryIndex",
    "tags",
    "meta",
];

pub(super) fn conversation(
    id: ConversationId,
    entry: &Node,
    names: &Names,
) -> Result<Conversation, Problem> {
    let mut kids = entry.kids("conversations")?.clone();
    check_keys(&kids, &KEYS)?;
    let messages = match kids.remove("messages") {
        Some((_, messages)) => said(&messages, names)?,
        None => Vec::new(),
    };
    let (contact_id, profile) = match kids.remove("contact") {
        Some((_, contact)) => contact_of(&contact)?,
        None => (None, Object::new()),
    };
    let (_, organization) = kids
        .get("organization")
        .ok_or_else(|| Problem::new(entry.at, "a conversation needs organization"))?;
    let organization = names.find(Kind::Organization, organization, "organization")?;
    names.resolve(&mut kids, Kind::Contact)?;
    let mut changes = object(&kids);
    changes.retain(|field, _| CHANGES.contains(&field.as_str()));
    schema::check("conversation", CONVERSATION, &mut changes, false)
        .map_err(|refusal| Problem::refused(entry.at, &refusal))?;
    Ok(Conversation {
        id,
        organization: organization.into(),
        contact: contact_id.map(Into::into),
        profile,
        changes,
        messages,
    })
}

fn contact_of(node: &Node) -> Result<(Option<String>, Object), Problem> {
    let kids = node.kids("contact")?;
    check_keys(kids, &["id", "profile"])?;
    let id = match kids.get("id") {
        Some((_, id)) => Some(id.text("id")?.to_owned()),
        None => None,
    };
    let profile = match kids.get("profile") {
        Some((_, profile)) => object(profile.kids("profile")?),
        None => Object::new(),
    };
    Ok((id, profile))
}

fn said(messages: &Node, names: &Names) -> Result<Vec<Said>, Problem> {
    let mut last: Option<Timestamp> = None;
    let mut all = Vec::new();
    for node in messages.list("messages")? {
        let one = message(node, names)?;
        if one.at.is_some() && one.at < last {
            return Err(Problem::new(
                node.at,
                "messages must be in the order of their times",
            ));
        }
        last = one.at.or(last);
        all.push(one);
    }
    Ok(all)
}

/// A message as it would be posted, with `from` (`contact`, or a user; `contact` by default) and
/// `at`. What a user says is for the consumer unless it has another role.
fn message(node: &Node, names: &Names) -> Result<Said, Problem> {
    let mut kids = node.kids("messages")?.clone();
    let known: Vec<&str> = schema::names(MESSAGE).chain(["from", "at"]).collect();
    check_keys(&kids, &known)?;
    let from = match kids.remove("from") {
        Some((_, from)) if from.text("from")? == "contact" => Speaker::Contact,
        Some((_, from)) => Speaker::User(names.find(Kind::User, &from, "from")?.into()),
        None => Speaker::Contact,
    };
    let at = match kids.remove("at") {
        Some((_, at)) => Some(at.time("at")?),
        None => None,
    };
    if let Some((_, meta)) = kids.get_mut("meta")
        && let super::Value::Object(meta) = &mut meta.value
    {
        // Here `meta` refers to things: users to assign, channels, forms.
        names.resolve(meta, Kind::Contact)?;
    }
    let mut fields = object(&kids);
    schema::check("message", MESSAGE, &mut fields, false)
        .map_err(|refusal| Problem::refused(node.at, &refusal))?;
    let mut message: NewMessage = serde_json::from_value(json!(fields))
        .map_err(|error| Problem::new(node.at, format!("message: {error}")))?;
    let is_chat = matches!(
        message.kind,
        web1on1::MessageType::Chat | web1on1::MessageType::Card
    );
    if matches!(from, Speaker::User(_)) && is_chat {
        message.role.get_or_insert(Role::Agent);
    }
    Ok(Said { from, at, message })
}

fn check_keys(kids: &Kids, known: &[&str]) -> Result<(), Problem> {
    for (key, (at, _)) in kids {
        if !known.contains(&key.as_str()) {
            let hint = hint(key, known.iter().copied());
            return Err(Problem::new(*at, format!("unknown key `{key}`{hint}")));
        }
    }
    Ok(())
}
