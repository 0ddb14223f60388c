//! What people said in their own words.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::results::Response;

/// The latest that are kept of a question's texts.
const LATEST: usize = 20;

/// What people said in their own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Texts {
    /// How many.
    pub count: u64,
    /// The latest 20, the last one first.
    pub latest: Vec<Said>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Said {
    /// When the response last changed.
    pub at: Timestamp,
    /// What was said. It is from outside.
    pub text: String,
}

impl Texts {
    pub(super) fn add(&mut self, text: &str, response: &Response) {
        self.count += 1;
        self.latest.push(Said {
            at: response.updated_at,
            text: text.to_owned(),
        });
        self.keep_latest();
    }

    pub(super) fn merge(&mut self, more: Self) {
        self.count += more.count;
        self.latest.extend(more.latest);
        self.keep_latest();
    }

    /// Among equals by the text, so that the order of counting does not matter.
    fn keep_latest(&mut self) {
        self.latest.sort_by(|one, other| {
            let key = |said: &Said| Reverse(said.at);
            let by_time = key(one).cmp(&key(other));
            by_time.then_with(|| one.text.cmp(&other.text))
        });
        self.latest.truncate(LATEST);
    }
}
