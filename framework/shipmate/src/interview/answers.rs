//! What an interview has come to.

use web1on1::Meta;

use super::{Interview, Interviewer};
use crate::{
    form::{AnswersError, Next, Phrase, Survey},
    handover::Summary,
};

impl Interviewer<'_> {
    /// The answers by field, as they are reported.
    pub fn values(&self, interview: &Interview) -> Meta {
        let earlier = self.began_with(interview);
        let it = self.holding(earlier.as_deref());
        it.questionnaire.values(&interview.progress)
    }

    /// The answers of an interview that is [complete](super::End::Completed), as a struct.
    ///
    /// # Errors
    ///
    /// If an answer is missing, or is not one that the struct can hold. That cannot be for a struct
    /// whose survey says `on_change = "migrate"` or `"restart"`; one that is pinned may end with the
    /// questions of an earlier struct.
    pub fn answers<S: Survey>(&self, interview: &Interview) -> Result<S, AnswersError> {
        let earlier = self.began_with(interview);
        let it = self.holding(earlier.as_deref());
        S::from_answers(it.questionnaire, &interview.progress)
    }

    /// What is said in the conversation's language, in the words of the interview's survey.
    pub fn phrase(&self, interview: &Interview, phrase: Phrase) -> String {
        let earlier = self.began_with(interview);
        self.holding(earlier.as_deref()).say(phrase)
    }

    /// What people read who go on with it, in [their language](super::Style::agents).
    pub fn summary(&self, interview: &Interview) -> Summary {
        let earlier = self.began_with(interview);
        let it = self.holding(earlier.as_deref());
        if it.edition.is_some() && it.name != interview.questionnaire {
            return it.listed(interview);
        }
        it.summed_up(interview)
    }

    /// The answers to a survey that is not at hand.
    fn listed(&self, interview: &Interview) -> Summary {
        let summary = Summary::new(self.style.agents).titled(&interview.questionnaire);
        let answers = interview.progress.answers();
        answers.fold(summary, |summary, (field, answer)| {
            summary.answer(field, answer.display())
        })
    }

    fn summed_up(&self, interview: &Interview) -> Summary {
        let (questionnaire, progress) = (self.questionnaire, &interview.progress);
        let locale = self.style.agents;
        let title = self.form.map_or(self.name, |form| &form.name);
        let mut summary = Summary::new(locale).titled(title);
        for (question, answer) in questionnaire.answered(progress) {
            summary = summary.answer(question.label(locale), question.display(answer, locale));
        }
        for question in questionnaire.missing(progress) {
            summary = summary.missing(question.label(locale));
        }
        match questionnaire.next(progress) {
            Next::Question(question) | Next::Confirm(question, _)
                if progress.attempts(question.name()) > 0 =>
            {
                summary.stuck_at(question.label(locale))
            }
            _ => summary,
        }
    }
}
