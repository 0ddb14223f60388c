//! The words for what a question asks for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;
use web1on1::FieldType;

use super::super::Measure;

/// A text that names no type of question.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no type `{name}`; did you mean `{nearest}`?")]
pub struct UnknownQuestionType {
    /// What was written.
    pub name: String,
    /// The type of the most similar name.
    pub nearest: &'static str,
}

/// How a type is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// As the platform's field of this type would be.
    AsField(FieldType),
    /// As a standard survey question.
    AsMeasure(Measure),
    /// As a whole number on a scale.
    OnScale,
    /// As an order of all options.
    InOrder,
    /// One row after the other.
    ByRow,
}

macro_rules! types {
    ($($(#[doc = $doc:literal])+ $kind:ident $word:literal $asked:expr,)*) => {
        /// What a question asks for: the field types of the platform by their words (API
        /// Reference, forms), and what surveys ask.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum QuestionType {
            $($(#[doc = $doc])+ $kind,)*
        }

        impl QuestionType {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The word for it in a definition.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }

            pub(super) fn asked(self) -> Asked {
                match self {
                    $(Self::$kind => $asked,)*
                }
            }
        }
    };
}

types! {
    /// `button`: one of its options, or what its pattern lets through.
    Button "button" Asked::AsField(FieldType::Button),
    /// `checkbox`: several of its options, or yes or no without any.
    Checkbox "checkbox" Asked::AsField(FieldType::Checkbox),
    /// `color`: a color as `#rrggbb`.
    Color "color" Asked::AsField(FieldType::Color),
    /// `date`: a day.
    Date "date" Asked::AsField(FieldType::Date),
    /// `datetime-local`: a day and a time.
    DatetimeLocal "datetime-local" Asked::AsField(FieldType::DatetimeLocal),
    /// `email`: an e-mail address.
    Email "email" Asked::AsField(FieldType::Email),
    /// `file`: a file, by its address.
    File "file" Asked::AsField(FieldType::File),
    /// `hidden`: never asked.
    Hidden "hidden" Asked::AsField(FieldType::Hidden),
    /// `image`: a picture that submits; never asked.
    Image "image" Asked::AsField(FieldType::Image),
    /// `month`: a month of a year.
    Month "month" Asked::AsField(FieldType::Month),
    /// `number`: a number, with `min`, `max` and `step`.
    Number "number" Asked::AsField(FieldType::Number),
    /// `password`: never asked, because a chat is kept and read by others.
    Password "password" Asked::AsField(FieldType::Password),
    /// `radio`: one of its options.
    Radio "radio" Asked::AsField(FieldType::Radio),
    /// `range`: a number, from 0 to 100 unless said otherwise.
    Range "range" Asked::AsField(FieldType::Range),
    /// `reset`: never asked.
    Reset "reset" Asked::AsField(FieldType::Reset),
    /// `search`: a line of text.
    Search "search" Asked::AsField(FieldType::Search),
    /// `select`: one of its options.
    Select "select" Asked::AsField(FieldType::Select),
    /// `submit`: never asked.
    Submit "submit" Asked::AsField(FieldType::Submit),
    /// `tel`: a telephone number.
    Tel "tel" Asked::AsField(FieldType::Tel),
    /// `text`: a line of text; options are suggestions.
    Text "text" Asked::AsField(FieldType::Text),
    /// `textarea`: several lines of text.
    Textarea "textarea" Asked::AsField(FieldType::Textarea),
    /// `time`: a time of day.
    Time "time" Asked::AsField(FieldType::Time),
    /// `url`: an address of the web.
    Url "url" Asked::AsField(FieldType::Url),
    /// `week`: a week of a year.
    Week "week" Asked::AsField(FieldType::Week),
    /// `yes-no`: yes or no.
    YesNo "yes-no" Asked::AsField(FieldType::Checkbox),
    /// `single-choice`: one of its options.
    SingleChoice "single-choice" Asked::AsField(FieldType::Select),
    /// `multiple-choice`: one or more of its options.
    MultipleChoice "multiple-choice" Asked::AsField(FieldType::Checkbox),
    /// `lines`: open text of several lines.
    Lines "lines" Asked::AsField(FieldType::Textarea),
    /// `ranking`: all options, the most liked first.
    Ranking "ranking" Asked::InOrder,
    /// `scale`: a whole number from `min` to `max`.
    Scale "scale" Asked::OnScale,
    /// `matrix`: the same options or the same scale for each of its rows.
    Matrix "matrix" Asked::ByRow,
    /// `nps`: Net Promoter Score, 0 to 10.
    Nps "nps" Asked::AsMeasure(Measure::Nps),
    /// `csat`: satisfaction, 1 to 5.
    Csat "csat" Asked::AsMeasure(Measure::Csat),
    /// `ces`: effort, 1 to 7.
    Ces "ces" Asked::AsMeasure(Measure::Ces),
    /// `likert`: agreement in five words.
    Likert "likert" Asked::AsMeasure(Measure::Likert),
    /// `stars`: one to five.
    Stars "stars" Asked::AsMeasure(Measure::Stars),
}

impl QuestionType {
    /// Whether it is nothing without options.
    pub(super) fn needs_options(self) -> bool {
        matches!(
            self,
            Self::Radio | Self::Select | Self::SingleChoice | Self::MultipleChoice | Self::Ranking
        )
    }
}

impl FromStr for QuestionType {
    type Err = UnknownQuestionType;

    fn from_str(name: &str) -> Result<Self, UnknownQuestionType> {
        let known = Self::ALL.iter().copied();
        let found = known.clone().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| UnknownQuestionType {
            name: name.to_owned(),
            nearest: known
                .map(Self::as_str)
                .min_by_key(|word| strsim::damerau_levenshtein(word, name))
                .unwrap_or_default(),
        })
    }
}

impl fmt::Display for QuestionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for QuestionType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for QuestionType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}
