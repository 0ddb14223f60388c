//! What entries are called, so that others can refer to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Kids, Node, Problem, Value, hint};
use crate::directory::{Kind, Object, text};

/// The ids of all entries by kind and by what they may be called: id, key or name.
#[derive(Debug, Default)]
pub(super) struct Names {
    ids: BTreeMap<(Kind, String), String>,
    /// Names that two entries of a kind share and that thus name neither.
    shared: BTreeSet<(Kind, String)>,
}

/// Free-form objects: what is in them is not read as a reference unless it says so.
const FREE: [&str; 6] = ["meta", "params", "profile", "texts", "values", "value"];

impl Names {
    /// Notes what is there already under its id and its name.
    pub(super) fn know(&mut self, kind: Kind, id: &str, fields: &Object) {
        self.ids.insert((kind, id.to_owned()), id.to_owned());
        for name in ["name", "email"]
            .iter()
            .filter_map(|field| text(fields, field))
        {
            self.call(kind, name, id);
        }
        if kind == Kind::Bot {
            // The id of a bot is the id of its user.
            self.know(Kind::User, id, fields);
        }
    }

    /// Notes an entry under its id and its key, which must be its own, and under its name.
    pub(super) fn add(&mut self, kind: Kind, id: &str, entry: &Node) -> Result<(), Problem> {
        self.ids.insert((kind, id.to_owned()), id.to_owned());
        let kids = entry.kids(kind.path())?;
        if let Some((_, key)) = kids.get("key") {
            let name = (kind, key.text("key")?.to_owned());
            if self.ids.insert(name, id.to_owned()).is_some() {
                return Err(Problem::new(
                    key.at,
                    "another entry has this key; choose another",
                ));
            }
        }
        for field in ["name", "email"] {
            let Some((
                _,
                Node {
                    value: Value::Scalar(serde_json::Value::String(name)),
                    ..
                },
            )) = kids.get(field)
            else {
                continue;
            };
            self.call(kind, name, id);
        }
        Ok(())
    }

    fn call(&mut self, kind: Kind, name: &str, id: &str) {
        let name = (kind, name.to_owned());
        if self.ids.get(&name).is_some_and(|known| known != id) {
            self.shared.insert(name);
        } else {
            self.ids.insert(name, id.to_owned());
        }
    }

    /// The id that is meant.
    pub(super) fn find(&self, kind: Kind, node: &Node, key: &str) -> Result<String, Problem> {
        let word = node.text(key)?;
        let name = (kind, word.to_owned());
        if self.shared.contains(&name) {
            return Err(Problem::new(
                node.at,
                format!("several {} are called \"{word}\"; use a key", kind.path()),
            ));
        }
        self.ids.get(&name).cloned().ok_or_else(|| {
            let known = self.ids.keys().filter(|(known, _)| *known == kind);
            let hint = hint(word, known.map(|(_, name)| name.as_str()));
            Problem::new(
                node.at,
                format!("no {} is called \"{word}\"{hint}", kind.name()),
            )
        })
    }

    /// An object with ids in place of names, in the fields that refer to something by their name.
    pub(super) fn resolve(&self, kids: &mut Kids, own: Kind) -> Result<(), Problem> {
        for (field, (_, kid)) in kids.iter_mut() {
            match reference(field, own) {
                Some(kind) => self.replace(kid, kind, field)?,
                None => self.descend(kid, own, is_free(own, field))?,
            }
        }
        Ok(())
    }

    fn replace(&self, node: &mut Node, kind: Kind, field: &str) -> Result<(), Problem> {
        match &mut node.value {
            Value::List(items) => items
                .iter_mut()
                .try_for_each(|item| self.replace(item, kind, field)),
            Value::Scalar(serde_json::Value::String(_)) => {
                node.value = Value::Scalar(json!(self.find(kind, node, field)?));
                Ok(())
            }
            // Not a reference: partners are objects with one inside.
            _ => self.descend(node, kind, false),
        }
    }

    fn descend(&self, node: &mut Node, own: Kind, is_free: bool) -> Result<(), Problem> {
        if let Some((kind, name)) = explicit(node)? {
            node.value = Value::Scalar(json!(self.find(kind, &name, "ref")?));
            return Ok(());
        }
        match &mut node.value {
            Value::List(items) => items
                .iter_mut()
                .try_for_each(|item| self.descend(item, own, is_free)),
            Value::Object(kids) if is_free => kids
                .values_mut()
                .try_for_each(|(_, kid)| self.descend(kid, own, true)),
            Value::Object(kids) => self.resolve(kids, own),
            Value::Scalar(_) => Ok(()),
        }
    }
}

fn is_free(own: Kind, field: &str) -> bool {
    FREE.contains(&field) && !(own == Kind::Workflow && field == "params")
}

/// `{ ref = "forms/test-drive" }`, which may stand anywhere.
fn explicit(node: &Node) -> Result<Option<(Kind, Node)>, Problem> {
    let Value::Object(kids) = &node.value else {
        return Ok(None);
    };
    let Some((_, given)) = kids.get("ref").filter(|_| kids.len() == 1) else {
        return Ok(None);
    };
    let parts = given.text("ref")?.split_once('/');
    let found = parts.and_then(|(path, name)| Some((Kind::from_path(path)?, name)));
    let (kind, name) =
        found.ok_or_else(|| given.wrong("ref", "a path and a name, such as forms/brochure"))?;
    let name = Node {
        at: given.at,
        value: Value::Scalar(json!(name)),
    };
    Ok(Some((kind, name)))
}

/// What a field refers to, by its name. Fields that only share such a name are left alone.
fn reference(field: &str, own: Kind) -> Option<Kind> {
    match (own, field) {
        (Kind::Form, "template") => Some(Kind::Form),
        (_, "template" | "contact" | "file" | "link" | "test" | "location" | "partners") => None,
        _ => Kind::from_field(field),
    }
}
