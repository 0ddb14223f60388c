//! One request, and what its answer means.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use jiff::Timestamp;
use web1on1::{Client, ConversationId, Error, Permit, Receipt};

use super::change::change;
use crate::{
    causes::with_causes,
    store::{Key, QueuedRow, RowKind},
};

/// What became of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The platform has it.
    Sent(Vec<Receipt>),
    /// Nothing happened, and it may work later.
    RefusedForNow {
        error: String,
        /// How long the platform asks to wait.
        pause: Option<Duration>,
        reason: Refusal,
    },
    /// Nothing happened, and it never will.
    Refused(String),
    /// The answer was lost.
    InDoubt(String),
}

impl Answer {
    /// When the platform created the last message of the request.
    pub(super) fn created_at(&self) -> Option<Timestamp> {
        match self {
            Self::Sent(receipts) => receipts.last()?.created_at,
            _ => None,
        }
    }
}

/// Why a request was refused for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A limit on messages of this conversation was hit.
    Messages,
    /// There were too many requests.
    Requests,
    /// The token was not accepted.
    Token,
    /// The platform does not work, or is not reached.
    Outage,
    /// It concerns only what was to be sent.
    Row,
}

/// Sends rows: messages as one array, or a change.
pub(super) async fn send(
    client: &Client,
    permit: Permit,
    key: &Key,
    batch: &[QueuedRow],
) -> Answer {
    let conversation = ConversationId::from(&*key.mailbox);
    if let Some(row) = batch.first()
        && row.content.kind != RowKind::Message
    {
        permit.return_unused();
        let changed = change(client, &conversation, &row.content).await;
        return changed.map_or_else(
            |error| judge_repeatable(&error),
            |()| Answer::Sent(Vec::new()),
        );
    }
    let messages = client.messages();
    match messages.post_raw(permit, &conversation, array(batch)).await {
        Ok(receipts) if receipts.len() == batch.len() && all_named(&receipts) => {
            Answer::Sent(receipts)
        }
        // A yes from something else than the platform, such as a page of a proxy.
        Ok(_) => Answer::InDoubt("the answer was a yes, but does not name the messages".into()),
        Err(error) => judge(&error),
    }
}

fn all_named(receipts: &[Receipt]) -> bool {
    receipts.iter().all(|receipt| receipt.id.is_some())
}

fn array(batch: &[QueuedRow]) -> Bytes {
    let size: usize = batch.iter().map(|row| row.content.body.len() + 1).sum();
    let mut body = BytesMut::with_capacity(size + 1);
    for (index, row) in batch.iter().enumerate() {
        body.put_u8(if index == 0 { b'[' } else { b',' });
        body.put_slice(&row.content.body);
    }
    body.put_u8(b']');
    body.freeze()
}

/// Merging the same values again is harmless, so after a lost answer it is simply done again.
fn judge_repeatable(error: &Error) -> Answer {
    match judge(error) {
        Answer::InDoubt(error) => Answer::RefusedForNow {
            error,
            pause: None,
            reason: Refusal::Row,
        },
        answer => answer,
    }
}

/// What a failed request means.
pub(crate) fn judge(error: &Error) -> Answer {
    let text = with_causes(error);
    let refused = |reason| Answer::RefusedForNow {
        error: with_causes(error),
        pause: error.retry_after(),
        reason,
    };
    if error.is_token_problem() {
        return refused(Refusal::Token);
    }
    match error.status() {
        // Redirects are not followed: the address is wrong, which a person can put right.
        Some(300..=399) => refused(Refusal::Outage),
        Some(429) if is_message_limit(error) => refused(Refusal::Messages),
        Some(429) => refused(Refusal::Requests),
        // A yes that takes itself back; and a gateway that got no sensible answer, whatever the
        // platform did behind it.
        Some(200..=299 | 502) => Answer::InDoubt(text),
        _ if error.is_refused_for_now() => refused(Refusal::Outage),
        _ if error.is_in_doubt() => Answer::InDoubt(text),
        _ => Answer::Refused(text),
    }
}

/// Whether a 429 is about messages of this conversation, and not about requests. Only the words of
/// its body can tell (API Basics calls it a "rate limit error").
fn is_message_limit(error: &Error) -> bool {
    let Error::Status {
        message: Some(message),
        ..
    } = error
    else {
        return false;
    };
    let message = message.to_ascii_lowercase();
    [
        "identical",
        "consecutive",
        "conversation",
        "rate limit error",
    ]
    .iter()
    .any(|word| message.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, message: Option<&str>) -> Answer {
        judge(&Error::Status {
            request: "POST /v2/conversations/c/messages".into(),
            status,
            message: message.map(Into::into),
            retry_after: Some(Duration::from_secs(7)),
        })
    }

    #[test]
    fn a_limit_of_messages_concerns_the_conversation_and_one_of_requests_the_key() {
        let identical = status(429, Some("rate limit error: 8 identical messages"));
        assert!(matches!(
            identical,
            Answer::RefusedForNow {
                reason: Refusal::Messages,
                ..
            }
        ));
        let requests = status(429, Some("Too many requests"));
        assert!(matches!(
            requests,
            Answer::RefusedForNow {
                reason: Refusal::Requests,
                pause: Some(_),
                ..
            }
        ));
    }

    #[test]
    fn only_what_may_have_taken_effect_is_in_doubt() {
        assert!(matches!(status(500, None), Answer::InDoubt(_)));
        assert!(matches!(status(504, None), Answer::InDoubt(_)));
        assert!(matches!(status(502, None), Answer::InDoubt(_)));
        assert!(matches!(status(200, None), Answer::InDoubt(_)));
        assert!(matches!(status(503, None), Answer::RefusedForNow { .. }));
        assert!(matches!(
            status(401, None),
            Answer::RefusedForNow {
                reason: Refusal::Token,
                ..
            }
        ));
        assert!(matches!(status(403, None), Answer::Refused(_)));
        assert!(matches!(status(422, None), Answer::Refused(_)));
        assert!(matches!(status(301, None), Answer::RefusedForNow { .. }));
    }
}
