//! Runs that were missed, because the service was down or the clock jumped.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::Cron;

/// A clock that was set back by more than this was wrong before: runs are counted from now on.
const SET_BACK: SignedDuration = SignedDuration::from_hours(25);

/// What becomes of runs that were missed, because the service was down at their time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Misfire {
    /// They are left out.
    Skip,
    /// However many were missed, there is one run, of the last of them.
    #[default]
    Once,
    /// All are made up for, oldest first, but no more than the latest so many.
    All {
        /// How many at most.
        at_most: u16,
    },
}

/// What is to be done about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    /// The instants to run now, oldest first.
    pub(crate) runs: Vec<Timestamp>,
    /// Whether runs were missed that are not made up for.
    pub(crate) left_out: bool,
    /// Everything up to here is dealt with, once `runs` are.
    pub(crate) until: Timestamp,
    /// The next instant.
    pub(crate) next: Option<Timestamp>,
}

/// What is to be done at `now` about a job of which everything up to `last` is dealt with. What
/// should have run less than `grace` ago is not missed.
pub(crate) fn due(
    cron: &Cron,
    last: Timestamp,
    now: Timestamp,
    grace: SignedDuration,
    misfire: Misfire,
) -> Due {
    let last = if last.duration_since(now) > SET_BACK {
        now
    } else {
        last
    };
    let on_time_after = now
        .saturating_sub(grace)
        .unwrap_or(Timestamp::MIN)
        .max(last);
    let on_time = cron.runs_after(on_time_after).take_while(|run| *run <= now);
    let on_time: Vec<_> = on_time.collect();
    let were_missed = cron.after(last).is_some_and(|run| run <= on_time_after);
    let at_most = match misfire {
        Misfire::Skip => 0,
        Misfire::Once => usize::from(on_time.is_empty()),
        Misfire::All { at_most } => usize::from(at_most),
    };
    let (mut runs, left_out) = if were_missed {
        latest(cron, last, on_time_after, at_most)
    } else {
        (Vec::new(), false)
    };
    runs.extend(on_time);
    let until = now.max(last);
    Due {
        runs,
        left_out,
        until,
        next: cron.after(until),
    }
}

