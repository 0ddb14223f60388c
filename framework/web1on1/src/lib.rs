//! Wire types and REST client for the Web1on1 / ChatShipper conversational platform.
//!
//! The types are shared by whoever calls the platform and by whoever plays it (the sandbox), so the
//! two cannot drift apart. The crate knows nothing of bots' state, queues or handlers.
//!
//! ```no_run
//! # async fn example() -> Result<(), web1on1::Error> {
//! use web1on1::{Action, Client, NewMessage, Token};
//!
//! let client = Client::builder("https://api.web1on1.chat")
//!     .token(Token::new("94c70d470e391bdc16a8d8363b5d4891")?)
//!     .build()?;
//! let question = NewMessage::chat("Would you like a test drive?")
//!     .with_actions([Action::reply("Yes", "YES"), Action::reply("No", "NO")]);
//! let sent = client.messages().post(&"64aa00000000000000000001".into(), question).await?;
//! println!("{}", sent.id);
//! # Ok(())
//! # }
//! ```
//!
//! | module | job |
//! |---|---|
//! | `clock` | [`Clock`]: time as a value |
//! | `id` | a type for each kind of id |
//! | `wire`, `redacted` | how words, times, nulls and secrets are written |
//! | `message`, [`contact`], [`conversation`], `form`, `bot`, [`service`], [`user`], [`organization`], [`organization_group`], [`channel`], [`workflow`] | the resources; their finer parts stay in the modules |
//! | [`patch`] | [`Patch`]: partial updates as the platform applies them |
//! | `token` | [`Token`]: on whose behalf requests are made; [`RefreshToken`]: what renews it |
//! | `pace`, `pacer` | [`Pacer`]: never more requests in any second than the platform allows |
//! | `error`, `refusal`, `hidden` | [`Error`]: what went wrong, and whether the request may have taken effect |
//! | `retry` | [`Retries`]: which requests are made again, and when |
//! | `query`, `request`, `answer` | what is asked, and what is answered |
//! | `client` | [`Client`]: connections, one exchange at a time |
//! | `auth` | logging in, renewing tokens, and where they are kept: [`TokenStore`] |
//! | `link`, `page`, `items` | lists: [`Page`] by page, or all [`Items`] as a stream |
//! | [`api`] | what can be done with each resource, one file per resource |

mod clock;
pub use clock::{Clock, ManualClock, SystemClock};

mod id;
pub use id::{
    BotId, CategoryId, ChannelId, ContactId, ConversationId, FieldId, FormId, InstanceId,
    MessageId, OrganizationGroupId, OrganizationId, RuleId, ServiceId, UserId, WorkflowId,
};

mod wire;
pub use wire::time::parse as parse_time;

mod redacted;
pub use redacted::Redacted;

mod locale;
pub use locale::Locale;

mod message;
pub use message::{
    Action, ActionType, Item, Message, MessageType, NewMessage, Report, Role, Touchpoint,
};

pub mod contact;
pub use contact::{Contact, ContactProfile, NewContact};

pub mod conversation;
pub use conversation::{
    Conversation, ConversationStatus, ConversationType, NewConversation, Participant,
};

mod form;
pub use form::{Field, FieldOption, FieldType, Form, FormStatus, FormType, NewField, NewForm};

mod bot;
pub use bot::{Audience, Bot, BotInstance, BotRole, BotStatus, NewBot, NewBotInstance};

pub mod service;
pub use service::{NewService, Service, ServiceParams, ServiceStatus, ServiceType};

pub mod user;
pub use user::{User, UserRole, UserStatus};

pub mod organization;
pub use organization::{Category, Organization, OrganizationStatus};

pub mod organization_group;

pub mod channel;

pub mod workflow;

pub mod patch;
pub use patch::Patch;

mod token;
pub use token::{Claims, RefreshToken, Token};

mod pace;

mod pacer;
pub use pacer::{Pacer, Permit, Waiting};

mod error;
pub use error::Error;

mod refusal;

mod hidden;

mod retry;
pub use retry::Retries;

mod query;
pub use query::{FilterValue, Query, RequiredFilter};

mod request;
pub use request::Request;

mod answer;
pub use answer::Answer;

mod client;
pub use client::{Client, ClientBuilder};

mod auth;
pub use auth::{
    Auth, Credentials, FileTokenStore, Grant, MemoryTokenStore, TokenStore, TokenStoreError, Tokens,
};

mod link;

mod page;
pub use page::{Cursor, Page};

mod items;
pub use items::Items;

pub mod api;
pub use api::{Collection, Create, Receipt, Resource};

/// Free key/value data that the platform stores with a resource and passes on through webhooks
/// and the API (metaproperties).
pub type Meta = serde_json::Map<String, serde_json::Value>;
