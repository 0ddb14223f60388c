//! What a turn planned, as rows of the outbox.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use crate::{
    limit::TextHash,
    plan::{Outgoing, Planned},
    policy::Policies,
    store::{Class, Content, EventKey, Marker, NewRow, RowKind},
    verify::{self, Shown},
};

/// What the rows of one turn have in common.
#[derive(Debug, Clone)]
pub(super) struct Origin<'a> {
    /// The event that caused them.
    pub(super) event: &'a EventKey,
    /// Keeps apart what one event causes for different reasons.
    pub(super) part: &'static str,
    /// The organization that the conversation belongs to.
    pub(super) organization: Option<Arc<str>>,
}

/// What is noted with rows besides what they send.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notes<'a> {
    pub(super) policies: &'a Policies,
    /// When the turn was taken.
    pub(super) now: Timestamp,
    pub(super) sets: Sets<'a>,
}

/// Whether it will be looked at whether `/set`s took effect.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sets<'a> {
    NotNoted,
    /// With what the conversation shows before them.
    Noted(Option<&'a Shown>),
}

impl Origin<'_> {
    /// The rows of `planned`, in order.
    pub(super) fn rows(
        &self,
        planned: Vec<Outgoing>,
        notes: &Notes<'_>,
    ) -> Result<Vec<NewRow>, serde_json::Error> {
        let numbered = planned.into_iter().enumerate();
        numbered
            .map(|(index, outgoing)| {
                let marker = Marker::new(self.event, self.part, index);
                let content = match outgoing {
                    Outgoing::Message(planned) => self.message(*planned, marker, notes)?,
                    Outgoing::Patch { sets, class } => Content {
                        body: serde_json::to_vec(&sets)?.into(),
                        class,
                        ..self.content(RowKind::Patch, marker)
                    },
                    Outgoing::Profile { profile, class } => Content {
                        body: serde_json::to_vec(&profile)?.into(),
                        class,
                        ..self.content(RowKind::Profile, marker)
                    },
                };
                Ok(NewRow {
                    content,
                    ended: None,
                })
            })
            .collect()
    }

    fn message(
        &self,
        planned: Planned,
        marker: Marker,
        notes: &Notes<'_>,
    ) -> Result<Content, serde_json::Error> {
        let to_consumer = planned.is_to_consumer();
        let Planned {
            mut message,
            manner,
            sets,
        } = planned;
        marker.put_into(&mut message.meta);
        let usual_deadline = || {
            let span = notes.policies.of(manner.class).expire_after;
            let span = span.filter(|_| to_consumer)?;
            notes.now.checked_add(span).ok()
        };
        let sets = match notes.sets {
            Sets::Noted(before) if !sets.is_empty() => Some(verify::record(&sets, before)?.into()),
            _ => None,
        };
        Ok(Content {
            text: TextHash::of(&message.text),
            body: serde_json::to_vec(&message)?.into(),
            class: manner.class,
            to_consumer,
            expires_at: manner.expires_at.or_else(usual_deadline),
            variants: other_wordings(manner.variants, &message.text),
            sets,
            ..self.content(RowKind::Message, marker)
        })
    }

    fn content(&self, kind: RowKind, marker: Marker) -> Content {
        Content {
            kind,
            body: Bytes::new(),
            text: None,
            marker,
            class: Class::Reply,
            to_consumer: false,
            expires_at: None,
            variants: Vec::new(),
            organization: self.organization.clone(),
            sets: None,
        }
    }
}

fn other_wordings(variants: Vec<String>, text: &str) -> Vec<String> {
    let mut variants = variants;
    variants.retain(|other| !other.is_empty() && other != text);
    variants
}
