//! Receiving: from a socket to the inbox.
//!
//! A request's signature is checked over its raw bytes before anything is parsed, and the 200
//! follows only after the event is on disk.

mod body;
mod receive;
mod server;
mod signature;

pub(crate) use receive::{Receiver, router};
pub use server::ServerOptions;
pub(crate) use server::serve;
pub use signature::WebhookSecrets;
