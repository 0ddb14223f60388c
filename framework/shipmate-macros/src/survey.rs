//! `#[derive(Survey)]`.

mod conditions;
mod field;
mod head;
mod kind;
mod limit;
mod moment;
mod output;

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Error, Fields, Path, Result};

use self::{field::Question, head::Head};
use crate::complaints::Complaints;

/// The survey that a struct is.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        let problem = "`Survey` is for structs, each of whose fields is a question; write a struct";
        return Err(Error::new_spanned(&input.ident, problem));
    };
    let Fields::Named(fields) = &data.fields else {
        let problem = "a survey's fields need names: they are the names of the questions";
        return Err(Error::new_spanned(&input.ident, problem));
    };
    if !input.generics.params.is_empty() {
        let problem = "a survey cannot be generic; name the types";
        return Err(Error::new_spanned(&input.generics, problem));
    }
    if fields.named.is_empty() {
        let problem = "a survey needs questions; add a field for each";
        return Err(Error::new_spanned(&input.ident, problem));
    }
    let mut complaints = Complaints::default();
    let head = complaints.note(Head::read(input));
    let read = fields
        .named
        .iter()
        .map(|field| complaints.note(Question::read(field)));
    let questions: Vec<Option<Question<'_>>> = read.collect();
    // What a broken field would be called is known, so conditions on it are no mistakes of theirs.
    let is_whole = questions.iter().all(Option::is_some);
    let questions: Vec<Question<'_>> = questions.into_iter().flatten().collect();
    if let Some(head) = &head
        && is_whole
    {
        conditions::check(head, &questions, &mut complaints);
        head.check_languages(&questions, &mut complaints);
    }
    complaints.done()?;
    head.map_or_else(
        || {
            Err(Error::new_spanned(
                &input.ident,
                "the survey cannot be read",
            ))
        },
        |head| Ok(output::implementation(&input.ident, &head, &questions)),
    )
}

/// What stands in for a survey that has mistakes, so that these are all that the compiler tells.
pub(crate) fn stand_in(input: &DeriveInput) -> TokenStream {
    output::stand_in(input)
}

/// An attribute's name as it is written.
pub(crate) fn word_of(path: &Path) -> String {
    let parts: Vec<String> = path
        .segments
        .iter()
        .map(|part| part.ident.to_string())
        .collect();
    parts.join("::")
}
