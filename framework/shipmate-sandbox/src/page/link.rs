use url::Url;

/// The address as a safe `href`: web, mail or telephone; anything else, `javascript:` among it, is
/// not made a link.
pub(super) fn safe(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto" | "tel").then(|| url.into())
}

/// The address as a safe `href` of a picture: `http` and `https` alone.
pub(super) fn safe_web(address: &str) -> Option<String> {
    safe(address).filter(|address| address.starts_with("http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_data_are_no_links() {
        for address in [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "//evil.example",
            "not an address",
        ] {
            assert_eq!(safe(address), None, "{address}");
        }
        for address in [
            "https://example.com/?q={authuser}",
            "mailto:a@example.com",
            "tel:+31600000000",
        ] {
            assert!(safe(address).is_some(), "{address}");
        }
        assert_eq!(safe_web("mailto:a@example.com"), None);
        assert_eq!(
            safe_web("https://example.com/\"><b>").unwrap(),
            "https://example.com/%22%3E%3Cb%3E"
        );
    }
}
