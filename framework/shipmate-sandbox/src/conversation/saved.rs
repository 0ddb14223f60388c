//! Conversations as they are kept in a snapshot.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web1on1::{ChannelId, Conversation, ConversationId, FormId, UserId};

use super::{Entry, Thread, Threads, threads::Due};
use crate::limit::MessageLedger;

/// All conversations, oldest first, and what happens in them by itself, earliest first.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SavedThreads {
    threads: Vec<SavedThread>,
    due: Vec<(Timestamp, ConversationId, Due)>,
}

#[derive(Clone, Serialize, Deserialize)]
struct SavedThread {
    conversation: Conversation,
    entries: Vec<Entry>,
    fields: BTreeMap<FormId, BTreeMap<String, String>>,
    tasks: BTreeSet<ChannelId>,
    ledgers: HashMap<UserId, MessageLedger>,
    /// As pairs: the consumer has no id.
    last_due: Vec<(Option<UserId>, Timestamp)>,
    last_created: Timestamp,
    processed: u64,
    version: u64,
}

impl SavedThreads {
    pub(crate) fn conversations_mut(&mut self) -> impl Iterator<Item = &mut Conversation> {
        self.threads
            .iter_mut()
            .map(|thread| &mut thread.conversation)
    }

    pub(crate) fn put_back(self) -> Threads {
        let mut threads = Threads::default();
        for thread in self.threads {
            threads.insert(thread.put_back());
        }
        for (at, id, due) in self.due {
            threads.schedule(at, &id, due);
        }
        threads
    }
}

impl Threads {
    pub(crate) fn save(&self) -> SavedThreads {
        let due = self
            .due()
            .map(|(at, id, due)| (at, id.clone(), due.clone()));
        SavedThreads {
            threads: self.iter().map(SavedThread::of).collect(),
            due: due.collect(),
        }
    }
}

impl SavedThread {
    fn of(thread: &Thread) -> Self {
        let last_due = thread.last_due.iter();
        Self {
            conversation: thread.conversation.clone(),
            entries: thread.entries.clone(),
            fields: thread.fields.clone(),
            tasks: thread.tasks.clone(),
            ledgers: thread.ledgers.clone(),
            last_due: last_due.map(|(user, at)| (user.clone(), *at)).collect(),
            last_created: thread.last_created,
            processed: thread.processed,
            version: thread.version,
        }
    }

    fn put_back(self) -> Thread {
        Thread {
            conversation: self.conversation,
            entries: self.entries,
            fields: self.fields,
            tasks: self.tasks,
            ledgers: self.ledgers,
            last_due: self.last_due.into_iter().collect(),
            last_created: self.last_created,
            processed: self.processed,
            version: self.version,
        }
    }
}
