//! Who of an audience is written to, and how far that has come.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::form::Locale;

/// Why a member of an audience is not written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Skip {
    /// It has opted out of campaigns.
    OptedOut,
    /// Another campaign, or an earlier run, has written to it lately.
    Capped,
    /// It cannot be reached by the campaign's touchpoint.
    NoAddress,
    /// Another member has the same address.
    Duplicate,
    /// A person is in conversation with it.
    WithPerson,
    /// The text needs something of its profile that is not there.
    Unfilled,
    /// The platform listed it although the conditions do not hold.
    NotMeant,
}

impl Skip {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::OptedOut,
        Self::Capped,
        Self::NoAddress,
        Self::Duplicate,
        Self::WithPerson,
        Self::Unfilled,
        Self::NotMeant,
    ];

    /// Its name in the store and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OptedOut => "opted-out",
            Self::Capped => "capped",
            Self::NoAddress => "no-address",
            Self::Duplicate => "duplicate",
            Self::WithPerson => "with-person",
            Self::Unfilled => "unfilled",
            Self::NotMeant => "not-meant",
        }
    }

    /// The reason of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|skip| skip.as_str() == name)
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::OptedOut => "opted out of campaigns",
            Self::Capped => "were written to by a campaign lately",
            Self::NoAddress => "have no address on this touchpoint",
            Self::Duplicate => "have the same address as another",
            Self::WithPerson => "are in conversation with a person",
            Self::Unfilled => "lack something that the text needs",
            Self::NotMeant => "were listed although the conditions do not hold",
        }
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What campaigns of a bot know of a contact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// When it opted out, if it did and has not come back.
    pub opted_out_at: Option<Timestamp>,
    /// When a campaign last wrote to it, or may have.
    pub written_at: Option<Timestamp>,
    /// Its language, when it was last written to.
    pub locale: Option<Locale>,
}

impl Standing {
    /// Whether a campaign has written to it, or it has opted out.
    pub fn is_known(&self) -> bool {
        self.opted_out_at.is_some() || self.written_at.is_some()
    }

    /// Why a campaign with at most one message per `cap` does not write to the contact at `now`.
    pub fn skip(&self, cap: Option<SignedDuration>, now: Timestamp) -> Option<Skip> {
        if self.opted_out_at.is_some() {
            return Some(Skip::OptedOut);
        }
        let is_capped = cap.is_some_and(|cap| {
            self.written_at
                .is_some_and(|written_at| now.duration_since(written_at) < cap)
        });
        is_capped.then_some(Skip::Capped)
    }
}

/// How far a member has come.
///
/// `planned → sending → sent | doubt | refused`, back to `planned` after a refusal for now;
/// `doubt → sent | planned | unresolved`; `planned → skipped`. Whatever is open can be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MemberState {
    /// To be written to.
    Planned,
    /// Being written to: a crash leaves it in doubt.
    Sending,
    /// It may have been written to: it is looked for, not sent again.
    Doubt,
    /// It was written to.
    Sent,
    /// It is not written to, on purpose.
    Skipped,
    /// The platform refuses to write to it.
    Refused,
    /// Whether it was written to cannot be learned.
    Unresolved,
    /// It was forgotten.
    Forgotten,
}

impl MemberState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Planned,
        Self::Sending,
        Self::Doubt,
        Self::Sent,
        Self::Skipped,
        Self::Refused,
        Self::Unresolved,
        Self::Forgotten,
    ];

    /// Its name in the store and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Doubt => "doubt",
            Self::Sent => "sent",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
            Self::Unresolved => "unresolved",
            Self::Forgotten => "forgotten",
        }
    }

    /// The state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Sending | Self::Doubt)
    }

    /// Whether `next` may follow.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Planned => matches!(
                next,
                Self::Planned | Self::Sending | Self::Skipped | Self::Refused | Self::Forgotten
            ),
            Self::Sending => !matches!(next, Self::Sending | Self::Skipped),
            Self::Doubt => matches!(
                next,
                Self::Doubt | Self::Sent | Self::Planned | Self::Unresolved | Self::Forgotten
            ),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn names_lead_back() {
        for skip in Skip::ALL {
            assert_eq!(Skip::from_name(skip.as_str()), Some(skip));
        }
        for state in MemberState::ALL {
            assert_eq!(MemberState::from_name(state.as_str()), Some(state));
        }
    }

    #[test]
    fn what_has_ended_stays_ended_and_nothing_is_sent_twice() {
        for state in MemberState::ALL {
            for next in MemberState::ALL {
                if !state.is_open() {
                    assert!(!state.may_become(next), "{state:?} {next:?}");
                }
                // A message is posted in `sending` only; from doubt it is reached by `planned`,
                // which says that the message is not there.
                if next == MemberState::Sending {
                    assert_eq!(state.may_become(next), state == MemberState::Planned);
                }
            }
        }
    }

    proptest! {
        /// Whatever the times of attempts, no window of the cap holds two messages.
        #[test]
        fn nobody_is_written_to_twice_within_the_cap(
            steps in proptest::collection::vec(0_i64..200_000, 1..60),
            days in 1_i64..5,
        ) {
            let cap = SignedDuration::from_hours(24 * days);
            let (mut now, mut standing, mut written) = (0, Standing::default(), Vec::new());
            for step in steps {
                now += step;
                if standing.skip(Some(cap), at(now)).is_none() {
                    written.push(now);
                    standing.written_at = Some(at(now));
                }
            }
            for pair in written.windows(2) {
                prop_assert!(pair[1] - pair[0] >= cap.as_secs());
            }
        }

        #[test]
        fn who_opted_out_is_never_written_to(
            written in proptest::option::of(0_i64..1_000_000), opted in 0_i64..1_000_000,
            now in 0_i64..1_000_000, days in proptest::option::of(1_i64..400),
        ) {
            let standing = Standing { opted_out_at: Some(at(opted)), written_at: written.map(at), locale: None };
            let cap = days.map(|days| SignedDuration::from_hours(24 * days));
            prop_assert_eq!(standing.skip(cap, at(now)), Some(Skip::OptedOut));
        }
    }
}
