//! What the form engine says and the words it understands, one table per language.

mod de;
mod en;
mod fr;
mod nl;

use super::Locale;

/// How many ways there are to say the same thing. The platform blocks a bot after 8 identical
/// messages in 3 minutes (API Basics, rate limiting); with four variants the 33rd wrong answer is
/// the first that could get there.
pub(super) const VARIANTS: usize = 4;

type Variants = [&'static str; VARIANTS];

/// One language. Names in braces are filled in: `{thing}`, `{min}`, `{max}`, `{step}`, `{base}`,
/// `{example}`.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) words: Words,
    pub(super) things: Things,
    pub(super) hints: Hints,
    pub(super) reasons: Reasons,
    pub(super) scales: Scales,
    pub(super) talk: Talk,
    /// Labels of the contact's profile fields, by name (API Reference, organizations).
    pub(super) profile: &'static [(&'static str, &'static str)],
    /// Between a label and its value.
    pub(super) colon: &'static str,
    /// Between the whole and the fraction of a number.
    pub(super) decimal_mark: char,
    /// Between thousands. A blank always may stand there.
    pub(super) thousands_mark: Option<char>,
    /// `{day} {month} {year}`.
    pub(super) date: &'static str,
    /// The first of a month, where it is written in its own way.
    pub(super) first_day: &'static str,
}

/// Words that are understood, in the folded form (`fold`): lower case, no accents. Where one of
/// them is shown, it is the first, and it is written as it is shown.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) months: [&'static [&'static str]; 12],
    /// Days relative to today.
    pub(super) days: &'static [(&'static str, i64)],
    pub(super) yes: &'static [&'static str],
    pub(super) no: &'static [&'static str],
    /// What is noted is right; also after a yes.
    pub(super) right: &'static [&'static str],
    pub(super) skip: &'static [&'static str],
    /// Between the last two of several choices.
    pub(super) and: &'static [&'static str],
    /// Every choice.
    pub(super) all: &'static [&'static str],
    /// Before a time of day.
    pub(super) at: &'static [&'static str],
    /// After a time of day.
    pub(super) hours: &'static [&'static str],
    /// Before the number of a week.
    pub(super) week: &'static [&'static str],
    /// Whole messages that are no answer: to the last question again.
    pub(super) back: &'static [&'static str],
    /// What can be said here?
    pub(super) help: &'static [&'static str],
    /// A person, please.
    pub(super) human: &'static [&'static str],
    /// No more questions, please.
    pub(super) cancel: &'static [&'static str],
    /// Before a correction.
    pub(super) lead: &'static [&'static str],
    /// Before the name of what is corrected.
    pub(super) my: &'static [&'static str],
    /// Between the name of what is corrected and its value.
    pub(super) is: &'static [&'static str],
    /// The word for a correction as a request.
    pub(super) change: &'static [&'static str],
    /// What people call some kinds of answers.
    pub(super) email: &'static [&'static str],
    pub(super) tel: &'static [&'static str],
    pub(super) name: &'static [&'static str],
}

/// What is asked for, as it stands in `{thing}`: with article, and in German in the accusative.
#[derive(Debug)]
pub(super) struct Things {
    pub(super) email: &'static str,
    pub(super) tel: &'static str,
    pub(super) url: &'static str,
    pub(super) file: &'static str,
    pub(super) number: &'static str,
    pub(super) date: &'static str,
    pub(super) time: &'static str,
    pub(super) date_time: &'static str,
    pub(super) month: &'static str,
    pub(super) week: &'static str,
    pub(super) color: &'static str,
    pub(super) yes_no: &'static str,
    pub(super) ranking: &'static str,
    /// Anything else.
    pub(super) answer: &'static str,
}

/// The line below a question.
#[derive(Debug)]
pub(super) struct Hints {
    pub(super) email: &'static str,
    pub(super) tel: &'static str,
    pub(super) url: &'static str,
    pub(super) file: &'static str,
    pub(super) number: &'static str,
    pub(super) number_from: &'static str,
    pub(super) number_to: &'static str,
    pub(super) number_between: &'static str,
    pub(super) date: &'static str,
    pub(super) time: &'static str,
    pub(super) date_time: &'static str,
    pub(super) month: &'static str,
    pub(super) week: &'static str,
    pub(super) color: &'static str,
    pub(super) yes_no: &'static str,
    pub(super) numbered: &'static str,
    pub(super) listed: &'static str,
    pub(super) several_numbered: &'static str,
    pub(super) several_listed: &'static str,
    pub(super) scale: &'static str,
    pub(super) scale_plain: &'static str,
    pub(super) stars: &'static str,
    pub(super) ranking: &'static str,
    pub(super) ranking_listed: &'static str,
    /// For a question that need not be answered.
    pub(super) skip: &'static str,
    /// What the button says that skips.
    pub(super) skip_button: &'static str,
}

/// Why an answer was not taken, each sentence to be followed by the question.
#[derive(Debug)]
pub(super) struct Reasons {
    pub(super) value_missing: Variants,
    pub(super) unreadable: Variants,
    pub(super) pattern_mismatch: Variants,
    pub(super) too_low: Variants,
    pub(super) too_high: Variants,
    pub(super) too_early: Variants,
    pub(super) too_late: Variants,
    pub(super) step_mismatch: Variants,
    pub(super) too_short: Variants,
    pub(super) too_long: Variants,
    pub(super) not_an_option: Variants,
    pub(super) incomplete: Variants,
    pub(super) year_missing: Variants,
    pub(super) which_day: Variants,
}

