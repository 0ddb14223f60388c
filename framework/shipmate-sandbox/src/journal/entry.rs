//! The kinds of entries.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use web1on1::{ConversationId, MessageId, UserId};

use super::Body;
use crate::{FaultId, FaultKind, conversation::Author, limit::Rule, webhook::HookId};

/// Something that crossed the platform's border.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Entry {
    /// A request to the API.
    Call(ApiCall),
    /// Something a consumer, a person at the desk or the sandbox's owner did.
    Act(Act),
    /// One attempt to deliver an event to a webhook.
    Delivery(DeliveryAttempt),
}

/// A request to the API, from its arrival to its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiCall {
    /// Its number in the journal; all entries share one sequence.
    pub number: u64,
    /// When it arrived, by the sandbox's clock.
    pub at: Timestamp,
    /// When it was answered or broken off.
    pub ended: Option<Timestamp>,
    /// `GET`, `POST` …
    pub method: String,
    /// The path below `/v2`.
    pub path: String,
    /// The template that matched, such as `/forms/{id}/fields`; none for an unknown address.
    pub route: Option<String>,
    /// The query, without tokens.
    pub query: Option<String>,
    /// Who called, once the token was accepted.
    pub caller: Option<CallerSeen>,
    /// What was sent.
    pub request: Body,
    /// How it ended.
    pub outcome: CallOutcome,
    /// What the platform answered. A fault may have kept it, or a part of it, from the client.
    pub answer: Option<Body>,
    /// The fault that struck.
    pub fault: Option<Strike>,
    /// The limit it was refused by.
    pub refused: Option<Rule>,
    /// The conversation it is about.
    pub conversation: Option<ConversationId>,
    /// The messages it created.
    pub messages: Vec<MessageId>,
    /// The events that followed from it, the later effects of delayed messages included.
    pub events: Vec<Emitted>,
}

/// The owner of a request's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallerSeen {
    /// The user.
    pub user: UserId,
    /// Whether it is a bot's.
    pub is_bot: bool,
}

/// How an API call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CallOutcome {
    /// Not answered yet.
    UnderWay,
    /// An answer was sent.
    Answered {
        /// Its HTTP status.
        status: u16,
    },
    /// A fault broke the connection.
    Broken,
    /// The client was gone before it was answered.
    Abandoned,
}

/// Something that was done to the platform past its API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Act {
    /// Its number in the journal.
    pub number: u64,
    /// When, by the sandbox's clock.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// The conversation it is about.
    pub conversation: Option<ConversationId>,
    /// The messages it created.
    pub messages: Vec<MessageId>,
    /// The events that followed from it.
    pub events: Vec<Emitted>,
}

/// Who did something past the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Actor {
    /// The consumer.
    Contact,
    /// A person at the desk, or a bot in the answer to a webhook.
    User {
        /// The user.
        user: UserId,
    },
    /// Whoever runs the sandbox.
    Sandbox,
}

/// An event, and what was sent of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Emitted {
    /// Its name.
    pub event: String,
    /// The conversation it is about.
    pub conversation: Option<ConversationId>,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// The deliveries it became, one for each webhook that wants it.
    pub deliveries: Vec<String>,
}

/// One attempt to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryAttempt {
    /// Its number in the journal.
    pub number: u64,
    /// When it began, by the sandbox's clock.
    pub at: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// The `id` of the payload; the same in every attempt.
    pub delivery: String,
    /// Whose webhook it went to.
    pub hook: HookId,
    /// The address.
    pub url: String,
    /// The event's name.
    pub event: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// The conversation it is about.
    pub conversation: Option<ConversationId>,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// What was sent.
    pub body: Body,
    /// Whether a fault sent it beside the real attempt; its answer then changes nothing.
    pub is_extra: bool,
    /// How it was signed.
    pub signature: Signature,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// What the event follows from.
    pub cause: Cause,
    /// The fault that struck.
    pub fault: Option<Strike>,
}

