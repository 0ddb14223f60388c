//! People are called, until one has come and left again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AfterHandOver, HandOver, Opening, Standing, hand_over::Texts};

/// That people are called; kept with the conversation's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// When, on the platform's clock.
    since: Timestamp,
    /// Until when the bot waits for somebody to come, on the service's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    /// What is still to be answered to a consumer who writes.
    #[serde(default)]
    meanwhile: Texts,
    /// When people are at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opening: Option<Opening>,
    #[serde(default)]
    afterwards: AfterHandOver,
    /// Somebody has.
    #[serde(default)]
    person_came: bool,
}

impl Call {
    /// People are called by an event that happened at `since`.
    pub(crate) fn new(hand_over: &HandOver, since: Timestamp, now: Timestamp) -> Self {
        let until = hand_over
            .at_most
            .map(|span| now.saturating_add(span).unwrap_or(Timestamp::MAX));
        Self {
            since,
            until,
            meanwhile: hand_over.meanwhile.clone(),
            opening: hand_over.opening.clone(),
            afterwards: hand_over.afterwards,
            person_came: false,
        }
    }

    /// What is left of it when an event comes that happened at `at`; None once it is over.
    pub(crate) fn follow(
        mut self,
        standing: &Standing,
        is_assignment: bool,
        at: Timestamp,
        now: Timestamp,
    ) -> Option<Self> {
        // Given back to the bot, and not before the call.
        if is_assignment && at >= self.since {
            return None;
        }
        self.person_came |= standing.is_taken_over || standing.resumed;
        let has_left = self.person_came && !standing.is_taken_over;
        let is_over = match self.afterwards {
            AfterHandOver::Resume => has_left,
            AfterHandOver::StayOut => false,
        };
        let nobody_came = !self.person_came && self.until.is_some_and(|until| now >= until);
        (!is_over && !nobody_came).then_some(self)
    }

    /// Whether nobody has come yet.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.person_came
    }

    /// What to answer to a consumer who writes while nobody has come yet, if it was not yet.
    pub(crate) fn answer(&mut self, now: Timestamp) -> Option<String> {
        let is_open = Opening::is_open(self.opening.as_ref(), now);
        let is_waiting = self.is_waiting();
        is_waiting.then(|| self.meanwhile.take(is_open)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    const QUIET: Standing = Standing {
        takeover: None,
        is_taken_over: false,
        begins: false,
        resumed: false,
        late: false,
        reopened: false,
        is_silent: false,
    };

    const TAKEN: Standing = Standing {
        is_taken_over: true,
        ..QUIET
    };

    /// Whether there is still a call after each of these.
    fn check(hand_over: &HandOver, events: &[(Standing, bool, i64)]) -> Vec<bool> {
        let mut call = Some(Call::new(hand_over, at(100), at(100)));
        let events = events.iter();
        events
            .map(|(standing, is_assignment, second)| {
                let kept = call.take();
                call = kept
                    .and_then(|it| it.follow(standing, *is_assignment, at(*second), at(*second)));
                call.is_some()
            })
            .collect()
    }

    #[test]
    fn a_call_is_over_when_somebody_has_come_and_left() {
        let resume = HandOver::routed();
        let events = [
            (QUIET, false, 101),
            (TAKEN, false, 102),
            (QUIET, false, 103),
        ];
        assert_eq!(check(&resume, &events), [true, true, false]);
        let stay_out = resume.clone().afterwards(AfterHandOver::StayOut);
        assert_eq!(check(&stay_out, &events), [true, true, true]);
        // Of the takeover itself nothing was heard.
        let resumed = Standing {
            resumed: true,
            ..QUIET
        };
        assert_eq!(check(&resume, &[(resumed, false, 101)]), [false]);
        assert_eq!(check(&stay_out, &[(resumed, false, 101)]), [true]);
    }

    #[test]
    fn an_assignment_gives_the_conversation_back_unless_it_is_older() {
        let stay_out = HandOver::routed().afterwards(AfterHandOver::StayOut);
        let events = [(QUIET, true, 99), (QUIET, true, 101)];
        assert_eq!(check(&stay_out, &events), [true, false]);
    }

    #[test]
    fn the_bot_waits_no_longer_than_it_should() {
        let minute = SignedDuration::from_mins(1);
        let patient = HandOver::routed().waiting_at_most(minute);
        let events = [(QUIET, false, 159), (QUIET, false, 160)];
        assert_eq!(check(&patient, &events), [true, false]);
        let events = [(TAKEN, false, 110), (TAKEN, false, 500)];
        assert_eq!(check(&patient, &events), [true, true]);
    }
}
