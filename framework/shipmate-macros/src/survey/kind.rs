//! Which types of answers fit which types of questions.

use quote::ToTokens;
use syn::{Error, GenericArgument, Path, PathArguments, Result, Type};

/// What a field holds, as far as its type tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Bool,
    /// An integer of a type.
    Whole(&'static Whole),
    Float,
    Date,
    Time,
    DateTime,
    /// A list of options.
    Several,
    /// A type of the author's: an enum of options.
    One,
}

/// An integer type and what a question for it may ask.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) name: &'static str,
    pub(super) min: Option<&'static str>,
    pub(super) max: Option<&'static str>,
}

/// Integers of 64 bits hold any number that can be answered, which has 15 digits at most.
const WHOLE: [Whole; 10] = [
    Whole {
        name: "u8",
        min: Some("0"),
        max: Some("255"),
    },
    Whole {
        name: "u16",
        min: Some("0"),
        max: Some("65535"),
    },
    Whole {
        name: "u32",
        min: Some("0"),
        max: Some("4294967295"),
    },
    Whole {
        name: "u64",
        min: Some("0"),
        max: None,
    },
    Whole {
        name: "usize",
        min: Some("0"),
        max: None,
    },
    Whole {
        name: "i8",
        min: Some("-128"),
        max: Some("127"),
    },
    Whole {
        name: "i16",
        min: Some("-32768"),
        max: Some("32767"),
    },
    Whole {
        name: "i32",
        min: Some("-2147483648"),
        max: Some("2147483647"),
    },
    Whole {
        name: "i64",
        min: None,
        max: None,
    },
    Whole {
        name: "isize",
        min: None,
        max: None,
    },
];

/// A word for a type of question, the variant it stands for, and what its answer may be held in.
pub(super) struct Kind {
    pub(super) word: &'static str,
    pub(super) variant: &'static str,
    held_in: &'static [&'static str],
}

const TEXT: &[&str] = &["String"];
const NUMBER: &[&str] = &["an integer such as `u32`", "f64"];
const WHOLE_ONLY: &[&str] = &["an integer such as `u8`"];
const ONE: &[&str] = &["an enum that derives `Choices`"];
const SEVERAL: &[&str] = &["a `Vec` of an enum that derives `Choices`"];

macro_rules! kind {
    ($word:literal $variant:literal $held:expr) => {
        Kind {
            word: $word,
            variant: $variant,
            held_in: $held,
        }
    };
}

pub(super) const KINDS: &[Kind] = &[
    kind!("text" "Text" TEXT),
    kind!("search" "Search" TEXT),
    kind!("lines" "Lines" TEXT),
    kind!("textarea" "Textarea" TEXT),
    kind!("email" "Email" TEXT),
    kind!("tel" "Tel" TEXT),
    kind!("url" "Url" TEXT),
    kind!("file" "File" TEXT),
    kind!("color" "Color" TEXT),
    kind!("month" "Month" TEXT),
    kind!("week" "Week" TEXT),
    kind!("date" "Date" &["String", "jiff::civil::Date"]),
    kind!("time" "Time" &["String", "jiff::civil::Time"]),
    kind!("datetime_local" "DatetimeLocal" &["String", "jiff::civil::DateTime"]),
    kind!("number" "Number" NUMBER),
    kind!("range" "Range" NUMBER),
    kind!("nps" "Nps" WHOLE_ONLY),
    kind!("csat" "Csat" WHOLE_ONLY),
    kind!("ces" "Ces" WHOLE_ONLY),
    kind!("likert" "Likert" WHOLE_ONLY),
    kind!("stars" "Stars" WHOLE_ONLY),
    kind!("scale" "Scale" WHOLE_ONLY),
    kind!("yes_no" "YesNo" &["bool"]),
    kind!("checkbox" "Checkbox" &["bool", "a `Vec` of an enum that derives `Choices`"]),
    kind!("single_choice" "SingleChoice" ONE),
    kind!("select" "Select" ONE),
    kind!("radio" "Radio" ONE),
    kind!("button" "Button" ONE),
    kind!("multiple_choice" "MultipleChoice" SEVERAL),
    kind!("ranking" "Ranking" SEVERAL),
];

