//! What is allowed to be written into a resource.

use serde_json::Value;

use super::{Kind, Object, text};
use crate::Refusal;

impl Kind {
    /// A complete resource from the fields a client gave, without id, times and organization.
    ///
    /// # Errors
    /// 400 for missing fields, 422 for words the platform does not know.
    pub(crate) fn complete(self, given: Object) -> Result<Object, Refusal> {
        let given = self.writable(given);
        for field in self.required() {
            let missing = match given.get(*field) {
                None | Some(Value::Null) => true,
                Some(value) => value.as_str().is_some_and(str::is_empty),
            };
            if missing {
                return Err(Refusal::bad_request(format!(
                    "a {} needs {field}",
                    self.name()
                )));
            }
        }
        let mut complete = match self.defaults() {
            Value::Object(defaults) => defaults,
            _ => Object::new(),
        };
        for (field, value) in given.iter().filter(|(_, value)| !value.is_object()) {
            complete.insert(field.clone(), value.clone());
        }
        self.replace_nested(&mut complete, given);
        self.check_words(&complete)?;
        self.check_params(&complete)?;
        Ok(complete)
    }

    /// Merges `changes` into `resource` at the top level; nested objects and arrays are replaced
    /// (API Basics, PATCH behavior).
    ///
    /// # Errors
    /// 422 for words the platform does not know.
    pub(crate) fn merge(self, resource: &Object, changes: Object) -> Result<Object, Refusal> {
        let changes = self.writable(changes);
        let mut merged = resource.clone();
        for (field, value) in changes.iter().filter(|(_, value)| !value.is_object()) {
            merged.insert(field.clone(), value.clone());
        }
        self.replace_nested(&mut merged, changes);
        self.check_words(&merged)?;
        self.check_params(&merged)?;
        Ok(merged)
    }

    /// Scalars are set before this is called, since the defaults of `params` depend on `type`.
    fn replace_nested(self, resource: &mut Object, given: Object) {
        for (field, value) in given {
            if let Value::Object(given) = value {
                let mut nested = self.nested_defaults(resource, &field);
                nested.extend(given);
                resource.insert(field, Value::Object(nested));
            }
        }
    }

    fn writable(self, mut given: Object) -> Object {
        for field in self.read_only() {
            given.remove(*field);
        }
        given
    }

    fn check_words(self, resource: &Object) -> Result<(), Refusal> {
        for (field, words) in self.words() {
            match resource.get(*field) {
                None | Some(Value::Null) => {}
                Some(value) if value.as_str().is_some_and(|word| words.contains(&word)) => {}
                Some(value) => {
                    return Err(Refusal::unprocessable(format!(
                        "{} {field} {value} is not one of {}",
                        self.name(),
                        words.join(", ")
                    )));
                }
            }
        }
        Ok(())
    }

    fn check_params(self, resource: &Object) -> Result<(), Refusal> {
        let is_webhook = self == Self::Service && text(resource, "type") == Some("webhook");
        let url = resource.get("params").and_then(|params| params.get("url"));
        if is_webhook && url.and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(Refusal::unprocessable("a webhook needs params.url"));
        }
        Ok(())
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
        assert_eq!(Kind::Service.complete(hook).unwrap_err().status(), 422);
    }
}
