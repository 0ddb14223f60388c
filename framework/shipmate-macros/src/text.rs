//! Texts by language: `en = "…", nl = "…"`, or a doc comment in English.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Error, Expr, ExprLit, Ident, Lit, LitStr, Meta, Result, meta::ParseNestedMeta,
};

/// A language of the platform, as it is written and as Shipmate calls it.
const LOCALES: [(&str, &str); 4] = [("en", "En"), ("nl", "Nl"), ("de", "De"), ("fr", "Fr")];

pub(crate) const TAGS: [&str; 4] = ["en", "nl", "de", "fr"];

/// A text in one or more languages.
#[derive(Default)]
pub(crate) struct Text {
    for_all: Option<LitStr>,
    by_locale: Vec<(&'static str, LitStr)>,
}

impl Text {
    /// Takes `nl = "…"`, if that is what it is.
    pub(crate) fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<bool> {
        let Some((tag, _)) = LOCALES.iter().find(|(tag, _)| meta.path.is_ident(tag)) else {
            return Ok(false);
        };
        if self.has(tag) {
            let problem = format!("there is a text in `{tag}` already; leave one out");
            return Err(Error::new_spanned(&meta.path, problem));
        }
        let text: LitStr = meta.value()?.parse()?;
        if text.value().trim().is_empty() {
            return Err(Error::new_spanned(
                text,
                "the text is empty; write what is said",
            ));
        }
        self.by_locale.push((tag, text));
        Ok(true)
    }

    /// Takes `= "…"`, a text for every language.
    pub(crate) fn take_for_all(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let text = meta.value()?.parse()?;
        if self.for_all.is_some() {
            let problem = "there is a text for every language already; leave one out";
            return Err(Error::new_spanned(text, problem));
        }
        self.for_all = Some(text);
        Ok(())
    }

    /// Takes the doc comment as English, unless there is English already.
    pub(crate) fn take_docs(&mut self, attributes: &[Attribute]) {
        if self.has("en") {
            return;
        }
        let lines: Vec<LitStr> = attributes.iter().filter_map(line_of_docs).collect();
        let text: Vec<String> = lines
            .iter()
            .map(|line| line.value().trim().to_owned())
            .collect();
        let text = text.join(" ").trim().to_owned();
        if let (Some(first), false) = (lines.first(), text.is_empty()) {
            self.by_locale
                .push(("en", LitStr::new(&text, first.span())));
        }
    }

    pub(crate) fn has(&self, locale: &str) -> bool {
        self.by_locale.iter().any(|(tag, _)| *tag == locale)
    }

    /// The text for every language, if it says nothing.
    pub(crate) fn blank(&self) -> Option<&LitStr> {
        self.for_all
            .as_ref()
            .filter(|text| text.value().trim().is_empty())
    }

    /// The languages of a list that it says nothing in.
    pub(crate) fn missing<'a>(&self, locales: &'a [String]) -> Vec<&'a str> {
        if self.for_all.is_some() {
            return Vec::new();
        }
        let locales = locales.iter().map(String::as_str);
        locales.filter(|locale| !self.has(locale)).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_locale.is_empty() && self.for_all.is_none()
    }
}

/// A `Localized`.
impl ToTokens for Text {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let with = self.by_locale.iter().map(|(tag, text)| {
            let locale = locale(tag);
            quote!(.with(#locale, #text))
        });
        let start = self.for_all.as_ref().map(|text| quote!(from(#text)));
        let start = start.unwrap_or_else(|| quote!(default()));
        tokens.extend(quote!(::shipmate::form::Localized::#start #(#with)*));
    }
}

/// A `Locale`.
pub(crate) fn locale(tag: &str) -> TokenStream {
    let known = LOCALES.iter().find(|(known, _)| *known == tag);
    let name = known.map_or("En", |(_, name)| name);
    let name = Ident::new(name, Span::call_site());
    quote!(::shipmate::form::Locale::#name)
}

fn line_of_docs(attribute: &Attribute) -> Option<LitStr> {
    let Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    match &meta.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(line),
            ..
        }) if meta.path.is_ident("doc") => Some(line.clone()),
        _ => None,
    }
}
