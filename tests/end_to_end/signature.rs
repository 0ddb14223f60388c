//! Only what the platform signed is taken, and what is not signed leaves no trace.

use shipmate_tests::{
    event::ContactMessage,
    http,
    service::{SECRET, Service},
    sign::{hub_signature, hub_signature_256},
    stub::Stub,
};

use crate::fixture::{Fixture, settings};

const SHA1: &str = "X-Hub-Signature";
const SHA256: &str = "X-Hub-Signature-256";

/// A forged delivery with these headers is refused, and nothing ever comes of it: a genuine event
/// of the same conversation is answered, the forged one before it is not.
async fn check_refused(headers: impl FnOnce(&[u8]) -> Vec<(&'static str, String)>) {
    let fixture = Fixture::start().await;
    let forged = ContactMessage::new(1, 1).body();
    let headers = headers(&forged);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = fixture
        .send(&http::post("/webhook", &headers, &forged))
        .await;
    assert_eq!(answer.status, 401, "{headers:?}");
    let right = hub_signature(SECRET, &forged);
    let told = format!("{}{:?}", answer.text(), answer.headers);
    assert!(!told.contains(SECRET) && !told.contains(&right), "{told}");

    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [2]);
    fixture.assert_log_is_clean();
}

/// A delivery with these headers is taken and answered.
async fn check_taken(headers: impl FnOnce(&[u8]) -> Vec<(&'static str, String)>) {
    let fixture = Fixture::start().await;
    let body = ContactMessage::new(1, 1).body();
    let headers = headers(&body);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(fixture.post(&headers, &body).await, 200, "{headers:?}");
    fixture.answered(1).await;
    assert_eq!(fixture.answers(1), [1]);
}

#[tokio::test]
async fn a_right_signature_is_taken() {
    check_taken(|body| vec![(SHA1, hub_signature(SECRET, body))]).await;
}

#[tokio::test]
async fn a_right_signature_in_upper_case_hex_is_taken() {
    check_taken(|body| {
        let signature = hub_signature(SECRET, body)
            .to_uppercase()
            .replacen("SHA1", "sha1", 1);
        vec![(SHA1, signature)]
    })
    .await;
}

#[tokio::test]
async fn a_missing_signature_is_refused() {
    check_refused(|_| vec![]).await;
}

#[tokio::test]
async fn an_empty_signature_is_refused() {
    check_refused(|_| vec![(SHA1, String::new())]).await;
}

#[tokio::test]
async fn a_prefix_without_digits_is_refused() {
    check_refused(|_| vec![(SHA1, "sha1=".to_owned())]).await;
}

#[tokio::test]
async fn a_wrong_signature_is_refused() {
    check_refused(|_| vec![(SHA1, format!("sha1={}", "0".repeat(40)))]).await;
}

#[tokio::test]
async fn a_signature_cut_short_by_a_digit_is_refused() {
    check_refused(|body| {
        let mut signature = hub_signature(SECRET, body);
        signature.pop();
        vec![(SHA1, signature)]
    })
    .await;
}

#[tokio::test]
async fn a_signature_cut_short_by_a_byte_is_refused() {
    check_refused(|body| {
        let signature = hub_signature(SECRET, body);
        vec![(SHA1, signature[..signature.len() - 2].to_owned())]
    })
    .await;
}

#[tokio::test]
async fn a_signature_with_more_behind_it_is_refused() {
    check_refused(|body| vec![(SHA1, hub_signature(SECRET, body) + "00")]).await;
}

#[tokio::test]
async fn a_signature_without_its_prefix_is_refused() {
    check_refused(|body| vec![(SHA1, hub_signature(SECRET, body).replacen("sha1=", "", 1))]).await;
}

#[tokio::test]
async fn a_signature_with_the_other_prefix_is_refused() {
    check_refused(|body| {
        vec![(
            SHA1,
            hub_signature(SECRET, body).replacen("sha1", "sha256", 1),
        )]
    })
    .await;
}

#[tokio::test]
async fn a_signature_one_bit_off_is_refused() {
    check_refused(|body| {
        let mut signature = hub_signature(SECRET, body);
        let last = signature
            .pop()
            .and_then(|digit| digit.to_digit(16))
            .unwrap();
        signature.push(char::from_digit(last ^ 1, 16).unwrap());
        vec![(SHA1, signature)]
    })
    .await;
}

#[tokio::test]
async fn a_signature_of_a_body_one_bit_off_is_refused() {
    check_refused(|body| {
        let mut other = body.to_vec();
        other[100] ^= 1;
        vec![(SHA1, hub_signature(SECRET, &other))]
    })
    .await;
}

#[tokio::test]
async fn a_signature_of_the_body_written_anew_is_refused() {
    check_refused(|body| {
        let value: serde_json::Value = serde_json::from_slice(body).unwrap();
        let anew = serde_json::to_vec_pretty(&value).unwrap();
        assert_ne!(anew, body);
        vec![(SHA1, hub_signature(SECRET, &anew))]
    })
    .await;
}

#[tokio::test]
async fn a_signature_right_for_another_bot_is_refused() {
    check_refused(|body| vec![(SHA1, hub_signature("the-other-bots-secret", body))]).await;
}

#[tokio::test]
async fn a_signature_with_the_empty_secret_is_refused() {
    check_refused(|body| {
        vec![
            (SHA1, hub_signature("", body)),
            (SHA256, hub_signature_256("", body)),
        ]
    })
    .await;
}

#[tokio::test]
async fn a_signature_that_is_not_text_is_refused() {
    check_refused(|_| vec![(SHA1, "sha1=\u{e9}\u{20ac}".to_owned())]).await;
}

#[tokio::test]
async fn a_sha256_signature_alone_is_taken() {
    check_taken(|body| vec![(SHA256, hub_signature_256(SECRET, body))]).await;
}

#[tokio::test]
async fn a_right_sha256_signature_is_preferred_to_a_wrong_sha1() {
    check_taken(|body| {
        let wrong = hub_signature("another", body);
        vec![(SHA1, wrong), (SHA256, hub_signature_256(SECRET, body))]
    })
    .await;
}

#[tokio::test]
async fn a_wrong_sha256_signature_is_not_saved_by_a_right_sha1() {
    check_refused(|body| {
        let wrong = hub_signature_256("another", body);
        vec![(SHA1, hub_signature(SECRET, body)), (SHA256, wrong)]
    })
    .await;
}

#[tokio::test]
async fn an_empty_sha256_signature_is_not_saved_by_a_right_sha1() {
    check_refused(|body| vec![(SHA1, hub_signature(SECRET, body)), (SHA256, String::new())]).await;
}

#[tokio::test]
async fn during_a_rotation_the_current_and_the_previous_secret_are_good_and_no_other() {
    let fixture = Fixture::start_with(|settings| {
        settings.with("SHIPMATE_WEBHOOK_SECRET", "s-current,s-previous")
    })
    .await;
    let statuses = async |number, secret| {
        let body = ContactMessage::new(1, number).body();
        let sha1 = fixture
            .post(&[(SHA1, &hub_signature(secret, &body))], &body)
            .await;
        let body = ContactMessage::new(1, number + 1).body();
        let sha256 = fixture
            .post(&[(SHA256, &hub_signature_256(secret, &body))], &body)
            .await;
        (sha1, sha256)
    };
    assert_eq!(statuses(1, "s-older").await, (401, 401));
    assert_eq!(statuses(3, "s-current,s-previous").await, (401, 401));
    assert_eq!(statuses(5, "s-previous").await, (200, 200));
    assert_eq!(statuses(7, "s-current").await, (200, 200));
    fixture.answered(4).await;
    assert_eq!(fixture.answers(1), [5, 6, 7, 8]);
}

/// `SHIPMATE_WEBHOOK_SECRET=current,` either is an error or has no empty secret in it.
#[tokio::test]
async fn a_comma_at_the_end_of_the_secrets_does_not_let_the_empty_secret_in() {
    let stub = Stub::start().unwrap();
    let (settings, _folder) = settings(&stub);
    let settings = settings.with("SHIPMATE_WEBHOOK_SECRET", &format!("{SECRET},"));
    let Ok(service) = Service::ready(&settings).await else {
        return;
    };
    let body = ContactMessage::new(1, 1).body();
    let request = http::delivery("", &body);
    let mut connection = service.connect().await.unwrap();
    assert_eq!(connection.send(&request).await.unwrap().status, 401);
}

#[tokio::test]
async fn a_forged_copy_does_not_take_the_place_of_the_genuine_event() {
    let fixture = Fixture::start().await;
    let genuine = ContactMessage::new(1, 1);
    let forged = ContactMessage {
        text: "n666".to_owned(),
        ..genuine.clone()
    };
    let signature = hub_signature("another", &forged.body());
    assert_eq!(
        fixture.post(&[(SHA1, &signature)], &forged.body()).await,
        401
    );
    assert_eq!(fixture.deliver(&genuine).await, 200);
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [1, 2]);
}

#[tokio::test]
async fn the_signature_is_checked_before_the_body_is_read() {
    let fixture = Fixture::start().await;
    for body in [&b""[..], b"not json", b"{}", &[0xff, 0xfe]] {
        assert_eq!(fixture.post(&[], body).await, 401);
        assert_eq!(fixture.post(&[(SHA1, "sha1=00")], body).await, 401);
    }
}
