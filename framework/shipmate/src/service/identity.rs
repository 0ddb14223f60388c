//! Which user each bot is: from its token, or by asking the platform.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use web1on1::{Client, Clock, Error, UserId};

use super::Readiness;
use crate::dispatch::{Dispatcher, Hosted};

/// First pause after the platform did not say who we are; doubles up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Learns the user of every bot that does not know it yet.
pub(super) async fn learn(dispatcher: Arc<Dispatcher>, readiness: Arc<Readiness>) {
    let learning = dispatcher.hosts().iter().map(|(name, hosted)| {
        let (clock, readiness) = (&*dispatcher.clock, &readiness);
        async move {
            if hosted.own_user.get().is_none() {
                ask_until_known(name, hosted, clock).await;
            }
            readiness.identified();
        }
    });
    join_all(learning).await;
}

async fn ask_until_known(name: &str, hosted: &Hosted, clock: &dyn Clock) {
    let mut pause = PAUSE;
    loop {
        match ask(hosted.host.client()).await {
            Ok(user) => {
                // Nobody else sets it.
                let _ = hosted.own_user.set(user);
                return;
            }
            Err(error) if is_final(&error) => {
                tracing::warn!(
                    bot = %name, %error,
                    "the platform does not tell which user the token belongs to; the bot cannot recognise its own messages"
                );
                return;
            }
            Err(error) => {
                tracing::warn!(bot = %name, %error, "who the bot is, is not known yet; events wait");
            }
        }
        if let Ok(at) = clock.now().checked_add(pause) {
            clock.sleep_until(at).await;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn ask(client: &Client) -> Result<UserId, Error> {
    client.users().me().await.map(|user| user.id)
}

/// Whether asking again is pointless although the token may work: the platform answers, but not
/// this question.
fn is_final(error: &Error) -> bool {
    let answered = matches!(error, Error::Unreadable { .. } | Error::Status { .. });
    answered && !error.is_token_problem() && !error.is_refused_for_now() && !error.is_in_doubt()
        || matches!(error, Error::Unreadable { .. })
}
