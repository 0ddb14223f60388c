//! What the reference says about fields is checked, and what is wrong is named.

use reqwest::Method;
use serde_json::{Value, json};
use shipmate_sandbox::Limits;

use crate::world::{Reply, World};

async fn unlimited() -> World {
    World::with(|builder, _| builder.limits(Limits::none())).await
}

/// A path, what is posted there, the status and the beginning of the message.
type Case = (&'static str, Value, u16, &'static str);

async fn check_refusals(cases: impl IntoIterator<Item = Case>) {
    let world = unlimited().await;
    for (path, body, status, reason) in cases {
        let reply = world.admin(Method::POST, &format!("/{path}"), &body).await;
        assert_eq!(reply.status, status, "{path} {body}: {}", reply.body);
        assert!(reply.message().starts_with(reason), "{}", reply.message());
    }
}

#[tokio::test]
async fn users_and_organizations_are_checked_field_by_field() {
    let without = json!({"billReceiver": "a", "stripeCustomerId": "c", "currentPlan": "base"});
    check_refusals([
        ("users", json!({}), 400, "a user needs email"),
        ("users", json!({"email": 5}), 400, "user email must be text"),
        (
            "users",
            json!({"email": "a", "role": "boss"}),
            422,
            "user role \"boss\" is not one of viewer, guest, agent, bot, admin, owner",
        ),
        (
            "users",
            json!({"email": "a", "settings": {"audioOnChat": "yes"}}),
            400,
            "user settings.audioOnChat must be true or false",
        ),
        (
            "users",
            json!({"email": "a", "settings": {"locale": "xx"}}),
            422,
            "user settings.locale \"xx\" is not one of en, nl, de, fr",
        ),
        (
            "organizations",
            json!({"name": "o", "settings": {"routeOnReply": "x"}}),
            422,
            "organization settings.routeOnReply \"x\" is not one of accept, assign, route",
        ),
        (
            "organizations",
            json!({"name": "o", "dataRetention": {"length": 1, "unit": "day"}}),
            422,
            "organization dataRetention.unit \"day\" is not one of month, year",
        ),
        (
            "organizations",
            json!({"name": "o", "defaultRole": "admin"}),
            422,
            "organization defaultRole \"admin\" is not one of guest, agent",
        ),
        (
            "organizations",
            json!({"name": "o", "billingInfo": without}),
            400,
            "an organization needs billingInfo.billSender",
        ),
        (
            "organizations",
            json!({"name": "o", "profileFields": {"address": {"postalCode": {}}}}),
            400,
            "an organization needs profileFields.address.postalCode.label",
        ),
        (
            "organizations",
            json!({"name": "o", "tags": ["a", 1]}),
            400,
            "organization tags must be a list of texts",
        ),
    ])
    .await;
}

#[tokio::test]
async fn forms_bots_services_and_workflows_are_checked_field_by_field() {
    let service = |kind: &str, params: Value| json!({"name": "s", "type": kind, "params": params});
    check_refusals([
        (
            "forms",
            json!({"name": "f", "fields": [{"name": "a"}, {"name": "b", "type": "phone"}]}),
            422,
            "form fields.1.type \"phone\" is not one of",
        ),
        (
            "forms",
            json!({"name": "f", "pointsByBot": "40"}),
            400,
            "form pointsByBot must be a number",
        ),
        (
            "bots",
            json!({"name": "b", "roles": ["king"]}),
            422,
            "bot roles \"king\" is not one of",
        ),
        (
            "services",
            json!({"name": "s"}),
            400,
            "a service needs params",
        ),
        (
            "services",
            service("webhook", json!({})),
            400,
            "a service's params needs url",
        ),
        (
            "services",
            service("smooch", json!({"keyId": "x"})),
            400,
            "a service's params needs appId",
        ),
        (
            "services",
            service("intercom", json!({"app_id": "x", "access_token": "y"})),
            400,
            "a service's params needs assignee_id",
        ),
        (
            "services",
            service(
                "gbm",
                json!({"location": "l", "welcomeMessage": "w", "starter": "s", "step": "go"}),
            ),
            422,
            "service's params step \"go\" is not one of verifyAgent",
        ),
        (
            "services",
            json!({"name": "s", "type": "api", "params": {}, "startDate": "soon"}),
            400,
            "service startDate must be a time in ISO 8601",
        ),
        (
            "workflows",
            json!({"name": "w", "rules": [{"event": {"params": {}}}]}),
            400,
            "a workflow needs rules.0.event.params.channel",
        ),
    ])
    .await;
}

