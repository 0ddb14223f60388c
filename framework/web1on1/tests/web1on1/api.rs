//! What each method asks for, and what it makes of the answer.

use axum::{body::Body, http::Response};
use bytes::Bytes;
use serde_json::{Value, json};
use web1on1::{
    BotId, CategoryId, Client, ContactProfile, ConversationId, FieldId, FieldType, FormId, Meta,
    NewBot, NewBotInstance, NewContact, NewConversation, NewField, NewForm, NewMessage, NewService,
    OrganizationGroupId, OrganizationId, Patch, Query, Request, Token,
    channel::NewChannel,
    organization::{BillingInfo, NewCategory, NewOrganization, Plan},
    organization_group::NewOrganizationGroup,
    patch::{CategoryPatch, FieldPatch},
    service::WebhookParams,
    user::NewUser,
    workflow::NewWorkflow,
};

use crate::platform::{Platform, Seen, TOKEN, answer, client};

/// Answers lists with an empty one, deletions with nothing, and the rest with what was sent, as a
/// resource.
fn echo(seen: &Seen) -> Response<Body> {
    let is_one = |path: &str| path.ends_with("/1") || path.ends_with("/me");
    let path = seen.line.split(['?', ' ']).nth(1).unwrap();
    if seen.line.starts_with("DELETE") {
        return answer(204, "");
    }
    if path.ends_with("/me/organizations") {
        return answer(200, r#"{"id": "1", "organizations": []}"#);
    }
    if seen.line.starts_with("GET") && !is_one(path) {
        return answer(200, "[]");
    }
    let mut resource = json!({"id": "1", "bot": "1"});
    match serde_json::from_str(&seen.body).unwrap_or_default() {
        Value::Object(body) => resource.as_object_mut().unwrap().extend(body),
        Value::Array(messages) => {
            let created: Vec<_> = messages.iter().map(|_| json!({"id": "1"})).collect();
            return answer(201, Value::from(created).to_string());
        }
        _ => {}
    }
    answer(201, resource.to_string())
}

fn changes() -> Meta {
    let mut changes = Meta::new();
    changes.insert("meta".to_owned(), json!({"a": "1"}));
    changes
}

fn asked(platform: &Platform) -> Vec<String> {
    let seen = platform.seen().into_iter();
    seen.map(|seen| format!("{} {}", seen.line, seen.body).trim_end().to_owned())
        .collect()
}

#[tokio::test]
async fn provisioning_asks_for_what_the_reference_documents() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    client.users().me().await.unwrap();
    client.users().get(&"1".into()).await.unwrap();
    client.organizations().get(&"1".into()).await.unwrap();
    client.organizations().list(&Query::new()).await.unwrap();
    client.bots().get(&"1".into()).await.unwrap();
    let installed = Query::new()
        .any_of("organization", ["a", "b"])
        .filter("bot", "1")
        .sort("orgPath");
    client.bot_instances().list(&installed).await.unwrap();
    let instance = NewBotInstance::new(BotId::from("1"), "Best");
    let instance = client.bot_instances().create(&instance).await.unwrap();
    assert_eq!(instance.name, "Best");
    client.services().delete(&"1".into()).await.unwrap();
    assert_eq!(
        asked(&platform),
        [
            "GET /v2/users/me",
            "GET /v2/users/1",
            "GET /v2/organizations/1",
            "GET /v2/organizations",
            "GET /v2/bots/1",
            "GET /v2/botinstances?organization=%5Ba%2Cb%5D&bot=1&sort=orgPath",
            r#"POST /v2/botinstances {"bot":"1","name":"Best","enabled":true}"#,
            "DELETE /v2/services/1",
        ]
    );
}

#[tokio::test]
async fn forms_ask_for_what_the_reference_documents() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let form = FormId::from("1");
    client.forms().list(&Query::new().limit(2)).await.unwrap();
    client
        .forms()
        .create(&NewForm::new("Brochure"))
        .await
        .unwrap();
    client.forms().fields(&form).await.unwrap();
    client.forms().field(&form, &"1".into()).await.unwrap();
    let field = NewField::new("when", FieldType::Date);
    let field = client.forms().add_field(&form, &field).await.unwrap();
    assert_eq!(field.kind, FieldType::Date);
    assert_eq!(
        asked(&platform),
        [
            "GET /v2/forms?limit=2",
            r#"POST /v2/forms {"name":"Brochure"}"#,
            "GET /v2/forms/1/fields",
            "GET /v2/forms/1/fields/1",
            r#"POST /v2/forms/1/fields {"name":"when","type":"date"}"#,
        ]
    );
}

