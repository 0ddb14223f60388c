//! Going back, changing an answer by name, and several answers in one message.

use serde_json::{Value, json};

use super::{context, questionnaire};
use crate::form::{
    Buttons, Input, Locale, Next, Progress, Prompt, Questionnaire, Reason, Reply, Wish,
};

fn form() -> Questionnaire {
    questionnaire(json!([
        {"name": "name", "label": "Your name", "required": true},
        {"name": "email", "label": "Your e-mail address", "type": "email", "required": true},
        {"name": "phone", "label": "Telephone", "type": "tel"},
        {"name": "topic", "label": "What is it about", "type": "radio", "required": true, "options": [
            {"key": "buy", "value": "Buying"}, {"key": "fix", "value": "Repair"},
        ]},
        {"name": "plate", "label": "Number plate", "required": true, "meta": {"when": "topic is fix"}},
        {"name": "budget", "label": "Budget", "type": "number", "meta": {"when": "topic = buy"}},
        {"name": "remarks", "label": "Anything else", "type": "textarea"},
    ]))
}

/// A conversation with a form.
struct Talk {
    form: Questionnaire,
    progress: Progress,
    locale: Locale,
}

impl Talk {
    fn new(form: Questionnaire) -> Self {
        Self {
            form,
            progress: Progress::default(),
            locale: Locale::En,
        }
    }

    fn say(&mut self, text: &str) -> Reply {
        let context = context(self.locale);
        self.form
            .answer(&mut self.progress, &Input::text(text), &context)
    }

    fn said(&mut self, texts: &[&str]) -> &mut Self {
        for text in texts {
            self.say(text);
        }
        self
    }

    fn open(&self) -> String {
        match self.form.next(&self.progress) {
            Next::Question(question) => question.name().to_owned(),
            Next::Confirm(question, _) => format!("{}?", question.name()),
            Next::Review => "review".to_owned(),
            _ => "complete".to_owned(),
        }
    }

    fn values(&self) -> Value {
        Value::Object(self.form.values(&self.progress))
    }

