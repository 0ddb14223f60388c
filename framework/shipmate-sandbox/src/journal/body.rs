use std::sync::Arc;

use serde::Serialize;

use super::redact::redact;

/// A body as the journal keeps it: without secrets, and not longer than the settings allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// What is kept of it; bytes that are no UTF-8 are replaced.
    pub text: Arc<str>,
    /// How many bytes were sent.
    pub bytes: usize,
    /// Whether only the beginning is kept.
    pub is_cut: bool,
    /// Whether secrets were taken out; the rest was then written anew, so that spaces differ.
    pub is_redacted: bool,
}

impl Body {
    /// What may be kept of `raw`: at most `limit` bytes, and no secret.
    pub(crate) fn of(raw: &[u8], limit: usize) -> Self {
        let redacted = redact(raw);
        let is_redacted = redacted.is_some();
        let clean = redacted.as_deref().map_or(raw, str::as_bytes);
        let is_cut = clean.len() > limit;
        let kept = clean.get(..limit).unwrap_or(clean);
        Self {
            text: String::from_utf8_lossy(kept).into(),
            bytes: raw.len(),
            is_cut,
            is_redacted,
        }
    }

    pub(super) fn kept_bytes(&self) -> usize {
        self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_kept_byte_for_byte_up_to_the_limit() {
        let body = Body::of(br#"{ "text":  "h" }"#, 100);
        assert_eq!(&*body.text, r#"{ "text":  "h" }"#);
        assert_eq!(
            (body.bytes, body.is_cut, body.is_redacted),
            (16, false, false)
        );
        let body = Body::of(b"0123456789", 4);
        assert_eq!((&*body.text, body.bytes, body.is_cut), ("0123", 10, true));
    }

    #[test]
    fn a_secret_behind_the_cut_still_makes_the_body_a_redacted_one() {
        let raw = br#"{"a":"0123456789","password":"hunter2"}"#;
        let body = Body::of(raw, 10);
        assert_eq!(&*body.text, r#"{"a":"0123"#);
        assert_eq!(
            (body.bytes, body.is_cut, body.is_redacted),
            (39, true, true)
        );
    }
}
