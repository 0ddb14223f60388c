//! The pieces that dates and times are made of.

/// A run of digits or of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// ASCII digits.
    Number(&'a str),
    /// Letters.
    Word(&'a str),
}

/// The numbers and words of a folded text, or nothing if it holds anything but them and the marks
/// that stand between the parts of dates and times.
pub(super) fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(is_mark) {
            rest = after;
            continue;
        }
        let is_digit = |c: char| c.is_ascii_digit();
        let (token, after) = if is_digit(first) {
            let (digits, after) = split_run(rest, is_digit);
            (Token::Number(digits), after)
        } else {
            let (word, after) = split_run(rest, char::is_alphabetic);
            (Token::Word(word), after)
        };
        if after.len() == rest.len() {
            return None;
        }
        tokens.push(token);
        rest = after;
    }
    Some(tokens)
}

fn split_run(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn is_mark(c: char) -> bool {
    matches!(c, ' ' | '-' | '/' | '.' | ',' | ':' | '\'')
}
