//! Looking for messages whose answer was lost.

use std::collections::HashSet;

use jiff::Timestamp;
use web1on1::{Client, Error, Message, Permit, Query, Request};

use super::{
    Outbox, Step,
    resolve::{self, Found, Place, Witness},
    settle::Settled,
};
use crate::{
    causes::with_causes,
    conversations::Live,
    policy::InDoubt,
    store::{Doubt, Key, Mark, QueuedRow, RowEnd, RowKind, StoreError},
};

/// Messages asked for at once.
const PAGE: u32 = 100;

/// Pages read to find a message; a conversation has not that many messages in so short a time.
const PAGES: u32 = 10;

/// Why the platform cannot be asked for messages.
enum Blind {
    /// It may answer later.
    ForNow(String),
    /// It says that it never will.
    ForGood(String),
}

/// Whether the platform clearly refuses to show something. Asking again does no harm, so nothing less
/// is taken for the last word: a redirect, for example, means a wrong address, which a person can put
/// right.
pub(crate) fn is_last_word(error: &Error) -> bool {
    let status = error.status();
    let is_refusal = status.is_some_and(|status| (400..500).contains(&status));
    is_refusal && !error.is_retryable() && !error.is_token_problem()
}

impl Outbox {
    /// Looks for `rows`, all in doubt, and decides about each: it is there, it is to be sent again,
    /// or it is to be looked for again later.
    pub(super) async fn look(
        &self,
        key: &Key,
        client: &Client,
        permit: Permit,
        live: &Live,
        rows: &[QueuedRow],
    ) -> Result<Step, StoreError> {
        let (messages, changes): (Vec<_>, Vec<_>) = rows
            .iter()
            .cloned()
            .partition(|row| row.content.kind == RowKind::Message);
        let mut settled = Settled::new(key, self.clock.now());
        for change in &changes {
            // Merging the same values again changes nothing.
            settled.mark(
                change.id,
                self.again(change, "whether it took effect is not known"),
            );
        }
        if messages.is_empty() {
            permit.return_unused();
        } else {
            match self.listed(key, client, permit, &messages).await {
                // That it can be read does not mean that it takes messages, so a pause goes on.
                Ok(listed) => {
                    let known = self.known(key, &messages, &listed).await?;
                    let found = resolve::resolve(&messages, &listed, &known);
                    for (row, found) in messages.iter().zip(found) {
                        self.conclude(key, live, row, found, &mut settled);
                    }
                }
                Err(blind) => self.cannot_look(key, &messages, &blind, live, &mut settled),
            }
        }
        settled.record(self, live).await
    }

    /// The conversation's messages from the time of the doubt on, the oldest first.
    async fn listed(
        &self,
        key: &Key,
        client: &Client,
        permit: Permit,
        rows: &[QueuedRow],
    ) -> Result<Vec<Message>, Blind> {
        let since = resolve::earliest(rows).unwrap_or(Timestamp::MIN);
        let mut listed = Vec::new();
        let mut permit = Some(permit);
        for page in 0..PAGES {
            let permit = match permit.take() {
                Some(permit) => permit,
                None => self.permit().await,
            };
            let query = Query::new()
                .equals("conversation", &*key.mailbox)
                .at_least("createdAt", since)
                .descending("createdAt")
                .limit(PAGE)
                .offset(u64::from(page * PAGE));
            let request = Request::get(["messages"]).query(query);
            let answer = client.send_with(permit, request).await;
            let messages: Vec<Message> = answer
                .and_then(|answer| answer.json())
                .map_err(|error| self.blind(key, &error))?;
            let is_last = messages.len() < PAGE as usize;
            listed.extend(messages);
            if is_last {
                break;
            }
        }
        listed.reverse();
        Ok(listed)
    }

    fn blind(&self, key: &Key, error: &Error) -> Blind {
        let text = with_causes(error);
        if is_last_word(error) {
            return Blind::ForGood(text);
        }
        self.health
            .fails(&key.bot, error.retry_after(), self.clock.now());
        Blind::ForNow(text)
    }

