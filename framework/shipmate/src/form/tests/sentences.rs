//! Answers as people give them: in words, in short sentences, with an article.

use serde_json::{Value, json};

use super::{accepts, context, field, questionnaire, rejects};
use crate::form::{
    Context, Input, Kind, Locale, Measure, Progress, Question, Questionnaire, Reason, Reply,
};

fn to(question: &Question, text: &str) -> Reply {
    let form = Questionnaire::of_questions(vec![question.clone()]);
    let context: Context = context(Locale::En);
    form.answer(&mut Progress::default(), &Input::text(text), &context)
}

#[track_caller]
fn takes(question: &Question, expected: u8, texts: &[&str]) {
    for text in texts {
        let Reply::Accepted { value, .. } = to(question, text) else {
            panic!("{text}: {:?}", to(question, text));
        };
        assert_eq!(value, json!(expected), "{text}");
    }
}

#[test]
fn stars_are_counted_in_every_language() {
    let stars = Question::of_measure("s", "Stars?", Measure::Stars);
    takes(
        &stars,
        4,
        &[
            "4 stars",
            "four stars",
            "4 sterren",
            "vier sterren",
            "4 Sterne",
            "vier Sterne",
            "4 étoiles",
            "quatre étoiles",
            "4 ★",
            "4 ⭐",
            "I'd give it 4 stars",
            "★★★★",
        ],
    );
    takes(
        &stars,
        1,
        &[
            "1 star",
            "one star",
            "één ster",
            "een ster",
            "ein Stern",
            "une étoile",
        ],
    );
    for text in ["stars", "4 stars 3", "no stars", "4 or 5 stars"] {
        assert!(matches!(to(&stars, text), Reply::Rejected { .. }), "{text}");
    }
    assert!(matches!(
        to(&stars, "6 stars"),
        Reply::Rejected {
            reason: Reason::RangeOverflow,
            ..
        }
    ));
}

#[test]
fn numbers_on_a_scale_may_stand_in_a_sentence() {
    let scale = Question::of_kind("s", "How much?", Kind::Scale { from: 0, to: 10 });
    takes(
        &scale,
        8,
        &[
            "eight",
            "an 8",
            "an eight",
            "I'd say 8",
            "I would say 8",
            "I’d give it an 8",
            "it's an 8!",
            "I'd say 8 out of 10",
            "acht",
            "een 8",
            "een acht",
            "ik zou zeggen 8",
            "ik zou een 8 zeggen",
            "ik geef een 8",
            "ik geef het een 8",
            "eine 8",
            "eine Acht",
            "ich würde 8 sagen",
            "ich würde eine 8 geben",
            "Ich gebe 8",
            "huit",
            "une 8",
            "un 8",
            "je dirais 8",
            "je donne un huit",
            "ce serait 8",
        ],
    );
    takes(&scale, 0, &["zero", "nul", "null", "zéro"]);
    takes(&scale, 10, &["ten", "tien", "zehn", "dix", "een 10"]);
    for text in [
        "8 or 9",
        "I waited 8 minutes",
        "not 8",
        "say 8 or nine",
        "I'd say 8 percent",
        "I'd say -8",
        "8%",
        "eighty",
    ] {
        assert!(matches!(to(&scale, text), Reply::Rejected { .. }), "{text}");
    }
}

#[test]
fn numbers_may_be_words() {
    let number = field("number", &json!({"max": 9}));
    for (text, value) in [
        ("eight", 8),
        ("Acht", 8),
        ("huit", 8),
        ("één", 1),
        ("eins", 1),
        ("deux", 2),
        ("fünf", 5),
        ("vijf", 5),
        ("zeven!", 7),
        ("null", 0),
    ] {
        accepts(&number, &[(text, json!(value))]);
    }
    rejects(
        &number,
        &[
            ("ten", Reason::RangeOverflow),
            ("eleven", Reason::BadInput),
            ("one two", Reason::BadInput),
        ],
    );
}

fn menu(kind: &str, required: bool) -> Value {
    let mut menu = field(
        kind,
        &json!({"options": [
            {"key": "soup", "value": "Tomato soup"}, {"key": "fish", "value": "De vis"},
            {"key": "ice", "value": "IJs"}, {"key": "steak", "value": "Das Schnitzel"},
            {"key": "pie", "value": "Tarte"}, {"key": "in", "value": "I ate in"},
        ]}),
    );
    menu["required"] = json!(required);
    menu
}

