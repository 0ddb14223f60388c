//! Responses, counted.

mod answers;
mod figure;
mod question;
mod way;

pub use answers::{Answers, Choices, Counted, Ranked, Ranking, Said, Texts};
pub use figure::Figure;
pub use question::QuestionSummary;

use std::collections::BTreeMap;

use self::way::Way;
use super::{End, Fraction, Response, Spread};
use crate::form::{Choice, Decimal, Locale, Question, Questionnaire};

/// What a questionnaire's responses come to.
///
/// Two summaries of the same questionnaire can be [put together](Summary::and); that is the same as
/// counting all responses at once.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// The questionnaire's id.
    pub survey: String,
    /// Responses that began.
    pub started: u64,
    /// Responses that ended, by how.
    pub ends: BTreeMap<End, u64>,
    /// How long complete ones took, from the first question to the end, in seconds.
    pub durations: Spread,
    /// The scores of complete ones; none if the questionnaire gives no points.
    pub scores: Option<Spread>,
    /// Responses by the organization's id; empty for those that belong to none.
    pub organizations: BTreeMap<String, u64>,
    /// Responses by language.
    pub locales: BTreeMap<Locale, u64>,
    /// Responses by the questionnaire's version.
    pub versions: BTreeMap<u32, u64>,
    /// The questions, in their order.
    pub questions: Vec<QuestionSummary>,
}

/// How many came as far as a question, and what became of them there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step<'a> {
    /// The question's field.
    pub field: &'a str,
    /// What the question asks.
    pub label: &'a str,
    /// Whether it is asked under a condition only.
    pub is_conditional: bool,
    /// Responses that came as far as this question.
    pub reached: u64,
    /// Those of them that answered it.
    pub answered: u64,
    /// Those of them that ended here without being complete, screened out or over quota.
    pub left: u64,
    /// Those of them that are still here.
    pub waiting: u64,
}

/// Counts `responses`, which should all be to `questionnaire`. What belongs to fields that it does
/// not have, as an earlier version may, is left out.
///
/// ```
/// # use jiff::Timestamp;
/// use shipmate::{form::{Locale, Questionnaire}, results::{self, Response}};
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let form: web1on1::Form = serde_json::from_value(serde_json::json!({
///     "id": "f1", "fields": [{"name": "stars", "label": "How was it?", "type": "number"}],
/// }))?;
/// # let now = Timestamp::UNIX_EPOCH;
/// let mut response = Response::begin("visit", 1, Locale::En, now);
/// response.answers.insert("stars".into(), 4.into());
/// let summary = results::summary(&Questionnaire::from_form(&form), &[response]);
/// assert_eq!((summary.started, summary.questions[0].answered), (1, 1));
/// # Ok(())
/// # }
/// ```
pub fn summary(questionnaire: &Questionnaire, responses: &[Response]) -> Summary {
    let survey = responses.first().map(|response| response.survey.as_str());
    let mut summary = Summary::begin(survey.unwrap_or_default(), questionnaire);
    for response in responses {
        summary.add(response);
    }
    summary
}

impl Summary {
    /// A summary of no responses, to [add](Summary::add) to.
    pub fn begin(survey: impl Into<String>, questionnaire: &Questionnaire) -> Self {
        let questions = questionnaire.questions();
        let gives_points = questions
            .iter()
            .flat_map(Question::choices)
            .any(|choice| Choice::points(choice) != 0);
        Self {
            survey: survey.into(),
            started: 0,
            ends: BTreeMap::new(),
            durations: Spread::default(),
            scores: gives_points.then(Spread::default),
            organizations: BTreeMap::new(),
            locales: BTreeMap::new(),
            versions: BTreeMap::new(),
            questions: questions.iter().map(QuestionSummary::of).collect(),
        }
    }

    /// Counts one more response.
    pub fn add(&mut self, response: &Response) {
        self.started += 1;
        let organization = response.organization.clone().unwrap_or_default();
        *self.organizations.entry(organization).or_default() += 1;
        *self.locales.entry(response.locale).or_default() += 1;
        *self.versions.entry(response.version).or_default() += 1;
        if let Some(end) = &response.end {
            *self.ends.entry(end.clone()).or_default() += 1;
        }
        if response.is_complete() {
            let took = response.updated_at.duration_since(response.started_at);
            self.durations.add(Decimal::from(took.as_secs().max(0)));
            if let Some(scores) = &mut self.scores {
                scores.add(Decimal::from(response.score));
            }
        }
        let fields = self.questions.iter().map(|it| it.field.as_str());
        let way = Way::of(response, fields);
        for (place, question) in self.questions.iter_mut().enumerate() {
            question.add(response, &way, place);
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.started += other.started;
        self.durations.merge(other.durations);
        match (&mut self.scores, other.scores) {
            (Some(scores), Some(more)) => scores.merge(more),
            (scores, more) => *scores = scores.take().or(more),
        }
        merge(&mut self.ends, other.ends);
        merge(&mut self.organizations, other.organizations);
        merge(&mut self.locales, other.locales);
        merge(&mut self.versions, other.versions);
        for more in other.questions {
            let mut questions = self.questions.iter_mut();
            match questions.find(|question| question.field == more.field) {
                Some(question) => question.merge(more),
                None => self.questions.push(more),
            }
        }
        self
    }

    /// Responses in which every question was answered or skipped.
    pub fn completed(&self) -> u64 {
        self.ends.get(&End::Completed).copied().unwrap_or_default()
    }

    /// Responses that have not ended.
    pub fn under_way(&self) -> u64 {
        self.started.saturating_sub(self.ends.values().sum())
    }

    /// How many of all that began are complete, in percent.
    pub fn completion_rate(&self) -> Option<Fraction> {
        Fraction::percent(self.completed(), self.started)
    }

    /// How many came how far. From one question without a condition to the next, `reached` never
    /// grows.
    pub fn funnel(&self) -> Vec<Step<'_>> {
        self.questions.iter().map(QuestionSummary::step).collect()
    }
}

fn merge<K: Ord>(counts: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, count) in more {
        *counts.entry(key).or_default() += count;
    }
}

#[cfg(test)]
pub(crate) mod tests;