    fn respond(&self, reply: &Reply) -> Prompt {
        let prompt = self
            .form
            .respond(&self.progress, reply, self.locale, Buttons::Shown);
        prompt.unwrap()
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

fn reopened(field: &str) -> Reply {
    Reply::Reopened {
        field: field.to_owned(),
    }
}

#[test]
fn a_question_is_asked_if_its_condition_holds() {
    let mut talk = Talk::new(form());
    talk.said(&["Ada", "ada@example.com", "skip", "repair"]);
    assert_eq!(talk.open(), "plate");
    let mut talk = Talk::new(form());
    talk.said(&["Ada", "ada@example.com", "skip", "buying"]);
    assert_eq!(talk.open(), "budget");
}

#[test]
fn a_correction_drops_only_what_is_not_relevant_any_more() {
    let mut talk = Talk::new(form());
    talk.said(&["Ada", "ada@example.com", "-", "repair", "AB-12-CD"]);
    assert_eq!(talk.open(), "remarks");
    let pressed = Input::payload("answer:topic:buy");
    let reply = talk
        .form
        .answer(&mut talk.progress, &pressed, &context(Locale::En));
    assert_eq!(reply, corrected("topic", "buy"));
    assert_eq!(
        talk.values(),
        json!({"name": "Ada", "email": "ada@example.com", "topic": "buy"})
    );
    assert_eq!(talk.open(), "budget");
    // What was dropped is asked again when it is relevant again.
    let pressed = Input::payload("answer:topic:fix");
    talk.form
        .answer(&mut talk.progress, &pressed, &context(Locale::En));
    assert_eq!(talk.open(), "plate");
}

#[test]
fn back_opens_the_last_answer_and_again_the_one_before() {
    let mut talk = Talk::new(form());
    assert_eq!(talk.say("back"), Reply::Wants(Wish::BackTooFar));
    talk.said(&["Ada", "ada@example.com", "skip"]);
    assert_eq!(talk.say("Back!"), reopened("phone"));
    assert_eq!(talk.open(), "phone");
    assert_eq!(talk.say("zurück"), reopened("email"));
    assert_eq!(
        talk.say("eve@example.com"),
        accepted("email", "eve@example.com")
    );
    assert_eq!(talk.open(), "phone");
}

#[test]
fn an_answer_is_corrected_by_the_name_of_its_question_in_every_language() {
    for text in [
        "no, my e-mail is eve@example.com",
        "Sorry, my email address is: eve@example.com",
        "my mail should be eve@example.com",
        "change my e-mail to eve@example.com",
        "email: eve@example.com",
        "Nee, mijn e-mailadres is eve@example.com",
        "wijzig mijn e-mail in eve@example.com",
        "Nein, meine E-Mail-Adresse ist eve@example.com",
        "ändere meine E-Mail auf eve@example.com",
        "non, mon adresse e-mail est eve@example.com",
        "changer mon e-mail en eve@example.com",
    ] {
        let mut talk = Talk::new(form());
        talk.said(&["Ada", "ada@example.com", "skip"]);
        let reply = talk.say(text);
        assert_eq!(reply, corrected("email", "eve@example.com"), "{text}");
        let prompt = talk.respond(&reply);
        assert!(
            prompt
                .text
                .starts_with("Changed. Your e-mail address: eve@example.com\n\nWhat is it about"),
            "{}",
            prompt.text
        );
    }
}

#[test]
fn a_correction_without_a_value_opens_the_question() {
    for text in ["change my phone", "no, my phone number", "Wijzig telefoon"] {
        let mut talk = Talk::new(form());
        talk.said(&["Ada", "ada@example.com", "0201234567"]);
        assert_eq!(talk.say(text), reopened("phone"), "{text}");
        assert_eq!(talk.open(), "phone");
    }
}

#[test]
fn a_correction_to_something_wrong_asks_for_that() {
    let mut talk = Talk::new(form());
    talk.said(&["Ada", "ada@example.com", "skip"]);
    let reply = talk.say("no, my e-mail is eve at example");
    let Reply::Rejected { field, reason, .. } = &reply else {
        panic!("{reply:?}");
    };
    assert_eq!((field.as_str(), *reason), ("email", Reason::TypeMismatch));
    assert_eq!(talk.open(), "email");
    assert!(talk.respond(&reply).text.contains("Your e-mail address"));
    talk.say("eve@example.com");
    assert_eq!(talk.open(), "topic");
}

#[test]
fn a_correction_of_the_answer_just_given_is_acknowledged() {
    let mut talk = Talk::new(form());
    talk.said(&["Ada", "ada@example.com"]);
    let reply = talk.say("no, my e-mail is eve@example.com");
    let prompt = talk.respond(&reply);
    let changed = "Changed. Your e-mail address: eve@example.com\n\nTelephone";
    assert!(prompt.text.starts_with(changed), "{}", prompt.text);
}

#[test]
fn what_is_left_out_takes_what_depends_on_it_along() {
    let mut talk = Talk::new(form());
    talk.said(&["Ada", "ada@example.com", "-", "repair", "AB-12-CD"]);
    assert_eq!(talk.say("change my topic"), reopened("topic"));
    talk.form.leave_out(&mut talk.progress, "topic");
    assert!(talk.progress.answer("plate").is_none());
    assert_eq!(talk.open(), "remarks");
}

#[test]
fn free_text_is_not_mistaken_for_a_correction() {
    for text in [
        "My phone number is on your website, is it not?",
        "the name is not right on the invoice",
        "No, thank you very much",
        "the budget is 3",
        "no name",
        "email me when it is done",
    ] {
        let mut talk = Talk::new(form());
        talk.said(&["Ada", "ada@example.com", "0201234567", "repair", "AB-12-CD"]);
        let before = talk.values();
        assert_eq!(talk.say(text), accepted("remarks", text), "{text}");
        assert_eq!(talk.values()["name"], before["name"]);
    }
}

#[test]
fn an_answer_in_a_sentence_is_taken_out_of_it() {
    let mut talk = Talk::new(form());
    assert_eq!(
        talk.say("my name is Ada Lovelace"),
        accepted("name", "Ada Lovelace")
    );
    assert_eq!(
        talk.say("My email is ada@example.com"),
        accepted("email", "ada@example.com")
    );
}

#[test]
fn several_answers_at_once_are_taken_where_it_is_clear_which_is_which() {
    let mut talk = Talk::new(form());
    let reply = talk.say("Ada Lovelace, ada@example.com, +31 20 123 4567");
    let fields = ["name", "email", "phone"].map(str::to_owned).to_vec();
    assert_eq!(reply, Reply::Several { fields });
    assert_eq!(
        talk.values(),
        json!({"name": "Ada Lovelace", "email": "ada@example.com", "phone": "+31201234567"})
    );
    let prompt = talk.respond(&reply);
    assert!(
        prompt
            .text
            .starts_with("Noted: Your name, Your e-mail address, Telephone.\n\nWhat is it about"),
        "{}",
        prompt.text
    );
}

#[test]
fn what_is_not_clear_is_one_answer() {
    // Two parts that may be the name.
    let mut talk = Talk::new(form());
    let text = "Lovelace, Ada, ada@example.com";
    assert_eq!(talk.say(text), accepted("name", text));
    // No part for the question that was asked.
    let mut talk = Talk::new(form());
    talk.say("Ada");
    let reply = talk.say("+31 20 123 4567, hello");
    assert!(matches!(reply, Reply::Rejected { .. }), "{reply:?}");
    // Remarks may hold anything.
    let mut talk = Talk::new(questionnaire(json!([
        {"name": "remarks", "type": "textarea"}, {"name": "email", "type": "email"},
    ])));
    let text = "Call Bob, bob@example.com";
    assert_eq!(talk.say(text), accepted("remarks", text));
}

#[test]
fn words_that_are_requests_are_known_in_every_language_unless_they_are_choices() {
    for (text, wish) in [
        ("help", Wish::Help),
        ("?", Wish::Help),
        ("Hulp", Wish::Help),
        ("Hilfe!", Wish::Help),
        ("aide", Wish::Help),
        ("I want a person", Wish::Human),
        ("een medewerker", Wish::Human),
        ("Kundenservice", Wish::Human),
        ("parler à quelqu'un", Wish::Human),
        ("STOP", Wish::Cancel),
        ("laat maar", Wish::Cancel),
        ("abbrechen", Wish::Cancel),
        ("annuler", Wish::Cancel),
    ] {
        let mut talk = Talk::new(form());
        talk.say("Ada");
        assert_eq!(talk.say(text), Reply::Wants(wish), "{text}");
        assert_eq!(talk.open(), "email");
    }
    let mut talk = Talk::new(questionnaire(json!([
        {"name": "f", "type": "radio", "options": [{"key": "h", "value": "Help"}, {"key": "b", "value": "Back"}]},
    ])));
    assert_eq!(talk.say("help"), accepted("f", "h"));
}

#[test]
fn help_tells_what_can_be_said_and_asks_again() {
    let mut talk = Talk::new(form());
    let reply = talk.say("help");
    let prompt = talk.respond(&reply);
    assert!(
        prompt.text.contains("“back”") && prompt.text.ends_with("Your name"),
        "{}",
        prompt.text
    );
    assert!(!prompt.text.contains("“skip”"));
    talk.said(&["Ada", "ada@example.com"]);
    let reply = talk.say("help");
    assert!(talk.respond(&reply).text.contains("“skip”"));
}

#[test]
fn a_review_shows_everything_and_takes_numbers_names_and_corrections() {
    let answers = ["Ada", "ada@example.com", "-", "repair", "AB-12-CD", "-"];
    let review = || {
        let mut talk = Talk::new(form().with_review(true));
        talk.said(&answers);
        assert_eq!(talk.open(), "review");
        talk
    };
    let mut talk = review();
    let shown = talk
        .form
        .ask(&talk.progress, Locale::En, Buttons::Shown)
        .unwrap();
    assert_eq!(
        shown.text,
        "This is what I noted:\n1. Your name: Ada\n2. Your e-mail address: ada@example.com\n\
         3. What is it about: Repair\n4. Number plate: AB-12-CD\n\n\
         Is this right? Answer “yes”, or the number of what I should change."
    );
    assert_eq!(talk.say("yes"), Reply::Confirmed);
    assert_eq!(talk.open(), "complete");

    let mut talk = review();
    assert_eq!(talk.say("2"), reopened("email"));
    assert_eq!(talk.open(), "email");
    talk.say("eve@example.com");
    assert_eq!(talk.open(), "review");

    let mut talk = review();
    assert_eq!(talk.say("1. Eve"), corrected("name", "Eve"));
    assert_eq!(talk.open(), "review");
    assert_eq!(
        talk.say("no, my e-mail is eve@example.com"),
        corrected("email", "eve@example.com")
    );
    assert_eq!(talk.say("3: buying"), corrected("topic", "buy"));
    // The plate is not relevant to buyers, the budget is.
    assert_eq!(talk.open(), "budget");
    talk.say("20000");
    assert_eq!(talk.open(), "review");
    assert_eq!(talk.say("ja"), Reply::Confirmed);
    assert_eq!(
        talk.values(),
        json!({"name": "Eve", "email": "eve@example.com", "topic": "buy", "budget": 20000})
    );

    let mut talk = review();
    for attempt in 1..=4 {
        let reply = talk.say("hm");
        assert!(
            matches!(reply, Reply::Rejected { attempts, .. } if attempts == attempt),
            "{reply:?}"
        );
    }
    assert!(matches!(talk.say("no"), Reply::OutOfAttempts { .. }));
}

#[test]
fn a_correction_after_the_review_asks_for_a_new_one() {
    let mut talk = Talk::new(form().with_review(true));
    talk.said(&[
        "Ada",
        "ada@example.com",
        "-",
        "repair",
        "AB-12-CD",
        "-",
        "yes",
    ]);
    assert_eq!(talk.open(), "complete");
    let pressed = Input::payload("answer:topic:buy");
    talk.form
        .answer(&mut talk.progress, &pressed, &context(Locale::En));
    assert_eq!(talk.open(), "budget");
    talk.say("-");
    assert_eq!(talk.open(), "review");
}
