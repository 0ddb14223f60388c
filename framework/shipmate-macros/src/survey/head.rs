//! What is said of the whole survey.

use proc_macro2::TokenStream;
use syn::{
    DeriveInput, Error, LitInt, LitStr, Result, Token,
    meta::ParseNestedMeta,
    parenthesized,
    parse::{ParseBuffer, Parser},
    spanned::Spanned,
    token,
};

use super::{field::Question, word_of};
use crate::{
    complaints::{Complaints, advice},
    text::{TAGS, Text},
};

const KNOWN: [&str; 9] = [
    "id",
    "version",
    "title",
    "locales",
    "review",
    "attempts",
    "on_change",
    "screen_out",
    "quota",
];

/// Words for what becomes of conversations under way, and the variants they stand for.
const ON_CHANGE: [(&str, &str); 3] = [
    ("pin", "Pin"),
    ("migrate", "Migrate"),
    ("restart", "Restart"),
];

#[derive(Default)]
pub(super) struct Head {
    pub(super) id: Option<LitStr>,
    pub(super) version: Option<LitInt>,
    pub(super) title: Text,
    /// Each once.
    pub(super) locales: Vec<String>,
    pub(super) review: bool,
    pub(super) attempts: Option<LitInt>,
    /// The variant.
    pub(super) on_change: Option<&'static str>,
    pub(super) screen_outs: Vec<Rule>,
    pub(super) quotas: Vec<Rule>,
}

/// Who is not meant, or of whom no more than so many are wanted.
pub(super) struct Rule {
    pub(super) name: LitStr,
    pub(super) when: Option<LitStr>,
    pub(super) limit: Option<LitInt>,
    pub(super) text: Text,
}

impl Head {
    pub(super) fn read(input: &DeriveInput) -> Result<Self> {
        let mut head = Self::default();
        for attribute in &input.attrs {
            if attribute.path().is_ident("survey") {
                attribute.parse_nested_meta(|meta| head.take(&meta))?;
            }
        }
        if head.id.is_none() {
            let problem = "the survey needs a name by which its answers are kept; add `#[survey(id = \"…\")]`";
            return Err(Error::new_spanned(&input.ident, problem));
        }
        Ok(head)
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let word = word_of(&meta.path);
        match word.as_str() {
            "id" => self.id = Some(meta.value()?.parse()?),
            "version" => self.version = Some(meta.value()?.parse()?),
            "attempts" => self.attempts = Some(super::field::attempts(meta)?),
            "review" => self.review = true,
            "title" => text(&mut self.title, meta)?,
            "locales" => self.locales = locales(&meta.value()?.parse()?)?,
            "on_change" => {
                let word: LitStr = meta.value()?.parse()?;
                self.on_change = Some(chosen(&word, &ON_CHANGE)?);
            }
            "screen_out" => self.screen_outs.push(Rule::screen_out(meta)?),
            "quota" => self.quotas.push(Rule::quota(meta)?),
            _ => {
                let problem = format!("`{word}` is not known here; {}", advice(&word, &KNOWN));
                return Err(Error::new_spanned(&meta.path, problem));
            }
        }
        Ok(())
    }

    /// Every question has its texts in every language that the survey is meant for.
    pub(super) fn check_languages(&self, questions: &[Question<'_>], complaints: &mut Complaints) {
        for question in questions {
            let Question { name, rules, .. } = question;
            let told = [
                ("text", "#[ask", &question.text),
                ("label", "#[survey(label", &rules.label),
                ("hint", "#[survey(hint", &rules.hint),
                ("end", "#[survey(least", &rules.least),
                ("end", "#[survey(most", &rules.most),
            ];
            for (what, place, text) in told {
                let missing = text.missing(&self.locales);
                if missing.is_empty() || text.is_empty() {
                    continue;
                }
                let missing: Vec<String> = missing
                    .iter()
                    .map(|locale| format!("{locale} = \"…\""))
                    .collect();
                let close = if place == "#[ask" { ")]" } else { "))]" };
                let problem = format!(
                    "`{name}` has no {what} in every language of the survey; add `{place}({}{close}`",
                    missing.join(", ")
                );
                complaints.add(Error::new(question.ident.span(), problem));
            }
        }
    }
}

impl Rule {
    /// `screen_out("name", when = "…", en = "…")`.
    fn screen_out(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let usage = "write `screen_out(\"name\", when = \"…\", en = \"…\")`";
        let inside = inside(meta, usage)?;
        let name = inside
            .parse()
            .map_err(|error: Error| Error::new(error.span(), usage))?;
        let mut rule = Self {
            name,
            limit: None,
            when: None,
            text: Text::default(),
        };
        rule.rest(&inside)?;
        match rule.when {
            Some(_) => Ok(rule),
            None => Err(Error::new(meta.path.span(), usage)),
        }
    }

