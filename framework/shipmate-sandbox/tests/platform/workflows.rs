use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use web1on1::{ChannelId, ConversationId, ConversationStatus};

use crate::world::World;

/// A world in which the category Sales goes to `sales`, later to `back`, and Service to nobody.
async fn routed() -> (World, ChannelId, ChannelId) {
    let world = World::new().await;
    let channel = |name: &str| {
        let channel = json!({"name": name, "organization": world.demo.group});
        let channel = world.sandbox.create("channels", channel).unwrap();
        ChannelId::from(channel["id"].as_str().unwrap())
    };
    let (sales, back) = (channel("Sales"), channel("Back office"));
    let rule = |channel: &ChannelId, delay: u64| {
        json!({
            "conditions": {"all": [
                {"fact": "conversation.category", "operator": "match", "value": "sales"},
            ]},
            "event": {"type": "enqueue", "params": {"name": "x", "channel": channel, "delay": delay}},
        })
    };
    let workflow = json!({
        "name": "Routing", "organization": world.demo.group,
        "rules": [rule(&sales, 0), rule(&back, 20)],
    });
    world.sandbox.create("workflows", workflow).unwrap();
    (world, sales, back)
}

async fn notify(world: &World, id: &ConversationId, meta: Value) -> Vec<ChannelId> {
    let command = json!({"type": "command", "text": "/notify", "meta": meta});
    assert_eq!(world.bot_posts(id, &command).await.status, 201);
    world.snapshot(id).conversation.channels
}

#[tokio::test]
async fn rules_choose_the_channels_of_a_waiting_conversation() {
    let (world, sales, _) = routed().await;
    let id = world.greeted();
    // No rule holds yet, so nobody is told.
    let snapshot = world.snapshot(&id);
    assert_eq!(snapshot.status(), Some(&ConversationStatus::Queued));
    assert!(snapshot.conversation.channels.is_empty());
    let category = json!({"type": "command", "text": "/set @category Sales"});
    world.bot_posts(&id, &category).await;
    assert_eq!(notify(&world, &id, Value::Null).await, [sales]);
}

#[tokio::test]
async fn a_delayed_channel_is_told_only_if_the_conversation_still_waits() {
    let (world, sales, back) = routed().await;
    let (waiting, accepted) = (world.greeted(), world.greeted());
    for id in [&waiting, &accepted] {
        let category = json!({"type": "command", "text": "/set @category Sales"});
        world.bot_posts(id, &category).await;
        notify(&world, id, Value::Null).await;
    }
    world
        .sandbox
        .agent_accepts(&accepted, &world.demo.agent)
        .unwrap();
    world.clock.advance(SignedDuration::from_secs(19));
    assert_eq!(
        world.snapshot(&waiting).conversation.channels,
        std::slice::from_ref(&sales)
    );
    world.clock.advance(SignedDuration::from_secs(1));
    world
        .sandbox
        .wait_until(|view| {
            view.conversation(&waiting)
                .unwrap()
                .conversation
                .channels
                .len()
                == 2
        })
        .await
        .unwrap();
    assert_eq!(
        world.snapshot(&waiting).conversation.channels,
        [sales, back]
    );
    assert!(world.snapshot(&accepted).conversation.channels.is_empty());
}

#[tokio::test]
async fn without_workflows_all_channels_of_the_organization_are_told() {
    let world = World::new().await;
    let id = world.greeted();
    assert_eq!(
        world.snapshot(&id).conversation.channels,
        std::slice::from_ref(&world.demo.channel)
    );
    let meta = json!({"organizations": [world.demo.group], "channels": null});
    assert_eq!(
        notify(&world, &id, meta).await,
        std::slice::from_ref(&world.demo.channel)
    );
}

#[tokio::test]
async fn an_organization_shows_the_workflows_that_run_for_it() {
    let (world, ..) = routed().await;
    let other = json!({
        "name": "Not for it", "organization": world.demo.group, "organizationTags": ["vans"],
    });
    world.sandbox.create("workflows", other).unwrap();
    let off = json!({"name": "Off", "organization": world.demo.dealer, "enabled": false});
    world.sandbox.create("workflows", off).unwrap();
    let path = format!("/organizations/{}/workflows", world.demo.dealer);
    let running = world.get(&path).await;
    assert_eq!(running.each("name"), ["Routing"]);
    assert_eq!(running.body[0]["rules"][0]["priority"], 1);
    let tagged = json!({"tags": ["vans"]});
    let dealer = format!("/organizations/{}", world.demo.dealer);
    world.admin(Method::PATCH, &dealer, &tagged).await;
    assert_eq!(
        world.get(&path).await.each("name"),
        ["Routing", "Not for it"]
    );
}
