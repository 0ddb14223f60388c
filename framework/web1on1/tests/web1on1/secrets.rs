//! Tokens and passwords show nowhere: not in `Debug`, not in errors, not in logs.

use std::{
    error::Error as _,
    fmt::Write as _,
    io,
    sync::{Arc, Mutex},
};

use axum::http::HeaderValue;
use serde_json::json;
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};
use web1on1::{Client, Credentials, Error, Query, RefreshToken, Token};

use crate::platform::{Platform, Seen, TOKEN, answer, hasty};

const SECRETS: [&str; 4] = ["acc3ss-t0ken", "r3fresh-t0ken", "passw0rd", "0tp-c0de"];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Says no, and repeats everything that was said.
async fn quoting(status: u16) -> Platform {
    Platform::start(move |seen: &Seen| {
        let bearer = seen.headers.get("authorization").map(HeaderValue::to_str);
        let told = json!(format!("{} {} {bearer:?}", seen.line, seen.body));
        answer(status, json!({"error": {"message": told}}).to_string())
    })
    .await
}

fn client(url: &str) -> Client {
    let [access, refresh, password, otp] = SECRETS;
    hasty(url)
        .0
        .token(Token::new(access).unwrap())
        .refresh(
            RefreshToken::new(refresh).unwrap(),
            Some("ann@example.com".to_owned()),
        )
        .credentials(Credentials::password("ann@example.com", password).otp(otp))
        .build()
        .unwrap()
}

fn everything(error: &Error) -> String {
    let mut text = format!("{error:?} {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text} {error:?} {error}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn no_secret_shows_whatever_fails() {
    let log = Log::default();
    // For all threads, so it hears the other tests as well.
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(log.clone())
        .init();
    let mut shown = String::new();
    for status in [200, 401, 404, 422, 503] {
        let platform = quoting(status).await;
        let client = client(&platform.url);
        write!(shown, "{client:?} {:?}", client.tokens()).unwrap();
        let refresh = RefreshToken::new(SECRETS[1]).unwrap();
        let credentials = Credentials::password("ann@example.com", SECRETS[2]).otp(SECRETS[3]);
        write!(shown, "{refresh:?} {credentials:?}").unwrap();
        for error in [
            client.bots().list(&Query::new()).await.unwrap_err(),
            client.auth().refresh(&refresh, None).await.unwrap_err(),
            client
                .auth()
                .refresh(&refresh, Some("a"))
                .await
                .unwrap_err(),
            client.auth().log_in(&credentials).await.unwrap_err(),
        ] {
            shown += &everything(&error);
        }
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the token could not be renewed"), "{log}");
    for secret in SECRETS.into_iter().chain([TOKEN]) {
        assert!(!log.contains(secret), "{log}");
        assert!(!shown.contains(secret), "{shown}");
    }
}
