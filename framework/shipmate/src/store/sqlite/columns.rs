//! Columns as the values they stand for.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Row, types::Type};

use crate::{
    limit::TextHash,
    store::{Class, Key, RowKind},
};

pub(super) fn key(row: &Row<'_>, first: usize) -> rusqlite::Result<Key> {
    Ok(Key {
        bot: row.get(first)?,
        mailbox: row.get(first + 1)?,
    })
}

pub(super) fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Bytes>> {
    Ok(row.get::<_, Option<Vec<u8>>>(column)?.map(Bytes::from))
}

pub(super) fn text_hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<TextHash>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(TextHash::from_bits))
}

pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let millisecond = row.get(column)?;
    Timestamp::from_millisecond(millisecond).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error))
    })
}

pub(super) fn optional_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get_ref(column)?.as_i64_or_null()? {
        None => Ok(None),
        Some(_) => time(row, column).map(Some),
    }
}

pub(super) fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<RowKind> {
    match row.get_ref(column)?.as_str()? {
        "message" => Ok(RowKind::Message),
        "patch" => Ok(RowKind::Patch),
        "profile" => Ok(RowKind::Profile),
        // Of a newer version; what it sends must not be taken for a message.
        other => {
            let error = format!("unknown kind of row: {other}").into();
            Err(rusqlite::Error::FromSqlConversionFailure(
                column,
                Type::Text,
                error,
            ))
        }
    }
}

pub(super) fn kind_name(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Message => "message",
        RowKind::Patch => "patch",
        RowKind::Profile => "profile",
    }
}

pub(super) fn class(row: &Row<'_>, column: usize) -> rusqlite::Result<Class> {
    Ok(match row.get::<_, i64>(column)? {
        1 => Class::Nudge,
        2 => Class::Campaign,
        _ => Class::Reply,
    })
}

pub(super) fn class_number(class: Class) -> i64 {
    match class {
        Class::Reply => 0,
        Class::Nudge => 1,
        Class::Campaign => 2,
    }
}

pub(super) fn optional_text(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Arc<str>>> {
    row.get(column)
}
