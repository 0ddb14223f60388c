//! Forms to try an intake with.

use serde_json::{Number, Value, json};
use web1on1::{FieldOption, FieldType, Meta, NewField, NewForm};

use super::Seed;

/// The `pattern` of the API reference: a date of this or the last century, where the 30th is not
/// allowed in February. The look-ahead is JavaScript's.
const DATE_PATTERN: &str = "(?:19|20)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-9])|(?:(?!02)(?:0[1-9]|1[0-2])-(?:30))|(?:(?:0[13578]|1[02])-31))";

impl Seed {
    /// The form "Brochure" as the API reference shows it (forms).
    pub fn brochure_form() -> NewForm {
        NewForm {
            kind: Some("topic".into()),
            template: Some("5c7574c78ae07962b12e264c".into()),
            profile_fields: texts(&[
                "gender",
                "honorificPrefix",
                "honorificSuffix",
                "initials",
                "givenName",
                "familyName",
                "additionalName",
                "streetAddress",
                "streetNumber",
                "postalCode",
                "addressLocality",
                "addressRegion",
                "addressCountry",
                "worksFor",
                "email",
                "telephone",
            ]),
            fields: vec![NewField {
                label: Some("Appointment Date".to_owned()),
                entity: Some("Date".to_owned()),
                pattern: Some(DATE_PATTERN.to_owned()),
                options: options(&[("yes", "Y")]),
                required: true,
                ..NewField::new("appointmentDate", FieldType::Button)
            }],
            notify_emails: texts(&["support@example.com", "help@example.com"]),
            status: Some("active".into()),
            tags: texts(&["automotive", "insurance"]),
            labels: texts(&["isLead", "isBrand"]),
            points_by_agent: Some(Number::from(60)),
            points_by_bot: Some(Number::from(40)),
            meta: object(json!({"someKey": "Some value", "anotherKey": "Some other value"})),
            ..NewForm::new("Brochure")
        }
    }

    /// A test drive at a showroom: one field of every kind that an intake has to ask differently.
    pub fn test_drive_form() -> NewForm {
        NewForm {
            kind: Some("topic".into()),
            labels: texts(&["isLead"]),
            fields: vec![
                required("name", "What is your name?", FieldType::Text),
                required("email", "What is your e-mail address?", FieldType::Email),
                field("phone", "On which number can we reach you?", FieldType::Tel),
                NewField {
                    meta: object(json!({"min": 18, "max": 99})),
                    ..field("age", "How old are you?", FieldType::Number)
                },
                required(
                    "day",
                    "On which day would you like to come?",
                    FieldType::Date,
                ),
                NewField {
                    options: options(&[
                        ("hatchback", "Hatchback"),
                        ("estate", "Estate"),
                        ("suv", "SUV"),
                        ("van", "Van"),
                    ]),
                    ..required(
                        "model",
                        "Which model would you like to drive?",
                        FieldType::Select,
                    )
                },
                NewField {
                    options: options(&[
                        ("electric", "Electric"),
                        ("hybrid", "Hybrid"),
                        ("petrol", "Petrol"),
                    ]),
                    ..field("fuel", "Which engine?", FieldType::Radio)
                },
                NewField {
                    pattern: Some(DATE_PATTERN.to_owned()),
                    ..field(
                        "licence",
                        "Since when do you have a driving licence? (year-month-day)",
                        FieldType::Text,
                    )
                },
                field(
                    "tradein",
                    "Do you have a car to trade in?",
                    FieldType::Checkbox,
                ),
                field(
                    "remarks",
                    "Anything else we should know?",
                    FieldType::Textarea,
                ),
            ],
            ..NewForm::new("Test drive")
        }
    }
}

fn field(name: &str, label: &str, kind: FieldType) -> NewField {
    NewField {
        label: Some(label.to_owned()),
        ..NewField::new(name, kind)
    }
}

fn required(name: &str, label: &str, kind: FieldType) -> NewField {
    NewField {
        required: true,
        ..field(name, label, kind)
    }
}

fn options(pairs: &[(&str, &str)]) -> Vec<FieldOption> {
    pairs
        .iter()
        .map(|(key, value)| FieldOption {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            extra: Meta::new(),
        })
        .collect()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn object(value: Value) -> Meta {
    match value {
        Value::Object(object) => object,
        _ => Meta::new(),
    }
}
