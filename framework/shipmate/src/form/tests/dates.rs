//! Days without a year, in words, and limits that move with today.

use serde_json::{Value, json};

use super::{accepts, context, field, questionnaire, rejects, reply};
use crate::form::{Buttons, Definition, Input, Locale, Progress, Questionnaire, Reason, Reply};

/// Today is Wednesday, the 4th of March 2026.
fn date(limits: &Value) -> Value {
    field("date", limits)
}

#[test]
fn a_year_is_added_where_the_limits_leave_one() {
    let past = date(&json!({"max": "today"}));
    let future = date(&json!({"min": "today"}));
    for text in [
        "1 March",
        "March 1st",
        "the 1st of March",
        "on 1 March",
        "1 maart",
        "op 1 maart",
        "1. März",
        "am 1. März",
        "1.3.",
        "1/3",
        "1-3",
        "1er mars",
        "le 1er mars",
    ] {
        accepts(&past, &[(text, json!("2026-03-01"))]);
        accepts(&future, &[(text, json!("2027-03-01"))]);
    }
    accepts(
        &past,
        &[
            ("15 Feb", json!("2026-02-15")),
            ("5 March", json!("2025-03-05")),
        ],
    );
    accepts(
        &date(&json!({"min": "2026-04-01", "max": "2026-04-30"})),
        &[("15/4", json!("2026-04-15")), ("4/15", json!("2026-04-15"))],
    );
    rejects(
        &date(&json!({"min": "today", "max": "today+14d"})),
        &[
            ("1 March", Reason::RangeUnderflow),
            ("1 June", Reason::RangeOverflow),
        ],
    );
}

#[test]
fn the_year_is_asked_for_where_it_is_not_clear() {
    let example = |day: &str| Reason::YearMissing(day.parse().unwrap());
    rejects(
        &date(&json!({})),
        &[
            ("1 March", example("2026-03-01")),
            ("1. März", example("2026-03-01")),
            ("1/3", example("2026-03-01")),
            ("1er mars", example("2026-03-01")),
            ("1 oktober", example("2025-10-01")),
            ("31 February", Reason::BadInput),
            ("32/1", Reason::BadInput),
            ("10:05", Reason::BadInput),
            ("1 3", Reason::BadInput),
        ],
    );
    rejects(
        &date(&json!({"max": "2010-12-31"})),
        &[
            ("1 March", example("2010-03-01")),
            ("29 Feb", example("2008-02-29")),
        ],
    );
    rejects(
        &field("datetime-local", &json!({})),
        &[("1 March 14:30", example("2026-03-01"))],
    );
    accepts(
        &field("datetime-local", &json!({"min": "2026-03-04T12:00"})),
        &[("1 March 14:30", json!("2027-03-01T14:30"))],
    );
    for (locale, shown) in [
        (Locale::En, "1 March 2026"),
        (Locale::Nl, "1-3-2026"),
        (Locale::De, "1.3.2026"),
        (Locale::Fr, "1/3/2026"),
    ] {
        let form = questionnaire(json!([date(&json!({}))]));
        let mut progress = Progress::default();
        for _ in 0..4 {
            let reply = form.answer(&mut progress, &Input::text("1/3"), &context(locale));
            let said = form
                .respond(&progress, &reply, locale, Buttons::Shown)
                .unwrap();
            assert!(said.text.contains(shown), "{}", said.text);
        }
    }
}

