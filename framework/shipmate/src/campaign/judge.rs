//! What a contact of the audience is written, or why it is not.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use web1on1::{Meta, NewMessage, Touchpoint, UserId};

use super::{Prepared, Skip};
use crate::form::Locale;

/// What one contact is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    /// A hash of the address, by which two contacts of one address are recognised.
    pub(crate) address: [u8; 32],
    /// The contact's conversation, if it has one.
    pub(crate) conversation: Option<String>,
    /// The contact's language, if it is one of the runtime's.
    pub(crate) locale: Option<Locale>,
    /// By which the platform finds the contact, where it has no conversation.
    pub(crate) profile: Meta,
    pub(crate) message: NewMessage,
}

impl Prepared {
    /// The letter to `contact`, as the platform lists it with its conversation populated. `own` is
    /// the bot's user.
    pub(crate) fn judge(&self, contact: &Meta, own: Option<&UserId>) -> Result<Letter, Skip> {
        let organization = contact.get("organization").and_then(id);
        let is_foreign = organization.is_some_and(|it| it != &*self.organization);
        if is_foreign || !self.audience.holds(contact) {
            return Err(Skip::NotMeant);
        }
        let nothing = Map::new();
        let profile = contact.get("profile").and_then(Value::as_object);
        let profile = profile.unwrap_or(&nothing);
        let address = self.address(profile).ok_or(Skip::NoAddress)?;
        let conversation = contact.get("conversation");
        if conversation.is_some_and(|it| is_with_person(it, own)) {
            return Err(Skip::WithPerson);
        }
        Ok(Letter {
            address,
            conversation: conversation.and_then(id).map(str::to_owned),
            locale: profile
                .get("locale")
                .and_then(Value::as_str)
                .map(Locale::from_tag),
            profile: identity(profile),
            message: self.message(profile).ok_or(Skip::Unfilled)?,
        })
    }

    fn address(&self, profile: &Meta) -> Option<[u8; 32]> {
        let field = match self.touchpoint {
            Touchpoint::Email => "email",
            _ => "telephone",
        };
        let given = profile.get(field)?.as_str()?;
        let address = match self.touchpoint {
            Touchpoint::Email => email(given),
            _ => telephone(given),
        }?;
        Some(Sha256::digest(format!("{field}:{address}")).into())
    }

    fn message(&self, profile: &Meta) -> Option<NewMessage> {
        let locale = profile.get("locale").and_then(Value::as_str);
        let text = self.texts.fill(locale, profile).ok()?;
        Some(match (&self.touchpoint, &self.template) {
            (Touchpoint::Whatsapp, Some(template)) => {
                NewMessage::whatsapp_template(text, &template.name, template.language.as_deref())
            }
            (Touchpoint::Email, _) => NewMessage::email(text),
            _ => NewMessage::sms(text),
        })
    }
}

/// The id that a reference holds, populated or not.
fn id(reference: &Value) -> Option<&str> {
    match reference {
        Value::Object(resource) => resource.get("id")?.as_str(),
        reference => reference.as_str(),
    }
    .filter(|id| !id.is_empty())
}

/// By what the platform knows a contact, and its name (business initiated conversations).
fn identity(profile: &Meta) -> Meta {
    let fields = [
        "name",
        "givenName",
        "familyName",
        "email",
        "telephone",
        "locale",
    ];
    let given = fields.iter().filter_map(|field| {
        let value = profile.get(*field)?.as_str()?;
        Some(((*field).to_owned(), json!(value)))
    });
    given.collect()
}

/// Whether somebody who is no bot has accepted a conversation that is not closed.
fn is_with_person(conversation: &Value, own: Option<&UserId>) -> bool {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    if text(conversation, "status").as_deref() == Some("closed") {
        return false;
    }
    let participants = conversation.get("participants").and_then(Value::as_array);
    participants.into_iter().flatten().any(|participant| {
        let accepted = participant.get("accepted").and_then(Value::as_bool) == Some(true);
        let user = text(participant, "user");
        let is_own = own.is_some_and(|own| user.as_deref() == Some(own.as_str()));
        accepted && !is_own && text(participant, "role").as_deref() != Some("bot")
    })
}

fn email(given: &str) -> Option<String> {
    let address = given.trim().to_lowercase();
    let (name, host) = address.split_once('@')?;
    (!name.is_empty() && !host.is_empty()).then_some(address)
}

/// Digits, and a plus before those of an international number.
fn telephone(given: &str) -> Option<String> {
    const LEAST_DIGITS: usize = 4;
    let is_international = given.trim_start().starts_with('+');
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < LEAST_DIGITS {
        return None;
    }
    let number = match digits.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None if is_international => format!("+{digits}"),
        None => digits,
    };
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{Audience, Campaign};

    fn campaign() -> Prepared {
        let gold = Audience::everybody().equals("meta.segment", "gold");
        let campaign = Campaign::new("spring", "o".into()).audience(gold);
        let campaign = campaign
            .sms("Hello {givenName}")
            .sms_in("nl", "Dag {givenName}");
        campaign.prepare("bot").unwrap()
    }

    fn ann() -> Value {
        json!({
            "id": "c1", "organization": "o", "meta": {"segment": "gold"}, "conversation": "k1",
            "profile": {"givenName": "Ann", "telephone": "+31 6 1234", "locale": "nl"},
        })
    }

    fn judge(change: impl FnOnce(&mut Value)) -> Result<Letter, Skip> {
        let mut contact = ann();
        change(&mut contact);
        campaign().judge(contact.as_object().unwrap(), Some(&"bot".into()))
    }

    #[test]
    fn a_contact_is_written_to_in_its_language() {
        let letter = judge(|_| {}).unwrap();
        assert_eq!(letter.message.text, "Dag Ann");
        assert_eq!(letter.conversation.as_deref(), Some("k1"));
        assert_eq!(letter.profile.get("telephone"), Some(&json!("+31 6 1234")));
        let other = judge(|it| it["profile"]["telephone"] = json!("0031-61234")).unwrap();
        assert_eq!(other.address, letter.address);
    }

    #[test]
    fn who_is_not_written_to_has_a_reason() {
        let with = |user: &str, role: &str, status: &str| json!({"id": "k1", "status": status, "participants": [{"user": user, "role": role, "accepted": true}]});
        for (expected, result) in [
            (
                Skip::NotMeant,
                judge(|it| it["meta"]["segment"] = json!("tin")),
            ),
            (
                Skip::NotMeant,
                judge(|it| it["organization"] = json!("other")),
            ),
            (
                Skip::NoAddress,
                judge(|it| it["profile"]["telephone"] = json!(" ")),
            ),
            (Skip::NoAddress, judge(|it| it["profile"] = json!(null))),
            (
                Skip::Unfilled,
                judge(|it| it["profile"]["givenName"] = json!("")),
            ),
            (
                Skip::WithPerson,
                judge(|it| it["conversation"] = with("ann", "agent", "active")),
            ),
        ] {
            assert_eq!(result, Err(expected));
        }
        for conversation in [
            with("bot", "agent", "active"),
            with("other", "bot", "active"),
            with("ann", "agent", "closed"),
        ] {
            assert!(judge(|it| it["conversation"] = conversation).is_ok());
        }
    }
}
