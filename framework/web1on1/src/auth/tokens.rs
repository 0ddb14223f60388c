//! What is kept of a login.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Grant, Redacted, RefreshToken, Token, UserId, wire::time};

/// An access token and what renews it. `Debug` shows neither.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// The access token.
    pub access: Token,
    /// Renews it.
    pub refresh: Option<RefreshToken>,
    /// When the access token stops working, if that is known.
    pub expires_at: Option<Timestamp>,
    /// The address of the user, if it is known. It tells whose tokens these are where the tokens
    /// do not.
    pub email: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    token: Redacted<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Redacted<String>>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "time::deserialize"
    )]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

impl Tokens {
    /// An access token alone. When it stops working is read from the token, if that says so.
    pub fn new(access: Token) -> Self {
        Self {
            expires_at: access.claims().and_then(|claims| claims.expires_at),
            access,
            refresh: None,
            email: None,
        }
    }

    /// The tokens as JSON, for a [`TokenStore`](crate::TokenStore).
    pub fn to_json(&self) -> Redacted<String> {
        let written = Written {
            token: self.access.expose().to_owned().into(),
            refresh_token: self
                .refresh
                .as_ref()
                .map(|refresh| refresh.expose().to_owned().into()),
            expires_at: self.expires_at,
            email: self.email.clone(),
        };
        // Text and a time always have a JSON form.
        Redacted::new(serde_json::to_string(&written).unwrap_or_default())
    }

    /// Reads what [`to_json`](Self::to_json) has written.
    ///
    /// # Errors
    ///
    /// [`Error::Token`] if it is something else. It tells the kind of damage, not the content.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let written: Written = serde_json::from_str(json).map_err(|_| Error::Token {
            problem: "it is not stored as JSON with a `token`",
        })?;
        let refresh = written
            .refresh_token
            .map(|refresh| RefreshToken::new(refresh.into_exposed()));
        Ok(Self {
            access: Token::new(written.token.into_exposed())?,
            refresh: refresh.transpose()?,
            expires_at: written.expires_at,
            email: written.email,
        })
    }

    /// Whose tokens these are, if they say so.
    pub(crate) fn user(&self) -> Option<UserId> {
        let claims = self
            .access
            .claims()
            .or_else(|| self.refresh.as_ref()?.claims());
        claims.map(|claims| claims.user)
    }

    /// Whether both are certainly of one user.
    pub(crate) fn is_of(&self, user: Option<&UserId>, email: Option<&str>) -> bool {
        match (self.user(), user) {
            (Some(own), Some(user)) => own == *user,
            _ => {
                matches!((&self.email, email), (Some(own), Some(email)) if own.eq_ignore_ascii_case(email))
            }
        }
    }
}

impl From<Grant> for Tokens {
    fn from(grant: Grant) -> Self {
        Self {
            access: grant.token,
            refresh: grant.refresh_token,
            expires_at: grant.expires_at,
            email: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let mut tokens = Tokens::new(Token::new("acc3ss").unwrap());
        let check = |tokens: &Tokens| {
            let json = tokens.to_json();
            assert!(!format!("{json:?} {tokens:?}").contains("acc3ss"));
            let read = Tokens::from_json(json.expose()).unwrap();
            assert_eq!(read.to_json().expose(), json.expose());
        };
        check(&tokens);
        tokens.refresh = Some(RefreshToken::new("r3fresh").unwrap());
        tokens.expires_at = Timestamp::from_second(7).ok();
        tokens.email = Some("ann@example.com".to_owned());
        check(&tokens);
    }

    #[test]
    fn damage_is_told_without_the_content() {
        for json in [
            "",
            "{}",
            "s3cr3t",
            r#"{"token": "s3cr3t two"}"#,
            r#"{"token": 5}"#,
        ] {
            let error = Tokens::from_json(json).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains("s3cr3t"),
                "{error:?}"
            );
        }
    }
}
