//! What a message says, wherever it is shown. Everything in it is untrusted.

use maud::{Markup, html};
use serde_json::Value;
use web1on1::Message;

use super::link;

/// Texts longer than this many letters are folded.
const FOLD: usize = 1500;

/// Letters of a folded text that stay visible.
const VISIBLE: usize = 600;

/// The text, as its `contentType` says: pictures and addresses as links, HTML as it is written.
pub(super) fn text(message: &Message) -> Markup {
    let kind = message.content_type.as_deref().unwrap_or("text/plain");
    html! {
        @if message.text.is_empty() {
        } @else if kind.starts_with("image/") {
            (picture(&message.text))
        } @else if kind == "text/url" && let Some(address) = link::safe(&message.text) {
            p.text { a href=(address) target="_blank" rel="noopener noreferrer" { (message.text) } }
        } @else {
            (folded(&message.text))
        }
        @if kind == "text/html" {
            p.kind { "HTML, shown as it was written" }
        } @else if kind != "text/plain" {
            p.kind { (kind) }
        }
    }
}

/// A picture as its address: the page loads nothing from elsewhere.
pub(super) fn picture(address: &str) -> Markup {
    html! {
        @if let Some(safe) = link::safe_web(address) {
            a.picture href=(safe) target="_blank" rel="noopener noreferrer" title="Open the picture" {
                span.picture-mark aria-hidden="true" { "▣" }
                span.address { (shortened(address, 200)) }
            }
        } @else {
            p.picture.dead title="This address cannot be opened" {
                span.picture-mark aria-hidden="true" { "▣" }
                span.address { (shortened(address, 200)) }
            }
        }
    }
}

/// A text of any length; the end of a very long one has to be asked for.
pub(super) fn folded(text: &str) -> Markup {
    let length = text.chars().count();
    html! {
        @if length <= FOLD {
            p.text dir="auto" { (text) }
        } @else {
            p.text dir="auto" { (shortened(text, VISIBLE)) }
            details.fold {
                summary { "All " (length) " letters" }
                p.text dir="auto" { (text) }
            }
        }
    }
}

/// The first letters of a text, and an ellipsis if there are more.
pub(super) fn shortened(text: &str, letters: usize) -> String {
    let mut start: String = text.chars().take(letters).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// The name of the template that the platform would send instead of the text (WhatsApp).
pub(super) fn template(message: &Message) -> Option<String> {
    let name = plain(message.meta.get("template")?);
    let language = message.meta.get("language").map(plain);
    Some(match language {
        Some(language) => format!("{name} · {language}"),
        None => name,
    })
}

/// Whether the message was changed after it was created.
pub(super) fn is_changed(message: &Message) -> bool {
    message.updated_at > message.created_at
}

/// One named set of values of a report.
pub(super) fn result(result: &Value) -> Markup {
    let name = result
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or("Results");
    let values = result.get("values").and_then(Value::as_object);
    html! {
        div.result {
            p.card-title dir="auto" { (name) }
            dl.facts {
                @for (key, value) in values.into_iter().flatten() {
                    dt { (key) } dd dir="auto" { (plain(value)) }
                }
            }
        }
    }
}

/// A value as people read it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_never_cut_in_half() {
        assert_eq!(shortened("añ😀b", 3), "añ😀…");
        assert_eq!(shortened("añ😀", 3), "añ😀");
        assert_eq!(shortened("", 3), "");
    }
}