    /// The ids of messages that belong to other rows; only needed where markers get lost.
    async fn known(
        &self,
        key: &Key,
        rows: &[QueuedRow],
        listed: &[Message],
    ) -> Result<HashSet<String>, StoreError> {
        match resolve::earliest(rows) {
            Some(since) if resolve::has_unmarked(listed) => {
                let ids = self.store.sent_messages(key, since).await?;
                Ok(ids.into_iter().collect())
            }
            _ => Ok(HashSet::new()),
        }
    }

    fn conclude(
        &self,
        key: &Key,
        live: &Live,
        row: &QueuedRow,
        found: Found,
        settled: &mut Settled<'_>,
    ) {
        let now = self.clock.now();
        let Some(doubt) = row.doubt else { return };
        let mut kept = live.kept();
        if let Some(place) = found.at {
            let mark = self.sent(key, doubt, place);
            return settled.sent(row, doubt.at, mark, &mut kept);
        }
        let certain_at = self.certain_at(doubt);
        let mark = if now < certain_at {
            Mark::Unknown {
                doubt,
                look_at: certain_at,
                error: "not there yet; looked for again".to_owned(),
            }
        } else {
            tracing::info!(lane = %key, row = row.id, "a message whose answer was lost is not there; it is sent again");
            self.again(row, "looked for and not found")
        };
        settled.missing(row, doubt.at, mark, &mut kept);
    }

    fn sent(&self, key: &Key, doubt: Doubt, place: Place) -> Mark {
        let note = match place.by {
            Witness::Marker => "found by its marker after the answer was lost",
            Witness::Text => {
                tracing::warn!(lane = %key, "the platform does not hand markers back; a message was recognised by its text and time");
                self.metrics.found_by_text();
                "found by its text and time after the answer was lost; the platform does not hand markers back"
            }
        };
        Mark::Sent {
            message: Some(place.message),
            at: place.created_at.unwrap_or(doubt.at),
            note: Some(note.to_owned()),
        }
    }

    /// What is not there by then will not come any more.
    fn certain_at(&self, doubt: Doubt) -> Timestamp {
        let claimed_at = self.platform.to_local(doubt.claimed_at);
        claimed_at
            .checked_add(self.options.carried_out_within)
            .unwrap_or(Timestamp::MAX)
    }

    /// Sends `row` again, unless that was tried for too long.
    fn again(&self, row: &QueuedRow, why: &str) -> Mark {
        let now = self.clock.now();
        if self.is_hopeless(row, now) {
            let reason = format!("given up after {} tries: {why}", row.attempts);
            return Mark::Ended {
                end: RowEnd::Dead,
                reason,
            };
        }
        Mark::Retry {
            at: now,
            error: why.to_owned(),
        }
    }

    /// The platform does not show its messages.
    fn cannot_look(
        &self,
        key: &Key,
        rows: &[QueuedRow],
        blind: &Blind,
        live: &Live,
        settled: &mut Settled<'_>,
    ) {
        let now = self.clock.now();
        for row in rows {
            let Some(doubt) = row.doubt else { continue };
            let waited = now.duration_since(self.platform.to_local(doubt.at));
            let mark = match blind {
                Blind::ForNow(error) if waited < self.options.look_for => Mark::Unknown {
                    doubt,
                    look_at: now
                        .checked_add(self.pause(row.attempts))
                        .unwrap_or(Timestamp::MAX),
                    error: error.clone(),
                },
                Blind::ForNow(error) | Blind::ForGood(error) => self.unseen(key, row, error),
            };
            settled.missing(row, doubt.at, mark, &mut live.kept());
        }
    }

    /// Whether it is there cannot be learned, so the policy decides.
    fn unseen(&self, key: &Key, row: &QueuedRow, error: &str) -> Mark {
        match self.options.policies.of(row.content.class).in_doubt {
            InDoubt::NotLost => {
                tracing::warn!(lane = %key, row = row.id, %error, "a message in doubt cannot be looked for; it is sent again, perhaps twice");
                Mark::Retry {
                    at: self.clock.now(),
                    error: format!(
                        "sent again, perhaps twice, since it cannot be looked for: {error}"
                    ),
                }
            }
            InDoubt::NotTwice => {
                tracing::error!(lane = %key, row = row.id, %error, "a message in doubt cannot be looked for; it is kept and not sent again");
                Mark::Ended {
                    end: RowEnd::Unresolved,
                    reason: format!("whether it arrived cannot be learned: {error}"),
                }
            }
        }
    }
}
