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
    /// 200 with a page of a list; `next` is the address of the following page.
    Page {
        items: Vec<Value>,
        total: usize,
        next: Option<String>,
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
            Self::Page { items, total, next } => {
                let mut response = Json(Value::Array(items)).into_response();
                let headers = response.headers_mut();
                headers.insert("x-total-count", HeaderValue::from(total));
                if let Some(link) = next
                    .and_then(|next| HeaderValue::try_from(format!("<{next}>; rel=\"next\"")).ok())
                {
                    headers.insert(header::LINK, link);
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
    read(body)
}
