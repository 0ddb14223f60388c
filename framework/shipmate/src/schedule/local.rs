//! From the time on a wall clock to the instant.

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

/// The one instant of a local time: in a gap, the first instant after it; in a fold, the first of
/// the two. None beyond the end of time.
pub(super) fn instant(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
        AmbiguousOffset::Gap { before, after } => {
            // As the clock would show it if it had changed already, and if it had not changed: the
            // change lies between.
            let earliest = after.to_timestamp(local).ok()?;
            let latest = before.to_timestamp(local).ok()?;
            let mut changes = zone
                .following(earliest)
                .map(|change| change.timestamp())
                .take_while(|at| *at <= latest);
            changes
                .find(|at| zone.to_datetime(*at) > local)
                .or(Some(latest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_one_instant() {
        for (zone, local, expected) in [
            ("Europe/Amsterdam", "2026-07-01T12:00", "2026-07-01T10:00Z"),
            // Skipped, at both ends and in the middle.
            ("Europe/Amsterdam", "2026-03-29T01:59", "2026-03-29T00:59Z"),
            ("Europe/Amsterdam", "2026-03-29T02:00", "2026-03-29T01:00Z"),
            ("Europe/Amsterdam", "2026-03-29T02:30", "2026-03-29T01:00Z"),
            ("Europe/Amsterdam", "2026-03-29T03:00", "2026-03-29T01:00Z"),
            // Repeated: the first one.
            ("Europe/Amsterdam", "2026-10-25T02:30", "2026-10-25T00:30Z"),
            ("Europe/Amsterdam", "2026-10-25T03:00", "2026-10-25T02:00Z"),
            // Half an hour.
            (
                "Australia/Lord_Howe",
                "2026-10-04T02:10",
                "2026-10-03T15:30Z",
            ),
            (
                "Australia/Lord_Howe",
                "2026-04-05T01:40",
                "2026-04-04T14:40Z",
            ),
            // A day that did not happen.
            ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T10:00Z"),
            ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00Z"),
            // At midnight.
            ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00Z"),
            ("Asia/Kolkata", "2026-03-29T02:30", "2026-03-28T21:00Z"),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            let expected: Timestamp = expected.parse().unwrap();
            let local: DateTime = local.parse().unwrap();
            assert_eq!(instant(&zone, local), Some(expected), "{local}");
        }
    }
}
