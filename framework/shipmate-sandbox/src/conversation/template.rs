//! WhatsApp templates: what may be written before the contact has answered (business initiated
//! conversations).

use serde_json::Value;
use web1on1::{Conversation, NewMessage, Touchpoint};

use super::audience::is_outgoing;
use crate::{
    Refusal,
    directory::{Directory, Kind, Object, text},
};

/// The text that takes the place of the message's, if it names a template on WhatsApp.
///
/// # Errors
/// 422 for an unknown template or language, and for free text before the contact has answered.
pub(super) fn text_of_template(
    message: &NewMessage,
    touchpoint: Option<&Touchpoint>,
    conversation: &Conversation,
    is_answered: bool,
    directory: &Directory,
) -> Result<Option<String>, Refusal> {
    if touchpoint != Some(&Touchpoint::Whatsapp) || !is_outgoing(message) {
        return Ok(None);
    }
    match message.meta.get("template") {
        None | Some(Value::Null) if is_answered => Ok(None),
        None | Some(Value::Null) => Err(Refusal::unprocessable(
            "the first messages on WhatsApp need meta.template, until the contact answers",
        )),
        Some(Value::String(name)) => {
            let language = language(message, conversation, directory);
            find(name, &language, conversation, directory).map(Some)
        }
        Some(_) => Err(Refusal::unprocessable(
            "meta.template must be the name of a template",
        )),
    }
}

fn find(
    name: &str,
    language: &str,
    conversation: &Conversation,
    directory: &Directory,
) -> Result<String, Refusal> {
    let path = conversation.org_path.as_deref().unwrap_or_default();
    let known: Vec<&Object> = directory
        .all(Kind::WhatsappTemplate)
        .filter(|template| {
            text(template, "name") == Some(name)
                && text(template, "organization")
                    .is_some_and(|owner| path.split('#').any(|id| id == owner))
        })
        .collect();
    if known.is_empty() {
        return Err(Refusal::unprocessable(format!(
            "unknown WhatsApp template \"{name}\"; it is none of the watemplates"
        )));
    }
    known
        .iter()
        .find_map(|template| text_in(template, language))
        .map(str::to_owned)
        .ok_or_else(|| {
            Refusal::unprocessable(format!(
                "the WhatsApp template \"{name}\" has no text in the language \"{language}\""
            ))
        })
}

/// A template has a text for each language in `texts`, or one `text`, which is meant for every
/// language unless `language` says for which.
fn text_in<'a>(template: &'a Object, language: &str) -> Option<&'a str> {
    let of_language = template
        .get("texts")
        .and_then(|texts| texts.get(language)?.as_str());
    let is_meant = text(template, "language").is_none_or(|own| own == language);
    of_language.or_else(|| text(template, "text").filter(|_| is_meant))
}

/// What the message asks for, or the contact's language, or the organization's.
fn language(message: &NewMessage, conversation: &Conversation, directory: &Directory) -> String {
    let asked = message.meta.get("language").and_then(Value::as_str);
    let of_conversation = || conversation.extra.get("locale")?.as_str();
    let of_contact = || {
        let contact = directory.get(Kind::Contact, conversation.contact_id()?.as_str())?;
        contact.get("profile")?.get("locale")?.as_str()
    };
    let of_organization = || {
        let id = conversation.organization.as_ref()?;
        text(directory.get(Kind::Organization, id.as_str())?, "locale")
    };
    asked
        .or_else(of_conversation)
        .or_else(of_contact)
        .or_else(of_organization)
        .unwrap_or("en")
        .to_owned()
}
