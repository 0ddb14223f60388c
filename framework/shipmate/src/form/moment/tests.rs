use jiff::{
    Timestamp,
    tz::{TimeZone, offset},
};

use super::*;

fn context() -> Context {
    // Already the 4th of March where the consumer is, still the 3rd in UTC.
    let now: Timestamp = "2026-03-03T23:30:00Z".parse().unwrap();
    Context::new(now, TimeZone::fixed(offset(1)), Locale::En)
}

#[track_caller]
fn check(what: Moment, cases: &[(&str, &str)], refused: &[&str]) {
    let context = context();
    for (text, value) in cases {
        assert_eq!(
            read(what, text, &context).as_deref(),
            Some(*value),
            "{text}"
        );
        assert_eq!(
            read(what, value, &context).as_deref(),
            Some(*value),
            "{value} again"
        );
    }
    for text in refused {
        assert_eq!(read(what, text, &context), None, "{text}");
    }
}

#[test]
fn dates() {
    check(
        Moment::Date,
        &[
            ("2026-03-04", "2026-03-04"),
            ("2026/3/4", "2026-03-04"),
            ("4-3-2026", "2026-03-04"),
            ("04/03/2026", "2026-03-04"),
            ("4.3.2026", "2026-03-04"),
            ("4. 3. 2026", "2026-03-04"),
            ("3/14/2026", "2026-03-14"),
            ("3 March 2026", "2026-03-03"),
            ("March 3, 2026", "2026-03-03"),
            ("the 3rd of march 2026", "2026-03-03"),
            ("2026 Mar 3", "2026-03-03"),
            ("3 maart 2026", "2026-03-03"),
            ("3 mrt. 2026", "2026-03-03"),
            ("3e maart 2026", "2026-03-03"),
            ("3. März 2026", "2026-03-03"),
            ("3. Maerz 2026", "2026-03-03"),
            ("1er février 2026", "2026-02-01"),
            ("1 FEVRIER 2026", "2026-02-01"),
            ("14 août 2026", "2026-08-14"),
            ("29-2-2028", "2028-02-29"),
            ("today", "2026-03-04"),
            ("Morgen", "2026-03-05"),
            ("übermorgen", "2026-03-06"),
            ("aujourd’hui", "2026-03-04"),
            ("demain", "2026-03-05"),
            ("gisteren", "2026-03-03"),
            ("\u{200e}4-3-2026\u{200f}", "2026-03-04"),
        ],
        &[
            "",
            "29-2-2026",
            "31-4-2026",
            "4-3-26",
            "4-3",
            "32/1/2026",
            "13/13/2026",
            "3 Marz",
            "0026-03-04",
            "March 2026",
            "3 foo 2026",
            "٣-٣-٢٠٢٦",
            "2026-03-04T10:00",
            "4-3-2026!",
            "📅",
            "2026-03-04-05",
            "99999999999999999999-1-1",
        ],
    );
    let american = Context {
        country: Some("us".to_owned()),
        ..context()
    };
    for (text, value) in [
        ("3/4/2026", "2026-03-04"),
        ("3-4-2026", "2026-03-04"),
        ("14/3/2026", "2026-03-14"),
        ("3.4.2026", "2026-04-03"),
    ] {
        assert_eq!(
            read(Moment::Date, text, &american).as_deref(),
            Some(value),
            "{text}"
        );
    }
}

#[test]
fn times() {
    check(
        Moment::Time,
        &[
            ("14:30", "14:30"),
            ("9:05", "09:05"),
            ("14:30:00", "14:30"),
            ("14:30:15", "14:30:15"),
            ("14.30 uur", "14:30"),
            ("14u30", "14:30"),
            ("14h30", "14:30"),
            ("14 h", "14:00"),
            ("14 Uhr", "14:00"),
            ("um 14:30 Uhr", "14:30"),
            ("à 14h", "14:00"),
            ("3 pm", "15:00"),
            ("3.30 p.m.", "15:30"),
            ("12am", "00:00"),
            ("12:15 PM", "12:15"),
            ("at 3pm", "15:00"),
        ],
        &[
            "",
            "14",
            "25:00",
            "12:60",
            "14:5",
            "13 pm",
            "0 am",
            "1430",
            "pm 3",
            "noon",
            "14:30:15:00",
            "at",
            "3 foo",
        ],
    );
}

