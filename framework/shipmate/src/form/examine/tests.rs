//! The static check against what the engine does.

mod findings;
mod properties;