#[test]
fn days_are_understood_in_words() {
    for (text, day) in [
        ("the day before yesterday", "2026-03-02"),
        ("day after tomorrow", "2026-03-06"),
        ("eergisteren", "2026-03-02"),
        ("overmorgen", "2026-03-06"),
        ("vorgestern", "2026-03-02"),
        ("übermorgen", "2026-03-06"),
        ("avant-hier", "2026-03-02"),
        ("après-demain", "2026-03-06"),
        ("last Friday", "2026-02-27"),
        ("next Friday", "2026-03-06"),
        ("this Friday", "2026-03-06"),
        ("last Wednesday", "2026-02-25"),
        ("next Wednesday", "2026-03-11"),
        ("vorige vrijdag", "2026-02-27"),
        ("afgelopen vrijdag", "2026-02-27"),
        ("volgende vrijdag", "2026-03-06"),
        ("komende vrijdag", "2026-03-06"),
        ("letzten Freitag", "2026-02-27"),
        ("nächsten Freitag", "2026-03-06"),
        ("am letzten Freitag", "2026-02-27"),
        ("diesen Mittwoch", "2026-03-04"),
        ("vendredi dernier", "2026-02-27"),
        ("vendredi prochain", "2026-03-06"),
        ("ce vendredi", "2026-03-06"),
        ("2 days ago", "2026-03-02"),
        ("two days ago", "2026-03-02"),
        ("in 3 days", "2026-03-07"),
        ("a week ago", "2026-02-25"),
        ("14 days from now", "2026-03-18"),
        ("in 2 months", "2026-05-04"),
        ("a year ago", "2025-03-04"),
        ("2 dagen geleden", "2026-03-02"),
        ("over 3 dagen", "2026-03-07"),
        ("een week geleden", "2026-02-25"),
        ("over twee weken", "2026-03-18"),
        ("vor 2 Tagen", "2026-03-02"),
        ("in 3 Tagen", "2026-03-07"),
        ("vor einer Woche", "2026-02-25"),
        ("vor drei Monaten", "2025-12-04"),
        ("il y a 2 jours", "2026-03-02"),
        ("dans 3 jours", "2026-03-07"),
        ("il y a une semaine", "2026-02-25"),
        ("dans deux ans", "2028-03-04"),
        ("yesterday evening", "2026-03-03"),
        ("last night", "2026-03-03"),
        ("this morning", "2026-03-04"),
        ("tomorrow morning", "2026-03-05"),
        ("last friday evening", "2026-02-27"),
        ("gisteravond", "2026-03-03"),
        ("gisteren avond", "2026-03-03"),
        ("vanochtend", "2026-03-04"),
        ("morgenmiddag", "2026-03-05"),
        ("gestern Abend", "2026-03-03"),
        ("heute früh", "2026-03-04"),
        ("morgen Vormittag", "2026-03-05"),
        ("hier soir", "2026-03-03"),
        ("ce matin", "2026-03-04"),
        ("demain après-midi", "2026-03-05"),
    ] {
        accepts(&date(&json!({})), &[(text, json!(day))]);
    }
    rejects(
        &date(&json!({})),
        &[
            "ago",
            "2 ago",
            "days ago",
            "last",
            "evening",
            "last 2 days",
            "1000 days ago",
            "nextfriday",
            "Friday or Monday",
        ]
        .map(|text| (text, Reason::BadInput)),
    );
    let moment = field("datetime-local", &json!({}));
    accepts(
        &moment,
        &[
            ("2 days ago 14:30", json!("2026-03-02T14:30")),
            ("last Friday at 3 pm", json!("2026-02-27T15:00")),
        ],
    );
    // Eight in the morning is not the evening.
    rejects(
        &moment,
        &[
            ("yesterday evening 8:00", Reason::BadInput),
            ("last night", Reason::BadInput),
        ],
    );
}

#[test]
fn a_weekday_is_one_where_the_limits_leave_one() {
    for text in [
        "Friday",
        "on Friday",
        "vrijdag",
        "op vrijdag",
        "Freitag",
        "am Freitag",
        "vendredi",
        "le vendredi",
    ] {
        accepts(
            &date(&json!({"max": "today"})),
            &[(text, json!("2026-02-27"))],
        );
        accepts(
            &date(&json!({"min": "today"})),
            &[(text, json!("2026-03-06"))],
        );
        rejects(&date(&json!({})), &[(text, Reason::WhichDay)]);
        rejects(
            &date(&json!({"min": "today", "max": "today+1d"})),
            &[(text, Reason::RangeOverflow)],
        );
    }
    rejects(
        &date(&json!({"min": "today"})),
        &[("Wednesday", Reason::WhichDay)],
    );
}

