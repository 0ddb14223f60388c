//! What was seen of the store: events with their outcomes, and what was to be sent.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;

use crate::store::{
    self, Appended, Claim, Commit, Committed, EventKey, Key, Mark, Marker, NewEvent, RowId,
    RowKind, Seq,
};

/// Everything that became durable, as it was reported.
#[derive(Debug, Default)]
pub(in crate::testing) struct Observed {
    pub(in crate::testing) events: BTreeMap<Seq, ObservedEvent>,
    pub(in crate::testing) rows: BTreeMap<RowId, ObservedRow>,
    /// The events that deliveries were recognised as, by the deliveries' ids.
    pub(in crate::testing) recognised: BTreeMap<String, EventKey>,
    /// The messages that campaigns wrote, by their markers.
    pub(in crate::testing) campaigns: Vec<Marker>,
}

/// An event in the inbox.
#[derive(Debug, Clone)]
pub(in crate::testing) struct ObservedEvent {
    pub(in crate::testing) key: EventKey,
    /// The payload's `id`: that of the delivery.
    pub(in crate::testing) delivery: Option<String>,
    pub(in crate::testing) name: String,
    pub(in crate::testing) mailbox: Key,
    /// Its outcomes; there must be one.
    pub(in crate::testing) outcomes: Vec<&'static str>,
}

/// A row of the outbox.
#[derive(Debug, Clone)]
pub(in crate::testing) struct ObservedRow {
    pub(in crate::testing) mailbox: Key,
    pub(in crate::testing) kind: RowKind,
    pub(in crate::testing) body: Bytes,
    pub(in crate::testing) end: RowEnd,
}

/// How far a row has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::testing) enum RowEnd {
    /// To be sent, for the first time or again.
    Queued,
    /// Being sent.
    Claimed,
    /// The platform has it.
    Sent,
    /// The platform may have it.
    InDoubt,
    /// Not to be sent any more, for a reason that is on record.
    Ended(store::RowEnd),
}

impl ObservedEvent {
    pub(super) fn of(event: &NewEvent) -> Self {
        #[derive(Deserialize)]
        struct Envelope {
            id: String,
        }
        let envelope: Option<Envelope> = serde_json::from_slice(&event.payload).ok();
        Self {
            key: event.key,
            delivery: envelope.map(|envelope| envelope.id),
            name: event.name.clone(),
            mailbox: event.mailbox.clone(),
            outcomes: event.outcome.iter().map(|end| end.outcome).collect(),
        }
    }
}

impl Observed {
    pub(super) fn appended(&mut self, event: ObservedEvent, appended: Appended) {
        match appended {
            Appended::Stored(seq) => {
                self.events.insert(seq, event);
            }
            Appended::Duplicate => {
                let known = event.delivery.map(|id| (id, event.key));
                self.recognised.extend(known);
            }
        }
    }

    pub(super) fn committed(&mut self, commit: Commit, done: &Committed) {
        if let Some(event) = self.events.get_mut(&commit.seq) {
            event.outcomes.push(commit.decision.outcome);
        }
        self.cancelled(&done.cancelled);
        if let Some(id) = done.found {
            self.end(id, RowEnd::Sent);
        }
        for (id, row) in done.rows.iter().zip(commit.rows) {
            let ended = row.ended.map(|(end, _)| RowEnd::Ended(end));
            let end = ended.unwrap_or(RowEnd::Queued);
            let row = ObservedRow {
                mailbox: commit.mailbox.clone(),
                kind: row.content.kind,
                body: row.content.body,
                end,
            };
            self.rows.insert(*id, row);
        }
    }

    pub(super) fn cancelled(&mut self, ids: &[RowId]) {
        for id in ids {
            self.end(*id, RowEnd::Ended(store::RowEnd::Cancelled));
        }
    }

    pub(super) fn claimed(&mut self, claim: Claim, ids: &[RowId]) {
        for (id, end, _) in &claim.ended {
            self.end(*id, RowEnd::Ended(*end));
        }
        for (id, content) in claim.rewritten {
            if let Some(row) = self.rows.get_mut(&id) {
                row.body = content.body;
            }
        }
        for id in ids {
            self.end(*id, RowEnd::Claimed);
        }
    }

    pub(super) fn marked(&mut self, marks: &[(RowId, Mark)]) {
        for (id, mark) in marks {
            let end = match mark {
                Mark::Sent { .. } => RowEnd::Sent,
                Mark::Retry { .. } => RowEnd::Queued,
                Mark::Unknown { .. } => RowEnd::InDoubt,
                Mark::Ended { end, .. } => RowEnd::Ended(*end),
            };
            self.end(*id, end);
        }
    }

    pub(super) fn doubted(&mut self) {
        for row in self.rows.values_mut() {
            if row.end == RowEnd::Claimed {
                row.end = RowEnd::InDoubt;
            }
        }
    }

    fn end(&mut self, id: RowId, end: RowEnd) {
        if let Some(row) = self.rows.get_mut(&id) {
            row.end = end;
        }
    }
}
