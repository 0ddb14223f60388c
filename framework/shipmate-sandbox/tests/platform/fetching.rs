use jiff::SignedDuration;
use serde_json::json;
use shipmate_sandbox::{Limits, PageLimits};

use crate::world::World;

#[tokio::test]
async fn messages_need_a_filter_and_can_be_read_back() {
    let world = World::new().await;
    let id = world.greeted();
    let refused = world.get("/messages?sort=-createdAt").await;
    assert_eq!(refused.status, 400);
    world.clock.advance(SignedDuration::from_secs(60));
    world
        .bot_posts(&id, &json!({"text": "marked", "meta": {"mark": "m1"}}))
        .await;
    let path = format!("/messages?conversation={id}&sort=-createdAt&limit=1");
    assert_eq!(world.get(&path).await.each("text"), ["marked"]);
    let path = format!("/messages?conversation={id}&meta.mark=m1&select=text");
    let reply = world.get(&path).await;
    assert_eq!(reply.body[0].as_object().unwrap().len(), 2);
    let path = "/messages?createdAt=>2024-05-01T10:00:30Z";
    assert_eq!(world.get(path).await.each("text"), ["marked"]);
    let one = world
        .get(&format!(
            "/messages/{}",
            reply.body[0]["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(one.body["conversation"], json!(id));
}

#[tokio::test]
async fn conversations_filtered_by_meta_need_one_more_filter() {
    let world = World::new().await;
    let id = world.greeted();
    let other = world.greeted();
    world
        .bot_posts(&id, &json!({"type": "command", "text": "/set intent buy"}))
        .await;
    assert_eq!(
        world.get("/conversations?meta.intent=buy").await.status,
        400
    );
    let reply = world
        .get("/conversations?meta.intent=buy&status=queued")
        .await;
    assert_eq!(reply.each("id"), [id.as_str()]);
    let reply = world
        .get("/conversations?type=contact&sort=-createdAt")
        .await;
    assert_eq!(reply.body.as_array().unwrap().len(), 2);
    let contact = world.snapshot(&other).conversation.contact_id().unwrap();
    let reply = world
        .get(&format!("/conversations?contact={contact}"))
        .await;
    assert_eq!(reply.each("id"), [other.as_str()]);
}

#[tokio::test]
async fn populate_expands_references() {
    let world = World::new().await;
    let id = world.greeted();
    let path =
        format!("/conversations/{id}?populate=messages.organization,contact,participants.user");
    let conversation = world.get(&path).await.body;
    assert_eq!(conversation["messages"][0]["text"], "hi");
    assert_eq!(
        conversation["messages"][0]["organization"]["name"],
        "Harbour Motors"
    );
    assert_eq!(conversation["contact"]["profile"]["name"], "Carl Consumer");
    let path = format!(
        "/organizations/{}?populate=categories.forms",
        world.demo.dealer
    );
    let organization = world.get(&path).await.body;
    assert_eq!(
        organization["categories"][0]["forms"][0]["name"],
        "Brochure"
    );
}

#[tokio::test]
async fn pages_follow_the_link_header() {
    let world = World::with(|builder, _| builder.limits(Limits::none())).await;
    let id = world.greeted();
    for n in 0..45 {
        world.sandbox.contact_says(&id, &format!("{n}")).unwrap();
    }
    let mut seen = 0;
    let mut next = Some(format!(
        "/messages?conversation={id}&sort=createdAt&limit=20"
    ));
    while let Some(path) = next {
        let reply = world.get(&path).await;
        seen += reply.body.as_array().unwrap().len();
        next = reply.linked("next");
    }
    assert_eq!(seen, 46);
}

#[tokio::test]
async fn pages_name_their_neighbours() {
    let world = World::with(|builder, _| builder.limits(Limits::none())).await;
    let id = world.greeted();
    for n in 0..9 {
        world.sandbox.contact_says(&id, &format!("{n}")).unwrap();
    }
    let all = format!("/conversations/{id}/messages?limit=4");
    let middle = world.get(&format!("{all}&offset=4")).await;
    assert_eq!(middle.each("text"), ["3", "4", "5", "6"]);
    for (rel, offset) in [("first", "0"), ("prev", "0"), ("next", "8"), ("last", "8")] {
        let linked = middle.linked(rel).unwrap();
        assert!(
            linked.ends_with(&format!("limit=4&offset={offset}")),
            "{linked}"
        );
    }
    let last = world.get(&format!("{all}&offset=8")).await;
    assert_eq!((last.linked("next"), last.each("text").len()), (None, 2));
    let whole = world.get(&format!("/conversations/{id}/messages")).await;
    assert_eq!((whole.link.clone(), whole.each("text").len()), (None, 10));
}

#[tokio::test]
async fn the_number_of_items_is_a_setting() {
    let pages = PageLimits {
        default: 2,
        most: 3,
    };
    let world = World::with(|builder, _| builder.limits(Limits::none()).page_limits(pages)).await;
    for _ in 0..5 {
        world.greeted();
    }
    for (query, items) in [("", 2), ("?limit=1", 1), ("?limit=50", 3)] {
        let reply = world.get(&format!("/conversations{query}")).await;
        assert_eq!(reply.each("id").len(), items, "{query}");
    }
}
