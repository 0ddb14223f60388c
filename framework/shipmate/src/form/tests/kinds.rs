//! Each type of field: what it takes as what, and what it refuses why.

use serde_json::{Value, json};

use super::{REFERENCE_DATE, accepts, context, field, questionnaire, rejects, reply};
use crate::form::{Context, Input, Locale, Progress, Reason, Reply};

fn plain(kind: &str) -> Value {
    field(kind, &json!({}))
}

#[test]
fn text_is_trimmed_and_of_one_line() {
    for kind in ["text", "search"] {
        accepts(
            &plain(kind),
            &[
                ("  Ada Lovelace ", json!("Ada Lovelace")),
                ("two\nlines", json!("two lines")),
                ("5", json!("5")),
            ],
        );
        rejects(
            &plain(kind),
            &[
                ("", Reason::ValueMissing),
                (" \n\u{200b}", Reason::ValueMissing),
            ],
        );
    }
    accepts(
        &plain("textarea"),
        &[(" two\r\nlines ", json!("two\nlines"))],
    );
}

#[test]
fn length_is_counted_as_html_counts() {
    let limited = field("text", &json!({"minlength": 2, "maxLength": "4"}));
    accepts(
        &limited,
        &[
            ("ab", json!("ab")),
            (" abcd ", json!("abcd")),
            ("👍", json!("👍")),
        ],
    );
    rejects(
        &limited,
        &[
            ("a", Reason::TooShort),
            ("abcde", Reason::TooLong),
            ("👍👍a", Reason::TooLong),
        ],
    );
}

#[test]
fn email() {
    accepts(
        &plain("email"),
        &[
            (" ada@example.com ", json!("ada@example.com")),
            ("a.b+c@x-y.co.uk", json!("a.b+c@x-y.co.uk")),
            ("mailto:ada@example.com", json!("ada@example.com")),
            ("ada@localhost", json!("ada@localhost")),
        ],
    );
    let wrong = [
        "ada",
        "@example.com",
        "ada@",
        "a b@example.com",
        "ada@example..com",
        "ada@-x.com",
        "ada@exa_mple.com",
        "ada@example.com.",
        "a@b@c",
        "ädä@example.com",
    ];
    rejects(
        &plain("email"),
        &wrong.map(|text| (text, Reason::TypeMismatch)),
    );
}

#[test]
fn a_number_of_a_known_country_is_written_with_its_code() {
    let form = questionnaire(json!([field("tel", &json!({}))]));
    for (country, text, expected) in [
        ("NL", "06 1234 5678", Some("+31612345678")),
        ("nl", "020-123 45 67", Some("+31201234567")),
        ("DE", "030 901820", Some("+4930901820")),
        ("FR", "06.12.34.56.78", Some("+33612345678")),
        ("US", "(415) 555-2671", Some("+14155552671")),
        ("GB", "+31 (0)6 1234 5678", Some("+31612345678")),
        ("NL", "0032 2 555 12 12", Some("+3225551212")),
        ("NL", "06 1234 567", None),
        ("NL", "12345678901234", None),
        ("FR", "+31 6 1", None),
        ("XX", "06 1234 5678", Some("0612345678")),
    ] {
        let context = Context {
            country: Some(country.to_owned()),
            ..context(Locale::En)
        };
        let mut progress = Progress::default();
        form.answer(&mut progress, &Input::text(text), &context);
        let value = progress.answer("f").map(|answer| answer.value.clone());
        assert_eq!(value, expected.map(Value::from), "{country} {text}");
    }
}

#[test]
fn tel() {
    accepts(
        &plain("tel"),
        &[
            ("06 12345678", json!("0612345678")),
            ("+31 (0)6-1234 5678", json!("+31612345678")),
            ("(020) 123.45.67", json!("0201234567")),
            ("\u{202a}+49 30 123456\u{202c}", json!("+4930123456")),
            ("123456", json!("123456")),
        ],
    );
    let wrong = [
        "12345",
        "1234567890123456",
        "0612a45678",
        "31+612345678",
        "++31612345678",
        "call me",
    ];
    rejects(
        &plain("tel"),
        &wrong.map(|text| (text, Reason::TypeMismatch)),
    );
}

