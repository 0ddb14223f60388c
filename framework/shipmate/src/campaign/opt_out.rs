//! Contacts who do not want to be written to: the words by which they say so, and what they are told.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::CampaignError;
use crate::form::{Locale, fold_answer};

/// By which words contacts opt out of campaigns and in again, and what they are told, by language.
///
/// A message counts if it is one of the words and nothing else, in upper or lower case, with or
/// without accents and punctuation around it; the words of all languages count for everybody. There
/// are words and texts for English, Dutch, German and French.
///
/// ```
/// use shipmate::{campaign::OptOut, form::Locale};
///
/// let words = OptOut::default().words(Locale::Nl, ["stop", "hou op"]);
/// assert!(words.is_opt_out("Hou op!"));
/// assert!(!words.is_opt_out("please do not stop"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    by_locale: BTreeMap<Locale, Words>,
}

/// Words and texts of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Words {
    stop: Vec<String>,
    start: Vec<String>,
    stopped: String,
    started: String,
}

/// What a file may say of one language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenWords {
    stop: Option<Vec<String>>,
    start: Option<Vec<String>>,
    stopped: Option<String>,
    started: Option<String>,
}

/// What a contact wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Not to be written to by campaigns.
    Stop,
    /// To be written to again.
    Start,
}

impl Default for OptOut {
    fn default() -> Self {
        let words = |stop: &[&str], start: &[&str], stopped: &str, started: &str| Words {
            stop: stop.iter().copied().map(fold_answer).collect(),
            start: start.iter().copied().map(fold_answer).collect(),
            stopped: stopped.to_owned(),
            started: started.to_owned(),
        };
        Self {
            by_locale: [
                (
                    Locale::En,
                    words(
                        &["stop", "stop all", "stopall", "unsubscribe", "opt out", "optout"],
                        &["start", "unstop", "subscribe", "opt in", "optin"],
                        "You will not receive such messages from us any more. Reply START to receive them again.",
                        "You will receive our messages again. Reply STOP to end them.",
                    ),
                ),
                (
                    Locale::Nl,
                    words(
                        &["stop", "afmelden", "uitschrijven", "stoppen"],
                        &["start", "aanmelden", "inschrijven"],
                        "U ontvangt zulke berichten niet meer van ons. Antwoord START om ze weer te ontvangen.",
                        "U ontvangt onze berichten weer. Antwoord STOP om ze te beëindigen.",
                    ),
                ),
                (
                    Locale::De,
                    words(
                        &["stopp", "stop", "abmelden", "abbestellen"],
                        &["start", "anmelden"],
                        "Sie erhalten solche Nachrichten nicht mehr von uns. Antworten Sie START, um sie wieder zu erhalten.",
                        "Sie erhalten unsere Nachrichten wieder. Antworten Sie STOPP, um sie zu beenden.",
                    ),
                ),
                (
                    Locale::Fr,
                    words(
                        &["stop", "arrêt", "arrêter", "désabonner", "se désabonner", "désinscrire"],
                        &["start", "abonner", "s'abonner", "reprendre"],
                        "Vous ne recevrez plus ces messages de notre part. Répondez START pour les recevoir à nouveau.",
                        "Vous recevrez de nouveau nos messages. Répondez STOP pour y mettre fin.",
                    ),
                ),
            ]
            .into(),
        }
    }
}

impl OptOut {
    /// Other words to opt out by in a language.
    #[must_use]
    pub fn words<W: AsRef<str>>(
        mut self,
        locale: Locale,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        if let Some(own) = self.by_locale.get_mut(&locale) {
            own.stop = folded(words);
        }
        self
    }

    /// Other words to opt in again by in a language.
    #[must_use]
    pub fn words_to_return<W: AsRef<str>>(
        mut self,
        locale: Locale,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        if let Some(own) = self.by_locale.get_mut(&locale) {
            own.start = folded(words);
        }
        self
    }

    /// What a contact is told in a language: once when it opted out, and when it opted in again.
    #[must_use]
    pub fn told(
        mut self,
        locale: Locale,
        stopped: impl Into<String>,
        started: impl Into<String>,
    ) -> Self {
        if let Some(own) = self.by_locale.get_mut(&locale) {
            own.stopped = stopped.into();
            own.started = started.into();
        }
        self
    }

    /// Whether a message of `text` opts out.
    pub fn is_opt_out(&self, text: &str) -> bool {
        self.wish(text) == Some(Wish::Stop)
    }

