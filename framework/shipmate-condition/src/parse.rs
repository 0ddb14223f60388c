//! From text to a condition.

use std::{fmt, str::FromStr};

use super::{How, Test};

/// Nobody nests deeper by hand; the bound keeps a hostile text from using up the stack.
const DEEPEST: usize = 32;

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConditionError {
    /// Where, in characters from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.problem)
    }
}

impl std::error::Error for ConditionError {}

impl FromStr for Test {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        condition(text)
    }
}

/// Where a field or a value is first mentioned in a condition, in characters from 1.
pub fn place_of(word: &str, condition: &str) -> Option<usize> {
    let tokens = tokens(condition).ok()?;
    let found = tokens.iter().find(|token| token.text == word)?;
    Some(found.column)
}

fn condition(text: &str) -> Result<Test, ConditionError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        end: text.chars().count() + 1,
        depth: 0,
    };
    let whole = parser.any()?;
    match parser.tokens.get(parser.at) {
        None => Ok(whole),
        Some(extra) => {
            let problem = format!(
                "`{}` is unexpected here; join conditions with `and` or `or`",
                extra.text
            );
            Err(error(extra.column, problem))
        }
    }
}

/// Whether a name or a value needs no quotes.
pub fn is_bare(value: &str) -> bool {
    let is_word = ["and", "or", "not", "is", "in", "has", "answered"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    !is_word && !value.is_empty() && value.chars().all(is_name)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// The column after the last.
    end: usize,
    depth: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    text: String,
    column: usize,
    is_quoted: bool,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        !self.is_quoted && self.text.eq_ignore_ascii_case(word)
    }

    fn is_name(&self) -> bool {
        self.is_quoted || self.text.chars().all(is_name)
    }
}

impl Parser {
    fn any(&mut self) -> Result<Test, ConditionError> {
        let mut tests = vec![self.all()?];
        while self.takes("or") {
            tests.push(self.all()?);
        }
        Ok(one_or(tests, Test::Any))
    }

    fn all(&mut self) -> Result<Test, ConditionError> {
        let mut tests = vec![self.single()?];
        while self.takes("and") {
            tests.push(self.single()?);
        }
        Ok(one_or(tests, Test::All))
    }

    fn single(&mut self) -> Result<Test, ConditionError> {
        if self.depth == DEEPEST {
            return Err(error(
                self.column(),
                "conditions are nested too deeply".to_owned(),
            ));
        }
        self.depth += 1;
        let test = if self.takes("not") {
            self.single().map(|test| Test::Not(Box::new(test)))
        } else if self.takes("(") {
            self.group()
        } else {
            self.comparison()
        };
        self.depth -= 1;
        test
    }

    fn group(&mut self) -> Result<Test, ConditionError> {
        let test = self.any()?;
        if !self.takes(")") {
            return Err(error(self.column(), "`)` is missing".to_owned()));
        }
        Ok(test)
    }

    fn comparison(&mut self) -> Result<Test, ConditionError> {
        let Some(name) = self.next() else {
            let problem = "a condition is missing; for example `score <= 6`";
            return Err(error(self.end, problem.to_owned()));
        };
        if !name.is_name() {
            let problem = format!("the name of a question is missing before `{}`", name.text);
            return Err(error(name.column, problem));
        }
        let field = name.text;
        let column = self.column();
        let Some(operator) = self.next() else {
            return Err(error(column, no_comparison(&field)));
        };
        let how = match operator.text.to_ascii_lowercase().as_str() {
            "is" | "=" | "==" if self.takes("not") => How::IsNot,
            "is" if self.takes("answered") => return Ok(Test::Answered(field)),
            "is" | "=" | "==" | "has" => How::Is,
            "!=" => How::IsNot,
            "<" => How::Less,
            "<=" => How::AtMost,
            ">" => How::More,
            ">=" => How::AtLeast,
            "in" => return self.list(field),
            _ => return Err(error(column, no_comparison(&field))),
        };
        let with = self.value(&operator.text)?;
        Ok(Test::Compare { field, how, with })
    }

    fn list(&mut self, field: String) -> Result<Test, ConditionError> {
        if !self.takes("[") {
            let problem = "a list such as [1, 2] is missing after `in`";
            return Err(error(self.column(), problem.to_owned()));
        }
        let mut values = vec![self.value("[")?];
        while self.takes(",") {
            values.push(self.value(",")?);
        }
        if !self.takes("]") {
            return Err(error(self.column(), "`]` is missing".to_owned()));
        }
        Ok(Test::OneOf { field, values })
    }

    fn value(&mut self, after: &str) -> Result<String, ConditionError> {
        let column = self.column();
        match self.next() {
            Some(token) if token.is_name() => Ok(token.text),
            _ => Err(error(column, format!("a value is missing after `{after}`"))),
        }
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_next = self.tokens.get(self.at).is_some_and(|token| token.is(word));
        self.at += usize::from(is_next);
        is_next
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned()?;
        self.at += 1;
        Some(token)
    }

    fn column(&self) -> usize {
        let token = self.tokens.get(self.at);
        token.map_or(self.end, |token| token.column)
    }
}

fn no_comparison(field: &str) -> String {
    format!("a comparison is missing after `{field}`; for example `{field} is 1`")
}

fn one_or(mut tests: Vec<Test>, several: impl FnOnce(Vec<Test>) -> Test) -> Test {
    match tests.pop() {
        Some(test) if tests.is_empty() => test,
        last => {
            tests.extend(last);
            several(tests)
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, ConditionError> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().zip(1..).peekable();
    while let Some((character, column)) = characters.next() {
        let mut token = Token {
            text: character.to_string(),
            column,
            is_quoted: false,
        };
        match character {
            blank if blank.is_whitespace() => continue,
            quote @ ('\'' | '"') => {
                let mut inside = String::new();
                loop {
                    match characters.next() {
                        Some((end, _)) if end == quote => break,
                        Some((character, _)) => inside.push(character),
                        None => return Err(error(column, "the quote is not closed".to_owned())),
                    }
                }
                token.text = inside;
                token.is_quoted = true;
            }
            '(' | ')' | '[' | ']' | ',' => {}
            '=' | '<' | '>' | '!' => {
                while let Some((next, _)) = characters.next_if(|(c, _)| "=<>!".contains(*c)) {
                    token.text.push(next);
                }
            }
            character if is_name(character) => {
                while let Some((next, _)) = characters.next_if(|(c, _)| is_name(*c)) {
                    token.text.push(next);
                }
            }
            other => {
                let problem = format!("`{other}` is not part of a condition");
                return Err(error(column, problem));
            }
        }
        tokens.push(token);
    }
    Ok(tokens)
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '+' | ':' | '@')
}

fn error(column: usize, problem: String) -> ConditionError {
    ConditionError { column, problem }
}
