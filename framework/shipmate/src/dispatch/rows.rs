//! What a turn planned, as rows of the outbox.

use std::sync::Arc;

use bytes::Bytes;
use web1on1::{NewMessage, Role};

use crate::{
    limit::TextHash,
    plan::Outgoing,
    store::{Class, Content, EventKey, Marker, NewRow, RowKind},
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

impl Origin<'_> {
    /// The rows of `planned`, in order.
    pub(super) fn rows(&self, planned: Vec<Outgoing>) -> Result<Vec<NewRow>, serde_json::Error> {
        let numbered = planned.into_iter().enumerate();
        numbered
            .map(|(index, outgoing)| self.row(index, outgoing))
            .collect()
    }

    fn row(&self, index: usize, outgoing: Outgoing) -> Result<NewRow, serde_json::Error> {
        let marker = Marker::new(self.event, self.part, index);
        let content = match outgoing {
            Outgoing::Message(mut message) => {
                marker.put_into(&mut message.meta);
                Content {
                    text: TextHash::of(&message.text),
                    body: serde_json::to_vec(&message)?.into(),
                    to_consumer: is_to_consumer(&message),
                    ..self.content(RowKind::Message, marker)
                }
            }
            Outgoing::Patch(sets) => Content {
                body: serde_json::to_vec(&sets)?.into(),
                ..self.content(RowKind::Patch, marker)
            },
        };
        Ok(NewRow {
            content,
            ended: None,
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

/// A bot that talks to the consumer writes with role `agent` (Business Initiated Conversations).
fn is_to_consumer(message: &NewMessage) -> bool {
    message.role == Some(Role::Agent) && !message.is_backchannel
}
