//! *No, my e-mail is …*: corrections of answers that were given before.

use super::{
    super::{
        Context, Kind, Localized, Progress, Question, check,
        fold::{fold, fold_answer},
        label,
        reason::Refusal,
        texts::{Texts, Words},
        yes_no,
    },
    Questionnaire, Reply,
    answering::{correct, reopen},
    distinctive,
};

/// Between a yes and a correction.
const BUT: [&str; 8] = [
    "but", "only", "except", "maar", "alleen", "aber", "nur", "mais",
];

/// In words. What people call a question is short.
const LONGEST_NAME: usize = 6;

/// A message that names a question.
struct Named<'a> {
    question: &'a Question,
    /// It begins as a correction does, so it cannot be an answer by chance.
    is_explicit: bool,
    /// Not by its name, but by a word of its text.
    by_word: bool,
    /// What follows.
    value: &'a str,
}

impl Questionnaire {
    /// Takes a message that names a question and its answer: the asked one, or one that has been
    /// answered. Where it might as well be free text that was asked for, it is only taken if it
    /// begins as a correction does.
    pub(super) fn correction(
        &self,
        progress: &mut Progress,
        asked: Option<&Question>,
        text: &str,
        context: &Context,
    ) -> Option<Reply> {
        let named = self.named(progress, text, asked.is_none())?;
        let question = named.question;
        let is_asked = asked.is_some_and(|asked| asked.name == question.name);
        let is_known = progress.answer(&question.name).is_some()
            || progress.is_skipped(&question.name)
            || progress.proposal(&question.name).is_some();
        if !is_asked && !is_known {
            return None;
        }
        let takes_anything =
            asked.is_some_and(|asked| matches!(asked.kind, Kind::Text | Kind::Lines));
        if takes_anything && !is_asked && !named.is_explicit {
            return None;
        }
        let is_free = matches!(question.kind, Kind::Text | Kind::Lines);
        if takes_anything && named.by_word && (is_free || named.value.is_empty()) {
            return None;
        }
        if named.value.is_empty() {
            return (named.is_explicit && !is_asked).then(|| reopen(progress, question));
        }
        match check::check(question, named.value, context) {
            Ok(answer) if is_asked => Some(self.accept(progress, question, answer)),
            Ok(answer) => Some(correct(progress, question, answer)),
            Err(refusal) if named.is_explicit && !is_asked && !named.by_word => {
                Some(self.reopen_for(progress, question, refusal))
            }
            Err(_) => None,
        }
    }

    /// The consumer wants to change an answer, but not to something that could be taken.
    pub(super) fn reopen_for(
        &self,
        progress: &mut Progress,
        question: &Question,
        refusal: Refusal,
    ) -> Reply {
        reopen(progress, question);
        self.refuse(progress, question, refusal)
    }

    fn named<'a>(
        &'a self,
        progress: &Progress,
        text: &'a str,
        is_review: bool,
    ) -> Option<Named<'a>> {
        let mut rest = Rest::of(text);
        let is_but = is_review && rest.skip_yes_but();
        let led = rest.skip_all(|words| words.lead) || is_but;
        let changes = rest.skip_one(|words| words.change);
        let owned = rest.skip_one(|words| words.my);
        let (question, by_word) = match self.at_beginning(progress, &mut rest) {
            Some(question) => (question, false),
            None => (self.by_word(progress, &mut rest)?, true),
        };
        let linked = rest.ended_with_colon || rest.skip_all(|words| words.is);
        let is_explicit = led || changes;
        let value = rest.text();
        let is_meant = match value {
            "" => changes || led && owned,
            _ => linked && (is_explicit || owned || rest.ended_with_colon),
        };
        is_meant.then_some(Named {
            question,
            is_explicit,
            by_word,
            value,
        })
    }

    /// The one question whose name stands at the beginning; the longest name wins.
    fn at_beginning(&self, progress: &Progress, rest: &mut Rest<'_>) -> Option<&Question> {
        let relevant = self.relevant(progress);
        for length in (1..=LONGEST_NAME).rev() {
            let Some(words) = rest.first(length) else {
                continue;
            };
            let mut called = relevant
                .iter()
                .filter(|question| is_called(question, &relevant, &words));
            if let (Some(question), None) = (called.next(), called.next()) {
                rest.skip(length);
                return self.question(&question.name);
            }
        }
        None
    }

    /// The one question that the first word names, as no other has it in its text.
    fn by_word(&self, progress: &Progress, rest: &mut Rest<'_>) -> Option<&Question> {
        let word = rest.first(1)?;
        let relevant = self.relevant(progress);
        let question = distinctive::named(&word, &relevant)?;
        rest.skip(1);
        self.question(&question.name)
    }
}

