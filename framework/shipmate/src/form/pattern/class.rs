//! Character classes of JavaScript's regular expressions with the `v` flag: nested, subtracted
//! (`--`) and intersected (`&&`).

use super::{
    escape::{Escaped, escaped},
    translate::{Cursor, push_literal},
};

const DEEPEST: usize = 20;

/// Translates a class, behind its opening bracket.
pub(super) fn translate(rest: &mut Cursor<'_>, out: &mut String) -> Result<(), &'static str> {
    class(rest, out, 0)
}

fn class(rest: &mut Cursor<'_>, out: &mut String, depth: usize) -> Result<(), &'static str> {
    if depth > DEEPEST {
        return Err("its classes are nested too deeply");
    }
    let is_negated = rest.eat("^");
    if rest.eat("]") {
        out.push_str(if is_negated { r"[\s\S]" } else { r"[^\s\S]" });
        return Ok(());
    }
    out.push_str(if is_negated { "[^" } else { "[" });
    loop {
        if rest.eat("--") {
            out.push_str("--");
        } else if rest.eat("&&") {
            out.push_str("&&");
        }
        match rest.next().ok_or("it has a class that does not end")? {
            ']' => break,
            '[' => class(rest, out, depth + 1)?,
            first => member(rest, out, first)?,
        }
    }
    out.push(']');
    Ok(())
}

/// A set, a character, or a range of characters.
fn member(rest: &mut Cursor<'_>, out: &mut String, first: char) -> Result<(), &'static str> {
    match operand(rest, first)? {
        Escaped::Set(set) => out.push_str(&set),
        Escaped::Character(from) => {
            push_literal(out, from);
            if let Some(to) = range_end(rest)? {
                out.push('-');
                push_literal(out, to);
            }
        }
    }
    Ok(())
}

fn operand(rest: &mut Cursor<'_>, first: char) -> Result<Escaped, &'static str> {
    if first != '\\' {
        return Ok(Escaped::Character(first));
    }
    if rest.eat("b") {
        return Ok(Escaped::Character('\u{8}'));
    }
    if rest.peek() == Some('q') {
        return Err("it has texts in a class (`\\q`)");
    }
    escaped(rest)
}

/// The end of a range, if a hyphen and an end follow. Otherwise the hyphen stands for itself.
fn range_end(rest: &mut Cursor<'_>) -> Result<Option<char>, &'static str> {
    let mut ahead = rest.clone();
    if !ahead.eat("-") || matches!(ahead.peek(), None | Some('-' | '[' | ']')) {
        return Ok(None);
    }
    let first = ahead.next().ok_or("it has a class that does not end")?;
    match operand(&mut ahead, first)? {
        Escaped::Set(_) => Ok(None),
        Escaped::Character(end) => {
            *rest = ahead;
            Ok(Some(end))
        }
    }
}
