//! The whole platform as a value that can be kept, and put back.

mod error;
pub use error::SnapshotError;

mod file;

mod saved;
use saved::Saved;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Limits, state::State};

/// Everything a sandbox knows at one moment: resources, conversations with the messages that wait,
/// what counts toward limits, webhooks and the deliveries that are not finished, tokens and the key
/// they are signed with, the next ids, and the time.
///
/// Faults that have not happened yet and the history of what was delivered are not in it. It holds
/// passwords, tokens and secrets: [`write`](Self::write) makes a file that only its owner reads,
/// and `Debug` shows nothing of it.
///
/// ```
/// use shipmate_sandbox::{Sandbox, Seed};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (seed, demo) = Seed::demo();
/// let sandbox = Sandbox::builder().seed(seed).start().await?;
/// let id = sandbox.open_conversation_with(&demo.dealer, "Carl Consumer")?;
///
/// let fork = Sandbox::builder().restore(sandbox.snapshot()).start().await?;
/// fork.contact_says(&id, "Only in the fork")?;
/// assert!(sandbox.conversation(&id).is_some_and(|it| it.messages.is_empty()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Serialize, Deserialize)]
pub struct Snapshot {
    format: u32,
    time: Timestamp,
    state: Saved,
}

/// The version of the format. It changes when an older sandbox could not read a newer snapshot or
/// the other way round.
const FORMAT: u32 = 1;

impl Snapshot {
    pub(crate) fn of(state: &State, time: Timestamp) -> Self {
        Self {
            format: FORMAT,
            time,
            state: Saved::of(state),
        }
    }

    /// The time on the platform when it was taken.
    pub fn time(&self) -> Timestamp {
        self.time
    }

    pub(crate) fn limits(&self) -> Limits {
        self.state.limits()
    }

    /// Puts the snapshot in the place of everything in `state` but its address.
    pub(crate) fn put_back(self, state: &mut State) {
        self.state.put_back(state, self.time);
    }

    /// A snapshot from the text of [`to_json`](Self::to_json).
    ///
    /// # Errors
    /// If it is not one, or one of another version of the sandbox.
    pub fn from_json(text: &str) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let Version { format } = serde_json::from_str(text).map_err(SnapshotError::Text)?;
        if format != FORMAT {
            return Err(SnapshotError::Format { found: format });
        }
        serde_json::from_str(text).map_err(SnapshotError::Text)
    }

    /// The snapshot as JSON, with all its secrets.
    ///
    /// # Errors
    /// If something in it cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, SnapshotError> {
        serde_json::to_string(self).map_err(SnapshotError::Text)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("format", &self.format)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}
