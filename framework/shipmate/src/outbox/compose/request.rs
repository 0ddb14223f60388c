//! Which rows make the next request, as they were queued or as fewer messages.

use std::borrow::Cow;

use super::{
    Composed, Draft, Ended, Moment, Options, sets, texts,
    wording::{self, Admission},
};
use crate::{
    outbox::lanes::ALONE,
    policy::Overflow,
    store::{Claim, RowId, RowKind},
};

/// Rows that may go together, and those that end if they do.
pub(super) struct Request<'a> {
    pub(super) admission: Admission<'a>,
    ended: Vec<Ended>,
}

/// The request that `drafts` begin with. A change of the conversation or its contact is a request of its own and
/// counts towards no limit on messages; a row that was refused in company is tried alone and as it
/// is, so that it cannot spoil the others.
pub(super) fn request<'a>(
    mut drafts: Vec<Draft<'a>>,
    options: &Options,
    now: &Moment<'_>,
) -> Request<'a> {
    let first = drafts.first();
    if first.is_some_and(|row| row.content.kind != RowKind::Message) {
        drafts.truncate(1);
        return Request {
            admission: Admission::of(drafts),
            ended: Vec::new(),
        };
    }
    if first.is_some_and(|row| row.retry_at == Some(ALONE)) {
        drafts.truncate(1);
    }
    let as_queued = Request::of(&drafts, Vec::new(), options, now);
    let Some((drafts, ended)) = sets::coalesce(&drafts, options.lines) else {
        return as_queued.or_joined(&drafts, options, now);
    };
    let coalesced = Request::of(&drafts, ended, options, now);
    as_queued.or(coalesced.or_joined(&drafts, options, now))
}

impl<'a> Request<'a> {
    fn of(drafts: &[Draft<'a>], ended: Vec<Ended>, options: &Options, now: &Moment<'_>) -> Self {
        Self {
            admission: wording::admit(drafts, now).at_most(options.batch),
            ended,
        }
    }

    /// With texts joined, if not all of `drafts` fit and the policy allows it.
    fn or_joined(self, drafts: &[Draft<'a>], options: &Options, now: &Moment<'_>) -> Self {
        let mut classes = drafts.iter().map(|row| row.content.class);
        let merges = |class| options.policies.of(class).overflow == Overflow::Merge;
        if !self.admission.is_held || !classes.any(merges) {
            return self;
        }
        let (drafts, joined) = texts::join(drafts, options);
        let ended = self.ended.iter().cloned().chain(joined).collect();
        let together = Self::of(&drafts, ended, options, now);
        self.or(together)
    }

    /// The one that gets further, or `fewer` if both get equally far: it needs fewer messages.
    /// Fewer messages may be one identical message too many where more of them are not.
    fn or(self, fewer: Self) -> Self {
        let get_nowhere = self.last().is_none() && fewer.last().is_none();
        let is_sooner = self.admission.until() < fewer.admission.until();
        if self.last() > fewer.last() || get_nowhere && is_sooner {
            return self;
        }
        fewer
    }

    fn last(&self) -> Option<RowId> {
        self.admission.send.last().map(|row| row.id)
    }

    /// What ends here is what this request passes by.
    pub(super) fn composed(self, mut ended: Vec<Ended>) -> Composed {
        let last = self.last();
        let passed = self.ended.into_iter().filter(|row| Some(row.0) < last);
        ended.extend(passed);
        ended.sort_by_key(|(row, ..)| *row);
        let drafts = self.admission.send;
        let changed = drafts.iter().filter_map(|draft| match draft {
            Cow::Borrowed(_) => None,
            Cow::Owned(row) => Some((row.id, row.content.clone())),
        });
        let claim = Claim {
            rows: drafts.iter().map(|row| row.id).collect(),
            rewritten: changed.collect(),
            ended,
        };
        Composed {
            send: drafts.into_iter().map(Cow::into_owned).collect(),
            claim,
            wait: None,
        }
    }
}
