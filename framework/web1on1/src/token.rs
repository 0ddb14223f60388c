//! The bearer token that says on whose behalf requests are made.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::{Error, OrganizationId, UserId};

/// An access token. It never shows in `Debug`, logs or errors.
///
/// Tokens of bot users may never expire, others live 24 hours; the documents disagree, so look at
/// [`Claims::expires_at`].
///
/// ```
/// use web1on1::Token;
///
/// let token = Token::new(" 94c70d470e391bdc16a8d8363b5d4891\n").unwrap();
/// assert_eq!(format!("{token:?}"), "Token([redacted])");
/// assert!(Token::new("").is_err());
/// ```
#[derive(Clone)]
pub struct Token(SecretString);

/// What a token says about itself. It is read without checking the signature, so it is good for
/// planning and messages, not for deciding what somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// The user that requests act as.
    pub user: UserId,
    /// The user's organization.
    pub organization: Option<OrganizationId>,
    /// What the token allows, for example `guest agent bot`, one word each.
    pub scope: Vec<String>,
    /// What the token is for: `access_token` or `refresh_token`.
    pub grant_type: Option<String>,
    /// When it stops working; `None` if it does not say.
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// Takes `token` without the blanks around it, as they come from files and terminals.
    ///
    /// # Errors
    ///
    /// [`Error::Token`] if it is empty, holds characters that no token has, or is a refresh token,
    /// which the platform does not accept on requests.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let token = SecretString::from(token.into());
        let text = token.expose_secret().trim();
        if text.is_empty() {
            return Err(Error::Token {
                problem: "it is empty; copy the access token of the bot's user",
            });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Token {
                problem: "it holds blanks or characters outside of ASCII; give the token alone, without `Bearer`",
            });
        }
        let token = Self(SecretString::from(text));
        match token.claims().and_then(|claims| claims.grant_type) {
            Some(grant) if grant == "refresh_token" => Err(Error::Token {
                problem: "it is a refresh token; exchange it for an access token first",
            }),
            _ => Ok(token),
        }
    }

    /// What the token says about itself, or `None` if it is not a readable JWT: older tokens are
    /// plain random text.
    pub fn claims(&self) -> Option<Claims> {
        let payload = self.expose().split('.').nth(1)?;
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let payload: Payload = serde_json::from_slice(&payload).ok()?;
        Some(Claims {
            user: payload.user,
            organization: payload.organization,
            scope: payload.scope.map(Scope::into_words).unwrap_or_default(),
            grant_type: payload.grant_type,
            expires_at: payload
                .exp
                .and_then(|second| Timestamp::from_second(second).ok()),
        })
    }

    /// The token itself.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "_id")]
    user: UserId,
    organization: Option<OrganizationId>,
    scope: Option<Scope>,
    grant_type: Option<String>,
    exp: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scope {
    Text(String),
    Words(Vec<String>),
}

impl Scope {
    fn into_words(self) -> Vec<String> {
        match self {
            Self::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
            Self::Words(words) => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(payload: &str) -> String {
        format!(
            "eyJhbGciOiJIUzI1NiJ9.{}.c2ln",
            URL_SAFE_NO_PAD.encode(payload)
        )
    }

    #[test]
    fn claims_are_read_without_the_signature() {
        let token = Token::new(jwt(
            r#"{"_id": "u1", "organization": "o1", "scope": "viewer guest bot",
                "grant_type": "access_token", "iat": 1417464349, "exp": 1417482349}"#,
        ))
        .unwrap();
        let claims = token.claims().unwrap();
        assert_eq!(claims.user.as_str(), "u1");
        assert_eq!(claims.organization, Some("o1".into()));
        assert_eq!(claims.scope, ["viewer", "guest", "bot"]);
        assert_eq!(
            claims.expires_at,
            Timestamp::from_second(1_417_482_349).ok()
        );
    }

    #[test]
    fn the_references_example_has_claims() {
        let token = Token::new(
            "eyK8eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJfaWQiOiI1NDUwMDBlNTZkYWU2NzQxMTVjZWYyN2MiLCJpYXQiOjE0MTc0NjQzNDksImV4cCI6MTQxNzQ4MjM0OX0._ihtI_m5vf53m_qF0y_m-y_5X9Hy8Ik2A5qUTSkgNhA",
        )
        .unwrap();
        let claims = token.claims().unwrap();
        assert_eq!(claims.user.as_str(), "545000e56dae674115cef27c");
        assert_eq!(claims.scope, Vec::<String>::new());
    }

    #[test]
    fn garbage_has_no_claims() {
        for text in [
            "opaque",
            "a.b.c",
            "..",
            "a.%%%.c",
            "a.e30.c",
            "a.bnVsbA.c",
            "a.e30",
        ] {
            assert_eq!(Token::new(text).unwrap().claims(), None, "{text}");
        }
        let odd = Token::new(jwt(r#"{"_id": "u", "exp": 9223372036854775807}"#)).unwrap();
        assert_eq!(odd.claims().unwrap().expires_at, None);
    }

    #[test]
    fn unusable_tokens_are_refused_without_being_repeated() {
        let refresh = jwt(r#"{"_id": "u", "grant_type": "refresh_token"}"#);
        for (text, problem) in [
            (" \n", "empty"),
            ("Bearer s3cr3t", "without `Bearer`"),
            ("s3cr3t\u{e9}", "ASCII"),
            (refresh.as_str(), "refresh token"),
        ] {
            let error = Token::new(text).unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }
}
