//! Who wrote a message, as far as the event tells.

use web1on1::{Role, User, UserId, UserRole};

use crate::{event::MessageEvent, marker::Marker};

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    /// The consumer.
    Contact,
    /// This bot.
    Own,
    /// Another bot.
    Bot,
    /// Somebody who is known not to be a bot.
    Person,
    /// The event does not tell. It may be a person.
    Unknown,
}

impl Sender {
    /// The sender of `event`, in the eyes of the bot of user `own`.
    pub(crate) fn of(event: &MessageEvent, own: Option<&UserId>) -> Self {
        let message = &event.message;
        if message.is_from_contact() {
            Self::Contact
        } else if message.user.is_some() && message.user.as_ref() == own {
            Self::Own
        } else if is_by_bot(event) {
            Self::Bot
        } else if message.user.is_some() && event.user.is_some() {
            Self::Person
        } else {
            Self::Unknown
        }
    }

    /// Whether it may be a person: nobody is talked over because an event says too little.
    pub(crate) fn may_be_person(self) -> bool {
        matches!(self, Self::Person | Self::Unknown)
    }
}

pub(crate) fn is_by_bot(event: &MessageEvent) -> bool {
    let participant_role = || {
        let sender = event.message.user.as_ref()?;
        event.conversation.participant(sender)?.role.as_deref()
    };
    event.message.role == Some(Role::Bot)
        || event.user.as_ref().is_some_and(is_bot_user)
        || participant_role() == Some("bot")
        || (!event.message.is_from_contact() && Marker::of(&event.message.meta).is_some())
}

/// Bot users have the role `bot`; their mail is `bot+<id>@…` (SDK).
fn is_bot_user(user: &User) -> bool {
    user.role == UserRole::Bot
        || user
            .email
            .as_deref()
            .is_some_and(|email| email.starts_with("bot+"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::event::Event;

    fn sender(message: Value, user: &Value, participants: &Value) -> Sender {
        let mut message = message;
        message["id"] = json!("m");
        let body = json!({
            "event": "message.create.contact.chat",
            "data": {
                "message": message, "user": user,
                "conversation": {"id": "c", "participants": participants}
            }
        });
        let event = Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH);
        Sender::of(event.as_message().unwrap(), Some(&UserId::from("bot")))
    }

    #[test]
    fn a_sender_is_what_the_event_proves_and_else_unknown() {
        let ann = || json!({"role": "agent", "user": "ann"});
        let (nobody, none) = (Value::Null, json!([]));
        for (message, user, participants, expected) in [
            (json!({"role": "contact"}), &nobody, &none, Sender::Contact),
            (
                json!({"role": "agent", "user": "bot"}),
                &nobody,
                &none,
                Sender::Own,
            ),
            (ann(), &nobody, &none, Sender::Unknown),
            (json!({"role": "agent"}), &nobody, &none, Sender::Unknown),
            (
                ann(),
                &json!({"id": "ann", "role": "admin"}),
                &none,
                Sender::Person,
            ),
            (
                ann(),
                &json!({"id": "ann", "role": "bot"}),
                &none,
                Sender::Bot,
            ),
            (
                ann(),
                &json!({"id": "ann", "email": "bot+ann@web1on1.chat"}),
                &none,
                Sender::Bot,
            ),
            (
                ann(),
                &nobody,
                &json!([{"user": "ann", "role": "bot"}]),
                Sender::Bot,
            ),
            (
                json!({"role": "bot", "user": "ann"}),
                &nobody,
                &none,
                Sender::Bot,
            ),
            (
                json!({"role": "agent", "user": "ann", "meta": {"_shipmate": "x"}}),
                &nobody,
                &none,
                Sender::Bot,
            ),
        ] {
            assert_eq!(
                sender(message.clone(), user, participants),
                expected,
                "{message} {user}"
            );
        }
    }
}
