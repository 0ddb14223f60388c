use jiff::SignedDuration;
use reqwest::{Method, header::HeaderMap};
use serde_json::json;
use shipmate_sandbox::{Entry, Fault, FaultKind, FaultMix};

use crate::world::World;

#[tokio::test]
async fn a_failed_request_is_not_carried_out() {
    let world = World::new().await;
    let id = world.greeted();
    world
        .sandbox
        .inject(Fault::answer(503).on("POST", "/messages").times(2));
    for _ in 0..2 {
        let reply = world.bot_posts(&id, &json!({"text": "x"})).await;
        assert_eq!(
            (reply.status, reply.message()),
            (503, "intermittent error, try again")
        );
        assert_eq!(world.get("/users/me").await.status, 200);
    }
    assert_eq!(world.snapshot(&id).messages.len(), 1);
    assert_eq!(
        world.bot_posts(&id, &json!({"text": "x"})).await.status,
        201
    );
}

#[tokio::test]
async fn a_lost_answer_leaves_the_sender_in_doubt() {
    let world = World::new().await;
    let id = world.greeted();
    world
        .sandbox
        .inject(Fault::lose_answer().on("POST", "/messages"));
    let path = format!("/conversations/{id}/messages");
    let sent = world
        .as_bot(Method::POST, &path)
        .json(&json!({"text": "x"}))
        .send()
        .await;
    let answer = match sent {
        Ok(response) => response.bytes().await.map(|_| ()),
        Err(error) => Err(error),
    };
    assert!(answer.is_err());
    assert_eq!(world.snapshot(&id).messages.len(), 2);
}

#[tokio::test]
async fn a_request_that_hangs_ends_with_the_sandbox() {
    let world = World::new().await;
    let id = world.greeted();
    world.sandbox.inject(Fault::hang());
    world.sandbox.inject(Fault::answer(500).times(100));
    world.sandbox.clear_faults();
    world.sandbox.inject(Fault::hang());
    let path = format!("/conversations/{id}/messages");
    let request = world
        .as_bot(Method::POST, &path)
        .json(&json!({"text": "x"}));
    let hanging = tokio::spawn(async move { request.send().await?.bytes().await });
    world
        .sandbox
        .wait_until(|view| view.conversation(&id).unwrap().messages.len() == 2)
        .await
        .unwrap();
    assert!(!hanging.is_finished());
    world.sandbox.stop().await;
    assert!(hanging.await.unwrap().is_err());
}

/// What a client sees of a message that the bot posts while a fault strikes.
#[derive(Debug)]
struct Seen {
    status: Option<u16>,
    headers: HeaderMap,
    /// Nothing if the answer ended too soon.
    body: Option<String>,
    was_created: bool,
}

async fn post_under(fault: Fault) -> Seen {
    let world = World::new().await;
    let id = world.greeted();
    world.sandbox.inject(fault);
    let path = format!("/conversations/{id}/messages");
    let sent = world
        .as_bot(Method::POST, &path)
        .json(&json!({"text": "x"}))
        .send()
        .await;
    let (status, headers, body) = match sent {
        Ok(response) => {
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            (Some(status), headers, response.text().await.ok())
        }
        Err(_) => (None, HeaderMap::new(), None),
    };
    Seen {
        status,
        headers,
        body,
        was_created: world.snapshot(&id).messages.len() == 2,
    }
}

