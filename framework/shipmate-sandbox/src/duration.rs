//! Durations as people write them: `"3m"`, `"1h 30m"`, `"7d"`, `"PT3M"`, or a number of seconds.

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A length of time on the sandbox's clock, never negative; written as ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length(pub(crate) SignedDuration);

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a duration is text such as \"3m\", or a number of seconds"
)]
enum Written {
    Seconds(f64),
    Text(String),
}

impl Length {
    pub(crate) const fn seconds(seconds: i64) -> Self {
        Self(SignedDuration::from_secs(seconds))
    }

    /// # Errors
    /// What is wrong, and how a duration is written.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let unreadable = || {
            format!("\"{text}\" is no duration; write \"3m\", \"1h\", \"7d\", \"PT3M\" or seconds")
        };
        let span: Span = text.trim().parse().map_err(|_| unreadable())?;
        let length = span
            .to_duration(SpanRelativeTo::days_are_24_hours())
            .map_err(|_| unreadable())?;
        Self::positive(length)
    }

    fn positive(length: SignedDuration) -> Result<Self, String> {
        if length.is_negative() {
            return Err("a duration cannot be negative; the clock only goes forward".to_owned());
        }
        Ok(Self(length))
    }
}

impl From<SignedDuration> for Length {
    fn from(length: SignedDuration) -> Self {
        Self(length.max(SignedDuration::ZERO))
    }
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let length = match Written::deserialize(deserializer)? {
            Written::Text(text) => Self::parse(&text),
            Written::Seconds(seconds) => SignedDuration::try_from_secs_f64(seconds)
                .map_err(|_| format!("{seconds} seconds is out of range"))
                .and_then(Self::positive),
        };
        length.map_err(D::Error::custom)
    }
}

/// The two largest units of a length, whole minutes at the least: `(1, "h"), (30, "min")`.
pub(crate) fn largest_units(length: SignedDuration) -> impl Iterator<Item = (i64, &'static str)> {
    let minutes = length.as_mins();
    [
        (minutes / 1440, "d"),
        (minutes / 60 % 24, "h"),
        (minutes % 60, "min"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .take(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_durations_in_many_ways() {
        for (written, seconds) in [
            (r#""3m""#, 180),
            (r#""1h""#, 3600),
            (r#""7d""#, 604_800),
            (r#""1h 30m""#, 5400),
            (r#""PT3M""#, 180),
            (r#""P1D""#, 86_400),
            ("90", 90),
            ("0", 0),
        ] {
            let length: Length = serde_json::from_str(written).unwrap();
            assert_eq!(length, Length::seconds(seconds), "{written}");
        }
        let half: Length = serde_json::from_str("0.5").unwrap();
        assert_eq!(half.0, SignedDuration::from_millis(500));
        let written = serde_json::to_string(&Length::seconds(90)).unwrap();
        assert_eq!(
            serde_json::from_str::<Length>(&written)
                .unwrap()
                .0
                .as_secs(),
            90
        );
    }

    #[test]
    fn what_is_no_duration_is_named() {
        for (written, expected) in [
            (r#""soon""#, "\"soon\" is no duration"),
            (r#""-3m""#, "cannot be negative"),
            ("-1", "cannot be negative"),
            ("1e300", "out of range"),
            (r#""1y""#, "is no duration"),
            ("true", "a duration is text"),
        ] {
            let error = serde_json::from_str::<Length>(written)
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{written}: {error}");
        }
    }
}
