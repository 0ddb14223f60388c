//! What is allowed to be written into a resource.

use serde_json::Value;

use super::{
    Kind, Object,
    schema::{self, params_of},
    text,
};
use crate::Refusal;

impl Kind {
    /// A complete resource from the fields a client gave, without id, times and organization.
    ///
    /// # Errors
    /// 400 for missing fields and wrong types, 422 for words the platform does not know.
    pub(crate) fn complete(self, given: Object) -> Result<Object, Refusal> {
        let mut complete = self.writable(given);
        schema::check(self.name(), self.schema(), &mut complete, true)?;
        self.check_params(&mut complete)?;
        Ok(complete)
    }

    /// Merges `changes` into `resource` at the top level; nested objects and arrays are replaced,
    /// and keys they do not name fall back to their defaults (API Basics, PATCH behavior).
    ///
    /// # Errors
    /// 400 for wrong types, 422 for words the platform does not know.
    pub(crate) fn merge(self, resource: &Object, changes: Object) -> Result<Object, Refusal> {
        let mut changes = self.writable(changes);
        schema::check(self.name(), self.schema(), &mut changes, false)?;
        let is_about_params = ["type", "params"]
            .iter()
            .any(|field| changes.contains_key(*field));
        let mut merged = resource.clone();
        merged.extend(changes);
        if is_about_params {
            self.check_params(&mut merged)?;
        }
        Ok(merged)
    }

    fn writable(self, mut given: Object) -> Object {
        for field in self.read_only() {
            given.remove(*field);
        }
        given
    }

    /// What the parameters of a service must be depends on its type.
    fn check_params(self, resource: &mut Object) -> Result<(), Refusal> {
        if self != Self::Service {
            return Ok(());
        }
        let fields = params_of(text(resource, "type").unwrap_or_default());
        match resource.get_mut("params") {
            Some(Value::Object(params)) => schema::check("service's params", fields, params, true),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        match value {
            Value::Object(object) => object,
            other => panic!("not an object: {other}"),
        }
    }

    #[test]
    fn patch_merges_the_top_level_and_replaces_what_is_nested() {
        // The example of API Basics, PATCH behavior.
        let record = object(json!({
            "id": "591a", "organization": "590b", "name": "Acme SmartSupp", "type": "smartsupp",
            "params": {"jid": "uid3710", "password": "z3kR3t", "host": "s1.smartsupp.com", "port": 5223}
        }));
        let changes = object(json!({
            "id": "other", "name": "Acme Web Widget",
            "params": {"jid": "uid8965", "password": "z3kR3t", "host": "s1.smartsupp.com"}
        }));
        let merged = Kind::Service.merge(&record, changes).unwrap();
        assert_eq!(
            Value::Object(merged),
            json!({
                "id": "591a", "organization": "590b", "name": "Acme Web Widget", "type": "smartsupp",
                "params": {"jid": "uid8965", "password": "z3kR3t", "host": "s1.smartsupp.com", "port": 5222}
            })
        );
    }

    #[test]
    fn patch_replaces_meta_and_arrays() {
        let record =
            object(json!({"name": "Desk", "meta": {"a": "1", "b": "2"}, "tags": ["x", "y"]}));
        let changes = object(json!({"meta": {"c": "3"}, "tags": ["z"]}));
        let merged = Kind::Bot.merge(&record, changes).unwrap();
        assert_eq!(
            Value::Object(merged),
            json!({"name": "Desk", "meta": {"c": "3"}, "tags": ["z"]})
        );
    }

    #[test]
    fn what_is_not_given_gets_its_default() {
        let form = Kind::Form
            .complete(object(json!({"name": "Brochure", "secret": 1})))
            .unwrap();
        assert_eq!(form["type"], "topic");
        assert_eq!(form["status"], "active");
        assert_eq!(form["fields"], json!([]));
    }

    #[test]
    fn missing_fields_and_unknown_words_are_refused() {
        let missing = Kind::Form.complete(Object::new()).unwrap_err();
        assert_eq!(
            (missing.status(), missing.to_string().as_str()),
            (400, "a form needs name")
        );
        let unknown = Kind::Bot
            .complete(object(json!({"name": "x", "audience": "moon"})))
            .unwrap_err();
        assert_eq!(unknown.status(), 422);
        assert!(
            unknown.to_string().contains("global, owner, group"),
            "{unknown}"
        );
        let hook = object(json!({"name": "x", "params": {}}));
        let unaddressed = Kind::Service.complete(hook).unwrap_err();
        assert_eq!(
            (unaddressed.status(), unaddressed.to_string().as_str()),
            (400, "a service's params needs url")
        );
    }
}
