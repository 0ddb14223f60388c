//! What a definition says.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    super::{GiveUp, Locale, Localized, Phrase},
    QuestionType, Variants,
    place::Origin,
    shorthand::TextOr,
};

/// A survey or an intake, as its author writes it.
///
/// ```
/// use shipmate::form::{Definition, Questionnaire};
///
/// let definition = Definition::from_toml(r#"
///     id = "after-sales"
///     review = true
///
///     [[questions]]
///     name = "score"
///     type = "nps"
///     text = { en = "Would you recommend us?", nl = "Zou u ons aanbevelen?" }
///
///     [[questions]]
///     name = "topic"
///     type = "single-choice"
///     text = { en = "What went wrong?", nl = "Wat ging er mis?" }
///     options = [
///         { key = "price", label = { en = "The price", nl = "De prijs" } },
///         { key = "service", label = { en = "The service", nl = "De service" } },
///     ]
///     when = "score <= 6"
///
///     [[questions]]
///     name = "phone"
///     type = "tel"
///     text = { en = "Your telephone number?", nl = "Uw telefoonnummer?" }
///     when = "topic is service"
///     required = false
///     prefill = "profile.telephone"
/// "#)?;
/// let questionnaire = Questionnaire::from_definition(&definition)?;
/// assert_eq!(questionnaire.questions().len(), 3);
///
/// let errors = Definition::from_toml("id = 'a'\nquestions = []\nreviw = true").unwrap_err();
/// let told = "line 3, column 1: `reviw` is not known here; did you mean `review`?";
/// assert_eq!(errors.to_string(), told);
/// # Ok::<(), shipmate::form::DefinitionErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Definition {
    /// Its name, by which its answers are kept.
    pub id: String,
    /// Counts up with every change, from 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub version: u32,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub title: Localized,
    /// The languages it is meant for. If none are named: those that any of its texts has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locales: Vec<Locale>,
    /// Whether all answers are shown in the end, to be found right or corrected.
    #[serde(default, skip_serializing_if = "is_false")]
    pub review: bool,
    /// How many wrong answers in a row are too many, where a question does not say otherwise; 5 if
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// What becomes of conversations that are under way when the version changes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_change: OnChange,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<QuestionDefinition>,
    /// Who is not meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub screen_outs: Vec<ScreenOutDefinition>,
    /// Of whom no more than so many are wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<QuotaDefinition>,
    /// What is said in other words than ours.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<Phrase, Variants>,
    #[serde(skip)]
    pub(in super::super) origin: Origin,
}

/// What becomes of conversations that are under way when a definition changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnChange {
    /// They go on with the version they began with.
    #[default]
    Pin,
    /// They go on with the new version; answers that are still valid are kept.
    Migrate,
    /// They begin again with the new version; of earlier answers it is asked whether they are
    /// still right.
    Restart,
}

/// One question of a [`Definition`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct QuestionDefinition {
    /// The key of its answer, and its name in conditions.
    pub name: String,
    /// What it asks for.
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// What is asked.
    pub text: Localized,
    /// What it is called where its answer is shown, such as in a summary; the text, if nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Localized>,
    /// What stands below it, instead of our own hint; an empty text for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Localized>,
    /// Whether it must be answered. It must, unless said otherwise.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub required: bool,
    /// What can be chosen; for a line of text, what is suggested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionDefinition>,
    /// Asked for each of these, one after the other. The answer to a row is found under the name
    /// of the question and the key of the row, joined with `_`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowDefinition>,
    /// A JavaScript regular expression that the whole answer must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The least number, the earliest date or time (in ISO 8601), or the lowest number of a scale.
    #[serde(
        default,
        deserialize_with = "limit",
        skip_serializing_if = "Option::is_none"
    )]
    pub min: Option<String>,
    /// The greatest number, the latest date or time, or the highest number of a scale.
    #[serde(
        default,
        deserialize_with = "limit",
        skip_serializing_if = "Option::is_none"
    )]
    pub max: Option<String>,
    /// Numbers lie a whole number of steps from `min`, or else from 0.
    #[serde(
        default,
        deserialize_with = "limit",
        skip_serializing_if = "Option::is_none"
    )]
    pub step: Option<String>,
    /// The fewest characters, in UTF-16 code units, as HTML counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minlength: Option<u32>,
    /// The most characters, in UTF-16 code units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maxlength: Option<u32>,
    /// What the lowest and the highest number of a scale mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<[Localized; 2]>,
    /// What a text stands for, such as `Date` (API Reference, forms).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// When it is asked: a [`Condition`](super::super::Condition) on the questions before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Where the answer may be known from: a [`Source`](super::super::Source), such as
    /// `profile.email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<String>,
    /// How many wrong answers in a row are too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// What becomes of it then.
    #[serde(default, skip_serializing_if = "is_default")]
    pub give_up: GiveUp,
}

