//! Wishes in short sentences, and what is none.

use serde_json::json;

use super::{context, field, questionnaire};
use crate::form::{Input, Locale, Progress, Reply, Wish};

fn to(kind: &str, text: &str) -> Reply {
    let form = questionnaire(json!([field(kind, &json!({}))]));
    form.answer(
        &mut Progress::default(),
        &Input::text(text),
        &context(Locale::En),
    )
}

#[track_caller]
fn wishes(kind: &str, wish: Wish, texts: &[&str]) {
    for text in texts {
        assert_eq!(to(kind, text), Reply::Wants(wish), "{text} to {kind}");
    }
}

/// Nobody answers a question so.
const HUMAN: &[&str] = &[
    "I want to talk to a human",
    "can I speak to someone please?",
    "a person please",
    "Could I speak with an agent?",
    "please connect me to a real person",
    "human",
    "ik wil een mens spreken",
    "Ik wil een medewerker spreken",
    "mag ik iemand spreken?",
    "ik wil graag met een medewerker praten",
    "een medewerker alstublieft",
    "Mensch bitte",
    "Mitarbeiter bitte",
    "ich möchte mit einem Menschen sprechen",
    "Kann ich bitte mit jemandem sprechen?",
    "Ich brauche einen Mitarbeiter",
    "je veux parler à un humain",
    "puis-je parler à quelqu'un ?",
    "Est-ce que je peux parler à un conseiller s'il vous plaît",
    "un conseiller svp",
];

const CANCEL: &[&str] = &[
    "I want to stop the survey",
    "no more questions please",
    "please stop",
    "ik wil met deze enquête stoppen",
    "geen vragen meer",
    "stop alsjeblieft",
    "ich möchte die Umfrage abbrechen",
    "keine Fragen mehr bitte",
    "je veux arrêter le questionnaire",
    "plus de questions svp",
];

const HELP: &[&str] = &[
    "help me please",
    "how does this work?",
    "help me",
    "hoe werkt dit?",
    "Was kann ich hier sagen?",
    "Hilfe bitte",
    "comment ça marche ?",
    "aidez-moi",
];

#[test]
fn whole_sentences_are_wishes_whatever_is_asked() {
    for kind in ["email", "number", "date", "text", "textarea"] {
        wishes(kind, Wish::Human, HUMAN);
        wishes(kind, Wish::Cancel, CANCEL);
        wishes(kind, Wish::Help, HELP);
    }
}

#[test]
fn what_may_be_an_answer_is_one_to_an_open_question() {
    let human = &[
        "agent",
        "someone",
        "customer service",
        "medewerker",
        "een medewerker",
        "klantenservice",
        "Mitarbeiter",
        "jemand",
        "Kundenservice",
        "conseiller",
        "un agent",
        "service client",
    ];
    let cancel = &[
        "I want to stop",
        "I don't want to continue",
        "I want to cancel",
        "ik wil niet meer",
        "ik wil stoppen",
        "ich möchte abbrechen",
        "ich will nicht mehr",
        "je veux arrêter",
        "je ne veux plus",
    ];
    let help = &[
        "I don't understand",
        "options",
        "ik snap het niet",
        "ich verstehe das nicht",
        "je ne comprends pas",
    ];
    for (wish, texts) in [
        (Wish::Human, human as &[&str]),
        (Wish::Cancel, cancel),
        (Wish::Help, help),
    ] {
        wishes("email", wish, texts);
        for text in texts {
            assert!(matches!(to("text", text), Reply::Accepted { .. }), "{text}");
        }
    }
}

#[test]
fn a_word_in_an_answer_is_no_wish() {
    for text in [
        "A human answered my call within 2 minutes, great",
        "I want to talk to a human about my invoice from March",
        "The agent was friendly",
        "nobody wants to talk to a human",
        "Een medewerker heeft mij geholpen",
        "ik wil een mens spreken die verstand van zaken heeft",
        "Der Mitarbeiter war nett",
        "ich möchte mit einem Menschen sprechen können",
        "Un conseiller m'a aidé",
        "I had to stop three times",
        "help was great",
    ] {
        for kind in ["text", "textarea"] {
            let reply = to(kind, text);
            assert!(matches!(reply, Reply::Accepted { .. }), "{text}: {reply:?}");
        }
        assert!(
            matches!(to("email", text), Reply::Rejected { .. }),
            "{text}"
        );
    }
}
