//! What is wrong with a form, for its owner's eyes.

use thiserror::Error;

/// Something about a form that the engine worked around. The conversation goes on; whoever owns
/// the form should know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Warning {
    /// A field type that is not in the API Reference.
    #[error(
        "field `{field}` has the unknown type `{kind}` and is asked as text; use one of the HTML input types"
    )]
    UnknownType {
        /// The field's name.
        field: String,
        /// The type as the platform sent it.
        kind: String,
    },
    /// A field that has no place in a chat.
    #[error(
        "field `{field}` of type `{kind}` is not asked: a chat is kept and read by others; collect it elsewhere"
    )]
    NeverAsked {
        /// The field's name.
        field: String,
        /// The type.
        kind: String,
    },
    /// A pattern that is not a JavaScript regular expression, or beyond what the engine takes.
    #[error("the pattern of field `{field}` is not used: {cause}; correct it in the form")]
    BrokenPattern {
        /// The field's name.
        field: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A condition that cannot be read: the field is always asked.
    #[error("the condition `when` of field `{field}` is not used: {cause}; correct it in the form")]
    BrokenCondition {
        /// The field's name.
        field: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A pattern that took too many steps on an answer, which was then not accepted.
    #[error(
        "the pattern of field `{field}` took too long on an answer and was given up on; make it simpler"
    )]
    CostlyPattern {
        /// The field's name.
        field: String,
    },
    /// A choice without choices.
    #[error("field `{field}` has nothing to choose from and is asked as text; give it options")]
    NoOptions {
        /// The field's name.
        field: String,
    },
    /// Two fields of one name: only the first is asked.
    #[error(
        "field `{field}` occurs more than once and only the first is asked; give each its own name"
    )]
    DuplicateName {
        /// The field's name.
        field: String,
    },
    /// A field without a name, asked under a name made up from its place.
    #[error("a field without a name is asked as `{field}`; give it a name")]
    Unnamed {
        /// The name it was given.
        field: String,
    },
    /// A limit that cannot be read, or limits that leave nothing between them.
    #[error(
        "`{limit}` of field `{field}` is not used, because it cannot be read or leaves no possible answer; correct it in the form"
    )]
    UnusableLimit {
        /// The field's name.
        field: String,
        /// The attribute, such as `min`.
        limit: &'static str,
    },
}
