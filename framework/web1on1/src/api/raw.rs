//! Kinds of resources that this crate has no type for.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Client, Error, Meta, Patch, Query, Request};

/// A resource of a kind that this crate has no type for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RawResource {
    /// Its id; the platform gives one to everything, so it is only absent from odd answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// All other fields.
    #[serde(flatten)]
    pub extra: Meta,
}

impl RawResource {
    /// A field as a value of your own. `None` if there is none or it has another shape.
    ///
    /// ```
    /// let article: web1on1::api::RawResource =
    ///     serde_json::from_str(r#"{"id": "a", "title": "Opening hours", "views": 7}"#).unwrap();
    /// assert_eq!(article.field::<u64>("views"), Some(7));
    /// assert_eq!(article.field::<u64>("title"), None);
    /// ```
    pub fn field<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.extra.get(name)?).ok()
    }

    /// All of it as a value of your own.
    ///
    /// # Errors
    ///
    /// serde's, if it has another shape.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        let mut fields = self.extra;
        if let Some(id) = self.id {
            fields.insert("id".to_owned(), Value::String(id));
        }
        serde_json::from_value(Value::Object(fields))
    }
}

/// All resources of a kind that this crate has no type for, and what can be done with them.
#[derive(Debug, Clone)]
pub struct RawResources<'a> {
    client: &'a Client,
    kind: String,
}

impl Client {
    /// The resources below `/v2/{kind}`, for kinds that this crate has no type for. The official
    /// SDK names `partners`, `metrics`, `points`, `kbases`, `kbitems`, `articles`, `files`,
    /// `locations`, `watemplates`, `tests`, `testresults` and `links`; their fields are not
    /// documented. For a type of your own, see [`Resource`](crate::Resource).
    ///
    /// ```no_run
    /// # async fn example(client: web1on1::Client) -> Result<(), web1on1::Error> {
    /// use web1on1::Query;
    ///
    /// for template in client.raw("watemplates").list(&Query::new()).await? {
    ///     println!("{:?} {:?}", template.id, template.field::<String>("name"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(&self, kind: impl Into<String>) -> RawResources<'_> {
        RawResources {
            client: self,
            kind: kind.into(),
        }
    }
}

impl RawResources<'_> {
    /// The resources that `query` asks for; one page of them if there are many.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn list(&self, query: &Query) -> Result<Vec<RawResource>, Error> {
        let request = Request::get([self.kind.as_str()]).query(query.clone());
        self.client.fetch(request).await
    }

    /// One resource.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn get(&self, id: &str) -> Result<RawResource, Error> {
        self.client.fetch(Request::get(self.path(id))).await
    }

    /// Creates a resource from anything that is written as a JSON object.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn create<T: Serialize + ?Sized>(&self, new: &T) -> Result<RawResource, Error> {
        let request = Request::post([self.kind.as_str()]).json(new)?;
        self.client.fetch(request).await
    }

    /// Changes the fields that `patch` sets; see [`Patch`].
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`], and [`Error::Unsendable`] if `patch` changes nothing.
    pub async fn update(&self, id: &str, patch: &Patch<RawResource>) -> Result<RawResource, Error> {
        let request = patch.request(&self.path(id))?;
        self.client.fetch(request).await
    }

    /// Deletes a resource.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`].
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let request = Request::delete(self.path(id));
        self.client.send(request).await?.accept()
    }

    fn path<'a>(&'a self, id: &'a str) -> [&'a str; 2] {
        [&self.kind, id]
    }
}