#[tokio::test]
async fn messages_and_conversations_have_types_too() {
    let world = unlimited().await;
    let id = world.greeted();
    for (body, reason) in [
        (json!({"text": 5}), "message text must be text"),
        (
            json!([{"text": "a"}, {"delay": "1"}]),
            "message delay must be a number",
        ),
        (
            json!({"text": "a", "actions": [{"type": "reply"}, {"text": "b"}]}),
            "a message needs actions.1.type",
        ),
        (
            json!({"text": "a", "meta": []}),
            "message meta must be an object",
        ),
        (json!(["hello"]), "a message must be a JSON object"),
    ] {
        let reply = world.bot_posts(&id, &body).await;
        assert_eq!((reply.status, reply.message()), (400, reason));
    }
    let path = format!("/conversations/{id}");
    for (changes, status, reason) in [
        (
            json!({"meta": 1}),
            400,
            "conversation meta must be an object",
        ),
        (
            json!({"status": "asleep"}),
            422,
            "unknown conversation status \"asleep\"",
        ),
        (
            json!({"touchpoint": "fax"}),
            422,
            "unknown conversation touchpoint \"fax\"",
        ),
        (
            json!({"categoryIndex": "first"}),
            400,
            "conversation categoryIndex must be a number",
        ),
    ] {
        let reply = world.admin(Method::PATCH, &path, &changes).await;
        assert_eq!((reply.status, reply.message()), (status, reason));
    }
}

#[tokio::test]
async fn a_new_conversation_is_checked_as_well() {
    let world = unlimited().await;
    for (body, status, reason) in [
        (
            json!({"touchpoint": "fax"}),
            422,
            "unknown conversation touchpoint \"fax\"",
        ),
        (
            json!({"type": "party"}),
            422,
            "unknown conversation type \"party\"",
        ),
        (
            json!({"messages": [{"text": 1}]}),
            400,
            "message text must be text",
        ),
        (
            json!({"messages": {}}),
            400,
            "conversation messages must be a list",
        ),
        (
            json!({"organization": 3}),
            400,
            "conversation organization must be text",
        ),
    ] {
        let reply = world.admin(Method::POST, "/conversations", &body).await;
        assert_eq!((reply.status, reply.message()), (status, reason));
    }
    assert_eq!(world.sandbox.conversations(), []);
}

#[tokio::test]
async fn what_is_not_given_gets_the_documented_default() {
    let world = unlimited().await;
    for (path, body, expected) in [
        (
            "organizations",
            json!({"name": "o"}),
            json!({
                "displayName": "o", "status": "active", "locale": "en",
                "timezone": "Europe/Amsterdam", "defaultRole": "guest", "categories": [],
                "settings": {"routeOnReply": "accept", "enableMail": true},
            }),
        ),
        (
            "organizations",
            json!({"name": "o", "dataRetention": {"length": 6}, "profileFields": {"email": {"label": "E"}}}),
            json!({
                "dataRetention": {"length": 6, "unit": "month"},
                "profileFields": {"email": {"label": "E", "enabled": true}},
            }),
        ),
        (
            "users",
            json!({"email": "a@example.com", "givenName": "A", "familyName": "B"}),
            json!({"displayName": "A B", "role": "agent", "status": "queued", "settings": {
                "timezoneSet": false, "locale": "en", "localeSet": false, "audioOnChat": true,
                "audioOnMessage": false, "notifyOnChat": false, "notifyOnMessage": false,
                "tabdotNotify": true, "tabdotMessage": true, "pushNotify": false,
                "focusOnAccept": false, "notifications": [], "cannedResponses": [],
            }}),
        ),
        (
            "bots",
            json!({"name": "b"}),
            json!({"status": "active", "roles": ["bot"], "audience": "owner"}),
        ),
        (
            "forms",
            json!({"name": "f", "fields": [{"name": "a"}]}),
            json!({"type": "topic", "status": "active", "tags": [], "labels": []}),
        ),
        (
            "services",
            json!({"name": "s", "type": "smartsupp", "params": {"jid": "j", "password": "p", "host": "h"}}),
            json!({"status": "queued", "params": {"jid": "j", "password": "p", "host": "h", "port": 5222}}),
        ),
    ] {
        let reply = world.admin(Method::POST, &format!("/{path}"), &body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&reply.body[field], value, "{path} {field}");
        }
    }
}

