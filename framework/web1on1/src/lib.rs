//! Wire types and REST client for the Web1on1 / ChatShipper conversational platform.
//!
//! The types are shared by whoever calls the platform and by whoever plays it (the sandbox), so the
//! two cannot drift apart. The crate knows nothing of bots' state, queues or handlers.

mod clock;
pub use clock::{Clock, ManualClock, SystemClock};

mod id;
pub use id::{
    BotId, ChannelId, ContactId, ConversationId, FieldId, FormId, InstanceId, MessageId,
    OrganizationId, ServiceId, UserId,
};

mod wire;

mod message;
pub use message::{
    Action, ActionType, Item, Message, MessageType, NewMessage, Report, Role, Touchpoint,
};

mod conversation;
pub use conversation::{Conversation, ConversationStatus, ConversationType, Participant};

/// Free key/value data that the platform stores with a resource and passes on through webhooks
/// and the API (metaproperties).
pub type Meta = serde_json::Map<String, serde_json::Value>;
