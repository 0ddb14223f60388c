//! Signature headers of webhook deliveries (webhooks, verification).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// The value of `X-Hub-Signature` for `body`: `sha1=` and the HMAC-SHA1 in lower-case hex.
pub fn hub_signature(secret: &str, body: &[u8]) -> String {
    format!(
        "sha1={}",
        hex(&hmac_sha1(secret, body).finalize().into_bytes())
    )
}

/// The value of `X-Hub-Signature-256` for `body`: `sha256=` and the HMAC-SHA256 in lower-case hex.
pub fn hub_signature_256(secret: &str, body: &[u8]) -> String {
    let mac = keyed::<Hmac<Sha256>>(secret).chain_update(body);
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}

/// Whether `header` is the `X-Hub-Signature` of `body`, compared in constant time.
pub fn is_hub_signature(header: &str, secret: &str, body: &[u8]) -> bool {
    header
        .strip_prefix("sha1=")
        .and_then(unhex)
        .is_some_and(|tag| hmac_sha1(secret, body).verify_slice(&tag).is_ok())
}

fn hmac_sha1(secret: &str, body: &[u8]) -> Hmac<Sha1> {
    keyed::<Hmac<Sha1>>(secret).chain_update(body)
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn keyed<M: Mac + KeyInit>(secret: &str) -> M {
    <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("a key of any length")
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)])
        .flatten()
        .collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(nibble(*high)? << 4 | nibble(*low)?).ok())
        .collect()
}
