//! Interviews that were begun with other questions than those there are now.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Edition, Interview, Interviewer, mark::Mark};
use crate::form::{OnChange, Progress};

/// What was done with an interview because its questions have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renewal {
    /// Nothing: they have not changed, or it goes on with those it began with.
    None,
    /// The answers that are still valid were taken over.
    Migrated,
    /// It begins again.
    Restarted,
}

impl Interviewer<'_> {
    /// Brings an interview up to date.
    pub(super) fn renew(&self, now: Timestamp, interview: &mut Interview) -> Renewal {
        let Some(current) = self.mark() else {
            return Renewal::None;
        };
        let Some(begun) = &interview.edition else {
            // Kept before editions were told apart.
            interview.edition = Some(current);
            return Renewal::None;
        };
        if begun.fingerprint == current.fingerprint || self.is_to_end_as_it_began(begun) {
            return Renewal::None;
        }
        let renewal = self.take_over(now, interview, &current);
        interview.edition = Some(current);
        renewal
    }

    /// The edition that an interview was begun with, if it is another one and still counts.
    pub(super) fn began_with(&self, interview: &Interview) -> Option<Arc<Edition>> {
        self.edition?.earlier(interview.edition.as_ref()?)
    }

    /// The same interviewer, but with an earlier edition, if there is one.
    pub(super) fn holding<'b>(&'b self, earlier: Option<&'b Edition>) -> Interviewer<'b> {
        match earlier {
            None => self.clone(),
            Some(edition) => Interviewer {
                name: edition.id(),
                questionnaire: edition.questionnaire(),
                edition: Some(edition),
                version: self.version.map(|_| edition.version()),
                ..self.clone()
            },
        }
    }

    /// What tells the questions from others; none if nothing does.
    pub(super) fn mark(&self) -> Option<Mark> {
        let of_form = || Some(Mark::changed_at(self.form?.updated_at?));
        self.edition.map(Edition::mark).or_else(of_form)
    }

    fn is_to_end_as_it_began(&self, begun: &Mark) -> bool {
        self.edition.is_some_and(|edition| {
            edition.definition().on_change == OnChange::Pin && edition.earlier(begun).is_some()
        })
    }

    fn take_over(&self, now: Timestamp, interview: &mut Interview, current: &Mark) -> Renewal {
        let context = self.style.context(now);
        let old = &interview.progress;
        let (progress, renewal) = match self.change(interview, current) {
            // What has the same name there need not mean the same.
            Change::OtherSurvey => (Progress::default(), Renewal::Restarted),
            Change::Restart => (
                self.questionnaire.restart(old, &context),
                Renewal::Restarted,
            ),
            Change::Migrate => (self.questionnaire.migrate(old, &context), Renewal::Migrated),
        };
        interview.progress = progress;
        self.name.clone_into(&mut interview.questionnaire);
        match renewal {
            Renewal::Restarted => interview.asked.clear(),
            _ => interview
                .asked
                .retain(|field| self.questionnaire.question(field).is_some()),
        }
        renewal
    }

    fn change(&self, interview: &Interview, current: &Mark) -> Change {
        let Some(edition) = self.edition else {
            return Change::Migrate;
        };
        if interview.questionnaire != edition.id() {
            return Change::OtherSurvey;
        }
        let begun = interview.edition.as_ref();
        if begun.is_some_and(|begun| begun.version == current.version) {
            tracing::warn!(
                survey = edition.id(),
                version = edition.version(),
                "the survey has changed and its version has not; raise it, so that results can tell the answers apart"
            );
            return Change::Migrate;
        }
        match edition.definition().on_change {
            OnChange::Restart => Change::Restart,
            OnChange::Pin | OnChange::Migrate => Change::Migrate,
        }
    }
}

/// How the questions have changed.
enum Change {
    OtherSurvey,
    Restart,
    Migrate,
}
