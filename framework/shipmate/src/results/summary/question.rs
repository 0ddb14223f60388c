//! One question's answers, counted.

use super::{
    Answers, Figure, Step,
    way::{Stop, Way},
};
use crate::{
    form::{Kind, Locale, Measure, Question},
    results::Response,
};

/// What the responses say to one question.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct QuestionSummary {
    /// The question's field.
    pub field: String,
    /// What it asks, in English if it can.
    pub label: String,
    /// What it takes.
    pub kind: Kind,
    /// What its answers are counted as.
    pub measure: Option<Measure>,
    /// Whether it is asked under a condition only.
    pub is_conditional: bool,
    /// Responses with an answer.
    pub answered: u64,
    /// Responses in which it was left out.
    pub skipped: u64,
    /// Responses in which it was asked and neither answered nor left out.
    pub open: u64,
    /// Responses in which it was not asked, or not yet, and is not answered.
    pub not_asked: u64,
    /// Answers that do not fit the question, as those to another version may; they are counted
    /// nowhere else.
    pub unfit: u64,
    /// What was answered.
    pub answers: Answers,
    reached: u64,
    answered_there: u64,
    left: u64,
    waiting: u64,
}

impl QuestionSummary {
    pub(super) fn of(question: &Question) -> Self {
        Self {
            field: question.name().to_owned(),
            label: question.label(Locale::En).to_owned(),
            kind: question.kind(),
            measure: question.measure(),
            is_conditional: question.when().is_some(),
            answered: 0,
            skipped: 0,
            open: 0,
            not_asked: 0,
            unfit: 0,
            answers: Answers::to(question),
            reached: 0,
            answered_there: 0,
            left: 0,
            waiting: 0,
        }
    }

    pub(super) fn add(&mut self, response: &Response, way: &Way, place: usize) {
        let answer = response.answers.get(&self.field);
        let is_skipped = response.skipped.contains(&self.field);
        let was_asked = response.asked.contains(&self.field);
        match answer {
            Some(_) => self.answered += 1,
            None if is_skipped => self.skipped += 1,
            None if was_asked => self.open += 1,
            None => self.not_asked += 1,
        }
        if let Some(answer) = answer
            && self.answers.add(answer, response).is_none()
        {
            self.unfit += 1;
        }
        let is_reached = if self.is_conditional {
            was_asked || is_skipped || answer.is_some()
        } else {
            way.passes(place)
        };
        self.reached += u64::from(is_reached);
        self.answered_there += u64::from(is_reached && answer.is_some());
        self.left += u64::from(way.stop() == Some(Stop::Left(place)));
        self.waiting += u64::from(way.stop() == Some(Stop::Waits(place)));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.answered += other.answered;
        self.skipped += other.skipped;
        self.open += other.open;
        self.not_asked += other.not_asked;
        self.unfit += other.unfit;
        self.reached += other.reached;
        self.answered_there += other.answered_there;
        self.left += other.left;
        self.waiting += other.waiting;
        self.answers.merge(other.answers);
    }

    pub(super) fn step(&self) -> Step<'_> {
        Step {
            field: &self.field,
            label: &self.label,
            is_conditional: self.is_conditional,
            reached: self.reached,
            answered: self.answered_there,
            left: self.left,
            waiting: self.waiting,
        }
    }

    /// What its [measure](Self::measure) comes to; none without one, or without answers.
    pub fn figure(&self) -> Option<Figure> {
        Figure::of(self.measure?, &self.answers)
    }
}
