use jiff::{Timestamp, civil::DateTime};
use serde_json::{Map, Value, json};

use super::{Fallback, Field, Shape};
use crate::Refusal;

type Object = Map<String, Value>;

/// Where in a resource a value is: `service params.port`.
#[derive(Clone, Copy)]
struct Place<'a> {
    what: &'a str,
    path: &'a str,
}

/// Checks `given` field by field and fills in the defaults inside nested objects, and, if
/// `is_whole`, those of fields that are not given.
///
/// # Errors
/// 400 for a required field that is missing and for a wrong JSON type, 422 for an unknown word; the
/// field is named.
pub(crate) fn check(
    what: &str,
    fields: &[Field],
    given: &mut Object,
    is_whole: bool,
) -> Result<(), Refusal> {
    check_object(Place { what, path: "" }, fields, given, is_whole)
}

fn check_object(
    place: Place<'_>,
    fields: &[Field],
    given: &mut Object,
    is_whole: bool,
) -> Result<(), Refusal> {
    for field in fields {
        let path = join(place.path, field.name);
        let place = Place {
            path: &path,
            ..place
        };
        match given.get_mut(field.name) {
            None if !is_whole => {}
            None => fill_in(place, field, given)?,
            Some(value) if is_blank(value) && field.is_required => return Err(place.missing()),
            Some(Value::Null) => {}
            Some(value) => check_value(place, field.shape, value)?,
        }
    }
    Ok(())
}

fn fill_in(place: Place<'_>, field: &Field, given: &mut Object) -> Result<(), Refusal> {
    let value = match field.fallback {
        _ if field.is_required => return Err(place.missing()),
        Fallback::Absent => return Ok(()),
        Fallback::Word(word) => json!(word),
        Fallback::Flag(flag) => json!(flag),
        Fallback::Number(number) => json!(number),
        Fallback::Texts(texts) => json!(texts),
        Fallback::NoItems => json!([]),
        Fallback::Defaults => {
            let mut nested = json!({});
            check_value(place, field.shape, &mut nested)?;
            nested
        }
    };
    given.insert(field.name.to_owned(), value);
    Ok(())
}

fn check_value(place: Place<'_>, shape: Shape, value: &mut Value) -> Result<(), Refusal> {
    match shape {
        Shape::Text => place.require(value.is_string(), "text"),
        Shape::TextOrNumber => place.require(value.is_string() || value.is_number(), "text"),
        Shape::Number => place.require(value.is_number(), "a number"),
        Shape::Flag => place.require(value.is_boolean(), "true or false"),
        Shape::Time => place.require(is_time(value), "a time in ISO 8601"),
        Shape::Word(words) => check_word(place, words, value),
        Shape::Texts => {
            let items = place.items(value)?;
            place.require(items.iter().all(Value::is_string), "a list of texts")
        }
        Shape::Words(words) => {
            let items = place.items(value)?;
            items
                .iter()
                .try_for_each(|item| check_word(place, words, item))
        }
        Shape::List => place.items(value).map(|_| ()),
        Shape::Free => place.require(value.is_object(), "an object"),
        Shape::Object(fields) => match value {
            Value::Object(nested) => check_object(place, fields, nested, true),
            _ => Err(place.wrong("an object")),
        },
        Shape::Objects(fields) => check_items(place, fields, value, false),
        Shape::Slots(fields, most) => {
            if place.items(value)?.len() > most {
                return Err(Refusal::unprocessable(format!(
                    "{} {} has more than {most} items",
                    place.what, place.path
                )));
            }
            check_items(place, fields, value, true)
        }
    }
}

fn check_word(place: Place<'_>, words: &[&str], value: &Value) -> Result<(), Refusal> {
    match value.as_str() {
        None => Err(place.wrong("text")),
        Some(word) if words.contains(&word) => Ok(()),
        Some(_) => Err(Refusal::unprocessable(format!(
            "{} {} {value} is not one of {}",
            place.what,
            place.path,
            words.join(", ")
        ))),
    }
}

fn check_items(
    place: Place<'_>,
    fields: &[Field],
    value: &mut Value,
    may_be_null: bool,
) -> Result<(), Refusal> {
    for (index, item) in place.items(value)?.iter_mut().enumerate() {
        let path = join(place.path, &index.to_string());
        let place = Place {
            path: &path,
            ..place
        };
        match item {
            Value::Object(item) => check_object(place, fields, item, true)?,
            Value::Null if may_be_null => {}
            _ => return Err(place.wrong("an object")),
        }
    }
    Ok(())
}

impl Place<'_> {
    fn require(self, holds: bool, wanted: &str) -> Result<(), Refusal> {
        if holds {
            Ok(())
        } else {
            Err(self.wrong(wanted))
        }
    }

    fn items(self, value: &mut Value) -> Result<&mut Vec<Value>, Refusal> {
        value.as_array_mut().ok_or_else(|| self.wrong("a list"))
    }

    fn wrong(self, wanted: &str) -> Refusal {
        Refusal::bad_request(format!("{} {} must be {wanted}", self.what, self.path))
    }

    fn missing(self) -> Refusal {
        let article = if self.what.starts_with(['a', 'e', 'i', 'o']) {
            "an"
        } else {
            "a"
        };
        Refusal::bad_request(format!("{article} {} needs {}", self.what, self.path))
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// Times without an offset are UTC (API Basics, formats).
fn is_time(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok())
}
