//! Random values in the shapes of the reference.

use jiff::Timestamp;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::{Life, References, model::Schema};

type Object = Map<String, Value>;

/// Random lives of one kind of resource.
pub(super) fn lives(
    resource: &str,
    schema: &Schema,
    references: &References,
) -> BoxedStrategy<Life> {
    let schema = schema.clone();
    let fixed = fixed(resource, references);
    let members = references.organizations.clone();
    fixed
        .prop_flat_map(move |fixed| {
            let params = fixed.get("params").cloned();
            let create = object(&schema, &members, Needs::Required);
            let patches = vec(object(&schema, &members, Needs::Nothing), 1..4);
            (Just(fixed), Just(params), create, patches)
        })
        .prop_map(|(fixed, params, create, patches)| {
            let create = with(create, &fixed);
            let patches = patches
                .into_iter()
                .map(|patch| without(patch, &fixed, params.as_ref()))
                .filter(|patch| !patch.is_empty())
                .collect();
            Life { create, patches }
        })
        .boxed()
}

/// What is not for chance: references must exist, and a service's type decides its parameters.
fn fixed(resource: &str, references: &References) -> BoxedStrategy<Object> {
    match resource {
        "users" => "[a-z]{16}"
            .prop_map(|name| members_of(json!({"email": format!("{name}@example.com")})))
            .boxed(),
        "botinstances" => Just(members_of(json!({"bot": references.bot}))).boxed(),
        "services" => select(service_kinds()).prop_map(members_of).boxed(),
        _ => Just(Object::new()).boxed(),
    }
}

/// One of each type whose address is not called before it is saved (API Reference, services).
fn service_kinds() -> Vec<Value> {
    vec![
        json!({"type": "smartsupp", "params": {"jid": "j", "password": "p", "host": "h", "port": 5222}}),
        json!({"type": "intercom", "params": {"app_id": "a", "access_token": "t", "assignee_id": "u"}}),
        json!({"type": "smooch", "params": {"appId": "a", "keyId": "k", "secret": "s"}}),
        json!({"type": "api", "params": {"scopes": ["agent"]}}),
        json!({"type": "gbm", "params": {
            "location": "l", "welcomeMessage": "w", "starter": "s", "privacy": "https://example.com",
            "startTime": "09:00", "endTime": "17:00", "startDay": "MONDAY", "endDay": "FRIDAY", "step": "verifyAgent",
        }}),
    ]
}

fn with(mut object: Object, fixed: &Object) -> Object {
    object.extend(fixed.clone());
    object
}

/// A patch leaves alone what is not for chance, but may give a service's parameters again.
fn without(mut patch: Object, fixed: &Object, params: Option<&Value>) -> Object {
    let renews_params = patch.contains_key("params");
    patch.retain(|name, _| !fixed.contains_key(name));
    if let Some(params) = params.filter(|_| renews_params) {
        patch.insert("params".to_owned(), params.clone());
    }
    patch
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Required,
    Nothing,
}

fn object(schema: &Schema, members: &[String], needs: Needs) -> BoxedStrategy<Object> {
    let mut all = Just(Object::new()).boxed();
    for (name, property) in schema.properties() {
        // Where the owner is another organization, another token would be needed.
        if ["organization", "categories", "password"].contains(&name.as_str()) {
            continue;
        }
        let value = value(name, &property, members);
        let value = match needs {
            Needs::Required if schema.is_required(name) => value.prop_map(Some).boxed(),
            _ => proptest::option::weighted(0.4, value).boxed(),
        };
        let name = name.clone();
        all = (all, value)
            .prop_map(move |(mut all, value)| {
                all.extend(value.map(|value| (name.clone(), value)));
                all
            })
            .boxed();
    }
    all
}

