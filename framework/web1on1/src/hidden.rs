//! The secrets of a request, which must not show should the answer repeat them.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::Error;

/// What goes along with a request and is nobody's business.
#[derive(Clone, Default)]
pub(crate) struct Hidden {
    pub(crate) bearer: Option<HeaderValue>,
    pub(crate) secrets: Vec<SecretString>,
}

impl Hidden {
    /// `error` without the secrets.
    pub(crate) fn hide(&self, error: Error) -> Error {
        let bearer = self.bearer.as_ref().and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|value| value.strip_prefix("Bearer "));
        let secrets = self.secrets.iter().map(SecretString::expose_secret);
        secrets.chain(token).fold(error, Error::without)
    }
}
