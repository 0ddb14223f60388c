//! Tests that read like conversations: the bot, the [platform](shipmate_sandbox), a store and a
//! clock in one process.
//!
//! ```
//! use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn, testing::World};
//!
//! struct Echo;
//!
//! impl Bot for Echo {
//!     type State = ();
//!     type Config = NoConfig;
//!
//!     async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
//!         turn.say(format!("Echo: {}", message.text));
//!         turn.done()
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // in a `#[tokio::test]`:
//! let world = World::of(Echo).await;
//! let ann = world.contact("Ann");
//! ann.says("hello").await;
//! ann.expects("Echo: hello").await;
//! ann.expects_silence().await;
//!
//! let agent = world.agent();
//! agent.accepts(&ann).await;
//! agent.says(&ann, "How can I help?").await;
//! world.advance("24h").await;
//! world.assert_no_limit_breach();
//! # }
//! ```
//!
//! The service is the real one, over real sockets, and so are its store and its limiter. Only time is
//! not: it stands still until the test moves it, and then it stops at everything that becomes due.
//! So a week takes as long as what happens in it. Every call returns when nothing is left to do
//! before time passes.
//!
//! A test that fails shows everything that happened. The same test makes the same transcript.
//!
//! Use it in a runtime of one thread, as `#[tokio::test]` makes it, and do not pause tokio's clock.

mod builder;
pub use builder::WorldBuilder;

mod world;
pub use world::World;

mod contact;
pub use contact::Contact;

mod agent;
pub use agent::Agent;

mod expect;
pub use expect::{Expect, any_of, containing, exactly};

mod length;
pub use length::{Length, LengthError};

mod step;
pub use step::{Step, Write};

mod account;
pub use account::Account;

mod breach;

mod chat;
pub use chat::{ChatError, ChatFailure, chat, chat_file, chat_folder};
pub(crate) use chat::{chat_text, find, update};

mod error;
pub use error::WorldError;

mod failure;
use failure::Failure;

mod stage;

mod life;

mod watch;

mod clock;

mod transcript;

#[cfg(test)]
mod tests;
