//! What a service has learned of its deployment by now.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Lines;

/// Shared by all who write commands.
#[derive(Debug, Default)]
pub(crate) struct KnownLines(Mutex<Lines>);

impl KnownLines {
    pub(crate) fn new(lines: Lines) -> Self {
        Self(Mutex::new(lines))
    }

    pub(crate) fn get(&self) -> Lines {
        *self.lock()
    }

    /// Takes what an earlier run has learned.
    pub(crate) fn recall(&self, lines: Lines) {
        *self.lock() = lines;
    }

    /// Takes note of whether lines work, and tells whether that is new. That they do not weighs
    /// more: then nothing is lost by sending commands one by one.
    pub(crate) fn learn(&self, works: bool) -> bool {
        let mut lines = self.lock();
        let before = *lines;
        *lines = match (works, before) {
            (true, Lines::Unverified | Lines::Verified) => Lines::Verified,
            (true, Lines::Broken) | (false, _) => Lines::Broken,
        };
        *lines != before
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
