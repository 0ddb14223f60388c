//! "No" as a value: what the platform answers to a request it does not carry out.

use crate::limit::Rule;

/// A refused request or call: an HTTP status and the platform's message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    status: u16,
    rule: Option<Rule>,
    message: String,
}

impl Refusal {
    /// The HTTP status a client is answered, 400 to 429 (API Basics, errors).
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The limit that was hit, for status 429.
    pub fn rule(&self) -> Option<Rule> {
        self.rule
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, message)
    }

    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(404, format!("{what} {id} not found"))
    }

    pub(crate) fn no_such_path() -> Self {
        Self::new(404, "no such endpoint")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(405, "method not allowed; updates use PATCH")
    }

    pub(crate) fn wrong_method() -> Self {
        Self::new(405, "method not allowed")
    }

    pub(crate) fn too_large(max_bytes: usize) -> Self {
        Self::new(413, format!("the request body exceeds {max_bytes} bytes"))
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(422, message)
    }

    pub(crate) fn limited(rule: Rule, message: impl Into<String>) -> Self {
        Self {
            rule: Some(rule),
            ..Self::new(429, message)
        }
    }

    /// A failure that was asked for.
    pub(crate) fn broken(status: u16) -> Self {
        Self::new(status, "intermittent error, try again")
    }

    fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            rule: None,
            message: message.into(),
        }
    }
}
