use std::collections::BTreeMap;

use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The runs after `from` and up to `until`, on the wall clock there.
fn runs(expression: &str, zone: &str, from: &str, until: &str) -> Vec<String> {
    let cron = Cron::new(expression, zone).unwrap();
    let runs = cron
        .runs_after(at(from))
        .take_while(|run| *run <= at(until));
    runs.map(|run| {
        run.to_zoned(cron.zone.clone())
            .strftime("%m-%d %H:%M:%S%:z")
            .to_string()
    })
    .collect()
}

#[test]
fn expressions_are_read_as_unix_does() {
    for (expression, expected) in [
        ("0 9 * * MON", &["03-02 09:00", "03-09 09:00"][..]),
        ("0 9 * * 1", &["03-02 09:00", "03-09 09:00"]),
        ("0 9 * * 0", &["03-01 09:00", "03-08 09:00"]),
        ("0 9 * * 7", &["03-01 09:00", "03-08 09:00"]),
        ("0 9 * * sunday", &["03-01 09:00", "03-08 09:00"]),
        (
            "0 9 * * 5-7",
            &["03-01 09:00", "03-06 09:00", "03-07 09:00"],
        ),
        (
            "0 9 * * FRI-MON",
            &["03-01 09:00", "03-02 09:00", "03-06 09:00"],
        ),
        (
            "0 9 * * */2",
            &["03-01 09:00", "03-03 09:00", "03-05 09:00"],
        ),
        // Either day will do ...
        (
            "0 9 3 * MON",
            &["03-02 09:00", "03-03 09:00", "03-09 09:00"],
        ),
        // ... unless one is left open.
        ("0 9 */2 * MON", &["03-09 09:00", "03-23 09:00"]),
        ("0 9 ? * MON", &["03-02 09:00"]),
        (
            "*/25 9 2 MAR *",
            &["03-02 09:00", "03-02 09:25", "03-02 09:50"],
        ),
        (
            "5/25 9 2 3 *",
            &["03-02 09:05", "03-02 09:30", "03-02 09:55"],
        ),
        (
            "0 8-18/5 2 * *",
            &["03-02 08:00", "03-02 13:00", "03-02 18:00"],
        ),
        ("30 15 9 2 3 *", &["03-02 09:15:30"]),
        ("0 0 29 FEB *", &["02-29 00:00"]),
        ("@hourly", &["03-01 01:00", "03-01 02:00"]),
        ("@daily", &["03-02 00:00"]),
        ("@weekly", &["03-08 00:00"]),
        ("@monthly", &["04-01 00:00"]),
        ("@Yearly", &["01-01 00:00"]),
    ] {
        let cron = Cron::new(expression, "UTC").unwrap();
        let runs: Vec<_> = cron
            .runs_after(at("2026-03-01T00:00Z"))
            .take(expected.len())
            .collect();
        for (run, expected) in runs.iter().zip(expected) {
            let run = run.strftime("%m-%d %H:%M:%S").to_string();
            assert!(run.starts_with(expected), "{expression}: {run}");
        }
        assert_eq!(runs.len(), expected.len(), "{expression}");
    }
}

#[test]
fn an_error_names_the_field() {
    for (expression, problem) in [
        (
            "60 * * * *",
            "minute: `60` is not from 0 to 59; write for example 30 or */15",
        ),
        (
            "* 24 * * *",
            "hour: `24` is not from 0 to 23; write for example 9 or 9-17",
        ),
        (
            "* * 0 * *",
            "day of the month: `0` is not from 1 to 31; write for example 1 or 1,15",
        ),
        (
            "* * * XYZ *",
            "month: `XYZ` is not from 1 to 12; write for example 1-6 or JAN",
        ),
        (
            "* * * * 8",
            "day of the week: `8` is not from 0 to 7; write for example 1-5 or MON-FRI",
        ),
        (
            "* * L * *",
            "day of the month: `L` is not from 1 to 31; write for example 1 or 1,15",
        ),
        (
            "99 * * * * *",
            "second: `99` is not from 0 to 59; write for example 0 or */10",
        ),
        (
            "*/0 * * * *",
            "minute: `/0` is no step; write a number from 1, as in 30 or */15",
        ),
        (
            "* 22-6 * * *",
            "hour: `22-6` runs backwards; write two ranges with a comma",
        ),
        (
            "1,,2 * * * *",
            "minute: `` is not from 0 to 59; write for example 30 or */15",
        ),
        ("0 0 30 2 *", "there is no day 30 in month 2"),
        (
            "0 9 * *",
            "it has 4 fields; write 5 (minute, hour, day of the month, month, day of the week), or 6 with the second first",
        ),
        (
            "@reboot",
            "only @hourly, @daily, @weekly, @monthly and @yearly are known; or write 5 fields",
        ),
    ] {
        let error = Cron::new(expression, "UTC").unwrap_err().to_string();
        assert_eq!(error, format!("cron expression `{expression}`: {problem}"));
    }
    let error = Cron::new("* * * * *", "Mars/Olympus")
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "`Mars/Olympus` is no time zone; use a name like `Europe/Amsterdam`, or `UTC`"
    );
}

