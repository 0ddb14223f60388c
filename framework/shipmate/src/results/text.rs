//! A summary as text for a terminal.

use super::{
    Answers, QuestionSummary, Summary,
    view::{self, Bar},
};
use crate::why::plain;

/// Whether text may have colors: not where it is not read by a person at a terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ink {
    /// Text only.
    #[default]
    Plain,
    /// With the colors of ANSI terminals.
    Colored,
}

/// In characters.
const WIDTH: usize = 80;
const LABEL: usize = 28;
const BAR: usize = 24;

/// The summary as text of at most 80 characters a line. What people wrote cannot drive the
/// terminal.
pub fn text(summary: &Summary, ink: Ink) -> String {
    let page = Page {
        lines: Vec::new(),
        ink,
    };
    let mut lines = page.of(summary).lines;
    lines.push(String::new());
    lines.join("\n")
}

struct Page {
    lines: Vec<String>,
    ink: Ink,
}

impl Page {
    fn of(mut self, summary: &Summary) -> Self {
        self.heading(&format!("Results of {}", plain(&summary.survey)));
        let rate = view::percent(summary.completed(), summary.started);
        self.say(&format!(
            "{} began, {} completed: {rate}",
            summary.started,
            summary.completed()
        ));
        if let Some(median) = summary.durations.median() {
            let took = view::duration(&median);
            self.say(&format!("Half of the completed ones took {took} or less."));
        }
        if let Some(mean) = summary.scores.as_ref().and_then(super::Spread::mean) {
            self.say(&format!("Mean score of the completed ones: {mean}"));
        }
        self.bars("How they ended", &view::ends(summary));
        for (name, bars) in view::groups(summary) {
            self.bars(name, &bars);
        }
        self.funnel(summary);
        for question in &summary.questions {
            self.question(question);
        }
        self
    }

    fn funnel(&mut self, summary: &Summary) {
        self.heading("How far they came");
        for (bar, note) in view::funnel(summary) {
            self.bar(&bar);
            self.say(&format!("    {note}"));
        }
    }

    fn question(&mut self, question: &QuestionSummary) {
        self.heading(&plain(&question.label));
        for (name, value) in view::facts(question) {
            self.say(&format!("  {name}: {}", plain(&value)));
        }
        for bar in view::bars(question) {
            self.bar(&bar);
        }
        if let Answers::Texts(texts) = &question.answers {
            for said in &texts.latest {
                let words = said.text.replace(['\r', '\n'], " ");
                self.say(&format!("  – {}", plain(&words)));
            }
        }
    }

    fn bars(&mut self, name: &str, bars: &[Bar]) {
        self.heading(name);
        for bar in bars {
            self.bar(bar);
        }
    }

    fn bar(&mut self, bar: &Bar) {
        let label = cut(&plain(&bar.label), LABEL);
        let blocks = blocks(bar.length);
        let rest = " ".repeat(BAR.saturating_sub(blocks.chars().count()));
        let blocks = self.color(&blocks, "36");
        let (count, shown) = (bar.count, &bar.shown);
        self.lines.push(format!(
            "  {label:<LABEL$} {blocks}{rest} {count:>9} {shown:>9}"
        ));
    }

    fn heading(&mut self, words: &str) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        let words = self.color(&cut(words, WIDTH), "1");
        self.lines.push(words);
    }

    fn say(&mut self, words: &str) {
        self.lines.push(cut(words, WIDTH));
    }

    fn color(&self, words: &str, code: &str) -> String {
        match self.ink {
            Ink::Colored if !words.is_empty() => format!("\u{1b}[{code}m{words}\u{1b}[0m"),
            _ => words.to_owned(),
        }
    }
}

/// At most so many characters.
fn cut(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    let kept: String = words.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A bar of thousandths of the width, to an eighth of a character.
fn blocks(length: u16) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = usize::from(length) * BAR * 8 / 1_000;
    let part = PARTS.get(eighths % 8).copied().unwrap_or_default();
    let blocks = format!("{}{part}", "█".repeat(eighths / 8));
    match length {
        // However few, they are there.
        1.. if blocks.is_empty() => "▏".to_owned(),
        _ => blocks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{
        Response, summary,
        summary::tests::{counted, questionnaire, responses},
    };

    #[test]
    fn it_tells_how_it_went_and_what_was_said() {
        let text = text(&counted(), Ink::Plain);
        for line in [
            "Results of visit",
            "6 began, 3 completed: 50.0 %",
            "Half of the completed ones took 1 min 40 s or less.",
            "Mean score of the completed ones: 3.0",
            "  screened out (staff of ours) ████                             1    16.7 %",
            "  Net Promoter Score: 17",
            "  Satisfied, 4 and 5: 40.0 %",
            "  PRICE                        ████████████████                 2    66.7 %",
            "  – slow",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
        assert!(!text.contains('\u{1b}') && !text.contains("example.com"));
    }

    #[test]
    fn it_fits_a_terminal_and_cannot_drive_it() {
        let mut responses = responses();
        let long = "\u{1b}[2Jwords\nand words ".repeat(20);
        for response in &mut responses {
            response.answers.insert("why".into(), long.clone().into());
            response.answers.insert("topic".into(), long.clone().into());
        }
        let summary = summary(&questionnaire(), &responses);
        let plain = text(&summary, Ink::Plain);
        assert!(!plain.contains('\u{1b}'));
        for line in plain.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        let colored = text(&summary, Ink::Colored);
        let bare = colored
            .replace("\u{1b}[1m", "")
            .replace("\u{1b}[36m", "")
            .replace("\u{1b}[0m", "");
        assert_eq!(bare, plain);
    }

    #[test]
    fn no_responses_are_a_report_too() {
        let none: &[Response] = &[];
        let text = text(&summary(&questionnaire(), none), Ink::Plain);
        assert!(text.contains("0 began, 0 completed: –"), "{text}");
    }

    #[test]
    fn the_smallest_share_has_a_bar() {
        assert_eq!((blocks(0), blocks(1)), (String::new(), "▏".to_owned()));
        assert_eq!(blocks(1_000).chars().count(), BAR);
    }
}
