//! Lengths of time as people write them.

use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// What can say how much time passes: `"24h"`, `"3 min"`, `"7 days"`, [`SignedDuration`] or
/// [`Duration`].
///
/// Text is read as jiff's friendly durations are; a day has 24 hours.
pub trait Length {
    /// The length.
    ///
    /// # Errors
    ///
    /// If it is none: it cannot be read, or lies in the past.
    fn length(self) -> Result<SignedDuration, LengthError>;
}

/// A length of time that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is no length of time; write for example `24h`, `3 min` or `7 days`")]
pub struct LengthError {
    text: String,
}

impl LengthError {
    fn of(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl Length for SignedDuration {
    fn length(self) -> Result<SignedDuration, LengthError> {
        if self.is_negative() {
            return Err(LengthError::of(format!("{self:#}")));
        }
        Ok(self)
    }
}

impl Length for Duration {
    fn length(self) -> Result<SignedDuration, LengthError> {
        SignedDuration::try_from(self).map_err(|_| LengthError::of(format!("{self:?}")))
    }
}

impl Length for &str {
    fn length(self) -> Result<SignedDuration, LengthError> {
        let span: Span = self.trim().parse().map_err(|_| LengthError::of(self))?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours());
        length
            .map_err(|_| LengthError::of(self))?
            .length()
            .map_err(|_| LengthError::of(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("24h", 86_400),
            ("3 min", 180),
            ("7 days", 604_800),
            ("1 hour 30 minutes", 5_400),
            (" 2w ", 1_209_600),
            ("0s", 0),
        ] {
            assert_eq!(text.length().unwrap().as_secs(), seconds, "{text}");
        }
        for text in [
            "",
            "soon",
            "-3 min",
            "3 min ago",
            "1 month",
            "99999999999h",
            "3",
        ] {
            let error = text.length().unwrap_err().to_string();
            assert!(error.contains("24h"), "{text}: {error}");
        }
        assert!(SignedDuration::from_secs(-1).length().is_err());
    }
}
