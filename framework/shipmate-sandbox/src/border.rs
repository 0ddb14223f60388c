//! Who stands at the platform's border and may cut what crosses it.

use std::fmt;

/// Watches what crosses the platform's border, and may cut it off; see
/// [`Builder::border`](crate::Builder::border). For tests in which a bot loses its power there.
///
/// It is asked while the platform works, so it must answer at once and not call the sandbox.
pub trait Border: fmt::Debug + Send + Sync {
    /// Whether it gets across. What does not is lost with its connection.
    fn lets_through(&self, crossing: Crossing<'_>) -> bool;
}

/// Something that is about to cross the platform's border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Crossing<'a> {
    /// A request to the API. If it is cut off, it is not carried out.
    Request {
        /// `GET`, `POST` …
        method: &'a str,
        /// The path below `/v2`.
        path: &'a str,
    },
    /// The whole answer to a request. Answers that a fault spoils are not asked about.
    Answer {
        /// The request's method.
        method: &'a str,
        /// The request's path.
        path: &'a str,
    },
    /// A bot's answer to a webhook, whatever it says. If it is cut off, the delivery is tried again.
    WebhookAnswer,
    /// As [`WebhookAnswer`](Self::WebhookAnswer), after the platform took note of it: nothing can
    /// be cut off any more.
    WebhookNoted,
}
