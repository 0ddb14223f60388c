//! Questionnaires for the tests of other modules.

use super::{Choice, Kind, Measure, Question, Questionnaire};

impl Questionnaire {
    pub(crate) fn of_questions(questions: Vec<Question>) -> Self {
        Self {
            questions,
            ..Self::new()
        }
    }
}

impl Question {
    pub(crate) fn of_kind(name: &str, label: &str, kind: Kind) -> Self {
        Self::new(name.to_owned(), label.into(), kind)
    }

    pub(crate) fn of_measure(name: &str, label: &str, measure: Measure) -> Self {
        Self {
            measure: Some(measure),
            choices: measure.choices(),
            ..Self::of_kind(name, label, measure.kind())
        }
    }

    /// With choices of these keys and points; their labels are the keys in capitals.
    pub(crate) fn with_choices(mut self, choices: &[(&str, i64)]) -> Self {
        for (key, points) in choices {
            let mut choice = Choice::new(*key, key.to_uppercase());
            choice.points = *points;
            self.choices.push(choice);
        }
        self
    }

    pub(crate) fn asked_when(mut self, condition: &str) -> Self {
        self.when = Some(condition.parse().unwrap());
        self
    }
}