/// What is left of a value without *is*, *should be*, *to* before it, and whether there was any.
pub(super) fn without_link(text: &str) -> (&str, bool) {
    let mut rest = Rest::of(text);
    let is_linked = rest.skip_all(|words| words.is);
    (rest.text(), is_linked)
}

/// Whether people call a question so: by its name, its label, its text, or, if there is no other of its
/// kind, by what it asks for.
fn is_called(question: &Question, all: &[&Question], words: &str) -> bool {
    let is_only = |kind: Kind| all.iter().filter(|other| other.kind == kind).count() == 1;
    let is_word = |list: fn(&Words) -> &[&'static str]| {
        Texts::all().any(|texts| list(&texts.words).contains(&words))
    };
    let by_kind = match question.kind {
        Kind::Email => is_only(Kind::Email) && is_word(|words| words.email),
        Kind::Tel => is_only(Kind::Tel) && is_word(|words| words.tel),
        Kind::Text => is_name(question) && is_word(|words| words.name),
        _ => false,
    };
    let labels = question.label.iter().chain([&question.text]);
    let is_label = || {
        labels
            .flat_map(Localized::all)
            .any(|label| short(label) == words)
    };
    by_kind || fold_answer(&label::from_name(&question.name)) == words || is_label()
}

fn is_name(question: &Question) -> bool {
    let name = fold_answer(&label::from_name(&question.name));
    Texts::all().any(|texts| texts.words.name.contains(&name.as_str()))
}

/// A label without *your* before it.
fn short(label: &str) -> String {
    let folded = fold_answer(label);
    let is_your = |word: &str| {
        [
            "your", "the", "uw", "je", "jouw", "de", "het", "ihr", "ihre", "der", "die", "das",
            "votre", "vos", "le", "la",
        ]
        .contains(&word)
    };
    match folded.split_once(' ') {
        Some((first, rest)) if is_your(first) => rest.to_owned(),
        _ => folded,
    }
}

/// What is left of a message, word by word.
struct Rest<'a> {
    text: &'a str,
    ended_with_colon: bool,
}

impl<'a> Rest<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text: text.trim(),
            ended_with_colon: false,
        }
    }

    fn text(&self) -> &'a str {
        self.text
    }

    /// The first words as they are compared, if there are as many.
    fn first(&self, count: usize) -> Option<String> {
        let words: Vec<String> = self
            .text
            .split_whitespace()
            .take(count)
            .map(|word| fold(word.trim_end_matches([':', ',', '=', '.', '!'])))
            .collect();
        (words.len() == count).then(|| words.join(" "))
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            let end = self
                .text
                .find(char::is_whitespace)
                .unwrap_or(self.text.len());
            let (word, rest) = self.text.split_at_checked(end).unwrap_or((self.text, ""));
            self.ended_with_colon = word.ends_with([':', '=']);
            self.text = rest.trim_start();
        }
    }

    /// *Yes, but*.
    fn skip_yes_but(&mut self) -> bool {
        let is_yes_but = self.first(2).is_some_and(|words| {
            let mut parts = words.split(' ');
            let yes = parts.next().and_then(yes_no::plain);
            yes == Some(true) && parts.next().is_some_and(|but| BUT.contains(&but))
        });
        if is_yes_but {
            self.skip(2);
        }
        is_yes_but
    }

    fn skip_one(&mut self, list: fn(&Words) -> &[&'static str]) -> bool {
        let Some(word) = self.first(1) else {
            return false;
        };
        // A word that is nothing but a mark.
        let mark = self.text.split_whitespace().next().unwrap_or_default();
        let is_listed = Texts::all().any(|texts| {
            let words = list(&texts.words);
            words.contains(&word.as_str()) || words.contains(&mark)
        });
        if is_listed {
            self.skip(1);
        }
        is_listed
    }

    fn skip_all(&mut self, list: fn(&Words) -> &[&'static str]) -> bool {
        let mut skipped = false;
        while self.skip_one(list) {
            skipped = true;
        }
        skipped
    }
}
