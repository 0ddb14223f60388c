//! Reads a typed configuration from settings that are all text, as the platform keeps them.

mod value;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::de::{self, DeserializeOwned, DeserializeSeed, MapAccess};

use self::value::Text;
use super::{
    merge::Setting,
    problem::{Problem, described, may_be_shown},
};

/// Why a setting could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Wrong {
    #[error("it should be {0}")]
    Value(String),
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("there is no setting of this name; there are {0}")]
    Name(String),
    #[error("{0}")]
    Other(String),
}

/// What is wrong, and with which setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{wrong}")]
pub(super) struct Fault {
    key: Option<String>,
    wrong: Wrong,
}

impl Fault {
    fn value(expected: impl Into<String>) -> Self {
        Wrong::Value(expected.into()).into()
    }

    fn at(mut self, key: &str) -> Self {
        self.key.get_or_insert_with(|| key.to_owned());
        self
    }
}

impl From<Wrong> for Fault {
    fn from(wrong: Wrong) -> Self {
        Self { key: None, wrong }
    }
}

/// None of them repeats the value, unlike serde's own words.
impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Wrong::Other(message.to_string()).into()
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::value(expected.to_string())
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::value(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn de::Expected) -> Self {
        Self::value(expected.to_string())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::value(one_of(expected))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::from(Wrong::Name(one_of(expected))).at(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Wrong::Missing(field).into()
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "left out".to_owned(),
        [only] => only.clone(),
        all => format!("one of {}", all.join(", ")),
    }
}

/// Reads `C`: numbers and booleans from their text, lists from text with commas.
///
/// # Errors
///
/// All settings that are missing or not of their type.
pub(super) fn read<C: DeserializeOwned>(
    settings: &BTreeMap<String, Setting>,
) -> Result<C, Vec<Problem>> {
    let mut reading = Reading {
        settings,
        left_out: BTreeSet::new(),
        assumed: BTreeSet::new(),
        wanted: RefCell::default(),
        problems: Vec::new(),
    };
    loop {
        match C::deserialize(de::value::MapAccessDeserializer::new(reading.pairs())) {
            Ok(config) if reading.problems.is_empty() => return Ok(config),
            Err(fault) if reading.go_on(&fault) => {}
            _ => return Err(reading.into_problems()),
        }
    }
}

/// Serde stops at the first fault. To find them all, it is asked again without what was wrong, and
/// with something assumed for what was missing.
struct Reading<'a> {
    settings: &'a BTreeMap<String, Setting>,
    left_out: BTreeSet<String>,
    assumed: BTreeSet<&'static str>,
    /// What was asked for where something was assumed.
    wanted: RefCell<BTreeMap<String, String>>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn pairs(&self) -> Pairs<'_> {
        let given = self.settings.iter();
        let given = given.map(|(key, setting)| (key.as_str(), Some(setting.value.as_str())));
        let kept = given.filter(|(key, _)| !self.left_out.contains(*key));
        let assumed = self.assumed.iter().map(|key| (*key, None));
        Pairs {
            rest: kept.chain(assumed).collect::<Vec<_>>().into_iter(),
            value: None,
            wanted: &self.wanted,
        }
    }

    /// Whether something new can be learned by reading again.
    fn go_on(&mut self, fault: &Fault) -> bool {
        if let Wrong::Missing(field) = fault.wrong {
            if !self.left_out.contains(field) && !self.assumed.contains(field) {
                self.problems.push(Problem {
                    key: field.to_owned(),
                    found: None,
                    expected: String::new(),
                });
            }
            return self.assumed.insert(field);
        }
        let Some(key) = fault.key.clone() else {
            // About all of them; what was assumed may be the reason.
            if self.problems.is_empty() {
                self.problems
                    .push(self.problem(String::new(), &fault.wrong));
            }
            return false;
        };
        if self.assumed.contains(key.as_str()) || !self.settings.contains_key(&key) {
            if self.problems.is_empty() {
                self.problems.push(self.problem(key, &fault.wrong));
            }
            return false;
        }
        let problem = self.problem(key.clone(), &fault.wrong);
        self.problems.push(problem);
        self.left_out.insert(key)
    }

    fn problem(&self, key: String, wrong: &Wrong) -> Problem {
        let value = self
            .settings
            .get(&key)
            .map(|setting| setting.value.as_str());
        let expected = match wrong {
            Wrong::Value(expected) => expected.clone(),
            Wrong::Missing(_) => String::new(),
            Wrong::Name(names) => {
                format!("taken out: there is no setting of this name; there are {names}")
            }
            // The author's own words may repeat the value.
            Wrong::Other(words) => match value {
                Some(value) if !may_be_shown(&key, value) => {
                    format!("something else: {}", words.replace(value, "…"))
                }
                _ => format!("something else: {words}"),
            },
        };
        Problem {
            found: value.map(|value| described(&key, value)),
            expected: if key.is_empty() {
                wrong.to_string()
            } else {
                expected
            },
            key,
        }
    }

    fn into_problems(self) -> Vec<Problem> {
        let wanted = self.wanted.into_inner();
        let mut problems = self.problems;
        for problem in problems.iter_mut().filter(|it| it.expected.is_empty()) {
            let expected = wanted.get(&problem.key).map(String::as_str);
            expected.unwrap_or("set").clone_into(&mut problem.expected);
        }
        problems
    }
}

/// Settings as a map.
struct Pairs<'a> {
    rest: std::vec::IntoIter<(&'a str, Option<&'a str>)>,
    value: Option<Text<'a>>,
    wanted: &'a RefCell<BTreeMap<String, String>>,
}

impl<'de> MapAccess<'de> for Pairs<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(Text {
            key,
            value,
            wanted: self.wanted,
        });
        let key = de::value::BorrowedStrDeserializer::new(key);
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let text = self
            .value
            .take()
            .ok_or_else(|| Fault::from(Wrong::Other("a setting has no value".to_owned())))?;
        let key = text.key;
        seed.deserialize(text).map_err(|fault| fault.at(key))
    }
}

#[cfg(test)]
mod tests;
