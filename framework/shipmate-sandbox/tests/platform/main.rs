//! The sandbox from outside: real sockets, a clock that the tests move.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the whole binary is tests"
)]

mod admin;
mod avatars;
mod border;
mod business_initiated;
mod clock;
mod commands;
mod conversations;
mod faults;
mod fetching;
mod journal;
mod limits;
mod messages;
mod organizations;
mod page;
mod quirks;
mod replay;
mod resources;
mod rights;
mod seeding;
mod snapshots;
mod tokens;
mod validation;
mod webhook_faults;
mod webhooks;
mod wire;
mod workflows;
mod world;
