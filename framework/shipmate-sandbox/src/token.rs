//! JSON Web Tokens as the platform hands them out: HS256, with the user and the scope inside.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use web1on1::{OrganizationId, UserId};

use crate::Refusal;

/// How long the token of a person is valid (API reference, authentication).
pub(crate) const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How long a refresh token is valid: "one month" (API reference, authentication).
pub(crate) const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a seeded bot token is valid: the reference says that it never expires.
pub(crate) const BOT_LIFETIME: SignedDuration = SignedDuration::from_hours(100 * 365 * 24);

/// What a token says (SDK).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    #[serde(rename = "_id")]
    pub(crate) user: UserId,
    pub(crate) organization: OrganizationId,
    /// Words such as `viewer guest agent bot`.
    pub(crate) scope: String,
    pub(crate) grant_type: Grant,
    /// Seconds since 1970.
    pub(crate) iat: i64,
    /// Seconds since 1970.
    pub(crate) exp: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    AccessToken,
    RefreshToken,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
}

pub(crate) fn sign(claims: &Claims, key: &str) -> String {
    let header = Header {
        alg: "HS256".to_owned(),
        typ: "JWT".to_owned(),
    };
    let part = |json: Result<Vec<u8>, _>| BASE64.encode(json.unwrap_or_default());
    let signed = format!(
        "{}.{}",
        part(serde_json::to_vec(&header)),
        part(serde_json::to_vec(claims)),
    );
    let signature = hmac(key, &signed).map(|mac| BASE64.encode(mac.finalize().into_bytes()));
    format!("{signed}.{}", signature.unwrap_or_default())
}

/// The claims of a valid token.
///
/// # Errors
/// 401 with `invalid token` or `jwt expired`, the words on which the SDK refreshes.
pub(crate) fn read(token: &str, key: &str, now: Timestamp) -> Result<Claims, Refusal> {
    let claims = verified(token, key).ok_or_else(|| Refusal::unauthorized("invalid token"))?;
    if claims.exp <= now.as_second() {
        return Err(Refusal::unauthorized("jwt expired"));
    }
    Ok(claims)
}

fn verified(token: &str, key: &str) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
    if header.alg != "HS256" {
        return None;
    }
    hmac(key, signed)?
        .verify_slice(&BASE64.decode(signature).ok()?)
        .ok()?;
    serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()
}

fn hmac(key: &str, signed: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims {
            user: "64aa01".into(),
            organization: "64aa02".into(),
            scope: "viewer guest agent bot".into(),
            grant_type: Grant::AccessToken,
            iat: 1_000,
            exp: 2_000,
        }
    }

    #[test]
    fn reads_what_was_signed() {
        let token = sign(&claims(), "key");
        let now = Timestamp::from_second(1_999).unwrap();
        assert_eq!(read(&token, "key", now).unwrap(), claims());
        let payload = BASE64.decode(token.split('.').nth(1).unwrap()).unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(payload["_id"], "64aa01");
        assert_eq!(payload["grant_type"], "access_token");
    }

    #[test]
    fn refuses_expired_forged_and_unsigned_tokens() {
        let token = sign(&claims(), "key");
        let now = Timestamp::from_second(2_000).unwrap();
        assert_eq!(
            read(&token, "key", now).unwrap_err().to_string(),
            "jwt expired"
        );
        let now = Timestamp::from_second(1_500).unwrap();
        let none = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let unsigned = format!("{none}.{}.", token.split('.').nth(1).unwrap());
        for forged in [
            sign(&claims(), "other key"),
            token.replace("ey", "eY"),
            unsigned,
            String::new(),
            "a.b.c".to_owned(),
        ] {
            let refusal = read(&forged, "key", now).unwrap_err();
            assert_eq!(
                (refusal.status(), refusal.to_string().as_str()),
                (401, "invalid token")
            );
        }
    }
}
