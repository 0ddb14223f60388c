use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use web1on1::{ConversationId, ConversationStatus};

use crate::world::{Reply, World};

async fn create(world: &World, body: &Value) -> Reply {
    let request = world.as_bot(Method::POST, "/conversations").json(body);
    Reply::of(request.send().await.unwrap()).await
}

fn sms(world: &World) -> Value {
    json!({
        "organization": world.demo.dealer, "type": "contact",
        "contact": {"profile": {"name": "John Johnson", "telephone": "+31646280994"}},
        "messages": [
            {"text": "Hey there.", "touchpoint": "sms", "role": "agent"},
            {"text": "How are you?", "role": "agent"},
            {"text": "/leave", "type": "command", "delay": 3000},
        ]
    })
}

#[tokio::test]
async fn the_sms_example_of_the_documents() {
    let world = World::new().await;
    let reply = create(&world, &sms(&world)).await;
    assert_eq!(reply.status, 201);
    let id: ConversationId = reply.body["id"].as_str().unwrap().into();
    assert_eq!(reply.location, Some(format!("/conversations/{id}")));
    assert_eq!(reply.body["status"], "active");
    assert_eq!(reply.body["name"], "John Johnson");
    assert_eq!(reply.body["touchpoints"]["sms"]["selected"], true);
    assert_eq!(reply.body["participants"][0]["user"], json!(world.demo.bot));
    assert_eq!(reply.body["participants"][0]["active"], true);
    assert_eq!(reply.body["messages"].as_array().unwrap().len(), 3);
    world.clock.advance(SignedDuration::from_secs(3));
    world
        .sandbox
        .wait_until(|view| {
            view.conversation(&id).unwrap().status() == Some(&ConversationStatus::Closed)
        })
        .await
        .unwrap();
    assert_eq!(
        world.snapshot(&id).told_contact(),
        ["Hey there.", "How are you?"]
    );
}

#[tokio::test]
async fn a_known_contact_keeps_its_conversation() {
    let world = World::new().await;
    let first = create(&world, &sms(&world)).await;
    let mut again = sms(&world);
    again["contact"]["profile"]["telephone"] = json!("+31 646 280 994");
    again["messages"] = json!([{"text": "Once more", "role": "agent"}]);
    let second = create(&world, &again).await;
    assert_eq!(
        (second.status, &second.body["id"]),
        (200, &first.body["id"])
    );
    let third = create(
        &world,
        &json!({"id": first.body["id"], "messages": [{"text": "By id"}]}),
    )
    .await;
    assert_eq!((third.status, &third.body["id"]), (200, &first.body["id"]));
    assert_eq!(third.body["messages"].as_array().unwrap().len(), 5);
    let path = format!(
        "/contacts?profile.telephone=%2B31646280994&organization={}",
        world.demo.dealer
    );
    assert_eq!(
        world.get(&path).await.each("conversation"),
        [first.body["id"].as_str().unwrap()]
    );
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let world = World::new().await;
    let mut no_touchpoint = sms(&world);
    no_touchpoint["messages"] = json!([{"text": "Hey", "role": "agent"}]);
    let mut no_messages = sms(&world);
    no_messages["messages"] = json!([]);
    let mut nobody = sms(&world);
    nobody["contact"]["profile"] = json!({"name": "John"});
    let mut bad_command = sms(&world);
    bad_command["messages"][2]["text"] = json!("/quit");
    let mut no_template = sms(&world);
    no_template["messages"][0]["touchpoint"] = json!("whatsapp");
    let mut too_many = sms(&world);
    too_many["messages"] = (0..21)
        .map(|_| json!({"text": "/set a 1", "type": "command"}))
        .collect();
    for (body, status, reason) in [
        (
            no_touchpoint,
            422,
            "the first outgoing message needs a touchpoint, such as email, sms or whatsapp",
        ),
        (
            no_messages,
            422,
            "a contact conversation needs at least one message",
        ),
        (nobody, 422, "contact.profile needs an email or a telephone"),
        (bad_command, 422, "line 1: unknown command /quit"),
        (
            no_template,
            422,
            "the first messages on WhatsApp need meta.template, until the contact answers",
        ),
        (
            too_many,
            429,
            "rate limit error: too many identical messages in this conversation",
        ),
    ] {
        let reply = create(&world, &body).await;
        assert_eq!((reply.status, reply.message()), (status, reason));
    }
    assert_eq!(world.sandbox.look(|view| view.conversations().count()), 0);
    let path = format!("/contacts?organization={}", world.demo.dealer);
    assert_eq!(world.get(&path).await.body, json!([]));
}

