//! Why an answer was not taken.

use std::fmt;

use jiff::civil::Date;

use super::Warning;

/// Why an answer was not taken, in the words of HTML's constraint validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Nothing was given, or a required question was to be skipped.
    ValueMissing,
    /// Not an e-mail address, telephone number, web address or color.
    TypeMismatch,
    /// The field's `pattern` does not match.
    PatternMismatch,
    /// Lower or earlier than `min`.
    RangeUnderflow,
    /// Higher or later than `max`.
    RangeOverflow,
    /// Between two steps.
    StepMismatch,
    /// Fewer characters than `minlength`.
    TooShort,
    /// More characters than `maxlength`, or than anybody writes in a chat.
    TooLong,
    /// None of the choices, or more than one where one is asked for. Not HTML's word: a browser
    /// never lets it happen.
    NotAnOption,
    /// Cannot be read as the number, date, time or yes or no that is asked for.
    BadInput,
    /// A date without a year, which may lie in more than one; with one that it may be. Not HTML's
    /// word: a browser asks for the year.
    YearMissing(Date),
    /// A day of the week, which may be the last one or the next. Not HTML's word either.
    WhichDay,
}

impl Reason {
    /// The name in HTML's `ValidityState`, for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ValueMissing => "valueMissing",
            Self::TypeMismatch => "typeMismatch",
            Self::PatternMismatch => "patternMismatch",
            Self::RangeUnderflow => "rangeUnderflow",
            Self::RangeOverflow => "rangeOverflow",
            Self::StepMismatch => "stepMismatch",
            Self::TooShort => "tooShort",
            Self::TooLong => "tooLong",
            Self::NotAnOption => "notAnOption",
            Self::BadInput => "badInput",
            Self::YearMissing(_) => "yearMissing",
            Self::WhichDay => "whichDay",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal, and what the form's owner should know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: Reason,
    pub(super) warning: Option<Warning>,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            warning: None,
        }
    }
}
