//! Surveys and intakes as their authors write them: in a file, or in code.

mod build;
mod document;
mod finding;
mod kind;
mod languages;
mod load;
mod model;
mod place;
mod question;
mod reader;
mod references;
mod shorthand;
#[cfg(test)]
mod tests;
mod texts;

pub use finding::{DefinitionErrors, Finding, Severity};
pub use kind::{QuestionType, UnknownQuestionType};
pub use model::{
    Definition, OnChange, OptionDefinition, QuestionDefinition, QuotaDefinition, RowDefinition,
    ScreenOutDefinition,
};
pub use place::Place;
pub use texts::Variants;

pub(super) use build::Built;
pub(super) use finding::Findings;