#[test]
fn a_choice_may_stand_in_a_sentence() {
    let menu = menu("radio", true);
    accepts(
        &menu,
        &[
            ("the tomato soup", json!("soup")),
            ("I had the tomato soup, please", json!("soup")),
            ("I'd like the tomato", json!("soup")),
            ("vis", json!("fish")),
            ("Ik wil graag de vis", json!("fish")),
            ("het ijs", json!("ice")),
            ("ich hatte das Schnitzel", json!("steak")),
            ("ein Schnitzel bitte", json!("steak")),
            ("la tarte", json!("pie")),
            ("je voudrais une tarte s'il vous plaît", json!("pie")),
            ("I ate in", json!("in")),
        ],
    );
    for text in [
        "not the tomato soup",
        "no fish",
        "geen vis",
        "the",
        "I",
        "I ate out",
        "soup or vis",
        "the fish was off",
        "the vis and the ijs",
    ] {
        rejects(&menu, &[(text, Reason::NotAnOption)]);
    }
}

#[test]
fn several_choices_may_stand_in_a_sentence() {
    let menu = menu("checkbox", true);
    accepts(
        &menu,
        &[
            ("de vis en het ijs", json!(["fish", "ice"])),
            ("ik nam de vis en het ijs", json!(["fish", "ice"])),
            (
                "the vis, the ijs and the tarte",
                json!(["fish", "ice", "pie"]),
            ),
            ("vis ijs", json!(["fish", "ice"])),
            ("das Schnitzel und die Tarte", json!(["steak", "pie"])),
            ("la tarte et le vis", json!(["fish", "pie"])),
            ("vis schnitzel tart", json!(["fish", "steak", "pie"])),
        ],
    );
    for text in [
        "vis not ijs",
        "vis and wine",
        "ni vis ni ijs",
        "vis without tarte",
    ] {
        rejects(&menu, &[(text, Reason::NotAnOption)]);
    }
    let ranking = Question {
        choices: Question::of_kind("r", "Order?", Kind::Ranking)
            .with_choices(&[("red", 0), ("green", 0), ("blue", 0)])
            .choices,
        ..Question::of_kind("r", "Order?", Kind::Ranking)
    };
    for text in ["blue red green", "the blue, then the red", "blue and red"] {
        let Reply::Accepted { value, .. } = to(&ranking, text) else {
            panic!("{text}")
        };
        assert_eq!(value, json!(["blue", "red", "green"]), "{text}");
    }
}

#[test]
fn none_skips_where_nothing_need_be_chosen() {
    for text in [
        "none",
        "None of these.",
        "nothing",
        "geen van deze",
        "niets",
        "nichts davon",
        "keine",
        "aucun",
        "rien",
    ] {
        let optional = questionnaire(json!([menu("checkbox", false)]));
        let reply = optional.answer(
            &mut Progress::default(),
            &Input::text(text),
            &context(Locale::En),
        );
        assert!(matches!(reply, Reply::Skipped { .. }), "{text}: {reply:?}");
        rejects(&menu("checkbox", true), &[(text, Reason::NotAnOption)]);
        rejects(&menu("radio", false), &[(text, Reason::NotAnOption)]);
    }
    let with_none = field(
        "checkbox",
        &json!({"required": false, "options": [
            {"key": "a", "value": "Apple"}, {"key": "n", "value": "None of the above"},
        ]}),
    );
    accepts(
        &with_none,
        &[("none", json!(["n"])), ("None of the above", json!(["n"]))],
    );
}