#[tokio::test]
async fn refused_requests_are_answered_as_asked_and_not_carried_out() {
    let minute = SignedDuration::from_mins(1);
    for (fault, status, header, body) in [
        (Fault::answer(500), 500, None, "intermittent error"),
        (
            Fault::answer(429),
            429,
            None,
            r#"{"error":{"message":"intermittent"#,
        ),
        (
            Fault::busy_for(minute),
            429,
            Some(("retry-after", "60")),
            "{",
        ),
        (
            Fault::busy_until_in(minute),
            429,
            Some(("retry-after", "Wed, 01 May 2024 10:01:00 GMT")),
            "{",
        ),
        (
            Fault::answer_html(502),
            502,
            Some(("content-type", "text/html; charset=utf-8")),
            "<!doctype html>",
        ),
        (
            Fault::answer_empty(504),
            504,
            Some(("content-length", "0")),
            "",
        ),
        (
            Fault::redirect("http://127.0.0.1:1/x"),
            307,
            Some(("location", "http://127.0.0.1:1/x")),
            "",
        ),
        (Fault::error_in_ok(), 200, None, r#"{"error":{"message""#),
    ] {
        let seen = post_under(fault).await;
        assert_eq!(seen.status, Some(status), "{seen:?}");
        assert!(!seen.was_created, "{seen:?}");
        assert!(seen.body.as_ref().unwrap().contains(body), "{seen:?}");
        if let Some((name, value)) = header {
            assert_eq!(seen.headers[name], value);
        }
    }
}

#[tokio::test]
async fn answers_are_spoiled_after_the_effect() {
    for (fault, status, body) in [
        (
            Fault::garbage(),
            Some(200),
            Some("\0{\"id\": 17, ]] <<garbage>>"),
        ),
        (Fault::empty_body(), Some(201), Some("")),
        (Fault::cut_body(), Some(201), None),
        (Fault::lose_answer(), None, None),
    ] {
        let seen = post_under(fault).await;
        assert_eq!(
            (seen.status, seen.body.as_deref()),
            (status, body),
            "{seen:?}"
        );
        assert!(seen.was_created, "{seen:?}");
    }
    let seen = post_under(Fault::reset_before()).await;
    assert_eq!((seen.status, seen.was_created), (None, false), "{seen:?}");
}

#[tokio::test]
async fn what_waits_waits_on_the_sandboxes_clock() {
    let world = World::new().await;
    let id = world.greeted();
    let wait = SignedDuration::from_mins(2);
    for (fault, created_before) in [(Fault::latency(wait), 0), (Fault::hold_answer(wait), 1)] {
        let before = world.snapshot(&id).messages.len();
        let calls = world.sandbox.calls().len();
        world.sandbox.inject(fault);
        let path = format!("/conversations/{id}/messages");
        let request = world
            .as_bot(Method::POST, &path)
            .json(&json!({"text": "x"}));
        let waiting = tokio::spawn(request.send());
        world
            .sandbox
            .wait_until(|view| {
                let calls_now = view.journal().filter_map(Entry::as_call).count();
                let messages = view.conversation(&id).unwrap().messages.len();
                calls_now == calls + 1 && messages == before + created_before
            })
            .await
            .unwrap();
        world.clock.advance(SignedDuration::from_secs(119));
        assert!(!waiting.is_finished());
        world.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(waiting.await.unwrap().unwrap().status(), 201);
        assert_eq!(world.snapshot(&id).messages.len(), before + 1);
        let call = world.sandbox.calls().pop().unwrap();
        assert_eq!(call.ended.unwrap().duration_since(call.at), wait);
    }
}

#[tokio::test]
async fn a_late_request_is_carried_out_though_the_client_has_left() {
    let world = World::new().await;
    let id = world.greeted();
    world
        .sandbox
        .inject(Fault::latency(SignedDuration::from_mins(1)));
    let path = format!("/conversations/{id}/messages");
    let request = world
        .as_bot(Method::POST, &path)
        .json(&json!({"text": "x"}));
    let waiting = tokio::spawn(request.send());
    world
        .sandbox
        .wait_until(|view| view.journal().any(|entry| entry.as_call().is_some()))
        .await
        .unwrap();
    waiting.abort();
    world.clock.advance(SignedDuration::from_mins(1));
    world
        .sandbox
        .wait_until(|view| view.conversation(&id).unwrap().messages.len() == 2)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_slow_answer_comes_byte_by_byte() {
    let world = World::new().await;
    world
        .sandbox
        .inject(Fault::slow_body(SignedDuration::from_secs(1)));
    let mut response = world.as_bot(Method::GET, "/users/me").send().await.unwrap();
    let length = response.content_length().unwrap();
    let mut body = response.chunk().await.unwrap().unwrap().to_vec();
    assert_eq!(body, b"{");
    assert!(world.sandbox.calls()[0].ended.is_none());
    let mut reader = tokio::spawn(async move { response.bytes().await.unwrap() });
    while !reader.is_finished() {
        world.clock.advance(SignedDuration::from_secs(1));
        tokio::task::yield_now().await;
    }
    body.extend_from_slice(&(&mut reader).await.unwrap());
    assert_eq!(body.len() as u64, length);
    let user: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(user["id"], json!(world.demo.bot));
    let took = {
        let call = &world.sandbox.calls()[0];
        call.ended.unwrap().duration_since(call.at).as_secs()
    };
    assert!(took >= i64::try_from(length).unwrap() - 1, "{took} s");
}

#[tokio::test]
async fn faults_are_listed_counted_and_taken_away() {
    let world = World::new().await;
    let id = world.greeted();
    let here = Fault::answer(503).conversation(&id).times(2);
    let first = world.sandbox.inject(here.clone());
    let second = world
        .sandbox
        .inject(Fault::answer(500).caller(world.demo.admin.clone()).always());
    assert_eq!(world.get("/users/me").await.status, 200);
    let path = format!("/messages?conversation={id}");
    assert_eq!(world.get(&path).await.status, 503);
    let as_admin = || world.as_admin(Method::GET, "/users/me").send();
    assert_eq!(as_admin().await.unwrap().status(), 500);
    let listed = world.sandbox.faults();
    assert_eq!(
        (listed[0].id, listed[0].struck, listed[0].left),
        (first, 1, Some(1))
    );
    assert_eq!(listed[0].fault, here.into());
    assert_eq!(
        (listed[1].id, listed[1].struck, listed[1].left),
        (second, 1, None)
    );
    assert!(world.sandbox.remove_fault(second));
    assert!(!world.sandbox.remove_fault(second));
    assert_eq!(as_admin().await.unwrap().status(), 200);
    let struck: Vec<FaultKind> = world
        .sandbox
        .calls()
        .iter()
        .filter_map(|call| Some(call.fault?.kind))
        .collect();
    assert_eq!(struck, [FaultKind::Answer, FaultKind::Answer]);
}

#[tokio::test]
async fn a_mix_strikes_the_same_requests_for_the_same_seed() {
    let mix = FaultMix::new(11)
        .rate(0.5)
        .weight(FaultKind::Latency, 0)
        .weight(FaultKind::HoldAnswer, 0)
        .weight(FaultKind::SlowBody, 0)
        .weight(FaultKind::Hang, 0);
    let mut runs = Vec::new();
    for _ in 0..2 {
        let world = World::new().await;
        world.sandbox.inject(mix.clone());
        for _ in 0..30 {
            if let Ok(response) = world.as_bot(Method::GET, "/users/me").send().await {
                let _ = response.bytes().await;
            }
            world.clock.advance(SignedDuration::from_secs(1));
        }
        let faults: Vec<Option<FaultKind>> = world
            .sandbox
            .calls()
            .iter()
            .map(|call| call.fault.map(|strike| strike.kind))
            .collect();
        assert!(faults.iter().flatten().count() > 5, "{faults:?}");
        runs.push(faults);
    }
    assert_eq!(runs[0], runs[1]);
}
