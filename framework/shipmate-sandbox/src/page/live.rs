//! Word of changes, as server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State as Shared,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, stream};
use tokio::sync::watch;

use super::Page;

/// How often an idle connection is kept alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `changed` with the state's version: at once, and after every change. Changes that happen while
/// the last event is on its way become one.
pub(super) async fn events(
    Shared(page): Shared<Page>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = page.platform.changes();
    changes.mark_changed();
    let stream = stream::unfold(
        (changes, page.stopped),
        async |(mut changes, mut stopped)| {
            let version = next(&mut changes, &mut stopped).await?;
            let event = Event::default().event("changed").data(version.to_string());
            Some((Ok(event), (changes, stopped)))
        },
    );
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// The version after the next change; nothing once the sandbox stops.
async fn next(
    changes: &mut watch::Receiver<u64>,
    stopped: &mut watch::Receiver<bool>,
) -> Option<u64> {
    tokio::select! {
        news = changes.changed() => news.ok().map(|()| *changes.borrow_and_update()),
        _ = stopped.changed() => None,
    }
}
