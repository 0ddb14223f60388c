//! Keeps other pages of the developer's browser from reading or driving the sandbox.

use std::net::IpAddr;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

pub(crate) async fn pass(request: Request, next: Next) -> Response {
    let mut response = match verdict(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(reason) => (StatusCode::FORBIDDEN, reason).into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, value);
    }
    response
}

/// A name that somebody else's DNS points at this machine must not be let in, so the host has to
/// be an address or `localhost`. What changes something has to come from this very page.
fn verdict(method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST).unwrap_or_default();
    if !is_local_name(host) {
        return Err("open the sandbox by its address or as localhost");
    }
    if *method == Method::GET || *method == Method::HEAD {
        return Ok(());
    }
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let origin = text(header::ORIGIN);
    let same_site = site.is_none_or(|site| site == "same-origin");
    let same_origin = origin.is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    // A browser sends at least one of the two with every POST; without both it is no browser.
    if same_site && same_origin {
        Ok(())
    } else {
        Err("only the sandbox's own page may do this")
    }
}

fn is_local_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        verdict(method, &headers).is_ok()
    }

    #[test]
    fn only_addresses_and_localhost_are_hosts() {
        for (host, expected) in [
            ("127.0.0.1:7070", true),
            ("localhost:7070", true),
            ("localhost", true),
            ("[::1]:7070", true),
            ("192.168.1.7", true),
            ("evil.example:7070", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example:7070", false),
            ("", false),
        ] {
            assert_eq!(check(&Method::GET, &[("host", host)]), expected, "{host}");
        }
    }

    #[test]
    fn changes_come_from_the_page_itself() {
        let host = ("host", "127.0.0.1:7070");
        for (header, expected) in [
            (("origin", "http://127.0.0.1:7070"), true),
            (("origin", "http://localhost:7070"), false),
            (("origin", "http://127.0.0.1:8080"), false),
            (("origin", "https://127.0.0.1:7070"), false),
            (("origin", "http://evil.example"), false),
            (("origin", "null"), false),
            (("sec-fetch-site", "same-origin"), true),
            (("sec-fetch-site", "same-site"), false),
            (("sec-fetch-site", "cross-site"), false),
            (("sec-fetch-site", "none"), false),
            (("accept", "*/*"), true),
        ] {
            assert_eq!(
                check(&Method::POST, &[host, header]),
                expected,
                "{header:?}"
            );
        }
        let foreign = [host, ("origin", "http://evil.example")];
        assert!(check(&Method::GET, &foreign));
    }
}
