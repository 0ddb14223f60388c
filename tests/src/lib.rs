//! What the end-to-end tests and the load command are made of: a product binary as a child
//! process, a stub of the platform's API, webhook deliveries, a load generator, and a bare
//! endpoint to compare with.
//!
//! Nothing here depends on the runtime under test: it is judged from outside, by its binary.

pub mod sign;

pub mod event;

pub mod http;

pub mod stub;

pub mod binary;

pub mod service;

pub mod load;

pub mod bare;

pub mod measure;

#[cfg(feature = "sdk")]
pub mod compare;

// The snippets of the book and the README.
#[cfg(doctest)]
#[path = "../../docs/snippets.rs"]
mod book;
