//! Logging in, and tokens that end.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{body::Body, http::Response};
use bytes::Bytes;
use jiff::SignedDuration;
use serde_json::{Value, json};
use web1on1::{
    Client, ClientBuilder, Credentials, Error, FileTokenStore, ManualClock, MemoryTokenStore,
    Pacer, RefreshToken, Token, TokenStore, Tokens,
};

use crate::platform::{Platform, Seen, answer, jwt, roomy};

const HOUR: i64 = 3600;
const EMAIL: &str = "bot+u@web1on1.chat";

/// A platform that accepts one access token at a time.
#[derive(Clone)]
struct Issuer {
    state: Arc<Mutex<State>>,
}

struct State {
    accepted: String,
    /// How many tokens were issued.
    issued: u32,
    /// What a request with another token is answered.
    refusal: (u16, &'static str),
    /// What `POST /auth/token` with a refresh token is answered instead of new tokens.
    refresh_refusal: Option<u16>,
    /// The same for `GET /auth/token`.
    get_refusal: Option<u16>,
    /// The user that new tokens are of.
    user: &'static str,
}

impl Issuer {
    fn new() -> Self {
        let state = State {
            accepted: access(0),
            issued: 0,
            refusal: (401, "jwt expired"),
            refresh_refusal: None,
            get_refusal: None,
            user: "u",
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    fn expire(&self) {
        self.set(|state| state.accepted.clear());
    }

    async fn start(&self) -> Platform {
        let issuer = self.clone();
        Platform::start(move |seen| issuer.answer(seen)).await
    }

    fn answer(&self, seen: &Seen) -> Response<Body> {
        let mut state = self.state.lock().unwrap();
        let body: Value = serde_json::from_str(&seen.body).unwrap_or_default();
        if seen.line.starts_with("POST /v2/auth/token") {
            return match state.refresh_refusal {
                Some(status) if body.get("refreshToken").is_some() => refused(status, "no"),
                _ if body.get("password").is_some_and(|given| given != "pass") => {
                    refused(401, "wrong email or password")
                }
                _ => answer(201, state.grant()),
            };
        }
        if seen.line.starts_with("GET /v2/auth/token") {
            return match state.get_refusal {
                Some(status) => refused(status, "no"),
                None => answer(200, state.grant()),
            };
        }
        if bearer(seen) == Some(&state.accepted) {
            return answer(200, r#"{"id": "u"}"#);
        }
        refused(state.refusal.0, state.refusal.1)
    }
}

impl State {
    fn grant(&mut self) -> String {
        self.issued += 1;
        let exp = i64::from(self.issued + 1) * 24 * HOUR;
        self.accepted = jwt(self.user, "access", exp);
        json!({
            "tokenType": "Bearer", "token": self.accepted, "refreshToken": refresh(self.issued),
            "user": self.user, "organization": "o", "scope": "viewer guest agent bot",
            "expiresAt": jiff::Timestamp::from_second(exp).unwrap(),
        })
        .to_string()
    }
}

fn refused(status: u16, message: &str) -> Response<Body> {
    answer(status, json!({"message": message}).to_string())
}

/// The nth access token; it ends after n + 1 days.
fn access(number: u32) -> String {
    jwt("u", "access", i64::from(number + 1) * 24 * HOUR)
}

fn refresh(number: u32) -> String {
    jwt("u", "refresh", i64::from(number + 30) * 24 * HOUR)
}

fn token(text: impl Into<String>) -> Token {
    Token::new(text).unwrap()
}

/// A client with the first access token and the first refresh token.
fn refreshing(platform: &Platform) -> (ClientBuilder, ManualClock) {
    let (client, clock) = roomy(&platform.url);
    let refresh = RefreshToken::new(refresh(0)).unwrap();
    let client = client.token(token(access(0))).without_retries();
    (client.refresh(refresh, Some(EMAIL.to_owned())), clock)
}

async fn me(client: &Client) -> Result<(), Error> {
    client.users().me().await.map(drop)
}

fn auth_requests(platform: &Platform) -> Vec<Seen> {
    let seen = platform.seen().into_iter();
    seen.filter(|seen| seen.line.contains("/auth/token"))
        .collect()
}

fn bearer(seen: &Seen) -> Option<&str> {
    let value = seen.headers.get("authorization")?;
    value.to_str().ok()?.strip_prefix("Bearer ")
}

fn bearers(platform: &Platform) -> Vec<String> {
    let seen = platform.seen().into_iter();
    seen.filter(|seen| !seen.line.contains("/auth/token"))
        .map(|seen| bearer(&seen).unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn credentials_log_in_once_before_the_first_request() {
    let issuer = Issuer::new();
    let platform = issuer.start().await;
    let (client, clock) = roomy(&platform.url);
    let credentials = Credentials::password("ann@example.com", "pass").otp("123");
    let client = client.credentials(credentials).build().unwrap();
    let requests = (0..20).map(|_| me(&client));
    for done in futures_util::future::join_all(requests).await {
        done.unwrap();
    }
    let logins = auth_requests(&platform);
    assert_eq!(logins.len(), 1);
    let body: Value = serde_json::from_str(&logins[0].body).unwrap();
    assert_eq!(
        body,
        json!({"email": "ann@example.com", "password": "pass", "otp": "123"})
    );
    assert!(!logins[0].headers.contains_key("authorization"));
    assert_eq!(bearers(&platform), vec![access(1); 20]);
    // The refresh token came with the login, and so did the address.
    clock.advance(SignedDuration::from_hours(1));
    issuer.expire();
    me(&client).await.unwrap();
    let renewed = auth_requests(&platform).pop().unwrap();
    let body: Value = serde_json::from_str(&renewed.body).unwrap();
    assert_eq!(
        body,
        json!({"clientId": "ann@example.com", "refreshToken": refresh(1)})
    );
}

#[tokio::test]
async fn logging_in_by_hand_returns_what_is_granted_and_uses_it_when_told_to() {
    let platform = Issuer::new().start().await;
    let (client, _clock) = roomy(&platform.url);
    let client = client.build().unwrap();
    let credentials = Credentials::password("ann@example.com", "pass");
    let grant = client.auth().log_in(&credentials).await.unwrap();
    assert_eq!(grant.user, Some("u".into()));
    assert_eq!(grant.organization, Some("o".into()));
    assert_eq!(grant.scope, ["viewer", "guest", "agent", "bot"]);
    assert_eq!(grant.expires_at.unwrap().as_second(), 48 * HOUR);
    assert!(me(&client).await.is_err(), "nobody has said to use it");
    client.set_tokens(grant.into()).unwrap();
    me(&client).await.unwrap();

    let wrong = Credentials::password("ann@example.com", "wr0ng");
    let error = client.auth().log_in(&wrong).await.unwrap_err();
    assert_eq!(error.status(), Some(401));
    assert_eq!(auth_requests(&platform).len(), 2);
}

#[tokio::test]
async fn requests_that_meet_an_ended_token_share_one_refresh_and_are_made_again() {
    for refusal in [
        (401, "jwt expired"),
        (401, ""),
        (403, "jwt expired"),
        (403, "Invalid token"),
    ] {
        let issuer = Issuer::new();
        issuer.set(|state| state.refusal = refusal);
        let platform = issuer.start().await;
        let client = refreshing(&platform).0.build().unwrap();
        me(&client).await.unwrap();
        issuer.expire();
        let reads = (0..25).map(|_| me(&client));
        let writes = (0..25).map(|_| async {
            client
                .bots()
                .update(&"u".into(), &web1on1::Patch::new().set("name", "B"))
                .await
                .map(drop)
        });
        let (reads, writes) = futures_util::future::join(
            futures_util::future::join_all(reads),
            futures_util::future::join_all(writes),
        )
        .await;
        for done in reads.into_iter().chain(writes) {
            done.unwrap();
        }
        let refreshes = auth_requests(&platform);
        assert_eq!(refreshes.len(), 1, "{refusal:?}");
        let body: Value = serde_json::from_str(&refreshes[0].body).unwrap();
        assert_eq!(body, json!({"clientId": EMAIL, "refreshToken": refresh(0)}));
        assert_eq!(
            client.tokens().unwrap().expires_at.unwrap().as_second(),
            48 * HOUR
        );
    }
}

#[tokio::test]
async fn a_lack_of_rights_is_no_reason_to_refresh() {
    let issuer = Issuer::new();
    issuer.set(|state| state.refusal = (403, "not an admin"));
    let platform = issuer.start().await;
    let client = refreshing(&platform).0.build().unwrap();
    issuer.expire();
    assert_eq!(me(&client).await.unwrap_err().status(), Some(403));
    assert!(auth_requests(&platform).is_empty());
}

#[tokio::test]
async fn the_form_of_the_reference_is_used_where_that_of_the_sdk_is_not_taken() {
    for status in [400, 404, 405, 422] {
        let issuer = Issuer::new();
        issuer.set(|state| state.refresh_refusal = Some(status));
        let platform = issuer.start().await;
        let client = refreshing(&platform).0.build().unwrap();
        issuer.expire();
        me(&client).await.unwrap();
        let [post, get] = auth_requests(&platform).try_into().unwrap();
        assert_eq!(post.line, "POST /v2/auth/token");
        assert_eq!(
            get.line,
            format!("GET /v2/auth/token?refreshToken={}", refresh(0))
        );
        assert_eq!(
            get.headers["authorization"],
            format!("Bearer {}", access(0))
        );
    }
    // Without an address there is nothing to put into the SDK's form.
    let issuer = Issuer::new();
    let platform = issuer.start().await;
    let (client, _clock) = roomy(&platform.url);
    let refresh = RefreshToken::new(refresh(0)).unwrap();
    let client = client
        .token(token(access(0)))
        .refresh(refresh, None)
        .build()
        .unwrap();
    issuer.expire();
    me(&client).await.unwrap();
    assert!(auth_requests(&platform)[0].line.starts_with("GET "));
}

#[tokio::test]
async fn a_refused_refresh_token_leads_to_a_login_if_there_are_credentials() {
    let issuer = Issuer::new();
    issuer.set(|state| state.refresh_refusal = Some(401));
    let platform = issuer.start().await;
    let (client, _clock) = refreshing(&platform);
    let credentials = Credentials::password(EMAIL, "pass");
    let client = client.credentials(credentials).build().unwrap();
    issuer.expire();
    me(&client).await.unwrap();
    assert_eq!(auth_requests(&platform).len(), 2);
}

#[tokio::test]
async fn a_refused_refresh_token_alone_is_an_error_that_says_what_to_do_and_is_not_tried_in_a_loop()
{
    let issuer = Issuer::new();
    issuer.set(|state| state.refresh_refusal = Some(401));
    let platform = issuer.start().await;
    let (client, clock) = refreshing(&platform);
    let client = client.build().unwrap();
    issuer.expire();
    let error = me(&client).await.unwrap_err();
    assert!(matches!(error, Error::NotRenewed { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "GET /v2/users/me: the token needs to be renewed, which failed; log in again, and set a new token or new credentials"
    );
    assert!(error.is_token_problem() && !error.is_in_doubt() && !error.is_refused_for_now());
    for _ in 0..10 {
        assert!(me(&client).await.unwrap_err().is_token_problem());
    }
    assert_eq!(auth_requests(&platform).len(), 1);
    clock.advance(SignedDuration::from_secs(5));
    assert!(me(&client).await.is_err() && me(&client).await.is_err());
    assert_eq!(auth_requests(&platform).len(), 2);
    // A person has set a new token.
    issuer.set(|state| state.accepted = "new".to_owned());
    client.set_token(token("new"));
    me(&client).await.unwrap();
}

#[tokio::test]
async fn a_refresh_that_fails_for_now_is_said_to_help_later() {
    let issuer = Issuer::new();
    issuer.set(|state| state.refresh_refusal = Some(503));
    let platform = issuer.start().await;
    let (client, clock) = refreshing(&platform);
    let client = client.build().unwrap();
    issuer.expire();
    let error = me(&client).await.unwrap_err();
    assert!(error.is_token_problem() && error.is_refused_for_now() && !error.is_in_doubt());
    assert!(error.to_string().ends_with("try again later"), "{error}");
    issuer.set(|state| state.refresh_refusal = None);
    clock.advance(SignedDuration::from_secs(5));
    me(&client).await.unwrap();
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end_and_a_failure_then_harms_nobody() {
    let issuer = Issuer::new();
    issuer.set(|state| state.refresh_refusal = Some(503));
    let platform = issuer.start().await;
    let (client, clock) = refreshing(&platform);
    let client = client.build().unwrap();
    clock.advance(SignedDuration::from_secs(24 * HOUR - 301));
    me(&client).await.unwrap();
    assert!(auth_requests(&platform).is_empty(), "a second too early");
    clock.advance(SignedDuration::from_secs(1));
    for _ in 0..5 {
        me(&client).await.unwrap();
    }
    assert_eq!(auth_requests(&platform).len(), 1, "not at each request");
    clock.advance(SignedDuration::from_secs(5));
    issuer.set(|state| state.refresh_refusal = None);
    me(&client).await.unwrap();
    assert_eq!(auth_requests(&platform).len(), 2);
    assert_eq!(bearers(&platform).pop().unwrap(), access(1));
    assert!(!bearers(&platform).contains(&String::new()));
}

#[tokio::test]
async fn a_token_that_is_refused_right_after_its_renewal_is_not_renewed_for_ever() {
    let issuer = Issuer::new();
    let platform = issuer.start().await;
    let client = refreshing(&platform).0.build().unwrap();
    issuer.expire();
    me(&client).await.unwrap();
    for _ in 0..5 {
        issuer.expire();
        let error = me(&client).await.unwrap_err();
        assert!(error.is_token_problem(), "{error:?}");
    }
    assert_eq!(auth_requests(&platform).len(), 1);
}

#[tokio::test]
async fn nobody_becomes_somebody_else_by_a_renewal() {
    let issuer = Issuer::new();
    issuer.set(|state| state.user = "other");
    let platform = issuer.start().await;
    let client = refreshing(&platform).0.build().unwrap();
    issuer.expire();
    let error = me(&client).await.unwrap_err();
    let Error::NotRenewed { source, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(source.to_string().contains("another user"), "{source}");
    assert_eq!(bearers(&platform), [access(0)]);

    let others = RefreshToken::new(jwt("other", "refresh", 30 * 24 * HOUR)).unwrap();
    let (builder, _clock) = roomy(&platform.url);
    let built = builder
        .token(token(access(0)))
        .refresh(others, None)
        .build();
    assert!(built.unwrap_err().to_string().contains("another user"));

    // A token of another user is not renewed by means of the first one.
    client.set_token(token(jwt("third", "access", 48 * HOUR)));
    assert_eq!(me(&client).await.unwrap_err().status(), Some(401));
    assert_eq!(auth_requests(&platform).len(), 1);
}

#[tokio::test]
async fn what_is_renewed_is_kept_and_used_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bot.tokens");
    let issuer = Issuer::new();
    let platform = issuer.start().await;
    let start = || {
        let client = refreshing(&platform).0;
        let store = FileTokenStore::new(&path);
        client.token_store(Arc::new(store)).build().unwrap()
    };
    issuer.expire();
    me(&start()).await.unwrap();
    me(&start()).await.unwrap();
    assert_eq!(auth_requests(&platform).len(), 1);
    assert_eq!(bearers(&platform), [access(0), access(1), access(1)]);
    // The refresh token is the newer one as well.
    let client = start();
    issuer.expire();
    me(&client).await.unwrap();
    let body: Value = serde_json::from_str(&auth_requests(&platform)[1].body).unwrap();
    assert_eq!(body["refreshToken"], refresh(1));

    std::fs::write(&path, "damaged").unwrap();
    let seen = platform.seen().len();
    let error = me(&start()).await.unwrap_err();
    assert!(matches!(error, Error::TokenStore { .. }), "{error:?}");
    assert!(error.is_token_problem());
    assert_eq!(platform.seen().len(), seen);
}

#[tokio::test]
async fn kept_tokens_are_used_only_if_they_are_of_the_same_user_and_last_longer() {
    for (kept, is_used) in [
        (access(1), true),
        (access(0), false),
        (jwt("u", "access", HOUR), false),
        (jwt("other", "access", 48 * HOUR), false),
        ("0paque".to_owned(), false),
    ] {
        let platform = Issuer::new().start().await;
        let store = MemoryTokenStore::new();
        store
            .save(&Tokens::new(token(kept.as_str())))
            .await
            .unwrap();
        let client = refreshing(&platform).0.token_store(Arc::new(store));
        let _ = me(&client.build().unwrap()).await;
        assert_eq!(
            bearers(&platform)[0] == kept && kept != access(0),
            is_used,
            "{kept}"
        );
    }
}

#[tokio::test]
async fn what_somebody_else_has_renewed_is_used_before_the_platform_is_asked() {
    let issuer = Issuer::new();
    let platform = issuer.start().await;
    let store = Arc::new(MemoryTokenStore::new());
    let client = refreshing(&platform).0.token_store(store.clone());
    let client = client.build().unwrap();
    me(&client).await.unwrap();
    store.save(&Tokens::new(token(access(1)))).await.unwrap();
    issuer.set(|state| state.accepted = access(1));
    me(&client).await.unwrap();
    assert!(auth_requests(&platform).is_empty());
    assert_eq!(bearers(&platform), [access(0), access(0), access(1)]);
}

#[tokio::test]
async fn a_request_with_a_permit_waits_for_a_second_one_to_be_made_again() {
    let issuer = Issuer::new();
    let platform = issuer.start().await;
    let (client, clock) = refreshing(&platform);
    let pacer = Arc::new(Pacer::new(
        std::num::NonZeroU32::MIN,
        Arc::new(clock.clone()),
    ));
    let client = client.pacer(Arc::clone(&pacer)).build().unwrap();
    issuer.expire();
    let permit = pacer.acquire().await;
    let starts = Arc::new(AtomicUsize::new(0));
    let sending = tokio::spawn({
        let client = client.clone();
        async move {
            let body = Bytes::from_static(b"{}");
            client.messages().post_raw(permit, &"c".into(), body).await
        }
    });
    // Request, refresh, request: one per second, as the pacer has it.
    while !sending.is_finished() {
        let seen = platform.seen().len();
        if seen > starts.load(Ordering::Relaxed) {
            starts.store(seen, Ordering::Relaxed);
            clock.advance(SignedDuration::from_secs(1));
        }
        tokio::task::yield_now().await;
        clock.advance(SignedDuration::from_millis(1));
    }
    sending.await.unwrap().unwrap();
    let lines: Vec<_> = platform.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "POST /v2/conversations/c/messages",
            "POST /v2/auth/token",
            "POST /v2/conversations/c/messages",
        ]
    );
}

#[tokio::test]
async fn a_permit_does_not_stand_in_the_way_of_a_renewal_before_the_request() {
    let issuer = Issuer::new();
    let platform = issuer.start().await;
    let (client, clock) = refreshing(&platform);
    let pacer = Arc::new(Pacer::new(
        std::num::NonZeroU32::MIN,
        Arc::new(clock.clone()),
    ));
    let client = client.pacer(Arc::clone(&pacer)).build().unwrap();
    clock.advance(SignedDuration::from_hours(25));
    let permit = pacer.acquire().await;
    let sending = tokio::spawn(async move {
        let body = Bytes::from_static(b"{}");
        client.messages().post_raw(permit, &"c".into(), body).await
    });
    while !sending.is_finished() {
        tokio::task::yield_now().await;
        clock.advance(SignedDuration::from_millis(1));
    }
    sending.await.unwrap().unwrap();
    assert_eq!(platform.seen().len(), 2);
}
