//! Conditions over answers, as an author writes them: `score <= 6 and contact is yes`.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde_json::Value;
pub use shipmate_condition::ConditionError;
pub(super) use shipmate_condition::{How, Test};

use super::{decimal::Decimal, fold::fold_answer};

/// When a question is relevant, or a rule applies.
///
/// ```
/// use shipmate::form::Condition;
///
/// let condition: Condition = "score <= 6 or (topic in [price, 'after sales'] and not member is yes)".parse()?;
/// assert_eq!(condition.fields(), ["score", "topic", "member"]);
/// let error = "score >".parse::<Condition>().unwrap_err();
/// assert_eq!(error.to_string(), "column 8: a value is missing after `>`");
/// # Ok::<(), shipmate::form::ConditionError>(())
/// ```
///
/// | written | holds if |
/// |---|---|
/// | `x is 3`, `x = 3` | the answer is 3; of several choices: one of them is |
/// | `x is not 3`, `x != 3` | there is an answer, and it is not 3 |
/// | `x < 3`, `<=`, `>`, `>=` | the answer is a number below 3 (dates and times compare likewise) |
/// | `x in [1, 2]` | the answer is one of these |
/// | `x has red` | the same as `x is red`, for several choices |
/// | `x is answered` | there is an answer |
/// | `not …`, `… and …`, `… or …`, `( … )` | as usual; `and` binds closer than `or` |
///
/// A comparison with a question that has no answer, because it was skipped or is not relevant,
/// does not hold, whatever it compares. A value with blanks stands in quotes; `yes` and `no` are
/// the answers of a question that takes those.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub(super) test: Test,
}

impl Condition {
    /// The fields it is about, each once, in the order in which they occur.
    pub fn fields(&self) -> Vec<&str> {
        self.test.fields()
    }

    /// Whether it holds for these answers.
    pub fn holds<'a>(&self, answer: impl Fn(&str) -> Option<&'a Value>) -> bool {
        holds(&self.test, &answer)
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        text.parse().map(|test| Self { test })
    }
}

pub(super) fn holds<'a>(test: &Test, answer: &impl Fn(&str) -> Option<&'a Value>) -> bool {
    match test {
        Test::All(tests) => tests.iter().all(|test| holds(test, answer)),
        Test::Any(tests) => tests.iter().any(|test| holds(test, answer)),
        Test::Not(test) => !holds(test, answer),
        Test::Answered(field) => answer(field).is_some(),
        Test::Compare { field, how, with } => {
            answer(field).is_some_and(|value| compares(value, *how, with))
        }
        Test::OneOf { field, values } => {
            answer(field).is_some_and(|value| values.iter().any(|with| is(value, with)))
        }
    }
}

/// Whether an answer compares so with a value of a condition.
pub(super) fn compares(value: &Value, how: How, with: &str) -> bool {
    let order = || order(value, with);
    match how {
        How::Is => is(value, with),
        How::IsNot => !is(value, with),
        How::Less => order().is_some_and(Ordering::is_lt),
        How::AtMost => order().is_some_and(Ordering::is_le),
        How::More => order().is_some_and(Ordering::is_gt),
        How::AtLeast => order().is_some_and(Ordering::is_ge),
    }
}

fn is(value: &Value, with: &str) -> bool {
    match value {
        Value::Bool(yes) => {
            let words: [&str; 2] = if *yes {
                ["yes", "true"]
            } else {
                ["no", "false"]
            };
            words.contains(&fold_answer(with).as_str())
        }
        Value::Array(values) => values.iter().any(|value| is(value, with)),
        Value::String(text) => {
            order(value, with) == Some(Ordering::Equal) || fold_answer(text) == fold_answer(with)
        }
        _ => order(value, with) == Some(Ordering::Equal),
    }
}

