use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Reply, World};

#[tokio::test]
async fn a_form_lives_from_post_to_delete() {
    let world = World::new().await;
    let form = json!({"name": "Callback", "organization": world.demo.dealer, "fields": [{"name": "phone", "type": "tel"}]});
    let created = Reply::of(
        world
            .as_bot(Method::POST, "/forms")
            .json(&form)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(created.status, 201);
    let id = created.body["id"].as_str().unwrap().to_owned();
    assert_eq!(created.location, Some(format!("/forms/{id}")));
    assert_eq!(created.body["type"], "topic");
    assert_eq!(created.body["createdBy"], json!(world.demo.bot));
    assert_eq!(
        created.body["orgPath"],
        format!("{}#{}", world.demo.group, world.demo.dealer)
    );
    let path = format!("/forms/{id}");
    let field = json!({"name": "when", "type": "date", "required": true});
    let fields = format!("{path}/fields");
    let added = Reply::of(
        world
            .as_bot(Method::POST, &fields)
            .json(&field)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(added.status, 201);
    assert_eq!(world.get(&added.location.unwrap()).await.body, added.body);
    assert_eq!(world.get(&fields).await.each("name"), ["phone", "when"]);
    let patched = world
        .as_bot(Method::PATCH, &path)
        .json(&json!({"status": "archived"}));
    let patched = Reply::of(patched.send().await.unwrap()).await;
    assert_eq!(
        (patched.status, &patched.body["status"]),
        (200, &json!("archived"))
    );
    assert_eq!(patched.body["fields"].as_array().unwrap().len(), 2);
    let deleted = world.as_bot(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    let gone = world.get(&path).await;
    assert_eq!(
        (gone.status, gone.message()),
        (404, format!("form {id} not found").as_str())
    );
}

#[tokio::test]
async fn the_brochure_form_is_the_one_of_the_reference() {
    let world = World::new().await;
    let form = world
        .get(&format!("/forms/{}", world.demo.brochure))
        .await
        .body;
    assert_eq!(form["name"], "Brochure");
    assert_eq!(form["profileFields"].as_array().unwrap().len(), 16);
    assert_eq!(form["profileFields"][7], "streetAddress");
    let field = &form["fields"][0];
    assert_eq!(
        (&field["name"], &field["type"]),
        (&json!("appointmentDate"), &json!("button"))
    );
    assert!(field["pattern"].as_str().unwrap().contains("(?!02)"));
    assert_eq!(field["options"], json!([{"key": "yes", "value": "Y"}]));
    assert_eq!(
        (&form["pointsByAgent"], &form["pointsByBot"]),
        (&json!(60), &json!(40))
    );
    assert_eq!(
        form["meta"],
        json!({"someKey": "Some value", "anotherKey": "Some other value"})
    );
}

#[tokio::test]
async fn a_new_bot_comes_with_its_user_and_a_root_instance() {
    let world = World::new().await;
    let bot = world
        .as_admin(Method::POST, "/bots")
        .json(&json!({"name": "Second bot"}));
    let bot = Reply::of(bot.send().await.unwrap()).await.body;
    let id = bot["id"].as_str().unwrap();
    assert_eq!(bot["secret"].as_str().unwrap().len(), 32);
    let user = world.get(&format!("/users/{id}")).await.body;
    assert_eq!(user["email"], format!("bot+{id}@web1on1.chat"));
    assert_eq!(user["role"], "bot");
    let instances = world.get(&format!("/botinstances?bot={id}")).await.body;
    assert_eq!(instances[0]["organization"], json!(world.demo.group));
    assert_eq!(instances[0]["enabled"], true);
}

#[tokio::test]
async fn a_deleted_user_is_archived_and_locked_out() {
    let world = World::new().await;
    let token = world.sandbox.user_token(&world.demo.agent);
    let path = format!("/users/{}", world.demo.agent);
    let deleted = world.as_admin(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    assert_eq!(world.get(&path).await.body["status"], "archived");
    let reply = world
        .request(Method::GET, "/users/me")
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 401);
}

#[tokio::test]
async fn what_does_not_exist_is_404_and_put_is_not_used() {
    let world = World::new().await;
    for path in [
        "/nothing",
        "/nothing/at/all",
        "/forms/nope",
        "/conversations/nope",
        "/messages/nope",
    ] {
        let reply = world.get(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.message().is_empty());
    }
    let put = world
        .as_bot(Method::PUT, "/forms/x")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    let put = Reply::of(put).await;
    assert_eq!(
        (put.status, put.message()),
        (405, "method not allowed; updates use PATCH")
    );
    let bad = world
        .as_bot(Method::POST, "/forms")
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(bad.status(), 400);
}

#[tokio::test]
async fn the_configuration_of_a_bot_can_be_read_as_the_sdk_does() {
    let world = World::new().await;
    let (bot, group, dealer) = (&world.demo.bot, &world.demo.group, &world.demo.dealer);
    assert_eq!(
        world.get(&format!("/bots/{bot}")).await.body["status"],
        "active"
    );
    let path = format!("/botinstances?organization=[{group},{dealer}]&bot={bot}&sort=orgPath");
    let reply = world.get(&path).await;
    assert_eq!(
        reply.each("organization"),
        [group.as_str(), dealer.as_str()]
    );
    let settings: Vec<&Value> = reply
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|instance| &instance["meta"])
        .collect();
    assert_eq!(settings[0], &json!({}));
    assert_eq!(settings[1]["company"], "Harbour Motors");
}