#[test]
fn url_and_file() {
    for kind in ["url", "file"] {
        accepts(
            &plain(kind),
            &[
                (
                    "https://example.com/a?b=c#d",
                    json!("https://example.com/a?b=c#d"),
                ),
                ("HTTP://example.com:8080", json!("HTTP://example.com:8080")),
                ("www.example.com", json!("https://www.example.com")),
                ("https://bücher.example", json!("https://bücher.example")),
            ],
        );
        let wrong = [
            "example",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a b.com",
            "https://bank.com@evil.com",
            "https://example.com/<x>",
            "https://example.com:99999",
            "https://exa..mple.com",
            "file:///etc/passwd",
        ];
        rejects(
            &plain(kind),
            &wrong.map(|text| (text, Reason::TypeMismatch)),
        );
    }
}

#[test]
fn number() {
    accepts(
        &plain("number"),
        &[
            ("12", json!(12)),
            ("007", json!(7)),
            ("-3", json!(-3)),
            ("− 3", json!(-3)),
            ("+3", json!(3)),
            ("2.5", json!(2.5)),
            ("2,50", json!(2.5)),
            (".5", json!(0.5)),
            ("0.125", json!(0.125)),
            ("0,125", json!(0.125)),
            ("1,500", json!(1500)),
            ("1 500", json!(1500)),
            ("1\u{202f}500,5", json!(1500.5)),
            ("1'500", json!(1500)),
            ("1.234.567", json!(1_234_567)),
            ("1,234.56", json!(1234.56)),
            ("1.234,56", json!(1234.56)),
            ("1234.567", json!(1234.567)),
            ("999999999999999", json!(999_999_999_999_999_i64)),
        ],
    );
    let wrong = [
        "twelve",
        "12 km",
        "1.500",
        "1.2.3",
        "1,23,456",
        "12 34",
        "1 50",
        "1e5",
        "NaN",
        "inf",
        "0x10",
        "٣",
        "1.234,567.8",
        "--1",
        ".",
        "1.",
        ",",
        "9999999999999999",
        "½",
    ];
    rejects(
        &plain("number"),
        &wrong.map(|text| (text, Reason::BadInput)),
    );
}

#[test]
fn a_mark_before_three_digits_is_read_as_the_language_writes_thousands() {
    let number = plain("number");
    for locale in [Locale::Nl, Locale::De, Locale::Fr] {
        let accepted = reply(&number, "120.000", locale);
        assert!(matches!(accepted, Reply::Accepted { value, .. } if value == 120_000));
        let unclear = reply(&number, "1,500", locale);
        assert!(matches!(
            unclear,
            Reply::Rejected {
                reason: Reason::BadInput,
                ..
            }
        ));
    }
    // Only one of the readings is possible here.
    accepts(
        &field("number", &json!({"max": 10})),
        &[("1.500", json!(1.5))],
    );
    accepts(
        &field("number", &json!({"step": 1})),
        &[("1.500", json!(1500))],
    );
}

#[test]
fn number_limits() {
    let limited = field(
        "number",
        &json!({"min": "0.5", "meta": {"MAX": 10, "step": 0.1}}),
    );
    accepts(
        &limited,
        &[("0.5", json!(0.5)), ("0,8", json!(0.8)), ("10", json!(10))],
    );
    rejects(
        &limited,
        &[
            ("0.4", Reason::RangeUnderflow),
            ("-1", Reason::RangeUnderflow),
            ("10.1", Reason::RangeOverflow),
            ("0.55", Reason::StepMismatch),
        ],
    );
    let range = plain("range");
    accepts(&range, &[("0", json!(0)), ("100", json!(100))]);
    rejects(
        &range,
        &[
            ("-1", Reason::RangeUnderflow),
            ("101", Reason::RangeOverflow),
        ],
    );
}

