//! What can go wrong with a request, told apart by what to do next.

use std::{sync::Arc, time::Duration};

use crate::TokenStoreError;

/// What stands behind an error, without addresses and tokens.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A request to the platform that did not succeed, or a client that cannot be built.
///
/// New variants may come, so ask the predicates. The question that matters after a failed write is
/// whether the platform may have carried it out: [`is_in_doubt`](Error::is_in_doubt) says maybe,
/// [`is_refused_for_now`](Error::is_refused_for_now) says no and to try again later; every other
/// error says no, and that trying again will not help.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The API's address cannot be used.
    #[error("the API address is not usable: {problem}; give one such as https://api.web1on1.chat")]
    BaseUrl {
        /// What is wrong with it. The address is not repeated since it may hold a password.
        problem: &'static str,
    },

    /// The token cannot be used.
    #[error("the token is not usable: {problem}")]
    Token {
        /// What is wrong with it, and what to do.
        problem: &'static str,
    },

    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up; are the system's CA certificates installed?")]
    Setup {
        /// Why.
        #[source]
        source: Cause,
    },

    /// The request cannot be written down; nothing was sent.
    #[error("{request} cannot be made: {problem}")]
    Unsendable {
        /// Method and path.
        request: String,
        /// What is wrong with it.
        problem: String,
    },

    /// No connection: the platform has not seen the request.
    #[error("{request}: no connection to the platform; check the network and the API address")]
    Connect {
        /// Method and path.
        request: String,
        /// Why.
        #[source]
        source: Cause,
    },

    /// No complete answer in time. The request may have taken effect.
    #[error("{request}: no complete answer in time; it may have taken effect")]
    TimedOut {
        /// Method and path.
        request: String,
        /// What was waited for.
        #[source]
        source: Cause,
    },

    /// The connection broke after the request was on its way. It may have taken effect.
    #[error("{request}: the connection was lost before the answer; it may have taken effect")]
    Lost {
        /// Method and path.
        request: String,
        /// How.
        #[source]
        source: Cause,
    },

    /// The platform said yes, but not in a form we understand. The request has taken effect as far
    /// as we can tell.
    #[error("{request} was answered {status} with a body that cannot be read: {problem}")]
    Unreadable {
        /// Method and path.
        request: String,
        /// The answer's status.
        status: u16,
        /// What is wrong with the body. It tells the place, never the content.
        problem: String,
    },

    /// The platform gives this list out only with a filter; nothing was sent.
    #[error("{request} needs a filter; add at least one of {}", one_of.join(", "))]
    FilterMissing {
        /// Method and path.
        request: String,
        /// The fields of which one has to be filtered by (fetching resources).
        one_of: &'static [&'static str],
    },

    /// The list's next page cannot be asked for; the pages before it are complete.
    #[error("{request}: the next page cannot be read, {problem}")]
    NextPage {
        /// Method and path of the page before.
        request: String,
        /// What is wrong. The address is not repeated since it may hold anything.
        problem: &'static str,
    },

    /// The token does not work any more and could not be renewed; the request was not carried out.
    #[error(
        "{request}: the token needs to be renewed, which failed; {}",
        renewal_advice(source)
    )]
    NotRenewed {
        /// Method and path of the request that needed the token.
        request: String,
        /// Why the renewal failed.
        #[source]
        source: Arc<Error>,
    },

    /// What keeps the tokens failed; nothing was sent.
    #[error("the kept tokens cannot be read")]
    TokenStore {
        /// Why.
        #[source]
        source: TokenStoreError,
    },

    /// The platform said no.
    #[error("{request} was answered {status}{}{}", shown(message.as_deref()), advice(*status))]
    Status {
        /// Method and path.
        request: String,
        /// The answer's status. It is below 300 where a body says `error` in spite of it.
        status: u16,
        /// What the platform says about it.
        message: Option<String>,
        /// How long the platform asks us to wait.
        retry_after: Option<Duration>,
    },
}

