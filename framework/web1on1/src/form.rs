//! Forms and their fields: what an intake asks for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::{
    FieldId, FormId, Meta, OrganizationId,
    wire::{is_false, null_as_default, scalar_as_text, time, words},
};

words! {
    /// How a form comes to be active in a conversation (API Reference, forms).
    #[derive(Default)]
    FormType {
        /// Picked by the agent. The platform's default.
        #[default]
        Topic = "topic",
        /// Always active.
        Static = "static",
    }
}

words! {
    /// Whether a form is in use (API Reference, forms).
    #[derive(Default)]
    FormStatus {
        /// In use. The platform's default.
        #[default]
        Active = "active",
        /// Not offered in the UI any more.
        Archived = "archived",
    }
}

words! {
    /// What a field takes: the HTML5 input types and the elements `select` and `textarea`
    /// (API Reference, forms).
    #[derive(Default)]
    FieldType {
        /// A push button.
        Button = "button",
        /// A box to tick.
        Checkbox = "checkbox",
        /// A color.
        Color = "color",
        /// A day.
        Date = "date",
        /// A day and a time, without a time zone.
        DatetimeLocal = "datetime-local",
        /// An e-mail address.
        Email = "email",
        /// A file.
        File = "file",
        /// Not shown.
        Hidden = "hidden",
        /// A picture that submits.
        Image = "image",
        /// A month of a year.
        Month = "month",
        /// A number.
        Number = "number",
        /// A password.
        Password = "password",
        /// One of a few choices.
        Radio = "radio",
        /// A number on a slider.
        Range = "range",
        /// A button that empties the form.
        Reset = "reset",
        /// A search term.
        Search = "search",
        /// One of the field's options.
        Select = "select",
        /// A button that sends the form.
        Submit = "submit",
        /// A telephone number.
        Tel = "tel",
        /// A line of text. The platform's default.
        #[default]
        Text = "text",
        /// Several lines of text.
        Textarea = "textarea",
        /// A time of day.
        Time = "time",
        /// An address of the web.
        Url = "url",
        /// A week of a year.
        Week = "week",
    }
}

/// A form: a named list of fields, plus the contact profile fields it includes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Form {
    /// The form.
    pub id: FormId,
    /// The organization that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The name, by which `+name` activates it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// How it comes to be active.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: FormType,
    /// The form it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<FormId>,
    /// Contact profile fields that go into the results, such as `givenName` or `telephone`.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub profile_fields: Vec<String>,
    /// Its own fields, in the order in which they are shown.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub fields: Vec<Field>,
    /// Where results are mailed to.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub notify_emails: Vec<String>,
    /// Whether it is in use.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: FormStatus,
    /// Shares the form with organizations below that carry one of these tags.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<String>,
    /// Passed on into conversation forms, results and results messages.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub labels: Vec<String>,
    /// Points for results that an agent submits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_by_agent: Option<Number>,
    /// Points for results that a bot submits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_by_bot: Option<Number>,
    /// Free data of the form.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// When the platform created it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the platform last changed it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// The field; absent where a form lists its fields without ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<FieldId>,
    /// The short name, which is the key of the value in results.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// What is shown beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it takes.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: FieldType,
    /// What the value stands for, such as `Date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// A JavaScript regular expression that the whole value must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The choices of a select field.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub options: Vec<FieldOption>,
    /// Whether a value must be given.
    #[serde(default, deserialize_with = "null_as_default")]
    pub required: bool,
    /// Free data. Not in the reference; `min`, `max`, `step`, `minlength` and `maxlength` are read
    /// from here when present.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// When the platform created it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the platform last changed it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// A choice of a select field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldOption {
    /// What is shown.
    #[serde(default, deserialize_with = "scalar_as_text")]
    pub key: String,
    /// What is stored.
    #[serde(default, deserialize_with = "scalar_as_text")]
    pub value: String,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// A form to be created.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewForm {
    /// The owner; the token's organization if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// How it comes to be active; `topic` if absent.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FormType>,
    /// The form it is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<FormId>,
    /// Contact profile fields that go into the results.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub profile_fields: Vec<String>,
    /// Its own fields.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub fields: Vec<NewField>,
    /// Where results are mailed to.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub notify_emails: Vec<String>,
    /// Whether it is in use; `active` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<FormStatus>,
    /// Tags that share it with organizations below.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<String>,
    /// Labels that are passed on into results.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub labels: Vec<String>,
    /// Points for results that an agent submits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_by_agent: Option<Number>,
    /// Points for results that a bot submits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_by_bot: Option<Number>,
    /// Free data of the form.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewForm {
    /// A form with a name and nothing else.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

/// A field to be created.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewField {
    /// The short name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// What is shown beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it takes; `text` if absent.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FieldType>,
    /// What the value stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// A JavaScript regular expression that the whole value must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The choices of a select field.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub options: Vec<FieldOption>,
    /// Whether a value must be given.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "is_false"
    )]
    pub required: bool,
    /// Free data; see [`Field::meta`].
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewField {
    /// A field that takes `kind`.
    pub fn new(name: impl Into<String>, kind: FieldType) -> Self {
        Self {
            name: name.into(),
            kind: Some(kind),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparse_form_gets_the_documented_defaults() {
        let form: Form = serde_json::from_value(serde_json::json!({
            "id": "f1", "name": "Brochure", "type": null, "tags": null,
            "fields": [{"name": "when"}, {"name": "how", "type": "hologram", "options": [
                {"key": 1, "value": true}
            ]}]
        }))
        .unwrap();
        assert_eq!(form.kind, FormType::Topic);
        assert_eq!(form.status, FormStatus::Active);
        assert_eq!(form.fields[0].kind, FieldType::Text);
        assert!(!form.fields[0].required);
        assert_eq!(form.fields[1].kind.as_str(), "hologram");
        assert_eq!(form.fields[1].options[0].key, "1");
        assert_eq!(form.fields[1].options[0].value, "true");
    }
}
