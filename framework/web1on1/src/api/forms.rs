//! Forms and their fields.

use super::{Collection, Create, Resource};
use crate::{
    Client, Error, Field, FieldId, Form, FormId, NewField, NewForm, Request, patch::FieldPatch,
};

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
        self.client.fetch(Request::get(fields(form))).await
    }

    /// One field of a form.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn field(&self, form: &FormId, field: &FieldId) -> Result<Field, Error> {
        self.client
            .fetch(Request::get(field_path(form, field)))
            .await
    }

    /// Adds a field to a form.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn add_field(&self, form: &FormId, new: &NewField) -> Result<Field, Error> {
        let request = Request::post(fields(form)).json(new)?;
        self.client.fetch(request).await
    }

    /// Changes a field of a form. The reference breaks off before it; the request is built as for
    /// the other sub-resources.
    ///
    /// # Errors
    ///
    /// As for [`update`](Collection::update).
    pub async fn update_field(
        &self,
        form: &FormId,
        field: &FieldId,
        patch: &FieldPatch,
    ) -> Result<Field, Error> {
        let request = patch.request(&field_path(form, field))?;
        self.client.fetch(request).await
    }

    /// Deletes a field of a form. The reference breaks off before it; the request is built as for
    /// the other sub-resources.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`].
    pub async fn delete_field(&self, form: &FormId, field: &FieldId) -> Result<(), Error> {
        let request = Request::delete(field_path(form, field));
        self.client.send(request).await?.accept()
    }
}

fn fields(form: &FormId) -> [&str; 3] {
    [Form::PATH, form.as_str(), "fields"]
}

fn field_path<'a>(form: &'a FormId, field: &'a FieldId) -> [&'a str; 4] {
    let [forms, form, fields] = fields(form);
    [forms, form, fields, field.as_str()]
}
