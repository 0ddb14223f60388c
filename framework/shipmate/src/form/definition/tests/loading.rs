//! What a file says arrives.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use super::*;

#[test]
fn a_file_becomes_a_conversation() {
    let questionnaire = questionnaire(AFTER_SALES);
    let names: Vec<&str> = questionnaire
        .questions()
        .iter()
        .map(Question::name)
        .collect();
    assert_eq!(
        names,
        [
            "score",
            "reason",
            "topic",
            "quality_speed",
            "quality_price",
            "visited",
            "callback",
            "phone"
        ]
    );
    let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::Nl);
    let mut progress = Progress::default();
    let mut asked = Vec::new();
    for message in ["3", "sla over", "Banden", "2", "5", "4 maart 2026", "nee"] {
        let prompt = questionnaire.ask(&progress, Locale::Nl, Buttons::NotShown);
        asked.push(prompt.unwrap().text.lines().next().unwrap().to_owned());
        questionnaire.answer(&mut progress, &Input::text(message), &context);
    }
    assert_eq!(
        asked,
        [
            "Hoe waarschijnlijk is het dat u ons aanbeveelt?",
            "Wat ging er mis?",
            "Waar ging uw bezoek over?",
            "Hoe was de snelheid?",
            "Hoe was de prijs?",
            "Wanneer was u hier?",
            "Mogen we u terugbellen?"
        ]
    );
    assert!(matches!(questionnaire.next(&progress), Next::Review));
    assert_eq!(
        serde_json::Value::Object(questionnaire.values(&progress)),
        json!({
            "score": 3, "topic": "tyres", "quality_speed": 2, "quality_price": 5,
            "visited": "2026-03-04", "callback": false,
        })
    );
    assert_eq!(questionnaire.quotas(&progress).len(), 1);
    assert_eq!(
        questionnaire.wording().say(Phrase::Thanks, Locale::Nl),
        "Bedankt!"
    );
}

#[test]
fn answers_are_shown_and_changed_by_the_label() {
    let questionnaire = questionnaire(
        r#"
id = "x"
review = true
questions = [
    { name = "email", type = "email", text = "Where can we write to?", label = "E-mail" },
    { name = "phone", type = "tel", text = "Where can we call?", label = "Telephone" },
    { name = "score", type = "nps", text = "Would you recommend us?", label = "Mark" },
    { name = "why", type = "text", text = "Why?" },
]
"#,
    );
    let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
    let mut progress = Progress::default();
    let said = [
        "ann@example.com, +31 20 123 4567",
        "8",
        "no, my mark is 9",
        "The wait",
    ]
    .map(|message| {
        let reply = questionnaire.answer(&mut progress, &Input::text(message), &context);
        let prompt = questionnaire.respond(&progress, &reply, Locale::En, Buttons::NotShown);
        prompt.unwrap().text
    });
    let [noted, _, changed, review] = said;
    assert!(
        noted.starts_with("Noted: E-mail, Telephone.\n\nWould you"),
        "{noted}"
    );
    assert!(changed.starts_with("Changed. Mark: 9\n\nWhy?"), "{changed}");
    assert!(
        review.contains("\n3. Mark: 9\n4. Why? The wait\n"),
        "{review}"
    );
}

#[test]
fn points_attempts_and_what_follows_arrive() {
    let questionnaire = questionnaire(AFTER_SALES);
    let visited = questionnaire.question("visited").unwrap();
    assert_eq!(visited.give_up(), GiveUp::Skip);
    let topic = questionnaire.question("topic").unwrap();
    let points: Vec<i64> = topic.choices().iter().map(Choice::points).collect();
    assert_eq!(points, [2, 0, 0]);
    let phone = questionnaire.question("phone").unwrap();
    assert_eq!(phone.source().unwrap().to_string(), "profile.telephone");
    let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
    let mut progress = Progress::default();
    for (message, attempts) in [("?!", 1), ("??!", 2)] {
        let reply = questionnaire.answer(&mut progress, &Input::text(message), &context);
        assert!(matches!(reply, Reply::Rejected { .. }), "{reply:?}");
        assert_eq!(progress.attempts("score"), attempts);
    }
    let reply = questionnaire.answer(&mut progress, &Input::text("x"), &context);
    assert!(matches!(reply, Reply::OutOfAttempts { .. }), "{reply:?}");
}

#[test]
fn json_says_the_same() {
    let from_toml = definition(AFTER_SALES);
    let json = serde_json::to_string_pretty(&from_toml).unwrap();
    let from_json = Definition::from_json(&json).unwrap();
    assert_eq!(from_json, from_toml);
    let plain: Definition = serde_json::from_str(&json).unwrap();
    assert_eq!(plain, from_toml);
    assert_eq!(serde_json::to_string_pretty(&from_json).unwrap(), json);
}

#[test]
fn code_says_the_same() {
    let mut reason = QuestionDefinition::new("reason", QuestionType::Lines, "What went wrong?");
    reason.when = Some("score <= 6".to_owned());
    let built = Definition::new("x")
        .with(QuestionDefinition::new(
            "score",
            QuestionType::Nps,
            "How likely?",
        ))
        .with(reason);
    let written = definition(
        r#"
        id = "x"
        questions = [
            { name = "score", type = "nps", text = "How likely?" },
            { name = "reason", type = "lines", text = "What went wrong?", when = "score <= 6" },
        ]"#,
    );
    assert_eq!(built, written);
    let questionnaire = Questionnaire::from_definition(&built).unwrap();
    assert_eq!(questionnaire.questions().len(), 2);
}

#[test]
fn the_example_of_the_book_is_as_good_as_it_looks() {
    let book = include_str!("../../../../../../docs/src/surveys.md");
    let (_, rest) = book.split_once("```toml\n").unwrap();
    let (toml, _) = rest.split_once("```").unwrap();
    let definition = definition(toml);
    assert_eq!(definition.questions.len(), 7);
    assert_eq!(examine(&definition), []);
}

#[test]
fn the_book_names_every_type() {
    let book = include_str!("../../../../../../docs/src/surveys.md");
    for kind in QuestionType::ALL {
        assert!(book.contains(&format!("`{kind}`")), "{kind}");
    }
}
