//! One setting, read as whatever type is asked for.

use std::{cell::RefCell, collections::BTreeMap, str::FromStr};

use serde::{
    de::{self, IntoDeserializer, Visitor},
    forward_to_deserialize_any,
};

use super::{Fault, one_of};

/// The value of a setting. Without one, something that fits is assumed, and what was asked for is
/// noted.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) key: &'a str,
    pub(super) value: Option<&'a str>,
    pub(super) wanted: &'a RefCell<BTreeMap<String, String>>,
}

impl<'a> Text<'a> {
    /// The value, or `assumed`.
    fn or(self, assumed: &'static str, expected: &str) -> &'a str {
        self.value.unwrap_or_else(|| {
            let mut wanted = self.wanted.borrow_mut();
            wanted.insert(self.key.to_owned(), expected.to_owned());
            assumed
        })
    }

    fn parse<T: FromStr>(self, expected: &str) -> Result<T, Fault> {
        let value = self.or("0", expected);
        value.parse().map_err(|_| Fault::value(expected))
    }
}

impl<'de> IntoDeserializer<'de, Fault> for Text<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parse {
    ($($method:ident => $visit:ident: $expected:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.parse($expected)?)
        }
    )*};
}

const YES_OR_NO: &str = "`true` or `false`";

impl<'de> de::Deserializer<'de> for Text<'de> {
    type Error = Fault;

    parse! {
        deserialize_i8 => visit_i8: "a whole number from -128 to 127, for example 3",
        deserialize_i16 => visit_i16: "a whole number from -32768 to 32767, for example 3",
        deserialize_i32 => visit_i32: "a whole number, for example 3",
        deserialize_i64 => visit_i64: "a whole number, for example 3",
        deserialize_u8 => visit_u8: "a whole number from 0 to 255, for example 3",
        deserialize_u16 => visit_u16: "a whole number from 0 to 65535, for example 3",
        deserialize_u32 => visit_u32: "a whole number from 0, for example 3",
        deserialize_u64 => visit_u64: "a whole number from 0, for example 3",
        deserialize_f32 => visit_f32: "a number, for example 2.5",
        deserialize_f64 => visit_f64: "a number, for example 2.5",
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(self.or("", "a text"))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.or("false", YES_OR_NO).to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => visitor.visit_bool(true),
            "false" | "no" | "off" | "0" => visitor.visit_bool(false),
            _ => Err(Fault::value(YES_OR_NO)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let first = variants.first().copied().unwrap_or_default();
        let value = self.or(first, &one_of(variants));
        visitor.visit_enum(value.into_deserializer())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let value = self.or("", "a list with commas, for example `one, two`");
        let items = value
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let items = items.map(|value| Text {
            value: Some(value),
            ..self
        });
        visitor.visit_seq(de::value::SeqDeserializer::new(items))
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct
        identifier ignored_any
    }
}
