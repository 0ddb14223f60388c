//! What is known of the deployment of the platform that this service talks to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::plan::{Encoding, Lines, PlanOptions};

/// Shared by those who plan messages and those who send them.
#[derive(Debug)]
pub(crate) struct Deployment {
    encoding: Encoding,
    lines: Mutex<Lines>,
}

impl Deployment {
    pub(crate) fn new(options: &PlanOptions) -> Self {
        Self {
            encoding: options.encoding,
            lines: Mutex::new(options.lines),
        }
    }

    /// Whether several commands in one message take effect.
    pub(crate) fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether commands that were planned apart may share a message.
    pub(crate) fn understands_lines(&self) -> bool {
        self.encoding != Encoding::Array && *self.lines() == Lines::Verified
    }
}
