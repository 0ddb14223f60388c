//! Backslash escapes of JavaScript's regular expressions.

use super::translate::{Cursor, hex, is_name, push_literal};

const WORD: &str = "A-Za-z0-9_";

/// White space and line ends as JavaScript lists them; unlike the engine's `\s` with U+FEFF and
/// without U+0085.
const SPACE: &str = r"\t-\r\p{Zs}\x{feff}\x{2028}\x{2029}";

/// JavaScript's word boundary knows ASCII letters only.
const BOUNDARY: &str = "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))";
const NO_BOUNDARY: &str = "(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))";

/// What stands behind a backslash: one character or a set of them.
pub(super) enum Escaped {
    Character(char),
    /// A set in the engine's syntax, brackets included.
    Set(String),
}

/// Translates an escape outside of a class, behind its backslash. The answer says whether it may
/// be repeated.
pub(super) fn outside_class(rest: &mut Cursor<'_>, out: &mut String) -> Result<bool, &'static str> {
    match rest.peek() {
        Some('b') => {
            rest.next();
            out.push_str(BOUNDARY);
            Ok(false)
        }
        Some('B') => {
            rest.next();
            out.push_str(NO_BOUNDARY);
            Ok(false)
        }
        Some('k') => named_reference(rest, out).map(|()| true),
        Some('1'..='9') => {
            reference(rest, out);
            Ok(true)
        }
        _ => {
            match escaped(rest)? {
                Escaped::Character(character) => push_literal(out, character),
                Escaped::Set(set) => out.push_str(&set),
            }
            Ok(true)
        }
    }
}

/// Reads an escape that may stand inside and outside of a class, behind its backslash.
pub(super) fn escaped(rest: &mut Cursor<'_>) -> Result<Escaped, &'static str> {
    let next = rest.next().ok_or("it ends with a backslash")?;
    let set = |set: String| Ok(Escaped::Set(set));
    match next {
        'd' => set("[0-9]".to_owned()),
        'D' => set("[^0-9]".to_owned()),
        'w' => set(format!("[{WORD}]")),
        'W' => set(format!("[^{WORD}]")),
        's' => set(format!("[{SPACE}]")),
        'S' => set(format!("[^{SPACE}]")),
        'p' | 'P' => property(rest, next).map(Escaped::Set),
        _ => character(rest, next).map(Escaped::Character),
    }
}

fn character(rest: &mut Cursor<'_>, next: char) -> Result<char, &'static str> {
    match next {
        't' => Ok('\t'),
        'n' => Ok('\n'),
        'v' => Ok('\u{b}'),
        'f' => Ok('\u{c}'),
        'r' => Ok('\r'),
        '0' => match rest.peek() {
            Some('0'..='9') => Err("it has an octal escape"),
            _ => Ok('\0'),
        },
        'c' => control(rest).ok_or("it has `\\c` without a letter"),
        'x' => rest
            .hex(2)
            .and_then(char::from_u32)
            .ok_or("it has `\\x` without two hexadecimal digits"),
        'u' => unicode(rest).ok_or("it has `\\u` without a character's number"),
        other if other.is_ascii_alphanumeric() => Err("it escapes a letter without a meaning"),
        literal => Ok(literal),
    }
}

fn control(rest: &mut Cursor<'_>) -> Option<char> {
    let letter = rest.next().filter(char::is_ascii_alphabetic)?;
    char::from_u32(u32::from(letter) % 32)
}

/// `\u{1F600}`, `\u0041`, or two halves of a pair such as `\uD83D\uDE00`.
fn unicode(rest: &mut Cursor<'_>) -> Option<char> {
    if rest.eat("{") {
        return char::from_u32(hex(rest.until('}')?)?);
    }
    let first = rest.hex(4)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    let second = rest.eat("\\u").then(|| rest.hex(4))??;
    let second = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
}

fn property(rest: &mut Cursor<'_>, letter: char) -> Result<String, &'static str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '=';
    let name = if rest.eat("{") { rest.until('}') } else { None };
    let name = name.filter(|name| !name.is_empty() && name.chars().all(is_part));
    let name = name.ok_or("it has `\\p` without a property in braces")?;
    Ok(format!("\\{letter}{{{name}}}"))
}

fn named_reference(rest: &mut Cursor<'_>, out: &mut String) -> Result<(), &'static str> {
    let name = if rest.eat("k<") {
        rest.until('>')
    } else {
        None
    };
    let name = name.filter(|name| is_name(name));
    let name = name.ok_or("it has `\\k` without a group's name")?;
    out.push_str("\\k<");
    out.push_str(name);
    out.push('>');
    Ok(())
}

fn reference(rest: &mut Cursor<'_>, out: &mut String) {
    out.push('\\');
    while let Some(digit) = rest.peek().filter(char::is_ascii_digit) {
        rest.next();
        out.push(digit);
    }
}
