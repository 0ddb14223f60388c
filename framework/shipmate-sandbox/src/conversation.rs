//! Conversations: what is said, what it changes, and when.

mod audience;
pub(crate) use audience::reaches_consumer;

mod check;
pub(crate) use check::read_message;

mod effect;

mod open;
pub(crate) use open::Opened;

mod post;
pub(crate) use post::Author;

mod saved;
pub(crate) use saved::SavedThreads;

mod snapshot;
pub(crate) use snapshot::gauges;
pub use snapshot::{BotGauge, ConversationSnapshot};

mod template;

mod thread;
pub(crate) use thread::{Entry, Progress, Thread};

mod threads;
pub(crate) use threads::Threads;

mod rewrite;

pub(crate) mod workflow;
