//! What is said of one question.

use syn::{Error, Field, Ident, LitInt, LitStr, Result, Type, meta::ParseNestedMeta};

use super::{
    head::{chosen, text, text_or_nothing, texts_only},
    kind::{self, Holds, KINDS, Kind},
    limit::{self, Limit},
    word_of,
};
use crate::{
    complaints::{Complaints, advice},
    text::Text,
};

const KNOWN: [&str; 17] = [
    "name",
    "when",
    "optional",
    "prefill",
    "pattern",
    "min",
    "max",
    "step",
    "minlength",
    "maxlength",
    "least",
    "most",
    "label",
    "hint",
    "entity",
    "attempts",
    "give_up",
];

/// Words for what becomes of a question that was answered wrongly too often.
const GIVE_UP: [(&str, &str); 3] = [("hand-over", "HandOver"), ("skip", "Skip"), ("end", "End")];

pub(super) struct Question<'a> {
    pub(super) ident: &'a Ident,
    /// What it is called in conditions and results.
    pub(super) name: String,
    pub(super) text: Text,
    pub(super) rules: Rules,
    pub(super) kind: &'static Kind,
    pub(super) holds: Holds,
    /// Without the `Option`, if it is one.
    pub(super) answer: &'a Type,
    pub(super) is_option: bool,
}

