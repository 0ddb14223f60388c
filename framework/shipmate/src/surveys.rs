//! The questionnaires of a service's bots, and what the store has of them.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

use crate::{
    form::Questionnaire,
    results::{Filter, Response, Summary},
    store::{Store, StoreError, WhichResponses},
};

/// Responses that are read at once.
const PAGE: usize = 500;

/// A questionnaire of a bot.
#[derive(Debug, Clone)]
pub(crate) struct Survey {
    pub(crate) bot: Arc<str>,
    pub(crate) id: String,
    pub(crate) questionnaire: Arc<Questionnaire>,
}

/// The questionnaires of some bots.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surveys(Vec<Survey>);

/// What is asked of the responses to a survey.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) filter: Filter,
}

/// Why no survey is found.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoSurvey {
    #[error("this bot has no surveys; its program registers them with `App::questionnaire`")]
    None,
    #[error("there is no survey `{id}`; there is {known}")]
    Unknown { id: String, known: String },
    #[error("there are several surveys; name one of {known}")]
    Several { known: String },
}

/// A text that is no day and no time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day; give one such as `2026-03-04`, or a time such as `2026-03-04T12:00:00Z`")]
pub(crate) struct NoDay(String);

impl Surveys {
    /// In place of one of the same bot and id.
    pub(crate) fn register(&mut self, bot: &Arc<str>, id: String, questionnaire: Questionnaire) {
        self.0
            .retain(|survey| survey.bot != *bot || survey.id != id);
        self.0.push(Survey {
            bot: Arc::clone(bot),
            id,
            questionnaire: Arc::new(questionnaire),
        });
    }

    pub(crate) fn extend(&mut self, more: &Self) {
        self.0.extend(more.0.iter().cloned());
    }

    pub(crate) fn all(&self) -> &[Survey] {
        &self.0
    }

    /// The survey of this id, or the only one if no id is given.
    pub(crate) fn find(&self, id: Option<&str>) -> Result<&Survey, NoSurvey> {
        match (id, self.0.as_slice()) {
            (_, []) => Err(NoSurvey::None),
            (None, [only]) => Ok(only),
            (None, _) => Err(NoSurvey::Several {
                known: self.known(),
            }),
            (Some(id), surveys) => {
                let found = surveys.iter().find(|survey| survey.id == id);
                found.ok_or_else(|| NoSurvey::Unknown {
                    id: id.to_owned(),
                    known: self.known(),
                })
            }
        }
    }

    fn known(&self) -> String {
        let ids = self.0.iter().map(|survey| format!("`{}`", survey.id));
        ids.collect::<Vec<_>>().join(", ")
    }
}

impl Survey {
    /// Goes through the responses, as they began.
    pub(crate) async fn read<E: From<StoreError>>(
        &self,
        store: &dyn Store,
        wanted: &Wanted,
        mut see: impl FnMut(&Response) -> Result<(), E>,
    ) -> Result<(), E> {
        let which = WhichResponses {
            bot: Some(Arc::clone(&self.bot)),
            survey: Some(self.id.clone()),
            from: wanted.from,
            until: wanted.until,
            organization: wanted.filter.organization.clone(),
        };
        let mut after = 0;
        loop {
            let page = store.responses(&which, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.place;
            let responses = page.iter().map(|record| &record.response);
            responses
                .filter(|response| wanted.filter.keeps(response))
                .try_for_each(&mut see)?;
        }
    }

    /// Counts the responses.
    pub(crate) async fn summary(
        &self,
        store: &dyn Store,
        wanted: &Wanted,
    ) -> Result<Summary, StoreError> {
        let mut summary = Summary::begin(&self.id, &self.questionnaire);
        self.read(store, wanted, |response| {
            summary.add(response);
            Ok::<_, StoreError>(())
        })
        .await?;
        Ok(summary)
    }
}

/// When a day begins, in UTC; or the time itself, if it is one.
pub(crate) fn beginning(text: &str) -> Result<Timestamp, NoDay> {
    day(text).map_or_else(|| time(text), Ok)
}

/// When a day ends, in UTC; or the time itself, if it is one.
pub(crate) fn ending(text: &str) -> Result<Timestamp, NoDay> {
    let a_day = 24.hours();
    match day(text) {
        Some(begins) => Ok(begins.saturating_add(a_day).unwrap_or(Timestamp::MAX)),
        None => time(text),
    }
}

fn day(text: &str) -> Option<Timestamp> {
    // A time is a date to this reader too.
    let is_time = text.contains(['T', 't', ' ']);
    let date: civil::Date = text.parse().ok().filter(|_| !is_time)?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn time(text: &str) -> Result<Timestamp, NoDay> {
    text.parse().map_err(|_| NoDay(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surveys(ids: &[&str]) -> Surveys {
        let mut surveys = Surveys::default();
        for id in ids {
            let questionnaire = Questionnaire::of_questions(Vec::new());
            surveys.register(&"bot".into(), (*id).into(), questionnaire);
        }
        surveys
    }

    #[test]
    fn a_survey_is_found_or_the_known_ones_are_named() {
        let both = surveys(&["visit", "staff", "visit"]);
        assert_eq!(both.all().len(), 2);
        assert_eq!(both.find(Some("staff")).unwrap().id, "staff");
        assert_eq!(surveys(&["visit"]).find(None).unwrap().id, "visit");
        for (found, words) in [
            (
                both.find(Some("vist")),
                "no survey `vist`; there is `staff`, `visit`",
            ),
            (both.find(None), "name one of `staff`, `visit`"),
            (surveys(&[]).find(None), "App::questionnaire"),
        ] {
            let error = found.unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_day_is_whole_and_a_time_is_itself() {
        let shown = |time: Result<Timestamp, NoDay>| time.unwrap().to_string();
        assert_eq!(shown(beginning("2026-03-04")), "2026-03-04T00:00:00Z");
        assert_eq!(shown(ending("2026-03-04")), "2026-03-05T00:00:00Z");
        for read in [beginning, ending] {
            assert_eq!(
                shown(read("2026-03-04T12:00:00+01:00")),
                "2026-03-04T11:00:00Z"
            );
            let error = read("March").unwrap_err().to_string();
            assert!(error.contains("such as `2026-03-04`"), "{error}");
        }
    }
}