/// Expression, zone, from when until when, and the runs.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const CHANGES: &[Case] = &[
    // Two o'clock is followed by three.
    (
        "30 2 * * *",
        "Europe/Amsterdam",
        "2026-03-28T00:00Z",
        "2026-03-30T12:00Z",
        &[
            "03-28 02:30:00+01:00",
            "03-29 03:00:00+02:00",
            "03-30 02:30:00+02:00",
        ],
    ),
    // Two runs at one instant are one.
    (
        "0,30 2,3 * * *",
        "Europe/Amsterdam",
        "2026-03-29T00:00Z",
        "2026-03-29T12:00Z",
        &["03-29 03:00:00+02:00", "03-29 03:30:00+02:00"],
    ),
    (
        "0 * * * *",
        "Europe/Amsterdam",
        "2026-10-24T23:30Z",
        "2026-10-25T02:30Z",
        &["10-25 02:00:00+02:00", "10-25 03:00:00+01:00"],
    ),
    (
        "30 2 * * *",
        "Europe/Amsterdam",
        "2026-10-25T00:00Z",
        "2026-10-26T12:00Z",
        &["10-25 02:30:00+02:00", "10-26 02:30:00+01:00"],
    ),
    (
        "30 1,2 8 3 *",
        "America/New_York",
        "2026-03-08T00:00Z",
        "2026-03-09T00:00Z",
        &["03-08 01:30:00-05:00", "03-08 03:00:00-04:00"],
    ),
    // Half an hour is skipped, and repeated.
    (
        "*/15 1-2 * * *",
        "Australia/Lord_Howe",
        "2026-10-03T15:00Z",
        "2026-10-03T17:00Z",
        &[
            "10-04 01:45:00+10:30",
            "10-04 02:30:00+11:00",
            "10-04 02:45:00+11:00",
        ],
    ),
    (
        "*/15 1-2 * * *",
        "Australia/Lord_Howe",
        "2026-04-04T14:20Z",
        "2026-04-04T16:00Z",
        &[
            "04-05 01:30:00+11:00",
            "04-05 01:45:00+11:00",
            "04-05 02:00:00+10:30",
            "04-05 02:15:00+10:30",
            "04-05 02:30:00+10:30",
        ],
    ),
    // Midnight itself is skipped.
    (
        "0 0 * * *",
        "America/Sao_Paulo",
        "2018-11-03T12:00Z",
        "2018-11-05T12:00Z",
        &["11-04 01:00:00-02:00", "11-05 00:00:00-02:00"],
    ),
    // The hour before midnight is repeated.
    (
        "30 23 * * *",
        "America/Sao_Paulo",
        "2018-02-17T12:00Z",
        "2018-02-19T12:00Z",
        &["02-17 23:30:00-02:00", "02-18 23:30:00-03:00"],
    ),
    // Only for Ramadan.
    (
        "30 2 * * *",
        "Africa/Casablanca",
        "2026-02-14T12:00Z",
        "2026-02-16T12:00Z",
        &["02-15 02:30:00+01:00", "02-16 02:30:00+00:00"],
    ),
    (
        "30 2 * * *",
        "Africa/Casablanca",
        "2026-03-21T12:00Z",
        "2026-03-23T12:00Z",
        &["03-22 03:00:00+01:00", "03-23 02:30:00+01:00"],
    ),
    (
        "30 2 * * *",
        "Asia/Kolkata",
        "2026-03-28T12:00Z",
        "2026-03-30T12:00Z",
        &["03-29 02:30:00+05:30", "03-30 02:30:00+05:30"],
    ),
    // A whole day is skipped: its run and the next day's first instant are two runs, unless they
    // are the same instant.
    (
        "0 9 * * *",
        "Pacific/Apia",
        "2011-12-29T12:00Z",
        "2012-01-01T12:00Z",
        &[
            "12-29 09:00:00-10:00",
            "12-31 00:00:00+14:00",
            "12-31 09:00:00+14:00",
            "01-01 09:00:00+14:00",
        ],
    ),
    (
        "0 0 * * *",
        "Pacific/Apia",
        "2011-12-29T12:00Z",
        "2011-12-31T12:00Z",
        &["12-31 00:00:00+14:00", "01-01 00:00:00+14:00"],
    ),
];

