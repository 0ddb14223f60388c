//! Creating messages: validation, limits, delay, effect, event.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web1on1::{
    ChannelId, Conversation, ConversationId, ConversationStatus, Message, MessageType, NewMessage,
    Role, UserId,
};

use super::{
    Entry, Progress, check::check, effect::field_parts, template::text_of_template, threads::Due,
};
use crate::{Refusal, limit::Rule, state::State};

/// On whose behalf a message is created. A message may show another user as its sender; limits
/// and resets go by the author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Author {
    /// The consumer.
    Contact,
    /// A person who works with the platform.
    Person(UserId),
    /// A bot's user.
    Bot(UserId),
}

impl Author {
    pub(crate) fn user(&self) -> Option<&UserId> {
        match self {
            Self::Contact => None,
            Self::Person(user) | Self::Bot(user) => Some(user),
        }
    }

    pub(crate) fn is_bot(&self) -> bool {
        matches!(self, Self::Bot(_))
    }
}

impl State {
    /// Creates messages in a conversation, all or none, and processes those without delay.
    ///
    /// # Errors
    /// 404 for an unknown conversation, 400 and 422 for messages the platform cannot process, 429
    /// if the author is a bot and one of its limits would be exceeded.
    pub(crate) fn post(
        &mut self,
        author: &Author,
        id: &ConversationId,
        mut batch: Vec<NewMessage>,
        now: Timestamp,
    ) -> Result<Vec<Message>, Refusal> {
        if batch.is_empty() {
            return Err(Refusal::bad_request("no message given"));
        }
        let texts = self.check_batch(id, &batch)?;
        for (message, text) in batch.iter_mut().zip(texts) {
            message.text = text.unwrap_or_else(|| std::mem::take(&mut message.text));
        }
        self.check_limits(author, id, &batch, now)?;
        let mut created = Vec::with_capacity(batch.len());
        for new in batch {
            if let Some(message) = self.create(author, id, new, now) {
                created.push(message);
            }
        }
        self.process_due(now);
        Ok(created)
    }

    /// Processes the delayed messages that are due by `now`, each at its own time. Deliveries that
    /// were to be tried again before keep their place before the messages' events.
    pub(crate) fn process_due(&mut self, now: Timestamp) {
        while let Some((at, id, due)) = self.threads.take_due(now) {
            self.queue.wake(at);
            match due {
                Due::Message(index) => self.process(&id, index, at),
                Due::Channel(channel) => self.notify_late(&id, channel, at),
            }
        }
    }

    /// A channel is told of a conversation that still waits.
    fn notify_late(&mut self, id: &ConversationId, channel: ChannelId, at: Timestamp) {
        let Some(thread) = self.threads.get_mut(id) else {
            return;
        };
        if thread.conversation.status != Some(ConversationStatus::Queued) {
            return;
        }
        if let Some(channel) = thread.enqueue(vec![channel]).pop() {
            thread.conversation.updated_at = Some(at);
            self.touch(id);
            self.announce_conversation("update", id, None, at);
            self.announce_notification(id, &channel, at);
        }
    }

    /// The texts that take the place of those of the messages, where they name a template.
    fn check_batch(
        &self,
        id: &ConversationId,
        batch: &[NewMessage],
    ) -> Result<Vec<Option<String>>, Refusal> {
        let thread = self.threads.find(id)?;
        let stray = |new: &NewMessage| new.conversation.as_ref().is_some_and(|other| other != id);
        if batch.iter().any(stray) {
            return Err(Refusal::unprocessable(
                "the message names another conversation than the address",
            ));
        }
        self.check_messages(batch, &thread.conversation, thread.is_answered())
    }

    /// Whether the messages could be processed in a conversation, which need not exist yet.
    pub(super) fn check_messages(
        &self,
        batch: &[NewMessage],
        conversation: &Conversation,
        is_answered: bool,
    ) -> Result<Vec<Option<String>>, Refusal> {
        let directory = &self.directory;
        let mut touchpoint = conversation.touchpoint.as_ref();
        let texts = batch.iter().map(|new| {
            check(new, directory, self.quirks)?;
            touchpoint = new.touchpoint.as_ref().or(touchpoint);
            text_of_template(new, touchpoint, conversation, is_answered, directory)
        });
        texts.collect()
    }

    /// Every message of a bot counts, whatever its type (API Basics, rate limiting).
    fn check_limits(
        &mut self,
        author: &Author,
        id: &ConversationId,
        batch: &[NewMessage],
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (Author::Bot(bot), Some(thread)) = (author, self.threads.get_mut(id)) else {
            return Ok(());
        };
        let timed: Vec<_> = batch.iter().map(|new| (now, new.text.as_str())).collect();
        let ledger = thread.ledgers.entry(bot.clone()).or_default();
        match ledger.check(&self.limits, &timed) {
            Ok(()) => {
                for (at, text) in timed {
                    ledger.record(&self.limits, at, text);
                }
                self.tally.bot_messages += batch.len() as u64;
                Ok(())
            }
            Err(rule) => Err(self.too_many_messages(rule, batch.len())),
        }
    }

