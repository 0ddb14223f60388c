//! What the form engine is given along with an answer.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::Locale;

/// One message of the consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Input<'a> {
    /// What was written; for a pressed button, often its label, its payload, or nothing.
    pub text: &'a str,
    /// The payload of the pressed button.
    pub payload: Option<&'a str>,
}

impl<'a> Input<'a> {
    /// A written message.
    pub fn text(text: &'a str) -> Self {
        Self {
            text,
            payload: None,
        }
    }

    /// A pressed button.
    pub fn payload(payload: &'a str) -> Self {
        Self {
            text: "",
            payload: Some(payload),
        }
    }
}

/// When, where and in which language an answer was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The time of the message; `today` depends on it.
    pub now: Timestamp,
    /// The consumer's time zone, or else the organization's; `today` depends on it.
    pub time_zone: TimeZone,
    /// The language of the conversation. Words are understood in every language; what is shown,
    /// and whether `1.500` means one and a half thousand, depends on this one.
    pub locale: Locale,
    /// The consumer's country by its two letters (ISO 3166-1), if known: `3/4/2026` is the 4th of
    /// March in `US` and the 3rd of April otherwise, and `06 1234 5678` is `+31612345678` in `NL`.
    pub country: Option<String>,
}

impl Context {
    /// A context without a known country.
    pub fn new(now: Timestamp, time_zone: TimeZone, locale: Locale) -> Self {
        Self {
            now,
            time_zone,
            locale,
            country: None,
        }
    }

    /// The date of today where the consumer is.
    pub(super) fn today(&self) -> Date {
        self.time_zone.to_datetime(self.now).date()
    }
}
