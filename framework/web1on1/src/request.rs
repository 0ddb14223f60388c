//! One request, before it is sent.

mod multipart;

use std::fmt;

use bytes::Bytes;
use reqwest::{Method, header::HeaderValue};
use secrecy::SecretString;
use serde::Serialize;
use url::Url;

use crate::{Error, Query};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request to the API: what the typed methods are made of, and the way to endpoints that have
/// none yet.
///
/// ```no_run
/// # async fn example(client: web1on1::Client) -> Result<(), web1on1::Error> {
/// use web1on1::{Query, Request};
///
/// let request = Request::get(["contacts"]).query(Query::new().filter("profile.telephone", "+31600000000"));
/// let contacts: Vec<web1on1::Meta> = client.fetch(request).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Request {
    method: Method,
    path: Vec<String>,
    query: Query,
    body: Option<Bytes>,
    is_repeatable: bool,
    content_type: HeaderValue,
    secrets: Vec<SecretString>,
}

impl Request {
    /// Reads a resource. `path` is what follows `/v2`, one segment each, not encoded.
    pub fn get<S: Into<String>>(path: impl IntoIterator<Item = S>) -> Self {
        Self::new(Method::GET, path)
    }

    /// Creates a resource.
    pub fn post<S: Into<String>>(path: impl IntoIterator<Item = S>) -> Self {
        Self::new(Method::POST, path)
    }

    /// Changes a resource.
    pub fn patch<S: Into<String>>(path: impl IntoIterator<Item = S>) -> Self {
        Self::new(Method::PATCH, path)
    }

    /// Replaces a resource as a whole.
    pub fn put<S: Into<String>>(path: impl IntoIterator<Item = S>) -> Self {
        Self::new(Method::PUT, path)
    }

    /// Deletes a resource.
    pub fn delete<S: Into<String>>(path: impl IntoIterator<Item = S>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds filters, order and size.
    #[must_use]
    pub fn query(mut self, query: Query) -> Self {
        self.query = query;
        self
    }

    /// Says that the request does no harm when it is made twice, so that
    /// [`Retries`](crate::Retries) hold for it. They always hold for reads, deletions and
    /// replacements (GET, DELETE, PUT).
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.is_repeatable = true;
        self
    }

    /// Sends JSON that is already written.
    #[must_use]
    pub fn body(mut self, json: impl Into<Bytes>) -> Self {
        self.body = Some(json.into());
        self
    }

    /// Sends `value` as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Unsendable`] if `value` has no JSON form.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, Error> {
        match serde_json::to_vec(value) {
            Ok(json) => Ok(self.body(json)),
            Err(error) => Err(self.unsendable(&format!("its body has no JSON form, {error}"))),
        }
    }

    pub(crate) fn unsendable(&self, problem: &str) -> Error {
        Error::Unsendable {
            request: format!("{} /v2/{}", self.method, self.path.join("/")),
            problem: problem.to_owned(),
        }
    }

    fn new<S: Into<String>>(method: Method, path: impl IntoIterator<Item = S>) -> Self {
        Self {
            method,
            path: path.into_iter().map(Into::into).collect(),
            query: Query::new(),
            body: None,
            is_repeatable: false,
            content_type: JSON,
            secrets: Vec::new(),
        }
    }

    /// Keeps `secret`, a part of the request, out of errors and logs should the answer repeat it.
    pub(crate) fn hiding(mut self, secret: &str) -> Self {
        self.secrets.push(SecretString::from(secret));
        self
    }

    /// Puts the request under `base`, which ends in `/v2`.
    pub(crate) fn under(self, base: &Url) -> Result<Addressed, Error> {
        let mut address = base.clone();
        let empty_or_dots = |segment: &String| matches!(segment.as_str(), "" | "." | "..");
        let written = !self.path.iter().any(empty_or_dots)
            && address
                .path_segments_mut()
                .map(|mut segments| {
                    segments.extend(&self.path);
                })
                .is_ok();
        let label = format!("{} {}", self.method, address.path());
        if !written {
            // `/bots/` and `/bots/..` would reach another resource than the one that was meant.
            return Err(Error::Unsendable {
                request: label,
                problem: "a part of its path is empty or consists of dots; is an id missing?"
                    .to_owned(),
            });
        }
        if let Some(problem) = self.query.problem() {
            return Err(Error::Unsendable {
                request: label,
                problem: problem.to_owned(),
            });
        }
        self.query.write_to(&mut address);
        Ok(Addressed {
            label,
            is_repeatable: self.is_repeatable || self.method.is_idempotent(),
            method: self.method,
            address,
            body: self.body,
            content_type: self.content_type,
            secrets: self.secrets,
        })
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Filters and bodies hold people's data and secrets.
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A request that knows where it goes.
#[derive(Clone)]
pub(crate) struct Addressed {
    /// Method and path, for errors and logs; not the query, which may hold people's data.
    pub(crate) label: String,
    pub(crate) method: Method,
    pub(crate) address: Url,
    pub(crate) body: Option<Bytes>,
    /// Whether making it twice does no harm.
    pub(crate) is_repeatable: bool,
    /// What must not show if the answer repeats it.
    pub(crate) secrets: Vec<SecretString>,
    /// What the body is.
    pub(crate) content_type: HeaderValue,
}

impl Addressed {
    /// Reads what is at `address`.
    pub(crate) fn get(address: Url) -> Self {
        Self {
            label: format!("GET {}", address.path()),
            method: Method::GET,
            address,
            body: None,
            is_repeatable: true,
            content_type: JSON,
            secrets: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://api.web1on1.chat/v2").unwrap()
    }

    #[test]
    fn segments_are_encoded_so_that_they_stay_segments() {
        let request = Request::get(["bots", "a/b?c#d é%2F"]).query(Query::new().limit(1));
        let addressed = request.under(&base()).unwrap();
        assert_eq!(
            addressed.address.as_str(),
            "https://api.web1on1.chat/v2/bots/a%2Fb%3Fc%23d%20%C3%A9%252F?limit=1"
        );
        assert_eq!(addressed.label, "GET /v2/bots/a%2Fb%3Fc%23d%20%C3%A9%252F");
    }

    #[test]
    fn a_path_that_would_lead_elsewhere_is_refused() {
        for id in ["", ".", ".."] {
            let error = Request::delete(["bots", id]).under(&base()).err().unwrap();
            assert!(matches!(error, Error::Unsendable { .. }), "{id:?}");
            assert!(!error.is_in_doubt() && !error.is_retryable());
        }
    }
}
