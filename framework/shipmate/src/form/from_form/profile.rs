//! The contact's profile fields that a form includes.

use web1on1::Form;

use super::super::{Kind, Localized, Question, Source, label, texts::Texts};

/// The questions for the profile fields of a form, which go into its results (API Reference,
/// forms). What the contact's profile holds already is only confirmed.
pub(in super::super) fn questions(form: &Form) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for field in form.profile_fields.iter().map(|field| field.trim()) {
        if !field.is_empty() && !questions.iter().any(|other| other.name == field) {
            questions.push(question(field));
        }
    }
    questions
}

fn question(field: &str) -> Question {
    let kind = match field {
        "email" => Kind::Email,
        "telephone" => Kind::Tel,
        _ => Kind::Text,
    };
    Question {
        required: matches!(
            field,
            "name" | "givenName" | "familyName" | "email" | "telephone"
        ),
        source: Some(Source::Profile(field.to_owned())),
        ..Question::new(field.to_owned(), label_of(field), kind)
    }
}

fn label_of(field: &str) -> Localized {
    let name = label::from_name(field.rsplit('.').next().unwrap_or(field));
    let labels = Texts::by_locale()
        .filter_map(|(locale, texts)| Some((locale, texts.profile_label(field)?)));
    let mut localized = Localized::default();
    for (locale, label) in labels {
        localized = localized.with(locale, label);
    }
    if localized.is_empty() {
        name.into()
    } else {
        localized
    }
}
