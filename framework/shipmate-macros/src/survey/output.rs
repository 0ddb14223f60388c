//! From a survey to code.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Ident, parse_quote};

use super::{
    conditions::{self, Named},
    field::Question,
    head::{Head, Rule},
    kind::Holds,
    limit::Limit,
};
use crate::text::locale;

pub(super) fn implementation(name: &Ident, head: &Head, questions: &[Question<'_>]) -> TokenStream {
    let id = head.id.iter();
    let settings = settings(head);
    let asked = questions.iter().map(definition);
    let screen_outs = head.screen_outs.iter().map(screen_out);
    let quotas = head.quotas.iter().map(quota);
    let answers = questions.iter().map(answer);
    let named = conditions::options_named(head, questions);
    let named = named.iter().map(named_option);
    quote! {
        #(#named)*

        #[automatically_derived]
        impl ::shipmate::Survey for #name {
            fn definition() -> ::shipmate::form::Definition {
                let mut definition = ::shipmate::form::Definition::new(#(#id)*);
                #settings
                #(definition.questions.push(#asked);)*
                #(definition.screen_outs.push(#screen_outs);)*
                #(definition.quotas.push(#quotas);)*
                definition
            }

            fn from_values(
                values: &::shipmate::form::Answers<'_>,
            ) -> ::std::result::Result<Self, ::shipmate::form::AnswersError> {
                ::std::result::Result::Ok(Self { #(#answers,)* })
            }
        }
    }
}

/// Only there to be named: with it stands an error, so that it never runs.
pub(super) fn stand_in(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (generics, of, bounds) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics ::shipmate::Survey for #name #of #bounds {
            fn definition() -> ::shipmate::form::Definition {
                ::shipmate::form::Definition::new("")
            }

            fn from_values(
                _: &::shipmate::form::Answers<'_>,
            ) -> ::std::result::Result<Self, ::shipmate::form::AnswersError> {
                loop {}
            }
        }
    }
}

fn settings(head: &Head) -> TokenStream {
    let version = head.version.iter();
    let attempts = head.attempts.iter();
    let title = Some(&head.title).filter(|title| !title.is_empty());
    let title = title.into_iter();
    let locales = head.locales.iter().map(|tag| locale(tag));
    let on_change = head
        .on_change
        .iter()
        .map(|word| Ident::new(word, Span::call_site()));
    let review = head.review;
    quote! {
        #(definition.version = #version;)*
        #(definition.attempts = ::std::option::Option::Some(#attempts);)*
        #(definition.title = #title;)*
        #(definition.locales.push(#locales);)*
        #(definition.on_change = ::shipmate::form::OnChange::#on_change;)*
        definition.review = #review;
    }
}

fn definition(question: &Question<'_>) -> TokenStream {
    let Question {
        name,
        text,
        kind,
        rules,
        ..
    } = question;
    let variant = Ident::new(kind.variant, Span::call_site());
    let required = !question.is_optional();
    let when = rules.when.iter();
    let attempts = rules.attempts.iter();
    let give_up = rules
        .give_up
        .iter()
        .map(|word| Ident::new(word, Span::call_site()));
    let label = Some(&rules.label).filter(|label| !label.is_empty());
    let label = label.into_iter();
    let hint = Some(&rules.hint).filter(|hint| !hint.is_empty());
    let hint = hint.into_iter();
    let texts = rules.texts.iter().map(|(name, text)| {
        let name = Ident::new(name, Span::call_site());
        quote!(question.#name = ::std::option::Option::Some(#text.to_owned());)
    });
    let lengths = rules.lengths.iter().map(|(name, length)| {
        let name = Ident::new(name, Span::call_site());
        quote!(question.#name = ::std::option::Option::Some(#length);)
    });
    let limits = limits(question);
    let ends = ends(question);
    let options = options(question);
    quote! {{
        let mut question = ::shipmate::form::QuestionDefinition::new(
            #name,
            ::shipmate::form::QuestionType::#variant,
            #text,
        );
        question.required = #required;
        #(question.when = ::std::option::Option::Some(#when.to_owned());)*
        #(question.attempts = ::std::option::Option::Some(#attempts);)*
        #(question.give_up = ::shipmate::form::GiveUp::#give_up;)*
        #(question.label = ::std::option::Option::Some(#label);)*
        #(question.hint = ::std::option::Option::Some(#hint);)*
        #(#texts)*
        #(#lengths)*
        #limits
        #ends
        #options
        question
    }}
}

/// Limits as they are written, and for an integer those of its type: an answer that is accepted
/// must fit.
fn limits(question: &Question<'_>) -> TokenStream {
    let mut limits = question.rules.limits.clone();
    if let Holds::Whole(whole) = question.holds
        && question.kind.is_number()
    {
        let of_type = [("min", whole.min), ("max", whole.max), ("step", Some("1"))];
        for (name, limit) in of_type {
            let is_set = limits.iter().any(|other| other.name == name);
            if let (Some(limit), false) = (limit, is_set) {
                limits.push(Limit::of_type(name, limit));
            }
        }
    }
    let limits = limits.iter().map(|limit| {
        let name = Ident::new(limit.name, Span::call_site());
        let limit = &limit.value;
        quote!(question.#name = ::std::option::Option::Some(#limit.to_owned());)
    });
    quote!(#(#limits)*)
}

/// What the options of an enum are is known when all is expanded, and the compiler compares then.
fn named_option(named: &Named<'_>) -> TokenStream {
    let Named {
        when,
        field,
        options,
        value,
    } = named;
    let problem = format!(
        "`{field}` has no option `{value}`; the key of an option is its name in lower case with hyphens between the words, or what its `key` says"
    );
    quote_spanned! {when.span()=>
        const _: () = ::std::assert!(
            ::shipmate::form::may_be_key(<#options as ::shipmate::Choices>::KEYS, #value),
            #problem
        );
    }
}

fn ends(question: &Question<'_>) -> TokenStream {
    let (least, most) = (&question.rules.least, &question.rules.most);
    if least.is_empty() && most.is_empty() {
        return TokenStream::new();
    }
    quote!(question.ends = ::std::option::Option::Some([#least, #most]);)
}

fn options(question: &Question<'_>) -> TokenStream {
    let Some(choices) = question.choices() else {
        return TokenStream::new();
    };
    quote!(question.options = <#choices as ::shipmate::Choices>::options();)
}

fn screen_out(rule: &Rule) -> TokenStream {
    let Rule {
        name, when, text, ..
    } = rule;
    let when = when.iter();
    quote! {{
        let mut rule = ::shipmate::form::ScreenOutDefinition::new(#name, #(#when)*);
        rule.text = #text;
        rule
    }}
}

fn quota(rule: &Rule) -> TokenStream {
    let Rule {
        name,
        limit,
        when,
        text,
    } = rule;
    let (limit, when) = (limit.iter(), when.iter());
    quote! {{
        let mut rule = ::shipmate::form::QuotaDefinition::new(#name, #(#limit)*);
        #(rule.when = ::std::option::Option::Some(#when.to_owned());)*
        rule.text = #text;
        rule
    }}
}

fn answer(question: &Question<'_>) -> TokenStream {
    let Question {
        ident,
        name,
        answer,
        ..
    } = question;
    let method: Ident = if question.is_option {
        parse_quote!(optional)
    } else {
        parse_quote!(required)
    };
    // Where the type has no such answer, the compiler points at it.
    quote!(#ident: values.#method::<#answer>(#name)?)
}
