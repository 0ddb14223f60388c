//! A request in the journal, from its arrival to its end.

use std::sync::Arc;

use axum::{
    body::{Body as HttpBody, Bytes, to_bytes},
    extract::MatchedPath,
    http::{Method, request::Parts},
    response::Response,
};
use jiff::Timestamp;
use serde_json::Value;
use url::form_urlencoded;
use web1on1::ConversationId;

use super::spoil::broken_connection;
use crate::{
    Crossing,
    conversation::Author,
    directory::Kind,
    journal::{Answered, ApiCall, Body, CallOutcome, CallerSeen, Entry, redact_query},
    limit::Rule,
    platform::Platform,
    rest::Caller,
    state::State,
};

/// A call that has to be ended; if it is dropped before, the client has gone.
#[derive(Debug)]
pub(super) struct Call {
    platform: Arc<Platform>,
    pub(super) number: u64,
    pub(super) arrived: Timestamp,
    pub(super) conversation: Option<ConversationId>,
    method: Method,
    path: String,
    is_ended: bool,
}

impl Call {
    pub(super) fn begin(platform: &Arc<Platform>, parts: &Parts, body: &[u8]) -> Self {
        platform.change_quietly(|state, now| {
            let limit = state.journal.settings().body_bytes;
            let conversation = state.conversation_of(parts.uri.path(), parts.uri.query(), body);
            let number = state.journal.add(|number| {
                Entry::Call(ApiCall {
                    number,
                    at: now,
                    ended: None,
                    method: parts.method.to_string(),
                    path: parts.uri.path().to_owned(),
                    route: route(parts),
                    query: parts.uri.query().map(redact_query),
                    caller: None,
                    request: Body::of(body, limit),
                    outcome: CallOutcome::UnderWay,
                    answer: None,
                    fault: None,
                    refused: None,
                    conversation: conversation.clone(),
                    messages: Vec::new(),
                    events: Vec::new(),
                })
            });
            Self {
                platform: Arc::clone(platform),
                number,
                arrived: now,
                conversation,
                method: parts.method.clone(),
                path: parts.uri.path().to_owned(),
                is_ended: false,
            }
        })
    }

    /// Whether it gets to the platform.
    pub(super) fn arrives(&self) -> bool {
        let (method, path) = (self.method.as_str(), self.path.as_str());
        self.platform
            .lets_through(Crossing::Request { method, path })
    }

    pub(super) fn made_by(&self, caller: &Caller) {
        let seen = CallerSeen {
            user: caller.user.clone(),
            is_bot: matches!(caller.author, Author::Bot(_)),
        };
        self.platform
            .change_quietly(|state, _| state.journal.caller_known(self.number, seen));
    }

    /// Notes the answer and passes it on, if it gets to the client.
    pub(super) async fn finish(mut self, response: Response) -> Response {
        let (answer, response) = KnownAnswer::read(response).await;
        let (method, path) = (self.method.as_str(), self.path.as_str());
        if !self
            .platform
            .lets_through(Crossing::Answer { method, path })
        {
            return self.break_off(Some(&answer));
        }
        self.answered(&answer);
        response
    }

    /// The answer was sent, as far as the sandbox can tell.
    pub(super) fn answered(&mut self, answer: &KnownAnswer) {
        let status = answer.status;
        self.end(CallOutcome::Answered { status }, Some(answer));
    }

    /// Breaks the connection; `answer` is what the client does not get to see.
    pub(super) fn break_off(mut self, answer: Option<&KnownAnswer>) -> Response {
        self.end(CallOutcome::Broken, answer);
        broken_connection()
    }

    fn end(&mut self, outcome: CallOutcome, answer: Option<&KnownAnswer>) {
        self.is_ended = true;
        self.platform.change_quietly(|state, now| {
            let limit = state.journal.settings().body_bytes;
            let answered = Answered {
                outcome,
                body: answer.map(|answer| Body::of(&answer.body, limit)),
                refused: answer.and_then(|answer| answer.refused),
            };
            state.journal.call_ended(self.number, answered, now);
        });
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_ended {
            self.end(CallOutcome::Abandoned, None);
        }
    }
}

/// What there is to note of an answer.
#[derive(Debug, Clone)]
pub(super) struct KnownAnswer {
    pub(super) status: u16,
    pub(super) body: Bytes,
    refused: Option<Rule>,
}

impl KnownAnswer {
    /// Reads an answer, which is in memory already, and gives it back whole.
    pub(super) async fn read(response: Response) -> (Self, Response) {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let known = Self {
            status: parts.status.as_u16(),
            body: body.clone(),
            refused: parts.extensions.get::<Rule>().copied(),
        };
        (known, Response::from_parts(parts, HttpBody::from(body)))
    }
}

/// The template that matched, with the kind of resource in it.
fn route(parts: &Parts) -> Option<String> {
    let matched = parts.extensions.get::<MatchedPath>()?.as_str();
    let template = matched.strip_prefix("/v2").unwrap_or(matched);
    let kind = parts.uri.path().split('/').nth(1)?;
    let Some(rest) = template.strip_prefix("/{resource}") else {
        return Some(template.to_owned());
    };
    Kind::from_path(kind).map(|_| format!("/{kind}{rest}"))
}

impl State {
    /// The conversation that a request names in its path, its query or its body.
    fn conversation_of(
        &self,
        path: &str,
        query: Option<&str>,
        body: &[u8],
    ) -> Option<ConversationId> {
        let mut segments = path.trim_start_matches('/').split('/');
        match (segments.next()?, segments.next()) {
            ("conversations", Some(id)) => Some(id.into()),
            ("messages", Some(id)) => self.threads.message(&id.into())?.conversation.clone(),
            ("conversations", None) => named(query, body, "id"),
            ("messages", None) => named(query, body, "conversation"),
            _ => None,
        }
    }
}

/// The value of `name` in a query, or in the object, or first object of an array, that is a body.
fn named(query: Option<&str>, body: &[u8], name: &str) -> Option<ConversationId> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    if let Some((_, value)) = pairs.find(|(key, _)| key == name) {
        return Some(value.as_ref().into());
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    let object = body.get(0).unwrap_or(&body);
    object.get(name)?.as_str().map(Into::into)
}
