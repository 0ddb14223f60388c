//! Conditions that name questions.

use super::{
    super::{
        Choice, Condition, Kind, Question,
        condition::{self, How, Test},
        decimal::Decimal,
        moment, nearest,
    },
    finding::Findings,
};

/// What a condition may look at.
pub(super) struct Scope<'a> {
    /// The questions before it.
    pub(super) before: &'a [Question],
    /// The names of all questions.
    pub(super) names: &'a [String],
    /// The names of questions that are asked by row.
    pub(super) by_row: &'a [String],
}

/// Reads a condition at `path`, if all that it names is there to be looked at.
pub(super) fn read(
    text: &str,
    path: &str,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) -> Option<Condition> {
    let condition: Condition = match text.parse() {
        Ok(condition) => condition,
        Err(error) => {
            findings.error_inside(path, error.column, |is_placed| {
                let problem = if is_placed {
                    error.problem.clone()
                } else {
                    error.to_string()
                };
                format!("the condition cannot be read: {problem}")
            });
            return None;
        }
    };
    let problems = problems(&condition, scope);
    for (word, problem) in &problems {
        let column = shipmate_condition::place_of(word, text).unwrap_or(1);
        findings.error_inside(path, column, |_| problem.clone());
    }
    problems.is_empty().then_some(condition)
}

/// What a condition says of questions that it cannot say: the word, and why.
fn problems(condition: &Condition, scope: &Scope<'_>) -> Vec<(String, String)> {
    let unknown = condition.fields().into_iter().filter_map(|field| {
        let is_known = scope.before.iter().any(|question| question.name == field);
        (!is_known).then(|| (field.to_owned(), unknown_field(field, scope)))
    });
    let mut problems: Vec<_> = unknown.collect();
    condition.test.visit(&mut |test| {
        let (field, how, values) = match test {
            Test::Compare { field, how, with } => (field, *how, std::slice::from_ref(with)),
            Test::OneOf { field, values } => (field, How::Is, values.as_slice()),
            _ => return,
        };
        let question = scope.before.iter().find(|question| question.name == *field);
        let Some(question) = question else { return };
        let unfit = values
            .iter()
            .filter_map(|value| Some((value.clone(), unfit(question, how, value)?)));
        problems.extend(unfit);
    });
    problems
}

fn unknown_field(field: &str, scope: &Scope<'_>) -> String {
    if scope.by_row.iter().any(|name| name == field) {
        return format!(
            "`{field}` is asked by row; name a row, such as `{field}_…`, with the row's key"
        );
    }
    if scope.names.iter().any(|name| name == field) {
        return format!(
            "`{field}` is not asked before this; a condition can only look back, so ask `{field}` earlier"
        );
    }
    let names = scope.before.iter().map(|question| question.name.as_str());
    match nearest::nearest(field, names) {
        Some(nearest) => format!("there is no question `{field}`; did you mean `{nearest}`?"),
        None => format!("there is no question `{field}`; name one that is asked before this"),
    }
}

/// Why no answer to a question can ever compare with a value.
fn unfit(question: &Question, how: How, value: &str) -> Option<String> {
    let name = &question.name;
    let is_number = || Decimal::parse(value).is_some();
    match question.kind {
        Kind::OneOf | Kind::SeveralOf | Kind::Ranking if !how.is_order() => {
            no_option(question, value)
        }
        Kind::SeveralOf | Kind::Ranking | Kind::YesNo if how.is_order() => Some(format!(
            "answers to `{name}` have no order; compare with `is` or `has`"
        )),
        Kind::YesNo => {
            let fits = [true, false]
                .iter()
                .any(|yes| condition::compares(&(*yes).into(), How::Is, value));
            (!fits).then(|| format!("`{name}` is answered with yes or no; write `{name} is yes`"))
        }
        Kind::Number | Kind::Scale { .. } => (!is_number())
            .then(|| format!("`{name}` is a number, which `{value}` is not; write a number")),
        Kind::Moment(what) => moment::read_attribute(what, value).is_none().then(|| {
            format!(
                "`{value}` is not what `{name}` asks for; write it in ISO 8601, such as {}",
                what.example()
            )
        }),
        _ => None,
    }
}

fn no_option(question: &Question, value: &str) -> Option<String> {
    let keys = || question.choices.iter().map(Choice::key);
    let is_key = |key: &str| condition::compares(&key.into(), How::Is, value);
    if keys().any(is_key) {
        return None;
    }
    let name = &question.name;
    let keys: Vec<&str> = keys().collect();
    let advice = nearest::advice(value, &keys);
    Some(format!("`{name}` has no option `{value}`; {advice}"))
}
