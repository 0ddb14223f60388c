//! Times of day.

use jiff::civil::Time;

use super::{
    super::texts::Texts,
    number,
    tokens::{Token, tokens},
};

/// Reads a folded text: `14:30`, `14.30 uur`, `14h30`, `3 pm`.
pub(super) fn read(text: &str) -> Option<Time> {
    let mut parts = tokens(text)?;
    if let Some(Token::Word(word)) = parts.first()
        && Texts::all().any(|texts| texts.words.at.contains(word))
    {
        parts.remove(0);
    }
    let words: String = parts.iter().filter_map(word).collect();
    let numbers: Vec<_> = parts.iter().filter_map(digits).collect();
    let starts_with_hour = matches!(parts.first(), Some(Token::Number(_)));
    let (hour, minute, second) = match *numbers.as_slice() {
        // A number alone may be anything.
        [hour] if !words.is_empty() => (hour, "00", "00"),
        [hour, minute] => (hour, minute, "00"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    if !starts_with_hour || minute.len() != 2 || second.len() != 2 {
        return None;
    }
    let hour = hour_of_day(number(hour)?, &words)?;
    Time::new(hour, number(minute)?, number(second)?, 0).ok()
}

fn hour_of_day(hour: i8, words: &str) -> Option<i8> {
    match words {
        "" => Some(hour),
        "am" | "pm" if !(1..=12).contains(&hour) => None,
        "am" => Some(hour % 12),
        "pm" => Some(hour % 12 + 12),
        word => Texts::all()
            .any(|texts| texts.words.hours.contains(&word))
            .then_some(hour),
    }
}

fn word<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token {
        Token::Word(word) => Some(word),
        Token::Number(_) => None,
    }
}

fn digits<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token {
        Token::Number(digits) => Some(digits),
        Token::Word(_) => None,
    }
}