/// Numbers by their value, everything else that is a text by its letters: that is the order of
/// dates and times in ISO 8601.
fn order(value: &Value, with: &str) -> Option<Ordering> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    match (Decimal::parse(&text), Decimal::parse(with)) {
        (Some(number), Some(with)) => number.partial_cmp(&with),
        _ if value.is_number() => None,
        _ => Some(text.as_str().cmp(with)),
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.test.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn condition(text: &str) -> Condition {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn holds(text: &str, answers: &Value) -> bool {
        condition(text).holds(|field| answers.get(field))
    }

    #[test]
    fn it_compares_by_meaning() {
        let answers = json!({
            "score": 6, "topic": "After sales", "member": false, "colors": ["red", "blue"],
            "day": "2026-03-04", "half": 2.5, "code": "007",
        });
        for yes in [
            "score = 6",
            "score is 6.0",
            "score <= 6",
            "score >= 6",
            "score > 5.9",
            "not score > 6",
            "topic is 'after sales'",
            "topic in [price, \"AFTER SALES\"]",
            "member is no",
            "member = false",
            "colors has red",
            "colors is blue",
            "colors in [green, blue]",
            "day < 2026-10-01",
            "day >= 2026-03-04",
            "half > 2",
            "code is 7",
            "score is not 7",
            "score is answered",
            "score = 1 or score = 6 and half > 1",
            "(score = 1 or score = 6) and half > 1",
            "score > 0 AND NOT member IS yes",
            "colors is not green",
        ] {
            assert!(holds(yes, &answers), "{yes}");
        }
        for no in [
            "score is 7",
            "score < 6",
            "topic is sales",
            "member is yes",
            "colors has green",
            "day > 2026-10-01",
            "score is not 6",
            "topic > 3 and topic < 1",
            "score < many",
            "not score is answered",
            "score = 6 and half > 3 or member is yes",
        ] {
            assert!(!holds(no, &answers), "{no}");
        }
    }

    #[test]
    fn nothing_is_true_of_an_answer_that_is_not_there() {
        for text in [
            "x is 1",
            "x is not 1",
            "x < 1",
            "x in [1]",
            "x is answered",
            "x has a",
        ] {
            assert!(!holds(text, &json!({})), "{text}");
            assert!(holds(&format!("not {text}"), &json!({})), "{text}");
        }
    }

    #[test]
    fn errors_point_at_the_place() {
        for (text, told) in [
            (
                "",
                "column 1: a condition is missing; for example `score <= 6`",
            ),
            (
                "score",
                "column 6: a comparison is missing after `score`; for example `score is 1`",
            ),
            ("score <= ", "column 10: a value is missing after `<=`"),
            (
                "score <= 6 and",
                "column 15: a condition is missing; for example `score <= 6`",
            ),
            (
                "score <= 6 contact is yes",
                "column 12: `contact` is unexpected here; join conditions with `and` or `or`",
            ),
            ("(score = 1", "column 11: `)` is missing"),
            (
                "score in 1, 2",
                "column 10: a list such as [1, 2] is missing after `in`",
            ),
            ("score in [1, 2", "column 15: `]` is missing"),
            ("name is 'Ann", "column 9: the quote is not closed"),
            (
                "score = 6 ; drop",
                "column 11: `;` is not part of a condition",
            ),
            (
                "= 6",
                "column 1: the name of a question is missing before `=`",
            ),
        ] {
            assert_eq!(
                text.parse::<Condition>().unwrap_err().to_string(),
                told,
                "{text}"
            );
        }
        let deep = "(".repeat(5_000);
        assert!(
            deep.parse::<Condition>()
                .unwrap_err()
                .problem
                .contains("nested")
        );
    }

    fn any_test() -> impl Strategy<Value = Test> {
        let field = || prop::sample::select(vec!["a", "b", "c-d", "e.f"]).prop_map(str::to_owned);
        let value = || {
            prop::sample::select(vec!["1", "2.5", "yes", "it's", "two words", "é", "is", ""])
                .prop_map(str::to_owned)
        };
        let how = prop::sample::select(vec![
            How::Is,
            How::IsNot,
            How::Less,
            How::AtMost,
            How::More,
            How::AtLeast,
        ]);
        let leaf = prop_oneof![
            field().prop_map(Test::Answered),
            (field(), how, value()).prop_map(|(field, how, with)| Test::Compare {
                field,
                how,
                with
            }),
            (field(), prop::collection::vec(value(), 1..4))
                .prop_map(|(field, values)| Test::OneOf { field, values }),
        ];
        leaf.prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Test::All),
                prop::collection::vec(inner.clone(), 2..4).prop_map(Test::Any),
                inner.prop_map(|test| Test::Not(Box::new(test))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again_with_the_same_meaning(
            test in any_test(),
            answers in prop::collection::btree_map("[ab]|c-d|e[.]f", prop::sample::select(vec![json!(1), json!(2.5), json!(true), json!("it's"), json!(["1", "é"])]), 0..4),
        ) {
            let condition = Condition { test };
            let again: Condition = condition.to_string().parse().unwrap();
            let answers: BTreeMap<String, Value> = answers;
            prop_assert_eq!(
                condition.holds(|field| answers.get(field)),
                again.holds(|field| answers.get(field)),
                "{}", condition
            );
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}", words in prop::collection::vec(prop::sample::select(vec!["a", "is", "not", "and", "or", "(", ")", "[", "]", ",", "<=", "'x y'", "in", "has", "answered", "7"]), 0..12)) {
            let _ = text.parse::<Condition>();
            let _ = words.join(" ").parse::<Condition>();
        }
    }
}