#[tokio::test]
async fn conversations_and_messages_ask_for_what_the_documents_show() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let conversation = ConversationId::from("1");
    client.conversations().get(&conversation).await.unwrap();
    client
        .conversations()
        .create(&NewConversation::default())
        .await
        .unwrap();
    let changed = client
        .conversations()
        .update(&conversation, &changes().into())
        .await
        .unwrap();
    assert_eq!(changed.meta["a"], "1");
    let messages = client.messages();
    let latest = Query::new().sort("-createdAt").limit(5);
    messages
        .in_conversation(&conversation, latest)
        .await
        .unwrap();
    messages.get(&"1".into()).await.unwrap();
    messages.post(&conversation, "Hello").await.unwrap();
    let two = [NewMessage::chat("a"), NewMessage::command("/leave")];
    assert_eq!(
        messages.post_all(&conversation, &two).await.unwrap().len(),
        2
    );
    assert!(
        messages
            .post_all(&conversation, &[])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        asked(&platform),
        [
            "GET /v2/conversations/1",
            "POST /v2/conversations {}",
            r#"PATCH /v2/conversations/1 {"meta":{"a":"1"}}"#,
            "GET /v2/messages?sort=-createdAt&limit=5&conversation=1",
            "GET /v2/messages/1",
            r#"POST /v2/conversations/1/messages {"type":"chat","text":"Hello","role":"agent"}"#,
            r#"POST /v2/conversations/1/messages [{"type":"chat","text":"a","role":"agent"},{"type":"command","text":"/leave"}]"#,
        ]
    );
}

#[tokio::test]
async fn users_ask_for_what_the_reference_documents() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let (users, user) = (client.users(), "1".into());
    users.list(&Query::new()).await.unwrap();
    users.create(&NewUser::new("a@example.com")).await.unwrap();
    users
        .update(&user, &Patch::new().given_name("Ann"))
        .await
        .unwrap();
    let mine = users.my_organizations().await.unwrap();
    assert_eq!(mine.selected(), None);
    users
        .remove_from_organization(&user, &"2".into())
        .await
        .unwrap();
    users.delete_avatar(&user).await.unwrap();
    users.delete(&user).await.unwrap();
    assert_eq!(
        asked(&platform),
        [
            "GET /v2/users",
            r#"POST /v2/users {"email":"a@example.com"}"#,
            r#"PATCH /v2/users/1 {"givenName":"Ann"}"#,
            "GET /v2/users/me/organizations",
            "DELETE /v2/users/1/organizations/2",
            "DELETE /v2/users/1/avatar",
            "DELETE /v2/users/1",
        ]
    );
}

