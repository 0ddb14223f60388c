//! A file as values that know where they stand. TOML and JSON become the same.

mod json;
mod toml;

use std::ops::Range;

use super::{
    finding::{Finding, Severity},
    place::{Origin, Spot},
};

/// A value and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) at: Range<usize>,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Yes(bool),
    /// As it is written in JSON.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub(super) at: Range<usize>,
    pub(super) name: String,
}

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Toml,
    Json,
}

/// Reads a text, or says where it is not written as it should be.
pub(super) fn parse(
    text: &str,
    format: Format,
    file: Option<&str>,
) -> Result<(Node, Origin), Vec<Finding>> {
    let mut origin = Origin::new(file);
    let root = match format {
        Format::Toml => toml::parse(text),
        Format::Json => json::parse(text),
    };
    let lines = Lines::of(text);
    match root {
        Ok(root) => {
            note_places(&root, root.at.start, String::new(), &lines, &mut origin);
            Ok((root, origin))
        }
        Err(problems) => {
            let found = problems.into_iter().map(|(at, text)| Finding {
                severity: Severity::Error,
                path: String::new(),
                place: Some(origin.at(lines.place(at))),
                question: None,
                text,
            });
            Err(found.collect())
        }
    }
}

/// The path of a part of a table.
pub(super) fn path_in(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

fn note_places(node: &Node, key: usize, path: String, lines: &Lines<'_>, origin: &mut Origin) {
    match &node.value {
        Value::List(list) => {
            for (index, node) in list.iter().enumerate() {
                let path = format!("{path}[{index}]");
                note_places(node, node.at.start, path, lines, origin);
            }
        }
        Value::Table(table) => {
            for (key, node) in table {
                let path = path_in(&path, &key.name);
                note_places(node, key.at.start, path, lines, origin);
            }
        }
        Value::Null | Value::Yes(_) | Value::Number(_) | Value::Text(_) => {}
    }
    let spot = Spot {
        key: lines.place(key),
        value: lines.place(node.at.start),
        is_verbatim: lines.is_verbatim(node),
    };
    origin.add(path, spot);
}

/// From bytes to lines and columns.
struct Lines<'a> {
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// Line and column, from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line));
        let before = self.text.get(*start.unwrap_or(&0)..at);
        let column = before.map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    /// Whether a text stands there as it is, between quotes.
    fn is_verbatim(&self, node: &Node) -> bool {
        let Value::Text(text) = &node.value else {
            return false;
        };
        let Range { start, end } = node.at;
        let inside = end
            .checked_sub(1)
            .and_then(|end| self.text.get(start + 1..end));
        inside == Some(text)
    }
}
