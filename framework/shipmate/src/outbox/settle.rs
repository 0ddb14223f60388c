//! What an answer means for the rows of a request and for the ledger.

use jiff::Timestamp;

use super::{
    Outbox, Step,
    lanes::ALONE,
    platform_clock::is_believable,
    send::{Answer, Refusal},
};
use crate::{
    conversations::{Kept, Live},
    limit::Entry,
    store::{Doubt, Key, Mark, QueuedRow, RowEnd, RowId, RowKind, StoreError, Unverified},
};
use web1on1::Receipt;

/// A request that was made: its rows, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) key: &'a Key,
    pub(super) rows: &'a [QueuedRow],
    /// When its rows were claimed, on the platform's clock.
    pub(super) claimed_at: Timestamp,
    pub(super) sent_at: Timestamp,
    pub(super) answered_at: Timestamp,
}

/// What is decided about rows, to be put on record.
pub(super) struct Settled<'a> {
    key: &'a Key,
    marks: Vec<(RowId, Mark)>,
    /// Sent messages whose commands may turn out not to be understood.
    unverified: Vec<Unverified>,
    now: Timestamp,
}

impl Outbox {
    /// Turns the platform's answer into marks, and puts the ledger right: `kept` counts the rows as
    /// if they had been created when they were claimed.
    pub(super) fn settle<'a>(
        &self,
        request: Request<'a>,
        answer: Answer,
        kept: &mut Kept,
    ) -> Settled<'a> {
        let mut settled = Settled::new(request.key, request.answered_at);
        match answer {
            Answer::Sent(receipts) => self.settle_sent(request, receipts, kept, &mut settled),
            Answer::InDoubt(error) => self.settle_doubt(request, &error, kept, &mut settled),
            Answer::RefusedForNow {
                error,
                pause,
                reason,
            } => {
                let limit = reason == Refusal::Messages;
                if limit {
                    tracing::warn!(lane = %request.key, %error, "the platform's limit was hit although it was not expected to be");
                    self.metrics.unforeseen();
                }
                let attempts = request.rows.first().map_or(0, |row| row.attempts);
                let pause = pause.unwrap_or_else(|| self.pause_after_refusal(attempts, limit));
                let at = request
                    .answered_at
                    .checked_add(pause)
                    .unwrap_or(Timestamp::MAX);
                for row in request.rows {
                    settled.missing(row, request.claimed_at, self.refused(row, at, &error), kept);
                }
            }
            Answer::Refused(error) if request.rows.len() > 1 => {
                tracing::warn!(lane = %request.key, messages = request.rows.len(), %error, "messages were refused together; they are tried one by one");
                for row in request.rows {
                    settled.missing(
                        row,
                        request.claimed_at,
                        self.refused(row, ALONE, &error),
                        kept,
                    );
                }
            }
            Answer::Refused(error) => {
                tracing::error!(lane = %request.key, %error, "the platform refuses a message for good; it is given up");
                for row in request.rows {
                    // Perhaps it has too many lines, and what it sets can be set one by one.
                    settled.look_for_effect(row, request.claimed_at);
                    settled.missing(row, request.claimed_at, dead(&error), kept);
                }
            }
        }
        settled
    }

    fn settle_sent(
        &self,
        request: Request<'_>,
        receipts: Vec<Receipt>,
        kept: &mut Kept,
        settled: &mut Settled<'_>,
    ) {
        let mut receipts = receipts.into_iter();
        for row in request.rows {
            let receipt = receipts.next().unwrap_or_default();
            let believed = receipt
                .created_at
                .filter(|at| is_believable(*at, request.sent_at, request.answered_at));
            let at = believed.unwrap_or_else(|| self.platform_now());
            let mark = Mark::Sent {
                message: receipt.id.map(|id| id.to_string()),
                at,
                note: None,
            };
            settled.sent(row, request.claimed_at, mark, kept);
        }
    }

    fn settle_doubt(
        &self,
        request: Request<'_>,
        error: &str,
        kept: &mut Kept,
        settled: &mut Settled<'_>,
    ) {
        tracing::warn!(lane = %request.key, messages = request.rows.len(), %error, "the answer to a send was lost; the messages are looked for");
        let doubt = Doubt {
            claimed_at: request.claimed_at,
            at: self.platform_now(),
        };
        for row in request.rows {
            kept.count_again(row, request.claimed_at, doubt.at);
            let mark = Mark::Unknown {
                doubt,
                look_at: request.answered_at,
                error: error.to_owned(),
            };
            settled.mark(row.id, mark);
        }
    }

    /// Nothing happened. It is tried again at `at`, unless that was done for too long.
    fn refused(&self, row: &QueuedRow, at: Timestamp, error: &str) -> Mark {
        if self.is_hopeless(row, self.clock.now()) {
            return dead(error);
        }
        Mark::Retry {
            at,
            error: error.to_owned(),
        }
    }

    /// Whether sending `row` was tried often enough and for long enough.
    pub(super) fn is_hopeless(&self, row: &QueuedRow, now: Timestamp) -> bool {
        let age = now.duration_since(row.created_at);
        age > self.options.give_up_after && row.attempts >= self.options.tries
    }
}