/// How a delivery was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Signature {
    /// Not at all: the webhook has no secret.
    NoSecret,
    /// With the webhook's secret.
    Right,
    /// With another secret, on purpose.
    Wrong,
    /// Not at all, on purpose.
    Missing,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// Not yet.
    UnderWay,
    /// The webhook answered.
    Answered {
        /// The HTTP status.
        status: u16,
    },
    /// There was no answer.
    Failed {
        /// What went wrong.
        problem: String,
    },
}

/// What an event follows from: the number of another entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// An API call.
    Call {
        /// Its number.
        number: u64,
    },
    /// An act past the API.
    Act {
        /// Its number.
        number: u64,
    },
}

/// A fault that struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Strike {
    /// The fault's number.
    pub fault: FaultId,
    /// The fault's kind.
    pub kind: FaultKind,
}

impl Entry {
    /// Its number; numbers grow by 1.
    pub fn number(&self) -> u64 {
        match self {
            Self::Call(call) => call.number,
            Self::Act(act) => act.number,
            Self::Delivery(attempt) => attempt.number,
        }
    }

    /// When it began, by the sandbox's clock.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Call(call) => call.at,
            Self::Act(act) => act.at,
            Self::Delivery(attempt) => attempt.at,
        }
    }

    /// The conversation it is about.
    pub fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Self::Call(call) => call.conversation.as_ref(),
            Self::Act(act) => act.conversation.as_ref(),
            Self::Delivery(attempt) => attempt.conversation.as_ref(),
        }
    }

    /// `call`, `act` or `delivery`, as in the serialized form.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Call(_) => "call",
            Self::Act(_) => "act",
            Self::Delivery(_) => "delivery",
        }
    }

    /// The call, if it is one.
    pub fn as_call(&self) -> Option<&ApiCall> {
        match self {
            Self::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The delivery attempt, if it is one.
    pub fn as_delivery(&self) -> Option<&DeliveryAttempt> {
        match self {
            Self::Delivery(attempt) => Some(attempt),
            _ => None,
        }
    }

    pub(super) fn kept_bytes(&self) -> usize {
        match self {
            Self::Call(call) => {
                call.request.kept_bytes() + call.answer.as_ref().map_or(0, Body::kept_bytes)
            }
            Self::Act(_) => 0,
            Self::Delivery(attempt) => attempt.body.kept_bytes(),
        }
    }

    /// Where it is noted what followed from the entry.
    pub(super) fn followed(&mut self) -> Option<Followed<'_>> {
        match self {
            Self::Call(call) => Some(Followed {
                conversation: &mut call.conversation,
                messages: &mut call.messages,
                events: &mut call.events,
            }),
            Self::Act(act) => Some(Followed {
                conversation: &mut act.conversation,
                messages: &mut act.messages,
                events: &mut act.events,
            }),
            Self::Delivery(_) => None,
        }
    }
}

/// What followed from a call or an act.
pub(super) struct Followed<'a> {
    /// The first conversation that is known.
    pub(super) conversation: &'a mut Option<ConversationId>,
    pub(super) messages: &'a mut Vec<MessageId>,
    pub(super) events: &'a mut Vec<Emitted>,
}

impl ApiCall {
    /// The HTTP status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        match self.outcome {
            CallOutcome::Answered { status } => Some(status),
            _ => None,
        }
    }
}

impl DeliveryAttempt {
    /// How long it took, by the sandbox's clock.
    pub fn duration(&self) -> Option<SignedDuration> {
        Some(self.ended?.duration_since(self.at))
    }
}

impl Act {
    pub(super) fn new(number: u64, at: Timestamp, actor: Actor) -> Self {
        Self {
            number,
            at,
            actor,
            conversation: None,
            messages: Vec::new(),
            events: Vec::new(),
        }
    }
}

impl Cause {
    /// The number of the entry.
    pub fn number(self) -> u64 {
        match self {
            Self::Call { number } | Self::Act { number } => number,
        }
    }
}

impl From<&Author> for Actor {
    fn from(author: &Author) -> Self {
        match author.user() {
            Some(user) => Self::User { user: user.clone() },
            None => Self::Contact,
        }
    }
}

impl From<Option<&UserId>> for Actor {
    fn from(user: Option<&UserId>) -> Self {
        match user {
            Some(user) => Self::User { user: user.clone() },
            None => Self::Sandbox,
        }
    }
}