#[tokio::test]
async fn an_avatar_is_uploaded_as_a_file() {
    let platform = Platform::saying(201, r#"{"id": "1", "avatar": "https://cdn.example/1"}"#).await;
    let client = client(&platform.url);
    let user = client
        .users()
        .upload_avatar(&"1".into(), "photo.jpg", "image/jpeg", b"JPEG")
        .await
        .unwrap();
    assert_eq!(user.avatar.as_deref(), Some("https://cdn.example/1"));
    let seen = platform.seen();
    assert_eq!(seen[0].line, "POST /v2/users/1/avatar");
    assert_eq!(
        seen[0].headers["content-type"],
        "multipart/form-data; boundary=web1on1-file"
    );
    assert_eq!(
        seen[0].body,
        "--web1on1-file\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n\
         JPEG\r\n\
         --web1on1-file--\r\n"
    );
}

#[tokio::test]
async fn organizations_ask_for_what_the_reference_documents() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let organizations = client.organizations();
    let (id, category) = (OrganizationId::from("1"), CategoryId::from("1"));
    let bill = BillingInfo::new("r", "s", "cus", Plan::Scale);
    let created = organizations
        .create(&NewOrganization::new("Acme", bill))
        .await
        .unwrap();
    assert_eq!(
        created.billing_info.unwrap().current_plan,
        Some(Plan::Scale)
    );
    organizations.categories(&id).await.unwrap();
    let new = NewCategory::new("Used Car", ["f".into()]);
    organizations.add_category(&id, &new).await.unwrap();
    organizations.category(&id, &category).await.unwrap();
    let patch = CategoryPatch::new().replace_tags(["cars"]);
    organizations
        .update_category(&id, &category, &patch)
        .await
        .unwrap();
    organizations.delete_category(&id, &category).await.unwrap();
    organizations.workflows(&id).await.unwrap();
    let asked = asked(&platform);
    assert!(asked[0].starts_with(r#"POST /v2/organizations {"name":"Acme","billingInfo":{"#));
    assert_eq!(
        asked[1..],
        [
            "GET /v2/organizations/1/categories",
            r#"POST /v2/organizations/1/categories {"name":"Used Car","forms":["f"]}"#,
            "GET /v2/organizations/1/categories/1",
            r#"PATCH /v2/organizations/1/categories/1 {"tags":["cars"]}"#,
            "DELETE /v2/organizations/1/categories/1",
            "GET /v2/organizations/1/workflows",
        ]
    );
}

#[tokio::test]
async fn empty_category_slots_are_read_as_such() {
    let platform = Platform::saying(200, r#"[null, {"id": "c", "name": "Used Car"}]"#).await;
    let client = client(&platform.url);
    let slots = client
        .organizations()
        .categories(&"1".into())
        .await
        .unwrap();
    assert_eq!(slots[0], None);
    assert_eq!(slots[1].as_ref().unwrap().name, "Used Car");
}

#[tokio::test]
async fn groups_ask_for_what_the_reference_documents() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let (groups, group) = (client.organization_groups(), OrganizationGroupId::from("1"));
    groups
        .create(&NewOrganizationGroup::new("Realtors"))
        .await
        .unwrap();
    groups.members(&group).await.unwrap();
    let added = groups
        .add_members(&group, &["a".into(), "b".into()])
        .await
        .unwrap();
    assert_eq!(added.len(), 2);
    groups.remove_member(&group, &"a".into()).await.unwrap();
    groups.delete(&group).await.unwrap();
    assert_eq!(
        asked(&platform),
        [
            r#"POST /v2/orggroups {"name":"Realtors"}"#,
            "GET /v2/orggroups/1/members",
            r#"POST /v2/orggroups/1/members ["a","b"]"#,
            "DELETE /v2/orggroups/1/members/a",
            "DELETE /v2/orggroups/1",
        ]
    );
}

#[tokio::test]
async fn what_the_reference_breaks_off_before_follows_its_pattern() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let (form, field) = (FormId::from("1"), FieldId::from("1"));
    let patch = FieldPatch::new().label("When?").clear_pattern();
    client
        .forms()
        .update_field(&form, &field, &patch)
        .await
        .unwrap();
    client.forms().delete_field(&form, &field).await.unwrap();
    client
        .channels()
        .create(&NewChannel::new("Sales"))
        .await
        .unwrap();
    let ann = NewContact::new(ContactProfile::default().with_email("a@example.com"));
    client.contacts().create(&ann).await.unwrap();
    client
        .workflows()
        .create(&NewWorkflow::new("Generic", []))
        .await
        .unwrap();
    client.bots().create(&NewBot::new("Best")).await.unwrap();
    let hook = NewService::new("Hook", WebhookParams::new("https://bots.example"));
    client.services().create(&hook).await.unwrap();
    assert_eq!(
        asked(&platform),
        [
            r#"PATCH /v2/forms/1/fields/1 {"label":"When?","pattern":null}"#,
            "DELETE /v2/forms/1/fields/1",
            r#"POST /v2/channels {"name":"Sales"}"#,
            r#"POST /v2/contacts {"profile":{"email":"a@example.com"}}"#,
            r#"POST /v2/workflows {"name":"Generic"}"#,
            r#"POST /v2/bots {"name":"Best","roles":["bot"]}"#,
            r#"POST /v2/services {"name":"Hook","type":"webhook","params":{"url":"https://bots.example"}}"#,
        ]
    );
}

#[tokio::test]
async fn messages_are_created_changed_replaced_and_deleted() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let (messages, id) = (client.messages(), "1".into());
    let message = NewMessage::chat("Hi").within("c".into());
    messages.create(&message).await.unwrap();
    messages
        .update(&id, &Patch::new().text("Hello"))
        .await
        .unwrap();
    messages.replace(&id, &"Hello".into()).await.unwrap();
    messages.delete(&id).await.unwrap();
    assert_eq!(
        asked(&platform),
        [
            r#"POST /v2/messages {"type":"chat","text":"Hi","role":"agent","conversation":"c"}"#,
            r#"PATCH /v2/messages/1 {"text":"Hello"}"#,
            r#"PUT /v2/messages/1 {"type":"chat","text":"Hello","role":"agent"}"#,
            "DELETE /v2/messages/1",
        ]
    );
}

