use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Reply, World};

async fn delete(world: &World, path: &str) -> Reply {
    Reply::of(world.as_admin(Method::DELETE, path).send().await.unwrap()).await
}

#[tokio::test]
async fn a_category_lives_from_post_to_delete() {
    let world = World::new().await;
    let path = format!("/organizations/{}/categories", world.demo.dealer);
    let used = json!({"name": "Used Car", "forms": [world.demo.brochure], "tags": ["automotive"]});
    let created = world.admin(Method::POST, &path, &used).await;
    assert_eq!(created.status, 201);
    let own = created.location.clone().unwrap();
    assert_eq!(
        own,
        format!("{path}/{}", created.body["id"].as_str().unwrap())
    );
    assert_eq!(world.get(&own).await.body, created.body);
    let patched = world
        .admin(Method::PATCH, &own, &json!({"name": "Used"}))
        .await;
    assert_eq!(
        (patched.status, &patched.body["name"]),
        (200, &json!("Used"))
    );
    assert_eq!(patched.body["tags"], json!(["automotive"]));
    assert_eq!(
        world.get(&path).await.each("name"),
        ["Sales", "Service", "Used"]
    );
    let nameless = world.admin(Method::POST, &path, &json!({"tags": []})).await;
    assert_eq!(
        (nameless.status, nameless.message()),
        (400, "an organization needs categories.3.name")
    );
}

#[tokio::test]
async fn a_deleted_category_leaves_its_slot_empty_until_the_organization_is_patched() {
    let world = World::new().await;
    let organization = format!("/organizations/{}", world.demo.dealer);
    let path = format!("{organization}/categories");
    let first = world.get(&path).await.body[0]["id"].clone();
    let first = format!("{path}/{}", first.as_str().unwrap());
    assert_eq!(delete(&world, &first).await.status, 204);
    assert_eq!(delete(&world, &first).await.status, 404);
    let categories = world.get(&path).await.body;
    assert_eq!(
        (&categories[0], &categories[1]["name"]),
        (&Value::Null, &json!("Service"))
    );
    for n in 2..10 {
        let body = json!({"name": format!("Category {n}")});
        assert_eq!(world.admin(Method::POST, &path, &body).await.status, 201);
    }
    let full = world
        .admin(Method::POST, &path, &json!({"name": "One more"}))
        .await;
    assert_eq!(
        (full.status, full.message()),
        (422, "organization categories has more than 10 items")
    );
    let mut filled = world.get(&path).await.body;
    filled[0] = json!({"name": "Back"});
    let patched = world
        .admin(Method::PATCH, &organization, &json!({"categories": filled}))
        .await;
    assert_eq!(patched.body["categories"][0]["name"], "Back");
    assert_eq!(
        patched.body["categories"][0]["id"].as_str().unwrap().len(),
        24
    );
}

#[tokio::test]
async fn members_join_and_leave_a_group() {
    let world = World::new().await;
    let (group, dealer) = (&world.demo.group, &world.demo.dealer);
    let created = world
        .admin(Method::POST, "/orggroups", &json!({"name": "Realtors"}))
        .await;
    let path = format!("{}/members", created.location.unwrap());
    assert_eq!(world.get(&path).await.body, json!([]));
    let added = world
        .admin(Method::POST, &path, &json!([dealer, group, dealer]))
        .await;
    assert_eq!((added.status, &added.body), (201, &json!([dealer, group])));
    assert_eq!(Some(path.replace("/members", "")), added.location);
    let gone = format!("{path}/{dealer}");
    assert_eq!(delete(&world, &gone).await.status, 204);
    assert_eq!(delete(&world, &gone).await.status, 404);
    assert_eq!(world.get(&path).await.body, json!([group]));
    let unknown = world.admin(Method::POST, &path, &json!(["nobody"])).await;
    assert_eq!(
        (unknown.status, unknown.message()),
        (422, "organization nobody does not exist")
    );
    assert_eq!(
        world
            .admin(Method::POST, &path, &json!({"a": 1}))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_user_works_for_its_organization_and_cannot_leave_the_last_one() {
    let world = World::new().await;
    let token = world.sandbox.user_token(&world.demo.agent);
    let request = world
        .request(Method::GET, "/users/me/organizations")
        .bearer_auth(&token);
    let own = Reply::of(request.send().await.unwrap()).await;
    assert_eq!(
        own.body,
        json!({"id": world.demo.agent, "organizations": [
            {"organization": world.demo.dealer, "role": "agent", "selected": true},
        ]})
    );
    let memberships = format!("/users/{}/organizations", world.demo.agent);
    let last = delete(&world, &format!("{memberships}/{}", world.demo.dealer)).await;
    assert_eq!(last.status, 422);
    let none = delete(&world, &format!("{memberships}/{}", world.demo.group)).await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn the_master_deletes_an_organization_with_what_it_owns() {
    let world = World::new().await;
    let id = world.greeted();
    let (group, dealer) = (&world.demo.group, &world.demo.dealer);
    let own = delete(&world, &format!("/organizations/{group}")).await;
    assert_eq!(own.status, 422);
    let admin = json!({"email": "d@example.com", "role": "admin", "organization": dealer});
    let admin = world.sandbox.create("users", admin).unwrap();
    let token = world
        .sandbox
        .user_token(&admin["id"].as_str().unwrap().into());
    let path = format!("/organizations/{dealer}");
    let request = world.request(Method::DELETE, &path).bearer_auth(token);
    assert_eq!(request.send().await.unwrap().status(), 403);
    assert_eq!(delete(&world, &path).await.status, 204);
    assert_eq!(world.get(&path).await.status, 404);
    assert_eq!(world.get(&format!("/conversations/{id}")).await.status, 404);
    let channels = format!("/channels?id={}", world.demo.channel);
    assert_eq!(world.get(&channels).await.body, json!([]));
}

#[tokio::test]
async fn form_fields_are_changed_one_by_one() {
    let world = World::new().await;
    let path = format!("/forms/{}/fields", world.demo.test_drive);
    let fields = world.get(&path).await;
    let own = format!("{path}/{}", fields.each("id")[2]);
    let patched = world
        .admin(
            Method::PATCH,
            &own,
            &json!({"label": "Phone?", "required": true}),
        )
        .await;
    assert_eq!(
        (patched.status, &patched.body["label"]),
        (200, &json!("Phone?"))
    );
    assert_eq!(patched.body["type"], "tel");
    let wrong = world
        .admin(Method::PATCH, &own, &json!({"type": "phone"}))
        .await;
    assert_eq!(wrong.status, 422);
    assert_eq!(delete(&world, &own).await.status, 204);
    assert_eq!(world.get(&path).await.each("id").len(), 9);
    assert_eq!(world.get(&own).await.status, 404);
}
