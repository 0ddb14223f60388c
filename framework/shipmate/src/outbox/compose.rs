//! What the next request of a lane is: a function of its first rows, of what was sent lately, and
//! of the time.
//!
//! In this order: what is too late ends; `/set`s that a later one overrules are left out, and
//! neighbouring ones share a message ([`sets`]); what would be one identical message too many takes
//! another wording ([`wording`]); and if the limits still do not let everything through, texts may
//! be joined ([`texts`]). What is decided here takes effect with the claim of the request, so
//! nothing is lost or done twice if there is no claim.

mod body;
mod request;
mod sets;
mod texts;
mod wording;

use std::borrow::Cow;

use jiff::Timestamp;

use self::request::request;
pub(super) use self::sets::Lines;
use crate::{
    limit::{Ledger, Limits, Rule},
    policy::Policies,
    store::{Claim, QueuedRow, RowEnd, RowId},
};

/// How requests are composed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// Messages in one request at most.
    pub(super) batch: usize,
    /// Characters of texts that are joined, at most.
    pub(super) longest: usize,
    /// How the platform takes several commands in one message.
    pub(super) lines: Lines,
    /// What happens to what a limit holds back.
    pub(super) policies: Policies,
}

/// What holds when a request is composed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    /// What was sent lately.
    pub(super) ledger: &'a Ledger,
    /// What may be sent.
    pub(super) limits: &'a Limits,
    /// The time on our clock.
    pub(super) local: Timestamp,
    /// The time on the platform's clock.
    pub(super) platform: Timestamp,
}

/// The next request of a lane, or why there is none yet.
#[derive(Debug, Default)]
pub(super) struct Composed {
    /// What is sent, in order; empty if nothing may be sent now.
    pub(super) send: Vec<QueuedRow>,
    /// What the store has to know first. It may end rows although nothing is sent.
    pub(super) claim: Claim,
    /// Set if rows are left but none may be sent now.
    pub(super) wait: Option<Wait>,
}

/// When to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    /// On our clock.
    pub(super) until: Timestamp,
    /// The limit that holds the lane back, if it is one.
    pub(super) rule: Option<Rule>,
}

/// A row on its way into a request: owned once it says something else than it was queued with.
type Draft<'a> = Cow<'a, QueuedRow>;

/// A row that ends without being sent, and why.
type Ended = (RowId, RowEnd, String);

/// The next request of a lane of which `rows` are the first, in order and none in doubt.
///
/// The more rows are given, the more can be left out or joined; of most lanes there is one.
pub(super) fn compose(rows: &[QueuedRow], options: &Options, now: &Moment<'_>) -> Composed {
    let (late, in_time): (Vec<_>, Vec<_>) = rows.iter().partition(|row| is_late(row, now));
    let expired = late.into_iter().map(expire).collect();
    let drafts: Vec<_> = in_time.into_iter().map(Cow::Borrowed).collect();
    let Some(first) = drafts.first() else {
        return Composed::nothing(expired, None);
    };
    let expires_at = first.content.expires_at;
    if let Some(until) = first.retry_at.filter(|at| *at > now.local) {
        let wait = Wait { until, rule: None };
        return Composed::nothing(expired, Some(wait.or_at(expires_at)));
    }
    let request = request(drafts, options, now);
    match request.admission.wait {
        Some(wait) => Composed::nothing(expired, Some(wait.or_at(expires_at))),
        None => request.composed(expired),
    }
}

fn is_late(row: &QueuedRow, now: &Moment<'_>) -> bool {
    let expires_at = row.content.expires_at;
    expires_at.is_some_and(|at| at <= now.local)
}

fn expire(row: &QueuedRow) -> Ended {
    let at = row.content.expires_at.unwrap_or_default();
    let reason = format!("could not be sent before {at}, when its time was over");
    (row.id, RowEnd::Expired, reason)
}

impl Composed {
    fn nothing(ended: Vec<Ended>, wait: Option<Wait>) -> Self {
        Self {
            send: Vec::new(),
            claim: Claim {
                ended,
                ..Claim::default()
            },
            wait,
        }
    }
}

impl Wait {
    /// Not longer than the first row is worth waiting for: without it the next one may go.
    fn or_at(self, expires_at: Option<Timestamp>) -> Self {
        match expires_at {
            Some(until) if until < self.until => Self { until, ..self },
            _ => self,
        }
    }
}

/// Whether a row has not been tried yet. What was tried keeps its words and its place: something of
/// it may still be on its way.
fn is_untried(row: &QueuedRow) -> bool {
    row.attempts == 0 && row.retry_at.is_none()
}

#[cfg(test)]
mod tests;
