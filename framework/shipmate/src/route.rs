//! Which hook an event is for, and which events never reach one.

pub(crate) mod loop_guard;
mod sender;

pub(crate) use sender::Sender;

use web1on1::{ConversationStatus, Message, MessageType, Role, UserId};

use self::sender::is_by_bot;
use crate::{
    bot::IgnoreReason,
    event::{Event, EventBody, MessageAction, MessageEvent, ResourceAction, ResourceEvent},
    handover::Standing,
};

/// Which events never reach a hook. The defaults are the official SDK's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "policies that are switched one by one"
)]
pub struct Ignoring {
    /// The bot's own messages. On by default: without it a bot talks to itself.
    pub own: bool,
    /// Messages of other bots. On by default: without it two bots talk to each other.
    pub bots: bool,
    /// Messages in conversations that the bot is not in, unless they are for the bot: assignments,
    /// mentions and bot commands. Off by default.
    pub unjoined: bool,
    /// Messages while somebody else, person or bot, has accepted the conversation, with the same
    /// exceptions and those by which a bot learns of it: a person's `/accept` and messages. Off by
    /// default. Stricter than [`AfterTakeover`](crate::AfterTakeover), which leaves out what the
    /// consumer writes while a person has the conversation.
    pub person_active: bool,
    /// So many turns in a row that another bot caused and in which this one said something: after
    /// them what bots write is left out, until a contact or a person writes. 6 by default; 0 never
    /// ends a loop. Whoever writes as agent and is not known to be a person counts as a bot here.
    pub loop_guard: u32,
}

impl Default for Ignoring {
    fn default() -> Self {
        Self {
            own: true,
            bots: true,
            unjoined: false,
            person_active: false,
            loop_guard: 6,
        }
    }
}

impl Ignoring {
    /// Why `event` does not reach the bot of user `own`, if it does not.
    pub(crate) fn reason(self, event: &Event, own: Option<&UserId>) -> Option<IgnoreReason> {
        let event = event.as_message()?;
        if !matches!(event.action, MessageAction::Create { .. }) {
            return None;
        }
        let sender = event.message.user.as_ref();
        let is_own = sender.is_some() && sender == own && !event.message.is_from_contact();
        if is_own {
            return self.own.then_some(IgnoreReason::Own);
        }
        let directed =
            own.is_some_and(|own| is_for(event, own)) || bot_command(&event.message).is_some();
        if directed {
            return None;
        }
        if self.bots && is_by_bot(event) {
            return Some(IgnoreReason::Bot);
        }
        let participants = &event.conversation.participants;
        let joined = participants.iter().any(|participant| {
            Some(&participant.user) == own && (participant.active || participant.follow)
        });
        if self.unjoined && !joined {
            return Some(IgnoreReason::Unjoined);
        }
        let person_active = participants
            .iter()
            .any(|participant| Some(&participant.user) != own && participant.accepted);
        let tells = is_takeover(event, own) || event.message.role == Some(Role::Agent);
        (self.person_active && person_active && !tells).then_some(IgnoreReason::PersonActive)
    }
}