fn meal() -> (Questionnaire, Progress) {
    let form = questionnaire(json!([
        {"name": "q1", "label": "How was the food?", "type": "number", "required": true, "meta": {"max": 10}},
        {"name": "q2", "label": "Hoe was de bediening?", "type": "number", "required": true, "meta": {"max": 10}},
        {"name": "q3", "label": "Wie war das Wetter?", "type": "number", "required": true, "meta": {"max": 10}},
        {"name": "q4", "label": "Comment était l'accueil ?", "type": "number", "required": true, "meta": {"max": 10}},
        {"name": "email", "label": "Your e-mail", "type": "email", "required": true},
        {"name": "q5", "label": "Which dish did you have?", "required": true},
        {"name": "remarks", "label": "Anything else?", "type": "textarea"},
    ]))
    .with_review(true);
    let mut progress = Progress::default();
    for text in ["8", "8", "8", "8"] {
        form.answer(&mut progress, &Input::text(text), &context(Locale::En));
    }
    (form, progress)
}

#[track_caller]
fn corrects(answers: &[&str], text: &str, field: &str, value: &Value) {
    let (form, mut progress) = meal();
    let context = context(Locale::En);
    for answer in answers {
        form.answer(&mut progress, &Input::text(answer), &context);
    }
    let reply = form.answer(&mut progress, &Input::text(text), &context);
    let expected = Reply::Corrected {
        field: field.to_owned(),
        value: value.clone(),
    };
    assert_eq!(reply, expected, "{text}");
}

const ALL: [&str; 3] = ["a@b.example", "fish", "skip"];

#[test]
fn a_word_of_its_text_names_a_question_to_correct() {
    for (text, field) in [
        ("no, the food was 3", "q1"),
        ("change the food to 3", "q1"),
        ("the food was 3", "q1"),
        ("food: 3", "q1"),
        ("nee, de bediening was 3", "q2"),
        ("wijzig de bediening naar 3", "q2"),
        ("nein, das Wetter war 3", "q3"),
        ("ändere das Wetter auf 3", "q3"),
        ("non, l'accueil était 3", "q4"),
        ("change l'accueil à 3", "q4"),
    ] {
        corrects(&[], text, field, &json!(3));
        corrects(&ALL, text, field, &json!(3));
    }
    // Said as a correction, and to something that can be taken.
    corrects(&ALL[..2], "no, the food was 3", "q1", &json!(3));
}

#[test]
fn a_review_takes_corrections_after_a_yes_and_by_number() {
    let email = json!("x@y.example");
    for text in [
        "yes but my e-mail is x@y.example",
        "Yes, but my email is x@y.example",
        "ja maar mijn e-mail is x@y.example",
        "ja, aber meine E-Mail ist x@y.example",
        "oui mais mon e-mail est x@y.example",
        "5: x@y.example",
        "5 x@y.example",
        "5. x@y.example",
        "5 = x@y.example",
        "5 should be x@y.example",
        "#5 x@y.example",
    ] {
        corrects(&ALL, text, "email", &email);
    }
    let (form, mut progress) = meal();
    for answer in ALL {
        form.answer(&mut progress, &Input::text(answer), &context(Locale::En));
    }
    for text in ["5: nobody", "5 is wrong"] {
        let mut progress = progress.clone();
        let reply = form.answer(&mut progress, &Input::text(text), &context(Locale::En));
        assert!(
            matches!(&reply, Reply::Rejected { field, .. } if field == "email"),
            "{text}: {reply:?}"
        );
    }
    for text in ["6 are wrong", "6 is wrong", "1.5"] {
        let mut progress = progress.clone();
        let reply = form.answer(&mut progress, &Input::text(text), &context(Locale::En));
        assert!(
            matches!(&reply, Reply::Rejected { field, .. } if field.is_empty()),
            "{text}: {reply:?}"
        );
    }
}

#[test]
fn an_open_question_keeps_its_answer() {
    for text in [
        "the food was 3",
        "No, the food was bad",
        "No, the food was 3 euros too much",
        "change the food",
        "no, the dish was cold",
        "nee, de bediening was traag",
        "Das Wetter war 3",
        "the dish was 3",
    ] {
        let (form, mut progress) = meal();
        for answer in &ALL[..2] {
            form.answer(&mut progress, &Input::text(answer), &context(Locale::En));
        }
        let before = form.values(&progress);
        let reply = form.answer(&mut progress, &Input::text(text), &context(Locale::En));
        assert!(
            matches!(&reply, Reply::Accepted { field, .. } if field == "remarks"),
            "{text}: {reply:?}"
        );
        for (field, value) in before {
            assert_eq!(form.values(&progress)[&field], value, "{text}");
        }
    }
}
