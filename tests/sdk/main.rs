//! The official Node SDK, unmodified, against the sandbox: what it asks for is what the sandbox must
//! answer, and what it does is written down here as it was observed.
//!
//! The SDK must be installed (`npm ci --ignore-scripts` in `tests/sdk`):
//! `cargo test -p shipmate-tests --features sdk --test sdk`

#[cfg(test)]
mod script;

#[cfg(test)]
mod world;

#[cfg(test)]
mod requests;

#[cfg(test)]
mod conversations;

#[cfg(test)]
mod events;

#[cfg(test)]
mod webhooks;

#[cfg(test)]
mod questions;

#[cfg(test)]
mod organizations;

#[cfg(test)]
mod intake;

#[cfg(test)]
mod side_by_side;

#[cfg(test)]
mod patterns;
