//! The crate as its users see it: documents read and written, and a client on real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod api;
mod auth;
mod business;
mod documents;
mod exchange;
mod lists;
mod patches;
mod platform;
mod retries;
mod secrets;
mod updates;
