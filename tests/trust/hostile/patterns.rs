//! Patterns of forms that would keep a backtracking engine busy for ever. That these tests end is
//! one half of what they show; the other is what the engine says it did.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use shipmate::{
    form::{Context, Input, Locale, Progress, Questionnaire, Reason, Reply, Warning},
    web1on1::Form,
};

/// The longest answer that is held against a pattern, in characters.
const LONGEST: usize = 4_000;

/// What becomes of the longest answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The engine decides, in steps that grow with the length only.
    Decided,
    /// The engine gives up after as many steps as it may take, and the form's owner is told.
    GivenUp,
    /// The pattern is not used, and the form's owner is told.
    Unused,
}

use End::{Decided, GivenUp, Unused};

/// Pattern, what the answer consists of, and what it ends with.
const EVIL: &[(&str, &str, &str, End)] = &[
    (r"(a+)+$", "a", "!", Decided),
    (r"([a-zA-Z]+)*$", "a", "!", Decided),
    (r"(a|aa)+$", "a", "!", Decided),
    (r"(a|a?)+$", "a", "!", Decided),
    (r"(.*a){20}", "a", "!", Decided),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a", "", Decided),
    (r"(x+x+)+y", "x", "", Decided),
    (r"(\d+)*\D", "1", "", Decided),
    (r"(\W+)+\s!", "-", "x", Decided),
    (r"((a*)*)*b", "a", "", Decided),
    (r"(a|b|ab)*c", "ab", "", Decided),
    (r"(\w+\s?)*$", "a", "!", Decided),
    (r"([\w\-.]+)+@", "a", "", Decided),
    (r"(?:[^<]+|<[^>]*>)*$", "<", "!", Decided),
    (r"(.+)+\1x", "a", "", Decided),
    (r"(a|aa)+\1?$", "a", "!", GivenUp),
    (r"(?:(?=.*b)a|a)+c", "a", "b", GivenUp),
    (r"(.*)(.*)(.*)\1\2\3x", "a", "", GivenUp),
    (r"(?=(a+))a*b\1", "a", "", Decided),
    (r"(?!.*(a+)+b)a*c", "a", "", Decided),
    (r"(?<=a)(a|aa)*b", "a", "", Decided),
    (
        r"^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?:.|.)*!$",
        "a",
        "",
        Decided,
    ),
    (r"(a*)*\1b", "a", "", GivenUp),
    (r"(?:(a)|(aa)|(aaa))+\1\2\3b", "a", "", GivenUp),
    (r"(?<q>a+)+\k<q>b", "a", "", Decided),
    (r"((?=a)a|a)*(?=b)c", "a", "", GivenUp),
    (r"(?:a?){2000}a{2000}", "a", "!", Decided),
    (r"(?=((a{1000}){1000}){1000})b", "a", "", Unused),
    (r"(\p{L}{1000}){1000}", "a", "", Unused),
    (r"((a{1000}){1000}){1000}", "a", "", Unused),
    (r"(?:(?!ab)(?:a|.))*\Bz", "a", "", Decided),
    (r"(a(?=a*))*b", "a", "", Decided),
    (r"^(\w+\W?)*(?<!x)$", "a", "!x", GivenUp),
    (r"(?:\ba*\b|a)*b", "a", "", GivenUp),
];

/// What becomes of `answer` to a question with this pattern.
fn answer(pattern: &str, answer: &str) -> (Reply, Vec<Warning>) {
    let form: Form = serde_json::from_value(json!({
        "id": "5656f3ca42fc302027eba5c6",
        "name": "Evil",
        "fields": [
            {"name": "f", "label": "Say it", "type": "text", "pattern": pattern, "maxlength": 20_000},
        ],
    }))
    .unwrap();
    let questionnaire = Questionnaire::from_form(&form);
    let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
    let reply = questionnaire.answer(&mut Progress::default(), &Input::text(answer), &context);
    (reply, questionnaire.warnings().to_vec())
}

fn end_of(pattern: &str, text: &str) -> End {
    let (reply, warnings) = answer(pattern, text);
    let is_broken = |warning: &Warning| matches!(warning, Warning::BrokenPattern { .. });
    if warnings.iter().any(is_broken) {
        return Unused;
    }
    match reply {
        Reply::Rejected {
            reason: Reason::PatternMismatch,
            warning: Some(Warning::CostlyPattern { .. }),
            ..
        } => GivenUp,
        Reply::Rejected {
            reason: Reason::PatternMismatch,
            warning: None,
            ..
        }
        | Reply::Accepted { .. } => Decided,
        other => panic!("{pattern}: {other:?}"),
    }
}

#[test]
fn an_evil_pattern_ends_within_the_bound_of_the_engine() {
    let ends = EVIL.iter().map(|(pattern, unit, end, _)| {
        let text: String = unit.chars().cycle().take(LONGEST - end.len()).collect();
        (*pattern, end_of(pattern, &(text + end)))
    });
    let expected: Vec<_> = EVIL
        .iter()
        .map(|(pattern, .., end)| (*pattern, *end))
        .collect();
    assert_eq!(ends.collect::<Vec<_>>(), expected);
}

#[test]
fn a_longer_answer_is_not_even_held_against_the_pattern() {
    for (pattern, unit, ..) in EVIL.iter().filter(|(.., end)| *end != Unused) {
        let text: String = unit.chars().cycle().take(10_000).collect();
        let (reply, _) = answer(pattern, &text);
        let is_too_long = matches!(
            reply,
            Reply::Rejected {
                reason: Reason::TooLong,
                warning: None,
                ..
            }
        );
        assert!(is_too_long, "{pattern}: {reply:?}");
    }
}
