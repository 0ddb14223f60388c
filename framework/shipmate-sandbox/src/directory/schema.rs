//! What the API reference says about fields: their types, words and defaults, as tables.

mod check;
pub(crate) use check::check;

mod organization;
pub(super) use organization::ORGANIZATION;

mod resources;
pub(super) use resources::{
    BOT, CHANNEL, CONTACT, FORM, INSTANCE, NAMED, ORGANIZATION_GROUP, SERVICE, USER,
    WHATSAPP_TEMPLATE, WORKFLOW, params_of,
};

mod talk;
pub(crate) use talk::{CONVERSATION, MESSAGE};

/// One documented field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) is_required: bool,
    pub(super) fallback: Fallback,
}

/// What a field may hold. Anything may also be `null`, unless it is required.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Text,
    TextOrNumber,
    Number,
    Flag,
    /// ISO 8601.
    Time,
    /// One of a closed list.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of words, each of a closed list.
    Words(&'static [&'static str]),
    List,
    /// An object whose keys are not documented.
    Free,
    Object(&'static [Field]),
    Objects(&'static [Field]),
    /// At most so many objects, or `null` where one was taken out.
    Slots(&'static [Field], usize),
}

/// What a field holds that is not given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fallback {
    Absent,
    Word(&'static str),
    Flag(bool),
    Number(i64),
    Texts(&'static [&'static str]),
    /// An empty list.
    NoItems,
    /// An object with the defaults of its own fields.
    Defaults,
}

impl Field {
    const fn new(name: &'static str, shape: Shape) -> Self {
        Self {
            name,
            shape,
            is_required: false,
            fallback: Fallback::Absent,
        }
    }

    const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    const fn or(mut self, fallback: Fallback) -> Self {
        self.fallback = fallback;
        self
    }
}

/// The names of fields.
pub(crate) fn names(fields: &'static [Field]) -> impl Iterator<Item = &'static str> {
    fields.iter().map(|field| field.name)
}

const fn text(name: &'static str) -> Field {
    Field::new(name, Shape::Text)
}

const fn time(name: &'static str) -> Field {
    Field::new(name, Shape::Time)
}

const fn number(name: &'static str) -> Field {
    Field::new(name, Shape::Number)
}

const fn flag(name: &'static str) -> Field {
    Field::new(name, Shape::Flag)
}

/// A flag that is `default` unless it is given.
const fn switch(name: &'static str, default: bool) -> Field {
    flag(name).or(Fallback::Flag(default))
}

const fn word(name: &'static str, words: &'static [&'static str]) -> Field {
    Field::new(name, Shape::Word(words))
}

const fn texts(name: &'static str) -> Field {
    Field::new(name, Shape::Texts).or(Fallback::NoItems)
}

const fn meta() -> Field {
    Field::new("meta", Shape::Free).or(Fallback::Defaults)
}

const LOCALES: &[&str] = &["en", "nl", "de", "fr"];

const TOUCHPOINTS: &[&str] = &["web", "email", "sms", "facebook", "whatsapp"];
