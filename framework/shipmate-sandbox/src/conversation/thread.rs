use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web1on1::{
    ChannelId, Conversation, ConversationStatus, FormId, Message, Meta, Participant, Touchpoint,
    UserId,
};

use super::Author;
use crate::{
    directory::{Directory, Kind, text},
    limit::MessageLedger,
};

/// A conversation with its messages and what the platform remembers about it.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) conversation: Conversation,
    pub(crate) entries: Vec<Entry>,
    /// Values of form fields, as `field` messages filled them in.
    pub(crate) fields: BTreeMap<FormId, BTreeMap<String, String>>,
    /// Channels that were named by a `/notify`: such a task outlives the accept of a bot.
    pub(crate) tasks: BTreeSet<ChannelId>,
    pub(crate) ledgers: HashMap<UserId, MessageLedger>,
    /// When the last delayed message of an author is due; later ones may not overtake it.
    pub(crate) last_due: HashMap<Option<UserId>, Timestamp>,
    pub(crate) last_created: Timestamp,
    pub(crate) processed: u64,
    /// The state's version when this conversation last changed.
    pub(crate) version: u64,
}

/// A message and how far it got.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) message: Message,
    pub(crate) author: Author,
    pub(crate) progress: Progress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Progress {
    /// Waits for its delay to pass.
    Pending { due: Timestamp },
    /// Took effect, as the `order`th message of its conversation.
    Processed { order: u64 },
}

impl Thread {
    pub(crate) fn new(conversation: Conversation, now: Timestamp) -> Self {
        Self {
            conversation,
            entries: Vec::new(),
            fields: BTreeMap::new(),
            tasks: BTreeSet::new(),
            ledgers: HashMap::new(),
            last_due: HashMap::new(),
            last_created: before(now),
            processed: 0,
            version: 0,
        }
    }

    /// The `createdAt` of the next message: whole milliseconds, later than every earlier one.
    pub(crate) fn next_created(&self, now: Timestamp) -> Timestamp {
        millisecond_after(self.last_created).max(whole_milliseconds(now))
    }

    /// Messages that took effect, in that order.
    pub(crate) fn processed(&self) -> Vec<&Message> {
        let mut done: Vec<(u64, &Message)> = self
            .entries
            .iter()
            .filter_map(|entry| match entry.progress {
                Progress::Processed { order } => Some((order, &entry.message)),
                Progress::Pending { .. } => None,
            })
            .collect();
        done.sort_by_key(|(order, _)| *order);
        done.into_iter().map(|(_, message)| message).collect()
    }

    /// Messages whose delay has not passed, by the time they are due.
    pub(crate) fn pending(&self) -> Vec<(Timestamp, &Message)> {
        let mut pending: Vec<(Timestamp, &Message)> = self
            .entries
            .iter()
            .filter_map(|entry| match entry.progress {
                Progress::Pending { due } => Some((due, &entry.message)),
                Progress::Processed { .. } => None,
            })
            .collect();
        pending.sort_by_key(|(due, _)| *due);
        pending
    }

    /// Changes the participant entry of `user`, which is made if there is none.
    pub(crate) fn update_participant(
        &mut self,
        user: &UserId,
        directory: &Directory,
        at: Timestamp,
        change: impl FnOnce(&mut Participant),
    ) {
        let participants = &mut self.conversation.participants;
        let index = participants
            .iter()
            .position(|participant| participant.user == *user)
            .unwrap_or_else(|| {
                participants.push(new_participant(user, directory, at));
                participants.len() - 1
            });
        if let Some(participant) = participants.get_mut(index) {
            change(participant);
            participant.updated_at = Some(at);
        }
    }

    pub(crate) fn is_active(&self, user: &UserId) -> bool {
        self.conversation
            .participant(user)
            .is_some_and(|participant| participant.active)
    }

    /// The user is in the conversation from now on.
    pub(crate) fn join(&mut self, user: &UserId, directory: &Directory, at: Timestamp) {
        if !self.is_active(user) {
            self.update_participant(user, directory, at, |participant| participant.active = true);
        }
    }

