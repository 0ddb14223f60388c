//! A questionnaire and where its parts come from.

use super::super::{Definition, Question, Questionnaire};

pub(super) struct Survey<'a> {
    pub(super) questionnaire: &'a Questionnaire,
    /// Where each question comes from, such as `questions[3]`.
    paths: Vec<String>,
}

impl<'a> Survey<'a> {
    pub(super) fn of(definition: &'a Definition, questionnaire: &'a Questionnaire) -> Self {
        let path = |question: &Question| {
            let mut questions = definition.questions.iter();
            let index = questions.position(|from| {
                let mut rows = from.rows.iter();
                from.rows.is_empty() && from.name == question.name
                    || rows.any(|row| format!("{}_{}", from.name, row.key) == question.name)
            });
            format!("questions[{}]", index.unwrap_or_default())
        };
        Self {
            questionnaire,
            paths: questionnaire.questions.iter().map(path).collect(),
        }
    }

    pub(super) fn questions(&self) -> &'a [Question] {
        &self.questionnaire.questions
    }

    /// Where the question at a place comes from.
    pub(super) fn path(&self, place: usize) -> &str {
        self.paths.get(place).map_or("questions", String::as_str)
    }

    /// The place of a question.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.questions()
            .iter()
            .position(|question| question.name == name)
    }
}
