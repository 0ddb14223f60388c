//! Errors of handlers: try again, unless said otherwise.

use std::{error::Error, fmt};

use crate::causes::with_causes;

/// What a hook returns.
pub type Result<T = super::Outcome, E = BotError> = std::result::Result<T, E>;

/// Why a hook failed. `?` works on any error and means *try the event again*, with growing pauses;
/// giving up at once is explicit: [`.permanent()?`](Permanent::permanent).
///
/// The message is logged and kept with the event, so it must hold no secrets and no answers.
pub struct BotError {
    source: Box<dyn Error + Send + Sync>,
    permanent: bool,
}

impl BotError {
    /// An error that trying again will not cure.
    pub fn permanent(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
            permanent: true,
        }
    }

    /// Whether the platform could not be asked, which says nothing about the event or the handler.
    pub(crate) fn is_outage(&self) -> bool {
        let error = self.source.downcast_ref::<web1on1::Error>();
        !self.permanent
            && error.is_some_and(|error| error.is_retryable() || error.is_token_problem())
    }

    /// Whether trying again is pointless.
    pub fn is_permanent(&self) -> bool {
        self.permanent
    }
}

/// Gives up on an error instead of trying again.
pub trait Permanent<T> {
    /// The same result, with an error that is not tried again.
    ///
    /// # Errors
    ///
    /// The error of `self`, if it is one.
    fn permanent(self) -> Result<T>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> Permanent<T> for std::result::Result<T, E> {
    fn permanent(self) -> Result<T> {
        self.map_err(BotError::permanent)
    }
}

// `BotError` itself is no `Error`, so that this can be written (as in `anyhow`).
impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for BotError {
    fn from(source: E) -> Self {
        Self {
            source: source.into(),
            permanent: false,
        }
    }
}

impl fmt::Display for BotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_causes(&*self.source))
    }
}

impl fmt::Debug for BotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_tried_again_unless_permanent() {
        let fails = || "x".parse::<u32>();
        let again: BotError = fails().unwrap_err().into();
        assert!(!again.is_permanent());
        assert!(fails().permanent().unwrap_err().is_permanent());
    }
}
