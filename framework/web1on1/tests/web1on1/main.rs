//! The crate as its users see it: documents read and written, and a client on real sockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod api;
mod auth;
mod documents;
mod exchange;
mod lists;
mod platform;
mod retries;
mod secrets;
