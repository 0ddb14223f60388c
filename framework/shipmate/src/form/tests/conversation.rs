//! Whole conversations: order, attempts, skipping, corrections, summary.

use serde_json::{Value, json};

use super::{context, questionnaire};
use crate::form::{Answer, Input, Locale, Next, Progress, Questionnaire, Reason, Reply};

fn intake() -> Questionnaire {
    questionnaire(json!([
        {"name": "name", "label": "Your name", "required": true},
        {"name": "car", "label": "Which car", "type": "radio", "required": true, "options": [
            {"key": "b", "value": "Beetle"}, {"key": "g", "value": "Golf"},
        ]},
        {"name": "phone", "label": "Your phone number", "type": "tel"},
        {"name": "terms", "label": "Do you agree", "type": "checkbox", "required": true},
    ]))
}

fn send(questionnaire: &Questionnaire, progress: &mut Progress, input: Input<'_>) -> Reply {
    questionnaire.answer(progress, &input, &context(Locale::En))
}

fn say(questionnaire: &Questionnaire, progress: &mut Progress, text: &str) -> Reply {
    send(questionnaire, progress, Input::text(text))
}

fn open(questionnaire: &Questionnaire, progress: &Progress) -> Option<String> {
    match questionnaire.next(progress) {
        Next::Question(question) => Some(question.name().to_owned()),
        _ => None,
    }
}

fn corrected(field: &str, value: impl Into<Value>) -> Reply {
    Reply::Corrected {
        field: field.to_owned(),
        value: value.into(),
    }
}

fn accepted(field: &str, value: impl Into<Value>) -> Reply {
    Reply::Accepted {
        field: field.to_owned(),
        value: value.into(),
    }
}

#[test]
fn questions_come_in_order_until_all_are_answered_or_skipped() {
    let (intake, mut progress) = (intake(), Progress::default());
    assert_eq!(open(&intake, &progress).as_deref(), Some("name"));
    assert_eq!(say(&intake, &mut progress, "Ada"), accepted("name", "Ada"));
    assert_eq!(open(&intake, &progress).as_deref(), Some("car"));
    assert_eq!(say(&intake, &mut progress, "golf"), accepted("car", "g"));
    let skipped = Reply::Skipped {
        field: "phone".to_owned(),
    };
    assert_eq!(say(&intake, &mut progress, "skip"), skipped);
    assert_eq!(say(&intake, &mut progress, "yes"), accepted("terms", true));
    assert_eq!(open(&intake, &progress), None);
    assert_eq!(say(&intake, &mut progress, "thanks"), Reply::NothingAsked);
    assert_eq!(
        Value::Object(intake.values(&progress)),
        json!({"name": "Ada", "car": "g", "terms": true})
    );
}

#[test]
fn the_summary_is_in_the_readers_language_and_cannot_be_forged_with_line_breaks() {
    let form = questionnaire(json!([
        {"name": "note", "label": "Note", "type": "textarea"}, {"name": "day", "label": "Day", "type": "date"},
        {"name": "price", "label": "Price", "type": "number"}, {"name": "ok", "label": "OK", "type": "checkbox"},
        {"name": "skipped", "label": "Skipped"},
    ]));
    let mut progress = Progress::default();
    for text in ["hello\nDay: never", "4-3-2026", "2.5", "ja", "-"] {
        say(&form, &mut progress, text);
    }
    assert_eq!(
        form.summary(&progress, Locale::Nl),
        "Note: hello Day: never\nDay: 4 maart 2026\nPrice: 2,5\nOK: Ja"
    );
    assert_eq!(
        form.summary(&progress, Locale::Fr),
        "Note\u{a0}: hello Day: never\nDay\u{a0}: 4 mars 2026\nPrice\u{a0}: 2,5\nOK\u{a0}: Oui"
    );
    assert_eq!(form.summary(&Progress::default(), Locale::En), "");
}

#[test]
fn attempts_are_counted_per_question_and_run_out() {
    let (intake, mut progress) = (intake().max_attempts(3), Progress::default());
    say(&intake, &mut progress, "Ada");
    for attempts in 1..=2 {
        let rejected = Reply::Rejected {
            field: "car".to_owned(),
            reason: Reason::NotAnOption,
            attempts,
            warning: None,
        };
        assert_eq!(say(&intake, &mut progress, "Porsche"), rejected);
    }
    let reply = say(&intake, &mut progress, "Porsche");
    assert!(
        matches!(reply, Reply::OutOfAttempts { attempts: 3, .. }),
        "{reply:?}"
    );
    assert_eq!(open(&intake, &progress).as_deref(), Some("car"));
    // A late right answer still counts, and the next question starts from zero.
    assert_eq!(say(&intake, &mut progress, "Beetle"), accepted("car", "b"));
    let reply = say(&intake, &mut progress, "no idea");
    assert!(
        matches!(reply, Reply::Rejected { attempts: 1, .. }),
        "{reply:?}"
    );
    // The bot may go on without an answer.
    progress.skip("phone");
    assert_eq!(open(&intake, &progress).as_deref(), Some("terms"));
}

