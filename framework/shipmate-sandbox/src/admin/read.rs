//! What is sent to the sandbox's own API.

use axum::{extract::Query, http::Uri};
use serde::de::DeserializeOwned;

use crate::Refusal;

/// The JSON of a body; an empty one is an empty object.
///
/// # Errors
/// 400 that names what is wrong, unknown fields included.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body = if body.trim_ascii().is_empty() {
        b"{}"
    } else {
        body
    };
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request(format!("the request body is not right: {error}")))
}

/// The parameters of a query.
///
/// # Errors
/// 400 that names what is wrong, unknown parameters included.
pub(super) fn read_query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    Query::try_from_uri(uri)
        .map(|Query(query)| query)
        .map_err(|error| Refusal::bad_request(error.body_text()))
}
