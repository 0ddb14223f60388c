//! Which messages are refused before anything is created.

use serde_json::Value;
use web1on1::{ActionType, MessageType, Meta, NewMessage, Role, Touchpoint};

use super::effect::{field_parts, form_of, ids};
use crate::{
    Quirks, Refusal,
    command::{self, Command},
    directory::{
        Directory, Kind,
        schema::{self, MESSAGE},
    },
};

/// Properties that only the platform or another endpoint changes.
const FIXED_PROPERTIES: [&str; 14] = [
    "id",
    "contact",
    "createdAt",
    "createdBy",
    "channels",
    "forms",
    "messages",
    "meta",
    "organization",
    "orgPath",
    "participants",
    "results",
    "status",
    "type",
];

/// A message as a client gives it, with the documented types.
///
/// # Errors
/// 400 that names the field.
pub(crate) fn read_message(given: Value) -> Result<NewMessage, Refusal> {
    let Value::Object(mut given) = given else {
        return Err(Refusal::bad_request("a message must be a JSON object"));
    };
    schema::check("message", MESSAGE, &mut given, false)?;
    serde_json::from_value(Value::Object(given))
        .map_err(|error| Refusal::bad_request(format!("message: {error}")))
}

/// Whether `message` is one the platform can process.
///
/// # Errors
/// 422 with a message that says what is wrong.
pub(super) fn check(
    message: &NewMessage,
    directory: &Directory,
    quirks: Quirks,
) -> Result<(), Refusal> {
    check_words(message)?;
    if let Some(user) = &message.user
        && !directory.has(Kind::User, user.as_str())
    {
        return Err(Refusal::unprocessable(format!(
            "user {user} does not exist"
        )));
    }
    match message.kind {
        MessageType::Command => check_command(message, directory, quirks),
        MessageType::Form if !message.text.starts_with(['+', '-']) => Err(Refusal::unprocessable(
            "the text of a form message starts with + or -",
        )),
        MessageType::Field if field_parts(&message.text).is_none() => Err(Refusal::unprocessable(
            "the text of a field message is a dot, the key, a blank and the value",
        )),
        MessageType::Form | MessageType::Field => check_form(&message.meta, directory),
        MessageType::Report | MessageType::Results if message.results.is_empty() => Err(
            Refusal::unprocessable(format!("a {} message needs results", message.kind)),
        ),
        MessageType::Report | MessageType::Results | MessageType::Status => Ok(()),
        _ if message.text.is_empty() && message.items.is_empty() && message.actions.is_empty() => {
            Err(Refusal::unprocessable("text is required"))
        }
        _ => Ok(()),
    }
}

fn check_words(message: &NewMessage) -> Result<(), Refusal> {
    if let MessageType::Other(word) = &message.kind {
        return Err(unknown("message type", word));
    }
    if let Some(Role::Other(word)) = &message.role {
        return Err(unknown("role", word));
    }
    if let Some(Touchpoint::Other(word)) = &message.touchpoint {
        return Err(unknown("touchpoint", word));
    }
    let of_items = message.items.iter().flat_map(|item| &item.actions);
    for action in message.actions.iter().chain(of_items) {
        if let ActionType::Other(word) = &action.kind {
            return Err(unknown("action type", word));
        }
    }
    Ok(())
}

fn check_command(
    message: &NewMessage,
    directory: &Directory,
    quirks: Quirks,
) -> Result<(), Refusal> {
    let commands = command::parse(&message.text, quirks.lines);
    for command in commands.map_err(Refusal::unprocessable)? {
        match command {
            Command::Assign => check_ids(&message.meta, "users", Kind::User, directory)?,
            Command::Notify => {
                check_ids(&message.meta, "channels", Kind::Channel, directory)?;
                check_ids(
                    &message.meta,
                    "organizations",
                    Kind::Organization,
                    directory,
                )?;
            }
            Command::SetProperty { name, .. } if FIXED_PROPERTIES.contains(&name.as_str()) => {
                return Err(Refusal::unprocessable(format!(
                    "/set cannot change the property @{name}"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_ids(meta: &Meta, key: &str, kind: Kind, directory: &Directory) -> Result<(), Refusal> {
    match ids(meta, key).find(|id| !directory.has(kind, id)) {
        None => Ok(()),
        Some(id) => Err(Refusal::unprocessable(format!(
            "meta.{key}: {} {id} does not exist",
            kind.name()
        ))),
    }
}

fn check_form(meta: &Meta, directory: &Directory) -> Result<(), Refusal> {
    let form = form_of(meta)
        .ok_or_else(|| Refusal::unprocessable("meta.form must be the id of a form"))?;
    if directory.has(Kind::Form, form.as_str()) {
        Ok(())
    } else {
        Err(Refusal::unprocessable(format!(
            "form {form} does not exist"
        )))
    }
}

fn unknown(what: &str, word: &str) -> Refusal {
    Refusal::unprocessable(format!("unknown {what} \"{word}\""))
}