#[tokio::test]
async fn kinds_without_a_type_are_reached_raw() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    let articles = client.raw("articles");
    articles.list(&Query::new().limit(1)).await.unwrap();
    let created = articles
        .create(&json!({"title": "Opening hours"}))
        .await
        .unwrap();
    assert_eq!(created.id.as_deref(), Some("1"));
    assert_eq!(
        created.field::<String>("title").as_deref(),
        Some("Opening hours")
    );
    let read: Meta = created.read().unwrap();
    assert_eq!(read["id"], "1");
    articles.get("1").await.unwrap();
    articles
        .update("1", &Patch::new().set("title", "Hours"))
        .await
        .unwrap();
    articles.delete("1").await.unwrap();
    assert!(articles.get("..").await.is_err());
    assert_eq!(
        asked(&platform),
        [
            "GET /v2/articles?limit=1",
            r#"POST /v2/articles {"title":"Opening hours"}"#,
            "GET /v2/articles/1",
            r#"PATCH /v2/articles/1 {"title":"Hours"}"#,
            "DELETE /v2/articles/1",
        ]
    );
}

#[tokio::test]
async fn older_hosts_and_white_labels_below_a_path_are_reached() {
    let platform = Platform::start(echo).await;
    for prefix in ["/white/label", "/white/label/v2/"] {
        let url = format!("{}{prefix}", platform.url);
        client(&url).users().me().await.unwrap();
    }
    assert_eq!(asked(&platform), ["GET /white/label/v2/users/me"; 2]);
    for address in [
        "https://api.chatshipper.com",
        "https://api.chatshipper.com/v2",
    ] {
        let client = Client::builder(address).build().unwrap();
        let shown = format!("{client:?}");
        assert!(
            shown.contains("\"https://api.chatshipper.com/v2\""),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn every_request_says_who_and_what_it_is() {
    let platform = Platform::start(echo).await;
    let client = client(&platform.url);
    client.users().me().await.unwrap();
    client.forms().create(&NewForm::new("x")).await.unwrap();
    let clone = client.clone();
    client.set_token(Token::new("fresh").unwrap());
    clone.users().me().await.unwrap();

    let seen = platform.seen();
    let header = |index: usize, name| {
        seen[index]
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    assert_eq!(
        header(0, "authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert!(
        header(0, "user-agent")
            .unwrap()
            .starts_with("shipmate-web1on1/")
    );
    assert_eq!(header(0, "content-type"), None);
    assert_eq!(header(1, "content-type"), Some("application/json"));
    assert_eq!(
        header(2, "authorization"),
        Some("Bearer fresh"),
        "clones share the token"
    );
}

#[tokio::test]
async fn endpoints_without_a_method_can_be_reached_all_the_same() {
    let platform = Platform::start(|_| {
        let mut answer = answer(200, r#"[{"id": "w"}]"#);
        answer.headers_mut().insert("x-total", "1".parse().unwrap());
        answer
    })
    .await;
    let request = Request::get(["organizations", "1", "workflows"]);
    let answer = client(&platform.url).send(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("x-total"), Some("1"));
    assert_eq!(answer.json::<Vec<Meta>>().unwrap()[0]["id"], "w");
    assert!(
        !format!("{answer:?}").contains("\"w\""),
        "bodies do not show"
    );
}

#[tokio::test]
async fn a_raw_post_sends_the_bytes_as_they_are_and_brings_receipts() {
    let body = r#" [{"text" : "one"},{"text" : "two"}] "#;
    let platform = Platform::saying(
        201,
        r#"[{"id": "m1", "createdAt": "2024-05-01T10:00:00.000Z"}, {"id": "m2"}]"#,
    )
    .await;
    let client = client(&platform.url);
    let permit = client.pacer().acquire().await;
    let receipts = client
        .messages()
        .post_raw(permit, &"c".into(), Bytes::from_static(body.as_bytes()))
        .await
        .unwrap();
    assert_eq!(receipts.len(), 2);
    assert_eq!(receipts[0].id, Some("m1".into()));
    assert_eq!(receipts[0].created_at, "2024-05-01T10:00:00Z".parse().ok());
    assert_eq!(receipts[1].created_at, None);
    let seen = platform.seen();
    assert_eq!(seen[0].line, "POST /v2/conversations/c/messages");
    assert_eq!(seen[0].body, body);
}
