//! Surveys as types: answers in fields of a struct.

mod answers;
mod from_answer;
#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;

pub use answers::{Answers, AnswersError};
pub use from_answer::FromAnswer;

use super::{Definition, DefinitionErrors, OptionDefinition, Progress, Questionnaire};

/// A survey whose answers are the fields of a struct. It is derived:
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use shipmate::{Choices, Survey};
///
/// #[derive(Survey, Debug)]
/// #[survey(id = "after-sales", version = 2, locales = "en nl", review)]
/// struct AfterSales {
///     /// How likely are you to recommend us?
///     #[ask(nl = "Hoe waarschijnlijk is het dat u ons aanbeveelt?")]
///     #[survey(nps)]
///     score: u8,
///     #[ask(en = "What went wrong?", nl = "Wat ging er mis?")]
///     #[survey(lines, when = "score <= 6", optional)]
///     reason: Option<String>,
///     #[ask(en = "What was it about?", nl = "Waar ging het over?")]
///     topic: Topic,
///     #[ask(en = "May we call you back?", nl = "Mogen we u terugbellen?")]
///     callback: bool,
///     #[ask(en = "Your telephone number?", nl = "Uw telefoonnummer?")]
///     #[survey(tel, when = "callback is yes", prefill = "profile.telephone")]
///     phone: Option<String>,
///     #[ask(en = "When were you here?", nl = "Wanneer was u hier?")]
///     visited: Option<jiff::civil::Date>,
/// }
///
/// #[derive(Choices, Debug, PartialEq)]
/// enum Topic {
///     #[choice(en = "The price", nl = "De prijs", points = 2)]
///     Price,
///     #[choice(en = "The service", nl = "De service")]
///     Service,
/// }
///
/// let questionnaire = AfterSales::questionnaire()?;
/// assert_eq!(questionnaire.questions().len(), 6);
/// # }
/// # Ok::<(), shipmate::form::DefinitionErrors>(())
/// ```
///
/// # The survey
///
/// `#[survey(…)]` on the struct takes `id`, and if wanted `version`, `title = "…"`,
/// `locales = "en nl"` (each question must then have a text in each), `review`, `attempts`,
/// `on_change = "pin"`, `"migrate"` or `"restart"`, and any number of
/// `screen_out("name", when = "…", en = "…")` and `quota("name", 200, when = "…", en = "…")`.
///
/// # Questions
///
/// The name of the field is the name of the question. Its text is in `#[ask(en = "…", nl = "…")]`;
/// in English, it may be the doc comment. What is asked for follows from the type, unless
/// `#[survey(…)]` says otherwise:
///
/// | type | asks for | may also be |
/// |---|---|---|
/// | `String` | `text` | `lines`, `search`, `textarea`, `email`, `tel`, `url`, `file`, `color`, `date`, `time`, `datetime_local`, `month`, `week` |
/// | `bool` | `yes_no` | `checkbox` |
/// | an integer | `number`, within its type | `range`, `nps`, `csat`, `ces`, `likert`, `stars`, `scale` |
/// | `f64` | `number` | `range` |
/// | `jiff::civil::Date`, `Time`, `DateTime` | `date`, `time`, `datetime_local` | |
/// | an enum that derives [`Choices`] | `single_choice` | `select`, `radio`, `button` |
/// | a `Vec` of these | `multiple_choice` | `checkbox`, `ranking` |
///
/// Further it takes
///
/// | attribute | what it is |
/// |---|---|
/// | `label = "…"` | what it is called where its answer is shown; the text, without it |
/// | `hint = "…"` | what stands below it instead of our own hint; `""` for nothing |
/// | `optional` | it can be skipped |
/// | `when = "…"` | a [`Condition`](super::Condition): it is only asked where that holds |
/// | `prefill = "profile.email"` | a [`Source`](super::Source): where the answer may be known from |
/// | `min`, `max`, `step` | limits of a number; `min` and `max` of a scale, or, in quotes, of a date or time |
/// | `least = "…"`, `most = "…"` | what the ends of a scale mean |
/// | `minlength`, `maxlength` | of a text, in UTF-16 code units |
/// | `pattern = "…"` | a JavaScript regular expression that the whole answer must match |
/// | `entity = "…"` | what a text stands for, such as `Date` |
/// | `attempts` | how many wrong answers in a row are too many |
/// | `give_up` | what becomes of it then: `"hand-over"`, `"skip"` or `"end"` |
/// | `name = "…"` | another name than the field's |
///
/// A text, such as `label`, is `label = "…"` for every language, or `label(en = "…", nl = "…")`.
///
/// What may have no answer is an `Option`: what is asked under a condition, what is `optional`,
/// and what is skipped after too many attempts. An `Option` without a condition is optional.
///
/// A condition names options by their keys. One that is not there does not compile:
///
/// ```compile_fail,E0080
/// # use shipmate::{Choices, Survey};
/// #[derive(Survey)]
/// #[survey(id = "lunch")]
/// struct Lunch {
///     /// Did you eat in, or take away?
///     place: Place,
///     /// How many were you?
///     #[survey(when = "place is inside")]
///     guests: Option<u8>,
/// }
///
/// #[derive(Choices)]
/// enum Place {
///     EatIn, // `eat-in`
///     Takeaway,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a survey",
    note = "derive it: `#[derive(shipmate::Survey)] #[survey(id = \"…\")]`"
)]
pub trait Survey: Sized {
    /// The survey as data.
    fn definition() -> Definition;

    /// Takes the answers out of `values`.
    ///
    /// # Errors
    ///
    /// If an answer is missing, or is not one that the field can hold.
    fn from_values(values: &Answers<'_>) -> Result<Self, AnswersError>;

    /// The survey as questions. Make it once and keep it.
    ///
    /// # Errors
    ///
    /// If the definition cannot be used in a way that the compiler does not see: a pattern that is
    /// no regular expression, or limits in words that are none.
    fn questionnaire() -> Result<Questionnaire, DefinitionErrors> {
        Questionnaire::from_definition(&Self::definition())
    }

    /// The answers as they are when all questions are answered.
    ///
    /// # Errors
    ///
    /// If an answer is missing: the survey is not complete, or it ended early. If an answer is not
    /// one that the field can hold: it was given to another version of the survey.
    fn from_answers(
        questionnaire: &Questionnaire,
        progress: &Progress,
    ) -> Result<Self, AnswersError> {
        Self::from_values(&Answers::of(questionnaire, progress))
    }
}

/// An enum whose variants are the options of a question. It is derived:
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use shipmate::Choices;
///
/// #[derive(Choices, Debug, PartialEq)]
/// enum Topic {
///     /// The price
///     Price,
///     #[choice(key = "aftersales", en = "After sales", nl = "Na de verkoop", points = 2)]
///     AfterSales,
/// }
///
/// assert_eq!(Topic::from_key("price"), Some(Topic::Price));
/// assert_eq!(Topic::AfterSales.key(), "aftersales");
/// # }
/// ```
///
/// The key of a variant is its name in lower case, with hyphens between its words, unless `key`
/// says otherwise. Its label is in the attribute, or, in English, in the doc comment; without
/// either it is the name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of options",
    note = "derive it on an enum: `#[derive(shipmate::Choices)]`; or hold the answer in a type that `shipmate::Survey` lists"
)]
pub trait Choices: Sized {
    /// The keys of the options, in their order.
    const KEYS: &'static [&'static str];

    /// The options, in their order.
    fn options() -> Vec<OptionDefinition>;

    /// The key of this option.
    fn key(&self) -> &'static str;

    /// The option of a key.
    fn from_key(key: &str) -> Option<Self>;
}
