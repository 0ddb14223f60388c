//! Objects within a resource, one odd value of which must not make the whole resource unreadable:
//! a webhook would be lost for a user's odd preference.

use serde::{
    Deserialize as _, Deserializer, Serialize, Serializer, de::DeserializeOwned, ser::Error as _,
};
use serde_json::Value;

use crate::Meta;

/// A type that keeps what it does not know.
pub(crate) trait KeepsUnknown: Default + DeserializeOwned {
    fn extra_mut(&mut self) -> &mut Meta;
}

/// Reads `null` as the default, and keeps each value of another shape than expected in `extra`,
/// where its field has the default.
pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: KeepsUnknown,
{
    let fields = Option::<Meta>::deserialize(deserializer)?.unwrap_or_default();
    Ok(read(fields))
}

/// Writes each field once: what was kept in `extra` wins over a default.
pub(crate) fn serialize<S, T>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    T: Serialize,
{
    serde_json::to_value(value)
        .map_err(S::Error::custom)?
        .serialize(serializer)
}

pub(crate) fn read<T: KeepsUnknown>(fields: Meta) -> T {
    if let Ok(value) = T::deserialize(&Value::Object(fields.clone())) {
        return value;
    }
    let fits = |name: &String, value: &Value| {
        let alone: Meta = [(name.clone(), value.clone())].into_iter().collect();
        T::deserialize(&Value::Object(alone)).is_ok()
    };
    let (fitting, odd): (Meta, Meta) = fields
        .into_iter()
        .partition(|(name, value)| fits(name, value));
    let mut value = T::deserialize(&Value::Object(fitting)).unwrap_or_default();
    value.extra_mut().extend(odd);
    value
}