    /// The user joins and takes responsibility toward the consumer. Routed notifications vanish
    /// with the first accept; tasks stay until a person accepts.
    pub(crate) fn accept(&mut self, user: &UserId, directory: &Directory, at: Timestamp) {
        self.update_participant(user, directory, at, |participant| {
            participant.active = true;
            participant.accepted = true;
            participant.inbox = false;
        });
        if !directory.is_bot(user) {
            self.tasks.clear();
        }
        let tasks = &self.tasks;
        self.conversation
            .channels
            .retain(|channel| tasks.contains(channel));
        self.conversation.status = Some(ConversationStatus::Active);
    }

    /// The user leaves. An active conversation that nobody else has accepted is closed; one that
    /// is queued keeps waiting for somebody.
    pub(crate) fn leave(&mut self, user: &UserId, directory: &Directory, at: Timestamp) {
        if self.conversation.participant(user).is_some() {
            self.update_participant(user, directory, at, |participant| {
                participant.active = false;
                participant.accepted = false;
                participant.inbox = false;
            });
        }
        let accepted = self
            .conversation
            .participants
            .iter()
            .any(|participant| participant.accepted);
        if self.conversation.status == Some(ConversationStatus::Active) && !accepted {
            self.conversation.status = Some(ConversationStatus::Closed);
        }
    }

    /// Puts the conversation in the personal inbox of `user`.
    pub(crate) fn assign(&mut self, user: &UserId, directory: &Directory, at: Timestamp) {
        self.update_participant(user, directory, at, |participant| participant.inbox = true);
    }

    /// Queues the conversation and returns the channels that were not notified before.
    pub(crate) fn enqueue(&mut self, channels: Vec<ChannelId>) -> Vec<ChannelId> {
        self.conversation.status = Some(ConversationStatus::Queued);
        let known = &mut self.conversation.channels;
        channels
            .into_iter()
            .filter(|channel| {
                let new = !known.contains(channel);
                if new {
                    known.push(channel.clone());
                }
                new
            })
            .collect()
    }

    /// Whether the consumer ever wrote.
    pub(crate) fn is_answered(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.message.is_from_contact())
    }

    /// Messages without a touchpoint go out on this one from now on.
    pub(crate) fn select_touchpoint(&mut self, touchpoint: &Touchpoint) {
        let touchpoints = &mut self.conversation.touchpoints;
        for other in touchpoints.values_mut().filter_map(Value::as_object_mut) {
            other.insert("selected".into(), false.into());
        }
        touchpoints
            .entry(touchpoint.as_str().to_owned())
            .or_insert_with(|| json!({"services": []}))
            .as_object_mut()
            .map(|selected| selected.insert("selected".into(), true.into()));
        self.conversation.touchpoint = Some(touchpoint.clone());
    }

    /// The consumer or a person wrote: bots may again send as many messages as the limit allows.
    pub(crate) fn reset_consecutive(&mut self) {
        for ledger in self.ledgers.values_mut() {
            ledger.reset();
        }
    }
}

fn new_participant(user: &UserId, directory: &Directory, at: Timestamp) -> Participant {
    let known = directory.get(Kind::User, user.as_str());
    let word = |field| {
        known
            .and_then(|known| text(known, field))
            .map(str::to_owned)
    };
    Participant {
        user: user.clone(),
        name: word("displayName"),
        role: word("role"),
        organization: word("organization").map(Into::into),
        active: false,
        accepted: false,
        inbox: false,
        follow: false,
        unread_count: 0,
        avatar: word("avatar"),
        created_at: Some(at),
        updated_at: None,
        extra: Meta::new(),
    }
}

fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

fn millisecond_after(time: Timestamp) -> Timestamp {
    time.saturating_add(SignedDuration::from_millis(1))
        .unwrap_or(Timestamp::MAX)
}

fn before(time: Timestamp) -> Timestamp {
    whole_milliseconds(time)
        .saturating_sub(SignedDuration::from_millis(1))
        .unwrap_or(Timestamp::MIN)
}
