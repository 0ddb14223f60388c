//! One question: what it asks for and what counts as an answer.

use super::{
    choice::Choice,
    decimal::Decimal,
    moment::Moment,
    pattern::{self, Pattern},
};

/// In characters. More than anybody writes in a chat; a message beyond it is not an answer.
pub(super) const LONGEST_ANSWER: usize = 10_000;

/// A question of a [`Questionnaire`](super::Questionnaire).
#[derive(Debug, Clone)]
pub struct Question {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) choices: Vec<Choice>,
    pub(super) rules: Rules,
}

/// What a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A line of text. Choices, if any, are suggestions.
    Text,
    /// Several lines of text.
    Lines,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Tel,
    /// An address of the web.
    Url,
    /// A file, given by its address: that is how the platform passes on what consumers send.
    File,
    /// A number.
    Number,
    /// A date, time, month or week.
    Moment(Moment),
    /// A color as `#rrggbb`.
    Color,
    /// Yes or no.
    YesNo,
    /// One of the choices.
    OneOf,
    /// One or more of the choices.
    SeveralOf,
}

/// The rules an answer is checked against. Each kind of question uses its own part of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    pub(super) pattern: Option<Pattern>,
    /// In UTF-16 code units, as HTML counts.
    pub(super) length: Bounds<usize>,
    pub(super) number: Bounds<Decimal>,
    pub(super) step: Option<Decimal>,
    /// In ISO 8601, which compares as text.
    pub(super) moment: Bounds<String>,
    /// The text stands for a date, so that one may also be given in other words.
    pub(super) stands_for_date: bool,
}

/// The least and the most that are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bounds<T> {
    pub(super) min: Option<T>,
    pub(super) max: Option<T>,
}

impl<T> Default for Bounds<T> {
    fn default() -> Self {
        Self {
            min: None,
            max: None,
        }
    }
}

impl<T: PartialOrd> Bounds<T> {
    pub(super) fn is_below(&self, value: &T) -> bool {
        self.min.as_ref().is_some_and(|min| value < min)
    }

    pub(super) fn is_above(&self, value: &T) -> bool {
        self.max.as_ref().is_some_and(|max| value > max)
    }

    pub(super) fn map<U>(&self, show: impl Fn(&T) -> U) -> Bounds<U> {
        Bounds {
            min: self.min.as_ref().map(&show),
            max: self.max.as_ref().map(&show),
        }
    }

    /// Whether nothing lies between the bounds.
    pub(super) fn is_empty(&self) -> bool {
        matches!((&self.min, &self.max), (Some(min), Some(max)) if min > max)
    }
}

impl Question {
    /// The field's name: the key of its answer.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The field's label as plain text.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What it takes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it must be answered.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// What can be chosen; for a text question, what is suggested.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The payload of the button that gives `choice` as the answer to this question. It names the
    /// field, so that a button pressed later still answers the question it stood under.
    pub fn payload(&self, choice: &Choice) -> String {
        format!("answer:{}:{}", self.name, choice.key)
    }

    /// The payload of the button that skips this question.
    pub fn skip_payload(&self) -> String {
        format!("skip:{}", self.name)
    }

    /// The most characters an answer may have.
    pub(super) fn longest(&self) -> usize {
        let cap = match self.rules.pattern {
            Some(_) => pattern::LONGEST_VALUE,
            None => LONGEST_ANSWER,
        };
        self.rules.length.max.map_or(cap, |max| max.min(cap))
    }
}
