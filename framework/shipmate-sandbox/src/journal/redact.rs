//! Takes secrets out of what is kept.

use serde_json::Value;
use url::form_urlencoded;

/// What a secret is replaced by.
const REDACTED: &str = "[redacted]";

/// The ends of names whose values are secrets, in lower case: `apiToken`, `refreshToken`,
/// `params.secret`, `password` …
const SECRET_NAMES: [&str; 5] = ["token", "secret", "password", "apikey", "authorization"];

/// `raw` without secrets; nothing if there are none to take out. What mentions a secret and cannot
/// be read is not kept at all.
pub(super) fn redact(raw: &[u8]) -> Option<String> {
    if !mentions_secret(&String::from_utf8_lossy(raw)) {
        return None;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(raw) else {
        return Some(REDACTED.to_owned());
    };
    redact_value(&mut body).then(|| body.to_string())
}

/// A query without the values of secrets.
pub(crate) fn redact_query(query: &str) -> String {
    if !mentions_secret(query) {
        return query.to_owned();
    }
    let pairs = form_urlencoded::parse(query.as_bytes()).map(|(name, value)| {
        let value = if is_secret(&name) {
            REDACTED.into()
        } else {
            value
        };
        (name, value)
    });
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Whether something was replaced.
fn redact_value(value: &mut Value) -> bool {
    match value {
        Value::Object(object) => object.iter_mut().fold(false, |found, (name, value)| {
            if is_secret(name) && !value.is_null() {
                *value = REDACTED.into();
                return true;
            }
            redact_value(value) || found
        }),
        Value::Array(array) => array
            .iter_mut()
            .fold(false, |found, value| redact_value(value) | found),
        _ => false,
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
}

fn mentions_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|name| text.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_wherever_they_stand_and_the_rest_stays() {
        for (raw, expected) in [
            (r#"{"text":"hi"}"#, None),
            (r#"{"text":"my password is x"}"#, None),
            (
                r#"{"email":"a@b.c","password":"hunter2"}"#,
                Some(r#"{"email":"a@b.c","password":"[redacted]"}"#),
            ),
            (
                r#"[{"params":{"url":"http://x","Secret":["s"]}}]"#,
                Some(r#"[{"params":{"Secret":"[redacted]","url":"http://x"}}]"#),
            ),
            (
                r#"{"apiToken":"t","tokenType":"Bearer","refreshToken":null}"#,
                Some(r#"{"apiToken":"[redacted]","refreshToken":null,"tokenType":"Bearer"}"#),
            ),
            (r#"{"secret":nul"#, Some("[redacted]")),
        ] {
            assert_eq!(redact(raw.as_bytes()).as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn queries_lose_their_tokens() {
        assert_eq!(
            redact_query("limit=2&sort=-createdAt"),
            "limit=2&sort=-createdAt"
        );
        assert_eq!(
            redact_query("refreshToken=abc.def&limit=2"),
            "refreshToken=%5Bredacted%5D&limit=2"
        );
    }
}
