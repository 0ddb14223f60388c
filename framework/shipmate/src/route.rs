//! Which hook an event is for, and which events never reach one.

use web1on1::{ConversationStatus, Message, MessageType, Role, User, UserId, UserRole};

use crate::{
    bot::IgnoreReason,
    event::{Event, EventBody, MessageAction, MessageEvent, ResourceAction},
};

/// Which events never reach a hook. The defaults are the official SDK's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four policies that are switched one by one"
)]
pub struct Ignoring {
    /// The bot's own messages. On by default: without it a bot talks to itself.
    pub own: bool,
    /// Messages of other bots. On by default: without it two bots talk to each other.
    pub bots: bool,
    /// Messages in conversations that the bot is not in, unless they are for the bot: assignments,
    /// mentions and bot commands. Off by default.
    pub unjoined: bool,
    /// Messages while somebody else has accepted the conversation, with the same exceptions and
    /// those by which a bot learns of it: a person's `/accept` and messages. Off by default.
    pub person_active: bool,
}

impl Default for Ignoring {
    fn default() -> Self {
        Self {
            own: true,
            bots: true,
            unjoined: false,
            person_active: false,
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
        let tells = is_takeover(event) || event.message.role == Some(Role::Agent);
        (self.person_active && person_active && !tells).then_some(IgnoreReason::PersonActive)
    }
}

/// The hook an event is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Hook<'a> {
    Message(&'a Message),
    Postback(&'a Message),
    Assigned(&'a Message),
    Mentioned(&'a Message),
    Command(&'a str, &'a str, &'a Message),
    Takeover(&'a Message),
    AgentMessage(&'a Message),
    Closed,
    Event,
}

/// The hook that `event` is for, in the eyes of the bot of user `own`.
pub(crate) fn route<'a>(event: &'a Event, own: Option<&UserId>) -> Hook<'a> {
    match &event.body {
        EventBody::Message(event) => route_message(event, own),
        EventBody::Resource(resource) => {
            let closed = resource.action == ResourceAction::Update
                && resource.conversation.as_ref().is_some_and(|conversation| {
                    conversation.status == Some(ConversationStatus::Closed)
                });
            if closed { Hook::Closed } else { Hook::Event }
        }
        EventBody::Raw => Hook::Event,
    }
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
            None if is_takeover(event) => Hook::Takeover(message),
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
    let message = &event.message;
    if !matches!(event.action, MessageAction::Create { .. }) {
        return false;
    }
    if message.is_from_contact() {
        return true;
    }
    let is_chat = matches!(message.kind, MessageType::Chat | MessageType::Card);
    let by_other = message.user.is_some() && message.user.as_ref() != own;
    let by_person = event.user.as_ref().is_some_and(|user| !is_bot_user(user));
    message.role == Some(Role::Agent) && is_chat && !message.is_backchannel && by_other && by_person
}

/// Whether it is an assignment of this user, or a mention of it.
fn is_for(event: &MessageEvent, own: &UserId) -> bool {
    let message = &event.message;
    let named = |key: &str| match message.meta.get(key) {
        Some(serde_json::Value::String(id)) => id == own.as_str(),
        Some(serde_json::Value::Array(ids)) => {
            ids.iter().any(|id| id.as_str() == Some(own.as_str()))
        }
        _ => false,
    };
    match message.kind {
        MessageType::Command => has_verb(message, "/assign") && named("users"),
        MessageType::Mention => named("targetUser") || named("targetBot"),
        _ => false,
    }
}

/// Whether a person accepts the conversation.
fn is_takeover(event: &MessageEvent) -> bool {
    let message = &event.message;
    message.kind == MessageType::Command && has_verb(message, "/accept") && !is_by_bot(event)
}

/// Whether one of the lines of a command message is `verb`.
fn has_verb(message: &Message, verb: &str) -> bool {
    let mut lines = message.text.lines();
    lines.any(|line| line.split_whitespace().next() == Some(verb))
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

fn is_by_bot(event: &MessageEvent) -> bool {
    let participant_role = || {
        let sender = event.message.user.as_ref()?;
        event.conversation.participant(sender)?.role.as_deref()
    };
    event.message.role == Some(Role::Bot)
        || event.user.as_ref().is_some_and(is_bot_user)
        || participant_role() == Some("bot")
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

    const ALL: Ignoring = Ignoring {
        own: true,
        bots: true,
        unjoined: true,
        person_active: true,
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
        let name = |message: Value| match route(&event(message, &json!([])), Some(&own)) {
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
