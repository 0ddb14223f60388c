//! Texts that a language is missing from.

use super::{
    super::{Locale, Localized},
    Definition,
    finding::Findings,
};

/// Warns of texts that some language has to do without. A text in no language in particular, such
/// as the name of a brand, is for all of them, except where it is asked as a question.
pub(super) fn check(definition: &Definition, findings: &mut Findings<'_>) {
    let texts = texts(definition);
    let locales = definition.languages();
    for Text {
        path,
        words: text,
        is_asked,
    } in texts
    {
        let is_for_all = text.locales().next().is_none() && (!is_asked || locales.len() < 2);
        if text.is_empty() || is_for_all {
            continue;
        }
        let missing = locales
            .iter()
            .filter(|locale| text.locales().all(|other| other != **locale));
        let missing: Vec<&str> = missing.map(|locale| locale.tag()).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let problem = format!(
                "there is no text in {missing}; add it, or people are asked in another language"
            );
            findings.warning(&path, problem);
        }
    }
}

impl Definition {
    /// The languages that it is meant for: the [ones it names](Self::locales), or else those that any
    /// of its texts has. Empty if its texts are in no language in particular.
    pub fn languages(&self) -> Vec<Locale> {
        let mut locales: Vec<Locale> = match self.locales.as_slice() {
            [] => {
                let texts = texts(self).into_iter();
                texts.flat_map(|text| text.words.locales()).collect()
            }
            locales => locales.to_vec(),
        };
        locales.sort_unstable();
        locales.dedup();
        locales
    }
}

struct Text<'a> {
    path: String,
    words: &'a Localized,
    is_asked: bool,
}

fn texts(definition: &Definition) -> Vec<Text<'_>> {
    let shown = |path: String, words| Text {
        path,
        words,
        is_asked: false,
    };
    let mut texts = vec![shown("title".to_owned(), &definition.title)];
    for (index, question) in definition.questions.iter().enumerate() {
        let path = format!("questions[{index}]");
        texts.push(Text {
            path: format!("{path}.text"),
            words: &question.text,
            is_asked: true,
        });
        let label = question.label.iter();
        texts.extend(label.map(|label| shown(format!("{path}.label"), label)));
        let hint = question.hint.iter();
        texts.extend(hint.map(|hint| shown(format!("{path}.hint"), hint)));
        let ends = question.ends.iter().flatten().enumerate();
        texts.extend(ends.map(|(end, text)| shown(format!("{path}.ends[{end}]"), text)));
        let options = question.options.iter().enumerate();
        texts.extend(
            options.map(|(place, option)| {
                shown(format!("{path}.options[{place}].label"), &option.label)
            }),
        );
        let rows = question.rows.iter().enumerate();
        texts.extend(
            rows.map(|(place, row)| shown(format!("{path}.rows[{place}].label"), &row.label)),
        );
    }
    let screen_outs = definition.screen_outs.iter().enumerate();
    texts.extend(
        screen_outs.map(|(index, rule)| shown(format!("screen_outs[{index}].text"), &rule.text)),
    );
    let quotas = definition.quotas.iter().enumerate();
    texts.extend(quotas.map(|(index, rule)| shown(format!("quotas[{index}].text"), &rule.text)));
    texts
}
