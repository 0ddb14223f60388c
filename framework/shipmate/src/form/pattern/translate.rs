//! From JavaScript's regular expressions (with the `v` flag) to those of the engine.

use super::{class, escape};

/// The pattern in the engine's syntax, or why it is not JavaScript.
///
/// The engine knows more syntax than JavaScript (`(?>`, `a++`, `\K`, …); letting that through
/// would give a pattern a meaning that its author's browser does not know, so only JavaScript's
/// own constructs pass.
pub(super) fn translate(source: &str) -> Result<String, &'static str> {
    let mut translation = Translation {
        rest: Cursor::new(source),
        out: String::with_capacity(source.len() * 2),
        can_repeat: false,
        open_groups: 0,
    };
    while let Some(next) = translation.rest.next() {
        translation.term(next)?;
    }
    match translation.open_groups {
        0 => Ok(translation.out),
        _ => Err("it has a group that does not end"),
    }
}

/// Where the reading of a pattern stands.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { rest: source }
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next();
        self.rest = characters.as_str();
        next
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Steps over `prefix` if it comes next.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Steps over everything up to and including `end`.
    pub(super) fn until(&mut self, end: char) -> Option<&'a str> {
        let (text, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(text)
    }

    /// Steps over exactly `count` hexadecimal digits.
    pub(super) fn hex(&mut self, count: usize) -> Option<u32> {
        let digits = self.rest.get(..count)?;
        let value = hex(digits)?;
        self.rest = self.rest.get(count..)?;
        Some(value)
    }
}

/// The value of hexadecimal digits and nothing else.
pub(super) fn hex(digits: &str) -> Option<u32> {
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Writes a character that stands for itself.
pub(super) fn push_literal(out: &mut String, character: char) {
    // Not every punctuation mark: the engine reads `\<` and `\>` as the edges of a word.
    if r"\.+*?()|[]{}^$&~-#".contains(character) {
        out.push('\\');
    }
    out.push(character);
}

struct Translation<'a> {
    rest: Cursor<'a>,
    out: String,
    /// Whether the last term may be followed by a quantifier.
    can_repeat: bool,
    open_groups: usize,
}

impl Translation<'_> {
    fn term(&mut self, next: char) -> Result<(), &'static str> {
        match next {
            '\\' => self.can_repeat = escape::outside_class(&mut self.rest, &mut self.out)?,
            '[' => {
                class::translate(&mut self.rest, &mut self.out)?;
                self.can_repeat = true;
            }
            '(' => self.group()?,
            ')' => self.group_end()?,
            '|' => self.put("|", false),
            '^' => self.put(r"\A", false),
            '$' => self.put(r"\z", false),
            '.' => self.put(r"[^\n\r\x{2028}\x{2029}]", true),
            '*' | '+' | '?' => self.quantifier(&next.to_string())?,
            '{' => self.counted_quantifier()?,
            literal => {
                push_literal(&mut self.out, literal);
                self.can_repeat = true;
            }
        }
        Ok(())
    }

    fn put(&mut self, text: &str, can_repeat: bool) {
        self.out.push_str(text);
        self.can_repeat = can_repeat;
    }

    fn group(&mut self) -> Result<(), &'static str> {
        self.can_repeat = false;
        self.open_groups += 1;
        if !self.rest.eat("?") {
            self.out.push('(');
            return Ok(());
        }
        for kind in [":", "=", "!", "<=", "<!", "i:", "-i:"] {
            if self.rest.eat(kind) {
                self.out.push_str("(?");
                self.out.push_str(kind);
                return Ok(());
            }
        }
        let is_named = self.rest.eat("<");
        let name = self
            .rest
            .until('>')
            .filter(|name| is_named && is_name(name));
        let name = name.ok_or("it has a group of a kind that JavaScript does not know")?;
        self.out.push_str("(?<");
        self.out.push_str(name);
        self.out.push('>');
        Ok(())
    }

    /// An end too many would close the group that anchors the whole pattern.
    fn group_end(&mut self) -> Result<(), &'static str> {
        self.open_groups = self
            .open_groups
            .checked_sub(1)
            .ok_or("it has a `)` without a `(`")?;
        self.put(")", true);
        Ok(())
    }

    fn quantifier(&mut self, quantifier: &str) -> Result<(), &'static str> {
        if !self.can_repeat {
            return Err("it repeats nothing");
        }
        self.put(quantifier, false);
        if self.rest.eat("?") {
            self.out.push('?');
        }
        Ok(())
    }

    fn counted_quantifier(&mut self) -> Result<(), &'static str> {
        let counts = self.rest.until('}').filter(|counts| is_counts(counts));
        let counts = counts.ok_or("it has a `{` that is neither escaped nor a count")?;
        self.quantifier(&format!("{{{counts}}}"))
    }
}

fn is_counts(counts: &str) -> bool {
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| !text.starts_with('+'));
    match counts.split_once(',') {
        Some((least, "")) => number(least).is_some(),
        Some((least, most)) => {
            matches!((number(least), number(most)), (Some(least), Some(most)) if least <= most)
        }
        None => number(counts).is_some(),
    }
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
