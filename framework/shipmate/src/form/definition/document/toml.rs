//! TOML as a document.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Key, Node, Value};

/// The text as values, or what is wrong where.
pub(super) fn parse(text: &str) -> Result<Node, Vec<(usize, String)>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let at = table.span();
        return Ok(node(at, &DeValue::Table(table.into_inner())));
    }
    let problem = |error: &toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        (at, format!("this is not TOML: {}", error.message()))
    };
    Err(errors.iter().map(problem).collect())
}

fn node(at: Range<usize>, value: &DeValue<'_>) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Number(number.to_string()),
            Err(_) => Value::Number(number.to_string()),
        },
        DeValue::Float(number) => Value::Number(number.as_str().trim_start_matches('+').to_owned()),
        DeValue::Boolean(yes) => Value::Yes(*yes),
        // Dates and times need no quotes.
        DeValue::Datetime(moment) => Value::Text(moment.to_string()),
        DeValue::Array(list) => Value::List(
            list.iter()
                .map(|item| node(item.span(), item.get_ref()))
                .collect(),
        ),
        DeValue::Table(table) => {
            let mut entries: Vec<(Key, Node)> = table.iter().map(entry).collect();
            // The order of the file, not of the alphabet.
            entries.sort_by_key(|(key, _)| key.at.start);
            Value::Table(entries)
        }
    };
    Node { at, value }
}

fn entry((key, value): (&Spanned<toml::de::DeString<'_>>, &Spanned<DeValue<'_>>)) -> (Key, Node) {
    let key = Key {
        at: key.span(),
        name: key.get_ref().clone().into_owned(),
    };
    (key, node(value.span(), value.get_ref()))
}
