//! What people read who are called to a conversation.

use std::fmt;

use crate::{form::Locale, plan::on_one_line};

/// The most characters of an answer, a question or of what the consumer wrote.
const LONGEST_VALUE: usize = 300;

/// The most characters of a note.
pub(super) const LONGEST: usize = 4_000;

/// The most answers, and the most questions, that are listed.
const MOST: usize = 30;

/// What a bot knows of a conversation, for the person who takes it over: the answers so far, what
/// is missing, where it got stuck, and what the consumer last wrote.
///
/// It is plain text, one thing on a line. What consumers wrote stays on the line of its label,
/// whatever it contains, and is cut where it is long.
///
/// ```
/// use shipmate::{Summary, form::Locale};
///
/// let summary = Summary::new(Locale::En)
///     .titled("Test drive")
///     .answer("Name", "Ann\nPhone: 000")
///     .missing("E-mail address")
///     .stuck_at("E-mail address")
///     .last_words("I have none!");
/// let expected = "Test drive
/// Answers so far:
/// • Name: Ann Phone: 000
/// Still missing:
/// • E-mail address
/// Stuck at: E-mail address
/// The customer last wrote: I have none!";
/// assert_eq!(summary.to_string(), expected);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    locale: Locale,
    title: Option<String>,
    answers: Vec<(String, String)>,
    missing: Vec<String>,
    stuck_at: Option<String>,
    last_words: Option<String>,
}

impl Summary {
    /// An empty one, in the language of those who read it.
    pub fn new(locale: Locale) -> Self {
        Self {
            locale,
            title: None,
            answers: Vec::new(),
            missing: Vec::new(),
            stuck_at: None,
            last_words: None,
        }
    }

    /// What it is about, in the first line.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What the consumer answered to a question.
    #[must_use]
    pub fn answer(mut self, question: impl Into<String>, answer: impl Into<String>) -> Self {
        self.answers.push((question.into(), answer.into()));
        self
    }

    /// A question without an answer.
    #[must_use]
    pub fn missing(mut self, question: impl Into<String>) -> Self {
        self.missing.push(question.into());
        self
    }

    /// The question that did not get a usable answer.
    #[must_use]
    pub fn stuck_at(mut self, question: impl Into<String>) -> Self {
        self.stuck_at = Some(question.into());
        self
    }

    /// What the consumer last wrote.
    #[must_use]
    pub fn last_words(mut self, text: impl Into<String>) -> Self {
        self.last_words = Some(text.into());
        self
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.lines().is_empty()
    }

    fn lines(&self) -> Vec<String> {
        let words = Words::of(self.locale);
        let mut lines = Vec::new();
        lines.extend(self.title.as_deref().map(cut));
        let answers = self.answers.iter();
        let answers = answers.map(|(question, answer)| {
            let question = cut(question);
            // What ends as a sentence needs no colon.
            let colon = if question.ends_with(['?', '.', ':']) {
                ""
            } else {
                ":"
            };
            format!("{question}{colon} {}", cut(answer))
        });
        list(&mut lines, words, words.answers, answers);
        let missing = self.missing.iter().map(|question| cut(question));
        list(&mut lines, words, words.missing, missing);
        for (label, text) in [
            (words.stuck, &self.stuck_at),
            (words.wrote_last, &self.last_words),
        ] {
            let text = text.as_deref().map(cut);
            let text = text.filter(|text| !text.is_empty());
            lines.extend(text.map(|text| format!("{label}: {text}")));
        }
        lines
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bounded(&self.lines().join("\n")))
    }
}

impl From<Summary> for String {
    fn from(summary: Summary) -> Self {
        summary.to_string()
    }
}

fn list(
    lines: &mut Vec<String>,
    words: &Words,
    heading: &str,
    entries: impl ExactSizeIterator<Item = String>,
) {
    let more = entries.len().saturating_sub(MOST);
    if entries.len() > 0 {
        lines.push(format!("{heading}:"));
    }
    lines.extend(entries.take(MOST).map(|entry| format!("• {entry}")));
    if more > 0 {
        lines.push(format!("• … {more} {}", words.more));
    }
}