fn value(name: &str, schema: &Schema, members: &[String]) -> BoxedStrategy<Value> {
    if let Some(words) = schema.words() {
        return select(words).prop_map(Value::from).boxed();
    }
    match schema.kind() {
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "number" => (0..10_000_u32).prop_map(Value::from).boxed(),
        "array" => array(name, members),
        "object" if schema.properties().next().is_none() => meta(),
        // Its options are plain words, and not like those of a form's field.
        "object" if name == "gender" => (text(), vec(text(), 1..3), any::<bool>())
            .prop_map(|(label, options, enabled)| {
                json!({"label": label, "options": options, "enabled": enabled})
            })
            .boxed(),
        "object" => object(schema, members, Needs::Required)
            .prop_map(Value::Object)
            .boxed(),
        _ => string(name),
    }
}

fn string(name: &str) -> BoxedStrategy<Value> {
    match name {
        "startDate" | "endDate" | "trialEndsOn" => (0..4_000_000_000_000_i64)
            .prop_map(|milliseconds| {
                let time = Timestamp::from_millisecond(milliseconds).unwrap();
                Value::from(format!("{time:.3}"))
            })
            .boxed(),
        "currentPlan" => select(vec!["base", "grow", "scale"])
            .prop_map(Value::from)
            .boxed(),
        "timezone" => select(vec!["Europe/Amsterdam", "Europe/Paris", "UTC"])
            .prop_map(Value::from)
            .boxed(),
        "email" => "[a-z]{16}@example\\.com".prop_map(Value::from).boxed(),
        "avatar" | "logo" | "url" => "https://example\\.com/[a-z]{1,8}"
            .prop_map(Value::from)
            .boxed(),
        "template" => "[0-9a-f]{24}".prop_map(Value::from).boxed(),
        _ => text().prop_map(Value::from).boxed(),
    }
}

fn array(name: &str, members: &[String]) -> BoxedStrategy<Value> {
    let item = match name {
        "forms" => "[0-9a-f]{24}".prop_map(Value::from).boxed(),
        "members" => select(members.to_vec()).prop_map(Value::from).boxed(),
        "roles" => word(&["bot", "agent", "admin", "contact"]),
        "touchpoints" => word(&["web", "email", "sms", "facebook", "whatsapp"]),
        "notifications" => word(&["technical", "billing", "reporting"]),
        "profileFields" => word(&["givenName", "familyName", "email", "telephone"]),
        "aliases" => text()
            .prop_map(|name| json!({"name": name, "avatar": "https://example.com/a"}))
            .boxed(),
        "partners" => (
            "[0-9a-f]{24}",
            word(&["viewer", "guest", "agent", "admin"]),
        )
            .prop_map(|(organization, permission)| {
                json!({"organization": organization, "permission": permission})
            })
            .boxed(),
        "options" => (text(), text())
            .prop_map(|(key, value)| json!({"key": key, "value": value}))
            .boxed(),
        "fields" => object(&Schema::of("fields"), members, Needs::Required)
            .prop_map(|field| Value::Object(Schema::of("fields").created(field)))
            .boxed(),
        _ => text().prop_map(Value::from).boxed(),
    };
    // A bot has at least one role, and no list needs the same member twice.
    let least = usize::from(name == "roles");
    vec(item, least..4)
        .prop_map(|mut items| {
            let mut seen = Vec::new();
            items.retain(|item| {
                !seen.contains(item) && {
                    seen.push(item.clone());
                    true
                }
            });
            Value::Array(items)
        })
        .boxed()
}

fn word(words: &[&'static str]) -> BoxedStrategy<Value> {
    select(words.to_vec()).prop_map(Value::from).boxed()
}

/// Free data: any JSON, but without nulls, which the platform may leave out.
fn meta() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        (0..1000_i32).prop_map(Value::from),
        vec(text(), 1..3).prop_map(Value::from),
        proptest::collection::btree_map("[a-z]{1,4}", text(), 1..3).prop_map(|inner| json!(inner)),
    ];
    proptest::collection::btree_map("[a-zA-Z.$_]{1,8}", leaf, 0..4)
        .prop_map(|meta| json!(meta))
        .boxed()
}

/// Whatever people write on a line.
fn text() -> impl Strategy<Value = String> {
    "\\PC{0,12}[a-zé✓]"
}

fn members_of(object: Value) -> Object {
    match object {
        Value::Object(members) => members,
        _ => Object::new(),
    }
}
