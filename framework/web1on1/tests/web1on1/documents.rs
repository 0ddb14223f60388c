//! The platform's own example documents: each is read and written the same, and each documented
//! property, word and default has its place in a type.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use web1on1::{
    Bot, BotInstance, Category, Conversation, Field, Form, Meta, NewBot, NewBotInstance,
    NewConversation, NewField, NewForm, NewService, Organization, OrganizationId, Service,
    ServiceParams, ServiceType, User,
    organization::{NewCategory, NewOrganization},
    organization_group::{NewOrganizationGroup, OrganizationGroup},
    user::{NewUser, UserOrganizations},
    workflow::Workflow,
};

use crate::patches;

/// All request and answer bodies of the API Reference, with the properties, words and defaults of
/// their JSON schemas.
const REFERENCE: [&str; 10] = [
    include_str!("examples/reference/users.json"),
    include_str!("examples/reference/organizations.json"),
    include_str!("examples/reference/categories.json"),
    include_str!("examples/reference/workflows.json"),
    include_str!("examples/reference/orggroups.json"),
    include_str!("examples/reference/bots.json"),
    include_str!("examples/reference/botinstances.json"),
    include_str!("examples/reference/services.json"),
    include_str!("examples/reference/forms.json"),
    include_str!("examples/reference/fields.json"),
];

/// The bodies of the page on business initiated conversations.
const BUSINESS_INITIATED: &str = include_str!("examples/business_initiated.json");

/// One body of the documents.
struct Example {
    /// Method and path as the documents write them, and `request` or `answer` with its status.
    name: String,
    body: Value,
    schema: Value,
}

fn examples() -> Vec<Example> {
    let files = REFERENCE.into_iter().chain([BUSINESS_INITIATED]);
    files
        .flat_map(|file| serde_json::from_str::<Vec<Value>>(file).unwrap())
        .map(|record| Example {
            name: format!(
                "{} {}",
                record["request"].as_str().unwrap(),
                record["part"].as_str().unwrap()
            ),
            body: record["body"].clone(),
            schema: record,
        })
        .collect()
}

/// A body after it was read by its type.
struct Reading {
    written: Value,
    shown: String,
}