#[tokio::test]
async fn patch_lets_nested_keys_fall_back_to_their_defaults() {
    let world = unlimited().await;
    let path = format!("/users/{}", world.demo.agent);
    for (settings, audio, tabdot) in [
        (json!({"audioOnChat": false}), false, true),
        (json!({"tabdotNotify": false}), true, false),
    ] {
        let patched = world
            .admin(Method::PATCH, &path, &json!({"settings": settings}))
            .await;
        let settings = &patched.body["settings"];
        assert_eq!(
            (&settings["audioOnChat"], &settings["tabdotNotify"]),
            (&json!(audio), &json!(tabdot))
        );
    }
    let path = format!("/organizations/{}", world.demo.dealer);
    let settings = json!({"settings": {"enableMail": false}});
    world.admin(Method::PATCH, &path, &settings).await;
    let settings = json!({"settings": {"routeOnReply": "route"}});
    let patched = world.admin(Method::PATCH, &path, &settings).await;
    assert_eq!(
        patched.body["settings"],
        json!({"routeOnReply": "route", "enableMail": true})
    );
    let nameless = world
        .admin(Method::PATCH, &path, &json!({"name": null}))
        .await;
    assert_eq!(nameless.status, 400);
}

#[tokio::test]
async fn every_resource_of_the_sdk_can_be_kept() {
    let world = unlimited().await;
    for path in [
        "articles",
        "channels",
        "files",
        "kbases",
        "kbitems",
        "links",
        "locations",
        "metrics",
        "partners",
        "points",
        "tests",
        "testresults",
        "watemplates",
    ] {
        let body = json!({"name": "One", "meta": {"a": 1}, "anything": [1, 2]});
        let made = world.admin(Method::POST, &format!("/{path}"), &body).await;
        assert_eq!(made.status, 201, "{path}");
        let own = made.location.unwrap();
        let patched = world
            .admin(Method::PATCH, &own, &json!({"name": "Two"}))
            .await;
        assert_eq!(
            (&patched.body["name"], &patched.body["anything"]),
            (&json!("Two"), &json!([1, 2]))
        );
        let wrong = world.admin(Method::PATCH, &own, &json!({"name": 2})).await;
        assert_eq!(wrong.status, 400, "{path}");
        let listed = world.get(&format!("/{path}?name=~tw")).await;
        assert!(
            listed
                .each("id")
                .contains(&made.body["id"].as_str().unwrap())
        );
        let deleted = world.as_admin(Method::DELETE, &own).send().await.unwrap();
        assert_eq!(deleted.status(), 204);
        assert_eq!(world.get(&own).await.status, 404);
    }
}

#[tokio::test]
async fn refusals_of_the_server_itself_look_like_all_others() {
    let world = unlimited().await;
    let large = world
        .as_bot(Method::POST, "/forms")
        .body(vec![b' '; (4 << 20) + 1]);
    let large = Reply::of(large.send().await.unwrap()).await;
    assert_eq!(large.status, 413);
    assert!(!large.message().is_empty());
    let address = world.get("/forms/%ff").await;
    assert_eq!(address.status, 400);
    assert!(!address.message().is_empty());
    let list = world.admin(Method::POST, "/forms", &json!([])).await;
    assert_eq!(
        (list.status, list.message()),
        (400, "the request body must be a JSON object")
    );
}
