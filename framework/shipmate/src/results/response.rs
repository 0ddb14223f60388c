//! One consumer's way through one questionnaire.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web1on1::Meta;

use crate::form::{Locale, Progress, Question, Questionnaire};

/// One consumer's way through one questionnaire, as far as it has come.
///
/// ```
/// # use jiff::Timestamp;
/// use shipmate::{form::Locale, results::{End, Response}};
///
/// # let now = Timestamp::UNIX_EPOCH;
/// let mut response = Response::begin("after-sales", 2, Locale::Nl, now);
/// response.ask("score");
/// response.answers.insert("score".into(), 9.into());
/// response.end = Some(End::Completed);
/// assert_eq!(response.asked, ["score"]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The questionnaire's id.
    pub survey: String,
    /// Its version.
    pub version: u32,
    /// Tells it from the conversation's other responses.
    pub run: String,
    /// The conversation's id.
    pub conversation: String,
    /// The organization's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The contact's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The language in which it was asked.
    pub locale: Locale,
    /// When the first question was asked.
    pub started_at: Timestamp,
    /// When it last changed; if it has ended, when it ended.
    pub updated_at: Timestamp,
    /// The fields of the questions that were asked, each once, in the order in which they were.
    #[serde(default)]
    pub asked: Vec<String>,
    /// The answers, by field.
    #[serde(default)]
    pub answers: Meta,
    /// The fields that were left out.
    #[serde(default)]
    pub skipped: Vec<String>,
    /// The sum of the points.
    #[serde(default)]
    pub score: i64,
    /// The names of the quotas it belongs to.
    #[serde(default)]
    pub quotas: Vec<String>,
    /// How it ended; none while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// How a response ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum End {
    /// Every question was answered or skipped.
    Completed,
    /// The consumer is not meant, by the rule of this name.
    ScreenedOut(String),
    /// There were enough responses of the quota of this name.
    OverQuota(String),
    /// The consumer did not want to go on.
    Cancelled,
    /// A person has taken the conversation over.
    HandedOver,
    /// A question was answered wrongly too often.
    GivenUp,
    /// The consumer did not answer any more.
    Abandoned,
}

impl Response {
    /// A response of which nothing is known yet. [`keep_response`](crate::Turn::keep_response) says
    /// whose it is.
    pub fn begin(survey: impl Into<String>, version: u32, locale: Locale, now: Timestamp) -> Self {
        let survey = survey.into();
        Self {
            run: format!("{survey}@{}", now.as_millisecond()),
            survey,
            version,
            conversation: String::new(),
            organization: None,
            contact: None,
            locale,
            started_at: now,
            updated_at: now,
            asked: Vec::new(),
            answers: Meta::new(),
            skipped: Vec::new(),
            score: 0,
            quotas: Vec::new(),
            end: None,
        }
    }

    /// Notes that the question of `field` was asked.
    pub fn ask(&mut self, field: &str) {
        if !self.asked.iter().any(|asked| asked == field) {
            self.asked.push(field.to_owned());
        }
    }

    /// Takes over what `progress` holds: answers, what was skipped, score and quotas.
    pub fn follow(&mut self, questionnaire: &Questionnaire, progress: &Progress, now: Timestamp) {
        let names = questionnaire.questions().iter().map(Question::name);
        let skipped = names.filter(|name| progress.is_skipped(name));
        self.skipped = skipped.map(str::to_owned).collect();
        self.answers = questionnaire.values(progress);
        self.score = questionnaire.score(progress);
        let quotas = questionnaire.quotas(progress).into_iter();
        self.quotas = quotas.map(|quota| quota.name.clone()).collect();
        self.updated_at = now;
    }

    /// Whether every question was answered or skipped.
    pub fn is_complete(&self) -> bool {
        self.end == Some(End::Completed)
    }
}

impl End {
    /// The word for it, without the name of rule or quota.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::ScreenedOut(_) => "screened-out",
            Self::OverQuota(_) => "over-quota",
            Self::Cancelled => "cancelled",
            Self::HandedOver => "handed-over",
            Self::GivenUp => "given-up",
            Self::Abandoned => "abandoned",
        }
    }

    /// The name of the rule or quota that ended it.
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::ScreenedOut(name) | Self::OverQuota(name) => Some(name),
            _ => None,
        }
    }
}

/// In words, such as `screened out (minors)`.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str().replace('-', " "))?;
        match self.rule() {
            Some(rule) => write!(f, " ({rule})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_written() {
        let mut response = Response::begin("after-sales", 2, Locale::Nl, Timestamp::UNIX_EPOCH);
        response.ask("score");
        response.ask("score");
        response.end = Some(End::ScreenedOut("minors".into()));
        let json = serde_json::to_value(&response).unwrap();
        assert_eq!(json["run"], "after-sales@0");
        assert_eq!(json["asked"], serde_json::json!(["score"]));
        assert_eq!(json["end"], serde_json::json!({"screened-out": "minors"}));
        assert_eq!(serde_json::from_value::<Response>(json).unwrap(), response);
    }

    #[test]
    fn an_end_is_told_in_words() {
        assert_eq!(End::GivenUp.to_string(), "given up");
        let over = End::OverQuota("women".into());
        assert_eq!(over.to_string(), "over quota (women)");
    }
}
