//! Reads a typed configuration from settings that are all text, as the platform keeps them.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{
    de::{self, DeserializeOwned, IntoDeserializer, Visitor, value::MapDeserializer},
    forward_to_deserialize_any,
};

/// Why settings do not make a configuration. Names the setting, but not its value, which may be a
/// key to another system.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl de::Error for ConfigError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Reads `C`: numbers and booleans from their text, lists from text with commas.
///
/// # Errors
///
/// If a setting is missing or is not of its type.
pub(crate) fn read<C: DeserializeOwned>(
    settings: &BTreeMap<String, String>,
) -> Result<C, ConfigError> {
    let pairs = settings
        .iter()
        .map(|(key, value)| (key.as_str(), Text { key, value }));
    C::deserialize(MapDeserializer::new(pairs))
}

#[derive(Clone, Copy)]
struct Text<'a> {
    key: &'a str,
    value: &'a str,
}

impl Text<'_> {
    fn parse<T: FromStr>(self, expected: &str) -> Result<T, ConfigError> {
        let wrong = |_| ConfigError(format!("`{}` is not {expected}", self.key));
        self.value.parse().map_err(wrong)
    }
}

impl<'de> IntoDeserializer<'de, ConfigError> for Text<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parse {
    ($($method:ident => $visit:ident: $expected:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
            visitor.$visit(self.parse($expected)?)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Text<'de> {
    type Error = ConfigError;

    parse! {
        deserialize_i8 => visit_i8: "a small whole number",
        deserialize_i16 => visit_i16: "a whole number",
        deserialize_i32 => visit_i32: "a whole number",
        deserialize_i64 => visit_i64: "a whole number",
        deserialize_u8 => visit_u8: "a whole number from 0 to 255",
        deserialize_u16 => visit_u16: "a whole number from 0",
        deserialize_u32 => visit_u32: "a whole number from 0",
        deserialize_u64 => visit_u64: "a whole number from 0",
        deserialize_f32 => visit_f32: "a number",
        deserialize_f64 => visit_f64: "a number",
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        let named = |ConfigError(problem)| ConfigError(format!("`{}`: {problem}", self.key));
        visitor.visit_borrowed_str(self.value).map_err(named)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        match self.value {
            "true" | "yes" | "on" | "1" => visitor.visit_bool(true),
            "false" | "no" | "off" | "0" => visitor.visit_bool(false),
            _ => Err(ConfigError(format!(
                "`{}` is neither `true` nor `false`",
                self.key
            ))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        visitor.visit_enum(self.value.into_deserializer())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        let items = self
            .value
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let items = items.map(|value| Text {
            key: self.key,
            value,
        });
        visitor.visit_seq(de::value::SeqDeserializer::new(items))
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::schedule::Hours;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    struct Config {
        brand_name: String,
        #[serde(default)]
        attempts: Option<u8>,
        #[serde(default)]
        quiet: bool,
        #[serde(default)]
        forms: Vec<String>,
        #[serde(default)]
        opening_hours: Hours,
    }

    fn check(settings: &[(&str, &str)]) -> Result<Config, String> {
        let settings = settings
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()));
        read(&settings.collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn text_becomes_typed() {
        let got = check(&[
            ("brandName", "123"),
            ("attempts", "4"),
            ("quiet", "yes"),
            ("forms", "a, b"),
            ("x", "y"),
        ]);
        assert_eq!(
            got.unwrap(),
            Config {
                brand_name: "123".into(),
                attempts: Some(4),
                quiet: true,
                forms: vec!["a".into(), "b".into()],
                opening_hours: Hours::default(),
            }
        );
    }

    #[test]
    fn an_error_names_the_setting_and_not_its_value() {
        let error = check(&[("brandName", "x"), ("attempts", "s3cret")]).unwrap_err();
        assert_eq!(error, "`attempts` is not a whole number from 0 to 255");
        assert_eq!(check(&[]).unwrap_err(), "missing field `brandName`");
        let wrong = [("brandName", "x"), ("openingHours", "mon-fri 9-25")];
        assert_eq!(
            check(&wrong).unwrap_err(),
            "`openingHours`: `mon-fri 9-25`: `25` is no time of day; write hours like `mon-fri 09:00-17:30; sat 10:00-16:00`"
        );
    }
}
