//! Whether a request comes from the platform.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::Sha256;

/// `sha1=<hex>` over the raw body, key = the secret as UTF-8 (webhooks, verification).
const SHA1_HEADER: &str = "x-hub-signature";

/// `sha256=<hex>`, preferred where present.
const SHA256_HEADER: &str = "x-hub-signature-256";

/// The secrets that the platform may sign a bot's webhooks with: the current one and, while it is
/// being changed, the previous one.
#[derive(Clone, Default)]
pub struct WebhookSecrets(Vec<SecretString>);

/// Why a request does not count as the platform's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadSignature {
    #[error("there is no signature; is a secret set for this webhook on the platform?")]
    Missing,
    #[error("the signature is not of the form `sha1=<hex>` or `sha256=<hex>`")]
    Malformed,
    #[error(
        "the signature does not match; compare SHIPMATE_WEBHOOK_SECRET with the secret shown on the platform"
    )]
    Wrong,
}

impl WebhookSecrets {
    /// Accepts signatures made with any of `secrets`; empty ones are left out.
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| !secret.is_empty());
        Self(secrets.map(SecretString::from).collect())
    }

    /// Whether there is none, so that no signature is asked for. Only for tests on a machine that
    /// nobody else reaches.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the signature of `body` in constant time.
    pub(crate) fn check(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), BadSignature> {
        let Some(signature) = Self::signature(headers)? else {
            return if self.is_empty() {
                Ok(())
            } else {
                Err(BadSignature::Missing)
            };
        };
        if self.is_empty() {
            return Ok(());
        }
        let tag_fits =
            |secret: &SecretString| signature.matches(secret.expose_secret().as_bytes(), body);
        // Every secret is tried, so that the time does not tell which one was right.
        let found = self
            .0
            .iter()
            .fold(false, |found, secret| tag_fits(secret) | found);
        if found {
            Ok(())
        } else {
            Err(BadSignature::Wrong)
        }
    }

    /// Whether a signature is there at all; lets a request without one be refused unread.
    pub(crate) fn check_present(&self, headers: &HeaderMap) -> Result<(), BadSignature> {
        match Self::signature(headers)? {
            None if !self.is_empty() => Err(BadSignature::Missing),
            _ => Ok(()),
        }
    }

    fn signature(headers: &HeaderMap) -> Result<Option<Signature>, BadSignature> {
        let header = |name: &str| headers.get(name).map(http::HeaderValue::as_bytes);
        if let Some(value) = header(SHA256_HEADER) {
            return Signature::read(value, b"sha256=", 32)
                .map(Signature::Sha256)
                .map(Some);
        }
        header(SHA1_HEADER)
            .map(|value| Signature::read(value, b"sha1=", 20).map(Signature::Sha1))
            .transpose()
    }
}

impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookSecrets({} redacted)", self.0.len())
    }
}

enum Signature {
    Sha1(Vec<u8>),
    Sha256(Vec<u8>),
}

impl Signature {
    fn read(value: &[u8], prefix: &[u8], bytes: usize) -> Result<Vec<u8>, BadSignature> {
        let hex = value.strip_prefix(prefix).ok_or(BadSignature::Malformed)?;
        let digits: Option<Vec<u8>> = hex
            .iter()
            .map(|digit| {
                char::from(*digit)
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect();
        match digits {
            Some(digits) if digits.len() == 2 * bytes => Ok(digits
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
                .collect()),
            _ => Err(BadSignature::Malformed),
        }
    }

    fn matches(&self, secret: &[u8], body: &[u8]) -> bool {
        match self {
            Self::Sha1(tag) => verify::<Hmac<Sha1>>(secret, body, tag),
            Self::Sha256(tag) => verify::<Hmac<Sha256>>(secret, body, tag),
        }
    }
}

fn verify<M: Mac + KeyInit>(secret: &[u8], body: &[u8], tag: &[u8]) -> bool {
    // HMAC takes keys of any length.
    <M as KeyInit>::new_from_slice(secret)
        .is_ok_and(|mac| mac.chain_update(body).verify_slice(tag).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 2202, test case 2, and RFC 4231, test case 2.
    const BODY: &[u8] = b"what do ya want for nothing?";
    const SHA1: &str = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    const SHA256: &str = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    fn check(secrets: &[&str], headers: &[(&'static str, &str)]) -> Result<(), BadSignature> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        WebhookSecrets::new(secrets.iter().map(ToString::to_string)).check(&map, BODY)
    }

    #[test]
    fn known_signatures_pass_with_either_secret() {
        assert_eq!(check(&["Jefe"], &[(SHA1_HEADER, SHA1)]), Ok(()));
        assert_eq!(check(&["Jefe"], &[(SHA256_HEADER, SHA256)]), Ok(()));
        assert_eq!(check(&["new", "Jefe"], &[(SHA1_HEADER, SHA1)]), Ok(()));
        assert_eq!(
            check(
                &["Jefe", "old"],
                &[(SHA1_HEADER, &SHA1.replace("eff", "EFF"))]
            ),
            Ok(())
        );
    }

    #[test]
    fn anything_else_does_not() {
        assert_eq!(check(&["Jefe"], &[]), Err(BadSignature::Missing));
        assert_eq!(
            check(&["jefe"], &[(SHA1_HEADER, SHA1)]),
            Err(BadSignature::Wrong)
        );
        assert_eq!(
            check(&["Jefe"], &[(SHA1_HEADER, &SHA1.replace("79", "78"))]),
            Err(BadSignature::Wrong)
        );
        for malformed in [
            "",
            "sha1=",
            &SHA1[5..],
            &SHA1[..SHA1.len() - 2],
            "sha1=zz",
            SHA256,
        ] {
            assert_eq!(
                check(&["Jefe"], &[(SHA1_HEADER, malformed)]),
                Err(BadSignature::Malformed),
                "{malformed}"
            );
        }
        let wrong_256 = SHA256.replace("43", "44");
        let both = [(SHA1_HEADER, SHA1), (SHA256_HEADER, wrong_256.as_str())];
        assert_eq!(
            check(&["Jefe"], &both),
            Err(BadSignature::Wrong),
            "the stronger one counts"
        );
    }

    #[test]
    fn without_a_secret_nothing_is_asked_for() {
        assert_eq!(check(&[], &[]), Ok(()));
        assert_eq!(check(&[""], &[(SHA1_HEADER, SHA1)]), Ok(()));
    }
}
