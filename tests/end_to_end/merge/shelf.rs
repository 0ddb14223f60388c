//! Where resources are kept: at the top, in a form, or in an organization.

use std::{fmt::Debug, marker::PhantomData};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use web1on1::{
    Client, Create, FormId, NewForm, OrganizationId, Patch,
    organization::{BillingInfo, NewOrganization, Plan},
};

type Object = Map<String, Value>;

/// Creates, changes and reads one kind of resource through the client's types.
pub(super) trait Shelf {
    async fn create(&self, new: Object) -> Value;
    async fn update(&self, created: &Value, changes: Object) -> Value;
    async fn get(&self, created: &Value) -> Value;
}

/// Resources with a path of their own.
pub(super) struct Top<R>(Client, PhantomData<fn() -> R>);

/// The fields of one form.
pub(super) struct Fields(Client, FormId);

/// The categories of organizations, each of which has room for ten only.
pub(super) struct Categories(Client);

impl<R> Top<R> {
    pub(super) fn new(client: &Client) -> Self {
        Self(client.clone(), PhantomData)
    }
}

impl Fields {
    pub(super) async fn new(client: &Client) -> Self {
        let form = client.forms().create(&NewForm::new("Any")).await.unwrap();
        Self(client.clone(), form.id)
    }
}

impl Categories {
    pub(super) fn new(client: &Client) -> Self {
        Self(client.clone())
    }
}

impl<R> Shelf for Top<R>
where
    R: Create + Serialize,
    R::New: DeserializeOwned,
    R::Id: for<'a> From<&'a str>,
{
    async fn create(&self, new: Object) -> Value {
        let created = self.0.resources::<R>().create(&decoded(new)).await;
        encoded(created)
    }

    async fn update(&self, created: &Value, changes: Object) -> Value {
        let patch = Patch::<R>::from(changes);
        let updated = self.0.resources::<R>().update(&id(created), &patch).await;
        encoded(updated)
    }

    async fn get(&self, created: &Value) -> Value {
        encoded(self.0.resources::<R>().get(&id(created)).await)
    }
}

impl Shelf for Fields {
    async fn create(&self, new: Object) -> Value {
        encoded(self.0.forms().add_field(&self.1, &decoded(new)).await)
    }

    async fn update(&self, created: &Value, changes: Object) -> Value {
        let patch = Patch::from(changes);
        let forms = self.0.forms();
        encoded(forms.update_field(&self.1, &id(created), &patch).await)
    }

    async fn get(&self, created: &Value) -> Value {
        encoded(self.0.forms().field(&self.1, &id(created)).await)
    }
}

impl Shelf for Categories {
    async fn create(&self, new: Object) -> Value {
        let organizations = self.0.organizations();
        let bill = BillingInfo::new("ann@example.com", "bill@example.com", "cus_1", Plan::Base);
        let owner = NewOrganization::new("Any", bill);
        let owner = organizations.create(&owner).await.unwrap().id;
        let created = organizations.add_category(&owner, &decoded(new)).await;
        let mut created = encoded(created);
        created["organization"] = json!(owner);
        created
    }

    async fn update(&self, created: &Value, changes: Object) -> Value {
        let (owner, id) = (owner(created), id(created));
        let patch = Patch::from(changes);
        let organizations = self.0.organizations();
        encoded(organizations.update_category(&owner, &id, &patch).await)
    }

    async fn get(&self, created: &Value) -> Value {
        let organizations = self.0.organizations();
        encoded(organizations.category(&owner(created), &id(created)).await)
    }
}

fn id<I: for<'a> From<&'a str>>(created: &Value) -> I {
    created["id"].as_str().unwrap().into()
}

fn owner(category: &Value) -> OrganizationId {
    category["organization"].as_str().unwrap().into()
}

fn decoded<T: DeserializeOwned>(object: Object) -> T {
    serde_json::from_value(Value::Object(object)).unwrap()
}

fn encoded<T: Serialize, E: Debug>(answer: Result<T, E>) -> Value {
    serde_json::to_value(answer.unwrap()).unwrap()
}
