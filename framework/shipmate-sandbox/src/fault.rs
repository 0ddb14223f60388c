//! Failures on demand: the API as it is on a bad day.

use std::collections::VecDeque;

use crate::journal::Strike;

/// A failure of the next API requests that match. Webhook deliveries and the chat page never fail.
///
/// ```
/// use shipmate_sandbox::Fault;
///
/// let busy = Fault::answer(503).on("POST", "/messages").times(3);
/// # let _ = busy;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    failure: Failure,
    method: Option<String>,
    path: Option<String>,
    times: usize,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Answer(u16),
    Lose,
    Hang,
}

impl Failure {
    pub(crate) fn strike(self) -> Strike {
        let kind = match self {
            Self::Answer(_) => "answer",
            Self::Lose => "lose-answer",
            Self::Hang => "hang",
        };
        Strike {
            fault: 0,
            kind: kind.into(),
        }
    }
}

impl Fault {
    /// The request is answered with this status and not carried out, as by an intermittent error
    /// (API Basics, errors: 500, 502, 503).
    pub fn answer(status: u16) -> Self {
        Self::new(Failure::Answer(status))
    }

    /// The request is carried out, and the connection breaks before the answer arrives.
    pub fn lose_answer() -> Self {
        Self::new(Failure::Lose)
    }

    /// The request is carried out and never answered, until the client or the sandbox gives up.
    pub fn hang() -> Self {
        Self::new(Failure::Hang)
    }

    /// Only requests with this method whose path (without `/v2`) contains `path` fail.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    /// How many requests fail; one by default.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    fn new(failure: Failure) -> Self {
        Self {
            failure,
            method: None,
            path: None,
            times: 1,
        }
    }

    fn hits(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted == method)
            && self.path.as_ref().is_none_or(|part| path.contains(part))
    }
}

/// Faults that have not all happened yet, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push_back(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether this request fails, and how. A fault that happened is used up.
    pub(crate) fn strike(&mut self, method: &str, path: &str) -> Option<Failure> {
        self.0.retain(|fault| fault.times > 0);
        let fault = self.0.iter_mut().find(|fault| fault.hits(method, path))?;
        fault.times -= 1;
        Some(fault.failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_hit_what_they_name_and_are_used_up() {
        let mut faults = Faults::default();
        faults.add(Fault::answer(503).on("POST", "/messages").times(2));
        faults.add(Fault::hang());
        faults.add(Fault::lose_answer().times(0));
        assert_eq!(faults.strike("GET", "/messages"), Some(Failure::Hang));
        assert_eq!(faults.strike("GET", "/messages"), None);
        for _ in 0..2 {
            let struck = faults.strike("POST", "/conversations/1/messages");
            assert_eq!(struck, Some(Failure::Answer(503)));
        }
        assert_eq!(faults.strike("POST", "/conversations/1/messages"), None);
    }
}
