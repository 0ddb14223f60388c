//! `min`, `max` and `step`.

use proc_macro2::{Span, TokenTree};
use syn::{Error, Lit, Result, Token, meta::ParseNestedMeta, parse::ParseStream};

use super::{
    kind::{Holds, Kind, Whole},
    moment,
};

/// A limit as it is written.
#[derive(Clone)]
pub(super) struct Limit {
    pub(super) name: &'static str,
    pub(super) value: String,
    span: Span,
}

impl Limit {
    /// A number, or a date or time as text.
    pub(super) fn read(name: &'static str, meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let value = meta.value()?;
        let is_negative = value.parse::<Option<Token![-]>>()?.is_some();
        let sign = if is_negative { "-" } else { "" };
        let literal: Lit = value.parse()?;
        let written = match &literal {
            Lit::Int(_) | Lit::Float(_) if is_moment(value) => {
                return Err(without_quotes(name, &literal, value));
            }
            Lit::Int(number) => format!("{sign}{}", number.base10_digits()),
            Lit::Float(number) => format!("{sign}{}", number.base10_digits()),
            Lit::Str(text) if !is_negative => text.value(),
            _ => {
                let problem = "write a number, or a date or time such as \"2026-03-04\"";
                return Err(Error::new_spanned(literal, problem));
            }
        };
        Ok(Self {
            name,
            value: written,
            span: literal.span(),
        })
    }

    /// What an integer type sets by itself.
    pub(super) fn of_type(name: &'static str, value: &str) -> Self {
        Self {
            name,
            value: value.to_owned(),
            span: Span::call_site(),
        }
    }

    fn problem(&self, kind: &Kind, holds: Holds) -> Option<String> {
        if let Some(example) = moment::example(kind.word) {
            return self.problem_of_moment(kind, example);
        }
        match holds {
            _ if kind.word == "scale" => self.problem_of_end(),
            Holds::Whole(whole) if kind.is_number() => self.problem_of_whole(whole),
            _ if kind.is_number() && self.number().is_none() => Some(format!(
                "`{}` cannot be read from `{}`; write a number",
                self.name, self.value
            )),
            _ => None,
        }
    }

    /// What begins with a digit is a date or a time. What else there may be is known to `shipmate`
    /// alone, which tells of it when the survey is made.
    fn problem_of_moment(&self, kind: &Kind, example: &str) -> Option<String> {
        let is_wrong = self.value.starts_with(|c: char| c.is_ascii_digit())
            && !moment::is_written(kind.word, &self.value);
        is_wrong.then(|| {
            format!(
                "`{}` cannot be read from `{}`; write it in ISO 8601, such as \"{example}\"",
                self.name, self.value
            )
        })
    }

    fn problem_of_end(&self) -> Option<String> {
        self.value.parse::<u8>().is_err().then(|| {
            format!(
                "a scale cannot have `{}` as its end; write a whole number from 0 to 255",
                self.value
            )
        })
    }

    /// An answer that is accepted must fit into the type.
    fn problem_of_whole(&self, whole: &Whole) -> Option<String> {
        let Self { name, value, .. } = self;
        let Ok(number) = value.parse::<i128>() else {
            return Some(format!(
                "`{name}` is `{value}`, but `{}` holds whole numbers; write one, or make the field `f64`",
                whole.name
            ));
        };
        let end = |end: Option<&str>| end.and_then(|end| end.parse::<i128>().ok());
        let is_outside = end(whole.min).is_some_and(|min| number < min)
            || end(whole.max).is_some_and(|max| number > max);
        (is_outside && *name != "step").then(|| {
            format!(
                "`{}` cannot hold `{value}`; make the field a larger integer",
                whole.name
            )
        })
    }

    fn number(&self) -> Option<f64> {
        self.value
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    }

    /// Whether it is surely above another one.
    fn is_above(&self, other: &Self, kind: &Kind) -> bool {
        if moment::example(kind.word).is_some() {
            let are_written =
                [self, other].map(|limit| moment::is_written(kind.word, &limit.value));
            // ISO 8601 compares as text.
            return are_written == [true; 2] && self.value > other.value;
        }
        matches!((self.number(), other.number()), (Some(one), Some(other)) if one > other)
    }
}

/// Complains of the first limit that could not be meant.
pub(super) fn check(limits: &[Limit], kind: &Kind, holds: Holds) -> Result<()> {
    for limit in limits {
        if let Some(problem) = limit.problem(kind, holds) {
            return Err(Error::new(limit.span, problem));
        }
    }
    let called = |name: &str| limits.iter().find(|limit| limit.name == name);
    match (called("min"), called("max")) {
        (Some(min), Some(max)) if min.is_above(max, kind) => {
            let problem = "`max` is below `min`, so nothing could be answered; swap them";
            Err(Error::new(max.span, problem))
        }
        _ => Ok(()),
    }
}

/// Whether a number goes on as a date or a time does.
fn is_moment(rest: ParseStream<'_>) -> bool {
    rest.peek(Token![-]) || rest.peek(Token![:])
}

/// `min = 2026-01-01`, as it would be right in TOML.
fn without_quotes(name: &str, first: &Lit, rest: ParseStream<'_>) -> Error {
    let mut written = quote::ToTokens::to_token_stream(first).to_string();
    while !rest.is_empty() && !rest.peek(Token![,]) {
        match rest.parse::<TokenTree>() {
            Ok(part) => written.push_str(&part.to_string()),
            Err(error) => return error,
        }
    }
    let problem = format!("a date or time stands in quotes; write `{name} = \"{written}\"`");
    Error::new_spanned(first, problem)
}
