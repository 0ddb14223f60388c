//! The API's resources, one file each. A new resource is a new file: its [`Resource`]
//! implementation, a method on [`Client`], and what only this resource can do.

mod bot_instances;
pub use bot_instances::BotInstances;

mod bots;
pub use bots::Bots;

mod channels;
pub use channels::Channels;

mod contacts;
pub use contacts::Contacts;

mod conversations;
pub use conversations::{Conversations, StartError, Started};

mod forms;
pub use forms::Forms;

mod messages;
pub use messages::{Messages, Receipt};

mod organization_groups;
pub use organization_groups::OrganizationGroups;

mod organizations;
pub use organizations::Organizations;

mod raw;
pub use raw::{RawResource, RawResources};

mod services;
pub use services::Services;

mod users;
pub use users::Users;

mod workflows;
pub use workflows::Workflows;

use std::{fmt, marker::PhantomData};

use serde::{Serialize, de::DeserializeOwned};

use crate::{Client, Cursor, Error, Items, Page, Patch, Query, Request, RequiredFilter};

/// A kind of thing that the platform keeps under a path of its own.
///
/// Kinds that this crate has no type for can be given one:
///
/// ```
/// use web1on1::{Client, Create, Meta, Patch, Query, Resource};
///
/// /// An article of a knowledge base.
/// #[derive(serde::Deserialize)]
/// struct Article {
///     id: String,
///     #[serde(default)]
///     title: String,
/// }
///
/// impl Resource for Article {
///     const PATH: &'static str = "articles";
///     type Id = str;
/// }
///
/// impl Create for Article {
///     type New = Meta;
/// }
///
/// async fn shout(client: &Client) -> Result<(), web1on1::Error> {
///     let articles = client.resources::<Article>();
///     for article in articles.list(&Query::new().limit(10)).await? {
///         let patch = Patch::new().set("title", article.title.to_uppercase());
///         articles.update(&article.id, &patch).await?;
///     }
///     Ok(())
/// }
/// ```
///
/// Without a type of their own they are reached by [`Client::raw`].
pub trait Resource: DeserializeOwned {
    /// The path below `/v2`, for example `forms`.
    const PATH: &'static str;

    /// What a list of them has to be filtered by; without it a list is refused before it is asked
    /// for.
    const REQUIRED_FILTER: Option<RequiredFilter> = None;

    /// The type of its ids.
    type Id: AsRef<str> + Sync + ?Sized;
}

/// A resource that can be created.
pub trait Create: Resource {
    /// What has to be given.
    type New: Serialize + Sync;
}

/// All resources of one kind, and what can be done with them.
pub struct Collection<'a, R> {
    client: &'a Client,
    kind: PhantomData<fn() -> R>,
}

impl Client {
    /// The resources of one kind. The kinds of this crate have methods of their own, such as
    /// [`forms`](Client::forms).
    pub fn resources<R: Resource>(&self) -> Collection<'_, R> {
        Collection {
            client: self,
            kind: PhantomData,
        }
    }
}

impl<R: Resource> Collection<'_, R> {
    /// One resource.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`]; 404 if there is none or the token may not see it.
    pub async fn get(&self, id: &R::Id) -> Result<R, Error> {
        self.client
            .fetch(Request::get([R::PATH, id.as_ref()]))
            .await
    }

    /// One resource, with [references in place](Query::populate) or [only some
    /// fields](Query::select).
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    pub async fn get_with(&self, id: &R::Id, query: &Query) -> Result<R, Error> {
        self.client
            .fetch(Request::get([R::PATH, id.as_ref()]).query(query.clone()))
            .await
    }

    /// The resources that `query` asks for; one page of them if there are many.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`], and [`Error::FilterMissing`] if the platform would refuse the query.
    pub async fn list(&self, query: &Query) -> Result<Vec<R>, Error> {
        check_filters::<R>(query)?;
        self.client
            .fetch(Request::get([R::PATH]).query(query.clone()))
            .await
    }

    /// The first page of what `query` asks for, and where to go on. A page has 100 resources unless
    /// the query has a [`limit`](Query::limit).
    ///
    /// The next page is where the platform says it is (`Link` header with `rel="next"`), or else as
    /// many resources further on as there were. A page shorter than its limit is the last one, but
    /// for limits above 100, which the platform may not grant: then an empty page is.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list), and [`Error::NextPage`] if the platform sends us somewhere we do
    /// not go: to another server, out of the API, or in a circle.
    pub async fn page(&self, query: &Query) -> Result<Page<R>, Error> {
        self.page_at(self.first(query)?).await
    }

    /// The page at `cursor`, the [`next`](Page::next) of another page.
    ///
    /// # Errors
    ///
    /// As for [`page`](Self::page).
    pub async fn page_at(&self, cursor: Cursor) -> Result<Page<R>, Error> {
        cursor.fetch(self.client).await
    }

    fn first(self, query: &Query) -> Result<Cursor, Error> {
        check_filters::<R>(query)?;
        Cursor::first(self.client, R::PATH, query)
    }

    /// Changes the fields that `patch` sets and returns the whole resource. Objects and arrays are
    /// replaced as a whole: what is missing in them falls back to defaults (API Basics, PATCH
    /// behavior).
    ///
    /// ```no_run
    /// # async fn example(client: web1on1::Client) -> Result<(), web1on1::Error> {
    /// use web1on1::patch::FormPatch;
    ///
    /// let patch = FormPatch::new().name("Test drive").replace_labels(["isLead"]);
    /// client.forms().update(&"64aa".into(), &patch).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`], and [`Error::Unsendable`] if `patch` changes nothing.
    pub async fn update(&self, id: &R::Id, patch: &Patch<R>) -> Result<R, Error> {
        let request = patch.request(&[R::PATH, id.as_ref()])?;
        self.client.fetch(request).await
    }

    /// Deletes a resource; what that means, and whether it can be undone, differs between kinds.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`].
    pub async fn delete(&self, id: &R::Id) -> Result<(), Error> {
        let request = Request::delete([R::PATH, id.as_ref()]);
        self.client.send(request).await?.accept()
    }
}

impl<R: Resource + Send + 'static> Collection<'_, R> {
    /// All resources that `query` asks for, page by page; see [`page`](Self::page). Errors come
    /// out of the stream.
    ///
    /// ```no_run
    /// # async fn example(client: web1on1::Client) -> Result<(), web1on1::Error> {
    /// use web1on1::Query;
    ///
    /// let query = Query::new().equals("conversation", "64aa").ascending("createdAt");
    /// let mut messages = client.messages().stream(&query);
    /// while let Some(message) = messages.next().await {
    ///     println!("{}", message?.text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&self, query: &Query) -> Items<R> {
        Items::new(self.client.clone(), self.first(query))
    }
}

impl<R: Create> Collection<'_, R> {
    /// Creates a resource and returns it with its id.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn create(&self, new: &R::New) -> Result<R, Error> {
        self.client.fetch(Request::post([R::PATH]).json(new)?).await
    }
}

fn check_filters<R: Resource>(query: &Query) -> Result<(), Error> {
    R::REQUIRED_FILTER.map_or(Ok(()), |rule| rule.check(query, R::PATH))
}

impl<R> Clone for Collection<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Collection<'_, R> {}

impl<R: Resource> fmt::Debug for Collection<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Collection").field(&R::PATH).finish()
    }
}
