//! The platform's limits (API Basics, rate limiting): arithmetic on given instants.
//!
//! Every limit is *at most n in any window of w*. Windows roll and are half open: what happened
//! exactly `w` ago no longer counts. Refused requests and messages are not counted, so a client
//! that keeps knocking is let in as soon as the window allows it.

mod message;
pub(crate) use message::MessageLedger;

mod request;
pub(crate) use request::RequestLedger;
pub use request::RequestUse;

mod window;
use window::{Window, end};

use jiff::SignedDuration;
use serde::Serialize;

/// At most `count` in any window of length `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many are allowed.
    pub count: usize,
    /// The length of the rolling window.
    pub window: SignedDuration,
}

/// The limits the sandbox enforces; `None` switches one off, for load tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests per API key: 20 a second.
    pub requests_per_key: Option<Allowance>,
    /// Requests per network address: 20 a second.
    pub requests_per_address: Option<Allowance>,
    /// Messages with the same non-empty text, per bot and conversation: 8 in 3 minutes.
    pub identical_messages: Option<Allowance>,
    /// Messages since a person or the consumer last wrote, per bot and conversation: 20 an hour.
    pub consecutive_messages: Option<Allowance>,
}

impl Default for Limits {
    fn default() -> Self {
        let requests = Allowance {
            count: 20,
            window: SignedDuration::from_secs(1),
        };
        Self {
            requests_per_key: Some(requests),
            requests_per_address: Some(requests),
            identical_messages: Some(Allowance {
                count: 8,
                window: SignedDuration::from_mins(3),
            }),
            consecutive_messages: Some(Allowance {
                count: 20,
                window: SignedDuration::from_hours(1),
            }),
        }
    }
}

impl Limits {
    /// No limit at all.
    pub fn none() -> Self {
        Self {
            requests_per_key: None,
            requests_per_address: None,
            identical_messages: None,
            consecutive_messages: None,
        }
    }
}

/// Which limit was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Requests a second per API key.
    PerKey,
    /// Requests a second per network address.
    PerAddress,
    /// The same text too often.
    Identical,
    /// Too many messages in a row.
    Consecutive,
}

impl Rule {
    /// A short name for reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PerKey => "requests per key",
            Self::PerAddress => "requests per address",
            Self::Identical => "identical messages",
            Self::Consecutive => "consecutive messages",
        }
    }
}
