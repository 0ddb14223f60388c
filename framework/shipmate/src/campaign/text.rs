//! What a campaign says: a text per language, with the contact's own data filled in.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{CampaignError, audience::scalar};

/// What a filled value may be long, in characters: a name is shorter, and a message has to be short.
const LONGEST_VALUE: usize = 100;

/// What is said when there is no text in the contact's language.
const DEFAULT: &str = "default";

/// Texts by language, ready to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Texts {
    by_language: BTreeMap<String, Text>,
    fallback: Text,
}

/// A text with places for a contact's data.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Plain(String),
    /// `{path}` of the profile, or `{path|what to say without it}`.
    Place {
        path: String,
        otherwise: Option<String>,
    },
}

/// The contact has nothing to put into a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfilled(pub(crate) String);

impl Texts {
    /// One text, or a table of texts by language tag.
    pub(super) fn read(key: &str, value: &Value) -> Result<Self, CampaignError> {
        let parse = |key: String, value: &Value| match value {
            Value::String(text) if !text.trim().is_empty() => Text::parse(&key, text),
            _ => Err(CampaignError::unusable(
                key,
                "give a text that says something",
            )),
        };
        let Value::Object(table) = value else {
            return Ok(Self {
                by_language: BTreeMap::new(),
                fallback: parse(key.to_owned(), value)?,
            });
        };
        let mut by_language = BTreeMap::new();
        for (language, text) in table {
            let text = parse(format!("{key}.{language}"), text)?;
            by_language.insert(normal(language), text);
        }
        let fallback = by_language.get(DEFAULT).or_else(|| by_language.get("en"));
        let fallback = fallback.cloned().ok_or_else(|| {
            CampaignError::unusable(
                key.to_owned(),
                "add a text under `default` or `en` for contacts of other languages",
            )
        })?;
        Ok(Self {
            by_language,
            fallback,
        })
    }

    /// The text for a contact of language `tag`, filled from its `profile`.
    pub(super) fn fill(
        &self,
        tag: Option<&str>,
        profile: &Map<String, Value>,
    ) -> Result<String, Unfilled> {
        self.of(tag).fill(profile)
    }

    fn of(&self, tag: Option<&str>) -> &Text {
        let tag = normal(tag.unwrap_or_default());
        let language = tag.split('-').next().unwrap_or_default();
        let exact = self.by_language.get(&tag);
        exact
            .or_else(|| self.by_language.get(language))
            .unwrap_or(&self.fallback)
    }
}

/// Language tags as they are compared.
fn normal(tag: &str) -> String {
    tag.trim().replace('_', "-").to_ascii_lowercase()
}

impl Text {
    fn parse(key: &str, text: &str) -> Result<Self, CampaignError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = brace
                .strip_prefix("{{")
                .or_else(|| brace.strip_prefix("}}"))
            {
                plain.push_str(brace.get(..1).unwrap_or_default());
                rest = after;
                continue;
            }
            let Some((place, after)) = brace.strip_prefix('{').and_then(|it| it.split_once('}'))
            else {
                return Err(CampaignError::unusable(
                    key.to_owned(),
                    "a brace has no partner; write {name} for a place, and {{ or }} for a brace",
                ));
            };
            parts.push(Part::Plain(std::mem::take(&mut plain)));
            parts.push(Part::place(key, place)?);
            rest = after;
        }
        plain.push_str(rest);
        parts.push(Part::Plain(plain));
        parts.retain(|part| *part != Part::Plain(String::new()));
        if text.trim_start().starts_with(['/', '>']) {
            return Err(CampaignError::unusable(
                key.to_owned(),
                "a text that begins with / or > would be read as a command",
            ));
        }
        Ok(Self { parts })
    }

    /// A value is never read as a place, and a text never begins as a command does because of one.
    fn fill(&self, profile: &Map<String, Value>) -> Result<String, Unfilled> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Plain(text) => filled.push_str(text),
                Part::Place { path, otherwise } => {
                    let value = value_at(profile, path).map(|value| clean(&value));
                    let value = value.filter(|value| !value.is_empty());
                    let value = value.or_else(|| otherwise.clone());
                    let value = value.ok_or_else(|| Unfilled(path.clone()))?;
                    filled.push_str(if filled.trim().is_empty() {
                        value.trim_start_matches(is_command_sign)
                    } else {
                        &value
                    });
                }
            }
        }
        Ok(filled)
    }
}