/// What is written in `#[survey(…)]`.
#[derive(Default)]
pub(super) struct Rules {
    kind: Option<(&'static Kind, syn::Path)>,
    name: Option<LitStr>,
    pub(super) optional: bool,
    pub(super) when: Option<LitStr>,
    pub(super) label: Text,
    pub(super) hint: Text,
    pub(super) least: Text,
    pub(super) most: Text,
    pub(super) attempts: Option<LitInt>,
    /// The variant.
    pub(super) give_up: Option<&'static str>,
    /// Attributes that are written as they are kept, by name.
    pub(super) texts: Vec<(&'static str, LitStr)>,
    pub(super) limits: Vec<Limit>,
    /// In UTF-16 code units, by name.
    pub(super) lengths: Vec<(&'static str, LitInt)>,
}

impl<'a> Question<'a> {
    pub(super) fn read(field: &'a Field) -> Result<Self> {
        let Some(ident) = &field.ident else {
            return Err(Error::new_spanned(field, "a question needs a name"));
        };
        let (mut text, mut rules) = (Text::default(), Rules::default());
        let mut complaints = Complaints::default();
        for attribute in &field.attrs {
            let path = attribute.path();
            if path.is_ident("ask") {
                let read = attribute.parse_nested_meta(|meta| texts_only(&mut text, &meta));
                complaints.note(read);
            } else if path.is_ident("survey") {
                complaints.note(attribute.parse_nested_meta(|meta| rules.take(&meta)));
            }
        }
        text.take_docs(&field.attrs);
        complaints.done()?;
        let inside = kind::inside_option(&field.ty);
        let answer = inside.unwrap_or(&field.ty);
        let holds = Holds::of(answer);
        let question = Self {
            ident,
            name: rules.name(ident),
            kind: rules.kind(ident, holds)?,
            text,
            rules,
            holds,
            answer,
            is_option: inside.is_some(),
        };
        question.check()?;
        Ok(question)
    }

    /// Whether the consumer may leave it out. What is an `Option` may be, unless that is for its
    /// condition.
    pub(super) fn is_optional(&self) -> bool {
        self.rules.optional || self.is_option && self.rules.when.is_none() && !self.may_be_skipped()
    }

    /// The enum of its options.
    pub(super) fn choices(&self) -> Option<&'a Type> {
        let choices = || kind::inside_vec(self.answer).unwrap_or(self.answer);
        self.kind.takes_options(self.holds).then(choices)
    }

    fn may_be_skipped(&self) -> bool {
        self.rules.give_up == Some("Skip")
    }

    fn check(&self) -> Result<()> {
        if self.text.is_empty() {
            let problem = format!(
                "`{}` has no text to ask with; write a doc comment, or `#[ask(en = \"…\")]`",
                self.ident
            );
            return Err(Error::new(self.ident.span(), problem));
        }
        if !shipmate_condition::is_bare(&self.name) {
            let problem = format!(
                "`{}` cannot be used in conditions, where it is a word of its own; add `#[survey(name = \"…\")]`",
                self.name
            );
            return Err(Error::new(self.ident.span(), problem));
        }
        self.kind.check(self.holds, self.answer)?;
        limit::check(&self.rules.limits, self.kind, self.holds)?;
        if self.kind.word == "scale" && !["min", "max"].iter().all(|end| self.has_limit(end)) {
            let problem = "a `scale` needs its ends; add `min = 1, max = 5`";
            return Err(Error::new(self.ident.span(), problem));
        }
        self.check_option()
    }

    fn has_limit(&self, limit: &str) -> bool {
        self.rules.limits.iter().any(|own| own.name == limit)
    }

    /// What may have no answer must be an `Option`.
    fn check_option(&self) -> Result<()> {
        let why = match &self.rules {
            _ if self.is_option => return Ok(()),
            Rules {
                when: Some(when), ..
            } => {
                format!("because it is only asked when `{}`", when.value())
            }
            Rules { optional: true, .. } => "because it is `optional`".to_owned(),
            _ if self.may_be_skipped() => {
                "because it is skipped after too many attempts".to_owned()
            }
            _ => return Ok(()),
        };
        let (name, answer) = (&self.name, kind::shown(self.answer));
        let problem = format!("`{name}` may have no answer, {why}; make it `Option<{answer}>`");
        Err(Error::new_spanned(self.answer, problem))
    }
}

impl Rules {
    fn name(&self, ident: &Ident) -> String {
        match &self.name {
            Some(name) => name.value(),
            None => ident.to_string().trim_start_matches("r#").to_owned(),
        }
    }

    fn kind(&self, ident: &Ident, holds: Holds) -> Result<&'static Kind> {
        let named = self.kind.as_ref().map(|(kind, _)| *kind);
        named.or_else(|| Kind::usual(holds)).ok_or_else(|| {
            Error::new(
                ident.span(),
                "say what is asked for, such as `#[survey(text)]`",
            )
        })
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let word = word_of(&meta.path);
        if let Some(kind) = Kind::named(&word) {
            return self.take_kind(kind, meta);
        }
        match word.as_str() {
            "name" => self.name = Some(meta.value()?.parse()?),
            "when" => self.when = Some(meta.value()?.parse()?),
            "optional" => self.optional = true,
            "label" => text(&mut self.label, meta)?,
            "hint" => text_or_nothing(&mut self.hint, meta)?,
            "least" => text(&mut self.least, meta)?,
            "most" => text(&mut self.most, meta)?,
            "attempts" => self.attempts = Some(attempts(meta)?),
            "give_up" => self.give_up = Some(chosen(&meta.value()?.parse()?, &GIVE_UP)?),
            "prefill" => self.texts.push(("prefill", source(meta)?)),
            "pattern" => self.texts.push(("pattern", meta.value()?.parse()?)),
            "entity" => self.texts.push(("entity", meta.value()?.parse()?)),
            "min" => self.limits.push(Limit::read("min", meta)?),
            "max" => self.limits.push(Limit::read("max", meta)?),
            "step" => self.limits.push(Limit::read("step", meta)?),
            "minlength" => self.lengths.push(("minlength", meta.value()?.parse()?)),
            "maxlength" => self.lengths.push(("maxlength", meta.value()?.parse()?)),
            _ => return Err(unknown(&word, meta)),
        }
        Ok(())
    }

    fn take_kind(&mut self, kind: &'static Kind, meta: &ParseNestedMeta<'_>) -> Result<()> {
        if let Some((other, _)) = &self.kind {
            let problem = format!("it is a `{}` already; leave one out", other.word);
            return Err(Error::new_spanned(&meta.path, problem));
        }
        self.kind = Some((kind, meta.path.clone()));
        Ok(())
    }
}

fn unknown(word: &str, meta: &ParseNestedMeta<'_>) -> Error {
    let problem = if let Some(why) = kind::why_not(word) {
        format!("`{word}` cannot be a question of a struct: {why}")
    } else {
        let kinds = KINDS.iter().map(|kind| kind.word);
        let known: Vec<&str> = KNOWN.into_iter().chain(kinds).collect();
        format!("`{word}` is not known here; {}", advice(word, &known))
    };
    Error::new_spanned(&meta.path, problem)
}

/// At least one.
pub(super) fn attempts(meta: &ParseNestedMeta<'_>) -> Result<LitInt> {
    let attempts: LitInt = meta.value()?.parse()?;
    if attempts.base10_parse::<u32>()? == 0 {
        let problem = "nobody could answer in no attempt; write 1 or more";
        return Err(Error::new_spanned(attempts, problem));
    }
    Ok(attempts)
}

fn source(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let source: LitStr = meta.value()?.parse()?;
    let value = source.value();
    let is_source = ["profile.", "meta."]
        .iter()
        .any(|place| value.strip_prefix(place).is_some_and(|key| !key.is_empty()));
    if !is_source {
        let problem = format!(
            "`{value}` names no source; write `profile.email`, or `meta.plate` for a variable of the conversation"
        );
        return Err(Error::new_spanned(source, problem));
    }
    Ok(source)
}
