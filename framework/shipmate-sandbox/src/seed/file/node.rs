//! TOML and JSON as one tree that knows where its parts are.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde_json::{Number, value::RawValue};
use toml::de::{DeTable, DeValue};

use super::Problem;
use crate::directory::Object;

/// A value and where it begins, as an offset in bytes.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Scalar(serde_json::Value),
    List(Vec<Node>),
    Object(Kids),
}

/// The fields of an object, each with the place of its key.
pub(super) type Kids = BTreeMap<String, (usize, Node)>;

impl Node {
    /// The value without its places.
    pub(super) fn json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar(scalar) => scalar.clone(),
            Value::List(items) => items.iter().map(Self::json).collect(),
            Value::Object(kids) => serde_json::Value::Object(object(kids)),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<&str, Problem> {
        match &self.value {
            Value::Scalar(serde_json::Value::String(text)) => Ok(text),
            _ => Err(self.wrong(key, "text")),
        }
    }

    pub(super) fn time(&self, key: &str) -> Result<Timestamp, Problem> {
        self.text(key)?
            .parse()
            .map_err(|_| self.wrong(key, "a time such as 2024-05-01T10:00:00Z"))
    }

    pub(super) fn list(&self, key: &str) -> Result<&[Self], Problem> {
        match &self.value {
            Value::List(items) => Ok(items),
            _ => Err(self.wrong(key, "a list")),
        }
    }

    pub(super) fn kids(&self, key: &str) -> Result<&Kids, Problem> {
        match &self.value {
            Value::Object(kids) => Ok(kids),
            _ => Err(self.wrong(key, "a table")),
        }
    }

    pub(super) fn wrong(&self, key: &str, wanted: &str) -> Problem {
        Problem::new(self.at, format!("`{key}` must be {wanted}"))
    }
}

pub(super) fn object(kids: &Kids) -> Object {
    kids.iter()
        .map(|(key, (_, kid))| (key.clone(), kid.json()))
        .collect()
}

pub(super) fn from_toml(text: &str) -> Result<Node, Problem> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Problem::new(at, format!("this is not TOML: {}", error.message()))
    })?;
    Ok(Node {
        at: 0,
        value: Value::Object(kids_of_toml(table.get_ref())?),
    })
}

fn kids_of_toml(table: &DeTable<'_>) -> Result<Kids, Problem> {
    table
        .iter()
        .map(|(key, value)| {
            let kid = node_of_toml(value.span().start, value.get_ref())?;
            Ok((key.get_ref().to_string(), (key.span().start, kid)))
        })
        .collect()
}

fn node_of_toml(at: usize, value: &DeValue<'_>) -> Result<Node, Problem> {
    let value = match value {
        DeValue::String(text) => scalar(text.as_ref()),
        DeValue::Boolean(flag) => scalar(*flag),
        DeValue::Datetime(time) => scalar(time.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(scalar)
            .map_err(|_| Problem::new(at, "this number is too large"))?,
        DeValue::Float(number) => {
            let number = number.as_str().parse().ok().and_then(Number::from_f64);
            Value::Scalar(serde_json::Value::Number(
                number.ok_or_else(|| Problem::new(at, "this number is not finite"))?,
            ))
        }
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| node_of_toml(item.span().start, item.get_ref()))
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => Value::Object(kids_of_toml(table)?),
    };
    Ok(Node { at, value })
}

fn scalar(value: impl Into<serde_json::Value>) -> Value {
    Value::Scalar(value.into())
}

pub(super) fn from_json(text: &str) -> Result<Node, Problem> {
    let root: &RawValue = serde_json::from_str(text).map_err(|error| {
        let line_start: usize = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .sum();
        let at = line_start + error.column().saturating_sub(1);
        let shown = error.to_string();
        let what = shown.split(" at line ").next().unwrap_or_default();
        Problem::new(at, format!("this is not JSON: {what}"))
    })?;
    node_of_json(text, root)
}

fn node_of_json(text: &str, raw: &RawValue) -> Result<Node, Problem> {
    let own = raw.get();
    // A raw value is a part of the text it was read from.
    let at = (own.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let unreadable = |error: serde_json::Error| Problem::new(at, error.to_string());
    let value = match own.as_bytes().first() {
        Some(b'{') => {
            let kids: BTreeMap<Cow<'_, str>, &RawValue> =
                serde_json::from_str(own).map_err(unreadable)?;
            let kids = kids.into_iter().map(|(key, raw)| {
                let kid = node_of_json(text, raw)?;
                Ok((key.into_owned(), (kid.at, kid)))
            });
            Value::Object(kids.collect::<Result<_, Problem>>()?)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(own).map_err(unreadable)?;
            let items = items.into_iter().map(|raw| node_of_json(text, raw));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        _ => Value::Scalar(serde_json::from_str(own).map_err(unreadable)?),
    };
    Ok(Node { at, value })
}
