//! All resources of a list, one after the other.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use futures_util::{Stream, StreamExt as _, stream::try_unfold};
use serde::de::DeserializeOwned;

use crate::{Client, Cursor, Error};

/// All resources of a list, over all its pages. A page is asked for when everything before it was
/// taken, so no more than one page is in memory, however long the list is.
///
/// It is a [`Stream`]; [`next`](Items::next) is there for whoever needs no more than that.
///
/// After an error nothing more comes. A list that changes while it is read by `offset` may leave
/// something out or give it twice: order by what does not change, such as `createdAt`.
pub struct Items<R> {
    inner: Pin<Box<dyn Stream<Item = Result<R, Error>> + Send>>,
}

/// The way through a list.
struct Walk<R> {
    client: Client,
    page: vec::IntoIter<R>,
    next: Option<Result<Cursor, Error>>,
}

impl<R: DeserializeOwned + Send + 'static> Items<R> {
    pub(crate) fn new(client: Client, first: Result<Cursor, Error>) -> Self {
        let walk = Walk {
            client,
            page: Vec::new().into_iter(),
            next: Some(first),
        };
        Self {
            inner: Box::pin(try_unfold(walk, Walk::step)),
        }
    }
}

impl<R> Items<R> {
    /// The next resource; `None` after the last one.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`], and [`Error::NextPage`] if the platform sends us somewhere we do
    /// not go.
    pub async fn next(&mut self) -> Option<Result<R, Error>> {
        self.inner.next().await
    }
}

impl<R: DeserializeOwned> Walk<R> {
    async fn step(mut self) -> Result<Option<(R, Self)>, Error> {
        loop {
            if let Some(item) = self.page.next() {
                return Ok(Some((item, self)));
            }
            let Some(cursor) = self.next.take() else {
                return Ok(None);
            };
            let page = cursor?.fetch(&self.client).await?;
            self.page = page.items.into_iter();
            self.next = page.next.map(Ok);
        }
    }
}

impl<R> Stream for Items<R> {
    type Item = Result<R, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inner.as_mut().poll_next(context)
    }
}

impl<R> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}
