//! Commands as text: what the lines of a `command` message ask for.
//!
//! A command message holds one command per line, unless [`Lines`] says otherwise. API Basics asks
//! bots to combine "multiple commands into a single message" without showing the form; lines are our
//! reading of it.

use crate::Lines;

/// One line of a command message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// `/set key value`: a conversation variable; an empty value clears it.
    Set { key: String, value: String },
    /// `/set @name value`: a property of the conversation itself.
    SetProperty { name: String, value: String },
    /// `/assign`, with the users in `meta.users`.
    Assign,
    /// `/notify` or its older name `/enqueue`.
    Notify,
    /// `/accept`
    Accept,
    /// `/join`
    Join,
    /// `/leave`
    Leave,
    /// `>name args`: addressed to bots; the platform only passes it on.
    Bot,
}

/// Reads the text of a command message. All lines that count must be readable, or none is carried
/// out.
///
/// # Errors
/// A message that names the first line that is not a command.
pub(crate) fn parse(text: &str, lines: Lines) -> Result<Vec<Command>, String> {
    if text.is_empty() {
        return Err("a command needs a text, such as /accept".to_owned());
    }
    match lines {
        Lines::Each => text.split('\n').zip(1..).map(parse_numbered).collect(),
        Lines::FirstOnly => text
            .split('\n')
            .zip(1..)
            .take(1)
            .map(parse_numbered)
            .collect(),
        Lines::RestIsValue => parse_command(text).map(|command| vec![command]),
        Lines::Refused if text.contains('\n') => {
            Err("a command message holds one command, in one line".to_owned())
        }
        Lines::Refused => parse_command(text).map(|command| vec![command]),
    }
}

fn parse_numbered((line, number): (&str, usize)) -> Result<Command, String> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    parse_command(line).map_err(|problem| format!("line {number}: {problem}"))
}

fn parse_command(text: &str) -> Result<Command, String> {
    if text.starts_with('>') {
        return Ok(Command::Bot);
    }
    if !text.starts_with('/') {
        return Err(format!(
            "\"{text}\" is not a command; commands start with / or >"
        ));
    }
    let (verb, rest) = split_word(text);
    match verb {
        "/set" => parse_set(rest),
        "/assign" => Ok(Command::Assign),
        "/notify" | "/enqueue" => Ok(Command::Notify),
        "/accept" => Ok(Command::Accept),
        "/join" => Ok(Command::Join),
        "/leave" => Ok(Command::Leave),
        unknown => Err(format!("unknown command {unknown}")),
    }
}

fn parse_set(rest: &str) -> Result<Command, String> {
    let (key, value) = split_word(rest);
    let value = value.to_owned();
    match key.strip_prefix('@') {
        None if key.is_empty() => Err("/set needs a key".to_owned()),
        None => Ok(Command::Set {
            key: key.to_owned(),
            value,
        }),
        Some("") => Err("/set @ needs the name of a property".to_owned()),
        Some(name) => Ok(Command::SetProperty {
            name: name.to_owned(),
            value,
        }),
    }
}

/// The first word, and what follows the one blank or the end of the line after it, untouched.
fn split_word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once([' ', '\t', '\n']).unwrap_or((text, ""));
    (word.strip_suffix('\r').unwrap_or(word), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<Command>, String> {
        super::parse(text, Lines::Each)
    }

    fn set(key: &str, value: &str) -> Command {
        Command::Set {
            key: key.into(),
            value: value.into(),
        }
    }

    #[test]
    fn the_rest_of_the_line_is_the_value() {
        assert_eq!(parse("/set a b c ").unwrap(), [set("a", "b c ")]);
        assert_eq!(
            parse("/set my.bot.state =x").unwrap(),
            [set("my.bot.state", "=x")]
        );
        assert_eq!(parse("/set a  b").unwrap(), [set("a", " b")]);
        assert_eq!(parse("/set a /leave").unwrap(), [set("a", "/leave")]);
    }

    #[test]
    fn an_empty_value_stays_empty() {
        assert_eq!(parse("/set a ").unwrap(), [set("a", "")]);
        assert_eq!(parse("/set a").unwrap(), [set("a", "")]);
    }

    #[test]
    fn each_line_is_a_command() {
        let commands =
            parse("/set a 1\r\n/set @category Sales\n>status now\n/enqueue\n/leave").unwrap();
        assert_eq!(
            commands,
            [
                set("a", "1"),
                Command::SetProperty {
                    name: "category".into(),
                    value: "Sales".into()
                },
                Command::Bot,
                Command::Notify,
                Command::Leave,
            ]
        );
    }

    #[test]
    fn one_bad_line_spoils_the_message_and_is_named() {
        for (text, expected) in [
            ("", "a command needs a text, such as /accept"),
            (
                "/set a 1\nhello",
                "line 2: \"hello\" is not a command; commands start with / or >",
            ),
            (
                "/set a 1\n",
                "line 2: \"\" is not a command; commands start with / or >",
            ),
            (
                " /accept",
                "line 1: \" /accept\" is not a command; commands start with / or >",
            ),
            ("/accept\n/close", "line 2: unknown command /close"),
            ("/Accept", "line 1: unknown command /Accept"),
            ("/set", "line 1: /set needs a key"),
            ("/set  x", "line 1: /set needs a key"),
            ("/set @ x", "line 1: /set @ needs the name of a property"),
        ] {
            assert_eq!(parse(text).unwrap_err(), expected, "{text:?}");
        }
    }

    #[test]
    fn several_lines_can_also_be_one_command() {
        let two = "/set a 1\n/set b 2";
        for (lines, text, expected) in [
            (Lines::FirstOnly, two, set("a", "1")),
            (Lines::FirstOnly, "/assign\nnonsense", Command::Assign),
            (Lines::RestIsValue, two, set("a", "1\n/set b 2")),
            (Lines::RestIsValue, "/set a\n1", set("a", "1")),
            (Lines::RestIsValue, "/assign\r\n/notify", Command::Assign),
            (Lines::Refused, "/set a 1", set("a", "1")),
        ] {
            assert_eq!(super::parse(text, lines).unwrap(), [expected], "{lines:?}");
        }
        let refused = super::parse(two, Lines::Refused).unwrap_err();
        assert!(refused.contains("one command"), "{refused}");
    }
}
