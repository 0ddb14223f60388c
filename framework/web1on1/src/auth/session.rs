//! The tokens in use, and when they are to be renewed.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use tokio::sync::{Mutex, OnceCell};

use super::{Credentials, TokenStore, Tokens};
use crate::{Error, RefreshToken, UserId};

/// The pause after a first failed renewal; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause between two attempts at a renewal.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// How tokens are come by.
#[derive(Debug)]
pub(crate) struct Means {
    pub(crate) credentials: Option<Credentials>,
    pub(crate) refresh: Option<RefreshToken>,
    pub(crate) email: Option<String>,
    pub(crate) store: Option<Arc<dyn TokenStore>>,
    /// How long before its end a token is renewed.
    pub(crate) margin: SignedDuration,
}

/// Tokens in use.
pub(crate) struct Held {
    pub(crate) tokens: Tokens,
    pub(crate) bearer: HeaderValue,
    /// When they are to be renewed, if they say when they end.
    due_at: Option<Timestamp>,
    /// When they came from a renewal.
    pub(crate) renewed_at: Option<Timestamp>,
    /// Whether the configured means are of the same user.
    pub(crate) is_ours: bool,
}

/// What the tokens need before a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Nothing,
    /// They still work, but not for long.
    RenewSoon,
    /// They have ended, by our clock.
    RenewNow,
    /// There are none.
    Obtain,
}

/// The tokens of a client and all its clones.
pub(crate) struct Session {
    held: RwLock<Option<Arc<Held>>>,
    pub(crate) means: Means,
    /// Set once the store was looked into.
    pub(crate) start: OnceCell<()>,
    /// Held by whoever renews, so that there is one at a time.
    pub(crate) turn: Mutex<Trials>,
}

/// Failed renewals, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Trials {
    failed: Option<Failed>,
}

#[derive(Debug)]
struct Failed {
    count: u32,
    at: Timestamp,
    until: Timestamp,
    error: Arc<Error>,
}

impl Means {
    /// Whose tokens these means give, as far as it can be told.
    fn user(&self) -> Option<UserId> {
        Some(self.refresh.as_ref()?.claims()?.user)
    }

    pub(crate) fn email(&self) -> Option<&str> {
        let own = self.credentials.as_ref().map(|own| own.email.as_str());
        self.email.as_deref().or(own)
    }

    fn are_any(&self) -> bool {
        self.credentials.is_some() || self.refresh.is_some() || self.store.is_some()
    }
}

impl Held {
    fn new(tokens: Tokens, margin: SignedDuration, now: Timestamp) -> Result<Self, Error> {
        let bearer = format!("Bearer {}", tokens.access.expose());
        let mut bearer = HeaderValue::try_from(bearer).map_err(|_| Error::Token {
            problem: "it does not fit into a header",
        })?;
        bearer.set_sensitive(true);
        // Tokens that live shorter than the margin would else be renewed all the time.
        let due_at = tokens.expires_at.map(|end| {
            let half = end.duration_since(now) / 2;
            end.saturating_sub(margin.min(half)).unwrap_or(now)
        });
        Ok(Self {
            tokens,
            bearer,
            due_at,
            renewed_at: None,
            is_ours: true,
        })
    }
}

impl Session {
    /// # Errors
    ///
    /// [`Error::Token`] if the means are those of another user than the token.
    pub(crate) fn new(tokens: Option<Tokens>, means: Means, now: Timestamp) -> Result<Self, Error> {
        if let (Some(own), Some(other)) = (tokens.as_ref().and_then(Tokens::user), means.user())
            && own != other
        {
            return Err(Error::Token {
                problem: "the refresh token is of another user than the access token",
            });
        }
        let held = tokens.map(|tokens| Held::new(tokens, means.margin, now).map(Arc::new));
        Ok(Self {
            held: RwLock::new(held.transpose()?),
            means,
            start: OnceCell::new(),
            turn: Mutex::new(Trials::default()),
        })
    }

    pub(crate) fn held(&self) -> Option<Arc<Held>> {
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Uses tokens that somebody has set, whosever they are.
    pub(crate) fn set(&self, tokens: Tokens, now: Timestamp) -> Result<(), Error> {
        let before = self.held();
        let user = before
            .as_ref()
            .map_or_else(|| self.means.user(), |held| held.tokens.user());
        let is_first = before.is_none() && user.is_none();
        let mut held = Held::new(tokens, self.means.margin, now)?;
        held.is_ours = is_first || held.tokens.is_of(user.as_ref(), self.means.email());
        self.put(held);
        Ok(())
    }

    /// Uses tokens from a renewal, in the place of `before`. Whatever was set in the meantime stays.
    pub(crate) fn adopt(
        &self,
        tokens: Tokens,
        before: Option<&Arc<Held>>,
        now: Timestamp,
    ) -> Result<Option<Arc<Held>>, Error> {
        let mut held = Held::new(tokens, self.means.margin, now)?;
        held.renewed_at = Some(now);
        if is_same(self.held().as_ref(), before) {
            self.put(held);
        }
        Ok(self.held())
    }

    pub(crate) fn need(&self, now: Timestamp) -> Need {
        let Some(held) = self.held() else {
            return Need::Obtain;
        };
        if held.tokens.expires_at.is_some_and(|end| end <= now) {
            Need::RenewNow
        } else if held.due_at.is_some_and(|due| due <= now) {
            Need::RenewSoon
        } else {
            Need::Nothing
        }
    }

    /// Whether there is a way to other tokens than those in use.
    pub(crate) fn is_renewable(&self) -> bool {
        let held = self.held();
        let own = held
            .as_ref()
            .is_some_and(|held| held.tokens.refresh.is_some());
        own || (self.means.are_any() && held.is_none_or(|held| held.is_ours))
    }

    /// Whether `stored` are tokens of the same user that last longer than those in use.
    pub(crate) fn is_better(&self, stored: &Tokens, now: Timestamp) -> bool {
        let held = self.held();
        let user = held
            .as_ref()
            .and_then(|held| held.tokens.user())
            .or_else(|| self.means.user());
        let ends = |tokens: &Tokens| tokens.expires_at.unwrap_or(Timestamp::MAX);
        stored.is_of(user.as_ref(), self.means.email())
            && ends(stored) > now
            && held.is_none_or(|held| ends(stored) > ends(&held.tokens))
    }

    fn put(&self, held: Held) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(held));
    }
}

