use jiff::{SignedDuration, ToSpan, civil::date};
use proptest::prelude::*;

use super::*;

fn hours(text: &str) -> Hours {
    text.parse().unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn hours_are_read_as_people_write_them() {
    for (text, canonical) in [
        (
            "mon-fri 09:00-17:30; sat 10:00-16:00",
            "mon-fri 09:00-17:30; sat 10:00-16:00",
        ),
        ("Mon – Fri: 9 – 17.30", "mon-fri 09:00-17:30"),
        (
            "ma t/m vr 9:00 tot 12:00, 13:00-17:00 uur",
            "mon-fri 09:00-12:00,13:00-17:00",
        ),
        (
            "Montag bis Freitag 8-16 Uhr\nSa 9-12",
            "mon-fri 08:00-16:00; sat 09:00-12:00",
        ),
        (
            "lun au ven 9h30-18h; sam 10h-12h",
            "mon-fri 09:30-18:00; sat 10:00-12:00",
        ),
        (
            "mon and wed 9am-5pm; sun 12am-12pm",
            "mon,wed 09:00-17:00; sun 00:00-12:00",
        ),
        ("fri-mon 10-12", "mon,fri-sun 10:00-12:00"),
        (
            "mon 9-12; mon 13-17; tue closed",
            "mon 09:00-12:00,13:00-17:00",
        ),
        ("fri, sat 18:00-02:00", "fri-sat 18:00-02:00"),
        ("8-20", "mon-sun 08:00-20:00"),
        ("daily 0:00-24:00", "24/7"),
        ("24/7; 2026-12-25 closed", "24/7; 2026-12-25 closed"),
        ("closed", "closed"),
        (
            "gesloten; 2026-05-01 9-12",
            "closed; 2026-05-01 09:00-12:00",
        ),
        (
            "weekdays 9-17; 2026-12-24 9-12; 2026-12-25 to 2026-12-26 closed",
            "mon-fri 09:00-17:00; 2026-12-24 09:00-12:00; 2026-12-25 to 2026-12-26 closed",
        ),
    ] {
        let read = hours(text);
        assert_eq!(read.to_string(), canonical, "{text}");
        assert_eq!(hours(canonical), read, "{text}");
        let json = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Hours>(&json).unwrap(), read);
    }
}

#[test]
fn an_error_names_the_part_and_shows_how() {
    for (text, problem) in [
        ("", "there are no hours; `closed` says never"),
        (
            "mon-fri 9-17; sat 9-25",
            "`sat 9-25`: `25` is no time of day",
        ),
        (
            "mon-fri 9-17:3",
            "`mon-fri 9-17:3`: `17:3` is no time of day",
        ),
        (
            "mon-fri 9:60-17",
            "`mon-fri 9:60-17`: `9:60` is no time of day",
        ),
        (
            "mon-fri 13pm-17",
            "`mon-fri 13pm-17`: `13pm` is no time of day",
        ),
        ("mon-fri", "`mon-fri`: there are no times after the days"),
        (
            "mon-fri 9",
            "`mon-fri 9`: `9` has no end; write `09:00-17:30`",
        ),
        (
            "moonday 9-17",
            "`moonday 9-17`: `moonday` is neither a day nor a date",
        ),
        (
            "2026-02-30 closed",
            "`2026-02-30 closed`: `2026-02-30` is neither a day nor a date",
        ),
        ("mon 9-9", "`mon 9-9`: `9-9` begins when it ends"),
        (
            "mon-fri 9-17; fri 9-12",
            "`fri 9-12`: `fri` has hours that overlap",
        ),
        (
            "mon-sun 9-17; sun closed",
            "`sun closed`: `sun` is both open and closed",
        ),
        ("mon,mon 9-17", "`mon,mon 9-17`: `mon` is there twice"),
        (
            "mon soon",
            "`mon soon`: `soon` is neither times nor `closed`",
        ),
        (
            "mon 9-12 tue 9-12",
            "`mon 9-12 tue 9-12`: there is more than days and times; separate parts with `;`",
        ),
    ] {
        let error = text.parse::<Hours>().unwrap_err().to_string();
        let example = "; write hours like `mon-fri 09:00-17:30; sat 10:00-16:00`";
        assert_eq!(error, format!("{problem}{example}"), "{text}");
    }
    let error = "24/7".parse::<QuietHours>().unwrap_err().to_string();
    assert_eq!(
        error,
        "`24/7` leaves no time at all; write hours like `21:00-08:00`"
    );
    let json = serde_json::from_str::<Hours>("\"mon nine\"").unwrap_err();
    assert!(
        json.to_string().contains("`nine` is neither times"),
        "{json}"
    );
}

#[test]
fn opening_and_closing_follow_the_wall_clock() {
    let amsterdam = zone("Europe/Amsterdam");
    let shop = hours("mon-fri 09:00-12:00,13:00-17:30; sat 22:00-02:00");
    for (now, open, close) in [
        // A Monday.
        (
            "2026-03-02T07:59Z",
            "2026-03-02T08:00Z",
            "2026-03-02T07:59Z",
        ),
        (
            "2026-03-02T08:00Z",
            "2026-03-02T08:00Z",
            "2026-03-02T11:00Z",
        ),
        (
            "2026-03-02T11:00Z",
            "2026-03-02T12:00Z",
            "2026-03-02T11:00Z",
        ),
        (
            "2026-03-02T16:29:59Z",
            "2026-03-02T16:29:59Z",
            "2026-03-02T16:30Z",
        ),
        (
            "2026-03-06T16:30Z",
            "2026-03-07T21:00Z",
            "2026-03-06T16:30Z",
        ),
        // After midnight, and over the change of clocks: at two the clock shows three.
        (
            "2026-03-08T00:30Z",
            "2026-03-08T00:30Z",
            "2026-03-08T01:00Z",
        ),
        (
            "2026-03-29T00:59Z",
            "2026-03-29T00:59Z",
            "2026-03-29T01:00Z",
        ),
        (
            "2026-03-29T01:00Z",
            "2026-03-30T07:00Z",
            "2026-03-29T01:00Z",
        ),
    ] {
        let now = at(now);
        assert_eq!(shop.next_open(now, &amsterdam), Some(at(open)), "{now}");
        assert_eq!(shop.next_close(now, &amsterdam), Some(at(close)), "{now}");
        assert_eq!(shop.is_open(now, &amsterdam), now == at(open), "{now}");
    }
}

