//! Why a world cannot be started.

use std::io;

use shipmate_sandbox::{Refusal, StartError};

use crate::{service::BuildError, store::StoreError};

/// Why a [`World`](super::World) cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The platform cannot be started.
    #[error("the platform cannot be started; look at the seed")]
    Sandbox(#[source] StartError),
    /// The seed has fewer bots than the world, or the world has none.
    #[error(
        "{wanted} bots are to be tested and the seed has {there}; give the world a bot, and the seed as many"
    )]
    Bots {
        /// Bots given to the world.
        wanted: usize,
        /// Bots of the seed.
        there: usize,
    },
    /// Nobody can write to the bot.
    #[error("there is no organization {wanted:?}; name one of the seed, and install the bot there")]
    NoOrganization {
        /// What was looked for.
        wanted: String,
    },
    /// The bot cannot be given its settings.
    #[error("the bot cannot be given its settings")]
    Settings(#[source] Refusal),
    /// The bot has no usable token.
    #[error("the bot's token cannot be used")]
    Token(#[source] web1on1::Error),
    /// The service cannot be built.
    #[error("the service cannot be built")]
    Build(#[source] BuildError),
    /// The store does not work.
    #[error("the store cannot be used")]
    Store(#[source] StoreError),
    /// The machine lacks something.
    #[error("the machine has no thread, socket or runtime for another world")]
    Machine(#[source] io::Error),
    /// The service ended by itself.
    #[error("the service ended while it started; a panic's message is in the test's output")]
    Ended,
}