/// What the ends of the standard scales mean, the lowest number first.
#[derive(Debug)]
pub(super) struct Scales {
    pub(super) nps: [&'static str; 2],
    pub(super) csat: [&'static str; 2],
    pub(super) ces: [&'static str; 2],
    pub(super) likert: [&'static str; 5],
}

/// What is said around the questions.
#[derive(Debug)]
pub(super) struct Talk {
    /// Below a question whose answer is known already.
    pub(super) confirm: &'static str,
    /// Above the answers.
    pub(super) review: &'static str,
    /// Below them.
    pub(super) review_ask: &'static str,
    pub(super) review_again: Variants,
    /// What the button says that takes the answers as they are.
    pub(super) right: &'static str,
    pub(super) changed: &'static str,
    pub(super) noted: &'static str,
    pub(super) back_nothing: &'static str,
    pub(super) help: &'static str,
    /// For a question that need not be answered.
    pub(super) help_skip: &'static str,
    pub(super) thanks: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) person: &'static str,
    pub(super) screened_out: &'static str,
    pub(super) gave_up: &'static str,
    pub(super) still_there: [&'static str; 2],
    pub(super) resume: &'static str,
    pub(super) renewed: &'static str,
    pub(super) optional_left: &'static str,
}

impl Texts {
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &en::TEXTS,
            Locale::Nl => &nl::TEXTS,
            Locale::De => &de::TEXTS,
            Locale::Fr => &fr::TEXTS,
        }
    }

    /// The word for yes or no.
    pub(super) fn yes_no(&self, yes: bool) -> &'static str {
        let words = if yes { self.words.yes } else { self.words.no };
        words.first().copied().unwrap_or_default()
    }

    /// The label of a field of the contact's profile.
    pub(super) fn profile_label(&self, field: &str) -> Option<&'static str> {
        let mut labels = self.profile.iter();
        labels.find_map(|(name, label)| (*name == field).then_some(*label))
    }

    /// Every language: a person may answer in another one than they are asked in.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        Locale::ALL.into_iter().map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::form::fold::fold;

    impl Reasons {
        fn each(&self) -> [&Variants; 14] {
            [
                &self.value_missing,
                &self.unreadable,
                &self.pattern_mismatch,
                &self.too_low,
                &self.too_high,
                &self.too_early,
                &self.too_late,
                &self.step_mismatch,
                &self.too_short,
                &self.too_long,
                &self.not_an_option,
                &self.incomplete,
                &self.year_missing,
                &self.which_day,
            ]
        }
    }

    #[test]
    fn every_language_labels_the_same_profile_fields() {
        let labelled = |texts: &Texts| -> Vec<&str> {
            texts.profile.iter().map(|(field, _)| *field).collect()
        };
        let english = labelled(Texts::of(Locale::En));
        assert!(Texts::all().all(|texts| labelled(texts) == english));
    }

    #[test]
    fn no_two_sentences_of_a_language_are_the_same() {
        for texts in Texts::all() {
            let sentences: Vec<_> = texts.reasons.each().into_iter().flatten().collect();
            let different: BTreeSet<_> = sentences.iter().collect();
            assert_eq!(different.len(), sentences.len());
        }
    }

    #[test]
    fn sentences_name_what_they_are_about() {
        for Texts { reasons, .. } in Texts::all() {
            for (variants, name) in [
                (&reasons.unreadable, "{thing}"),
                (&reasons.too_low, "{min}"),
                (&reasons.too_early, "{min}"),
                (&reasons.too_short, "{min}"),
                (&reasons.too_high, "{max}"),
                (&reasons.too_late, "{max}"),
                (&reasons.too_long, "{max}"),
                (&reasons.step_mismatch, "{step}"),
                (&reasons.year_missing, "{example}"),
            ] {
                assert!(
                    variants.iter().all(|text| text.contains(name)),
                    "{variants:?}"
                );
            }
        }
    }

    #[test]
    fn every_word_is_folded_or_folds_to_one_that_is_listed() {
        for Texts { words, .. } in Texts::all() {
            let mut lists: Vec<&[&str]> = words.months.to_vec();
            lists.extend([
                words.yes,
                words.no,
                words.right,
                words.skip,
                words.and,
                words.all,
            ]);
            lists.extend([words.at, words.hours, words.week]);
            for list in lists {
                for word in list {
                    assert!(list.contains(&fold(word).as_str()), "{word}");
                }
            }
            assert!(words.days.iter().all(|(word, _)| fold(word) == *word));
        }
    }

    #[test]
    fn no_word_means_two_things() {
        let mut months = BTreeMap::new();
        let (mut yes, mut no) = (BTreeSet::<&str>::new(), BTreeSet::<&str>::new());
        for Texts { words, .. } in Texts::all() {
            for (month, names) in words.months.iter().enumerate() {
                for name in *names {
                    assert_eq!(*months.entry(*name).or_insert(month), month, "{name}");
                }
            }
            yes.extend(words.yes);
            no.extend(words.no);
        }
        assert!(yes.is_disjoint(&no));
    }
}