/// Types that are never asked, or not by one field.
pub(super) fn why_not(word: &str) -> Option<&'static str> {
    match word {
        "hidden" | "image" | "password" | "reset" | "submit" => {
            Some("it is never asked in a chat; leave the field out")
        }
        "matrix" => Some("write a field for each row, all of the same type"),
        _ => None,
    }
}

impl Kind {
    pub(super) fn named(word: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.word == word)
    }

    /// What is asked for a field whose author does not say.
    pub(super) fn usual(holds: Holds) -> Option<&'static Self> {
        Self::named(match holds {
            Holds::Text => "text",
            Holds::Bool => "yes_no",
            Holds::Whole(_) | Holds::Float => "number",
            Holds::Date => "date",
            Holds::Time => "time",
            Holds::DateTime => "datetime_local",
            Holds::Several => "multiple_choice",
            Holds::One => "single_choice",
        })
    }

    pub(super) fn is_number(&self) -> bool {
        self.held_in == NUMBER
    }

    pub(super) fn takes_options(&self, holds: Holds) -> bool {
        matches!(holds, Holds::One | Holds::Several)
            && (self.held_in == ONE || self.held_in == SEVERAL || self.word == "checkbox")
    }

    /// Refuses a type that its answers cannot be held in.
    pub(super) fn check(&self, holds: Holds, kind: &Type) -> Result<()> {
        let held = match holds {
            Holds::Text => "String",
            Holds::Bool => "bool",
            Holds::Whole(_) if self.held_in == NUMBER => "an integer such as `u32`",
            Holds::Whole(_) => "an integer such as `u8`",
            Holds::Float => "f64",
            Holds::Date => "jiff::civil::Date",
            Holds::Time => "jiff::civil::Time",
            Holds::DateTime => "jiff::civil::DateTime",
            Holds::Several => "a `Vec` of an enum that derives `Choices`",
            Holds::One => "an enum that derives `Choices`",
        };
        if self.held_in.contains(&held) {
            return Ok(());
        }
        let fitting: Vec<String> = self
            .held_in
            .iter()
            .map(|name| {
                if name.contains(' ') {
                    (*name).to_owned()
                } else {
                    format!("`{name}`")
                }
            })
            .collect();
        let problem = format!(
            "the answer to a `{}` does not fit into `{}`; make it {}",
            self.word,
            shown(kind),
            fitting.join(" or ")
        );
        Err(Error::new_spanned(kind, problem))
    }
}

impl Holds {
    pub(super) fn of(kind: &Type) -> Self {
        let name = last_name(kind).unwrap_or_default();
        if let Some(whole) = WHOLE.iter().find(|whole| whole.name == name) {
            return Self::Whole(whole);
        }
        match name.as_str() {
            "String" => Self::Text,
            "bool" => Self::Bool,
            "f32" | "f64" => Self::Float,
            "Date" => Self::Date,
            "Time" => Self::Time,
            "DateTime" => Self::DateTime,
            "Vec" => Self::Several,
            _ => Self::One,
        }
    }
}

/// What is in an `Option`.
pub(super) fn inside_option(kind: &Type) -> Option<&Type> {
    inside(kind, "Option")
}

/// What is in a `Vec`.
pub(super) fn inside_vec(kind: &Type) -> Option<&Type> {
    inside(kind, "Vec")
}

fn inside<'a>(kind: &'a Type, name: &str) -> Option<&'a Type> {
    let segment = path(kind)?.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inside) if segment.ident == name => Some(inside),
        _ => None,
    }
}

fn last_name(kind: &Type) -> Option<String> {
    let segment = path(kind)?.segments.last()?;
    Some(segment.ident.to_string())
}

fn path(kind: &Type) -> Option<&Path> {
    match kind {
        Type::Path(kind) => Some(&kind.path),
        _ => None,
    }
}

/// A type as it is written.
pub(super) fn shown(kind: &Type) -> String {
    let tokens = kind.to_token_stream().to_string();
    tokens.replace(' ', "")
}
