//! Ids as types of their own, so that a form's id cannot be passed for a user's.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, de};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        ///
        /// Reads from a plain id or from a populated resource (an object with an `id`), since the
        /// platform sends either, depending on `populate`.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as the platform writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl From<Arc<str>> for $name {
            fn from(id: Arc<str>) -> Self {
                Self(id)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(IdVisitor).map(Self)
            }
        }
    )*};
}

ids! {
    /// A user: a person who works with the platform, or a bot.
    UserId
    /// A bot's definition. It is also the id of the bot's user (SDK).
    BotId
    /// An organization.
    OrganizationId
    /// A conversation.
    ConversationId
    /// A message in a conversation.
    MessageId
    /// A contact: the consumer of a conversation.
    ContactId
    /// A form.
    FormId
    /// A field of a form.
    FieldId
    /// A bot instance: one organization's use of a bot.
    InstanceId
    /// A service: an integration such as a messaging channel or a webhook.
    ServiceId
    /// A channel that conversations are routed to.
    ChannelId
    /// A category of an organization.
    CategoryId
    /// A group of organizations.
    OrganizationGroupId
    /// A workflow: the rules by which conversations reach channels.
    WorkflowId
    /// A rule of a workflow.
    RuleId
}

impl From<UserId> for BotId {
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}

impl From<BotId> for UserId {
    fn from(bot: BotId) -> Self {
        Self(bot.0)
    }
}

struct IdVisitor;

impl<'de> de::Visitor<'de> for IdVisitor {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id, or an object that has an `id`")
    }

    fn visit_str<E: de::Error>(self, id: &str) -> Result<Arc<str>, E> {
        Ok(id.into())
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Arc<str>, A::Error> {
        let mut id: Option<Arc<str>> = None;
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            if key == "id" || (key == "_id" && id.is_none()) {
                id = Some(map.next_value()?);
            } else {
                map.next_value::<de::IgnoredAny>()?;
            }
        }
        id.ok_or_else(|| de::Error::missing_field("id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_and_populated_ids() {
        for json in [
            r#""64aa""#,
            r#"{"name": "Acme", "id": "64aa"}"#,
            r#"{"_id": "64aa"}"#,
            r#"{"_id": "x", "id": "64aa"}"#,
        ] {
            let id: OrganizationId = serde_json::from_str(json).unwrap();
            assert_eq!(id.as_str(), "64aa", "{json}");
        }
        assert!(serde_json::from_str::<OrganizationId>("{}").is_err());
        assert!(serde_json::from_str::<OrganizationId>("7").is_err());
    }
}