#[test]
fn holidays_override_the_week() {
    let shop = hours("mon-fri 9-17; 2026-12-24 9-12").closed_on([date(2026, 12, 25)]);
    let noon = at("2026-12-24T12:00Z");
    assert_eq!(
        shop.next_open(noon, &TimeZone::UTC),
        Some(at("2026-12-28T09:00Z"))
    );
    let round = Hours::always().closed_on([date(2026, 12, 25)]);
    let zone = zone("America/New_York");
    assert_eq!(round.next_close(noon, &zone), Some(at("2026-12-25T05:00Z")));
    assert_eq!(
        round.next_open(at("2026-12-25T05:00Z"), &zone),
        Some(at("2026-12-26T05:00Z"))
    );
    let after = at("2026-12-27T00:00Z");
    assert_eq!(round.next_close(after, &zone), None, "never again");
    assert_eq!(Hours::always().next_close(noon, &zone), None);
    assert_eq!(hours("closed").next_open(noon, &zone), None);
    assert_eq!(hours("closed").next_close(noon, &zone), Some(noon));
}

#[test]
fn quiet_hours_cross_midnight() {
    let quiet: QuietHours = "21:00-08:00".parse().unwrap();
    let amsterdam = zone("Europe/Amsterdam");
    for (now, allowed) in [
        ("2026-03-28T19:59Z", "2026-03-28T19:59Z"),
        // The night is an hour shorter.
        ("2026-03-28T20:00Z", "2026-03-29T06:00Z"),
        ("2026-03-29T05:59Z", "2026-03-29T06:00Z"),
        ("2026-03-29T06:00Z", "2026-03-29T06:00Z"),
    ] {
        let (now, allowed) = (at(now), at(allowed));
        assert_eq!(quiet.earliest_allowed(now, &amsterdam), allowed, "{now}");
        assert_eq!(quiet.is_quiet(now, &amsterdam), now != allowed, "{now}");
    }
    let never: QuietHours = "never".parse().unwrap();
    assert_eq!(never.to_string(), "never");
    assert_eq!(never, QuietHours::default());
    let now = at("2026-03-28T23:00Z");
    assert_eq!(never.earliest_allowed(now, &amsterdam), now);
}

fn any_between() -> impl Strategy<Value = String> {
    (0..24 * 60_i32, 1..24 * 60_i32).prop_map(|(from, length)| {
        let until = (from + length) % (24 * 60);
        format!(
            "{:02}:{:02}-{:02}:{:02}",
            from / 60,
            from % 60,
            until / 60,
            until % 60
        )
    })
}

fn any_hours() -> impl Strategy<Value = Hours> {
    let days =
        prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 0..7);
    (days, any_between(), any_between(), prop::bool::ANY).prop_map(
        |(days, one, other, is_split)| {
            let parts = days.iter().map(|day| {
                let between = if is_split && *day > "sat" {
                    &other
                } else {
                    &one
                };
                format!("{day} {between}")
            });
            let text = parts.collect::<Vec<_>>().join("; ");
            hours(if text.is_empty() { "closed" } else { &text })
        },
    )
}

const ZONES: &[&str] = &[
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kolkata",
];

proptest! {
    #[test]
    fn what_is_written_is_read_again(hours in any_hours()) {
        prop_assert_eq!(hours.to_string().parse::<Hours>().unwrap(), hours);
    }

    #[test]
    fn any_text_is_read_or_refused_with_an_example(text in "[a-z0-9 :;,./\\-]{0,40}") {
        match text.parse::<Hours>() {
            Ok(hours) => prop_assert_eq!(hours.to_string().parse::<Hours>().unwrap(), hours),
            Err(error) => prop_assert!(error.to_string().contains("write hours like")),
        }
    }

    /// Nothing opens or closes between now and the next time that is told.
    #[test]
    fn nothing_changes_before_the_next_opening_or_closing(
        hours in any_hours(),
        zone_name in prop::sample::select(ZONES),
        day in 0..15_000_i64,
        minute in 0..24 * 60_i64,
        shares in prop::collection::vec(0.0..1.0_f64, 8),
    ) {
        let zone = zone(zone_name);
        let now = Timestamp::UNIX_EPOCH + (day * 24 * 60 + minute).minutes();
        let is_open = hours.is_open(now, &zone);
        let (open, close) = (hours.next_open(now, &zone), hours.next_close(now, &zone));
        prop_assert_eq!(open == Some(now), is_open);
        prop_assert_eq!(close == Some(now), !is_open);
        let change = if is_open { close } else { open };
        if let Some(change) = change {
            prop_assert!(hours.is_open(change, &zone) != is_open);
            for share in shares {
                let part = (change - now).total(jiff::Unit::Second).unwrap() * share;
                let between = now + SignedDuration::from_secs_f64(part.floor());
                prop_assert_eq!(hours.is_open(between, &zone), is_open, "{}", between);
            }
        }
    }
}
