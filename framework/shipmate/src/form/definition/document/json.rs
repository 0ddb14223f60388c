//! JSON as a document.

use std::{fmt, ops::Range};

use serde::{
    Deserialize,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Key, Node, Value};

/// The text as values, or what is wrong where.
pub(super) fn parse(text: &str) -> Result<Node, Vec<(usize, String)>> {
    let read = serde_json::from_str::<&RawValue>(text).and_then(|raw| node(text, raw));
    read.map_err(|error| vec![(offset(text, &error), message(&error))])
}

/// What serde_json says, without the place, which is said before it.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    format!("this is not JSON: {text}")
}

fn offset(text: &str, error: &serde_json::Error) -> usize {
    let mut lines = text.split_inclusive('\n');
    let before = lines.by_ref().take(error.line().saturating_sub(1));
    let before: usize = before.map(str::len).sum();
    (before + error.column().saturating_sub(1)).min(text.len())
}

/// A value and its parts. What is raw is a part of `text`, so its address tells where it stands.
fn node(text: &str, raw: &RawValue) -> Result<Node, serde_json::Error> {
    let source = raw.get();
    let value = match source.as_bytes().first() {
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(source)?;
            let entries = entries.into_iter().map(|(key, value)| {
                let name = serde_json::from_str(key.get())?;
                let at = place(text, key.get());
                Ok((Key { at, name }, node(text, value)?))
            });
            Value::Table(entries.collect::<Result<_, serde_json::Error>>()?)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(source)?;
            let items = items.into_iter().map(|item| node(text, item));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        Some(b'"') => Value::Text(serde_json::from_str(source)?),
        Some(b't' | b'f') => Value::Yes(source == "true"),
        Some(b'n') | None => Value::Null,
        Some(_) => Value::Number(source.to_owned()),
    };
    Ok(Node {
        at: place(text, source),
        value,
    })
}

fn place(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + part.len()
}

struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Table)
    }
}
