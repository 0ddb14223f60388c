//! What a filter compares with.

use jiff::Timestamp;

use crate::{
    BotId, CategoryId, ChannelId, ContactId, ConversationId, FieldId, FormId, InstanceId,
    MessageId, OrganizationId, ServiceId, UserId,
};

/// A value in a filter: text, an id, a number, a switch or a time, which is written in UTC with
/// milliseconds, as the platform writes it.
///
/// ```
/// use web1on1::{Query, UserId};
///
/// let since: jiff::Timestamp = "2024-05-01T10:00:00Z".parse()?;
/// let query = Query::new()
///     .at_least("createdAt", since)
///     .equals("participants.user", &UserId::from("64aa"))
///     .equals("participants.inbox", true);
/// assert_eq!(
///     query.to_string(),
///     "createdAt=%3E%3D2024-05-01T10%3A00%3A00.000Z&participants.user=64aa&participants.inbox=true"
/// );
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterValue(String);

impl FilterValue {
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

impl From<&str> for FilterValue {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for FilterValue {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&String> for FilterValue {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}

impl From<Timestamp> for FilterValue {
    fn from(time: Timestamp) -> Self {
        Self(format!("{time:.3}"))
    }
}

macro_rules! written_as_shown {
    ($($value:ty)*) => {$(
        impl From<$value> for FilterValue {
            fn from(value: $value) -> Self {
                Self(value.to_string())
            }
        }
    )*};
}

written_as_shown! {
    bool i32 i64 u32 u64 usize f64
    &BotId &CategoryId &ChannelId &ContactId &ConversationId &FieldId &FormId &InstanceId
    &MessageId &OrganizationId &ServiceId &UserId
}