/// Whether both hold the same access token, or none.
pub(crate) fn is_same(one: Option<&Arc<Held>>, other: Option<&Arc<Held>>) -> bool {
    let token = |held: Option<&Arc<Held>>| held.map(|held| held.tokens.access.expose().to_owned());
    token(one) == token(other)
}

impl Trials {
    /// The last failure, as long as it is too early for another attempt. A clock that was set back
    /// does not make it any longer.
    pub(crate) fn too_early(&self, now: Timestamp) -> Option<Arc<Error>> {
        let failed = self.failed.as_ref()?;
        (failed.at <= now && now < failed.until).then(|| Arc::clone(&failed.error))
    }

    pub(crate) fn failed(&mut self, error: Arc<Error>, now: Timestamp) -> Timestamp {
        let count = self.failed.as_ref().map_or(0, |failed| failed.count);
        let pause = FIRST_PAUSE
            .saturating_mul(2_u32.saturating_pow(count))
            .min(LONGEST_PAUSE)
            .max(error.retry_after().unwrap_or_default());
        let until = now.saturating_add(pause).unwrap_or(Timestamp::MAX);
        self.failed = Some(Failed {
            count: count.saturating_add(1),
            at: now,
            until,
            error,
        });
        until
    }

    pub(crate) fn succeeded(&mut self) {
        self.failed = None;
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("tokens", &self.held().map(|held| held.tokens.clone()))
            .field("means", &self.means)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Token;

    const HOUR: i64 = 3600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn lasting(until: Option<i64>) -> Tokens {
        let mut tokens = Tokens::new(Token::new("t").unwrap());
        tokens.expires_at = until.map(at);
        tokens.email = Some("ann@example.com".to_owned());
        tokens
    }

    fn session(tokens: Option<Tokens>) -> Session {
        let means = Means {
            credentials: Some(Credentials::password("Ann@example.com", "p")),
            refresh: None,
            email: None,
            store: None,
            margin: SignedDuration::from_mins(5),
        };
        Session::new(tokens, means, at(0)).unwrap()
    }

    #[test]
    fn tokens_are_renewed_by_their_margin_or_half_of_a_short_life() {
        for (ends, now, need) in [
            (None, 1_000_000, Need::Nothing),
            (Some(HOUR), HOUR - 301, Need::Nothing),
            (Some(HOUR), HOUR - 300, Need::RenewSoon),
            (Some(HOUR), HOUR, Need::RenewNow),
            (Some(60), 29, Need::Nothing),
            (Some(60), 30, Need::RenewSoon),
            (Some(-5), 0, Need::RenewNow),
        ] {
            let session = session(Some(lasting(ends)));
            assert_eq!(session.need(at(now)), need, "{ends:?} at {now}");
        }
        assert_eq!(session(None).need(at(0)), Need::Obtain);
    }

    #[test]
    fn stored_tokens_are_better_if_they_last_longer_and_are_of_the_same_user() {
        let own = session(Some(lasting(Some(HOUR))));
        assert!(own.is_better(&lasting(Some(2 * HOUR)), at(0)));
        assert!(!own.is_better(&lasting(Some(HOUR)), at(0)));
        assert!(!own.is_better(&lasting(Some(2 * HOUR)), at(2 * HOUR)));
        let mut others = lasting(Some(2 * HOUR));
        others.email = Some("bob@example.com".to_owned());
        assert!(!own.is_better(&others, at(0)));
        others.email = None;
        assert!(
            !own.is_better(&others, at(0)),
            "nobody's, as far as is known"
        );
        assert!(session(None).is_better(&lasting(Some(1)), at(0)));
    }

    #[test]
    fn pauses_between_failed_renewals_double_up_to_five_minutes() {
        let error = || Arc::new(Error::Token { problem: "a test" });
        let mut trials = Trials::default();
        let pauses: Vec<_> = (0..9)
            .map(|_| trials.failed(error(), at(0)).as_second())
            .collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert!(trials.too_early(at(299)).is_some());
        assert!(trials.too_early(at(300)).is_none());
        assert!(trials.too_early(at(-1)).is_none(), "the clock was set back");
        trials.succeeded();
        assert_eq!(trials.failed(error(), at(0)).as_second(), 5);
    }
}
