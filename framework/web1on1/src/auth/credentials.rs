//! What somebody logs in with.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// A user's address and password. The password never shows in `Debug`, logs or errors.
#[derive(Clone)]
pub struct Credentials {
    pub(crate) email: String,
    password: SecretString,
    otp: Option<SecretString>,
}

impl Credentials {
    /// Logs in by password.
    pub fn password(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            password: SecretString::from(password.into()),
            otp: None,
        }
    }

    /// Adds a one-time password (`otp`, newer API Reference). It is good for one login, so a client
    /// that has to log in again later cannot use it: give it a token store as well.
    #[must_use]
    pub fn otp(mut self, code: impl Into<String>) -> Self {
        self.otp = Some(SecretString::from(code.into()));
        self
    }

    pub(super) fn exposed_password(&self) -> &str {
        self.password.expose_secret()
    }

    pub(super) fn one_time_password(&self) -> Option<&str> {
        self.otp.as_ref().map(|code| code.expose_secret())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}
