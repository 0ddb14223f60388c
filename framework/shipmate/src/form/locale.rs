//! The languages the form engine speaks.

use serde::{Deserialize, Serialize};

/// A language of the consumer. The platform's own list is `en`, `nl`, `de` and `fr` (API
/// Reference, user settings).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English, and the answer to any language not listed here.
    #[default]
    En,
    /// Dutch.
    Nl,
    /// German.
    De,
    /// French.
    Fr,
}

impl Locale {
    /// Every locale.
    pub const ALL: [Self; 4] = [Self::En, Self::Nl, Self::De, Self::Fr];

    /// The locale of a language tag such as `nl`, `nl-BE` or `fr_CA`; English if the language is
    /// not known.
    ///
    /// ```
    /// # use shipmate::form::Locale;
    /// assert_eq!(Locale::from_tag("nl-BE"), Locale::Nl);
    /// assert_eq!(Locale::from_tag("pt"), Locale::En);
    /// ```
    pub fn from_tag(tag: &str) -> Self {
        let language = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|locale| language.eq_ignore_ascii_case(locale.tag()))
            .unwrap_or_default()
    }

    /// The language tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Nl => "nl",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_by_its_language_and_falls_back_to_english() {
        for (tag, locale) in [
            ("en", Locale::En),
            ("EN-us", Locale::En),
            ("nl-BE", Locale::Nl),
            ("de_CH", Locale::De),
            (" fr ", Locale::Fr),
            ("frisian", Locale::En),
            ("", Locale::En),
            ("日本", Locale::En),
        ] {
            assert_eq!(Locale::from_tag(tag), locale, "{tag}");
        }
    }
}
