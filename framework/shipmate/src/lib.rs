//! Shipmate.
