//! Responses to surveys, as they are kept and asked for.

use std::sync::Arc;

use jiff::Timestamp;

use crate::results::Response;

/// The place of a response; later ones began later.
pub type ResponseId = i64;

/// Which responses are wanted. What is none does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhichResponses {
    /// Those kept by this bot.
    pub bot: Option<Arc<str>>,
    /// Those to this questionnaire.
    pub survey: Option<String>,
    /// Those that began at this time or later.
    pub from: Option<Timestamp>,
    /// Those that began before this time.
    pub until: Option<Timestamp>,
    /// Those that belong to this organization.
    pub organization: Option<String>,
}

/// A response on record. It holds what people wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseRecord {
    /// Its place.
    pub place: ResponseId,
    /// The bot that kept it.
    pub bot: Arc<str>,
    /// The response.
    pub response: Response,
}

/// What completed responses are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuotaKey {
    /// The questionnaire's id.
    pub survey: String,
    /// The organization's id; empty for responses that belong to none.
    pub organization: String,
    /// The quota's name.
    pub quota: String,
}

/// How many completed responses a quota has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaCount {
    /// The bot that kept them.
    pub bot: Arc<str>,
    /// What they have in common.
    pub key: QuotaKey,
    /// How many were ever completed, be they on record still or not.
    pub completed: u64,
}
