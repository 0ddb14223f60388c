//! Changing and deleting messages that were created before.

use jiff::Timestamp;
use web1on1::{Message, MessageId, NewMessage};

use super::{Author, check::check};
use crate::{Refusal, state::State};

impl State {
    /// Puts a message in the place of the one with its id. What that one did is not undone.
    ///
    /// # Errors
    /// 404 for an unknown id, 422 if it could not have been created like this.
    pub(crate) fn replace_message(
        &mut self,
        mut message: Message,
        author: &Author,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        check(&as_new(&message)?, &self.directory, self.quirks)?;
        message.meta = self.quirks.kept(message.meta);
        message.updated_at = Some(now);
        let known = self
            .threads
            .message_mut(&message.id)
            .ok_or_else(|| Refusal::not_found("message", message.id.as_str()))?;
        *known = message.clone();
        if let Some(id) = &message.conversation {
            self.touch(id);
        }
        self.announce_message("update", &message, author, now);
        Ok(message)
    }

    pub(crate) fn delete_message(&mut self, id: &MessageId, author: &Author, now: Timestamp) {
        let Some(message) = self.threads.message(id).cloned() else {
            return;
        };
        self.announce_message("delete", &message, author, now);
        self.threads.remove_message(id);
        if let Some(id) = &message.conversation {
            self.touch(id);
        }
    }
}

/// The message as it would be created.
fn as_new(message: &Message) -> Result<NewMessage, Refusal> {
    let json = serde_json::to_value(message);
    json.and_then(serde_json::from_value)
        .map_err(|error| Refusal::bad_request(format!("message: {error}")))
}
