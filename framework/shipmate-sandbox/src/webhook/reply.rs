//! What a webhook answers beside its status.

use jiff::Timestamp;
use serde::Deserialize;
use web1on1::{ConversationId, NewMessage};

use crate::{Refusal, state::State, token};

/// An answer that posts messages in the name of the token's user (webhooks, responding).
#[derive(Deserialize)]
struct SynchronousAnswer {
    token: String,
    messages: Vec<NewMessage>,
}

impl State {
    /// Anything that is not such an answer is ignored; refusals show in the report only.
    pub(super) fn take_answer(
        &mut self,
        answer: &[u8],
        conversation: &ConversationId,
        now: Timestamp,
    ) {
        let Ok(answer) = serde_json::from_slice::<SynchronousAnswer>(answer) else {
            return;
        };
        let messages: Vec<NewMessage> = answer
            .messages
            .into_iter()
            .filter(|message| !message.text.is_empty())
            .collect();
        if messages.is_empty() {
            return;
        }
        let posted = token::read(&answer.token, &self.signing_key, now).and_then(|claims| {
            let author = self.author(&claims.user);
            self.post(&author, conversation, messages, now)
        });
        if let Err(refusal) = posted {
            let refusal: &Refusal = &refusal;
            tracing::warn!(%conversation, %refusal, "the messages of a webhook's answer were refused");
        }
    }
}
