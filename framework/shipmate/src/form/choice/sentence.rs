//! A choice in a short sentence or with an article: *I had the soup*, *de vis en het ijs*.

use super::{super::fold::fold_answer, Choice, is_and, only};

/// In characters. Shorter beginnings of labels are too easily other words.
const SHORTEST: usize = 4;

/// Words that say nothing about which choice is meant.
const FILLERS: &[&str] = &[
    // English
    "a",
    "an",
    "the",
    "my",
    "i",
    "i'd",
    "i'll",
    "i've",
    "would",
    "like",
    "want",
    "have",
    "had",
    "take",
    "took",
    "choose",
    "chose",
    "prefer",
    "it",
    "it's",
    "was",
    "is",
    "for",
    "me",
    "please",
    "then",
    "option",
    // Dutch
    "de",
    "het",
    "een",
    "mijn",
    "ik",
    "wil",
    "wilde",
    "wou",
    "zou",
    "willen",
    "graag",
    "neem",
    "nam",
    "heb",
    "kies",
    "koos",
    "doe",
    "maar",
    "voor",
    "mij",
    "dan",
    "daarna",
    "was",
    "is",
    "genomen",
    "gekozen",
    "alsjeblieft",
    "alstublieft",
    "optie",
    // German
    "der",
    "die",
    "das",
    "den",
    "dem",
    "ein",
    "eine",
    "einen",
    "mein",
    "meine",
    "ich",
    "nehme",
    "nahm",
    "hatte",
    "habe",
    "mochte",
    "moechte",
    "will",
    "gern",
    "gerne",
    "bitte",
    "wahle",
    "waehle",
    "fur",
    "mich",
    "es",
    "ist",
    "war",
    "dann",
    "genommen",
    "gewahlt",
    // French
    "le",
    "la",
    "les",
    "un",
    "une",
    "des",
    "du",
    "mon",
    "ma",
    "mes",
    "je",
    "j'ai",
    "voudrais",
    "veux",
    "prends",
    "pris",
    "choisis",
    "choisi",
    "prefere",
    "c'est",
    "c'etait",
    "pour",
    "moi",
    "puis",
    "ensuite",
    "s'il",
    "vous",
    "te",
    "plait",
    "svp",
];

/// Words that may turn the meaning round.
const NEGATIONS: &[&str] = &[
    "no", "not", "never", "without", "except", "but", "nor", "neither", "don't", "didn't",
    "wasn't", "niet", "geen", "nooit", "zonder", "behalve", "nee", "nicht", "kein", "keine",
    "keinen", "nie", "ohne", "ausser", "nein", "non", "pas", "ni", "ne", "jamais", "sans", "sauf",
    "aucun", "aucune",
];

const NONE: &[&str] = &[
    "none",
    "none of these",
    "none of those",
    "none of them",
    "none of the above",
    "nothing",
    "nothing at all",
    "nothing of these",
    "geen",
    "geen van deze",
    "geen van die",
    "geen van allen",
    "geen van alle",
    "geen enkele",
    "niets",
    "niets hiervan",
    "nichts",
    "nichts davon",
    "gar nichts",
    "keine",
    "keines",
    "keins",
    "keinen",
    "keiner",
    "keine davon",
    "keines davon",
    "keins davon",
    "keine von diesen",
    "aucun",
    "aucune",
    "aucun de ceux-ci",
    "aucune de celles-ci",
    "aucun d'entre eux",
    "aucune d'entre elles",
    "rien",
    "rien de tout cela",
    "rien de tout ca",
];

/// Whether a message says that no choice is meant.
pub(super) fn is_none(text: &str) -> bool {
    NONE.contains(&fold_answer(text).as_str())
}

/// The one choice whose label, or its beginning, is all that is left without small words.
pub(super) fn choice<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let said = meaning(text)?;
    named(choices, &said.join(" "))
}

/// Choices with nothing but blanks between them, each in one word.
pub(super) fn choices<'a>(choices: &'a [Choice], text: &str) -> Option<Vec<&'a Choice>> {
    let mut said = meaning(text)?;
    said.retain(|word| !is_and(word));
    if !(2..=choices.len()).contains(&said.len()) {
        return None;
    }
    said.iter().map(|word| named(choices, word)).collect()
}

fn named<'a>(choices: &'a [Choice], said: &str) -> Option<&'a Choice> {
    let is = |choice: &Choice, means: &dyn Fn(&str) -> bool| {
        let mut labels = choice.folded.iter().skip(1);
        labels.any(|label| means(&bare(label)))
    };
    let begins = |label: &str| label.starts_with(said);
    only(choices, |choice| is(choice, &|label| label == said)).or_else(|| {
        let is_long = said.chars().count() >= SHORTEST;
        only(choices, |choice| is_long && is(choice, &begins))
    })
}

/// The words that say which one; none if there are none, or one may turn the meaning round.
fn meaning(text: &str) -> Option<Vec<String>> {
    let folded = fold_answer(text);
    let said: Vec<String> = words(&folded).map(str::to_owned).collect();
    let is_negation = |word: &str| NEGATIONS.contains(&word);
    (!said.is_empty() && !folded.split_whitespace().any(is_negation)).then_some(said)
}

fn bare(label: &str) -> String {
    words(label).collect::<Vec<_>>().join(" ")
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    let is_mark = |c: char| ".,;:!?\"()".contains(c);
    folded
        .split_whitespace()
        .map(move |word| word.trim_matches(is_mark))
        .map(|word| word.strip_prefix("l'").unwrap_or(word))
        .filter(|word| !word.is_empty() && !FILLERS.contains(word))
}
