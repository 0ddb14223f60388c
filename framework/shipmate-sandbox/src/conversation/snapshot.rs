use std::collections::BTreeMap;

use jiff::Timestamp;
use web1on1::{Conversation, ConversationStatus, FormId, Message, MessageType, Meta, UserId};

use super::{Thread, reaches_consumer};
use crate::{directory::Kind, limit::Limits, state::State};

/// A conversation as it stands: a copy, so that it can be looked at in peace.
#[derive(Debug, Clone)]
pub struct ConversationSnapshot {
    /// The conversation as the API shows it, without messages.
    pub conversation: Conversation,
    /// What is known of the consumer.
    pub profile: Meta,
    /// Messages that took effect, in that order.
    pub messages: Vec<Message>,
    /// Messages whose delay has not passed, and when they are due.
    pub pending: Vec<(Timestamp, Message)>,
    /// Values of form fields, by form and field key.
    pub fields: BTreeMap<FormId, BTreeMap<String, String>>,
    /// How close each bot is to its limits.
    pub bots: Vec<BotGauge>,
    /// Grows with every change of the conversation.
    pub version: u64,
}

/// What one bot sent in one conversation, against the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotGauge {
    /// The bot's user.
    pub bot: UserId,
    /// How often its most repeated text counts now.
    pub identical: usize,
    /// How many messages in a row count now.
    pub consecutive: usize,
    /// The most `identical` ever was.
    pub identical_peak: usize,
    /// The most `consecutive` ever was.
    pub consecutive_peak: usize,
}

impl ConversationSnapshot {
    pub(crate) fn of(thread: &Thread, state: &State, now: Timestamp) -> Self {
        Self {
            conversation: thread.conversation.clone(),
            profile: profile(thread, state),
            messages: thread.processed().into_iter().cloned().collect(),
            pending: thread
                .pending()
                .into_iter()
                .map(|(due, message)| (due, message.clone()))
                .collect(),
            fields: thread.fields.clone(),
            bots: gauges(thread, &state.limits, now),
            version: thread.version,
        }
    }

    /// Where the conversation stands.
    pub fn status(&self) -> Option<&ConversationStatus> {
        self.conversation.status.as_ref()
    }

    /// The conversation variable `key`, if it is text, as `/set` makes it.
    pub fn variable(&self, key: &str) -> Option<&str> {
        self.conversation.meta.get(key)?.as_str()
    }

    /// The texts the consumer was sent, oldest first.
    pub fn told_contact(&self) -> Vec<&str> {
        self.messages
            .iter()
            .filter(|message| reaches_consumer(message))
            .map(|message| message.text.as_str())
            .collect()
    }

    /// What `user` sent, oldest first.
    pub fn sent_by(&self, user: &UserId) -> Vec<&Message> {
        self.messages
            .iter()
            .filter(|message| message.user.as_ref() == Some(user))
            .collect()
    }

    /// The texts of all commands, oldest first.
    pub fn commands(&self) -> Vec<&str> {
        self.messages
            .iter()
            .filter(|message| message.kind == MessageType::Command)
            .map(|message| message.text.as_str())
            .collect()
    }

    /// The value that was filled in for `field` of `form`.
    pub fn field(&self, form: &FormId, field: &str) -> Option<&str> {
        self.fields.get(form)?.get(field).map(String::as_str)
    }

    /// Whether `user` is in the conversation now.
    pub fn is_active(&self, user: &UserId) -> bool {
        self.conversation
            .participant(user)
            .is_some_and(|participant| participant.active)
    }

    /// One line per message: who, what, text. For failure messages of tests.
    pub fn transcript(&self) -> String {
        let line = |message: &Message| {
            let role = message.role.as_ref().map_or("-", |role| role.as_str());
            let aside = if message.is_backchannel {
                " (backchannel)"
            } else {
                ""
            };
            format!("{role} {}{aside}: {}\n", message.kind, message.text)
        };
        self.messages.iter().map(line).collect::<Vec<_>>().concat()
    }
}

fn profile(thread: &Thread, state: &State) -> Meta {
    let contact = thread.conversation.contact_id();
    let contact = contact.and_then(|id| state.directory.get(Kind::Contact, id.as_str()));
    let profile = contact.and_then(|contact| contact.get("profile")?.as_object());
    profile.cloned().unwrap_or_default()
}

pub(crate) fn gauges(thread: &Thread, limits: &Limits, now: Timestamp) -> Vec<BotGauge> {
    let mut gauges: Vec<BotGauge> = thread
        .ledgers
        .iter()
        .map(|(bot, ledger)| BotGauge {
            bot: bot.clone(),
            identical: ledger.identical_count(limits, now),
            consecutive: ledger.consecutive_count(limits, now),
            identical_peak: ledger.identical_peak(),
            consecutive_peak: ledger.consecutive_peak(),
        })
        .collect();
    gauges.sort_by(|a, b| a.bot.cmp(&b.bot));
    gauges
}