#[test]
fn around_a_change_each_local_time_runs_once() {
    for (expression, zone, from, until, expected) in CHANGES {
        assert_eq!(
            runs(expression, zone, from, until),
            *expected,
            "{expression} in {zone}"
        );
    }
}

const ZONES: &[&str] = &[
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/St_Johns",
    "Antarctica/Troll",
    "UTC",
];

/// Goes through all seconds at which the clock shows a full minute, which is another way to find the
/// runs than to reckon from local times.
#[test]
fn a_walk_along_the_clock_finds_the_same_runs() {
    let changes = [
        ("2011-12-29T00:00Z", 4),
        ("2018-02-17T00:00Z", 3),
        ("2018-11-03T00:00Z", 3),
        ("2026-02-14T00:00Z", 3),
        ("2026-03-07T00:00Z", 3),
        ("2026-03-21T00:00Z", 3),
        ("2026-03-28T00:00Z", 3),
        ("2026-04-04T00:00Z", 3),
        ("2026-10-03T00:00Z", 3),
        ("2026-10-24T00:00Z", 3),
        ("2026-10-31T00:00Z", 3),
    ];
    for zone in ZONES {
        let zone = TimeZone::get(zone).unwrap();
        for (from, days) in changes {
            let (from, until) = (at(from), at(from) + (24 * days).hours());
            let walked = walk(&zone, from, until);
            for expression in [
                "* * * * *",
                "*/20 1-3 * * *",
                "30 2 * * *",
                "0 0 * * *",
                "5 23,0 * * 0,6",
            ] {
                let cron = Cron::in_zone(expression, zone.clone()).unwrap();
                let wanted = cron.calendar.after(zone.to_datetime(from));
                let wanted = wanted.take_while(|local| *local <= zone.to_datetime(until));
                let mut wanted: Vec<_> = wanted
                    .map(|local| first_at_or_after(&walked, local))
                    .collect();
                wanted.dedup();
                let found: Vec<_> = cron
                    .runs_after(from)
                    .take_while(|run| *run <= until)
                    .collect();
                assert_eq!(found, wanted, "{cron} from {from}");
            }
        }
    }
}

/// What the clock shows at each minute, when it shows it for the first time.
fn walk(zone: &TimeZone, from: Timestamp, until: Timestamp) -> BTreeMap<DateTime, Timestamp> {
    let mut shown = BTreeMap::new();
    let mut now = from;
    while now <= until {
        shown.entry(zone.to_datetime(now)).or_insert(now);
        now += SignedDuration::from_mins(1);
    }
    shown
}

fn first_at_or_after(walked: &BTreeMap<DateTime, Timestamp>, local: DateTime) -> Timestamp {
    *walked.range(local..).next().unwrap().1
}

proptest! {
    #[test]
    fn runs_grow_and_none_lies_between(
        zone in prop::sample::select(ZONES),
        expression in prop::sample::select(vec!["* * * * *", "30 2 * * *", "0 9 * * MON", "*/7 */5 1-20 * *"]),
        second in 0..2_000_000_000_i64,
        share in 0.0..1.0_f64,
    ) {
        let cron = Cron::new(expression, zone).unwrap();
        let now = Timestamp::from_second(second).unwrap();
        let next = cron.after(now).unwrap();
        prop_assert!(next > now);
        let between = now + (next - now).to_duration(jiff::SpanRelativeTo::days_are_24_hours()).unwrap().mul_f64(share);
        if between < next {
            prop_assert_eq!(cron.after(between), Some(next));
        }
        prop_assert!(cron.after(next).unwrap() > next);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9*/,A-Za-z@ \\-]{0,30}") {
        if let Err(error) = Cron::new(&text, "UTC") {
            prop_assert!(error.to_string().starts_with("cron expression"));
        }
    }
}