/// An option of a question. In a file it is a table, `{ key = "price", label = … }`, or a text that
/// is both.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OptionDefinition {
    /// What is kept.
    pub key: String,
    /// What is shown; the key, if nothing.
    #[serde(skip_serializing_if = "Localized::is_empty")]
    pub label: Localized,
    /// What choosing it adds to the score.
    #[serde(skip_serializing_if = "is_default")]
    pub points: i64,
}

/// A row of a matrix. In a file it is written as an option is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RowDefinition {
    /// The end of the name of its answer.
    pub key: String,
    /// What is shown; the key, if nothing.
    #[serde(skip_serializing_if = "Localized::is_empty")]
    pub label: Localized,
}

/// Who is not meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ScreenOutDefinition {
    /// Its name, for results.
    pub name: String,
    /// Who is not meant, as a [`Condition`](super::super::Condition).
    pub when: String,
    /// What is said; our own words if nothing.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub text: Localized,
}

/// Of whom no more than so many are wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct QuotaDefinition {
    /// Its name, for results.
    pub name: String,
    /// Who belongs to it, as a [`Condition`](super::super::Condition); everybody, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// How many complete responses are wanted.
    pub limit: u64,
    /// What is said to those who come later; our own words if nothing.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub text: Localized,
}

impl Definition {
    /// A definition without questions, of version 1.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            version: one(),
            title: Localized::default(),
            locales: Vec::new(),
            review: false,
            attempts: None,
            on_change: OnChange::default(),
            questions: Vec::new(),
            screen_outs: Vec::new(),
            quotas: Vec::new(),
            texts: BTreeMap::new(),
            origin: Origin::default(),
        }
    }

    /// The same with one more question.
    #[must_use]
    pub fn with(mut self, question: QuestionDefinition) -> Self {
        self.questions.push(question);
        self
    }
}

impl QuestionDefinition {
    /// A question that must be answered and has no rules of its own.
    pub fn new(name: impl Into<String>, kind: QuestionType, text: impl Into<Localized>) -> Self {
        Self {
            name: name.into(),
            kind,
            text: text.into(),
            label: None,
            hint: None,
            required: true,
            options: Vec::new(),
            rows: Vec::new(),
            pattern: None,
            min: None,
            max: None,
            step: None,
            minlength: None,
            maxlength: None,
            ends: None,
            entity: None,
            when: None,
            prefill: None,
            attempts: None,
            give_up: GiveUp::default(),
        }
    }
}

impl OptionDefinition {
    /// An option without points.
    pub fn new(key: impl Into<String>, label: impl Into<Localized>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            points: 0,
        }
    }

    /// The same with points.
    #[must_use]
    pub fn points(self, points: i64) -> Self {
        Self { points, ..self }
    }
}

impl RowDefinition {
    /// A row.
    pub fn new(key: impl Into<String>, label: impl Into<Localized>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
        }
    }
}

impl ScreenOutDefinition {
    /// Those of whom `when` holds, who are told our own words.
    pub fn new(name: impl Into<String>, when: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            when: when.into(),
            text: Localized::default(),
        }
    }
}

impl QuotaDefinition {
    /// `limit` of all.
    pub fn new(name: impl Into<String>, limit: u64) -> Self {
        Self {
            name: name.into(),
            when: None,
            limit,
            text: Localized::default(),
        }
    }
}

impl<'de> Deserialize<'de> for OptionDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            key: String,
            #[serde(default)]
            label: Localized,
            #[serde(default)]
            points: i64,
        }
        deserializer.deserialize_any(TextOr::new(
            "an option: a text, or a table such as { key = \"…\", label = \"…\" }",
            |table: Table| Self {
                key: table.key,
                label: table.label,
                points: table.points,
            },
            |key| Self::new(key, Localized::default()),
        ))
    }
}

impl<'de> Deserialize<'de> for RowDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            key: String,
            #[serde(default)]
            label: Localized,
        }
        deserializer.deserialize_any(TextOr::new(
            "a row: a text, or a table such as { key = \"…\", label = \"…\" }",
            |table: Table| Self::new(table.key, table.label),
            |key| Self::new(key, Localized::default()),
        ))
    }
}

/// A limit is a number or a text.
fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct NumberOrText;
    impl de::Visitor<'_> for NumberOrText {
        type Value = String;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a number, or a date or time such as \"2026-03-04\"")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<String, E> {
            Ok(number.to_string())
        }
    }
    deserializer.deserialize_any(NumberOrText).map(Some)
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_one(version: &u32) -> bool {
    *version == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_true(yes: &bool) -> bool {
    *yes
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(yes: &bool) -> bool {
    !*yes
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
