//! Where tokens are kept between renewals.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;

use super::Tokens;

/// Keeps the newest tokens, so that a restart need not log in again and several processes with the
/// same user share one login: before a client renews its token, it looks here whether somebody else
/// already has (as the SDK does).
///
/// Give each user a store of its own. [`Tokens::to_json`] and [`Tokens::from_json`] are there for
/// implementations; what they write is secret.
#[async_trait]
pub trait TokenStore: std::fmt::Debug + Send + Sync + 'static {
    /// What was saved last, by whoever; `None` if nothing was.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    async fn load(&self) -> Result<Option<Tokens>, TokenStoreError>;

    /// Keeps `tokens` in the place of what was there. Whoever loads meanwhile gets the old or the
    /// new ones, whole.
    ///
    /// # Errors
    ///
    /// If they could not be kept; then the old ones still are.
    async fn save(&self, tokens: &Tokens) -> Result<(), TokenStoreError>;
}

/// Why tokens could not be read or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenStoreError {
    /// The file cannot be read or written.
    #[error("cannot {action} the token file {}; check its folder and rights", path.display())]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{} is not a usable token file; remove it to begin with the configured token", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<crate::Error>,
    },
    /// A store of your own failed.
    #[error("the token store failed")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Keeps tokens as long as the process lives.
#[derive(Debug, Default)]
pub struct MemoryTokenStore {
    tokens: Mutex<Option<Tokens>>,
}

impl MemoryTokenStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self) -> Result<Option<Tokens>, TokenStoreError> {
        Ok(self
            .tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    async fn save(&self, tokens: &Tokens) -> Result<(), TokenStoreError> {
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokens.clone());
        Ok(())
    }
}
