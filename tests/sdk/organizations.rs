//! What the SDK reads of organizations and of where a bot is installed.

use serde_json::{Value, json};
use shipmate_sandbox::Seed;

use crate::world::World;

#[tokio::test]
async fn an_organization_is_loaded_once_with_its_forms() {
    let world = World::new().await;
    let mut script = world.serve("scenarios/preload").await;
    let mut loads = Vec::new();
    for text in ["Hello", "Hello again"] {
        let before = world.sandbox.report().requests;
        let conversation = world.visitor();
        world.sandbox.contact_says(&conversation, text).unwrap();
        let told = script.tells(text).await;
        assert_eq!(told["name"], "Harbour Motors");
        assert_eq!(
            told["categories"],
            json!([
                {"name": "Sales", "forms": ["Brochure", "Test drive"]},
                {"name": "Service", "forms": []},
            ])
        );
        // `preloadBots` loads nothing: it looks at an `instance` that the message brings along.
        assert_eq!(told.get("instance"), None);
        world.settle().await;
        loads.push(world.sandbox.report().requests - before);
    }
    // Events that come at once load it more than once; later ones find it.
    assert!(loads.first() >= Some(&1), "{loads:?}");
    assert_eq!(loads.last(), Some(&0));
    world.end(script).await;
}

#[tokio::test]
async fn settings_are_merged_from_the_top_organization_down() {
    let (mut seed, demo) = Seed::demo();
    let meta = |meta: Value| meta.as_object().cloned().unwrap();
    let above = json!({"company": "Harbour Group", "tone": " formal\u{fffc}"});
    seed.instance(&demo.bot, &demo.group, meta(above));
    let below = json!({"company": "Harbour Motors", "form": demo.test_drive, "tone": ""});
    let below = seed.instance(&demo.bot, &demo.dealer, meta(below));
    let world = World::of(demo, World::builder().seed(seed)).await;
    let update = |path, id: &str, changes| world.sandbox.update(path, id, changes).unwrap();
    let greeting = json!({"meta": {"greeting": "Ahoy"}});
    update("bots", world.demo.bot.as_str(), greeting);

    let mut script = world.start("scenarios/config");
    script.tells("both").await;
    update("botinstances", below.as_str(), json!({"enabled": false}));
    script.go_on().await;
    script.tells("off").await;
    let number = json!({"enabled": true, "meta": {"seats": 5}});
    update("botinstances", below.as_str(), number);
    script.go_on().await;
    script.ends().await;
}
