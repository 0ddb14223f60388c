//! How far the limits let a lane go, with other wordings where they help.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{Draft, Moment, Wait, body::Body};
use crate::{
    limit::{Entry, Ledger, Rule, TextHash, Verdict},
    outbox::lanes::ALONE,
    store::{QueuedRow, RowKind},
};

/// The rows that may go now.
#[derive(Debug)]
pub(super) struct Admission<'a> {
    pub(super) send: Vec<Draft<'a>>,
    /// Set if none may.
    pub(super) wait: Option<Wait>,
    /// Whether a limit holds back one of the rows that could have gone along.
    pub(super) is_held: bool,
}

impl<'a> Admission<'a> {
    /// Everything may go.
    pub(super) fn of(send: Vec<Draft<'a>>) -> Self {
        Self {
            send,
            wait: None,
            is_held: false,
        }
    }

    pub(super) fn at_most(mut self, most: usize) -> Self {
        self.send.truncate(most.max(1));
        self
    }

    pub(super) fn until(&self) -> Option<Timestamp> {
        self.wait.map(|wait| wait.until)
    }
}

/// As many of `drafts` as may go together now.
pub(super) fn admit<'a>(drafts: &[Draft<'a>], now: &Moment<'_>) -> Admission<'a> {
    let mut ledger = Cow::Borrowed(now.ledger);
    let mut send = Vec::with_capacity(drafts.len());
    for draft in drafts {
        if !send.is_empty() && !goes_along(draft, now) {
            break;
        }
        let row = match word(draft, &ledger, now) {
            Ok(row) => row,
            Err((at, rule)) => {
                let wait = Wait {
                    until: now.to_local(at),
                    rule: Some(rule),
                };
                return Admission {
                    wait: send.is_empty().then_some(wait),
                    is_held: true,
                    send,
                };
            }
        };
        if drafts.len() > 1 {
            let text = row.content.text;
            let at = now.platform;
            ledger.to_mut().record(Entry { at, text });
        }
        send.push(row);
    }
    Admission::of(send)
}

fn goes_along(row: &QueuedRow, now: &Moment<'_>) -> bool {
    let is_due = row.retry_at.is_none_or(|at| at <= now.local);
    row.content.kind == RowKind::Message && is_due && row.retry_at != Some(ALONE)
}

/// The first of the row's wordings that may be sent now, or the earliest time at which one may.
fn word<'a>(
    draft: &Draft<'a>,
    ledger: &Ledger,
    now: &Moment<'_>,
) -> Result<Draft<'a>, (Timestamp, Rule)> {
    let decide = |text| now.limits.decide(ledger, text, now.platform);
    let mut earliest = match decide(draft.content.text) {
        Verdict::Now => return Ok(draft.clone()),
        Verdict::Later { at, rule } => (at, rule),
    };
    for (index, variant) in draft.content.variants.iter().enumerate() {
        let Some(text) = TextHash::of(variant) else {
            continue;
        };
        match decide(Some(text)) {
            Verdict::Now => {
                if let Some(reworded) = reword(draft, index) {
                    return Ok(reworded);
                }
            }
            Verdict::Later { at, rule } if at < earliest.0 => earliest = (at, rule),
            Verdict::Later { .. } => {}
        }
    }
    Err(earliest)
}

/// The row in its wording number `index`. What it said before becomes one of the others, should it
/// have to be sent again.
fn reword<'a>(row: &QueuedRow, index: usize) -> Option<Draft<'a>> {
    let body = Body::read(row)?;
    let mut variants = row.content.variants.clone();
    let variant = variants.get_mut(index)?;
    let text = std::mem::replace(variant, body.text().to_owned());
    let mut reworded = body.rewrite(row, text);
    reworded.to_mut().content.variants = variants;
    Some(reworded)
}

impl Moment<'_> {
    /// The platform's time on our clock.
    fn to_local(self, platform: Timestamp) -> Timestamp {
        let wait = platform.duration_since(self.platform);
        self.local.saturating_add(wait).unwrap_or(Timestamp::MAX)
    }
}