#[test]
fn moments() {
    accepts(
        &plain("date"),
        &[
            ("2026-03-05", json!("2026-03-05")),
            ("5 maart 2026", json!("2026-03-05")),
            ("morgen", json!("2026-03-05")),
        ],
    );
    accepts(&plain("time"), &[("3 pm", json!("15:00"))]);
    accepts(
        &plain("datetime-local"),
        &[("demain à 14h30", json!("2026-03-05T14:30"))],
    );
    accepts(&plain("month"), &[("March 2026", json!("2026-03"))]);
    accepts(&plain("week"), &[("week 5 2026", json!("2026-W05"))]);
    for kind in ["date", "time", "datetime-local", "month", "week"] {
        rejects(
            &plain(kind),
            &[("soon", Reason::BadInput), ("", Reason::ValueMissing)],
        );
    }
}

#[test]
fn moment_limits() {
    let date = field("date", &json!({"min": "2026-03-04", "max": "2026-12-31"}));
    accepts(
        &date,
        &[
            ("today", json!("2026-03-04")),
            ("31-12-2026", json!("2026-12-31")),
        ],
    );
    rejects(
        &date,
        &[
            ("yesterday", Reason::RangeUnderflow),
            ("1 jan 2027", Reason::RangeOverflow),
        ],
    );
    let time = field("time", &json!({"min": "09:00", "max": "17:30"}));
    accepts(
        &time,
        &[("9:00", json!("09:00")), ("17:30", json!("17:30"))],
    );
    rejects(
        &time,
        &[
            ("8:59", Reason::RangeUnderflow),
            ("17:30:01", Reason::RangeOverflow),
        ],
    );
}

#[test]
fn color() {
    accepts(
        &plain("color"),
        &[
            ("#FF8800", json!("#ff8800")),
            ("ff8800", json!("#ff8800")),
            ("#f80", json!("#ff8800")),
        ],
    );
    let wrong = ["red", "#ff88", "#gg8800", "##ff8800", "#ff880é"];
    rejects(
        &plain("color"),
        &wrong.map(|text| (text, Reason::TypeMismatch)),
    );
}

#[test]
fn a_pattern_is_held_against_the_normalised_value_or_what_was_typed() {
    let plate = field("text", &json!({"pattern": "[A-Z]{2}-\\d{3}-[A-Z]"}));
    accepts(&plate, &[(" AB-123-C ", json!("AB-123-C"))]);
    rejects(
        &plate,
        &[
            ("ab-123-c", Reason::PatternMismatch),
            ("AB-123-CD", Reason::PatternMismatch),
        ],
    );
    let tel = field("tel", &json!({"pattern": "06-\\d{8}|\\+316\\d{8}"}));
    accepts(
        &tel,
        &[
            ("06-12345678", json!("06-12345678")),
            ("+31 6 1234 5678", json!("+31612345678")),
        ],
    );
    rejects(&tel, &[("020 1234567", Reason::PatternMismatch)]);
    let number = field("number", &json!({"pattern": "\\d+"}));
    accepts(&number, &[("12", json!(12))]);
    rejects(&number, &[("1.5", Reason::PatternMismatch)]);
    let lines = field("textarea", &json!({"pattern": "a[^]*z"}));
    accepts(&lines, &[("a\nz", json!("a\nz"))]);
}

#[test]
fn the_button_of_the_reference_asks_for_a_date() {
    let button = field(
        "button",
        &json!({
            "entity": "Date", "pattern": REFERENCE_DATE, "options": [{"key": "yes", "value": "Y"}],
        }),
    );
    accepts(
        &button,
        &[
            ("2026-03-05", json!("2026-03-05")),
            ("5 March 2026", json!("2026-03-05")),
            ("tomorrow", json!("2026-03-05")),
        ],
    );
    rejects(
        &button,
        &[
            ("2026-02-30", Reason::PatternMismatch),
            ("Y", Reason::PatternMismatch),
            ("yes", Reason::PatternMismatch),
            ("1 May 1850", Reason::PatternMismatch),
        ],
    );
}
