//! What is said to people when an event of a consumer is given up.

use serde::Deserialize;
use web1on1::{NewMessage, UserId};

use super::is_with_consumer;
use crate::{
    event::{Event, MessageAction},
    form::Locale,
    plan::{Command, Notify},
};

/// The most characters of a bot's summary that a note shows.
const LONGEST_SUMMARY: usize = 4_000;

/// What happens when a message of a consumer's conversation is given up: people are called, once,
/// until the bot has handled an event of the conversation again. Nothing is said to the consumer.
/// While a person has the conversation, nobody is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailOpen {
    /// A note in the backchannel, with what [`Bot::summary`](crate::Bot::summary) tells.
    pub note: bool,
    /// Whom a `/notify` calls.
    pub notify: Option<Notify>,
    /// `/leave`, if the bot has accepted the conversation: while somebody has, people are not
    /// notified of what the consumer writes (commands, `/accept`).
    pub leave: bool,
}

impl Default for FailOpen {
    fn default() -> Self {
        Self {
            note: true,
            notify: Some(Notify::Routed),
            leave: true,
        }
    }
}

impl FailOpen {
    /// Nobody is called: the event is a dead letter and nothing else.
    pub fn off() -> Self {
        Self {
            note: false,
            notify: None,
            leave: false,
        }
    }

    /// What calls people to the conversation of `event`, in the language of its organization.
    pub(crate) fn commands(
        &self,
        event: &Event,
        own: Option<&UserId>,
        summary: Option<&str>,
    ) -> Vec<Command> {
        let note = || {
            let text = note(locale(event), summary);
            Command::Say(Box::new(NewMessage::from(text).backchannel().into()))
        };
        let note = self.note.then(note);
        let notify = self.notify.clone().map(Command::Notify);
        let leave = (self.leave && has_accepted(event, own)).then_some(Command::Leave);
        [note, notify, leave].into_iter().flatten().collect()
    }
}

/// Whether people are to be called when the event is given up.
pub(crate) fn concerns_people(event: &Event) -> bool {
    let message = event.as_message();
    let is_new = message.is_some_and(|it| matches!(it.action, MessageAction::Create { .. }));
    is_new && is_with_consumer(event)
}

/// The language of the organization, where the event carries it; else English.
pub(crate) fn locale(event: &Event) -> Locale {
    #[derive(Deserialize)]
    struct Body {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        organization: Organization,
    }
    #[derive(Deserialize)]
    struct Organization {
        locale: String,
    }
    let body = serde_json::from_slice::<Body>(event.raw());
    body.map_or_else(
        |_| Locale::default(),
        |body| Locale::from_tag(&body.data.organization.locale),
    )
}

fn note(locale: Locale, summary: Option<&str>) -> String {
    let sentence = match locale {
        Locale::En => {
            "The bot cannot go on here because of a fault, and has left the last message \
             unanswered. Please take over."
        }
        Locale::Nl => {
            "De bot kan hier door een fout niet verder en heeft het laatste bericht niet \
             beantwoord. Neem het gesprek alsjeblieft over."
        }
        Locale::De => {
            "Der Bot kann hier wegen eines Fehlers nicht weitermachen und hat die letzte \
             Nachricht nicht beantwortet. Bitte übernehmen Sie."
        }
        Locale::Fr => {
            "Le robot ne peut pas continuer ici à cause d'une erreur et n'a pas répondu au dernier \
             message. Veuillez prendre le relais."
        }
    };
    match summary {
        None => sentence.to_owned(),
        Some(summary) => {
            let shown: String = summary.chars().take(LONGEST_SUMMARY).collect();
            format!("{sentence}\n\n{shown}")
        }
    }
}

/// Whether the bot of user `own` has the conversation accepted.
pub(crate) fn has_accepted(event: &Event, own: Option<&UserId>) -> bool {
    let conversation = event.conversation().zip(own);
    conversation
        .and_then(|(conversation, own)| conversation.participant(own))
        .is_some_and(|participant| participant.accepted)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;

    fn event(name: &str, conversation: &Value, organization: &Value) -> Event {
        let body = json!({
            "event": name,
            "data": {
                "message": {"id": "m"}, "conversation": conversation, "organization": organization
            }
        });
        Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH)
    }

    fn said(commands: &[Command]) -> String {
        match commands.first() {
            Some(Command::Say(message)) => {
                assert!(message.message.is_backchannel, "not for the consumer");
                message.message.text.clone()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn people_are_called_with_what_the_bot_knows() {
        let chat = "message.create.contact.chat";
        let accepted = json!({"id": "c", "participants": [{"user": "bot", "accepted": true}]});
        let event = event(chat, &accepted, &json!({"id": "o", "locale": "nl"}));
        let own = UserId::from("bot");
        let commands = FailOpen::default().commands(&event, Some(&own), Some("Naam: Ann"));
        let text = said(&commands);
        assert!(
            text.starts_with("De bot") && text.ends_with("\n\nNaam: Ann"),
            "{text}"
        );
        assert_eq!(
            commands.get(1..),
            Some([Command::Notify(Notify::Routed), Command::Leave].as_slice())
        );
        let own = UserId::from("another");
        let commands = FailOpen::default().commands(&event, Some(&own), None);
        assert_eq!(commands.len(), 2, "it has nothing to leave");
        assert_eq!(FailOpen::off().commands(&event, Some(&own), None), []);
    }

    #[test]
    fn a_note_is_no_longer_than_a_person_reads() {
        let event = event(
            "message.create.contact.chat",
            &json!({"id": "c"}),
            &Value::Null,
        );
        let commands = FailOpen::default().commands(&event, None, Some(&"ü".repeat(100_000)));
        let text = said(&commands);
        assert!(text.starts_with("The bot") && text.chars().count() < 5_000);
    }

    #[test]
    fn only_new_messages_of_consumers_conversations_concern_people() {
        for (name, kind, concerns) in [
            ("message.create.contact.chat", Value::Null, true),
            ("message.create.contact.command", json!("contact"), true),
            ("message.create.system.command", Value::Null, false),
            ("message.create.contact.chat", json!("agent"), false),
            ("message.update", Value::Null, false),
        ] {
            let conversation = json!({"id": "c", "type": kind});
            let event = event(name, &conversation, &Value::Null);
            assert_eq!(concerns_people(&event), concerns, "{name}");
        }
    }
}