impl Reading {
    fn of<T: Serialize + DeserializeOwned + Debug>(body: &Value) -> Self {
        let read: T = serde_json::from_value(body.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", std::any::type_name::<T>()));
        Self {
            written: serde_json::to_value(&read).unwrap(),
            shown: format!("{read:?}"),
        }
    }

    /// What stands in `extra`, at any depth: `Debug` shows it wherever it is.
    fn strays(&self) -> Vec<&str> {
        let begins = self.shown.match_indices("extra: {").map(|(at, _)| at);
        begins
            .map(|at| &self.shown[at..])
            .filter(|rest| !rest.starts_with("extra: {}"))
            .map(|rest| &rest[..rest.len().min(80)])
            .collect()
    }
}

/// Reads a body as the type that it is in this crate.
fn read(name: &str, body: &Value) -> Reading {
    let read: fn(&Value) -> Reading = match name {
        "GET /users answer 200" => Reading::of::<Vec<User>>,
        "POST /users request" => Reading::of::<NewUser>,
        "POST /users answer 201"
        | "GET /users/{user_id} answer 200"
        | "PATCH /users/{user_id} answer 200"
        | "POST /users/{user_id}/avatar answer 201" => Reading::of::<User>,
        "GET /users/me/organizations answer 200" => Reading::of::<UserOrganizations>,
        "GET /organizations answer 200" => Reading::of::<Vec<Organization>>,
        "POST /organizations request" => Reading::of::<NewOrganization>,
        "POST /organizations answer 201"
        | "GET /organizations/{organization_id} answer 200"
        | "PATCH /organizations/{organization_id} answer 200" => Reading::of::<Organization>,
        "GET /organizations/{organization_id}/categories answer 200" => {
            Reading::of::<Vec<Option<Category>>>
        }
        "POST /organizations/{organization_id}/categories request" => Reading::of::<NewCategory>,
        "POST /organizations/{organization_id}/categories answer 201"
        | "GET /organizations/{organization_id}/categories/{category_id} answer 200"
        | "PATCH /organizations/{organization_id}/categories/{category_id} answer 200" => {
            Reading::of::<Category>
        }
        "GET /organizations/{organization_id}/workflows answer 200" => Reading::of::<Vec<Workflow>>,
        "GET /orggroups answer 200" => Reading::of::<Vec<OrganizationGroup>>,
        "POST /orggroups request" => Reading::of::<NewOrganizationGroup>,
        "POST /orggroups answer 201"
        | "GET /orggroups/{group_id} answer 200"
        | "PATCH /orggroups/{group_id} answer 200" => Reading::of::<OrganizationGroup>,
        "GET /orggroups/{group_id}/members answer 200"
        | "POST /orggroups/{group_id}/members request"
        | "POST /orggroups/{group_id}/members answer 201" => Reading::of::<Vec<OrganizationId>>,
        "GET /bots answer 200" => Reading::of::<Vec<Bot>>,
        "POST /bots request" => Reading::of::<NewBot>,
        "POST /bots answer 201"
        | "GET /bots/{bot_id} answer 200"
        | "PATCH /bots/{bot_id} answer 200" => Reading::of::<Bot>,
        "GET /botinstances answer 200" => Reading::of::<Vec<BotInstance>>,
        "POST /botinstances request" => Reading::of::<NewBotInstance>,
        "POST /botinstances answer 201"
        | "GET /botinstances/{botInstance_id} answer 200"
        | "PATCH /botinstances/{botInstance_id} answer 200" => Reading::of::<BotInstance>,
        "GET /services answer 200" => Reading::of::<Vec<Service>>,
        "POST /services request" => Reading::of::<NewService>,
        "POST /services answer 201"
        | "GET /services/{service_id} answer 200"
        | "PATCH /services/{service_id} answer 200" => Reading::of::<Service>,
        "GET /forms answer 200" => Reading::of::<Vec<Form>>,
        "POST /forms request" => Reading::of::<NewForm>,
        "POST /forms answer 201"
        | "GET /forms/{form_id} answer 200"
        | "PATCH /forms/{form_id} answer 200" => Reading::of::<Form>,
        "GET /forms/{form_id}/fields answer 200" => Reading::of::<Vec<Field>>,
        "POST /forms/{form_id}/fields request" => Reading::of::<NewField>,
        "POST /forms/{form_id}/fields answer 201"
        | "GET /forms/{form_id}/fields/{field_id} answer 200" => Reading::of::<Field>,
        "POST /conversations request" => Reading::of::<NewConversation>,
        "POST /conversations answer 201" => Reading::of::<Conversation>,
        _ => panic!("no type reads {name}"),
    };
    read(body)
}

fn is_patch(example: &Example) -> bool {
    example.name.starts_with("PATCH") && example.name.ends_with("request")
}

/// Compares what was documented with what was written. `added` is what we always write although
/// the document leaves it out; empty lists may be left out when writing.
fn assert_same(document: &Value, written: &Value, added: &[&str], at: &str) {
    match (document, written) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                match after.get(key) {
                    None if *value == json!([]) => {}
                    None => panic!("{at}/{key} is lost"),
                    Some(after) => assert_same(value, after, added, &format!("{at}/{key}")),
                }
            }
            for key in after.keys() {
                let is_known = before.contains_key(key) || added.contains(&key.as_str());
                assert!(is_known, "{at}/{key} is made up");
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            assert_eq!(before.len(), after.len(), "{at}");
            for (before, after) in before.iter().zip(after) {
                assert_same(before, after, added, at);
            }
        }
        (Value::String(before), Value::String(after)) => {
            let time = |text: &String| web1on1::parse_time(text);
            match (time(before), time(after)) {
                (Ok(before), Ok(after)) => assert_eq!(before, after, "{at}"),
                _ => assert_eq!(before, after, "{at}"),
            }
        }
        _ => assert_eq!(document, written, "{at}"),
    }
}

#[test]
fn every_example_is_read_and_written_the_same_by_typed_fields_alone() {
    let examples = examples();
    assert_eq!(examples.len(), 63, "bodies in the documents");
    for example in &examples {
        let name = &example.name;
        if is_patch(example) {
            let patch = patches::by_setters(name, &example.body);
            assert_same(&example.body, &patch, &[], name);
            continue;
        }
        let added: &[&str] = match name.as_str() {
            // Its entries have only `type` and `params`.
            "GET /services answer 200" => &["status"],
            // Messages without a type are chats, and ours always say so.
            "POST /conversations request" => &["type"],
            // Switches and variables are always written; the example has none set.
            "POST /conversations answer 201" => &["follow", "meta"],
            _ => &[],
        };
        let reading = read(name, &example.body);
        assert_same(&example.body, &reading.written, added, name);
        assert_eq!(reading.strays(), [""; 0], "{name}");
    }
}

#[test]
fn a_field_without_a_type_would_be_found() {
    let body = json!({"id": "u", "settings": {"volume": 11}});
    assert_eq!(Reading::of::<User>(&body).strays().len(), 1);
}

#[test]
fn every_property_of_every_schema_is_in_the_examples_that_prove_its_type() {
    for example in examples() {
        let properties = example.schema["properties"].as_array();
        for property in properties.into_iter().flatten() {
            let property = property.as_str().unwrap();
            assert!(
                example.body.pointer(property).is_some(),
                "{} {property} is in the schema but not in the example; add it there",
                example.name
            );
        }
    }
}

