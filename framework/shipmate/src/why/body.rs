//! What an event or a message says, for a person who has to decide about it.

use serde_json::Value;

use super::plain;

/// The body in lines that are safe to print; JSON is laid out.
pub(crate) fn body(bytes: &[u8]) -> Vec<String> {
    let laid_out = serde_json::from_slice::<Value>(bytes)
        .and_then(|value| serde_json::to_string_pretty(&value));
    let text = laid_out.unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned());
    text.lines().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_cannot_drive_a_terminal() {
        let told = body(r#"{"text": "a\u001b[2J\u202eb\nc"}"#.as_bytes());
        assert_eq!(told, ["{", r#"  "text": "a\u001b[2J\u{202e}b\nc""#, "}"]);
        assert_eq!(body(b"no \x1b JSON"), ["no \\u{1b} JSON"]);
    }
}
