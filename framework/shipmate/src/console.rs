//! The operator's page: how much waits, and what needs a person.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{
    alarms::Alarms,
    service::{Problem, Readiness},
    store::{Counts, Store},
};

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    pub(crate) bots: Vec<Arc<str>>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) clock: Arc<dyn web1on1::Clock>,
    pub(crate) alarms: [Alarms; 2],
}

impl Console {
    /// The page, behind `token` if there is one: as password of HTTP basic authentication, with any
    /// user name.
    pub(crate) fn router(self, token: Option<SecretString>) -> Router {
        let page = Router::new().route("/", get(page)).with_state(self);
        page.layer(from_fn_with_state(token, guard))
    }
}

async fn guard(
    State(token): State<Option<SecretString>>,
    request: Request,
    next: Next,
) -> Response {
    match token {
        Some(token) if !is_password(request.headers(), &token) => {
            let ask = [(header::WWW_AUTHENTICATE, "Basic realm=\"Shipmate console\"")];
            (
                StatusCode::UNAUTHORIZED,
                ask,
                "the password is SHIPMATE_CONSOLE_TOKEN",
            )
                .into_response()
        }
        _ => next.run(request).await,
    }
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

async fn page(State(console): State<Console>) -> Response {
    let now = console.clock.now();
    let ready = console.readiness.check(now).await.map_err(Problem::as_str);
    let next = console.alarms.iter().filter_map(Alarms::next).min();
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match console.store.counts().await {
        Ok(counts) => {
            let page = render(&console.bots, ready, &counts, next);
            (headers, Html(page.into_string())).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the console cannot read the store");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                headers,
                "the store cannot be read; see the log",
            )
                .into_response()
        }
    }
}

fn render(
    bots: &[Arc<str>],
    ready: Result<(), &str>,
    counts: &Counts,
    next: Option<Timestamp>,
) -> Markup {
    let rows = [
        ("Events waiting", counts.pending, "not handled yet"),
        (
            "Messages waiting",
            counts.queued,
            "for a limit, the pace or the platform",
        ),
        (
            "Messages in doubt",
            counts.unknown,
            "the answer was lost; kept and not sent again",
        ),
        (
            "Messages refused",
            counts.dead,
            "the platform will not take them",
        ),
        (
            "Dead letters",
            counts.dead_letters,
            "events that were given up",
        ),
    ];
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Shipmate" }
            }
            body {
                h1 { "Shipmate" }
                p { "Bots: " (bots.join(", ")) }
                p {
                    @match ready {
                        Ok(()) => { "Ready." }
                        Err(problem) => { strong { "Not ready: " } (problem) }
                    }
                    @if let Some(next) = next { " Something that waits is due at " (next) "." }
                }
                table {
                    @for (what, count, meaning) in rows {
                        tr { th align="left" { (what) } td align="right" { (count) } td { (meaning) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_opens_the_console() {
        let token = SecretString::from("open sesame");
        let opens = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            is_password(&headers, &token)
        };
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
}
