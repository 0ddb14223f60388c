use std::io;

use super::FORMAT;

/// Why a snapshot cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The text is no snapshot.
    #[error("this is not a snapshot of the sandbox; take a new one")]
    Text(#[source] serde_json::Error),
    /// It was taken by a sandbox with another format.
    #[error("the snapshot has the format {found}, this sandbox reads {FORMAT}; take a new one")]
    Format {
        /// The format of the snapshot.
        found: u32,
    },
    /// The file cannot be read or written.
    #[error("cannot use the snapshot file {path}; check its folder and its rights")]
    File {
        /// The file.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
}
