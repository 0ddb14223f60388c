//! How values are written on the wire.

pub(crate) mod nested;

/// An enum of the platform's words with an arm for words we do not know yet, so that a new word
/// never makes a resource unreadable.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// A word this version does not know, kept as it came.
            Other(Box<str>),
        }

        impl $name {
            /// The platform's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Other(other.into()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
                Ok(Self::from(word.as_ref()))
            }
        }
    };
}
pub(crate) use words;

/// Times as the platform writes them: ISO 8601, where a missing offset means UTC (API Basics,
/// datetime handling).
pub(crate) mod time {
    use std::borrow::Cow;

    use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
    use serde::{Deserialize, Deserializer, de::Error as _};

    /// Reads a time as the platform writes it: ISO 8601, where a missing offset means UTC (API
    /// Basics, datetime handling).
    ///
    /// # Errors
    ///
    /// If `text` is not such a time.
    pub fn parse(text: &str) -> Result<Timestamp, jiff::Error> {
        text.parse().or_else(|error| {
            text.parse::<DateTime>()
                .and_then(|local| local.to_zoned(TimeZone::UTC))
                .map(|zoned| zoned.timestamp())
                .map_err(|_| error)
        })
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<Cow<'_, str>>::deserialize(deserializer)?;
        text.map(|text| parse(&text).map_err(D::Error::custom))
            .transpose()
    }
}

/// Reads `null` as the default: the platform writes `null` for what is not set.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de> + Default,
{
    use serde::Deserialize;
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads `null` as `true`, for switches that are on unless said otherwise.
pub(crate) fn null_as_true<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<bool, D::Error> {
    use serde::Deserialize;
    Ok(Option::<bool>::deserialize(deserializer)?.unwrap_or(true))
}

/// Reads text, and also a number or a switch where people were free to type one: one odd option
/// must not make a whole form unreadable.
pub(crate) fn scalar_as_text<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    use serde::{Deserialize, de::Error as _};
    use serde_json::Value;
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        scalar @ (Value::Bool(_) | Value::Number(_)) => Ok(scalar.to_string()),
        Value::Array(_) | Value::Object(_) => Err(D::Error::custom("expected text")),
    }
}

pub(crate) fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape serde asks for"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::time::parse;

    #[test]
    fn a_time_without_an_offset_is_utc() {
        let plain = parse("2016-01-07T14:03:43").unwrap();
        assert_eq!(plain, parse("2016-01-07T14:03:43Z").unwrap());
        assert_eq!(plain, parse("2016-01-07T15:03:43+01:00").unwrap());
        assert!(parse("yesterday").is_err());
    }
}