impl Error {
    /// The status of the platform's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } | Self::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// How long the platform asks us to wait (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::NotRenewed { source, .. } => source.retry_after(),
            _ => None,
        }
    }

    /// What may say a secret that was part of the request is freed from it.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        if let Self::Status {
            message: Some(message),
            ..
        } = &mut self
            && !secret.is_empty()
            && message.contains(secret)
        {
            *message = message.replace(secret, "[redacted]");
        }
        self
    }

    /// Whether the request may have taken effect although it failed. Do not repeat a write before
    /// having looked.
    pub fn is_in_doubt(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::Lost { .. } | Self::Unreadable { .. } => true,
            // 504 and, from the network in front of the platform, 520, 522 and 524 to 527 mean
            // that a request was passed on and its answer is missing.
            Self::Status { status, .. } => {
                matches!(status, 500 | 504 | 520 | 522 | 524..=527)
            }
            _ => false,
        }
    }

    /// Whether nothing happened and the same request may succeed later.
    pub fn is_refused_for_now(&self) -> bool {
        match self {
            Self::Connect { .. } => true,
            // The request itself was not carried out, whatever became of the renewal.
            Self::NotRenewed { source, .. } => source.is_retryable(),
            // 502 and 503 are the platform's words for "try again" (API Basics, errors); 408 says
            // that the request never arrived whole; 521 and 523 that the platform was not reached.
            Self::Status { status, .. } => matches!(status, 408 | 429 | 502 | 503 | 521 | 523),
            _ => false,
        }
    }

    /// Whether the same request may succeed later. For writes, look at
    /// [`is_in_doubt`](Error::is_in_doubt) first.
    pub fn is_retryable(&self) -> bool {
        self.is_refused_for_now() || self.is_in_doubt()
    }

    /// Whether the token is the cause, so that a new token helps. The documents name 403 for an
    /// expired token and the SDK expects 401, so both count, 403 only with the fitting message.
    /// A token that could not be renewed counts as well.
    pub fn is_token_problem(&self) -> bool {
        match self {
            Self::Status { status: 401, .. }
            | Self::NotRenewed { .. }
            | Self::TokenStore { .. } => true,
            Self::Status {
                status: 403,
                message: Some(message),
                ..
            } => {
                let message = message.to_ascii_lowercase();
                ["jwt expired", "invalid signature", "invalid token"]
                    .iter()
                    .any(|sign| message.contains(sign))
            }
            _ => false,
        }
    }
}

fn shown(message: Option<&str>) -> String {
    message.map_or_else(String::new, |message| format!(" ({message})"))
}

fn renewal_advice(cause: &Error) -> &'static str {
    if cause.is_retryable() {
        "try again later"
    } else {
        "log in again, and set a new token or new credentials"
    }
}

fn advice(status: u16) -> &'static str {
    match status {
        401 => "; check that the token is current",
        403 => "; check the token and the rights of its user",
        404 => "; check the id, and that the token's organization can see it",
        429 => "; send less, or wait",
        300..=399 => "; redirects are not followed, so check the API address",
        500..=599 => "; try again later",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, message: Option<&str>) -> Error {
        Error::Status {
            request: "POST /v2/messages".to_owned(),
            status,
            message: message.map(str::to_owned),
            retry_after: None,
        }
    }

    #[test]
    fn every_status_is_in_doubt_or_refused_for_now_or_final() {
        for code in 100..600 {
            let error = status(code, None);
            assert!(
                !(error.is_in_doubt() && error.is_refused_for_now()),
                "{code}"
            );
            let doubt = [500, 504, 520, 522, 524, 525, 526, 527].contains(&code);
            let later = [408, 429, 502, 503, 521, 523].contains(&code);
            assert_eq!(error.is_in_doubt(), doubt, "{code}");
            assert_eq!(error.is_refused_for_now(), later, "{code}");
            assert_eq!(error.is_retryable(), doubt || later, "{code}");
        }
    }

    #[test]
    fn token_problems_are_known_by_status_and_message() {
        assert!(status(401, None).is_token_problem());
        assert!(status(403, Some("JWT Expired")).is_token_problem());
        assert!(status(403, Some("Error: invalid signature.")).is_token_problem());
        assert!(!status(403, Some("not an admin")).is_token_problem());
        assert!(!status(403, None).is_token_problem());
        assert!(!status(404, Some("invalid token")).is_token_problem());
    }

    #[test]
    fn the_message_says_what_where_and_what_to_do() {
        assert_eq!(
            status(403, Some("jwt expired")).to_string(),
            "POST /v2/messages was answered 403 (jwt expired); check the token and the rights of its user"
        );
        assert_eq!(
            status(422, None).to_string(),
            "POST /v2/messages was answered 422"
        );
    }
}
