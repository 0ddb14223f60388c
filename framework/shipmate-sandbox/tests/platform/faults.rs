use reqwest::Method;
use serde_json::json;
use shipmate_sandbox::Fault;

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