/// Commands, forms, fields and bot commands begin with one of these (chat commands).
fn is_command_sign(c: char) -> bool {
    matches!(c, '/' | '>' | '+' | '-' | '.' | '@' | '#') || c.is_whitespace()
}

impl Part {
    fn place(key: &str, place: &str) -> Result<Self, CampaignError> {
        let (path, otherwise) = match place.split_once('|') {
            Some((path, otherwise)) => (path.trim(), Some(otherwise.trim().to_owned())),
            None => (place.trim(), None),
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if path.is_empty() || !path.chars().all(fits) {
            return Err(CampaignError::unusable(
                key.to_owned(),
                format!(
                    "`{{{place}}}` is no place; write a field of the profile, such as {{name}} or {{givenName|there}}"
                ),
            ));
        }
        Ok(Self::Place {
            path: path.to_owned(),
            otherwise,
        })
    }
}

fn value_at(profile: &Map<String, Value>, path: &str) -> Option<String> {
    let mut steps = path.split('.');
    let mut value = profile.get(steps.next()?)?;
    for step in steps {
        value = value.get(step)?;
    }
    scalar(value)
}

/// What somebody typed into a profile, as a part of one line.
fn clean(value: &str) -> String {
    let plain: String = value
        .chars()
        .map(|c| {
            if c.is_control() || c.is_whitespace() {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !is_invisible(*c))
        .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(LONGEST_VALUE).collect()
}

/// Marks that turn the direction of what follows, or that cannot be seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fill(text: &Value, tag: Option<&str>, profile: &Value) -> Result<String, Unfilled> {
        let texts = Texts::read("text", text).unwrap();
        texts.fill(tag, profile.as_object().unwrap())
    }

    #[test]
    fn places_are_filled_from_the_profile() {
        let ann =
            json!({"name": "Ann\nExample", "address": {"addressLocality": "Gent"}, "visits": 3});
        for (text, expected) in [
            (
                "Hello {name}, from {address.addressLocality}.",
                "Hello Ann Example, from Gent.",
            ),
            ("{{name}} {visits}", "{name} 3"),
            ("Dear {givenName|customer}!", "Dear customer!"),
            ("Dear {givenName|}!", "Dear !"),
        ] {
            assert_eq!(fill(&json!(text), None, &ann).unwrap(), expected);
        }
        assert_eq!(
            fill(&json!("Hello {givenName}"), None, &ann),
            Err(Unfilled("givenName".into()))
        );
    }

    #[test]
    fn each_language_has_its_text() {
        let texts = json!({"en": "Hello", "nl": "Hallo", "nl-BE": "Dag", "default": "Hi"});
        for (tag, expected) in [
            (Some("nl"), "Hallo"),
            (Some("nl_be"), "Dag"),
            (Some("en-GB"), "Hello"),
            (Some("pt"), "Hi"),
            (None, "Hi"),
        ] {
            assert_eq!(fill(&texts, tag, &json!({})).unwrap(), expected, "{tag:?}");
        }
    }

    #[test]
    fn a_text_that_cannot_be_filled_is_refused_and_named() {
        for text in [
            json!("Hello {name"),
            json!("Hello }"),
            json!("{}"),
            json!("{na me}"),
            json!(" "),
            json!(7),
            json!({"nl": "Hallo"}),
        ] {
            let error = Texts::read("text", &text).unwrap_err().to_string();
            assert!(error.contains("`text"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_value_makes_a_command_a_line_or_another_place(name in any::<String>(), secret in "[a-z]{12}") {
            let profile = json!({"name": name, "secret": secret});
            let texts = Texts::read("text", &json!("{name|x} hello")).unwrap();
            let filled = texts.fill(None, profile.as_object().unwrap()).unwrap();
            prop_assert!(!filled.starts_with(is_command_sign) || filled == " hello", "{filled:?}");
            prop_assert!(!filled.contains('\n'));
            prop_assert!(!filled.contains(&secret) || name.contains(&secret));
        }
    }
}
