//! What is kept of an interview for results.

use super::{End, Interview, Interviewer, Step};
use crate::{
    bot::Bot,
    form::Quota,
    results::{self, Response},
    turn::Turn,
};

impl Interviewer<'_> {
    /// A quota that the consumer belongs to by now and that is full.
    pub(super) fn full_quota<B: Bot>(
        &self,
        turn: &Turn<B>,
        interview: &Interview,
    ) -> Option<&Quota> {
        self.version?;
        let quotas = self.questionnaire.quotas(&interview.progress);
        quotas
            .into_iter()
            .find(|quota| turn.completed(self.name, &quota.name) >= quota.limit)
    }

    pub(super) fn keep_response<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &Interview,
        step: &Step,
    ) {
        let Some(version) = self.version else {
            return;
        };
        let (name, locale, began_at) = (self.name, self.style.locale, interview.began_at);
        let mut response = Response::begin(name, version, locale, began_at);
        response.asked.clone_from(&interview.asked);
        response.follow(self.questionnaire, &interview.progress, turn.now());
        response.end = match step {
            Step::Asked => None,
            Step::Ended(end) => Some(end.into()),
        };
        turn.keep_response(response);
    }
}

impl From<&End> for results::End {
    fn from(end: &End) -> Self {
        match end {
            End::Completed => Self::Completed,
            End::ScreenedOut(rule) => Self::ScreenedOut(rule.clone()),
            End::OverQuota(quota) => Self::OverQuota(quota.clone()),
            End::Cancelled => Self::Cancelled,
            End::WantsPerson => Self::HandedOver,
            End::Stuck { .. } | End::GaveUp { .. } => Self::GivenUp,
            End::Silent => Self::Abandoned,
        }
    }
}
