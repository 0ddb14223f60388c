//! Answers to browsers.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;

use crate::Refusal;

/// What a handler of the page returns.
#[derive(Debug)]
pub(super) enum Answer {
    Html(Markup),
    Json(String),
    /// Text to copy or to save.
    Text(String),
    /// The browser goes on to this address of the page.
    Go(String),
    /// Something was done; the script refreshes the panels by itself.
    Done,
    No(Refusal),
    /// A limit was hit; this is how it is told.
    Limited(String),
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::No(refusal)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let with_type = |kind: &'static str, body: String| {
            (
                [(header::CONTENT_TYPE, HeaderValue::from_static(kind))],
                body,
            )
                .into_response()
        };
        match self {
            Self::Html(markup) => with_type("text/html; charset=utf-8", markup.into_string()),
            Self::Json(json) => with_type("application/json", json),
            Self::Text(text) => with_type("text/plain; charset=utf-8", text),
            Self::Go(address) => {
                let location = HeaderValue::try_from(address)
                    .unwrap_or_else(|_| HeaderValue::from_static("/"));
                (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
            }
            Self::Done => StatusCode::NO_CONTENT.into_response(),
            Self::Limited(told) => (StatusCode::TOO_MANY_REQUESTS, told).into_response(),
            Self::No(refusal) => {
                let status = StatusCode::from_u16(refusal.status())
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                (status, refusal.to_string()).into_response()
            }
        }
    }
}

/// The script stays on the page; without it the browser goes back to where it came from.
pub(super) fn done(headers: &HeaderMap) -> Answer {
    if headers.contains_key("x-quiet") {
        return Answer::Done;
    }
    let from = headers
        .get(header::REFERER)
        .and_then(|referer| referer.to_str().ok())
        .and_then(|referer| url::Url::parse(referer).ok());
    Answer::Go(from.map_or_else(|| "/".to_owned(), |from| from.path().to_owned()))
}