#[test]
fn every_documented_word_has_a_name() {
    let mut checked = 0;
    for example in examples() {
        let words = example.schema["words"].as_object();
        for (property, words) in words.into_iter().flatten() {
            for word in words.as_array().unwrap() {
                let mut body = example.body.clone();
                if property.starts_with("/params/") {
                    // The only words among them are Google Business Messages'.
                    body["type"] = "gbm".into();
                }
                *body.pointer_mut(property).unwrap() = word.clone();
                if is_patch(&example) {
                    let patch = patches::by_setters(&example.name, &body);
                    assert_eq!(patch.pointer(property), Some(word), "{}", example.name);
                } else {
                    let shown = read(&example.name, &body).shown;
                    assert!(
                        !shown.contains("Other(\""),
                        "{} {property} {word} has no name: {shown}",
                        example.name
                    );
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 300, "{checked}");
}

#[test]
fn every_documented_default_is_applied() {
    let mut checked = 0;
    for example in examples() {
        if !example.name.contains(" answer ") {
            continue;
        }
        let defaults = example.schema["defaults"].as_object();
        for (property, default) in defaults.into_iter().flatten() {
            checked += 1;
            let (parent, key) = property.rsplit_once('/').unwrap();
            for left_out in [true, false] {
                let mut body = example.body.clone();
                let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
                if left_out {
                    parent.remove(key);
                } else {
                    parent.insert(key.to_owned(), Value::Null);
                }
                let found = if property == "/locale" {
                    // Absence means something here: the value has an accessor of its own.
                    let organization: Organization = serde_json::from_value(body).unwrap();
                    json!(organization.locale_or_default())
                } else {
                    let written = read(&example.name, &body).written;
                    written.pointer(property).cloned().unwrap_or_default()
                };
                assert_eq!(found, *default, "{} {property}", example.name);
            }
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn the_defaults_that_only_the_prose_tells_have_accessors() {
    let organization: Organization =
        serde_json::from_value(json!({"id": "o", "billingInfo": {}})).unwrap();
    assert_eq!(organization.timezone_or_default(), "Europe/Amsterdam");
    let billing = organization.billing_info.unwrap();
    assert_eq!(billing.days_until_due_or_default(), 14);
    let ServiceParams::Smartsupp(params) =
        ServiceParams::read(ServiceType::Smartsupp, json!({"jid": "j"}))
    else {
        panic!("no SmartSupp parameters");
    };
    assert_eq!(params.port_or_default(), 5222);
}

#[test]
fn every_connection_parameter_of_the_examples_is_known_to_its_type() {
    // The reference's example mixes the parameters of two types under the type of one.
    let example = examples()
        .into_iter()
        .find(|example| example.name == "POST /services answer 201")
        .unwrap();
    let unknown = |kind| {
        let read = ServiceParams::read(kind, example.body["params"].clone());
        read.unknown().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let smartsupp = unknown(ServiceType::Smartsupp);
    assert_eq!(smartsupp.len(), 9);
    let gbm = unknown(ServiceType::Gbm);
    assert_eq!(gbm, ["host", "jid", "password", "port"]);
    assert!(smartsupp.iter().all(|key| !gbm.contains(key)));
}

#[test]
fn the_references_list_of_services_without_ids_keeps_unknown_parameters() {
    let list = examples()
        .into_iter()
        .find(|example| example.name == "GET /services answer 200")
        .unwrap();
    let services: Vec<Service> = serde_json::from_value(list.body).unwrap();
    let kinds: Vec<_> = services.iter().map(Service::kind).collect();
    assert_eq!(
        kinds,
        [
            ServiceType::Smartsupp,
            ServiceType::Smooch,
            ServiceType::Intercom
        ]
    );
    assert_eq!(
        services[1].params.unknown().unwrap()["mailto"],
        "werkplaats@dealer.nl"
    );
}

#[test]
fn a_resource_of_nulls_is_readable() {
    let required = ["id", "bot", "organizations", "organization"];
    for example in examples() {
        let Value::Object(mut body) = example.body.clone() else {
            continue;
        };
        if is_patch(&example) {
            continue;
        }
        for (key, value) in &mut body {
            if !required.contains(&key.as_str()) {
                *value = Value::Null;
            }
        }
        read(&example.name, &Value::Object(body));
    }
}

#[test]
fn populated_references_of_a_conversation_are_read() {
    let conversation: Conversation = serde_json::from_value(json!({
        "id": "c",
        "contact": {"id": "k", "profile": {"name": "Ann", "email": "ann@example.com"}},
        "messages": ["m1", {"id": "m2", "text": "Hi"}, 7]
    }))
    .unwrap();
    assert_eq!(conversation.contact_id(), Some("k".into()));
    let contact = conversation.populated_contact().unwrap();
    assert_eq!(contact.profile.name.as_deref(), Some("Ann"));
    assert!(contact.profile.is_identified());
    let ids: Vec<_> = conversation.message_ids().collect();
    assert_eq!(ids, ["m1".into(), "m2".into()]);
    let texts: Vec<_> = conversation
        .populated_messages()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts, ["Hi"]);
    let plain: Conversation =
        serde_json::from_value(json!({"id": "c", "contact": "k", "messages": []})).unwrap();
    assert_eq!(plain.populated_contact(), None);
    assert_eq!(plain.extra, Meta::new());
}
