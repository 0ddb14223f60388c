//! Why a store could not do what it was asked.

use std::sync::Arc;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The setting names no store we know.
    #[error("`{url}` names no store; use `sqlite:<path>` or `memory:`")]
    UnknownUrl {
        /// The setting, without credentials.
        url: String,
    },
    /// The file cannot be opened or prepared.
    #[error("cannot open the store {path}; is it a file of this program?")]
    Open {
        /// The file.
        path: String,
        /// The engine's words.
        #[source]
        source: rusqlite::Error,
    },
    /// A store in memory cannot be looked into from outside.
    #[error(
        "the store is in memory (`memory:`), so only the running service knows it; look at the operator's page"
    )]
    InMemory,
    /// There is no such file.
    #[error("there is no store {path}; check SHIPMATE_STORE and the folder you are in")]
    Missing {
        /// The file.
        path: String,
    },
    /// Another process has the file.
    #[error(
        "the store {path} is in use by another service; stop that one, or give this one its own file with SHIPMATE_STORE"
    )]
    InUse {
        /// The file.
        path: String,
    },
    /// The folder or the lock file beside the store cannot be used.
    #[error("cannot prepare the store {path}; check that the folder exists and is writable")]
    Prepare {
        /// The file.
        path: String,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// The file was written by a newer version.
    #[error(
        "the store has schema {found}, this version knows up to {known}; run the version that wrote it or a newer one"
    )]
    TooNew {
        /// The file's schema.
        found: i64,
        /// The newest schema this version knows.
        known: i64,
    },
    /// The file was written by an older version, and is only to be read.
    #[error(
        "the store has schema {found}, this version reads {known}; start the service once, which brings it up to date"
    )]
    TooOld {
        /// The file's schema.
        found: i64,
        /// The schema this version reads.
        known: i64,
    },
    /// The event has an outcome already; nothing of the commit took effect.
    #[error("the event has an outcome already")]
    Decided,
    /// Reading or writing failed; nothing of the operation took effect.
    #[error("the store failed; check disk space and the disk's health")]
    Failed(#[source] Arc<rusqlite::Error>),
    /// The store's thread has ended.
    #[error("the store is closed")]
    Closed,
}
