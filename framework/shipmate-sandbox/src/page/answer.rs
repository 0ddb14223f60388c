//! Answers to browsers.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;

use crate::Refusal;

/// What a handler of the page returns.
#[derive(Debug)]
pub(super) enum Answer {
    Html(Markup),
    Json(String),
    /// The browser goes on to this address of the page.
    Go(String),
    /// Something was done; the script refreshes the panels by itself.
    Done,
    No(Refusal),
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
            Self::Go(address) => {
                let location = HeaderValue::try_from(address)
                    .unwrap_or_else(|_| HeaderValue::from_static("/"));
                (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
            }
            Self::Done => StatusCode::NO_CONTENT.into_response(),
            Self::No(refusal) => {
                let status = StatusCode::from_u16(refusal.status())
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                (status, refusal.to_string()).into_response()
            }
        }
    }
}
