//! Forms and their fields.

use super::{Collection, Create, Resource};
use crate::{Client, Error, Field, FieldId, Form, FormId, NewField, NewForm, Request};

/// Forms: `/forms`.
pub type Forms<'a> = Collection<'a, Form>;

impl Client {
    /// Forms: `/forms`.
    pub fn forms(&self) -> Forms<'_> {
        self.resources()
    }
}

impl Resource for Form {
    const PATH: &'static str = "forms";
    type Id = FormId;
}

impl Create for Form {
    type New = NewForm;
}

impl Forms<'_> {
    /// The fields of a form, with their ids, which the form itself may leave out.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn fields(&self, form: &FormId) -> Result<Vec<Field>, Error> {
        self.client
            .fetch(Request::get([Form::PATH, form.as_str(), "fields"]))
            .await
    }

    /// One field of a form.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn field(&self, form: &FormId, field: &FieldId) -> Result<Field, Error> {
        self.client
            .fetch(Request::get([
                Form::PATH,
                form.as_str(),
                "fields",
                field.as_str(),
            ]))
            .await
    }

    /// Adds a field to a form.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn add_field(&self, form: &FormId, new: &NewField) -> Result<Field, Error> {
        let request = Request::post([Form::PATH, form.as_str(), "fields"]).json(new)?;
        self.client.fetch(request).await
    }
}
