//! Conversations as plain text, played as tests.

mod files;
pub use files::{chat_file, chat_folder};
pub(crate) use files::{find, play as chat_text, update};

mod play;

mod script;
pub use script::ChatError;

use std::fmt;

use self::{play::Play, script::Script};
use super::{Failure, WorldBuilder, WorldError, transcript::escaped};

/// Why a `.chat` file failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChatFailure {
    /// It cannot be read as a conversation.
    Unreadable(ChatError),
    /// Its world cannot be started.
    World(WorldError),
    /// It went otherwise.
    Otherwise {
        /// The line, from 1.
        line: usize,
        /// What was expected, and what came instead.
        what: String,
        /// Everything that happened.
        transcript: String,
    },
}

impl ChatFailure {
    fn at(line: usize, failure: &Failure, transcript: String) -> Self {
        let what = format!(
            "expected {}, but {}",
            escaped(&failure.expected),
            escaped(&failure.instead)
        );
        Self::Otherwise {
            line,
            what,
            transcript,
        }
    }

    /// The failure as lines to read, with the name of the file.
    pub fn of_file(&self, name: &str) -> String {
        match self {
            Self::Unreadable(error) => format!("{name}:{}: {error}", error.line()),
            Self::World(error) => format!("{name}: {}", crate::causes::with_causes(error)),
            Self::Otherwise {
                line,
                what,
                transcript,
            } => format!("{name}:{line}: {what}\n\nWhat happened:\n{transcript}"),
        }
    }
}

impl fmt::Display for ChatFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of_file("chat"))
    }
}

impl std::error::Error for ChatFailure {}

/// Plays the text of a `.chat` file in a world of its own.
///
/// ```
/// # use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn};
/// # struct Echo;
/// # impl Bot for Echo {
/// #     type State = ();
/// #     type Config = NoConfig;
/// #     async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
/// #         turn.say(format!("Echo: {}", message.text));
/// #         turn.done()
/// #     }
/// # }
/// use shipmate::testing::{World, chat};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
/// chat(World::of(Echo), "
/// Ann: hi
/// Bot: Echo: hi
/// (24h later)
/// Bot is silent
/// ").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If it cannot be read, its world cannot be started, or it goes otherwise.
pub async fn chat(world: impl Into<WorldBuilder>, text: &str) -> Result<(), ChatFailure> {
    let script = Script::read(text).map_err(ChatFailure::Unreadable)?;
    let mut play = Play::start(world.into(), &script).await?;
    play.perform(&script).await
}
