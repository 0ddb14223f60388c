//! How far a conversation has come with a questionnaire.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answers so far, by field name. Which question comes next is not stored but computed
/// ([`Questionnaire::next`](super::Questionnaire::next)), so an answer may come, change or go at
/// any time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    answers: BTreeMap<String, Answer>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    skipped: BTreeSet<String>,
    /// Known from elsewhere; the consumer is asked whether it is right.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    proposed: BTreeMap<String, Answer>,
    /// What was answered or skipped, the latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
    /// Asked next, before what else is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reopened: Option<String>,
    /// Asked before that: the consumer has it on the screen, though the questions have changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    held: Option<String>,
    /// The consumer has seen all answers and found them right.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reviewed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asking: Option<Asking>,
}

/// A valid answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The value as it is reported: a text, a number, a bool, or a list of option keys.
    pub value: Value,
    /// The value as people read it, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// The question that was answered wrongly last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Asking {
    field: String,
    attempts: u32,
}

impl Answer {
    /// An answer that is stored as `value` and shown as `text`.
    pub fn new(value: impl Into<Value>, text: impl Into<String>) -> Self {
        let (value, text) = (value.into(), text.into());
        let is_same = value.as_str() == Some(&text);
        Self {
            value,
            text: (!is_same).then_some(text),
        }
    }

    /// A text that is stored and shown as it is.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            value: Value::String(text.into()),
            text: None,
        }
    }

    /// The answer as people read it, in the language in which it was given.
    pub fn text(&self) -> &str {
        let text = self.text.as_deref().or_else(|| self.value.as_str());
        text.unwrap_or_default()
    }

    /// The same; the value itself, where nothing else is known of it.
    pub(crate) fn display(&self) -> String {
        match self.text() {
            "" => self.value.to_string(),
            text => text.to_owned(),
        }
    }
}

impl Progress {
    /// The answer to a field.
    pub fn answer(&self, field: &str) -> Option<&Answer> {
        self.answers.get(field)
    }

    /// Whether a field was skipped.
    pub fn is_skipped(&self, field: &str) -> bool {
        self.skipped.contains(field)
    }

    /// Wrong answers in a row to a field, if it is the one that was answered last.
    pub fn attempts(&self, field: &str) -> u32 {
        let asking = self.asking.as_ref().filter(|asking| asking.field == field);
        asking.map_or(0, |asking| asking.attempts)
    }

    /// Stores an answer, be it new or a correction. What comes from elsewhere and need not be
    /// confirmed is stored here without being checked.
    pub fn record(&mut self, field: &str, answer: Answer) {
        self.forget(field);
        self.order.push(field.to_owned());
        self.answers.insert(field.to_owned(), answer);
    }

    /// Leaves a field out, required or not: a bot's way on when the attempts have run out.
    pub fn skip(&mut self, field: &str) {
        self.forget(field);
        self.order.push(field.to_owned());
        self.skipped.insert(field.to_owned());
    }

    /// Makes a field unanswered, so that it is asked again.
    pub fn forget(&mut self, field: &str) {
        self.answers.remove(field);
        self.skipped.remove(field);
        self.proposed.remove(field);
        self.order.retain(|other| other != field);
        self.reopened.take_if(|reopened| reopened == field);
        self.held.take_if(|held| held == field);
        self.asking.take_if(|asking| asking.field == field);
        self.reviewed = false;
    }

    /// Keeps what may be the answer, unless there is one: the consumer will be asked whether it is
    /// right.
    pub fn propose(&mut self, field: &str, answer: Answer) {
        if self.answer(field).is_none() && !self.is_skipped(field) {
            self.proposed.insert(field.to_owned(), answer);
        }
    }

    /// What may be the answer to a field.
    pub fn proposal(&self, field: &str) -> Option<&Answer> {
        self.proposed.get(field)
    }

    /// Whether nothing has been answered or skipped.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.skipped.is_empty()
    }

    /// Makes a field unanswered and the next to be asked.
    pub(super) fn reopen(&mut self, field: &str) {
        self.forget(field);
        self.reopened = Some(field.to_owned());
    }

    /// What was answered, by field.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&str, &Answer)> {
        let answers = self.answers.iter();
        answers.map(|(field, answer)| (field.as_str(), answer))
    }

    /// Makes an open field the next to be asked.
    pub(super) fn hold(&mut self, field: &str) {
        self.held = Some(field.to_owned());
    }

    /// What is asked before what else is open.
    pub(super) fn first(&self) -> Option<&str> {
        self.held.as_deref().or(self.reopened())
    }

    /// What was answered or skipped last.
    pub(super) fn latest(&self) -> Option<&str> {
        self.order.last().map(String::as_str)
    }

    pub(super) fn reopened(&self) -> Option<&str> {
        self.reopened.as_deref()
    }

    pub(super) fn is_reviewed(&self) -> bool {
        self.reviewed
    }

    pub(super) fn review(&mut self) {
        self.reviewed = true;
        self.asking = None;
    }

    /// What is answered, skipped or proposed.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        let skipped = self.skipped.iter();
        let with_answers = self.answers.keys().chain(self.proposed.keys());
        with_answers.chain(skipped).map(String::as_str)
    }

    /// Counts a wrong answer and returns how many there were in a row.
    pub(super) fn count_attempt(&mut self, field: &str) -> u32 {
        let attempts = self.attempts(field).saturating_add(1);
        self.asking = Some(Asking {
            field: field.to_owned(),
            attempts,
        });
        attempts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small_on_the_wire_and_comes_back_the_same() {
        let mut progress = Progress::default();
        assert_eq!(serde_json::to_string(&progress).unwrap(), "{}");
        progress.record("name", Answer::plain("Ada"));
        progress.record("car", Answer::new("c1", "Beetle"));
        progress.skip("phone");
        progress.count_attempt("email");
        let json = serde_json::to_string(&progress).unwrap();
        assert_eq!(
            json,
            r#"{"answers":{"car":{"value":"c1","text":"Beetle"},"name":{"value":"Ada"}},"skipped":["phone"],"order":["name","car","phone"],"asking":{"field":"email","attempts":1}}"#
        );
        assert_eq!(serde_json::from_str::<Progress>(&json).unwrap(), progress);
    }

    #[test]
    fn a_field_is_answered_or_skipped_but_not_both() {
        let mut progress = Progress::default();
        assert_eq!(progress.count_attempt("a"), 1);
        assert_eq!(progress.count_attempt("a"), 2);
        progress.record("a", Answer::plain("x"));
        assert_eq!(progress.attempts("a"), 0);
        progress.skip("a");
        assert!(progress.answer("a").is_none() && progress.is_skipped("a"));
        progress.record("a", Answer::plain("y"));
        assert!(!progress.is_skipped("a"));
        progress.forget("a");
        assert_eq!(progress, Progress::default());
    }

    #[test]
    fn attempts_belong_to_one_field() {
        let mut progress = Progress::default();
        progress.count_attempt("a");
        progress.record("b", Answer::plain("x"));
        assert_eq!(progress.attempts("a"), 1);
        assert_eq!(progress.count_attempt("c"), 1);
        assert_eq!(progress.attempts("a"), 0);
    }
}