    /// What a contact who writes `text` wants, if it is one of the words.
    pub(crate) fn wish(&self, text: &str) -> Option<Wish> {
        const LONGEST: usize = 200;
        if text.len() > LONGEST {
            return None;
        }
        let text = fold_answer(text);
        let says = |words: fn(&Words) -> &Vec<String>| {
            self.by_locale
                .values()
                .any(|own| words(own).contains(&text))
        };
        if says(|own| &own.stop) {
            return Some(Wish::Stop);
        }
        says(|own| &own.start).then_some(Wish::Start)
    }

    /// What a contact of `locale` is told.
    pub(crate) fn answer(&self, wish: Wish, locale: Locale) -> &str {
        let words = self.by_locale.get(&locale);
        words.map_or("", |words| match wish {
            Wish::Stop => &words.stopped,
            Wish::Start => &words.started,
        })
    }

    /// Takes over what a file says.
    pub(super) fn read(given: BTreeMap<String, GivenWords>) -> Result<Self, CampaignError> {
        let mut opt_out = Self::default();
        for (tag, given) in given {
            let locale = Locale::ALL.into_iter().find(|locale| locale.tag() == tag);
            let Some(own) = locale.and_then(|locale| opt_out.by_locale.get_mut(&locale)) else {
                return Err(CampaignError::unusable(
                    format!("opt_out.{tag}"),
                    "the languages are en, nl, de and fr",
                ));
            };
            own.take_over(given);
        }
        opt_out.check()?;
        Ok(opt_out)
    }

    /// Whether everybody can opt out and is told so.
    pub(crate) fn check(&self) -> Result<(), CampaignError> {
        for (locale, words) in &self.by_locale {
            let unusable = |what: &str, problem: &str| {
                Err(CampaignError::unusable(
                    format!("opt_out.{}.{what}", locale.tag()),
                    problem,
                ))
            };
            if words.stop.is_empty() || words.stop.iter().any(String::is_empty) {
                return unusable("stop", "give at least one word, such as \"stop\"");
            }
            if words.start.iter().any(String::is_empty) {
                return unusable("start", "a word cannot be empty");
            }
            if let Some(both) = words.start.iter().find(|word| self.is_opt_out(word)) {
                let problem = format!("`{both}` also opts out; use another word");
                return unusable("start", &problem);
            }
            if words.stopped.trim().is_empty() || words.started.trim().is_empty() {
                return unusable(
                    "stopped",
                    "give a text that says what was done, also for `started`",
                );
            }
        }
        Ok(())
    }
}

impl Words {
    fn take_over(&mut self, given: GivenWords) {
        if let Some(words) = given.stop {
            self.stop = folded(words);
        }
        if let Some(words) = given.start {
            self.start = folded(words);
        }
        self.stopped = given.stopped.unwrap_or_else(|| self.stopped.clone());
        self.started = given.started.unwrap_or_else(|| self.started.clone());
    }
}

fn folded<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Vec<String> {
    let words = words.into_iter();
    words.map(|word| fold_answer(word.as_ref())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_alone_counts() {
        let words = OptOut::default();
        for (text, expected) in [
            ("STOP", Some(Wish::Stop)),
            (" stop! ", Some(Wish::Stop)),
            ("Arret", Some(Wish::Stop)),
            ("ARRÊT.", Some(Wish::Stop)),
            ("Désabonner", Some(Wish::Stop)),
            ("afmelden", Some(Wish::Stop)),
            ("Start", Some(Wish::Start)),
            ("please stop", None),
            ("stop it", None),
            ("", None),
        ] {
            assert_eq!(words.wish(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_language_has_words_and_texts() {
        let words = OptOut::default();
        assert!(words.check().is_ok());
        for locale in Locale::ALL {
            for wish in [Wish::Stop, Wish::Start] {
                let answer = words.answer(wish, locale);
                assert!(answer.len() > 20, "{locale:?}");
                assert_eq!(words.wish(answer), None);
            }
        }
    }

    #[test]
    fn words_that_say_both_are_refused() {
        let words = OptOut::default().words_to_return(Locale::En, ["Afmelden"]);
        let error = words.check().unwrap_err().to_string();
        assert!(error.contains("`opt_out.en.start`"), "{error}");
        let none = OptOut::default().words(Locale::Fr, [] as [&str; 0]);
        assert!(
            none.check()
                .unwrap_err()
                .to_string()
                .contains("`opt_out.fr.stop`")
        );
    }
}
