//! Answers as the platform writes them.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Refusal, directory::Object};

/// What a handler returns.
pub(super) type ApiResult = Result<Answer, Refusal>;

/// A successful answer.
#[derive(Debug)]
pub(super) enum Answer {
    /// 200
    Ok(Value),
    /// 200 with a page of a list, and where the others are.
    Page {
        items: Vec<Value>,
        total: usize,
        links: String,
    },
    /// 201 with `Location`.
    Created { body: Value, location: String },
    /// 204
    NoContent,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Ok(body) => Json(body).into_response(),
            Self::Page {
                items,
                total,
                links,
            } => {
                let mut response = Json(Value::Array(items)).into_response();
                let headers = response.headers_mut();
                headers.insert("x-total-count", HeaderValue::from(total));
                if let Ok(links) = HeaderValue::try_from(links)
                    && !links.is_empty()
                {
                    headers.insert(header::LINK, links);
                }
                response
            }
            Self::Created { body, location } => {
                let mut response = (StatusCode::CREATED, Json(body)).into_response();
                if let Ok(location) = HeaderValue::try_from(location) {
                    response.headers_mut().insert(header::LOCATION, location);
                }
                response
            }
            Self::NoContent => StatusCode::NO_CONTENT.into_response(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        refused(&self)
    }
}

/// An error body in both shapes in which the platform is known to write it: `message` (API Basics,
/// errors) and `error.message` (SDK).
pub(super) fn refused(refusal: &Refusal) -> Response {
    let message = refusal.to_string();
    let status =
        StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({"message": message, "error": {"message": message}});
    let mut response = (status, Json(body)).into_response();
    if let Some(rule) = refusal.rule() {
        response.extensions_mut().insert(rule);
    }
    response
}

/// The JSON of a request's body.
///
/// # Errors
/// 400 if it is not the JSON that is asked for.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request(format!("the request body is not readable: {error}")))
}

/// The JSON object of a request's body.
///
/// # Errors
/// 400 if it is anything else.
pub(super) fn read_object(body: &[u8]) -> Result<Object, Refusal> {
    match read(body)? {
        Value::Object(object) => Ok(object),
        _ => Err(Refusal::bad_request(
            "the request body must be a JSON object",
        )),
    }
}

/// Refusals that the server makes before a handler runs are plain text: a body that is too large, an
/// address that is not UTF-8. They get the shape of all others.
pub(super) async fn in_json(response: Response) -> Response {
    let status = response.status();
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json || !status.is_client_error() {
        return response;
    }
    let text = axum::body::to_bytes(response.into_body(), MAX_REFUSAL_BYTES)
        .await
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let message = if text.is_empty() {
        status.canonical_reason().unwrap_or("bad request")
    } else {
        &text
    };
    let body = json!({"message": message, "error": {"message": message}});
    (status, Json(body)).into_response()
}

/// The longest text of a refusal that the server makes itself, in bytes.
const MAX_REFUSAL_BYTES: usize = 4096;
