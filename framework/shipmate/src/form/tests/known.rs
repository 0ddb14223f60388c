//! What is known before it is asked: profiles, variables, and answers to an earlier version.

use serde_json::{Value, json};

use super::{context, questionnaire};
use crate::form::{Buttons, Input, Known, Locale, Next, Progress, Questionnaire, Reason, Reply};

fn form() -> Questionnaire {
    let form = json!({
        "id": "f1",
        "profileFields": ["name", "email", "address"],
        "fields": [
            {"name": "plate", "label": "Number plate", "required": true, "meta": {"prefill": "meta.plate"}},
            {"name": "km", "type": "number", "meta": {"prefill": "meta.km"}},
        ],
    });
    let form = serde_json::from_value(form).unwrap();
    Questionnaire::from_form(&form).with_profile_fields_of(&form)
}

fn profile_form() -> Questionnaire {
    let form = json!({"id": "f1", "profileFields": ["name", "email"]});
    let form = serde_json::from_value(form).unwrap();
    Questionnaire::from_form(&form).with_profile_fields_of(&form)
}

fn known(profile: &Value, meta: &Value) -> Known {
    Known {
        profile: profile.as_object().unwrap().clone(),
        meta: meta.as_object().unwrap().clone(),
    }
}

fn prefilled(form: &Questionnaire, known: &Known) -> Progress {
    let mut progress = Progress::default();
    form.prefill(&mut progress, known, &context(Locale::En));
    progress
}

fn say(form: &Questionnaire, progress: &mut Progress, text: &str) -> Reply {
    form.answer(progress, &Input::text(text), &context(Locale::En))
}

fn ask(form: &Questionnaire, progress: &Progress) -> String {
    let prompt = form.ask(progress, Locale::En, Buttons::NotShown);
    prompt.map(|prompt| prompt.text).unwrap_or_default()
}

#[test]
fn profile_fields_are_asked_last_in_the_language_of_the_conversation() {
    let form = form();
    let labels = |locale| -> Vec<&str> {
        let questions = form.questions().iter();
        questions.map(|question| question.label(locale)).collect()
    };
    assert_eq!(
        labels(Locale::Nl),
        [
            "Number plate",
            "Km",
            "Uw naam",
            "Uw e-mailadres",
            "Uw adres"
        ]
    );
    assert_eq!(labels(Locale::En)[3], "Your e-mail address");
}

#[test]
fn what_is_known_is_confirmed_and_not_asked() {
    let form = form();
    let profile = json!({"name": "Ada", "email": "not an address", "address": {"city": "x"}});
    let meta = json!({"plate": "AB-12-CD", "km": "12500"});
    let mut progress = prefilled(&form, &known(&profile, &meta));
    assert!(ask(&form, &progress).starts_with("Number plate\nI have this noted: AB-12-CD"));
    assert_eq!(
        say(&form, &mut progress, "no"),
        Reply::Reopened {
            field: "plate".to_owned()
        }
    );
    assert_eq!(ask(&form, &progress), "Number plate");
    say(&form, &mut progress, "XY-34-ZZ");
    say(&form, &mut progress, "yes");
    assert_eq!(
        ask(&form, &progress),
        "Your name\nI have this noted: Ada\nIs that still right?"
    );
    assert!(
        matches!(say(&form, &mut progress, "Yes"), Reply::Accepted { field, .. } if field == "name")
    );
    // What would not be valid is asked for.
    assert!(ask(&form, &progress).starts_with("Your e-mail address\nFor example"));
    say(&form, &mut progress, "ada@example.com");
    say(&form, &mut progress, "skip");
    assert_eq!(
        Value::Object(form.values(&progress)),
        json!({"plate": "XY-34-ZZ", "km": 12500, "name": "Ada", "email": "ada@example.com"})
    );
}

