//! Every type by its word.

use super::*;

#[test]
fn every_type_of_the_reference_and_of_surveys_has_its_word() {
    for kind in QuestionType::ALL {
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
    for (word, lines, kind) in [
        ("button", "options = ['b']", Kind::OneOf),
        ("button", "pattern = '[0-9]+'", Kind::Text),
        ("checkbox", "", Kind::YesNo),
        ("checkbox", "options = ['b']", Kind::SeveralOf),
        ("color", "", Kind::Color),
        ("date", "", Kind::Moment(Moment::Date)),
        ("datetime-local", "", Kind::Moment(Moment::DateTime)),
        ("email", "", Kind::Email),
        ("file", "", Kind::File),
        ("month", "", Kind::Moment(Moment::Month)),
        ("number", "min = 1.5\nstep = 0.5", Kind::Number),
        ("radio", "options = ['b']", Kind::OneOf),
        ("range", "", Kind::Number),
        ("search", "", Kind::Text),
        ("select", "options = ['b']", Kind::OneOf),
        ("tel", "", Kind::Tel),
        ("text", "options = ['b']", Kind::Text),
        ("textarea", "", Kind::Lines),
        ("time", "min = 08:00:00", Kind::Moment(Moment::Time)),
        ("url", "", Kind::Url),
        ("week", "", Kind::Moment(Moment::Week)),
        ("yes-no", "", Kind::YesNo),
        ("single-choice", "options = ['b']", Kind::OneOf),
        ("multiple-choice", "options = ['b']", Kind::SeveralOf),
        ("lines", "", Kind::Lines),
        ("ranking", "options = ['b', 'c']", Kind::Ranking),
        ("scale", "min = 1\nmax = 4", Kind::Scale { from: 1, to: 4 }),
        ("matrix", "rows = ['r']\noptions = ['b']", Kind::OneOf),
        (
            "matrix",
            "rows = ['r']\nmin = 0\nmax = 9",
            Kind::Scale { from: 0, to: 9 },
        ),
        ("nps", "", Kind::Scale { from: 0, to: 10 }),
        ("csat", "", Kind::Scale { from: 1, to: 5 }),
        ("ces", "rows = ['r']", Kind::Scale { from: 1, to: 7 }),
        ("likert", "", Kind::OneOf),
        ("stars", "", Kind::Scale { from: 1, to: 5 }),
    ] {
        let questionnaire = questionnaire(&asking(word, lines));
        assert_eq!(questionnaire.questions()[0].kind(), kind, "{word}");
    }
    for word in ["hidden", "image", "password", "reset", "submit"] {
        let questionnaire = questionnaire(&asking(word, ""));
        assert!(questionnaire.questions().is_empty(), "{word}");
    }
}

#[test]
fn texts_are_plain_texts_and_labels_may_be_left_out() {
    let toml = asking(
        "single-choice",
        "options = ['a&amp;b', { key = 'c', label = '<c>' }]",
    );
    let questionnaire = questionnaire(&toml);
    let choices = questionnaire.questions()[0].choices();
    let labels: Vec<&str> = choices
        .iter()
        .map(|choice| choice.label(Locale::De))
        .collect();
    assert_eq!(labels, ["a&amp;b", "<c>"]);
}

#[test]
fn a_row_stands_in_the_text_or_behind_it() {
    for (text, label) in [
        ("How was {row}?", "How was Speed?"),
        ("Rate:", "Rate: – Speed"),
    ] {
        let toml = format!(
            "id = 'x'\n[[questions]]\nname = 'a'\ntype = 'csat'\ntext = '{text}'\nrows = ['speed']"
        );
        let questionnaire = questionnaire(&toml);
        assert_eq!(questionnaire.questions()[0].label(Locale::Fr), label);
    }
}

#[test]
fn a_question_is_asked_by_its_text_and_called_by_its_label() {
    let toml = asking("csat", "label = { en = \"Mark\", nl = \"Cijfer\" }");
    let questionnaire = questionnaire(&toml);
    let question = &questionnaire.questions()[0];
    assert_eq!(question.text(Locale::Nl), "A?");
    assert_eq!(question.label(Locale::Nl), "Cijfer");
}

#[test]
fn a_row_stands_in_the_label_or_behind_it() {
    for (label, called) in [("Marks", "Marks – Speed"), ("{row} (mark)", "Speed (mark)")] {
        let toml = asking("csat", &format!("label = '{label}'\nrows = ['speed']"));
        let questionnaire = questionnaire(&toml);
        let question = &questionnaire.questions()[0];
        assert_eq!(question.text(Locale::En), "A? – Speed");
        assert_eq!(question.label(Locale::En), called);
    }
}