#[test]
fn limits_may_move_with_today() {
    let soon = date(&json!({"min": "today", "max": "today+14d"}));
    accepts(
        &soon,
        &[
            ("2026-03-04", json!("2026-03-04")),
            ("18-3-2026", json!("2026-03-18")),
        ],
    );
    rejects(
        &soon,
        &[
            ("yesterday", Reason::RangeUnderflow),
            ("2026-03-19", Reason::RangeOverflow),
        ],
    );
    let grown = date(&json!({"max": " today - 18y "}));
    accepts(&grown, &[("4-3-2008", json!("2008-03-04"))]);
    rejects(&grown, &[("5-3-2008", Reason::RangeOverflow)]);
    rejects(
        &date(&json!({"min": "today-2w"})),
        &[("17-2-2026", Reason::RangeUnderflow)],
    );
    for (locale, said) in [
        (Locale::En, "14 days from now"),
        (Locale::Nl, "over 14 dagen"),
        (Locale::De, "in 14 Tagen"),
        (Locale::Fr, "dans 14 jours"),
    ] {
        let form = questionnaire(json!([soon]));
        let mut progress = Progress::default();
        let reply = form.answer(&mut progress, &Input::text("2026-05-01"), &context(locale));
        let prompt = form
            .respond(&progress, &reply, locale, Buttons::Shown)
            .unwrap();
        assert!(prompt.text.contains(said), "{}", prompt.text);
        assert!(matches!(
            super::reply(&soon, said, locale),
            Reply::Accepted { .. }
        ));
    }
}

#[test]
fn limits_that_cannot_be_read_are_told() {
    for (kind, limit) in [
        ("date", "tomorrow"),
        ("date", "today+x"),
        ("date", "today+3"),
        ("date", "today3d"),
        ("date", "todayd"),
        ("date", "today+999999999d"),
        ("time", "today"),
        ("month", "today-1m"),
        ("number", "today"),
    ] {
        let form = questionnaire(json!([field(kind, &json!({"min": limit}))]));
        assert_eq!(form.warnings().len(), 1, "{kind} {limit}");
    }
    let swapped = questionnaire(json!([date(&json!({"min": "today+3d", "max": "today"}))]));
    assert_eq!(swapped.warnings().len(), 1);
    assert!(matches!(
        reply(
            &date(&json!({"min": "today+1m", "max": "2026-05-01"})),
            "1 May",
            Locale::En
        ),
        Reply::Accepted { .. }
    ));
}

#[test]
fn a_definition_takes_limits_that_move_and_is_not_misjudged_for_them() {
    let text = r#"
id = "visit"
[[questions]]
name = "day"
type = "date"
text = "When?"
min = "today-1y"
max = "today"
[[questions]]
name = "old"
type = "text"
text = "Why so long ago?"
when = "day < 2020-01-01"
"#;
    let definition = Definition::from_toml(text).unwrap();
    let form = Questionnaire::from_definition(&definition).unwrap();
    let context = context(Locale::En);
    let mut progress = Progress::default();
    let reply = form.answer(&mut progress, &Input::text("5 March"), &context);
    assert!(matches!(reply, Reply::Accepted { value, .. } if value == "2025-03-05"));
    let found = crate::form::examine(&definition);
    assert!(
        found
            .iter()
            .all(|finding| finding.severity == crate::form::Severity::Note),
        "{found:?}"
    );
}

#[test]
fn a_day_in_words_is_not_taken_out_of_a_text() {
    let form = questionnaire(json!([
        {"name": "name", "label": "Name", "required": true}, {"name": "day", "label": "Day", "type": "date", "meta": {"max": "today"}},
    ]));
    for text in [
        "Friday, great food",
        "Joe, 1/3",
        "yesterday evening, the soup",
    ] {
        let reply = form.answer(
            &mut Progress::default(),
            &Input::text(text),
            &context(Locale::En),
        );
        assert!(
            matches!(&reply, Reply::Accepted { value, .. } if value == text),
            "{text}: {reply:?}"
        );
    }
}

#[cfg(feature = "derive")]
#[test]
fn a_struct_takes_limits_that_move() {
    use crate::form::Survey as _;

    #[derive(crate::Survey)]
    #[survey(id = "visit")]
    #[allow(dead_code, reason = "only its questions are of interest")]
    struct Visit {
        /// When?
        #[survey(min = "today", max = "today+14d")]
        day: jiff::civil::Date,
    }

    let form = Visit::questionnaire().unwrap();
    let context = context(Locale::En);
    let said = |text| form.answer(&mut Progress::default(), &Input::text(text), &context);
    assert!(matches!(said("Friday"), Reply::Accepted { value, .. } if value == "2026-03-06"));
    assert!(matches!(
        said("yesterday"),
        Reply::Rejected {
            reason: Reason::RangeUnderflow,
            ..
        }
    ));
}
