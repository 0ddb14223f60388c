//! The API's address.

use url::Url;

use crate::Error;

/// The version of the API that this crate speaks; breaking changes of the platform come under a
/// new one (API Basics, backward compatibility).
const VERSION: &str = "v2";

/// Reads an address with or without `/v2` and `/` at its end.
pub(crate) fn parse(text: &str) -> Result<Url, Error> {
    let wrong = |problem| Err(Error::BaseUrl { problem });
    let Ok(mut url) = Url::parse(text.trim()) else {
        return wrong("it is not a complete address with `https://` in front");
    };
    if !matches!(url.scheme(), "https" | "http") {
        return wrong("it begins neither with `https://` nor with `http://`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("it holds a user or password; the token goes elsewhere");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("it holds a `?` or `#`");
    }
    let is_versioned = url
        .path()
        .trim_end_matches('/')
        .ends_with(&format!("/{VERSION}"));
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty();
        if !is_versioned {
            segments.push(VERSION);
        }
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_and_a_slash_at_the_end_are_optional() {
        for (text, base) in [
            ("https://api.web1on1.chat", "https://api.web1on1.chat/v2"),
            (
                " https://api.web1on1.chat/\n",
                "https://api.web1on1.chat/v2",
            ),
            ("https://api.web1on1.chat/v2", "https://api.web1on1.chat/v2"),
            (
                "https://api.web1on1.chat/v2/",
                "https://api.web1on1.chat/v2",
            ),
            (
                "http://127.0.0.1:8090/platform/",
                "http://127.0.0.1:8090/platform/v2",
            ),
            ("http://localhost/xv2", "http://localhost/xv2/v2"),
        ] {
            assert_eq!(parse(text).unwrap().as_str(), base, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_an_api_is_refused_without_repeating_it() {
        for text in [
            "",
            "api.web1on1.chat",
            "localhost:8080",
            "ftp://api.web1on1.chat",
            "https://ann:s3cr3t@api.web1on1.chat",
            "https://api.web1on1.chat?token=s3cr3t",
            "https://api.web1on1.chat/#x",
            "https://",
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }
}
