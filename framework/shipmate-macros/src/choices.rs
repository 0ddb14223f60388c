//! `#[derive(Choices)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitInt, LitStr, Result, Variant};

use crate::{
    complaints::{Complaints, advice},
    text::{TAGS, Text},
};

/// The options that an enum is.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        let problem = "`Choices` is for enums, each of whose variants is an option; write an enum";
        return Err(Error::new_spanned(&input.ident, problem));
    };
    if data.variants.is_empty() {
        let problem = "there is nothing to choose from; add a variant for each option";
        return Err(Error::new_spanned(&input.ident, problem));
    }
    let mut complaints = Complaints::default();
    let mut options: Vec<Choice<'_>> = Vec::new();
    for variant in &data.variants {
        if let Some(option) = complaints.note(Choice::read(variant)) {
            if options.iter().any(|other| other.key == option.key) {
                let problem = format!(
                    "the key `{}` is there already; give each its own",
                    option.key
                );
                complaints.add(Error::new_spanned(variant, problem));
            }
            options.push(option);
        }
    }
    complaints.done()?;
    Ok(implementation(&input.ident, &options))
}

/// What stands in for an enum that has mistakes, so that these are all that the compiler tells.
pub(crate) fn stand_in(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (generics, of, bounds) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics ::shipmate::Choices for #name #of #bounds {
            const KEYS: &'static [&'static str] = &[];

            fn options() -> ::std::vec::Vec<::shipmate::form::OptionDefinition> {
                ::std::vec::Vec::new()
            }

            fn key(&self) -> &'static str {
                ""
            }

            fn from_key(_: &str) -> ::std::option::Option<Self> {
                ::std::option::Option::None
            }
        }
    }
}

fn implementation(name: &Ident, options: &[Choice<'_>]) -> TokenStream {
    let made = options.iter().map(Choice::option);
    let variants: Vec<&Ident> = options.iter().map(|option| option.name).collect();
    let keys: Vec<&str> = options.iter().map(|option| option.key.as_str()).collect();
    quote! {
        #[automatically_derived]
        impl ::shipmate::Choices for #name {
            const KEYS: &'static [&'static str] = &[#(#keys),*];

            fn options() -> ::std::vec::Vec<::shipmate::form::OptionDefinition> {
                ::std::vec![#(#made),*]
            }

            fn key(&self) -> &'static str {
                match self {
                    #(Self::#variants => #keys,)*
                }
            }

            fn from_key(key: &str) -> ::std::option::Option<Self> {
                match key {
                    #(#keys => ::std::option::Option::Some(Self::#variants),)*
                    _ => ::std::option::Option::None,
                }
            }
        }
    }
}

struct Choice<'a> {
    name: &'a Ident,
    key: String,
    label: Text,
    points: Option<LitInt>,
}

impl<'a> Choice<'a> {
    fn read(variant: &'a Variant) -> Result<Self> {
        if !matches!(variant.fields, Fields::Unit) {
            let problem = "an option holds nothing; leave its fields out";
            return Err(Error::new_spanned(&variant.fields, problem));
        }
        let mut choice = Self {
            name: &variant.ident,
            key: key_of(&variant.ident.to_string()),
            label: Text::default(),
            points: None,
        };
        for attribute in &variant.attrs {
            if attribute.path().is_ident("choice") {
                attribute.parse_nested_meta(|meta| choice.take(&meta))?;
            }
        }
        choice.label.take_docs(&variant.attrs);
        Ok(choice)
    }

    fn take(&mut self, meta: &syn::meta::ParseNestedMeta<'_>) -> Result<()> {
        if self.label.take(meta)? {
            return Ok(());
        }
        if meta.path.is_ident("key") {
            let key: LitStr = meta.value()?.parse()?;
            self.key = key.value();
            if self.key.is_empty() || self.key.trim() != self.key {
                let problem = "write a key without blanks around it";
                return Err(Error::new_spanned(key, problem));
            }
        } else if meta.path.is_ident("points") {
            self.points = Some(meta.value()?.parse()?);
        } else {
            let word = crate::survey::word_of(&meta.path);
            let known: Vec<&str> = ["key", "points"].into_iter().chain(TAGS).collect();
            let problem = format!("`{word}` is not known here; {}", advice(&word, &known));
            return Err(Error::new_spanned(&meta.path, problem));
        }
        Ok(())
    }

    fn option(&self) -> TokenStream {
        let Self { key, label, .. } = self;
        let words = words_of(&self.name.to_string());
        let label = if label.is_empty() {
            quote!(#words)
        } else {
            quote!(#label)
        };
        let points = self.points.iter();
        quote!(::shipmate::form::OptionDefinition::new(#key, #label) #(.points(#points))*)
    }
}

/// `AfterSales` as `after-sales`.
fn key_of(name: &str) -> String {
    parts_of(name).join("-")
}

/// `AfterSales` as `After sales`.
fn words_of(name: &str) -> String {
    let words = parts_of(name).join(" ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn parts_of(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for letter in name.trim_start_matches("r#").chars() {
        match parts.last_mut() {
            Some(part) if !letter.is_uppercase() => part.push(letter),
            _ => parts.push(letter.to_lowercase().collect()),
        }
    }
    parts
}
