//! A table that may also be written as its key alone.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// Reads a text with `from_text`, or a table as `Table` with `from_table`.
pub(super) struct TextOr<Table, FromTable, FromText> {
    expecting: &'static str,
    from_table: FromTable,
    from_text: FromText,
    table: PhantomData<Table>,
}

impl<T, Table, FromTable, FromText> TextOr<Table, FromTable, FromText>
where
    FromTable: FnOnce(Table) -> T,
    FromText: FnOnce(&str) -> T,
{
    pub(super) fn new(expecting: &'static str, from_table: FromTable, from_text: FromText) -> Self {
        Self {
            expecting,
            from_table,
            from_text,
            table: PhantomData,
        }
    }
}

impl<'de, T, Table, FromTable, FromText> Visitor<'de> for TextOr<Table, FromTable, FromText>
where
    Table: Deserialize<'de>,
    FromTable: FnOnce(Table) -> T,
    FromText: FnOnce(&str) -> T,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok((self.from_text)(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        Table::deserialize(MapAccessDeserializer::new(map)).map(self.from_table)
    }
}
