//! What the stub remembers.

use std::collections::HashMap;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{Attempt, Refusal, Window};
use crate::event::{BOT_USER, ORGANIZATION};

/// Everything that came in so far.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) requests: Window,
    pub(super) refusal: Option<Refusal>,
    pub(super) unknown: Vec<String>,
    conversations: HashMap<Box<str>, Conversation>,
    next_message: u64,
    chats: usize,
    attempts: usize,
    in_flight: usize,
    most_at_once: usize,
}

/// One conversation, kept small: a load run has a hundred thousand of them.
#[derive(Debug, Default)]
struct Conversation {
    /// The messages as the platform shows them, as JSON, oldest first.
    messages: Vec<Box<str>>,
    attempts: Vec<Attempt>,
    in_flight: usize,
}

impl Record {
    /// A message request for `conversation` has begun.
    pub(super) fn begin(&mut self, conversation: &str) {
        self.attempts += 1;
        self.in_flight += 1;
        let entry = self.conversation(conversation);
        entry.in_flight += 1;
        let at_once = entry.in_flight;
        self.most_at_once = self.most_at_once.max(at_once);
    }

    /// A message request for `conversation` is over, answered or abandoned.
    pub(super) fn end(&mut self, conversation: &str) {
        self.in_flight -= 1;
        self.conversation(conversation).in_flight -= 1;
    }

    /// How a message request has been decided.
    pub(super) fn decide(&mut self, conversation: &str, at: Instant, status: StatusCode) {
        let status = status.as_u16();
        self.conversation(conversation)
            .attempts
            .push(Attempt { at, status });
    }

    /// The refusal for the request that is being answered, if one is due.
    pub(super) fn refusal_due(&mut self) -> Option<Refusal> {
        let refusal = self.refusal.as_mut().filter(|refusal| refusal.times > 0)?;
        refusal.times -= 1;
        Some(*refusal)
    }

    /// Takes `sent` into `conversation` and returns it as the platform answers it, as JSON.
    pub(super) fn take(
        &mut self,
        conversation: &str,
        mut sent: Map<String, Value>,
        now: Timestamp,
    ) -> Box<str> {
        let created_at = format!("{now:.3}");
        let is_chat = is_consumer_chat(&sent);
        for (key, value) in [
            ("id", json!(format!("64ad{:020x}", self.next_message))),
            ("conversation", json!(conversation)),
            ("organization", json!(ORGANIZATION)),
            ("user", json!(BOT_USER)),
            ("createdAt", json!(created_at)),
            ("updatedAt", json!(created_at)),
        ] {
            sent.insert(key.to_owned(), value);
        }
        let message = Value::Object(sent).to_string().into_boxed_str();
        self.next_message += 1;
        self.chats += usize::from(is_chat);
        self.conversation(conversation)
            .messages
            .push(message.clone());
        message
    }

    /// The messages of `conversation` as JSON, oldest first.
    pub(super) fn json_of(&self, conversation: &str) -> &[Box<str>] {
        self.conversations
            .get(conversation)
            .map_or(&[], |known| &known.messages)
    }

    pub(super) fn messages_of(&self, conversation: &str) -> Vec<Value> {
        self.json_of(conversation)
            .iter()
            .filter_map(|message| serde_json::from_str(message).ok())
            .collect()
    }

    pub(super) fn chats_of(&self, conversation: &str) -> Vec<String> {
        self.messages_of(conversation)
            .iter()
            .filter_map(Value::as_object)
            .filter(|message| is_consumer_chat(message))
            .filter_map(|message| message.get("text")?.as_str().map(str::to_owned))
            .collect()
    }

    pub(super) fn attempts_of(&self, conversation: &str) -> Vec<Attempt> {
        self.conversations
            .get(conversation)
            .map_or_else(Vec::new, |known| known.attempts.clone())
    }

    pub(super) fn chats(&self) -> usize {
        self.chats
    }

    pub(super) fn attempts(&self) -> usize {
        self.attempts
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.most_at_once
    }

    fn conversation(&mut self, id: &str) -> &mut Conversation {
        // Not `entry`: it would copy the id of a known conversation too.
        if !self.conversations.contains_key(id) {
            self.conversations
                .insert(id.into(), Conversation::default());
        }
        self.conversations.entry(id.into()).or_default()
    }
}

/// Chat that reaches the consumer; `type` is `chat` unless said otherwise (messages, properties).
fn is_consumer_chat(message: &Map<String, Value>) -> bool {
    let is_chat = message.get("type").is_none_or(|kind| kind == "chat");
    is_chat && message.get("isBackchannel").is_none_or(|is| is != true)
}
