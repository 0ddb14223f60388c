//! What the compiler says of a mistake, and at which piece of the source.

mod choices;
mod mistakes;

use syn::{DeriveInput, Result};

/// Each complaint as `source it points at: message`, a line each.
fn complaints(
    source: &str,
    derive: fn(&DeriveInput) -> Result<proc_macro2::TokenStream>,
) -> String {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    let Err(errors) = derive(&input) else {
        return String::new();
    };
    let told = errors.into_iter().map(|error| {
        let place = error.span().source_text().unwrap_or_default();
        format!("{place}: {error}")
    });
    told.collect::<Vec<_>>().join("\n")
}
