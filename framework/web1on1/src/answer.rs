//! The platform's answer to a request.

use std::fmt::Write as _;

use bytes::{Bytes, BytesMut};
use reqwest::{Response, header::HeaderMap};
use serde::de::DeserializeOwned;

use crate::{Error, refusal};

/// Error bodies are read up to here; their message is at the front.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// A complete answer with a status that says yes.
#[derive(Clone)]
pub struct Answer {
    request: String,
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// The status, 200 to 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header's value, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as it came; empty for 204.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as a value.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] if the body holds an `error` in spite of the status, and
    /// [`Error::Unreadable`] if it is not a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.accept()?;
        serde_json::from_slice(&self.body).map_err(|error| self.unreadable(place(&error)))
    }

    /// Looks whether the body takes back what the status says.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] if the body holds an `error`.
    pub fn accept(&self) -> Result<(), Error> {
        match refusal::message_of_success(&self.body) {
            Some(message) => Err(Error::Status {
                request: self.request.clone(),
                status: self.status,
                message: Some(message),
                retry_after: None,
            }),
            None => Ok(()),
        }
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) fn unreadable(&self, problem: String) -> Error {
        Error::Unreadable {
            request: self.request.clone(),
            status: self.status,
            problem,
        }
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Bodies hold what people said, so only their size is shown.
        f.debug_struct("Answer")
            .field("request", &self.request)
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Reads the whole answer, up to `max_body_bytes`.
pub(crate) async fn read(
    request: String,
    mut response: Response,
    max_body_bytes: usize,
) -> Result<Answer, Error> {
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Beginning::new(max_body_bytes);
    let problem = match body.fill(&mut response).await {
        Ok(()) if body.is_cut => format!("it is longer than {max_body_bytes} bytes"),
        Ok(()) => {
            return Ok(Answer {
                request,
                status,
                headers,
                body: body.bytes.freeze(),
            });
        }
        Err(error) if error.is_timeout() => "it was not complete in time".to_owned(),
        Err(_) => "the connection was lost within it".to_owned(),
    };
    Err(Error::Unreadable {
        request,
        status,
        problem,
    })
}

/// Reads what an answer that says no has to say, as far as it can be read.
pub(crate) async fn read_refusal(mut response: Response) -> Option<String> {
    let mut body = Beginning::new(MAX_REFUSAL_BYTES);
    let _ = body.fill(&mut response).await;
    refusal::message(&body.bytes)
}

/// Sorts a failed exchange by whether the platform can have seen the request.
pub(crate) fn lost(request: String, error: reqwest::Error) -> Error {
    // Addresses may hold people's data in their query.
    let error = error.without_url();
    if error.is_connect() {
        Error::Connect {
            request,
            source: error.into(),
        }
    } else if error.is_builder() {
        Error::Unsendable {
            request,
            problem: error.to_string(),
        }
    } else if error.is_timeout() {
        Error::TimedOut {
            request,
            source: error.into(),
        }
    } else {
        Error::Lost {
            request,
            source: error.into(),
        }
    }
}

/// The beginning of a body.
struct Beginning {
    bytes: BytesMut,
    max: usize,
    is_cut: bool,
}

impl Beginning {
    fn new(max: usize) -> Self {
        Self {
            bytes: BytesMut::new(),
            max,
            is_cut: false,
        }
    }

    async fn fill(&mut self, response: &mut Response) -> Result<(), reqwest::Error> {
        while let Some(chunk) = response.chunk().await? {
            let room = self.max - self.bytes.len();
            if chunk.len() > room {
                self.bytes
                    .extend_from_slice(chunk.get(..room).unwrap_or_default());
                self.is_cut = true;
                return Ok(());
            }
            self.bytes.extend_from_slice(&chunk);
        }
        Ok(())
    }
}

/// Where and how a body is not what was expected. serde's own words would repeat the body's
/// content, which must not reach logs.
fn place(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let text = error.to_string();
    let mut place = match error.classify() {
        Category::Eof => "it ends too early".to_owned(),
        Category::Syntax | Category::Io => "it is not JSON".to_owned(),
        Category::Data if text.starts_with("missing field `") => {
            let name = text.split('`').nth(1).unwrap_or_default();
            format!("the field `{name}` is missing")
        }
        Category::Data => "it has another shape than expected".to_owned(),
    };
    let _ = write!(place, ", line {} column {}", error.line(), error.column());
    place
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Shape {
        id: String,
        count: u32,
    }

    #[test]
    fn what_is_wrong_with_a_body_is_told_without_its_content() {
        for (body, expected) in [
            ("", "it ends too early, line 1 column 0"),
            ("<html>", "it is not JSON, line 1 column 1"),
            (
                r#"{"count": 1}"#,
                "the field `id` is missing, line 1 column 12",
            ),
            (
                r#"{"id": "a", "count": "s3cr3t"}"#,
                "it has another shape than expected, line 1 column 29",
            ),
        ] {
            let error = serde_json::from_str::<Shape>(body).unwrap_err();
            assert_eq!(place(&error), expected, "{body}");
        }
    }
}
