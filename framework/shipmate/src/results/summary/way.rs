//! How far a response has come.

use super::super::{End, Response};

/// How far a response has come.
#[derive(Debug)]
pub(super) struct Way {
    /// The last question, in the order of the questionnaire, that was asked.
    furthest: Option<usize>,
    is_complete: bool,
    /// Where it stands, or was left.
    stop: Option<Stop>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Ended here, without being complete or sent away.
    Left(usize),
    /// Under way.
    Waits(usize),
}

impl Way {
    pub(super) fn of<'a>(response: &Response, fields: impl Iterator<Item = &'a str>) -> Self {
        let fields: Vec<&str> = fields.collect();
        let place = |field: &String| fields.iter().position(|other| other == field);
        let is_open = |field: &&String| {
            !response.answers.contains_key(*field) && !response.skipped.contains(field)
        };
        let asked = || response.asked.iter().rev();
        // What was asked again keeps its first place, so the last one may be answered.
        let current = asked().find(is_open).or_else(|| asked().next());
        let current = current.and_then(place);
        Self {
            furthest: response.asked.iter().filter_map(place).max(),
            is_complete: response.is_complete(),
            stop: match response.end {
                None => current.map(Stop::Waits),
                Some(End::Completed | End::ScreenedOut(_) | End::OverQuota(_)) => None,
                Some(_) => current.map(Stop::Left),
            },
        }
    }

    /// Whether it came as far as the question at `place`, if that one is asked of everybody.
    pub(super) fn passes(&self, place: usize) -> bool {
        self.is_complete || self.furthest.is_some_and(|furthest| furthest >= place)
    }

    pub(super) fn stop(&self) -> Option<Stop> {
        self.stop
    }
}
