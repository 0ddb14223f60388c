//! What is said in other words than ours, as it is written in a definition.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Error as _, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::super::{Locale, Phrase};

/// Several ways to say the same, by language. In a file it is a text, a list of texts, or a table
/// of either by language: `{ en = "Thanks!", nl = ["Dank je!", "Bedankt!"] }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variants {
    by_locale: BTreeMap<Locale, Vec<String>>,
}

impl Variants {
    /// The same with texts for one language.
    #[must_use]
    pub fn with<T: Into<String>>(
        mut self,
        locale: Locale,
        texts: impl IntoIterator<Item = T>,
    ) -> Self {
        let texts = texts.into_iter().map(Into::into).collect();
        self.by_locale.insert(locale, texts);
        self
    }

    /// The texts of each language.
    pub fn iter(&self) -> impl Iterator<Item = (Locale, &[String])> {
        self.by_locale
            .iter()
            .map(|(locale, texts)| (*locale, texts.as_slice()))
    }

    fn everywhere(texts: &[String]) -> Self {
        let by_locale = Locale::ALL.map(|locale| (locale, texts.to_vec()));
        Self {
            by_locale: by_locale.into(),
        }
    }
}

impl Serialize for Variants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_locale.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Variants {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(VariantsVisitor)
    }
}

struct VariantsVisitor;

impl<'de> Visitor<'de> for VariantsVisitor {
    type Value = Variants;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list of texts, or a table of these by language")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Variants, E> {
        Ok(Variants::everywhere(&[text.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Variants, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            texts.push(text);
        }
        Ok(Variants::everywhere(&texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Variants, A::Error> {
        let by_locale =
            BTreeMap::<Locale, OneOrSeveral>::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Variants {
            by_locale: by_locale
                .into_iter()
                .map(|(locale, texts)| (locale, texts.0))
                .collect(),
        })
    }
}

struct OneOrSeveral(Vec<String>);

impl<'de> Deserialize<'de> for OneOrSeveral {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrList;
        impl<'de> Visitor<'de> for TextOrList {
            type Value = OneOrSeveral;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrSeveral, E> {
                Ok(OneOrSeveral(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrSeveral, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrSeveral(texts))
            }
        }
        deserializer.deserialize_any(TextOrList)
    }
}

impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Phrase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}
