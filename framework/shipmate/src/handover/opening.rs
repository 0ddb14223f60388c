//! When the people are at work to whom a conversation is handed over.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::schedule::Hours;

/// Hours, and the time zone they are meant in; kept with the conversation's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Opening {
    hours: Hours,
    /// The name of the time zone.
    zone: String,
}

impl Opening {
    /// A time zone without a name counts as UTC.
    pub(super) fn new(hours: Hours, zone: &TimeZone) -> Self {
        Self {
            hours,
            zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }

    /// Whether people are at work at `now`; always, where no hours are given.
    pub(crate) fn is_open(opening: Option<&Self>, now: Timestamp) -> bool {
        opening.is_none_or(|Self { hours, zone }| {
            let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
            hours.is_open(now, &zone)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_meant_in_their_time_zone_before_and_after_they_were_kept() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let opening = Opening::new("mon-fri 9:00-17:00".parse().unwrap(), &zone);
        let kept = serde_json::to_string(&opening).unwrap();
        let kept: Opening = serde_json::from_str(&kept).unwrap();
        // A Monday in winter and one in summer.
        for (time, expected) in [
            ("2026-01-05T07:59:59Z", false),
            ("2026-01-05T08:00:00Z", true),
            ("2026-01-05T16:00:00Z", false),
            ("2026-07-06T07:00:00Z", true),
            ("2026-07-05T09:00:00Z", false),
        ] {
            let now = time.parse().unwrap();
            for opening in [&opening, &kept] {
                assert_eq!(Opening::is_open(Some(opening), now), expected, "{time}");
            }
            assert!(Opening::is_open(None, now));
        }
    }
}