    /// `quota("name", 200, when = "…", en = "…")`.
    fn quota(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let usage = "write `quota(\"name\", 200, when = \"…\", en = \"…\")`";
        let explained = |error: Error| Error::new(error.span(), usage);
        let inside = inside(meta, usage)?;
        let name = inside.parse().map_err(explained)?;
        inside.parse::<Token![,]>().map_err(explained)?;
        let limit = inside.parse().map_err(explained)?;
        let mut rule = Self {
            name,
            limit: Some(limit),
            when: None,
            text: Text::default(),
        };
        rule.rest(&inside)?;
        Ok(rule)
    }

    fn rest(&mut self, inside: &ParseBuffer<'_>) -> Result<()> {
        inside.parse::<Option<Token![,]>>()?;
        let rest: TokenStream = inside.parse()?;
        let parser = syn::meta::parser(|meta| {
            if self.text.take(&meta)? {
                return Ok(());
            }
            let word = word_of(&meta.path);
            if word != "when" {
                let known: Vec<&str> = ["when"].into_iter().chain(TAGS).collect();
                let problem = format!("`{word}` is not known here; {}", advice(&word, &known));
                return Err(Error::new_spanned(&meta.path, problem));
            }
            self.when = Some(meta.value()?.parse()?);
            Ok(())
        });
        parser.parse2(rest)
    }
}

/// What stands in parentheses.
fn inside<'a>(meta: &ParseNestedMeta<'a>, usage: &str) -> Result<ParseBuffer<'a>> {
    if !meta.input.peek(token::Paren) {
        return Err(Error::new(meta.path.span(), usage));
    }
    let inside;
    parenthesized!(inside in meta.input);
    Ok(inside)
}

/// Takes `= "…"` for every language, or `(en = "…")`.
pub(super) fn text(text: &mut Text, meta: &ParseNestedMeta<'_>) -> Result<()> {
    text_or_nothing(text, meta)?;
    match text.blank() {
        Some(blank) => Err(Error::new_spanned(
            blank,
            "the text is empty; write what is said",
        )),
        None => Ok(()),
    }
}

/// The same where an empty text says that there is none.
pub(super) fn text_or_nothing(text: &mut Text, meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        return text.take_for_all(meta);
    }
    meta.parse_nested_meta(|meta| texts_only(text, &meta))
}

/// Takes a text, and nothing else.
pub(super) fn texts_only(text: &mut Text, meta: &ParseNestedMeta<'_>) -> Result<()> {
    if text.take(meta)? {
        return Ok(());
    }
    let word = word_of(&meta.path);
    let problem = format!("`{word}` is no language; {}", advice(&word, &TAGS));
    // Read over its value, so that this is the one complaint.
    if meta.input.peek(Token![=]) {
        let _: LitStr = meta.value()?.parse()?;
    }
    Err(Error::new_spanned(&meta.path, problem))
}

/// The variant that a word stands for.
pub(super) fn chosen(
    word: &LitStr,
    known: &'static [(&'static str, &'static str)],
) -> Result<&'static str> {
    let value = word.value();
    let found = known.iter().find(|(name, _)| *name == value);
    found.map(|(_, variant)| *variant).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let problem = format!("`{value}` is not known here; {}", advice(&value, &names));
        Error::new_spanned(word, problem)
    })
}

fn locales(list: &LitStr) -> Result<Vec<String>> {
    let mut locales: Vec<String> = Vec::new();
    for tag in list.value().split_whitespace() {
        if !TAGS.contains(&tag) {
            let problem = format!("`{tag}` is no language; {}", advice(tag, &TAGS));
            return Err(Error::new_spanned(list, problem));
        }
        if locales.iter().any(|other| other == tag) {
            let problem = format!("`{tag}` is there twice; leave one out");
            return Err(Error::new_spanned(list, problem));
        }
        locales.push(tag.to_owned());
    }
    Ok(locales)
}
