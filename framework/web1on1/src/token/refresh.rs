//! The token that renews an access token.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::{Claims, usable};
use crate::Error;

/// A refresh token: exchanged for a new access token, and good for nothing else. It lives a month
/// (API Reference, authentication) and never shows in `Debug`, logs or errors.
#[derive(Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// Takes `token` without the blanks around it, as they come from files and terminals.
    ///
    /// # Errors
    ///
    /// [`Error::Token`] if it is empty, holds characters that no token has, or is an access token.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let token = Self(usable(token.into())?);
        match token.claims().and_then(|claims| claims.grant_type) {
            Some(grant) if grant == "access_token" => Err(Error::Token {
                problem: "it is an access token where a refresh token is wanted",
            }),
            _ => Ok(token),
        }
    }

    /// What the token says about itself, or `None` if it is not a readable JWT.
    pub fn claims(&self) -> Option<Claims> {
        Claims::of(self.expose())
    }

    /// The token itself.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken([redacted])")
    }
}