fn whatsapp(world: &World, meta: &Value) -> Value {
    let mut body = sms(world);
    body["messages"] = json!([{
        "role": "agent", "text": "Ready", "touchpoint": "whatsapp", "meta": meta,
    }]);
    body
}

fn add_template(world: &World) {
    let template = json!({
        "name": "your_car_is_ready", "organization": world.demo.group,
        "texts": {"en": "Your car is ready.", "nl": "Uw auto staat klaar."},
    });
    world.sandbox.create("watemplates", template).unwrap();
}

#[tokio::test]
async fn whatsapp_needs_templates_until_the_contact_answers() {
    let world = World::new().await;
    add_template(&world);
    let meta = json!({"template": "your_car_is_ready", "language": "nl"});
    let reply = create(&world, &whatsapp(&world, &meta)).await;
    let id: ConversationId = reply.body["id"].as_str().unwrap().into();
    let plain = json!({"role": "agent", "text": "Hello"});
    assert_eq!(world.bot_posts(&id, &plain).await.status, 422);
    world.sandbox.contact_says(&id, "hi").unwrap();
    assert_eq!(world.bot_posts(&id, &plain).await.status, 201);
    assert_eq!(
        world.snapshot(&id).told_contact(),
        ["Uw auto staat klaar.", "Hello"]
    );
}

#[tokio::test]
async fn a_template_speaks_the_language_of_the_contact_or_of_the_organization() {
    let world = World::new().await;
    add_template(&world);
    let meta = json!({"template": "your_car_is_ready"});
    let mut body = whatsapp(&world, &meta);
    let english = create(&world, &body).await;
    body["contact"]["profile"] = json!({"telephone": "+31600000001", "locale": "nl"});
    let dutch = create(&world, &body).await;
    for (reply, text) in [
        (english, "Your car is ready."),
        (dutch, "Uw auto staat klaar."),
    ] {
        assert_eq!(reply.status, 201);
        let id: ConversationId = reply.body["id"].as_str().unwrap().into();
        assert_eq!(world.snapshot(&id).told_contact(), [text]);
    }
}

#[tokio::test]
async fn unknown_templates_and_languages_are_refused() {
    let world = World::new().await;
    add_template(&world);
    for (meta, reason) in [
        (
            json!({"template": "nope"}),
            "unknown WhatsApp template \"nope\"; it is none of the watemplates",
        ),
        (
            json!({"template": "your_car_is_ready", "language": "fr"}),
            "the WhatsApp template \"your_car_is_ready\" has no text in the language \"fr\"",
        ),
        (
            json!({"template": 3}),
            "meta.template must be the name of a template",
        ),
    ] {
        let reply = create(&world, &whatsapp(&world, &meta)).await;
        assert_eq!((reply.status, reply.message()), (422, reason));
    }
    let mut preset = whatsapp(&world, &json!({}));
    preset["touchpoint"] = json!("whatsapp");
    preset["messages"][0]
        .as_object_mut()
        .unwrap()
        .remove("touchpoint");
    assert_eq!(create(&world, &preset).await.status, 422);
    assert_eq!(world.sandbox.look(|view| view.conversations().count()), 0);
}

#[tokio::test]
async fn a_contact_without_a_conversation_gets_one_and_stays_the_same() {
    let world = World::new().await;
    let contact = json!({
        "organization": world.demo.dealer, "profile": {"telephone": "+31646280994"}, "meta": {"segment": "gold"},
    });
    let contact = world.sandbox.create("contacts", contact).unwrap();
    let reply = create(&world, &sms(&world)).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.body["contact"], contact["id"]);
    let address = format!("/contacts/{}", contact["id"].as_str().unwrap());
    let request = world.as_bot(Method::GET, &address).send().await.unwrap();
    let known = Reply::of(request).await.body;
    assert_eq!(known["conversation"], reply.body["id"]);
    assert_eq!(known["meta"]["segment"], "gold");
    let again = create(&world, &sms(&world)).await;
    assert_eq!((again.status, &again.body["id"]), (200, &reply.body["id"]));
}