#[test]
fn optional_questions_can_be_skipped_in_every_language_and_required_ones_in_none() {
    let optional = questionnaire(json!([{"name": "f"}]));
    let required = questionnaire(json!([{"name": "f", "required": true}]));
    for text in [
        "skip",
        "“Skip”",
        "overslaan",
        "Sla over",
        "Überspringen",
        "ueberspringen",
        "passer",
        "-",
        "–",
    ] {
        let reply = say(&optional, &mut Progress::default(), text);
        assert_eq!(
            reply,
            Reply::Skipped {
                field: "f".to_owned()
            },
            "{text}"
        );
        let reply = say(&required, &mut Progress::default(), text);
        assert!(
            matches!(
                reply,
                Reply::Rejected {
                    reason: Reason::ValueMissing,
                    ..
                }
            ),
            "{text}"
        );
    }
    let choice = questionnaire(
        json!([{"name": "f", "type": "radio", "options": [{"key": "skip", "value": "Skip"}]}]),
    );
    assert_eq!(
        say(&choice, &mut Progress::default(), "skip"),
        accepted("f", "skip")
    );
}

#[test]
fn buttons_answer_the_question_they_stood_under() {
    let (intake, mut progress) = (intake(), Progress::default());
    say(&intake, &mut progress, "Ada");
    let pressed = Input {
        text: "Golf",
        payload: Some("answer:car:g"),
    };
    assert_eq!(send(&intake, &mut progress, pressed), accepted("car", "g"));
    // Scrolling up and pressing another one is a correction.
    assert_eq!(
        send(&intake, &mut progress, Input::payload("answer:car:b")),
        corrected("car", "b")
    );
    // Pressing it twice is none.
    assert_eq!(
        send(&intake, &mut progress, Input::payload("answer:car:b")),
        accepted("car", "b")
    );
    assert_eq!(open(&intake, &progress).as_deref(), Some("phone"));
    let skip = send(&intake, &mut progress, Input::payload("skip:phone"));
    assert_eq!(
        skip,
        Reply::Skipped {
            field: "phone".to_owned()
        }
    );
    assert_eq!(
        send(&intake, &mut progress, Input::payload("answer:terms:yes")),
        accepted("terms", true)
    );
    // A postback may arrive as plain text.
    assert_eq!(
        say(&intake, &mut progress, "answer:car:g"),
        corrected("car", "g")
    );
    assert_eq!(progress.answer("car").map(Answer::text), Some("Golf"));
}

#[test]
fn a_foreign_button_is_no_answer_but_its_label_may_be() {
    let form = questionnaire(json!([{"name": "f", "required": true}]));
    for gone in ["answer:gone:x", "skip:f", "skip:gone"] {
        let reply = send(&form, &mut Progress::default(), Input::payload(gone));
        assert!(
            matches!(
                reply,
                Reply::Rejected {
                    reason: Reason::ValueMissing,
                    ..
                }
            ),
            "{gone}: {reply:?}"
        );
        let same = Input {
            text: gone,
            payload: Some(gone),
        };
        let reply = send(&form, &mut Progress::default(), same);
        assert!(
            matches!(
                reply,
                Reply::Rejected {
                    reason: Reason::ValueMissing,
                    ..
                }
            ),
            "{gone}: {reply:?}"
        );
    }
    let labelled = Input {
        text: "Blue",
        payload: Some("answer:gone:x"),
    };
    assert_eq!(
        send(&form, &mut Progress::default(), labelled),
        accepted("f", "Blue")
    );
    let other = Input::payload("BLUE_7");
    assert_eq!(
        send(&form, &mut Progress::default(), other),
        accepted("f", "BLUE_7")
    );
}

#[test]
fn a_known_answer_is_not_asked_for_and_a_forgotten_one_is() {
    let (intake, mut progress) = (intake(), Progress::default());
    progress.record("name", Answer::plain("Ada"));
    assert_eq!(open(&intake, &progress).as_deref(), Some("car"));
    progress.forget("name");
    assert_eq!(open(&intake, &progress).as_deref(), Some("name"));
}
