//! For every type of field: answers made from a value are taken as that value, and answers made to
//! be wrong are refused for the right reason.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{context, questionnaire};
use crate::form::{Context, Input, Locale, Progress, Reason, Reply, texts::Texts};

/// What a message does to a form of one field.
fn reply(field: &Value, text: &str, locale: Locale) -> Reply {
    let context = Context {
        country: Some("NL".to_owned()),
        ..context(locale)
    };
    let form = questionnaire(json!([field]));
    form.answer(&mut Progress::default(), &Input::text(text), &context)
}

fn takes(field: &Value, text: &str, locale: Locale, expected: &Value) -> Result<(), TestCaseError> {
    match reply(field, text, locale) {
        Reply::Accepted { value, .. } => {
            prop_assert_eq!(&value, expected, "{:?} in {:?}", text, locale);
        }
        other => prop_assert!(false, "{:?} in {:?} gave {:?}", text, locale, other),
    }
    Ok(())
}

fn refuses(
    field: &Value,
    text: &str,
    locale: Locale,
    expected: Reason,
) -> Result<(), TestCaseError> {
    match reply(field, text, locale) {
        Reply::Rejected { reason, .. } => {
            prop_assert_eq!(reason, expected, "{:?} in {:?}", text, locale);
        }
        other => prop_assert!(false, "{:?} in {:?} gave {:?}", text, locale, other),
    }
    Ok(())
}

fn field(kind: &str, more: &Value) -> Value {
    let mut field = json!({"name": "f", "label": "F", "type": kind, "required": true});
    let more = more.as_object().unwrap().clone();
    field.as_object_mut().unwrap().extend(more);
    field
}

fn locales() -> impl Strategy<Value = Locale> {
    prop::sample::select(Locale::ALL.to_vec())
}

fn dates() -> impl Strategy<Value = Date> {
    (0..20_000_i32).prop_map(|days| date(1990, 1, 1).saturating_add(days.days()))
}

/// A date as people write it.
fn written(day: Date, locale: Locale, style: u8) -> String {
    let month = usize::try_from(day.month() - 1).unwrap();
    let name = Texts::of(locale).words.months[month][0];
    let (year, number, month) = (day.year(), day.day(), day.month());
    match style % 5 {
        0 => format!("{year}-{month:02}-{number:02}"),
        1 => format!("{number}-{month}-{year}"),
        2 => format!("{number}/{month}/{year}"),
        3 => format!("{number} {name} {year}"),
        _ => format!("  {number:02}.{month:02}.{year} "),
    }
}

/// A number as people of a language write it.
fn spelled(units: i64, hundredths: i64, grouped: bool, locale: Locale) -> String {
    let texts = Texts::of(locale);
    let digits = units.abs().to_string();
    let mut whole = String::new();
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len() - index;
        if grouped && index > 0 && left.is_multiple_of(3) {
            whole.push(texts.thousands_mark.unwrap_or(' '));
        }
        whole.push(digit);
    }
    let sign = if units < 0 { "-" } else { "" };
    match hundredths {
        0 => format!("{sign}{whole}"),
        some => format!("{sign}{whole}{}{some:02}", texts.decimal_mark),
    }
}

