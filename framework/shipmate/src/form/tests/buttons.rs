//! What a button says is understood when it comes as text: that is what a quick reply sends.

use serde_json::json;

use super::{context, questionnaire};
use crate::form::{
    Buttons, Input, Kind, Locale, Measure, Next, Phrase, Progress, Question, Questionnaire, Reply,
    Wording,
};

/// With questions of every kind that has buttons, and what is known of two of them.
fn form() -> (Questionnaire, Progress) {
    let choices = json!([
        {"key": "a", "value": "Yes, please!"}, {"key": "b", "value": "No: the other (2)"},
        {"key": "c", "value": "Help"}, {"key": "d", "value": "Right"}, {"key": "e", "value": "Skip it"},
    ]);
    let mut form = questionnaire(json!([
        {"name": "known", "type": "email", "required": true},
        {"name": "sure", "type": "radio", "required": true, "options": choices},
        {"name": "text", "options": choices},
        {"name": "radio", "type": "radio", "options": choices},
        {"name": "numbers", "type": "radio", "required": true, "options": [
            {"key": "x", "value": "10"}, {"key": "y", "value": "5"}, {"key": "z", "value": "1 to 3"},
        ]},
        {"name": "agree", "type": "checkbox"},
    ]))
    .with_review(true);
    for measure in Measure::ALL {
        let question = Question::of_measure(measure.as_str(), "How much", measure);
        form.questions.push(question);
    }
    let scale = Kind::Scale { from: 0, to: 4 };
    form.questions
        .push(Question::of_kind("scale", "How much", scale));
    let mut progress = Progress::default();
    let context = context(Locale::En);
    for (field, text) in [("known", "ada@example.com"), ("sure", "a")] {
        let question = form.question(field).unwrap();
        let answer = crate::form::check::check(question, text, &context).unwrap();
        progress.propose(field, answer);
    }
    (form, progress)
}

/// Presses or says every button of everything that is asked, and compares.
fn walk(form: &Questionnaire, start: &Progress, locale: Locale) -> usize {
    let context = context(locale);
    let (mut progress, mut seen) = (start.clone(), 0);
    while let Some(prompt) = form.ask(&progress, locale, Buttons::Shown) {
        let before = progress.clone();
        for (label, payload) in &prompt.quick_replies {
            let mut pressed = before.clone();
            let by_payload = form.answer(&mut pressed, &Input::payload(payload), &context);
            assert!(!matches!(by_payload, Reply::Rejected { .. }), "{payload}");
            for text in [label.clone(), label.to_uppercase(), format!(" {label}! ")] {
                let mut said = before.clone();
                let by_text = form.answer(&mut said, &Input::text(&text), &context);
                assert_eq!(by_text, by_payload, "{text} in {locale:?}");
                assert_eq!(form.values(&said), form.values(&pressed), "{text}");
            }
            seen += 1;
            progress = pressed;
        }
        if prompt.quick_replies.is_empty() {
            let is_known = matches!(form.next(&progress), Next::Question(question) if question.name() == "known");
            let text = if is_known { "ada@example.com" } else { "1" };
            let reply = form.answer(&mut progress, &Input::text(text), &context);
            assert!(matches!(reply, Reply::Accepted { .. }), "{reply:?}");
        }
    }
    seen
}

#[test]
fn every_button_is_understood_as_text_in_every_language() {
    let (form, progress) = form();
    for locale in Locale::ALL {
        assert!(walk(&form, &progress, locale) > 50);
    }
}

#[test]
fn buttons_in_other_words_are_understood_too() {
    let (form, progress) = form();
    let mut wording = Wording::default();
    wording.set(Phrase::Right, Locale::En, ["Send it off"]);
    wording.set(Phrase::SkipButton, Locale::En, ["Rather not"]);
    let form = form.with_wording(wording);
    assert!(walk(&form, &progress, Locale::En) > 50);
}

#[test]
fn a_review_is_found_right_in_many_words() {
    for text in [
        "yes",
        "Yes, that's right",
        "that's right",
        "correct",
        "Yes, correct.",
        "all good",
        "klopt",
        "Ja, dat klopt",
        "dat klopt",
        "ja klopt",
        "juist",
        "stimmt",
        "das stimmt",
        "Ja, das stimmt",
        "richtig",
        "passt",
        "c'est juste",
        "C’est exact",
        "Oui, c'est exact",
        "oui, c'est bon",
    ] {
        let form = questionnaire(json!([{"name": "name"}])).with_review(true);
        let mut progress = Progress::default();
        let context = context(Locale::En);
        form.answer(&mut progress, &Input::text("Ada"), &context);
        let reply = form.answer(&mut progress, &Input::text(text), &context);
        assert_eq!(reply, Reply::Confirmed, "{text}");
    }
}
