//! Timers, as a turn sets them.

use jiff::{SignedDuration, Timestamp};

use crate::store::{NewTimer, TimerEnds};

/// When a turn wants to be called again in its conversation, and what makes that needless; see
/// [`Turn::timer`](crate::Turn::timer).
///
/// ```
/// use jiff::SignedDuration;
/// use shipmate::schedule::Timer;
///
/// let nudge = Timer::after(SignedDuration::from_mins(30)).until_answered();
/// # let _ = nudge;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a timer does nothing until it is given to `Turn::timer`"]
pub struct Timer {
    when: When,
    ends: TimerEnds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    After(SignedDuration),
    At(Timestamp),
}

impl Timer {
    /// Due so long after the turn; at once, in a turn of its own, if that is nothing or less.
    pub fn after(span: SignedDuration) -> Self {
        Self::new(When::After(span))
    }

    /// Due at an instant, on this machine's clock; at once, in a turn of its own, if that is past.
    pub fn at(instant: Timestamp) -> Self {
        Self::new(When::At(instant))
    }

    fn new(when: When) -> Self {
        Self {
            when,
            ends: TimerEnds::default(),
        }
    }

    /// Ends with the consumer's next message, and also if a person takes the conversation over or it
    /// is closed: what a reminder needs.
    pub fn until_answered(mut self) -> Self {
        self.ends = TimerEnds {
            answered: true,
            taken_over: true,
            closed: true,
        };
        self
    }

    /// Ends if a person takes the conversation over.
    pub fn until_taken_over(mut self) -> Self {
        self.ends.taken_over = true;
        self
    }

    /// Ends if the conversation is closed.
    pub fn until_closed(mut self) -> Self {
        self.ends.closed = true;
        self
    }

    pub(crate) fn set(self, name: String, now: Timestamp) -> NewTimer {
        let due = match self.when {
            When::After(span) => now.saturating_add(span).unwrap_or(Timestamp::MAX),
            When::At(instant) => instant,
        };
        NewTimer {
            name,
            // The store counts in milliseconds, and nothing is due before its time.
            due: rounded_up(due.max(now)),
            ends: self.ends,
        }
    }
}

fn rounded_up(time: Timestamp) -> Timestamp {
    let millisecond = time.as_millisecond();
    let down = Timestamp::from_millisecond(millisecond).unwrap_or(time);
    if down < time {
        Timestamp::from_millisecond(millisecond + 1).unwrap_or(time)
    } else {
        down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_never_due_before_its_time_nor_in_the_past() {
        let now = Timestamp::from_second(1_000).unwrap();
        let due = |timer: Timer| timer.set("x".to_owned(), now).due - now;
        let nanosecond = SignedDuration::from_nanos(1);
        let millisecond = jiff::Span::new().milliseconds(1).fieldwise();
        assert_eq!(due(Timer::after(nanosecond)), millisecond);
        assert!(due(Timer::after(-nanosecond)).is_zero());
        assert!(due(Timer::at(Timestamp::MIN)).is_zero());
        let late = Timer::after(SignedDuration::MAX).set("x".to_owned(), now);
        assert_eq!(late.due, Timestamp::MAX);
    }
}
