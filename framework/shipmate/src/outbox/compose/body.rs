//! A message's JSON, read to say something else.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::Draft;
use crate::{
    limit::TextHash,
    store::{Content, Marker, QueuedRow},
};

/// A message as it is posted.
#[derive(Debug)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// None if it cannot be read; then it is to be left as it is.
    pub(super) fn read(row: &QueuedRow) -> Option<Self> {
        serde_json::from_slice(&row.content.body).ok().map(Self)
    }

    /// A field that is a text.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// What it says.
    pub(super) fn text(&self) -> &str {
        self.field("text").unwrap_or_default()
    }

    /// Whether it has no fields but these, and nothing in `meta` but our marker.
    pub(super) fn has_only(&self, fields: &[&str]) -> bool {
        let known = |field: &String| field == "meta" || fields.contains(&field.as_str());
        self.0.keys().all(known) && self.has_plain_meta()
    }

    /// Whether there is nothing in `meta` but our marker.
    pub(super) fn has_plain_meta(&self) -> bool {
        match self.0.get("meta") {
            None => true,
            Some(Value::Object(meta)) => meta.keys().all(|key| key == Marker::META_KEY),
            Some(_) => false,
        }
    }

    /// `row` with this body, saying `text` and nothing else.
    pub(super) fn rewrite<'a>(mut self, row: &QueuedRow, text: String) -> Draft<'a> {
        let hash = TextHash::of(&text);
        self.0.insert("text".into(), text.into());
        let body: Bytes = Value::Object(self.0).to_string().into();
        let content = Content {
            body,
            text: hash,
            variants: Vec::new(),
            ..row.content.clone()
        };
        Draft::Owned(QueuedRow {
            content,
            ..row.clone()
        })
    }
}
