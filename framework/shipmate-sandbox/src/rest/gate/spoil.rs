//! Answers that go wrong on their way to the client.

use std::{io, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt, stream};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimePrinter};

use super::{Call, KnownAnswer};
use crate::{
    Refusal,
    duration::Length,
    fault::{ErrorBody, Failure, RetryAfterForm},
    platform::Platform,
    rest::answer::refused,
};

/// A body that no client of the API can read.
const GARBAGE: &str = "\u{0}{\"id\": 17, ]] <<garbage>>";

/// What a proxy writes when the platform behind it does not answer.
const PAGE: &str =
    "<!doctype html>\n<title>Something went wrong</title>\n<h1>Something went wrong</h1>\n";

/// The answer to a request that a fault keeps from being carried out.
pub(super) fn instead(failure: &Failure, now: Timestamp) -> Option<Response> {
    match failure {
        Failure::Answer {
            status,
            body,
            retry_after,
            retry_after_form,
        } => {
            let mut response = error_answer(*status, *body);
            if let Some(wait) = retry_after
                && let Some(value) = retry_after_value(*wait, *retry_after_form, now)
            {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            Some(response)
        }
        Failure::Redirect { status, location } => {
            let status = StatusCode::from_u16(*status).ok()?;
            let location = HeaderValue::try_from(location).ok()?;
            Some((status, [(header::LOCATION, location)]).into_response())
        }
        Failure::ErrorInOk {} => {
            let mut response = refused(&Refusal::broken(500));
            *response.status_mut() = StatusCode::OK;
            Some(response)
        }
        _ => None,
    }
}

/// What the client gets of the answer to a request that was carried out.
pub(super) fn garbled(failure: &Failure, response: Response) -> Response {
    match failure {
        Failure::Garbage {} => {
            let json = HeaderValue::from_static("application/json");
            (StatusCode::OK, [(header::CONTENT_TYPE, json)], GARBAGE).into_response()
        }
        Failure::EmptyBody {} => response.status().into_response(),
        _ => response,
    }
}

/// Sends the first half of an answer and breaks the connection.
pub(super) fn cut(response: Response, answer: &KnownAnswer) -> Response {
    let half = answer.body.slice(..answer.body.len() / 2);
    let end = stream::once(async {
        // The server sends what it has only while it waits for more.
        tokio::task::yield_now().await;
        Err(broken())
    });
    let parts = stream::once(async { Ok(half) }).chain(end);
    with_body(response, answer, parts)
}

/// Sends an answer byte by byte; it has ended once the last byte was asked for.
pub(super) fn slow(
    response: Response,
    answer: KnownAnswer,
    call: Call,
    every: SignedDuration,
    platform: Arc<Platform>,
) -> Response {
    let bytes = answer.body.clone();
    let length = answer.clone();
    let drops = stream::unfold((0, call), move |(position, mut call)| {
        let (platform, bytes, answer) = (Arc::clone(&platform), bytes.clone(), answer.clone());
        async move {
            if position >= bytes.len() {
                call.answered(&answer);
                return None;
            }
            if position > 0 {
                platform.clock().sleep(every).await;
            }
            let byte = bytes.slice(position..=position);
            Some((Ok(byte), (position + 1, call)))
        }
    });
    with_body(response, &length, drops)
}

/// An answer whose body fails before its first byte: the server can only drop the connection.
pub(super) fn broken_connection() -> Response {
    Body::from_stream(stream::once(async { Err::<Bytes, _>(broken()) })).into_response()
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "fault injected")
}

/// The same answer with the body from a stream, announced with its whole length.
fn with_body(
    response: Response,
    answer: &KnownAnswer,
    body: impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static,
) -> Response {
    let (mut parts, _) = response.into_parts();
    let length = HeaderValue::from(answer.body.len());
    parts.headers.insert(header::CONTENT_LENGTH, length);
    Response::from_parts(parts, Body::from_stream(body))
}

fn error_answer(status: u16, body: ErrorBody) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    match body {
        ErrorBody::Json => refused(&Refusal::broken(status)),
        ErrorBody::Html => (code, [(header::CONTENT_TYPE, html)], PAGE).into_response(),
        ErrorBody::Empty => code.into_response(),
    }
}

fn retry_after_value(wait: Length, form: RetryAfterForm, now: Timestamp) -> Option<HeaderValue> {
    let seconds = whole_seconds(wait.0);
    match form {
        RetryAfterForm::Seconds => Some(HeaderValue::from(seconds)),
        RetryAfterForm::Date => {
            let at = now.checked_add(SignedDuration::from_secs(seconds)).ok()?;
            let date = DateTimePrinter::new()
                .timestamp_to_rfc9110_string(&at)
                .ok()?;
            HeaderValue::try_from(date).ok()
        }
    }
}

fn whole_seconds(wait: SignedDuration) -> i64 {
    wait.as_secs() + i64::from(wait.subsec_nanos() > 0)
}
