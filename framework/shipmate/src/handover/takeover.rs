//! Whether a person has the conversation, as far as its events tell.

use jiff::Timestamp;
use web1on1::{Conversation, ConversationStatus, Participant, UserId};

use super::is_with_consumer;
use crate::{
    event::{Event, EventBody, MessageAction, MessageEvent},
    route::{Sender, is_closing, is_for, is_to_consumer, verbs},
    store::Takeover,
};

/// What a bot does once a person has taken a conversation over: accepted it, or written to the
/// consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AfterTakeover {
    /// Silent while the person has it. When the person leaves, or the conversation is closed, the
    /// bot goes on where it was: its state and its open question are untouched.
    #[default]
    Resume,
    /// Silent in this conversation from then on, until a person assigns it to the bot.
    StayOut,
    /// Goes on as if nothing had happened; for bots that work beside people.
    CarryOn,
}

/// What an event shows about who has the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// A person takes it.
    Taken,
    /// A person gives it to this bot.
    Handed,
    /// The person who had it leaves, or it is closed.
    Left,
    /// When the platform sent the event, a person had accepted it.
    Held,
    /// When the platform sent the event, no person was in it.
    Free,
}

/// Who has the conversation after an event that happened at `at`, if that is news. What is known
/// of a later time stays: events that come late change nothing, in whichever order they come.
pub(super) fn change(
    event: &Event,
    at: Timestamp,
    own: Option<&UserId>,
    known: Option<Takeover>,
    policy: AfterTakeover,
) -> Option<Takeover> {
    let shown = shown(event, own)?;
    let is_certain = matches!(shown, Shown::Taken | Shown::Handed | Shown::Left);
    let is_late = known.is_some_and(|known| at < known.since || (at == known.since && !is_certain));
    if is_late {
        return None;
    }
    // Whoever handed it to the bot may still be in it, and does not take it back by that.
    let is_handed = known.is_some_and(|known| known.by_assignment);
    let (by_person, by_assignment) = match shown {
        Shown::Held if is_handed => return None,
        Shown::Taken | Shown::Held => (true, false),
        Shown::Handed => (false, true),
        Shown::Left | Shown::Free if policy == AfterTakeover::StayOut => return None,
        Shown::Left | Shown::Free => (false, false),
    };
    let next = Takeover {
        by_person,
        by_assignment,
        since: at,
    };
    (known != Some(next)).then_some(next)
}

fn shown(event: &Event, own: Option<&UserId>) -> Option<Shown> {
    if !is_with_consumer(event) {
        return None;
    }
    let told = match &event.body {
        EventBody::Message(event) => told(event, own),
        EventBody::Resource(resource) => is_closing(resource).then_some(Shown::Left),
        EventBody::Timer(_) | EventBody::Job(_) | EventBody::Campaign(_) | EventBody::Raw => None,
    };
    told.or_else(|| seen(event.conversation()?, own, None))
}

/// What the message itself does.
fn told(event: &MessageEvent, own: Option<&UserId>) -> Option<Shown> {
    let MessageAction::Create { .. } = event.action else {
        return None;
    };
    if !Sender::of(event, own).may_be_person() {
        return None;
    }
    if is_to_consumer(&event.message) {
        return Some(Shown::Taken);
    }
    // What a message of several lines does last is what stands.
    verbs(&event.message).rev().find_map(|verb| match verb {
        "/accept" => Some(Shown::Taken),
        "/assign" if own.is_some_and(|own| is_for(event, own)) => Some(Shown::Handed),
        "/leave" => {
            let leaver = event.message.user.as_ref();
            match seen(&event.conversation, own, leaver) {
                Some(Shown::Held) => Some(Shown::Held),
                _ => Some(Shown::Left),
            }
        }
        _ => None,
    })
}

/// What the conversation looked like to the platform, without regard to `leaver`. Nobody is said
/// to be out of it while a person is in it without having accepted, as when they have only
/// written.
fn seen(
    conversation: &Conversation,
    own: Option<&UserId>,
    leaver: Option<&UserId>,
) -> Option<Shown> {
    if conversation.status == Some(ConversationStatus::Closed) {
        return Some(Shown::Free);
    }
    let is_person = |participant: &&Participant| {
        let user = Some(&participant.user);
        user != own && user != leaver && participant.role.as_deref() != Some("bot")
    };
    let persons = || conversation.participants.iter().filter(is_person);
    if persons().any(|person| person.accepted) {
        Some(Shown::Held)
    } else if conversation.participants.is_empty() || persons().any(|person| person.active) {
        None
    } else {
        Some(Shown::Free)
    }
}

#[cfg(test)]
mod tests;
