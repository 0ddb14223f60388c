//! What is known before anything is asked.

use super::{
    super::{Answer, Context, Known, Progress, check},
    Questionnaire,
};

impl Questionnaire {
    /// Takes over what is known from the contact's profile and the conversation's variables, as
    /// far as it would be a valid answer; the consumer is asked whether it is right instead of
    /// being asked for it.
    pub fn prefill(&self, progress: &mut Progress, known: &Known, context: &Context) {
        for question in &self.questions {
            let source = question.source.as_ref();
            let text = source.and_then(|source| known.text(source));
            let answer = text.and_then(|text| check::check(question, &text, context).ok());
            if let Some(answer) = answer {
                progress.propose(&question.name, answer);
            }
        }
    }

    /// Answers of another version of this questionnaire, as far as they are valid in this one.
    /// What was answered stays answered.
    #[must_use]
    pub fn migrate(&self, old: &Progress, context: &Context) -> Progress {
        self.carry(old, context, |progress, field, answer| {
            progress.record(field, answer);
        })
    }

    /// Like [`migrate`](Self::migrate), but everything is asked again: of what was answered it is
    /// asked whether it is still right.
    #[must_use]
    pub fn restart(&self, old: &Progress, context: &Context) -> Progress {
        self.carry(old, context, |progress, field, answer| {
            progress.propose(field, answer);
        })
    }

    fn carry(
        &self,
        old: &Progress,
        context: &Context,
        keep: impl Fn(&mut Progress, &str, Answer),
    ) -> Progress {
        let mut progress = Progress::default();
        for question in &self.questions {
            if old.is_skipped(&question.name) && !question.required {
                progress.skip(&question.name);
            }
            let again = |answer| check::again(question, answer, context);
            if let Some(answer) = old.answer(&question.name).and_then(again) {
                keep(&mut progress, &question.name, answer);
            }
            if let Some(answer) = old.proposal(&question.name).and_then(again) {
                progress.propose(&question.name, answer);
            }
        }
        self.prune(&mut progress);
        progress
    }
}
