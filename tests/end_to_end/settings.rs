//! A service that is set up wrongly does not start, and says what to do.

use shipmate_tests::{
    http,
    service::{SECRET, Service, Settings, TOKEN},
    stub::Stub,
};

use crate::fixture::{Fixture, settings};

/// With these settings the service refuses to start and mentions all of `words`.
async fn check_refused(adjust: impl FnOnce(Settings) -> Settings, words: &[&str]) {
    let stub = Stub::start().unwrap();
    let (settings, _folder) = settings(&stub);
    let error = match Service::listening(&adjust(settings)).await {
        Ok(service) => panic!("it started: {}", service.process().log().text()),
        Err(error) => error.to_string(),
    };
    for word in words {
        assert!(error.contains(word), "no {word:?} in: {error}");
    }
    assert!(!error.contains("panicked"), "{error}");
    assert!(!error.contains(SECRET) && !error.contains(TOKEN), "{error}");
}

#[tokio::test]
async fn without_a_webhook_secret_it_does_not_start() {
    check_refused(
        |settings| settings.without("SHIPMATE_WEBHOOK_SECRET"),
        &["SHIPMATE_WEBHOOK_SECRET"],
    )
    .await;
}

#[tokio::test]
async fn with_an_empty_webhook_secret_it_does_not_start() {
    check_refused(
        |settings| settings.with("SHIPMATE_WEBHOOK_SECRET", ""),
        &["SHIPMATE_WEBHOOK_SECRET"],
    )
    .await;
}

#[tokio::test]
async fn with_an_unknown_setting_it_names_the_nearest_known_one() {
    check_refused(
        |settings| settings.with("SHIPMATE_LISTN", "127.0.0.1:0"),
        &["SHIPMATE_LISTN", "SHIPMATE_LISTEN"],
    )
    .await;
}

#[tokio::test]
async fn with_a_setting_that_cannot_be_read_it_names_it() {
    for (name, value) in [
        ("SHIPMATE_LISTEN", "here"),
        ("SHIPMATE_API_URL", "not a url"),
        ("SHIPMATE_API_RATE", "0"),
        ("SHIPMATE_API_RATE", "many"),
        ("SHIPMATE_STORE", "papyrus:scroll"),
        ("SHIPMATE_COMMANDS", "shout"),
    ] {
        check_refused(|settings| settings.with(name, value), &[name]).await;
    }
}

#[tokio::test]
async fn a_console_beyond_loopback_needs_a_token() {
    check_refused(
        |settings| settings.with("SHIPMATE_CONSOLE_LISTEN", "0.0.0.0:0"),
        &["SHIPMATE_CONSOLE_TOKEN"],
    )
    .await;
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check_refused(
        |settings| settings.with("SHIPMATE_LISTEN", &address),
        &[&address],
    )
    .await;
}

#[tokio::test]
async fn secrets_may_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, format!("{SECRET}\n")).unwrap();
    let fixture = Fixture::start_with(|settings| {
        settings
            .without("SHIPMATE_WEBHOOK_SECRET")
            .with("SHIPMATE_WEBHOOK_SECRET_FILE", path.to_str().unwrap())
    })
    .await;
    fixture.settle(1, 1).await;
}

#[tokio::test]
async fn the_most_talkative_log_shows_no_secrets() {
    let fixture = Fixture::start_with(|settings| settings.with("SHIPMATE_LOG", "trace")).await;
    fixture.settle(1, 1).await;
    assert_eq!(
        fixture.post(&[("x-hub-signature", "sha1=00")], b"{}").await,
        401
    );
    assert_eq!(fixture.send(&http::get("/metrics")).await.status, 200);
    fixture.assert_log_is_clean();
}
