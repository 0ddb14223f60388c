//! Texts of an author, in one or more languages.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor},
};

use super::Locale;

/// A text in one or more languages. Where a language is missing, English is used, or else the text
/// that was given for no language, or else the first one.
///
/// ```
/// use shipmate::form::{Locale, Localized};
///
/// let text = Localized::from("Your name?").with(Locale::Nl, "Je naam?");
/// assert_eq!(text.of(Locale::Nl), "Je naam?");
/// assert_eq!(text.of(Locale::Fr), "Your name?");
/// ```
///
/// In a file it is a text, `"Your name?"`, or a table, `{ en = "Your name?", nl = "Je naam?" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Localized {
    /// What is used for a language that has no text of its own, if there is no English.
    fallback: String,
    by_locale: BTreeMap<Locale, String>,
}

impl Localized {
    /// A text that is made for each language.
    pub fn in_each<T: Into<String>>(text: impl Fn(Locale) -> T) -> Self {
        let locales = Locale::ALL.into_iter();
        locales.fold(Self::default(), |all, locale| {
            all.with(locale, text(locale))
        })
    }

    /// The same with a text for one language.
    #[must_use]
    pub fn with(mut self, locale: Locale, text: impl Into<String>) -> Self {
        let text = text.into();
        if self.fallback.is_empty() {
            self.fallback.clone_from(&text);
        }
        self.by_locale.insert(locale, text);
        self
    }

    /// The text in a language.
    pub fn of(&self, locale: Locale) -> &str {
        self.by_locale
            .get(&locale)
            .map_or_else(|| self.fallback(), String::as_str)
    }

    /// The text for a language that has none of its own.
    pub(super) fn fallback(&self) -> &str {
        self.by_locale.get(&Locale::En).unwrap_or(&self.fallback)
    }

    /// The text in every language it has, each once.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let mut texts: Vec<&str> = std::iter::once(&self.fallback)
            .chain(self.by_locale.values())
            .map(String::as_str)
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts.into_iter()
    }

    /// Whether there is nothing to say in any language.
    pub fn is_empty(&self) -> bool {
        self.all().all(|text| text.trim().is_empty())
    }

    /// The languages that have a text of their own.
    pub fn locales(&self) -> impl Iterator<Item = Locale> {
        self.by_locale.keys().copied()
    }
}

impl From<&str> for Localized {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Localized {
    fn from(fallback: String) -> Self {
        Self {
            fallback,
            by_locale: BTreeMap::new(),
        }
    }
}

impl Serialize for Localized {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.by_locale.is_empty() {
            return self.fallback.serialize(serializer);
        }
        let mut by_locale = self.by_locale.clone();
        if by_locale.values().next() != Some(&self.fallback) {
            // What is used for any other language is read as English.
            by_locale
                .entry(Locale::En)
                .or_insert_with(|| self.fallback.clone());
        }
        by_locale.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Localized {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrTable)
    }
}

struct TextOrTable;

impl<'de> Visitor<'de> for TextOrTable {
    type Value = Localized;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a table of texts by language such as { en = \"…\", nl = \"…\" }")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Localized, E> {
        Ok(text.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Localized, A::Error> {
        let mut by_locale = BTreeMap::new();
        while let Some((locale, text)) = map.next_entry::<Locale, String>()? {
            by_locale.insert(locale, text);
        }
        // `Locale` sorts English first.
        let first = by_locale.values().next().cloned();
        let fallback = first.ok_or_else(|| de::Error::custom("no text in any language"))?;
        Ok(Localized {
            fallback,
            by_locale,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Localized, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn it_is_a_text_or_a_table_of_texts() {
        assert_eq!(read(r#""Hello""#).unwrap().of(Locale::De), "Hello");
        let both = read(r#"{"nl": "Hallo", "fr": "Bonjour"}"#).unwrap();
        assert_eq!(both.of(Locale::Fr), "Bonjour");
        assert_eq!(both.of(Locale::En), "Hallo");
        assert_eq!(both.all().collect::<Vec<_>>(), ["Bonjour", "Hallo"]);
    }

    #[test]
    fn english_stands_in_for_a_language_that_is_missing() {
        let dutch_first = Localized::default().with(Locale::Nl, "Hallo");
        assert_eq!(dutch_first.of(Locale::Fr), "Hallo");
        let both = dutch_first.with(Locale::En, "Hello");
        assert_eq!(both.of(Locale::Fr), "Hello");
        assert_eq!(both.of(Locale::Nl), "Hallo");
    }

    #[test]
    fn what_is_neither_says_so() {
        for (json, told) in [
            ("7", "a text, or a table"),
            ("{}", "no text in any language"),
            (r#"{"pt": "Olá"}"#, "unknown variant `pt`"),
        ] {
            let error = read(json).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
