//! Responses as a table for spreadsheets and statistics.

use std::fmt::Write;

use serde_json::Value;

use super::Response;
use crate::form::{Question, Questionnaire};

/// The columns before those of the questions.
const COLUMNS: [&str; 13] = [
    "conversation",
    "run",
    "organization",
    "contact",
    "locale",
    "version",
    "started_at",
    "updated_at",
    "end",
    "end_rule",
    "points",
    "quotas",
    "skipped",
];

/// The responses as CSV (RFC 4180): a line with the columns' names, then one line for each. A
/// question's column has its field as name, with `answer_` before it if that is the name of one of
/// the columns before (a question called `end`), and holds what is stored; several choices have `; `
/// between them.
///
/// Spreadsheets take a text for a formula if it begins with `=`, `+`, `-`, `@`, a tab or a carriage
/// return, and a formula can do harm. Such a text gets an apostrophe before it, as people do who
/// mean the text; numbers that were answered as numbers stay as they are.
pub fn csv(questionnaire: &Questionnaire, responses: &[Response]) -> String {
    let mut table = csv_header(questionnaire);
    for response in responses {
        table.push_str(&csv_row(questionnaire, response));
    }
    table
}

/// The first line of [`csv`], with the end of the line.
pub fn csv_header(questionnaire: &Questionnaire) -> String {
    let names = COLUMNS.map(str::to_owned).into_iter();
    let fields = questionnaire.questions().iter().map(Question::name);
    line(names.chain(fields.map(heading)))
}

/// The line of [`csv`] for one response, with the end of the line.
pub fn csv_row(questionnaire: &Questionnaire, response: &Response) -> String {
    let end = response.end.as_ref();
    let optional = |text: Option<&str>| harmless(text.unwrap_or_default());
    let about = [
        harmless(&response.conversation),
        harmless(&response.run),
        optional(response.organization.as_deref()),
        optional(response.contact.as_deref()),
        response.locale.tag().to_owned(),
        response.version.to_string(),
        response.started_at.to_string(),
        response.updated_at.to_string(),
        optional(end.map(super::End::as_str)),
        optional(end.and_then(super::End::rule)),
        response.score.to_string(),
        harmless(&response.quotas.join("; ")),
        harmless(&response.skipped.join("; ")),
    ];
    let questions = questionnaire.questions().iter();
    let answers = questions.map(|question| {
        let answer = response.answers.get(question.name());
        answer.map(cell).unwrap_or_default()
    });
    line(about.into_iter().chain(answers))
}

fn heading(field: &str) -> String {
    if COLUMNS.contains(&field) {
        return format!("answer_{field}");
    }
    harmless(field)
}

fn cell(answer: &Value) -> String {
    match answer {
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => answer.to_string(),
        Value::String(text) => harmless(text),
        Value::Array(values) => {
            let values = values.iter().map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            harmless(&values.collect::<Vec<_>>().join("; "))
        }
        Value::Object(_) => harmless(&answer.to_string()),
    }
}

/// A text that no spreadsheet takes for a formula. Blanks before it do not hide one, and neither do
/// the wide forms of the signs, which some spreadsheets take for the others.
fn harmless(text: &str) -> String {
    let is_sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let begins_with_blank = text.starts_with(['\t', '\r', '\n']);
    if begins_with_blank || text.trim_start_matches(is_blank).starts_with(is_sign) {
        return format!("'{text}");
    }
    text.to_owned()
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = String::new();
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            line.push(',');
        }
        // Some readers take a semicolon or a tab for the end of a cell.
        let needs_quotes = |c: char| matches!(c, ',' | '"' | ';' | '\t' | '\r' | '\n');
        if cell.contains(needs_quotes) || cell.trim() != cell {
            // Writing into a string cannot fail.
            let _ = write!(line, "\"{}\"", cell.replace('"', "\"\""));
        } else {
            line.push_str(&cell);
        }
    }
    line + "\r\n"
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        form::{Kind, Locale},
        results::End,
    };

    fn questionnaire() -> Questionnaire {
        Questionnaire::of_questions(vec![
            Question::of_kind("why", "Why?", Kind::Lines),
            Question::of_kind("age", "How old?", Kind::Number),
            Question::of_kind("likes", "What?", Kind::SeveralOf),
        ])
    }

    fn response(why: &str) -> Response {
        let mut response = Response::begin("visit", 2, Locale::Nl, Timestamp::UNIX_EPOCH);
        response.answers.insert("why".into(), why.into());
        response
    }

    /// As RFC 4180 says.
    fn read(table: &str) -> Vec<Vec<String>> {
        let (mut lines, mut line, mut cell) = (Vec::new(), Vec::new(), String::new());
        let (mut is_quoted, mut letters) = (false, table.chars().peekable());
        while let Some(letter) = letters.next() {
            match letter {
                '"' if is_quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    cell.push('"');
                }
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => line.push(std::mem::take(&mut cell)),
                '\r' if !is_quoted => {
                    assert_eq!(letters.next(), Some('\n'));
                    line.push(std::mem::take(&mut cell));
                    lines.push(std::mem::take(&mut line));
                }
                letter => cell.push(letter),
            }
        }
        assert!(!is_quoted && cell.is_empty() && line.is_empty());
        lines
    }

    fn column<'a>(table: &'a [Vec<String>], name: &str) -> &'a str {
        let place = table[0].iter().position(|cell| cell == name).unwrap();
        &table[1][place]
    }

    #[test]
    fn a_response_is_a_line_and_a_question_is_a_column() {
        let mut response = response("slow; \"very\" slow,\r\nreally");
        response.answers.insert("age".into(), (-7).into());
        response
            .answers
            .insert("likes".into(), vec!["a", "b"].into());
        response.end = Some(End::ScreenedOut("minors".into()));
        let table = read(&csv(&questionnaire(), &[response]));
        assert_eq!(table.len(), 2);
        assert_eq!(table[0].len(), COLUMNS.len() + 3);
        for (name, value) in [
            ("why", "slow; \"very\" slow,\r\nreally"),
            // An answer that is a number is no formula.
            ("age", "-7"),
            ("likes", "a; b"),
            ("end", "screened-out"),
            ("end_rule", "minors"),
            ("version", "2"),
            ("started_at", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(column(&table, name), value, "{name}");
        }
    }

    #[test]
    fn no_two_columns_have_one_name() {
        assert_eq!(heading("end"), "answer_end");
        assert_eq!(heading("why"), "why");
    }

    #[test]
    fn what_would_be_a_formula_is_a_text() {
        for text in [
            "=HYPERLINK(\"http://evil.example\")",
            "+31 6 12345678",
            "-1+1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "  =1",
            "\u{feff}=1",
            "＝1",
        ] {
            let table = read(&csv(&questionnaire(), &[response(text)]));
            assert_eq!(column(&table, "why"), format!("'{text}"));
        }
        let table = read(&csv(&questionnaire(), &[response("a = b")]));
        assert_eq!(column(&table, "why"), "a = b");
    }

    proptest! {
        #[test]
        fn any_text_survives_a_reader(text in any::<String>()) {
            let table = read(&csv(&questionnaire(), &[response(&text)]));
            let read = column(&table, "why");
            let is_text = read.strip_prefix('\'').unwrap_or(read) == text;
            prop_assert!(read == text || is_text);
            prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