/// The latest runs after `after` and up to `until`, `at_most` of them, and whether there were more.
/// Looks back in growing steps, since a job of every second may have been missed for a year.
fn latest(
    cron: &Cron,
    after: Timestamp,
    until: Timestamp,
    at_most: usize,
) -> (Vec<Timestamp>, bool) {
    if at_most == 0 {
        return (Vec::new(), true);
    }
    let mut reach = SignedDuration::from_mins(1);
    loop {
        let from = until.saturating_sub(reach).unwrap_or(after).max(after);
        let mut runs = VecDeque::new();
        let mut more = false;
        for run in cron.runs_after(from).take_while(|run| *run <= until) {
            if runs.len() == at_most {
                runs.pop_front();
                more = true;
            }
            runs.push_back(run);
        }
        if from == after || more {
            return (runs.into(), more);
        }
        reach = reach.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const GRACE: SignedDuration = SignedDuration::from_mins(1);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn runs(misfire: Misfire, last: &str, now: &str) -> (Vec<String>, bool) {
        let cron = Cron::new("0 * * * *", "UTC").unwrap();
        let due = due(&cron, at(last), at(now), GRACE, misfire);
        assert!(due.next.unwrap() > due.until && due.until == at(now).max(at(last)));
        let runs = due
            .runs
            .iter()
            .map(|run| run.strftime("%d %H:%M").to_string());
        (runs.collect(), due.left_out)
    }

    #[test]
    fn missed_runs_follow_the_policy() {
        use Misfire::{All, Once, Skip};
        let down = ("2026-03-01T20:30Z", "2026-03-02T00:30Z");
        let late = ("2026-03-01T20:30Z", "2026-03-01T23:00:59Z");
        for (misfire, (last, now), expected, left_out) in [
            (Skip, down, &[][..], true),
            (Once, down, &["02 00:00"], true),
            (All { at_most: 2 }, down, &["01 23:00", "02 00:00"], true),
            (
                All { at_most: 9 },
                down,
                &["01 21:00", "01 22:00", "01 23:00", "02 00:00"],
                false,
            ),
            (Skip, late, &["01 23:00"], true),
            // The run that is on time makes up for those before it.
            (Once, late, &["01 23:00"], true),
            (All { at_most: 1 }, late, &["01 22:00", "01 23:00"], true),
            (Once, ("2026-03-01T20:30Z", "2026-03-01T20:59Z"), &[], false),
            (
                Skip,
                ("2026-03-01T20:30Z", "2026-03-01T21:00Z"),
                &["01 21:00"],
                false,
            ),
            // The clock was set back by little, and by much.
            (Once, ("2026-03-01T20:30Z", "2026-03-01T19:30Z"), &[], false),
        ] {
            let (found, were_left_out) = runs(misfire, last, now);
            assert_eq!(found, expected, "{misfire:?} {now}");
            assert_eq!(were_left_out, left_out, "{misfire:?} {now}");
        }
    }

    #[test]
    fn a_clock_that_was_far_ahead_does_not_stop_the_job() {
        let cron = Cron::new("0 * * * *", "UTC").unwrap();
        let now = at("2026-03-01T20:30Z");
        let due = due(&cron, at("2031-01-01T00:00Z"), now, GRACE, Misfire::Once);
        assert_eq!(due.next, Some(at("2026-03-01T21:00Z")));
        assert_eq!((due.runs.len(), due.until), (0, now));
    }

    #[test]
    fn a_year_of_missed_seconds_is_no_work() {
        let cron = Cron::new("* * * * * *", "UTC").unwrap();
        let (last, now) = (at("2025-03-01T00:00Z"), at("2026-03-01T00:00Z"));
        let due = due(
            &cron,
            last,
            now,
            SignedDuration::ZERO,
            Misfire::All { at_most: 3 },
        );
        assert_eq!(due.runs.len(), 3);
        assert_eq!(due.runs.last(), Some(&now));
        assert!(due.left_out);
    }

    proptest! {
        /// The clock goes on, jumps and is set back, and the service stops for a while; `last` is
        /// what is kept.
        #[test]
        fn no_instant_runs_twice_and_none_is_missed_beyond_the_policy(
            steps in prop::collection::vec(-7_200..100_000_i64, 1..40),
            policy in prop::sample::select(vec![
                Misfire::Skip, Misfire::Once, Misfire::All { at_most: 3 }, Misfire::All { at_most: 1_000 },
            ]),
            expression in prop::sample::select(vec!["*/20 * * * *", "30 2 * * *", "0 9 * * MON"]),
        ) {
            let cron = Cron::new(expression, "Europe/Amsterdam").unwrap();
            let start = at("2026-03-20T00:00Z");
            let (mut now, mut last, mut latest_now) = (start, start, start);
            let mut ran = BTreeSet::new();
            for step in steps {
                now += SignedDuration::from_secs(step);
                latest_now = latest_now.max(now);
                let due = due(&cron, last, now, GRACE, policy);
                prop_assert!(due.next.unwrap() > due.until);
                for run in due.runs {
                    prop_assert!(run <= now && run > last);
                    prop_assert!(ran.insert(run), "{} ran twice", run);
                }
                last = due.until;
            }
            let all: BTreeSet<_> = cron.runs_after(start).take_while(|run| *run <= latest_now).collect();
            prop_assert!(ran.is_subset(&all));
            match policy {
                Misfire::All { at_most: 1_000 } => prop_assert_eq!(ran, all),
                Misfire::Skip => {}
                _ => prop_assert_eq!(ran.last(), all.last(), "the last one is always made up for"),
            }
        }
    }
}
