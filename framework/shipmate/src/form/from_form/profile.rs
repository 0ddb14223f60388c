//! The contact's profile fields that a form includes.

use web1on1::Form;

use super::super::{Kind, Locale, Localized, Question, Source, label, texts::Texts};

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
    if Texts::of(Locale::En).profile_label(field).is_none() {
        return label::from_name(field.rsplit('.').next().unwrap_or(field)).into();
    }
    Localized::in_each(|locale| Texts::of(locale).profile_label(field).unwrap_or_default())
}
