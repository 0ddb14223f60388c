//! The model: what a resource holds after it was created and patched, by the documents alone.

use proptest::{prop_assert, prop_assert_eq, test_runner::TestCaseError};
use serde_json::{Map, Value};

/// Fields that the platform itself fills in or keeps to itself.
const NOT_COMPARED: [&str; 4] = ["organization", "displayName", "password", "categories"];

/// The reference's JSON schema for creating a resource, in short, with two defaults that stand in its
/// prose only.
#[derive(Debug, Clone)]
pub(super) struct Schema(Value);

impl Schema {
    pub(super) fn of(resource: &str) -> Self {
        let all: Value = serde_json::from_str(include_str!("reference.json")).unwrap();
        Self(all[resource].clone())
    }

    pub(super) fn properties(&self) -> impl Iterator<Item = (&String, Self)> {
        let properties = self.0.get("properties").and_then(Value::as_object);
        properties
            .into_iter()
            .flatten()
            .map(|(name, schema)| (name, Self(schema.clone())))
    }

    pub(super) fn property(&self, name: &str) -> Option<Self> {
        Some(Self(self.0.get("properties")?.get(name)?.clone()))
    }

    pub(super) fn is_required(&self, name: &str) -> bool {
        let required = self.0.get("required").and_then(Value::as_array);
        required.is_some_and(|required| required.iter().any(|required| required == name))
    }

    pub(super) fn kind(&self) -> &str {
        self.0.get("type").and_then(Value::as_str).unwrap()
    }

    pub(super) fn words(&self) -> Option<Vec<String>> {
        serde_json::from_value(self.0.get("enum")?.clone()).unwrap()
    }

    /// What is kept of what was given: documented defaults stand in for what is missing.
    pub(super) fn created(&self, given: Map<String, Value>) -> Map<String, Value> {
        let mut kept = given;
        for (name, schema) in self.properties() {
            match kept.get_mut(name) {
                Some(value) => *value = schema.filled(value.take()),
                None => {
                    if let Some(default) = schema.0.get("default") {
                        kept.insert(name.clone(), default.clone());
                    }
                }
            }
        }
        kept
    }

    /// What is kept after a PATCH: what it names is replaced as a whole, the rest stays.
    pub(super) fn patched(
        &self,
        before: Map<String, Value>,
        changes: Map<String, Value>,
    ) -> Map<String, Value> {
        let mut kept = before;
        for (name, value) in changes {
            let value = match self.property(&name) {
                Some(schema) => schema.filled(value),
                None => value,
            };
            kept.insert(name, value);
        }
        kept
    }

    fn filled(&self, value: Value) -> Value {
        match value {
            Value::Object(given) => Value::Object(self.created(given)),
            other => other,
        }
    }

    /// What is expected is there, and nothing documented is there that is not expected.
    pub(super) fn compare(
        &self,
        expected: &Map<String, Value>,
        actual: &Value,
    ) -> Result<(), TestCaseError> {
        let empty = Value::Null;
        for (name, _) in self.properties() {
            if NOT_COMPARED.contains(&name.as_str()) {
                continue;
            }
            let actual = normal(actual.get(name).unwrap_or(&empty));
            match expected.get(name) {
                Some(expected) => prop_assert_eq!(&normal(expected), &actual, "{}", name),
                None => prop_assert!(
                    actual.is_null() || self.is_all_default(name, &actual),
                    "{name} was not given, but is {actual}"
                ),
            }
        }
        Ok(())
    }

    /// A nested object that was never given may show its defaults, and nothing else.
    fn is_all_default(&self, name: &str, actual: &Value) -> bool {
        let defaults = self
            .property(name)
            .map(|schema| schema.filled(Value::Object(Map::new())));
        defaults.is_some_and(|defaults| normal(&defaults) == *actual)
    }
}

/// Absent, null and empty are the same; so are 1 and 1.0; ids and times that the platform adds to
/// the parts of a resource do not count.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept: Map<String, Value> = object
                .iter()
                .filter(|(key, _)| !["id", "createdAt", "updatedAt"].contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), normal(value)))
                .filter(|(_, value)| !value.is_null())
                .collect();
            if kept.is_empty() {
                Value::Null
            } else {
                Value::Object(kept)
            }
        }
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Number(number) => number.as_f64().into(),
        Value::String(text) => match text.parse::<jiff::Timestamp>() {
            Ok(time) => time.as_millisecond().into(),
            Err(_) => value.clone(),
        },
        _ => value.clone(),
    }
}