#[test]
fn a_known_answer_can_be_corrected_at_once() {
    let form = profile_form();
    let known = known(
        &json!({"name": "Ada", "email": "ada@example.com"}),
        &json!({}),
    );
    let mut progress = prefilled(&form, &known);
    assert!(matches!(
        say(&form, &mut progress, "Eve"),
        Reply::Accepted { .. }
    ));
    let reply = say(&form, &mut progress, "not sure");
    assert!(
        matches!(
            reply,
            Reply::Rejected {
                reason: Reason::TypeMismatch,
                ..
            }
        ),
        "{reply:?}"
    );
    let prompt = form
        .respond(&progress, &reply, Locale::En, Buttons::Shown)
        .unwrap();
    assert!(
        prompt.text.contains("an email address") && prompt.text.ends_with("Is that still right?"),
        "{}",
        prompt.text
    );
    let yes = &prompt.quick_replies[0];
    assert_eq!(yes.0, "Yes");
    let reply = form.answer(&mut progress, &Input::payload(&yes.1), &context(Locale::En));
    assert!(matches!(reply, Reply::Accepted { .. }));
    assert_eq!(form.values(&progress)["email"], "ada@example.com");
    assert_eq!(form.values(&progress)["name"], "Eve");
}

#[test]
fn what_was_answered_is_not_overwritten_by_what_is_known() {
    let form = profile_form();
    let mut progress = Progress::default();
    say(&form, &mut progress, "Eve");
    form.prefill(
        &mut progress,
        &known(&json!({"name": "Ada"}), &json!({})),
        &context(Locale::En),
    );
    assert_eq!(form.values(&progress)["name"], "Eve");
    assert!(matches!(form.next(&progress), Next::Question(question) if question.name() == "email"));
}

fn versions() -> [Questionnaire; 2] {
    let old = questionnaire(json!([
        {"name": "name", "required": true},
        {"name": "car", "type": "radio", "required": true, "options": [{"key": "a", "value": "A"}, {"key": "b", "value": "B"}]},
        {"name": "km", "type": "number"},
        {"name": "day", "type": "date"},
        {"name": "gone"},
        {"name": "ok", "type": "checkbox"},
    ]));
    let new = questionnaire(json!([
        {"name": "ok", "type": "checkbox", "required": true},
        {"name": "car", "type": "radio", "required": true, "options": [{"key": "b", "value": "B"}, {"key": "c", "value": "C"}]},
        {"name": "km", "type": "number", "min": 1000},
        {"name": "day", "type": "date"},
        {"name": "name", "required": true},
        {"name": "new"},
    ]));
    [old, new]
}

#[test]
fn answers_move_to_a_new_version_as_far_as_they_are_valid_there() {
    let [old, new] = versions();
    let mut progress = Progress::default();
    for text in ["Ada", "a", "12", "4 March 2027", "bye", "skip"] {
        say(&old, &mut progress, text);
    }
    let mut moved = new.migrate(&progress, &context(Locale::En));
    assert_eq!(
        Value::Object(new.values(&moved)),
        json!({"name": "Ada", "day": "2027-03-04"})
    );
    let open: Vec<&str> = new
        .missing(&moved)
        .iter()
        .map(|question| question.name())
        .collect();
    assert_eq!(open, ["ok", "car", "km", "new"]);
    say(&new, &mut moved, "yes");
    assert!(ask(&new, &moved).starts_with("Car"));
}

#[test]
fn a_restart_with_answers_confirms_them() {
    let [old, new] = versions();
    let mut progress = Progress::default();
    for text in ["Ada", "b", "skip", "skip", "skip", "yes"] {
        say(&old, &mut progress, text);
    }
    let mut again = new.restart(&progress, &context(Locale::En));
    assert_eq!(new.values(&again).len(), 0);
    assert_eq!(
        ask(&new, &again),
        "Ok\nI have this noted: Yes\nIs that still right?"
    );
    for text in ["yes", "yes"] {
        say(&new, &mut again, text);
    }
    assert_eq!(
        Value::Object(new.values(&again)),
        json!({"ok": true, "car": "b"})
    );
}
