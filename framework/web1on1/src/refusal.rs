//! What the platform says when it says no.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use serde_json::Value;

/// Longer messages are cut: nobody reads more, and a log line must stay a line.
const MAX_MESSAGE_CHARS: usize = 300;

/// No sensible pause is longer; callers add this to times, so it must stay small.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);

/// The message in the body of a refusal. The documents put it at the top (`message`), the SDK reads
/// it from `error.message`, and what stands in front of the platform answers in plain text.
pub(crate) fn message(body: &[u8]) -> Option<String> {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return plain_message(body);
    };
    let error = json.get("error");
    let nested = error.and_then(|error| error.get("message"));
    [json.get("message"), nested, error]
        .into_iter()
        .flatten()
        .find_map(Value::as_str)
        .and_then(one_line)
}

/// The message of a body that says `error` under a status that says yes (SDK).
pub(crate) fn message_of_success(body: &[u8]) -> Option<String> {
    if !body.trim_ascii_start().starts_with(b"{") || !contains(body, b"\"error\"") {
        return None;
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    one_line(body.get("error")?.get("message")?.as_str()?)
}

/// How long to wait by a `Retry-After` header: seconds, or a date. At most a day.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = if let Ok(seconds) = value.parse() {
        Duration::from_secs(seconds)
    } else {
        let at = DateTimeParser::new().parse_timestamp(value).ok()?;
        Duration::try_from(at.duration_since(now)).unwrap_or_default()
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

fn plain_message(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    // A page for people says nothing in its first words, and neither does a cut piece of JSON.
    if text.trim_start().starts_with(['<', '{', '[']) {
        return None;
    }
    one_line(text)
}

fn one_line(text: &str) -> Option<String> {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !line.is_empty() && !word.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(MAX_MESSAGE_CHARS) {
        line.truncate(end);
        line.push('…');
    }
    (!line.is_empty()).then_some(line)
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_found_wherever_it_is() {
        let html = "<html><body>Bad Gateway</body></html>";
        for (body, expected) in [
            (r#"{"message": "missing name"}"#, Some("missing name")),
            (r#"{"error": {"message": "not found"}}"#, Some("not found")),
            (
                r#"{"error": "Forbidden", "message": "jwt expired"}"#,
                Some("jwt expired"),
            ),
            (r#"{"error": "Forbidden"}"#, Some("Forbidden")),
            (r#"{"message": {"deep": 1}}"#, None),
            (r#"{"message": " \n "}"#, None),
            (
                r#"{"message": "two\r\nlines\u001b[0m"}"#,
                Some("two lines [0m"),
            ),
            ("Bad Gateway\n", Some("Bad Gateway")),
            ("[]", None),
            ("{\"message\": \"cut", None),
            (html, None),
            ("", None),
        ] {
            assert_eq!(message(body.as_bytes()).as_deref(), expected, "{body}");
        }
        assert_eq!(message(&[0xff, 0xfe]), None);
        let long = message("ä".repeat(1000).as_bytes()).unwrap();
        assert_eq!(long.chars().count(), MAX_MESSAGE_CHARS + 1);
    }

    #[test]
    fn a_yes_that_says_error_is_told_from_a_yes_that_mentions_one() {
        let check = |body: &str| message_of_success(body.as_bytes());
        assert_eq!(
            check(r#" {"error": {"message": "no"}}"#).as_deref(),
            Some("no")
        );
        assert_eq!(check(r#"{"error": null, "id": "1"}"#), None);
        assert_eq!(check(r#"{"text": "\"error\"", "message": "hi"}"#), None);
        assert_eq!(check(r#"[{"error": {"message": "no"}}]"#), None);
        assert_eq!(check(""), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "1994-11-06T08:49:30Z".parse().unwrap();
        for (value, seconds) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("18446744073709551615", Some(86_400)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(
                retry_after(value, now),
                seconds.map(Duration::from_secs),
                "{value}"
            );
        }
    }
}