proptest! {
    #[test]
    fn texts(words in prop::collection::vec("[A-Za-zÀ-ÿ0-9]{2,9}", 1..6), locale in locales()) {
        let text = words.join(" ");
        // Words with a meaning of their own are tested elsewhere.
        let is_word = Texts::all().any(|texts| {
            let words = [texts.words.skip, texts.words.back, texts.words.help, texts.words.human, texts.words.cancel];
            words.iter().any(|list| list.contains(&super::super::fold::fold_answer(&text).as_str()))
        });
        prop_assume!(!is_word);
        for kind in ["text", "search", "textarea"] {
            takes(&field(kind, &json!({})), &format!(" {text}\u{200b} "), locale, &json!(text))?;
        }
        let long = field("text", &json!({"maxlength": text.encode_utf16().count() - 1}));
        refuses(&long, &text, locale, Reason::TooLong)?;
        let short = field("text", &json!({"minlength": text.encode_utf16().count() + 1}));
        refuses(&short, &text, locale, Reason::TooShort)?;
        let digits = field("text", &json!({"pattern": "[0-9]{30}"}));
        refuses(&digits, &text, locale, Reason::PatternMismatch)?;
    }

    #[test]
    fn addresses(local in "[a-z0-9][a-z0-9.+_-]{0,12}", host in "[a-z][a-z0-9]{0,9}", end in "[a-z]{2,6}", locale in locales()) {
        let email = format!("{local}@{host}.{end}");
        takes(&field("email", &json!({})), &format!(" {email} "), locale, &json!(email))?;
        refuses(&field("email", &json!({})), &format!("{local} at {host}.{end}"), locale, Reason::TypeMismatch)?;
        refuses(&field("email", &json!({})), &format!("{email}@{host}"), locale, Reason::TypeMismatch)?;
        for kind in ["url", "file"] {
            let url = format!("https://{host}.{end}/{local}");
            takes(&field(kind, &json!({})), &url, locale, &json!(url))?;
            refuses(&field(kind, &json!({})), &format!("javascript:{host}"), locale, Reason::TypeMismatch)?;
            refuses(&field(kind, &json!({})), &format!("https://{local}@{host}.{end}/x y"), locale, Reason::TypeMismatch)?;
        }
    }

    #[test]
    fn telephone_numbers(subscriber in 10_000_000..59_999_999_u32, style in 0..6_u8, locale in locales()) {
        let digits = subscriber.to_string();
        let text = match style {
            0 => format!("06{digits}"),
            1 => format!("06 {} {}", &digits[..4], &digits[4..]),
            2 => format!("+31 6 {digits}"),
            3 => format!("+31 (0)6-{digits}"),
            4 => format!("00316{digits}"),
            _ => format!("(06) {}.{}", &digits[..2], &digits[2..]),
        };
        let expected = json!(format!("+316{digits}"));
        takes(&field("tel", &json!({})), &text, locale, &expected)?;
        refuses(&field("tel", &json!({})), &format!("{text}12345"), locale, Reason::TypeMismatch)?;
        refuses(&field("tel", &json!({})), &format!("call {text}"), locale, Reason::TypeMismatch)?;
    }

    #[test]
    fn numbers(units in -999_999..999_999_i64, hundredths in 0..100_i64, grouped: bool, locale in locales()) {
        let text = spelled(units, hundredths, grouped, locale);
        let expected = match hundredths {
            0 => json!(units),
            _ if units == 0 => json!(format!("0.{hundredths:02}").parse::<f64>().unwrap()),
            _ => json!(format!("{units}.{hundredths:02}").parse::<f64>().unwrap()),
        };
        takes(&field("number", &json!({})), &text, locale, &expected)?;
        refuses(&field("number", &json!({"min": units + 1})), &text, locale, Reason::RangeUnderflow)?;
        refuses(&field("number", &json!({"max": units - 1})), &text, locale, Reason::RangeOverflow)?;
        refuses(&field("range", &json!({"min": 1_000_000, "max": 2_000_000})), &text, locale, Reason::RangeUnderflow)?;
        if hundredths != 0 {
            refuses(&field("number", &json!({"step": 1})), &text, locale, Reason::StepMismatch)?;
        }
        refuses(&field("number", &json!({})), &format!("{text} or so"), locale, Reason::BadInput)?;
    }

    #[test]
    fn days(day in dates(), style: u8, locale in locales()) {
        let text = written(day, locale, style);
        takes(&field("date", &json!({})), &text, locale, &json!(day.to_string()))?;
        let (before, after) = (day.saturating_sub(1.day()), day.saturating_add(1.day()));
        refuses(&field("date", &json!({"min": after.to_string()})), &text, locale, Reason::RangeUnderflow)?;
        refuses(&field("date", &json!({"max": before.to_string()})), &text, locale, Reason::RangeOverflow)?;
        refuses(&field("date", &json!({})), &format!("30-2-{}", day.year()), locale, Reason::BadInput)?;
        let month = format!("{:04}-{:02}", day.year(), day.month());
        let name = Texts::of(locale).words.months[usize::try_from(day.month() - 1).unwrap()][0];
        takes(&field("month", &json!({})), &format!("{name} {}", day.year()), locale, &json!(month))?;
        takes(&field("month", &json!({})), &format!("{}/{}", day.month(), day.year()), locale, &json!(month))?;
        refuses(&field("month", &json!({})), &format!("13/{}", day.year()), locale, Reason::BadInput)?;
        let week = day.iso_week_date();
        let value = json!(format!("{:04}-W{:02}", week.year(), week.week()));
        takes(&field("week", &json!({})), &format!("week {} {}", week.week(), week.year()), locale, &value)?;
        refuses(&field("week", &json!({})), &format!("week 54 {}", week.year()), locale, Reason::BadInput)?;
    }

    #[test]
    fn times(hour in 0..24_i8, minute in 0..60_i8, day in dates(), style: u8, locale in locales()) {
        let value = format!("{hour:02}:{minute:02}");
        let text = match style % 3 {
            0 => value.clone(),
            1 => format!("{hour}.{minute:02}"),
            _ => format!("{hour}h{minute:02}"),
        };
        takes(&field("time", &json!({})), &text, locale, &json!(value))?;
        refuses(&field("time", &json!({})), &format!("24:{minute:02}:99"), locale, Reason::BadInput)?;
        let both = format!("{} {value}", written(day, locale, style));
        let moment = format!("{day}T{value}");
        takes(&field("datetime-local", &json!({})), &both, locale, &json!(moment))?;
        refuses(&field("datetime-local", &json!({})), &value, locale, Reason::BadInput)?;
    }

    #[test]
    fn colors(red: u8, green: u8, blue: u8, hash: bool, locale in locales()) {
        let value = format!("#{red:02x}{green:02x}{blue:02x}");
        let text = if hash { value.to_uppercase() } else { value[1..].to_owned() };
        takes(&field("color", &json!({})), &text, locale, &json!(value))?;
        refuses(&field("color", &json!({})), &format!("{text}f"), locale, Reason::TypeMismatch)?;
    }

    #[test]
    fn yes_and_no(yes: bool, index in 0..20_usize, locale in locales()) {
        let words = &Texts::of(locale).words;
        let words = if yes { words.yes } else { words.no };
        let word = words[index % words.len()];
        takes(&field("checkbox", &json!({})), &format!("{word}!"), locale, &json!(yes))?;
        refuses(&field("checkbox", &json!({})), "perhaps", locale, Reason::BadInput)?;
    }

    #[test]
    fn choices(labels in prop::collection::btree_set("[b-df-hj-np-tv-z]{6,9}", 2..8), which in 0..8_usize, style: u8, locale in locales()) {
        let labels: Vec<String> = labels.into_iter().collect();
        let options: Vec<Value> = labels.iter().enumerate().map(|(index, label)| json!({"key": format!("key-{index}"), "value": label})).collect();
        let index = which % labels.len();
        let label = &labels[index];
        let text = match style % 4 {
            0 => label.to_uppercase(),
            1 => (index + 1).to_string(),
            2 => format!("{}.", index + 1),
            _ => format!("key-{index}"),
        };
        let key = format!("key-{index}");
        for kind in ["select", "radio", "button"] {
            let field = field(kind, &json!({"options": options}));
            takes(&field, &text, locale, &json!(key))?;
            refuses(&field, "a e i o u", locale, Reason::NotAnOption)?;
            refuses(&field, &(labels.len() + 1).to_string(), locale, Reason::NotAnOption)?;
        }
        let several = field("checkbox", &json!({"options": options}));
        takes(&several, &text, locale, &json!([key]))?;
        let all: Vec<String> = (0..labels.len()).map(|index| format!("key-{index}")).collect();
        takes(&several, &labels.iter().rev().cloned().collect::<Vec<_>>().join(", "), locale, &json!(all))?;
        refuses(&several, &format!("{label}, a e i o u"), locale, Reason::NotAnOption)?;
    }

    #[test]
    fn a_slip_of_the_finger_is_forgiven_where_it_is_clear_what_was_meant(
        labels in prop::collection::btree_set("[a-z]{6,9}", 1..6), which in 0..6_usize, at in 1..6_usize, letter in "[a-z]",
    ) {
        let labels: Vec<String> = labels.into_iter().collect();
        let label = &labels[which % labels.len()];
        let mut mistyped = label.clone();
        mistyped.replace_range(at..=at, &letter);
        let near = labels.iter().filter(|other| strsim::damerau_levenshtein(other, &mistyped) <= 2).count();
        prop_assume!(near == 1 && !labels.iter().any(|other| other != label && other.starts_with(&mistyped)));
        let options: Vec<Value> = labels.iter().map(|label| json!({"key": format!("{label}-key"), "value": label})).collect();
        let field = field("radio", &json!({"options": options}));
        takes(&field, &mistyped, Locale::En, &json!(format!("{label}-key")))?;
    }
}

#[test]
fn what_has_no_place_in_a_chat_is_never_asked() {
    for kind in ["password", "hidden", "image", "reset", "submit"] {
        let form = questionnaire(json!([field(kind, &json!({}))]));
        assert!(form.questions().is_empty(), "{kind}");
    }
}
