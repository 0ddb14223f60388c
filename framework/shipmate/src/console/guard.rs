//! Who may see the page, and who may change something.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode, header, uri::Authority};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::OPERATOR_HEADER;

/// Lets pass who knows the token; without one, who calls this machine by its own name. A web page
/// can give its own name our address, and would then read what this page shows.
pub(super) async fn token_or_local(
    State(token): State<Option<SecretString>>,
    request: Request,
    next: Next,
) -> Response {
    match token {
        Some(token) if !is_password(request.headers(), &token) => {
            let ask = [(header::WWW_AUTHENTICATE, "Basic realm=\"Shipmate console\"")];
            let words = "the password is SHIPMATE_CONSOLE_TOKEN";
            (StatusCode::UNAUTHORIZED, ask, words).into_response()
        }
        None if !is_called_locally(request.headers()) => (
            StatusCode::FORBIDDEN,
            "without SHIPMATE_CONSOLE_TOKEN this page answers only to localhost and addresses in numbers",
        )
            .into_response(),
        _ => next.run(request).await,
    }
}

/// Lets pass what this page's own forms send, and programs: a foreign web page cannot set a header
/// of its own, and its browser says where it comes from.
pub(super) async fn same_site(request: Request, next: Next) -> Response {
    if is_own(request.headers()) {
        return next.run(request).await;
    }
    (
        StatusCode::FORBIDDEN,
        "this changes something, so it has to come from the page itself",
    )
        .into_response()
}

fn is_password(headers: &HeaderMap, token: &SecretString) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| {
        let encoded = value.to_str().ok()?.strip_prefix("Basic ")?;
        let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        pair.split_once(':')
            .map(|(_, password)| password.to_owned())
    });
    // Hashes are compared, so that the time tells nothing about the token.
    given.is_some_and(|given| Sha256::digest(given) == Sha256::digest(token.expose_secret()))
}

fn is_called_locally(headers: &HeaderMap) -> bool {
    let host = text(headers, header::HOST.as_str()).and_then(|host| host.parse::<Authority>().ok());
    host.is_some_and(|host| {
        let name = host.host().trim_start_matches('[').trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
    })
}

fn is_own(headers: &HeaderMap) -> bool {
    if headers.contains_key(OPERATOR_HEADER) {
        return true;
    }
    let site = text(headers, "sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    let origin = text(headers, header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    let host = text(headers, header::HOST.as_str());
    origin.is_some_and(|(_, origin)| Some(origin) == host)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, value.parse().unwrap())
        });
        pairs.collect()
    }

    #[test]
    fn only_the_token_opens_the_console() {
        let token = SecretString::from("open sesame");
        let opens = |value: &str| is_password(&headers(&[("authorization", value)]), &token);
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert!(opens(&basic("operator:open sesame")));
        for wrong in [
            basic("operator:open"),
            basic("open sesame"),
            "Basic %%".into(),
            "Bearer open sesame".into(),
        ] {
            assert!(!opens(&wrong), "{wrong}");
        }
        assert!(!is_password(&HeaderMap::new(), &token));
    }

    #[test]
    fn a_name_that_is_not_this_machines_is_refused() {
        for (host, local) in [
            ("localhost:8081", true),
            ("127.0.0.1:8081", true),
            ("[::1]:8081", true),
            ("evil.example:8081", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
        ] {
            assert_eq!(
                is_called_locally(&headers(&[("host", host)])),
                local,
                "{host}"
            );
        }
        assert!(!is_called_locally(&HeaderMap::new()));
    }

    #[test]
    fn a_change_comes_from_the_page_itself_or_from_a_program() {
        let host = ("host", "127.0.0.1:8081");
        let own = ("origin", "http://127.0.0.1:8081");
        assert!(is_own(&headers(&[host, own])));
        assert!(is_own(&headers(&[
            host,
            own,
            ("sec-fetch-site", "same-origin")
        ])));
        assert!(is_own(&headers(&[host, (OPERATOR_HEADER, "1")])));
        for foreign in [
            vec![host],
            vec![host, ("origin", "http://evil.example")],
            vec![host, ("origin", "null")],
            vec![host, ("origin", "http://127.0.0.1:9")],
            vec![host, own, ("sec-fetch-site", "cross-site")],
            vec![host, own, ("sec-fetch-site", "same-site")],
        ] {
            assert!(!is_own(&headers(&foreign)), "{foreign:?}");
        }
    }
}
