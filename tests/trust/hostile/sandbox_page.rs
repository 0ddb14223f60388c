//! The sandbox's pages, once with harmless texts in every field and once with hostile ones: they
//! have the same structure, so the texts stayed texts.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};
use shipmate::{
    ManualClock,
    web1on1::{ConversationId, Meta},
};
use shipmate_tests::http::{self, Connection};

use super::html::{Pages, crawl};
use crate::world::World;

/// What is written into every field, before the field's own name.
const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\"><svg onload=alert(3)>",
    "' onmouseover='alert(4)",
    "</title></textarea></option></script><b>",
    "javascript:alert(5)//",
    "data:text/html,<script>alert(6)</script>",
    "\u{202e}\u{2066}gnp.exe\u{200f}",
    "\u{7}\u{1b}[31m\u{b}\u{7f}--><!--",
];

/// Fields that a page must show; a field that is shown nowhere would prove nothing.
const SHOWN: [&str; 16] = [
    "organization name",
    "bot name",
    "agent name",
    "contact name",
    "contact email",
    "conversation name",
    "variable",
    "contact text",
    "reply text",
    "card title",
    "card text",
    "button text",
    "link text",
    "form name",
    "filled in",
    "result",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_texts_in_every_field_stay_texts_on_every_page() {
    let harmless = pages("harmless").await;
    for field in SHOWN {
        let text = format!("harmless {field}");
        let shown = harmless.values().any(|(_, page)| page.contains(&text));
        assert!(shown, "{field} is shown nowhere");
    }
    for hostile in HOSTILE {
        let pages = pages(hostile).await;
        let paths = |pages: &Pages| pages.keys().cloned().collect::<Vec<_>>();
        assert_eq!(paths(&pages), paths(&harmless), "{hostile:?}");
        for (path, (structure, page)) in &pages {
            let (right, _) = &harmless[path];
            // Which webhook is which entry of the journal depends on who is quicker.
            if !path.starts_with("/journal/") {
                let difference = structure.difference(right);
                assert_eq!(difference, None, "{hostile:?} on {path}");
            }
            assert_eq!(structure.scripts(), [""; 0], "{hostile:?} on {path}");
            if hostile.contains('<') {
                assert!(!page.contains(hostile), "{hostile:?} on {path}");
            }
        }
    }
}

/// Every page of a world that has `text` in every field.
async fn pages(text: &str) -> Pages {
    // The same time means the same ids.
    let clock = ManualClock::at("2026-03-02T10:00:00Z".parse().unwrap());
    let world = World::on(Arc::new(clock)).await;
    let conversation = fill(&world, &|field| format!("{text} {field}")).await;
    let delivered = world
        .sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0);
    delivered.await.unwrap();
    let address = world.sandbox.address();
    let wanted: BTreeSet<String> = ["/", "/panels", "/journal", "/journal/panels", "/faults"]
        .into_iter()
        .map(str::to_owned)
        .chain([format!("/chat/{conversation}/panels")])
        .chain(
            world
                .sandbox
                .journal()
                .iter()
                .map(|entry| format!("/journal/{}", entry.number())),
        )
        .collect();
    crawl(address, wanted).await
}

