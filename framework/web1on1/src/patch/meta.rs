//! Changing some of a resource's free data.

use serde_json::Value;

use super::Patch;
use crate::{
    Bot, BotInstance, Collection, Contact, Conversation, Error, Field, Form, Message, Meta,
    Organization, Resource, Service, User, channel::Channel,
};

/// A resource with free data (metaproperties).
pub trait HasMeta {
    /// The free data.
    fn meta(&self) -> &Meta;
}

macro_rules! has_meta {
    ($($kind:ident)*) => {$(
        impl HasMeta for $kind {
            fn meta(&self) -> &Meta {
                &self.meta
            }
        }
    )*};
}

has_meta! {
    User Organization Service Form Field Bot BotInstance Channel Contact Conversation Message
}

impl<R: Resource + HasMeta> Collection<'_, R> {
    /// Changes some of a resource's free data and returns the resource. An update would replace
    /// all of it (API Basics, PATCH behavior), so this reads, merges and writes: each key of
    /// `changes` is set, and removed if it is `null`; objects within are replaced whole. If nothing
    /// changes, nothing is written.
    ///
    /// It is **not atomic**: what somebody else writes between the reading and the writing is lost.
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get) and [`update`](Self::update).
    pub async fn merge_meta(&self, id: &R::Id, changes: Meta) -> Result<R, Error> {
        let resource = self.get(id).await?;
        let merged = merge(resource.meta().clone(), changes);
        if merged == *resource.meta() {
            return Ok(resource);
        }
        self.update(id, &Patch::new().set("meta", merged)).await
    }
}

fn merge(mut meta: Meta, changes: Meta) -> Meta {
    for (key, value) in changes {
        if value == Value::Null {
            meta.remove(&key);
        } else {
            meta.insert(key, value);
        }
    }
    meta
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_set_removed_and_kept() {
        let before = json!({"kept": 1, "set": 2, "removed": 3, "object": {"a": 1, "b": 2}});
        let changes = json!({"set": "x", "removed": null, "object": {"a": 3}, "absent": null});
        let (Value::Object(before), Value::Object(changes)) = (before, changes) else {
            unreachable!()
        };
        assert_eq!(
            Value::Object(merge(before, changes)),
            json!({"kept": 1, "set": "x", "object": {"a": 3}})
        );
    }
}
