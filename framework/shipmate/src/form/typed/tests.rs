//! A struct as a survey, asked and read back.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time, date, time},
    tz::TimeZone,
};

use super::super::*;
use crate::{Choices, Survey};

#[derive(Survey, Debug, PartialEq)]
#[survey(
    id = "after-sales",
    version = 2,
    locales = "en nl",
    title(en = "After your visit", nl = "Na uw bezoek"),
    review,
    attempts = 3,
    on_change = "migrate",
    screen_out(
        "no-car",
        when = "topic is other and score > 8",
        en = "Bye!",
        nl = "Dag!"
    ),
    quota("all", 500),
    quota("price", 200, when = "topic is price")
)]
struct AfterSales {
    /// How likely are you
    /// to recommend us?
    #[ask(nl = "Hoe waarschijnlijk?")]
    #[survey(
        nps,
        label(en = "Mark", nl = "Cijfer"),
        least(en = "never", nl = "nooit"),
        most(en = "surely", nl = "zeker")
    )]
    score: u8,
    #[ask(en = "What went wrong?", nl = "Wat ging er mis?")]
    #[survey(lines, when = "score <= 6", optional, maxlength = 500)]
    reason: Option<String>,
    #[ask(en = "What was it about?", nl = "Waar ging het over?")]
    topic: Topic,
    #[ask(en = "What did you use?", nl = "Wat gebruikte u?")]
    used: Vec<Topic>,
    #[ask(en = "In order?", nl = "Op volgorde?")]
    #[survey(ranking)]
    order: Vec<Topic>,
    #[ask(en = "May we call you back?", nl = "Mogen we u terugbellen?")]
    callback: bool,
    #[ask(en = "Your number?", nl = "Uw nummer?")]
    #[survey(tel, when = "callback is yes", prefill = "profile.telephone")]
    phone: Option<String>,
    #[ask(en = "When?", nl = "Wanneer?")]
    #[survey(min = "2026-01-01")]
    visited: Option<Date>,
    #[ask(en = "At what time?", nl = "Hoe laat?")]
    at: Time,
    #[ask(en = "Next time?", nl = "Volgende keer?")]
    next: DateTime,
    #[ask(en = "How old are you?", nl = "Hoe oud bent u?")]
    #[survey(name = "years", give_up = "skip", attempts = 1)]
    age: Option<u8>,
    #[ask(en = "How far?", nl = "Hoe ver?")]
    #[survey(step = 0.5)]
    far: f64,
    #[ask(en = "Was it easy?", nl = "Was het makkelijk?")]
    #[survey(likert)]
    easy: u8,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
enum Topic {
    #[choice(en = "The price", nl = "De prijs", points = 2)]
    Price,
    #[choice(key = "service", en = "Our service", nl = "Onze service")]
    AfterSales,
    /// Something else
    #[choice(nl = "Iets anders")]
    Other,
}

fn answered(messages: &[&str]) -> (Questionnaire, Progress) {
    let questionnaire = AfterSales::questionnaire().unwrap();
    let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
    let mut progress = Progress::default();
    for message in messages {
        let reply = questionnaire.answer(&mut progress, &Input::text(message), &context);
        assert!(
            !matches!(reply, Reply::Rejected { .. } | Reply::NothingAsked),
            "{message}: {reply:?}"
        );
        if let Reply::OutOfAttempts { field, .. } = reply {
            progress.skip(&field);
        }
    }
    (questionnaire, progress)
}

#[test]
fn answers_arrive_in_their_types() {
    let (questionnaire, progress) = answered(&[
        "9",
        "the price",
        "price, other",
        "other, price, service",
        "yes",
        "+31 6 1234 5678",
        "4 March 2026",
        "14:30",
        "5 March 2026 9:15",
        "300",
        "2.5",
        "4",
        "yes",
    ]);
    assert!(matches!(questionnaire.next(&progress), Next::Complete));
    assert_eq!(questionnaire.score(&progress), 4);
    let answers = AfterSales::from_answers(&questionnaire, &progress).unwrap();
    let next = date(2026, 3, 5).to_datetime(time(9, 15, 0, 0));
    assert_eq!(
        answers,
        AfterSales {
            score: 9,
            reason: None,
            topic: Topic::Price,
            used: vec![Topic::Price, Topic::Other],
            order: vec![Topic::Other, Topic::Price, Topic::AfterSales],
            callback: true,
            phone: Some("+31612345678".to_owned()),
            visited: Some(date(2026, 3, 4)),
            at: time(14, 30, 0, 0),
            next,
            age: None,
            far: 2.5,
            easy: 4,
        }
    );
}

#[test]
fn what_is_missing_or_does_not_fit_is_told_without_the_answer() {
    let (questionnaire, mut progress) = answered(&["9"]);
    let error = AfterSales::from_answers(&questionnaire, &progress).unwrap_err();
    assert!(error.is_missing());
    assert_eq!(error.field(), "topic");
    progress.record("topic", Answer::plain("secret"));
    let error = AfterSales::from_answers(&questionnaire, &progress).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer to `topic` does not fit its type; was it given to another version of the survey?"
    );
}

#[test]
fn a_struct_is_the_same_as_a_file() {
    let file = r#"
        id = "after-sales"
        version = 2
        locales = ["en", "nl"]
        title = { en = "After your visit", nl = "Na uw bezoek" }
        review = true
        attempts = 3
        on_change = "migrate"
        screen_outs = [{ name = "no-car", when = "topic is other and score > 8", text = { en = "Bye!", nl = "Dag!" } }]
        quotas = [{ name = "all", limit = 500 }, { name = "price", when = "topic is price", limit = 200 }]

        [[questions]]
        name = "score"
        type = "nps"
        text = { en = "How likely are you to recommend us?", nl = "Hoe waarschijnlijk?" }
        label = { en = "Mark", nl = "Cijfer" }
        ends = [{ en = "never", nl = "nooit" }, { en = "surely", nl = "zeker" }]

        [[questions]]
        name = "reason"
        type = "lines"
        text = { en = "What went wrong?", nl = "Wat ging er mis?" }
        when = "score <= 6"
        required = false
        maxlength = 500

        [[questions]]
        name = "topic"
        type = "single-choice"
        text = { en = "What was it about?", nl = "Waar ging het over?" }
        options = [
            { key = "price", label = { en = "The price", nl = "De prijs" }, points = 2 },
            { key = "service", label = { en = "Our service", nl = "Onze service" } },
            { key = "other", label = { en = "Something else", nl = "Iets anders" } },
        ]
    "#;
    let file = Definition::from_toml(file).unwrap();
    let mut derived = AfterSales::definition();
    assert_eq!(derived.questions.len(), 13);
    let age = derived
        .questions
        .iter()
        .find(|question| question.name == "years");
    let age = age.unwrap();
    assert_eq!(
        (age.min.as_deref(), age.max.as_deref(), age.step.as_deref()),
        (Some("0"), Some("255"), Some("1"))
    );
    assert!(age.required && age.give_up == GiveUp::Skip);
    derived.questions.truncate(3);
    let json = |definition| serde_json::to_value(definition).unwrap();
    assert_eq!(json(&derived), json(&file));
}
