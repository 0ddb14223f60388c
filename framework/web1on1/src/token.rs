//! The bearer token that says on whose behalf requests are made.

mod claims;
pub use claims::Claims;
pub(crate) use claims::Scope;

mod refresh;
pub use refresh::RefreshToken;

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use crate::Error;

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

impl Token {
    /// Takes `token` without the blanks around it, as they come from files and terminals.
    ///
    /// # Errors
    ///
    /// [`Error::Token`] if it is empty, holds characters that no token has, or is a refresh token,
    /// which the platform does not accept on requests.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let token = Self(usable(token.into())?);
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
        Claims::of(self.expose())
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

/// `text` without the blanks around it, if it can be a token at all.
fn usable(text: String) -> Result<SecretString, Error> {
    let given = SecretString::from(text);
    let text = given.expose_secret().trim();
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
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use jiff::Timestamp;

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
    fn a_refresh_token_is_no_access_token_and_the_other_way_round() {
        let access = jwt(r#"{"_id": "u", "grant_type": "access_token"}"#);
        let refresh = jwt(r#"{"_id": "u", "grant_type": "refresh_token"}"#);
        assert!(Token::new(&access).is_ok() && Token::new(&refresh).is_err());
        assert!(RefreshToken::new(&access).is_err() && RefreshToken::new(&refresh).is_ok());
        let opaque = RefreshToken::new(" 0paque ").unwrap();
        assert_eq!(format!("{opaque:?}"), "RefreshToken([redacted])");
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
