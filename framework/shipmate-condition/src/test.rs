//! A condition as a tree.

/// What is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// All of these hold.
    All(Vec<Test>),
    /// At least one of these holds.
    Any(Vec<Test>),
    /// This does not hold.
    Not(Box<Test>),
    /// The field has an answer.
    Answered(String),
    /// The field has an answer that compares so with a value.
    Compare {
        /// The field.
        field: String,
        /// The comparison.
        how: How,
        /// The value.
        with: String,
    },
    /// The field has an answer that is one of these.
    OneOf {
        /// The field.
        field: String,
        /// The values.
        values: Vec<String>,
    },
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// `is`, `=`, `has`
    Is,
    /// `is not`, `!=`
    IsNot,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Test {
    /// The fields it is about, each once, in the order in which they occur.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        self.visit(&mut |test| {
            if let Self::Answered(field) | Self::Compare { field, .. } | Self::OneOf { field, .. } =
                test
                && !fields.contains(&field.as_str())
            {
                fields.push(field.as_str());
            }
        });
        fields
    }

    /// Shows every part to `look`, the whole before its parts.
    pub fn visit<'a>(&'a self, look: &mut impl FnMut(&'a Self)) {
        look(self);
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().for_each(|test| test.visit(look)),
            Self::Not(test) => test.visit(look),
            Self::Answered(_) | Self::Compare { .. } | Self::OneOf { .. } => {}
        }
    }
}

impl How {
    /// How it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it asks for more or less, which only what has an order can answer.
    pub fn is_order(self) -> bool {
        !matches!(self, Self::Is | Self::IsNot)
    }
}