/// The hook an event is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Hook<'a> {
    Message(&'a Message),
    Postback(&'a Message),
    /// From a consumer who waits for people.
    Waiting(&'a Message),
    Assigned(&'a Message),
    Mentioned(&'a Message),
    Command(&'a str, &'a str, &'a Message),
    Takeover(&'a Message),
    AgentMessage(&'a Message),
    Closed,
    Resumed,
    Timer(&'a str),
    Campaign(&'a str),
    Job(&'a str),
    Event,
}

/// The hook that `event` is for, in the eyes of the bot of user `own`.
pub(crate) fn route<'a>(event: &'a Event, own: Option<&UserId>, standing: &Standing) -> Hook<'a> {
    match hook(event, own) {
        // It was closed, and somebody has opened it again since.
        Hook::Closed if standing.reopened => Hook::Event,
        Hook::Event if standing.resumed => Hook::Resumed,
        hook => hook,
    }
}

fn hook<'a>(event: &'a Event, own: Option<&UserId>) -> Hook<'a> {
    match &event.body {
        EventBody::Message(event) => route_message(event, own),
        EventBody::Resource(resource) => {
            if is_closing(resource) {
                Hook::Closed
            } else {
                Hook::Event
            }
        }
        EventBody::Timer(timer) => Hook::Timer(&timer.name),
        EventBody::Campaign(campaign) => Hook::Campaign(&campaign.name),
        EventBody::Job(job) => Hook::Job(&job.name),
        EventBody::Raw => Hook::Event,
    }
}

/// Whether the event tells that a conversation was closed.
pub(crate) fn is_closing(event: &ResourceEvent) -> bool {
    let status = event
        .conversation
        .as_ref()
        .and_then(|it| it.status.as_ref());
    event.action == ResourceAction::Update && status == Some(&ConversationStatus::Closed)
}

fn route_message<'a>(event: &'a MessageEvent, own: Option<&UserId>) -> Hook<'a> {
    let message = &event.message;
    let MessageAction::Create { .. } = event.action else {
        return Hook::Event;
    };
    match (&message.kind, &message.role) {
        (MessageType::Chat | MessageType::Card, Some(Role::Contact)) => Hook::Message(message),
        (MessageType::Postback, Some(Role::Contact)) => Hook::Postback(message),
        (MessageType::Chat | MessageType::Card, Some(Role::Agent)) => Hook::AgentMessage(message),
        (MessageType::Mention, _) if own.is_some_and(|own| is_for(event, own)) => {
            Hook::Mentioned(message)
        }
        (MessageType::Command, _) => match bot_command(message) {
            Some((name, arguments)) => Hook::Command(name, arguments, message),
            None if own.is_some_and(|own| is_for(event, own)) => Hook::Assigned(message),
            None if is_takeover(event, own) => Hook::Takeover(message),
            None => Hook::Event,
        },
        _ => Hook::Event,
    }
}

/// Whether the event sets the count of consecutive messages back: the consumer wrote, or a person
/// did as agent. Not a bot, though bots write with role `agent` too, and not in the backchannel,
/// which the consumer does not see: the platform's words leave both open, and waiting is safe.
pub(crate) fn resets_consecutive(event: &Event, own: Option<&UserId>) -> bool {
    let Some(event) = event.as_message() else {
        return false;
    };
    if !matches!(event.action, MessageAction::Create { .. }) {
        return false;
    }
    match Sender::of(event, own) {
        Sender::Contact => true,
        Sender::Person => is_to_consumer(&event.message),
        _ => false,
    }
}

/// Whether the consumer wrote.
pub(crate) fn is_from_consumer(event: &Event) -> bool {
    event.as_message().is_some_and(|event| {
        let is_new = matches!(event.action, MessageAction::Create { .. });
        is_new && event.message.is_from_contact()
    })
}

/// Whether somebody writes to the consumer as agent.
pub(crate) fn is_to_consumer(message: &Message) -> bool {
    let is_chat = matches!(message.kind, MessageType::Chat | MessageType::Card);
    message.role == Some(Role::Agent) && is_chat && !message.is_backchannel
}

/// Whether it is an assignment of this user, or a mention of it.
pub(crate) fn is_for(event: &MessageEvent, own: &UserId) -> bool {
    let message = &event.message;
    let named = |key: &str| match message.meta.get(key) {
        Some(serde_json::Value::String(id)) => id == own.as_str(),
        Some(serde_json::Value::Array(ids)) => {
            ids.iter().any(|id| id.as_str() == Some(own.as_str()))
        }
        _ => false,
    };
    match message.kind {
        MessageType::Command => verbs(message).any(|verb| verb == "/assign") && named("users"),
        MessageType::Mention => named("targetUser") || named("targetBot"),
        _ => false,
    }
}

/// Whether a person accepts the conversation.
fn is_takeover(event: &MessageEvent, own: Option<&UserId>) -> bool {
    let is_accept = verbs(&event.message).any(|verb| verb == "/accept");
    is_accept && Sender::of(event, own).may_be_person()
}

/// The first words of the lines of a command message, in order.
pub(crate) fn verbs(message: &Message) -> impl DoubleEndedIterator<Item = &str> {
    let lines = match message.kind {
        MessageType::Command => message.text.lines(),
        _ => "".lines(),
    };
    lines.filter_map(|line| line.split_whitespace().next())
}

/// Name and arguments of a bot command, `>name arguments`.
fn bot_command(message: &Message) -> Option<(&str, &str)> {
    if message.kind != MessageType::Command {
        return None;
    }
    let command = message.text.strip_prefix('>')?.trim();
    let (name, arguments) = command
        .split_once(char::is_whitespace)
        .unwrap_or((command, ""));
    Some((name, arguments.trim()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;

    const ALL: Ignoring = Ignoring {
        own: true,
        bots: true,
        unjoined: true,
        person_active: true,
        loop_guard: 0,
    };

    fn event(mut message: Value, participants: &Value) -> Event {
        let kind = message
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("chat")
            .to_owned();
        message["id"] = json!("m");
        let body = json!({
            "event": format!("message.create.contact.{kind}"),
            "data": {"message": message, "conversation": {"id": "c", "participants": participants}}
        });
        Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH)
    }

    fn reason(ignoring: Ignoring, message: Value, participants: &Value) -> Option<&'static str> {
        let own = UserId::from("bot");
        let reason = ignoring.reason(&event(message, participants), Some(&own));
        reason.map(IgnoreReason::as_str)
    }

    #[test]
    fn the_sdks_defaults_ignore_own_and_bots_only() {
        let check = |message| reason(Ignoring::default(), message, &json!([]));
        assert_eq!(check(json!({"role": "contact", "type": "chat"})), None);
        assert_eq!(
            check(json!({"role": "agent", "type": "chat", "user": "bot"})),
            Some("ignored-own")
        );
        assert_eq!(
            check(json!({"role": "bot", "type": "chat", "user": "other"})),
            Some("ignored-bot")
        );
        assert_eq!(
            check(json!({"role": "agent", "type": "chat", "user": "ann"})),
            None
        );
    }

    #[test]
    fn stricter_policies_let_through_what_is_for_the_bot() {
        let person = json!([{"user": "ann", "accepted": true, "active": true}]);
        let chat = json!({"role": "contact", "type": "chat"});
        assert_eq!(reason(ALL, chat.clone(), &person), Some("ignored-unjoined"));
        let both = json!([{"user": "ann", "accepted": true}, {"user": "bot", "active": true}]);
        assert_eq!(reason(ALL, chat, &both), Some("ignored-person-active"));
        for message in [
            json!({"type": "command", "text": "/assign", "user": "ann", "meta": {"users": ["bot"]}}),
            json!({"type": "command", "text": ">status", "user": "ann"}),
            json!({"type": "mention", "text": "look", "user": "ann", "meta": {"targetUser": "bot"}}),
        ] {
            assert_eq!(reason(ALL, message, &person), None);
        }
        let joined = json!([{"user": "ann", "accepted": true}, {"user": "bot", "active": true}]);
        let accept = json!({"type": "command", "text": "/accept", "user": "ann"});
        let words =
            json!({"type": "chat", "role": "agent", "text": "Hello, Ann here", "user": "ann"});
        assert_eq!(reason(ALL, words, &joined), None);
        assert_eq!(
            reason(ALL, accept, &joined),
            None,
            "how a bot learns of a takeover"
        );
    }

    #[test]
    fn each_message_has_its_hook() {
        let own = UserId::from("bot");
        let name = |message: Value| match hook(&event(message, &json!([])), Some(&own)) {
            Hook::Message(_) => "message",
            Hook::Postback(_) => "postback",
            Hook::Assigned(_) => "assigned",
            Hook::Mentioned(_) => "mentioned",
            Hook::Command("status", "of all", _) => "command",
            Hook::Takeover(_) => "takeover",
            Hook::AgentMessage(_) => "agent",
            _ => "event",
        };
        for (message, hook) in [
            (json!({"type": "chat", "role": "contact"}), "message"),
            (json!({"type": "postback", "role": "contact"}), "postback"),
            (json!({"type": "chat", "role": "agent"}), "agent"),
            (json!({"type": "chat", "role": "bot"}), "event"),
            (
                json!({"type": "command", "text": "/assign", "meta": {"users": "bot"}}),
                "assigned",
            ),
            (
                json!({"type": "command", "text": "/set a b\n/assign", "meta": {"users": ["x", "bot"]}}),
                "assigned",
            ),
            (
                json!({"type": "command", "text": "/assign", "meta": {"users": ["x"]}}),
                "event",
            ),
            (
                json!({"type": "command", "text": ">status of all "}),
                "command",
            ),
            (
                json!({"type": "command", "text": "/accept", "user": "ann"}),
                "takeover",
            ),
            (
                json!({"type": "mention", "meta": {"targetBot": ["bot"]}}),
                "mentioned",
            ),
            (json!({"type": "tag", "text": "x"}), "event"),
        ] {
            assert_eq!(name(message.clone()), hook, "{message}");
        }
    }

    #[test]
    fn only_consumers_and_known_people_reset_the_count() {
        let own = UserId::from("bot");
        let with_user = |role: &str, user: Value, backchannel: bool| {
            let body = json!({
                "event": "message.create.contact.chat",
                "data": {
                    "message": {"id": "m", "type": "chat", "role": role, "user": "u", "isBackchannel": backchannel},
                    "conversation": {"id": "c"}, "user": user
                }
            });
            let event = Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH);
            resets_consecutive(&event, Some(&own))
        };
        assert!(with_user("contact", Value::Null, false));
        assert!(with_user(
            "agent",
            json!({"id": "u", "role": "agent"}),
            false
        ));
        assert!(!with_user(
            "agent",
            json!({"id": "u", "role": "agent"}),
            true
        ));
        assert!(!with_user(
            "agent",
            json!({"id": "u", "role": "bot"}),
            false
        ));
        assert!(!with_user(
            "agent",
            json!({"id": "u", "email": "bot+u@web1on1.chat"}),
            false
        ));
        assert!(
            !with_user("agent", Value::Null, false),
            "not known to be a person"
        );
    }
}
