//! The derives of Shipmate. They are re-exported by `shipmate`, and described there.
//!
//! They are thin: what they make is a definition, as a file would be. What they add is that
//! mistakes are found when the bot is compiled, at the field where they were made.

mod choices;
mod complaints;
mod survey;
#[cfg(test)]
mod tests;
mod text;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a survey: its fields are the questions.
#[proc_macro_derive(Survey, attributes(survey, ask))]
pub fn derive_survey(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    survey::derive(&input)
        .unwrap_or_else(|error| {
            [error.to_compile_error(), survey::stand_in(&input)]
                .into_iter()
                .collect()
        })
        .into()
}

/// Makes an enum the options of a question.
#[proc_macro_derive(Choices, attributes(choice))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    choices::derive(&input)
        .unwrap_or_else(|error| {
            [error.to_compile_error(), choices::stand_in(&input)]
                .into_iter()
                .collect()
        })
        .into()
}