/// On one line, without what turns the direction of writing, and not too long.
pub(super) fn cut(text: &str) -> String {
    let is_shown = |c: &char| !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let shown: String = text.chars().filter(is_shown).collect();
    shortened(&on_one_line(&shown), LONGEST_VALUE)
}

/// No longer than a person reads.
pub(super) fn bounded(text: &str) -> String {
    shortened(text, LONGEST)
}

fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(longest.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Headings.
pub(super) struct Words {
    pub(super) hands_over: &'static str,
    answers: &'static str,
    missing: &'static str,
    stuck: &'static str,
    wrote_last: &'static str,
    more: &'static str,
}

impl Words {
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &Self {
                hands_over: "The bot hands this conversation over. Please take over.",
                answers: "Answers so far",
                missing: "Still missing",
                stuck: "Stuck at",
                wrote_last: "The customer last wrote",
                more: "more",
            },
            Locale::Nl => &Self {
                hands_over: "De bot draagt dit gesprek over. Neem het alsjeblieft over.",
                answers: "Antwoorden tot nu toe",
                missing: "Ontbreekt nog",
                stuck: "Blijven steken bij",
                wrote_last: "De klant schreef het laatst",
                more: "meer",
            },
            Locale::De => &Self {
                hands_over: "Der Bot übergibt dieses Gespräch. Bitte übernehmen Sie.",
                answers: "Bisherige Antworten",
                missing: "Fehlt noch",
                stuck: "Nicht weitergekommen bei",
                wrote_last: "Zuletzt schrieb der Kunde",
                more: "weitere",
            },
            Locale::Fr => &Self {
                hands_over: "Le robot transmet cette conversation. Veuillez prendre le relais.",
                answers: "Réponses jusqu'ici",
                missing: "Manque encore",
                stuck: "Bloqué à",
                wrote_last: "Dernier message du client",
                more: "de plus",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_speaks_the_language_of_those_who_read_it() {
        for (locale, line) in [
            (Locale::Nl, "Blijven steken bij: Naam"),
            (Locale::De, "Nicht weitergekommen bei: Naam"),
            (Locale::Fr, "Bloqué à: Naam"),
        ] {
            assert_eq!(Summary::new(locale).stuck_at("Naam").to_string(), line);
        }
        assert!(Summary::new(Locale::En).last_words(" \n ").is_empty());
    }

    #[test]
    fn it_is_no_longer_than_a_person_reads() {
        let mut summary = Summary::new(Locale::En);
        for number in 0..1_000 {
            summary = summary.answer(format!("Q{number}"), "ü".repeat(10_000));
        }
        let text = summary.to_string();
        assert!(text.chars().count() <= LONGEST, "{}", text.len());
        let short = (0..40).fold(Summary::new(Locale::En), |it, number| {
            it.missing(format!("Q{number}"))
        });
        assert!(short.to_string().ends_with("• … 10 more"), "{short}");
    }

    proptest! {
        /// Whatever a consumer wrote, there are as many lines as there are things to tell, and each
        /// begins as it should.
        #[test]
        fn no_answer_looks_like_another_line(answer in "(?s).{0,40}|x\n/leave|\r• Phone: 1|\u{2028}y") {
            let summary = Summary::new(Locale::En).answer("Name", answer.clone()).stuck_at("Name");
            let text = summary.to_string();
            let breaks = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
            let lines: Vec<_> = text.split(breaks).collect();
            prop_assert_eq!(lines.len(), 3, "{:?}", text);
            prop_assert_eq!(lines[0], "Answers so far:");
            prop_assert!(lines[1].starts_with("• Name: "));
            prop_assert_eq!(lines[2], "Stuck at: Name");
        }
    }
}
