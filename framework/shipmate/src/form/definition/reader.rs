//! From a document to a definition: what has the wrong type, what is missing, what is not known.

mod error;

use std::cell::RefCell;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

use self::error::Error;
use super::{
    Definition, DefinitionErrors, Finding, Severity,
    document::{Key, Node, Value, path_in},
    finding::question_of,
    place::Origin,
};

/// Whose parts are read one by one.
const LISTS: [&str; 3] = ["questions", "screen_outs", "quotas"];

/// Reads a definition, or says all that keeps it from being one.
pub(super) fn read(root: &Node, origin: &Origin) -> Result<Definition, DefinitionErrors> {
    let problems = RefCell::new(Vec::new());
    let reader = Reader {
        node: root,
        path: String::new(),
        problems: &problems,
    };
    let mut definition = reader.head();
    let questions = reader.each("questions");
    let screen_outs = reader.each("screen_outs");
    let quotas = reader.each("quotas");
    let problems = problems.into_inner();
    match &mut definition {
        Some(definition) if problems.is_empty() => {
            definition.questions = questions;
            definition.screen_outs = screen_outs;
            definition.quotas = quotas;
        }
        _ => definition = None,
    }
    definition.ok_or_else(|| {
        let findings = problems.into_iter();
        let findings = findings.map(|error| finding(error, root, origin));
        DefinitionErrors::new(findings.collect())
    })
}

fn finding(error: Error, root: &Node, origin: &Origin) -> Finding {
    let path = error.path.unwrap_or_default();
    Finding {
        severity: Severity::Error,
        place: if error.is_at_key {
            origin.key(&path)
        } else {
            origin.value(&path)
        },
        question: question_of(&path, |index| name_of_question(root, index)),
        path,
        text: error.text,
    }
}

fn name_of_question(root: &Node, index: usize) -> Option<String> {
    let Value::List(questions) = entry(root, "questions")? else {
        return None;
    };
    match entry(questions.get(index)?, "name")? {
        Value::Text(name) => Some(name.clone()),
        _ => None,
    }
}

fn entry<'a>(node: &'a Node, name: &str) -> Option<&'a Value> {
    let Value::Table(table) = &node.value else {
        return None;
    };
    let (_, node) = table.iter().find(|(key, _)| key.name == name)?;
    Some(&node.value)
}

/// Reads one value.
struct Reader<'a> {
    node: &'a Node,
    path: String,
    /// What is wrong, but does not keep the rest from being read.
    problems: &'a RefCell<Vec<Error>>,
}

impl<'a> Reader<'a> {
    /// All but the lists of questions and the like, whose parts are read one by one: so what is
    /// wrong with one of them does not hide what is wrong with the others.
    fn head(&self) -> Option<Definition> {
        let mut head = self.node.clone();
        if let Value::Table(table) = &mut head.value {
            let lists = table
                .iter_mut()
                .filter(|(key, _)| LISTS.contains(&key.name.as_str()));
            for (_, node) in lists {
                if let Value::List(list) = &mut node.value {
                    list.clear();
                }
            }
        }
        let reader = Reader {
            node: &head,
            path: self.path.clone(),
            problems: self.problems,
        };
        self.noting(Definition::deserialize(reader))
    }

    /// The parts of a list that can be read.
    fn each<T: Deserialize<'a>>(&self, name: &str) -> Vec<T> {
        let Some(Value::List(list)) = entry(self.node, name) else {
            return Vec::new();
        };
        let parts = list.iter().enumerate();
        parts
            .filter_map(|(index, node)| {
                let path = format!("{name}[{index}]");
                self.noting(T::deserialize(self.part(node, path)))
            })
            .collect()
    }

    fn noting<T>(&self, read: Result<T, Error>) -> Option<T> {
        read.map_err(|error| self.problems.borrow_mut().push(error.or_at("")))
            .ok()
    }

    fn part(&self, node: &'a Node, path: String) -> Self {
        Reader {
            node,
            path,
            problems: self.problems,
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let path = self.path.clone();
        let read = match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Yes(yes) => visitor.visit_bool(*yes),
            Value::Text(text) => visitor.visit_str(text),
            Value::Number(number) => number_to(visitor, number),
            Value::List(list) => visitor.visit_seq(List {
                rest: list.iter().enumerate(),
                reader: &self,
            }),
            Value::Table(table) => visitor.visit_map(Table::new(table.iter().collect(), &self)),
        };
        read.map_err(|error| error.or_at(&path))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    /// Keys that are not known are told, and left out.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Value::Table(table) = &self.node.value else {
            return self.deserialize_any(visitor);
        };
        let _ = name;
        let (known, unknown): (Vec<_>, Vec<_>) = table
            .iter()
            .partition(|(key, _)| fields.contains(&key.name.as_str()));
        for (key, _) in unknown {
            let error = Error::unknown_key(&key.name, fields);
            let path = path_in(&self.path, &key.name);
            self.problems.borrow_mut().push(error.or_at(&path));
        }
        visitor
            .visit_map(Table::new(known, &self))
            .map_err(|error| error.or_at(&self.path))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        use serde::de::{Error as _, Unexpected};
        let read = match &self.node.value {
            Value::Text(text) => visitor.visit_enum(StrDeserializer::<Error>::new(text)),
            _ => Err(Error::invalid_type(
                Unexpected::Other("this"),
                &"a word in quotes",
            )),
        };
        read.map_err(|error| error.or_at(&self.path))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        use serde::de::Error as _;
        match &self.node.value {
            Value::List(list) if list.len() != length => {
                Err(Error::invalid_length(list.len(), &visitor).or_at(&self.path))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple_struct map identifier ignored_any
    }
}

fn number_to<'de, V: Visitor<'de>>(visitor: V, number: &str) -> Result<V::Value, Error> {
    if let Ok(number) = number.parse::<u64>() {
        visitor.visit_u64(number)
    } else if let Ok(number) = number.parse::<i64>() {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(number.parse().unwrap_or(f64::NAN))
    }
}

struct List<'a, 'de> {
    rest: std::iter::Enumerate<std::slice::Iter<'de, Node>>,
    reader: &'a Reader<'de>,
}

impl<'de> SeqAccess<'de> for List<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((index, node)) = self.rest.next() else {
            return Ok(None);
        };
        let path = format!("{}[{index}]", self.reader.path);
        seed.deserialize(self.reader.part(node, path)).map(Some)
    }
}

struct Table<'a, 'de> {
    rest: std::vec::IntoIter<&'de (Key, Node)>,
    value: Option<&'de (Key, Node)>,
    reader: &'a Reader<'de>,
}

impl<'a, 'de> Table<'a, 'de> {
    fn new(entries: Vec<&'de (Key, Node)>, reader: &'a Reader<'de>) -> Self {
        Self {
            rest: entries.into_iter(),
            value: None,
            reader,
        }
    }
}

impl<'de> MapAccess<'de> for Table<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        self.value = self.rest.next();
        let Some((key, _)) = self.value else {
            return Ok(None);
        };
        let path = path_in(&self.reader.path, &key.name);
        let name = StrDeserializer::<Error>::new(&key.name);
        let read = seed.deserialize(name).map(Some);
        read.map_err(|error| error.at_key(&path))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        use serde::de::Error as _;
        let (key, node) = self
            .value
            .take()
            .ok_or_else(|| Error::custom("a key is missing"))?;
        let path = path_in(&self.reader.path, &key.name);
        let read = seed.deserialize(self.reader.part(node, path.clone()));
        read.map_err(|error| error.or_at(&path))
    }
}
