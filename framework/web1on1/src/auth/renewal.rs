//! Renewing tokens: one at a time, for all who need it.

use std::{pin::Pin, sync::Arc};

use jiff::SignedDuration;
use tokio::sync::MutexGuard;

use super::{
    Held, Tokens,
    session::{Need, Trials, is_same},
};
use crate::{Client, Error};

/// A token that is refused so soon after its renewal is not renewed again: that would go on for
/// ever.
const TOO_FRESH: SignedDuration = SignedDuration::from_mins(1);

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Client {
    /// Whether [`prepare`](Self::prepare) has something to do.
    pub(crate) fn needs_preparation(&self) -> bool {
        let session = self.session();
        session.is_renewable()
            && (!session.start.initialized() || session.need(self.time()) != Need::Nothing)
    }

    /// Sees to it that there are tokens worth sending. It fails only if there are none: tokens that
    /// look old may still work.
    pub(crate) async fn prepare(&self, request: &str) -> Result<(), Error> {
        if !self.needs_preparation() {
            return Ok(());
        }
        let session = self.session();
        session.start.get_or_try_init(|| self.look_up()).await?;
        match session.need(self.time()) {
            Need::Nothing => {}
            Need::Obtain => {
                self.renewed(None, request).await?;
            }
            Need::RenewNow => self.renew_early(session.turn.lock().await).await,
            // Who comes while somebody else renews goes on with what still works.
            Need::RenewSoon => {
                if let Ok(trials) = session.turn.try_lock() {
                    self.renew_early(trials).await;
                }
            }
        }
        Ok(())
    }

    /// Other tokens than those that were `refused`, with the answer that refused them. Whoever
    /// comes while they are renewed waits for the result.
    pub(crate) fn renewed<'a>(
        &'a self,
        refused: Option<(Arc<Held>, Error)>,
        request: &'a str,
    ) -> Boxed<'a, Result<Arc<Held>, Error>> {
        Box::pin(async move {
            let mut trials = self.session().turn.lock().await;
            let current = self.session().held();
            let (before, refusal) = refused.unzip();
            if let Some(current) = current.filter(|now| !is_same(Some(now), before.as_ref())) {
                return Ok(current);
            }
            let not_renewed = |source| Error::NotRenewed {
                request: request.to_owned(),
                source,
            };
            if let (Some(before), Some(refusal)) = (&before, refusal)
                && self.is_too_fresh(before)
            {
                let source = Arc::new(refusal);
                trials.failed(Arc::clone(&source), self.time());
                return Err(not_renewed(source));
            }
            self.renew(&mut trials).await.map_err(not_renewed)
        })
    }

    fn is_too_fresh(&self, held: &Held) -> bool {
        held.renewed_at
            .is_some_and(|at| self.time().duration_since(at).abs() < TOO_FRESH)
    }

    /// Looks once whether the store knows better tokens than the settings.
    async fn look_up(&self) -> Result<(), Error> {
        let session = self.session();
        let Some(store) = &session.means.store else {
            return Ok(());
        };
        let stored = store
            .load()
            .await
            .map_err(|source| Error::TokenStore { source })?;
        let now = self.time();
        if let Some(stored) = stored.filter(|stored| session.is_better(stored, now)) {
            session.adopt(stored, session.held().as_ref(), now)?;
        }
        Ok(())
    }

    async fn renew_early(&self, mut trials: MutexGuard<'_, Trials>) {
        let is_done = matches!(self.session().need(self.time()), Need::Nothing);
        if is_done || trials.too_early(self.time()).is_some() {
            return;
        }
        // The reason is logged where it is known; the old token may still work.
        let _ = self.renew(&mut trials).await;
    }

    async fn renew(&self, trials: &mut Trials) -> Result<Arc<Held>, Arc<Error>> {
        if let Some(error) = trials.too_early(self.time()) {
            return Err(error);
        }
        let before = self.session().held();
        match self.other_tokens(before.as_ref()).await {
            Ok(held) => {
                trials.succeeded();
                Ok(held)
            }
            Err(error) => {
                let error = Arc::new(error);
                let until = trials.failed(Arc::clone(&error), self.time());
                tracing::warn!(%error, %until, "the token could not be renewed; tried again later");
                Err(error)
            }
        }
    }

    /// Tokens from the store, if somebody else has renewed them, or from the platform.
    async fn other_tokens(&self, before: Option<&Arc<Held>>) -> Result<Arc<Held>, Error> {
        let session = self.session();
        let tokens = match self.renewed_elsewhere().await {
            Some(tokens) => tokens,
            None => {
                let tokens = self.obtain(before).await?;
                self.keep(&tokens).await;
                tokens
            }
        };
        session
            .adopt(tokens, before, self.time())?
            .ok_or(Error::Token {
                problem: "there is none",
            })
    }

    async fn renewed_elsewhere(&self) -> Option<Tokens> {
        let session = self.session();
        match session.means.store.as_ref()?.load().await {
            Ok(stored) => stored.filter(|stored| session.is_better(stored, self.time())),
            Err(error) => {
                tracing::warn!(%error, "the kept tokens cannot be read; new ones are asked for");
                None
            }
        }
    }

    async fn keep(&self, tokens: &Tokens) {
        if let Some(store) = &self.session().means.store
            && let Err(error) = store.save(tokens).await
        {
            tracing::warn!(%error, "the renewed token works but could not be kept");
        }
    }

    /// New tokens by a refresh token, or else by logging in.
    async fn obtain(&self, before: Option<&Arc<Held>>) -> Result<Tokens, Error> {
        let means = &self.session().means;
        let own = before.and_then(|held| held.tokens.refresh.as_ref());
        let configured = means.refresh.as_ref();
        let configured =
            configured.filter(|other| own.is_none_or(|own| own.expose() != other.expose()));
        let mut refusal = None;
        for refresh in own.into_iter().chain(configured) {
            match self.auth().refresh(refresh, means.email()).await {
                Ok(grant) => {
                    let mut tokens = Tokens::from(grant);
                    tokens.refresh.get_or_insert_with(|| refresh.clone());
                    return self.checked(tokens, before);
                }
                Err(error) if is_final(&error) => {
                    tracing::info!(%error, "the refresh token is not accepted");
                    refusal = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        match &means.credentials {
            Some(credentials) => {
                let grant = self.auth().log_in(credentials).await?;
                self.checked(grant.into(), before)
            }
            None => Err(refusal.unwrap_or(Error::Token {
                problem: "there is neither a refresh token nor credentials to get another one by",
            })),
        }
    }

    /// A bot must not go on as somebody else.
    fn checked(&self, mut tokens: Tokens, before: Option<&Arc<Held>>) -> Result<Tokens, Error> {
        tokens.email = self.session().means.email().map(str::to_owned);
        let users = before
            .and_then(|held| held.tokens.user())
            .zip(tokens.user());
        if users.is_some_and(|(before, now)| before != now) {
            return Err(Error::Token {
                problem: "the platform renewed it for another user; check that token, refresh token and credentials are of one user",
            });
        }
        tracing::info!(expires_at = ?tokens.expires_at, "the token was renewed");
        Ok(tokens)
    }
}

/// Whether the platform has looked at a refresh token and said no.
fn is_final(error: &Error) -> bool {
    !error.is_retryable() && matches!(error.status(), Some(400..=499))
}