    fn create(
        &mut self,
        author: &Author,
        id: &ConversationId,
        new: NewMessage,
        now: Timestamp,
    ) -> Option<Message> {
        let message_id = self.ids.next(now);
        let thread = self.threads.get_mut(id)?;
        let at = thread.next_created(now);
        let delay = SignedDuration::from_millis(
            i64::try_from(new.delay.unwrap_or_default()).unwrap_or(i64::MAX),
        );
        let own_due = now.saturating_add(delay).unwrap_or(Timestamp::MAX);
        // A message never overtakes an earlier one of its author that still waits.
        let last_due = thread.last_due.entry(author.user().cloned()).or_insert(now);
        let due = own_due.max(*last_due);
        *last_due = due;
        let conversation = &thread.conversation;
        let has_role = matches!(
            new.kind,
            MessageType::Chat | MessageType::Card | MessageType::Mention | MessageType::Postback
        );
        let default_role = match author {
            Author::Contact => Role::Contact,
            _ => Role::Bot,
        };
        let role = new.role.or(has_role.then_some(default_role));
        let is_from_contact = role == Some(Role::Contact);
        let mut message = Message {
            id: message_id,
            conversation: Some(id.clone()),
            organization: conversation.organization.clone(),
            org_path: conversation.org_path.clone(),
            kind: new.kind,
            text: new.text,
            content_type: Some(new.content_type.unwrap_or_else(|| "text/plain".to_owned())),
            user: new
                .user
                .or_else(|| author.user().filter(|_| !is_from_contact).cloned()),
            role,
            is_backchannel: new.is_backchannel,
            delay: new.delay,
            meta: self.quirks.kept(new.meta),
            actions: new.actions,
            items: new.items,
            touchpoint: new.touchpoint,
            results: (!new.results.is_empty())
                .then(|| serde_json::to_value(new.results).unwrap_or(Value::Null)),
            created_at: Some(at),
            updated_at: Some(at),
            extra: new.extra,
        };
        if let Some((key, _)) = field_parts(&message.text)
            && message.kind == MessageType::Field
        {
            message.meta.insert("key".into(), key.into());
        }
        let entry = Entry {
            message: message.clone(),
            author: author.clone(),
            progress: Progress::Pending { due },
        };
        self.threads.push(id, entry)?;
        self.tally.messages += 1;
        self.journal
            .message_created(author.into(), id, &message.id, now);
        Some(message)
    }

    /// Lets a message take effect, on the account of what created it.
    fn process(&mut self, id: &ConversationId, index: usize, at: Timestamp) {
        let entry = self
            .threads
            .get(id)
            .and_then(|thread| thread.entries.get(index));
        let Some(message) = entry.map(|entry| entry.message.id.clone()) else {
            return;
        };
        let cause = self.journal.resume(&message);
        self.take_effect(id, index, at);
        self.journal.restore(cause);
    }

    fn take_effect(&mut self, id: &ConversationId, index: usize, at: Timestamp) {
        let Some(thread) = self.threads.get_mut(id) else {
            return;
        };
        let order = thread.processed;
        thread.processed += 1;
        let Some(entry) = thread.entries.get_mut(index) else {
            return;
        };
        entry.progress = Progress::Processed { order };
        let author = entry.author.clone();
        let mut message = entry.message.clone();
        let before = thread.conversation.clone();
        if let Some(touchpoint) = &message.touchpoint {
            thread.select_touchpoint(touchpoint);
        } else if message.role.is_some() {
            message.touchpoint = thread.conversation.touchpoint.clone();
        }
        let effects = thread.apply(&message, &author, &self.directory, self.quirks, at);
        let changed = thread.conversation != before;
        if changed {
            thread.conversation.updated_at = Some(at);
        }
        thread.count_unread(&message);
        if let Some(entry) = thread.entries.get_mut(index) {
            entry.message.touchpoint.clone_from(&message.touchpoint);
        }
        self.touch(id);
        self.announce_message("create", &message, &author, at);
        if changed {
            self.announce_conversation("update", id, author.user(), at);
        }
        for channel in effects.notified {
            self.announce_notification(id, &channel, at);
        }
        for (delay, channel) in effects.later {
            let due = at.saturating_add(delay).unwrap_or(Timestamp::MAX);
            self.threads.schedule(due, id, Due::Channel(channel));
        }
    }

    /// Counts the refused messages and says so.
    pub(super) fn too_many_messages(&mut self, rule: Rule, messages: usize) -> Refusal {
        self.tally.refuse(rule, messages);
        let explanation = match rule {
            Rule::Identical => "too many identical messages in this conversation",
            _ => "too many consecutive messages in this conversation",
        };
        Refusal::limited(rule, format!("rate limit error: {explanation}"))
    }
}