#[test]
fn dates_with_times() {
    check(
        Moment::DateTime,
        &[
            ("2026-03-04T14:30", "2026-03-04T14:30"),
            ("2026-03-04 14:30", "2026-03-04T14:30"),
            ("4-3-2026, 14:30", "2026-03-04T14:30"),
            ("3 October 2026 at 3 pm", "2026-10-03T15:00"),
            ("tomorrow 3 pm", "2026-03-05T15:00"),
            ("morgen om 14.30 uur", "2026-03-05T14:30"),
            ("3. März 2026 um 14 Uhr", "2026-03-03T14:00"),
            ("demain à 14h30", "2026-03-05T14:30"),
            ("14:30 tomorrow", "2026-03-05T14:30"),
        ],
        &[
            "",
            "2026-03-04",
            "14:30",
            "2026-03-04T25:00",
            "2026-03-04T14:30:00Z",
            "t",
            " ",
            "tttt",
        ],
    );
}

#[test]
fn months_and_weeks() {
    check(
        Moment::Month,
        &[
            ("2026-03", "2026-03"),
            ("3/2026", "2026-03"),
            ("03-2026", "2026-03"),
            ("March 2026", "2026-03"),
            ("2026 december", "2026-12"),
            ("août 2026", "2026-08"),
        ],
        &[
            "", "2026", "13/2026", "March", "March 26", "2026-3-4", "0/2026",
        ],
    );
    check(
        Moment::Week,
        &[
            ("2026-W05", "2026-W05"),
            ("2026w5", "2026-W05"),
            ("week 53 2026", "2026-W53"),
            ("KW 5/2026", "2026-W05"),
            ("semaine 5, 2026", "2026-W05"),
            ("Week 2026 5", "2026-W05"),
        ],
        &[
            "",
            "5 2026",
            "2025-W53",
            "2026-W00",
            "2026-W54",
            "day 5 2026",
            "W5",
        ],
    );
}

#[test]
fn attributes_are_in_the_notation_of_html() {
    for (what, text, value) in [
        (Moment::Date, " 2026-03-04 ", Some("2026-03-04")),
        (Moment::Date, "4-3-2026", None),
        (Moment::Time, "09:00", Some("09:00")),
        (
            Moment::DateTime,
            "2026-03-04T09:00:00",
            Some("2026-03-04T09:00"),
        ),
        (Moment::Month, "2026-03", Some("2026-03")),
        (Moment::Week, "2026-W10", Some("2026-W10")),
        (Moment::Week, "soon", None),
    ] {
        assert_eq!(read_attribute(what, text).as_deref(), value, "{text}");
    }
}

#[test]
fn moments_are_shown_as_a_language_writes_them() {
    for (what, value, locale, shown) in [
        (Moment::Date, "2026-03-01", Locale::En, "1 March 2026"),
        (Moment::Date, "2026-03-01", Locale::Nl, "1 maart 2026"),
        (Moment::Date, "2026-03-01", Locale::De, "1. März 2026"),
        (Moment::Date, "2026-08-01", Locale::Fr, "1er août 2026"),
        (Moment::Date, "2026-08-02", Locale::Fr, "2 août 2026"),
        (
            Moment::DateTime,
            "2026-03-04T14:30",
            Locale::De,
            "4. März 2026, 14:30",
        ),
        (Moment::Month, "2026-03", Locale::Fr, "mars 2026"),
        (Moment::Time, "14:30", Locale::En, "14:30"),
        (Moment::Date, "nonsense", Locale::En, "nonsense"),
    ] {
        assert_eq!(display(what, value, locale), shown);
        if value != "nonsense" {
            assert_eq!(
                read(what, shown, &context()).as_deref(),
                Some(value),
                "{shown}"
            );
        }
    }
}