impl<'a> Settled<'a> {
    pub(super) fn new(key: &'a Key, now: Timestamp) -> Self {
        Self {
            key,
            marks: Vec::new(),
            unverified: Vec::new(),
            now,
        }
    }

    pub(super) fn mark(&mut self, row: RowId, mark: Mark) {
        self.marks.push((row, mark));
    }

    /// `row` is on the platform. The ledger, which counts it at `counted_at`, learns when it was
    /// created.
    pub(super) fn sent(
        &mut self,
        row: &QueuedRow,
        counted_at: Timestamp,
        mark: Mark,
        kept: &mut Kept,
    ) {
        if let Mark::Sent { at, .. } = mark {
            kept.count_again(row, counted_at, at);
            self.look_for_effect(row, at);
        }
        self.mark(row.id, mark);
    }

    /// Whether the commands of `row`, which the platform had at `at`, take effect has to be seen.
    fn look_for_effect(&mut self, row: &QueuedRow, at: Timestamp) {
        if let Some(sets) = &row.content.sets {
            self.unverified.push(Unverified {
                row: row.id,
                at,
                sets: sets.clone(),
            });
        }
    }

    /// `row`, counted at `counted_at`, is not on the platform, or not known to be.
    pub(super) fn missing(
        &mut self,
        row: &QueuedRow,
        counted_at: Timestamp,
        mark: Mark,
        kept: &mut Kept,
    ) {
        if matches!(mark, Mark::Retry { .. })
            || matches!(mark, Mark::Ended { end, .. } if end != RowEnd::Unresolved)
        {
            kept.ledger.forget(entry(row, counted_at));
        }
        self.mark(row.id, mark);
    }

    /// Puts it on record, then lets memory follow.
    pub(super) async fn record(self, outbox: &Outbox, live: &Live) -> Result<Step, StoreError> {
        while let Err(error) = outbox.store.mark(self.marks.clone(), self.now).await {
            if outbox.stopping.get().is_some() {
                // The rows stay `sending` in the store, and are in doubt in the next run.
                return Err(error);
            }
            tracing::error!(lane = %self.key, %error, "what became of a send waits for the store");
            outbox.rest().await;
        }
        for (_, mark) in &self.marks {
            outbox.metrics.outbox(became(mark), 1);
        }
        let gone = outbox.lanes.settle(self.key, &self.marks);
        let mut kept = live.kept();
        kept.queued = kept.queued.saturating_sub(gone);
        kept.unverified.extend(self.unverified);
        Ok(Step::Again)
    }
}

impl Kept {
    /// Counts a row's message at `to` and not at `from`.
    fn count_again(&mut self, row: &QueuedRow, from: Timestamp, to: Timestamp) {
        if row.content.kind == RowKind::Message {
            self.ledger.forget(entry(row, from));
            self.ledger.record(entry(row, to));
        }
    }
}

/// How a row counts.
pub(super) fn entry(row: &QueuedRow, at: Timestamp) -> Entry {
    Entry {
        at,
        text: row.content.text,
    }
}

fn dead(error: &str) -> Mark {
    Mark::Ended {
        end: RowEnd::Dead,
        reason: error.to_owned(),
    }
}

fn became(mark: &Mark) -> &'static str {
    match mark {
        Mark::Sent { .. } => "sent",
        Mark::Retry { .. } => "retry",
        Mark::Unknown { .. } => "unknown",
        Mark::Ended { end, .. } => end.as_str(),
    }
}