/// Writes `text(field)` into every field of everything.
async fn fill(world: &World, text: &dyn Fn(&str) -> String) -> ConversationId {
    let (sandbox, demo) = (&world.sandbox, &world.demo);
    let update = |path: &str, id: &str, changes: Value| {
        sandbox.update(path, id, changes).unwrap();
    };
    let organization = json!({
        "name": text("organization name"), "displayName": text("organization"),
        "industry": text("industry"), "tags": [text("tag")], "meta": {"m": text("meta")},
        "categories": [{"name": text("category"), "tags": [text("category tag")]}],
    });
    update("organizations", demo.dealer.as_str(), organization);
    let bot = json!({
        "name": text("bot name"), "description": text("description"), "tags": [text("bot tag")],
        "commands": [text("command")], "meta": {"m": text("meta")},
    });
    update("bots", demo.bot.as_str(), bot);
    let agent = json!({
        "givenName": text("given"), "familyName": text("family"), "displayName": text("agent name"),
    });
    update("users", demo.agent.as_str(), agent);
    let form = json!({
        "name": text("form name"), "organization": demo.dealer,
        "fields": [{
            "name": text("field"), "label": text("label"), "entity": text("entity"),
            "type": "select", "pattern": text("pattern"),
            "options": [{"key": text("key"), "value": text("value")}],
        }],
    });
    let form = sandbox.create("forms", form).unwrap()["id"].clone();
    let profile = ["name", "givenName", "familyName", "email", "telephone"]
        .map(|field| (field.to_owned(), json!(text(&format!("contact {field}")))));
    let profile = Meta::from_iter(profile);
    let conversation = sandbox.open_conversation(&demo.dealer, profile).unwrap();
    let changes = json!({
        "name": text("conversation name"), "tags": [text("conversation tag")],
        "meta": {"variable": text("variable"), (text("key of a variable")): "1"},
    });
    let path = format!("/v2/conversations/{conversation}");
    ask(world, "PATCH", &path, &changes).await;
    sandbox
        .agent_notes(&conversation, &demo.agent, &text("note"))
        .unwrap();
    let path = format!("/v2/conversations/{conversation}/messages");
    ask(world, "POST", &path, &replies(text, &form)).await;
    sandbox
        .contact_taps(&conversation, &text("payload"))
        .unwrap();
    world.says(&conversation, &text("contact text")).await;
    // Last, for the journal lists what happens in the order in which it does.
    let delivered = sandbox.wait_until(|view| view.unfinished_deliveries() == 0);
    delivered.await.unwrap();
    conversation
}

/// A message of each kind.
fn replies(text: &dyn Fn(&str) -> String, form: &Value) -> Value {
    let action = |kind: &str, uri: bool| {
        let mut action = json!({"type": kind, "text": text(&format!("{kind} text")), "payload": text("payload")});
        action["text"] = text(match kind {
            "link" => "link text",
            _ => "button text",
        })
        .into();
        if uri {
            action["uri"] = text("uri").into();
        }
        action
    };
    json!([
        {"text": text("reply text"), "role": "agent", "meta": {"title": text("title"), (text("key of meta")): text("value")},
         "actions": [action("reply", false), action("postback", false), action("link", true), action("webview", true)]},
        {"text": text("card text"), "type": "card", "role": "agent",
         "items": [{"title": text("card title"), "description": text("card description"), "mediaUrl": text("media"),
                    "actions": [action("postback", false), action("link", true)]}]},
        {"text": text("html"), "role": "agent", "contentType": "text/html"},
        {"text": text("address"), "role": "agent", "contentType": "text/url"},
        {"text": text("picture"), "role": "agent", "contentType": "image/png"},
        {"text": text("odd"), "role": "agent", "contentType": text("content type")},
        {"type": "form", "text": format!("+{}", text("form")), "meta": {"form": form}},
        {"type": "field", "text": format!(".answer {}", text("filled in")), "meta": {"form": form}},
        {"type": "report", "text": text("report"), "results": [{"name": text("result"), "values": {(text("name of a value")): text("value")}}]},
        {"type": "tag", "text": text("tag")},
    ])
}

/// Asks the API for something, as the bot.
async fn ask(world: &World, method: &str, path: &str, body: &Value) {
    let token = format!("Bearer {}", world.token());
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let request = http::request(method, path, &headers, body.to_string().as_bytes());
    let mut connection = Connection::open(world.sandbox.address()).await.unwrap();
    let answer = connection.send(&request).await.unwrap();
    assert!(
        (200..300).contains(&answer.status),
        "{path}: {}",
        answer.text()
    );
}
