//! Partial updates as the platform applies them.

mod meta;
pub use meta::HasMeta;

mod table;
pub use table::{
    BotInstancePatch, BotPatch, CategoryPatch, ChannelPatch, ContactPatch, ConversationPatch,
    FieldPatch, FormPatch, MessagePatch, OrganizationGroupPatch, OrganizationPatch, ServicePatch,
    UserPatch, WorkflowPatch,
};

use std::{fmt, marker::PhantomData};

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;

use crate::{Error, Meta, Request};

/// Changes to a resource of kind `R`. Only what was set is sent.
///
/// An update merges at the top level and **replaces** nested objects and arrays: keys that are
/// missing in them fall back to defaults (API Basics, PATCH behavior). So the setters of nested
/// values are called `replace_…`: read, change and replace the whole. The setters called `clear_…`
/// send `null`.
///
/// ```
/// use web1on1::{Meta, patch::UserPatch};
///
/// let patch = UserPatch::new()
///     .given_name("Ann")
///     .clear_phone()
///     .replace_meta(Meta::new())
///     .set("nickname", "annie");
/// assert_eq!(serde_json::to_value(&patch).unwrap(), serde_json::json!({
///     "givenName": "Ann", "phone": null, "meta": {}, "nickname": "annie"
/// }));
/// ```
pub struct Patch<R> {
    changes: Meta,
    /// Why a value could not be written as JSON.
    problem: Option<String>,
    kind: PhantomData<fn() -> R>,
}

impl<R> Patch<R> {
    /// No changes.
    pub fn new() -> Self {
        Self::from(Meta::new())
    }

    /// Sets a field by the platform's name, for fields without a setter. An object or array
    /// replaces the old one.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.changes.insert(name.into(), value.into());
        self
    }

    /// Empties a field by the platform's name: sends `null`.
    #[must_use]
    pub fn clear(self, name: impl Into<String>) -> Self {
        self.set(name, Value::Null)
    }

    /// Whether nothing is changed. The client refuses to send such a patch.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.problem.is_none()
    }

    /// The changes by the platform's names.
    pub fn changes(&self) -> &Meta {
        &self.changes
    }

    /// Sets a field to a value of this crate.
    fn put<T: Serialize>(mut self, name: &str, value: &T) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.set(name, value),
            Err(error) => {
                self.problem = Some(format!("`{name}`: {error}"));
                self
            }
        }
    }

    /// The update of the resource under `path`.
    pub(crate) fn request(&self, path: &[&str]) -> Result<Request, Error> {
        let request = Request::patch(path.iter().copied());
        if self.is_empty() {
            return Err(request
                .unsendable("the patch changes nothing; set a field, or leave the update out"));
        }
        request.json(self)
    }
}

impl<R> From<Meta> for Patch<R> {
    /// Changes by the platform's names.
    fn from(changes: Meta) -> Self {
        Self {
            changes,
            problem: None,
            kind: PhantomData,
        }
    }
}

impl<R> Serialize for Patch<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.problem {
            Some(problem) => Err(S::Error::custom(problem)),
            None => self.changes.serialize(serializer),
        }
    }
}

impl<R> Default for Patch<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> Clone for Patch<R> {
    fn clone(&self) -> Self {
        Self {
            changes: self.changes.clone(),
            problem: self.problem.clone(),
            kind: PhantomData,
        }
    }
}

impl<R> PartialEq for Patch<R> {
    fn eq(&self, other: &Self) -> bool {
        self.changes == other.changes && self.problem == other.problem
    }
}

impl<R> fmt::Debug for Patch<R> {
    /// The names of what is changed, not the values: they may be passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Patch")?;
        f.debug_set().entries(self.changes.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Redacted, User};

    #[test]
    fn an_empty_patch_is_refused_and_says_so() {
        let error = Patch::<User>::new().request(&["users", "1"]).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("PATCH /v2/users/1") && text.contains("changes nothing"),
            "{text}"
        );
        assert!(!error.is_in_doubt() && !error.is_retryable());
    }

    #[test]
    fn values_do_not_show() {
        let patch = UserPatch::new().password(Redacted::new("z3krUt".to_owned()));
        assert_eq!(format!("{patch:?}"), r#"Patch{"password"}"#);
    }

    #[test]
    fn a_value_without_a_json_form_is_refused() {
        let odd = std::collections::HashMap::from([(vec![1], 1)]);
        let patch = Patch::<User>::new().put("odd", &odd);
        assert!(!patch.is_empty());
        let error = patch.request(&["users", "1"]).unwrap_err();
        assert!(error.to_string().contains("`odd`"), "{error}");
    }
}
