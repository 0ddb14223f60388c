//! Pieces of Rust.

use jiff::SignedDuration;
use serde_json::{Value, json};
use web1on1::Message;

use crate::directory::Object;

/// A string literal. What cannot be seen, or would turn the direction of the text, is escaped.
pub(super) fn text(text: &str) -> String {
    format!("{text:?}")
}

/// A duration in the largest unit that is exact to the second.
pub(super) fn duration(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        _ if seconds % 3600 == 0 => format!("SignedDuration::from_hours({})", seconds / 3600),
        _ if seconds % 60 == 0 => format!("SignedDuration::from_mins({})", seconds / 60),
        _ => format!("SignedDuration::from_secs({seconds})"),
    }
}

/// A name for a test: lower case letters, digits and underscores.
pub(super) fn name(text: &str) -> String {
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(6)
        .map(|word| {
            word.chars()
                .take(30)
                .collect::<String>()
                .to_ascii_lowercase()
        })
        .collect();
    match words.join("_") {
        name if name.is_empty() => "conversation".to_owned(),
        name => format!("conversation_with_{name}"),
    }
}

/// A message as it is posted, as the literal of its JSON.
pub(super) fn posted(message: &Message) -> String {
    let mut posted = Object::new();
    posted.insert("type".into(), json!(message.kind));
    posted.insert("text".into(), json!(message.text));
    let mut add = |key: &str, value: Value, is_default: bool| {
        if !is_default {
            posted.insert(key.into(), value);
        }
    };
    let content_type = message.content_type.as_deref().unwrap_or("text/plain");
    add(
        "contentType",
        json!(content_type),
        content_type == "text/plain",
    );
    add("role", json!(message.role), message.role.is_none());
    add("isBackchannel", json!(true), !message.is_backchannel);
    add("meta", json!(message.meta), message.meta.is_empty());
    add(
        "actions",
        json!(message.actions),
        message.actions.is_empty(),
    );
    add("items", json!(message.items), message.items.is_empty());
    add("results", json!(message.results), message.results.is_none());
    add(
        "touchpoint",
        json!(message.touchpoint),
        message.touchpoint.is_none(),
    );
    text(&Value::Object(posted).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_safe_to_compile() {
        assert_eq!(text("a\"b\\\n\u{202e}é"), r#""a\"b\\\n\u{202e}é""#);
        assert_eq!(
            name("Ann <b>Example</b> 3"),
            "conversation_with_ann_b_example_b_3"
        );
        assert_eq!(name("日本"), "conversation");
        assert_eq!(name("fn"), "conversation_with_fn");
    }

    #[test]
    fn durations_are_exact() {
        for (seconds, expected) in [
            (604_800, "SignedDuration::from_hours(168)"),
            (1_800, "SignedDuration::from_mins(30)"),
            (61, "SignedDuration::from_secs(61)"),
        ] {
            assert_eq!(duration(SignedDuration::from_secs(seconds)), expected);
        }
    }
}
