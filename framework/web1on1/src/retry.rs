//! When a failed request is made again.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::Method;

use crate::Error;

/// After a 429 without `Retry-After`: the platform counts per second (API Basics, rate limiting).
const AFTER_TOO_MANY: Duration = Duration::from_secs(1);

/// How requests that can be repeated without harm are repeated: GET, DELETE, PUT, and those that
/// say so ([`Request::repeatable`](crate::Request::repeatable)).
///
/// They are made again when the platform refused them for now (429, 502, 503 and the like, see
/// [`Error::is_refused_for_now`]) or was not reached; reads also when the connection broke. Before
/// the nth repetition there is a pause of random length, up to `base` · 2ⁿ⁻¹, or as long as
/// `Retry-After` says if that is longer.
///
/// ```
/// use std::time::Duration;
/// use web1on1::Retries;
///
/// let patient = Retries { attempts: 6, longest: Duration::from_secs(120), ..Retries::default() };
/// assert_eq!(patient.base, Duration::from_millis(500));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often a request is made at most; 1 means never again. 4 by default.
    pub attempts: u32,
    /// How long the first pause is at most; 500 ms by default.
    pub base: Duration,
    /// How long the pauses of one request are at most, all together; 30 s by default. When
    /// `Retry-After` asks for more than is left, the request fails at once.
    pub longest: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(500),
            longest: Duration::from_secs(30),
        }
    }
}

impl Retries {
    /// Each request is made once.
    pub(crate) const NONE: Self = Self {
        attempts: 1,
        base: Duration::ZERO,
        longest: Duration::ZERO,
    };
}

/// The repetitions of one request.
#[derive(Debug)]
pub(crate) struct Attempts {
    retries: Retries,
    made: u32,
    waited: Duration,
}

impl Attempts {
    pub(crate) fn new(retries: Retries) -> Self {
        Self {
            retries,
            made: 0,
            waited: Duration::ZERO,
        }
    }

    /// How long to wait before the next attempt; `None` if there is to be none.
    pub(crate) fn pause_after(
        &mut self,
        error: &Error,
        method: &Method,
        chance: &Chance,
    ) -> Option<Duration> {
        self.made += 1;
        if self.made >= self.retries.attempts || !is_worth_repeating(error, method) {
            return None;
        }
        let doubled = 2_u32.saturating_pow(self.made - 1);
        let jitter = chance.up_to(self.retries.base.saturating_mul(doubled));
        let least = match (error.retry_after(), error.status()) {
            (Some(asked), _) => asked,
            (None, Some(429)) => AFTER_TOO_MANY,
            _ => Duration::ZERO,
        };
        let left = self.retries.longest.saturating_sub(self.waited);
        if least > left {
            return None;
        }
        let pause = jitter.max(least).min(left);
        self.waited += pause;
        Some(pause)
    }
}

fn is_worth_repeating(error: &Error, method: &Method) -> bool {
    match error {
        // Tried already, with a pace of its own.
        Error::NotRenewed { .. } => false,
        Error::Lost { .. } => method.is_safe(),
        _ => error.is_refused_for_now(),
    }
}

/// Randomness that can be repeated.
#[derive(Debug)]
pub(crate) struct Chance(Mutex<fastrand::Rng>);

impl Chance {
    /// Without a seed, every client draws its own.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let source = seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        Self(Mutex::new(source))
    }

    /// Any duration from zero to `longest`, to the microsecond.
    fn up_to(&self, longest: Duration) -> Duration {
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_micros(source.u64(0..=micros))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn status(status: u16, retry_after: Option<Duration>) -> Error {
        Error::Status {
            request: "GET /v2/bots".to_owned(),
            status,
            message: None,
            retry_after,
        }
    }

    fn pauses(retries: Retries, error: &Error, method: &Method, seed: u64) -> Vec<Duration> {
        let (mut attempts, chance) = (Attempts::new(retries), Chance::new(Some(seed)));
        std::iter::from_fn(|| attempts.pause_after(error, method, &chance)).collect()
    }

    #[test]
    fn pauses_are_random_within_a_bound_that_doubles_and_the_same_for_the_same_seed() {
        let retries = Retries {
            attempts: 5,
            base: SECOND,
            longest: SECOND * 60,
        };
        let busy = status(503, None);
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..100 {
            let pauses = pauses(retries, &busy, &Method::GET, seed);
            assert_eq!(pauses.len(), 4);
            for (pause, bound) in pauses.iter().zip([1, 2, 4, 8]) {
                assert!(*pause <= SECOND * bound, "{pauses:?}");
            }
            seen.insert(pauses);
        }
        assert!(seen.len() > 90, "seeds differ");
        let again = pauses(retries, &busy, &Method::GET, 7);
        assert!(seen.contains(&again));
    }

    #[test]
    fn retry_after_is_the_least_and_a_429_waits_a_second() {
        let retries = Retries::default();
        for (error, least) in [
            (status(429, None), SECOND),
            (status(429, Some(SECOND * 5)), SECOND * 5),
            (status(503, Some(SECOND * 9)), SECOND * 9),
        ] {
            let pauses = pauses(retries, &error, &Method::GET, 1);
            assert_eq!(pauses.len(), 3);
            assert!(pauses.iter().all(|pause| *pause >= least), "{pauses:?}");
        }
    }

    #[test]
    fn all_pauses_together_stay_within_the_longest() {
        let retries = Retries {
            attempts: 1000,
            base: SECOND,
            longest: SECOND * 30,
        };
        for seed in 0..50 {
            let pauses = pauses(retries, &status(429, None), &Method::GET, seed);
            assert!(pauses.iter().sum::<Duration>() <= SECOND * 30);
            assert!(pauses.len() < 31, "{}", pauses.len());
        }
        let asking_too_much = status(429, Some(SECOND * 31));
        assert_eq!(pauses(retries, &asking_too_much, &Method::GET, 1), []);
    }

    #[test]
    fn only_what_helps_is_repeated() {
        let lost = || Error::Lost {
            request: String::new(),
            source: "gone".into(),
        };
        for (error, method, repeated) in [
            (status(502, None), Method::DELETE, true),
            (status(404, None), Method::GET, false),
            (status(500, None), Method::GET, false),
            (lost(), Method::GET, true),
            (lost(), Method::DELETE, false),
        ] {
            let pauses = pauses(Retries::default(), &error, &method, 1);
            assert_eq!(!pauses.is_empty(), repeated, "{error:?} {method}");
        }
        assert_eq!(
            pauses(Retries::NONE, &status(503, None), &Method::GET, 1),
            []
        );
    }
}
