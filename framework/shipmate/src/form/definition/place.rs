//! Where something stands in a file.

use std::{collections::BTreeMap, fmt, sync::Arc};

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Place {
    /// The file, if it came from one.
    pub file: Option<Arc<str>>,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column } = self;
        match file {
            Some(file) => write!(f, "{file}:{line}:{column}"),
            None => write!(f, "line {line}, column {column}"),
        }
    }
}

/// Where everything in a definition stands, by its path, such as `questions[3].when`.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Origin {
    file: Option<Arc<str>>,
    spots: BTreeMap<String, Spot>,
}

/// Where one thing stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// Line and column of its key, or of itself in a list.
    pub(super) key: (usize, usize),
    /// Line and column of its value.
    pub(super) value: (usize, usize),
    /// The value is a text that stands there as it is, one character after its place.
    pub(super) is_verbatim: bool,
}

impl Origin {
    pub(super) fn new(file: Option<&str>) -> Self {
        Self {
            file: file.map(Into::into),
            spots: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, path: String, spot: Spot) {
        self.spots.insert(path, spot);
    }

    /// The place of a value; of what is around it, if it is not there.
    pub(super) fn value(&self, path: &str) -> Option<Place> {
        self.nearest(path, |spot| spot.value)
    }

    /// The place of a key; of what is around it, if it is not there.
    pub(super) fn key(&self, path: &str) -> Option<Place> {
        self.nearest(path, |spot| spot.key)
    }

    /// The place of a character in a text that is written as it is. `column` counts from 1.
    pub(super) fn inside(&self, path: &str, column: usize) -> Option<Place> {
        let spot = self.spots.get(path).filter(|spot| spot.is_verbatim)?;
        let mut place = self.at(spot.value);
        place.column += column;
        Some(place)
    }

    /// A place by line and column.
    pub(super) fn at(&self, (line, column): (usize, usize)) -> Place {
        Place {
            file: self.file.clone(),
            line,
            column,
        }
    }

    fn nearest(&self, path: &str, which: impl Fn(&Spot) -> (usize, usize)) -> Option<Place> {
        let mut path = path;
        loop {
            if let Some(spot) = self.spots.get(path) {
                return Some(self.at(which(spot)));
            }
            path = path.get(..path.rfind(['.', '['])?)?;
        }
    }
}

/// Where a definition stands makes no difference to what it means.
impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
