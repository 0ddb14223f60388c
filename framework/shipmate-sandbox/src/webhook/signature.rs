use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// The value of `X-Hub-Signature`: HMAC-SHA1 of the raw body in lower-case hexadecimal (SDK;
/// webhooks, verification).
pub(crate) fn sha1(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else {
        return String::new(); // HMAC takes keys of any length.
    };
    mac.update(body);
    format!("sha1={}", hex(&mac.finalize().into_bytes()))
}

/// The value of `X-Hub-Signature-256`, which the platform does not send today.
pub(crate) fn sha256(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new(); // HMAC takes keys of any length.
    };
    mac.update(body);
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // Writing to a string cannot fail.
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_signatures() {
        // Computed with: printf hello | openssl dgst -sha1 -hmac s3cr3t (and -sha256).
        assert_eq!(
            sha1("s3cr3t", b"hello"),
            "sha1=21fbddf58a7c80f7ba7b0cd12b9783da067fd4e2"
        );
        assert_eq!(
            sha256("s3cr3t", b"hello"),
            "sha256=6b23653f08c72072554e5dfef9b72efe01fcfe724a950689e991e7bd7089eb3e"
        );
    }
}
