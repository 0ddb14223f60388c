//! Faults as JSON: one flat object with the kind, its fields, and what is struck how often.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Chance, Fault, FaultKind, FaultMix, Injection, SHARED};
use crate::{
    Refusal,
    directory::{Object, text},
};

/// The kind of a mix, which is no kind of fault.
const MIX: &str = "mix";

/// The fields that are the selection's own.
const SELECTION: [&str; 5] = ["method", "path", "event", "caller", "conversation"];

impl TryFrom<Object> for Injection {
    type Error = Refusal;

    fn try_from(mut object: Object) -> Result<Self, Refusal> {
        if text(&object, "kind") != Some(MIX) {
            return Fault::try_from(object).map(Self::One);
        }
        object.remove("kind");
        let mix: FaultMix = read(object)?;
        mix.check().map_err(Refusal::bad_request)?;
        Ok(Self::Mix(mix))
    }
}

impl From<Injection> for Object {
    fn from(injection: Injection) -> Self {
        match injection {
            Injection::One(fault) => fault.into(),
            Injection::Mix(mix) => {
                let mut object = written(&mix);
                object.insert("kind".to_owned(), MIX.into());
                object
            }
        }
    }
}

impl TryFrom<Object> for Fault {
    type Error = Refusal;

    fn try_from(mut object: Object) -> Result<Self, Refusal> {
        let kind = kind_of(&object)?;
        check_fields(&object, kind)?;
        let mut take = |names: &[&str]| -> Object {
            names
                .iter()
                .filter_map(|name| object.remove_entry(*name))
                .collect()
        };
        let selection: super::Selection = read(take(&SELECTION))?;
        let amount = take(&["times", "probability", "seed"]);
        let failure: super::Failure = read(object)?;
        selection.check(kind).map_err(Refusal::bad_request)?;
        failure.check().map_err(Refusal::bad_request)?;
        Ok(Self {
            failure,
            selection,
            times: times(&amount)?,
            chance: chance(&amount)?,
        })
    }
}

impl From<Fault> for Object {
    fn from(fault: Fault) -> Self {
        let mut object = written(&fault.failure);
        object.append(&mut written(&fault.selection));
        let times = fault.times.map_or_else(|| json!("always"), Value::from);
        object.insert("times".to_owned(), times);
        if let Some(Chance { probability, seed }) = fault.chance {
            object.insert("probability".to_owned(), probability.into());
            object.insert("seed".to_owned(), seed.into());
        }
        object
    }
}

fn kind_of(object: &Object) -> Result<FaultKind, Refusal> {
    let given = object.get("kind").unwrap_or(&Value::Null);
    serde_json::from_value(given.clone()).map_err(|_| {
        let names: Vec<&str> = FaultKind::ALL.iter().map(|kind| kind.name()).collect();
        let names = names.join(", ");
        Refusal::bad_request(match given {
            Value::Null => format!("kind is missing; give one of {MIX}, {names}"),
            given => format!("unknown kind {given}; give one of {MIX}, {names}"),
        })
    })
}

fn check_fields(object: &Object, kind: FaultKind) -> Result<(), Refusal> {
    let fields = kind.describe().fields.iter().chain(SHARED);
    let names: Vec<&str> = fields.map(|field| field.name).collect();
    let unknown = object
        .keys()
        .find(|name| *name != "kind" && !names.contains(&name.as_str()));
    match unknown {
        None => Ok(()),
        Some(name) => Err(Refusal::bad_request(format!(
            "unknown field \"{name}\"; {} takes {}",
            kind.name(),
            names.join(", ")
        ))),
    }
}

fn times(amount: &Object) -> Result<Option<u64>, Refusal> {
    match amount.get("times") {
        None => Ok(Some(1)),
        Some(Value::String(word)) if word == "always" => Ok(None),
        Some(times) => times
            .as_u64()
            .map(Some)
            .ok_or_else(|| Refusal::bad_request("times must be a number or \"always\"")),
    }
}

fn chance(amount: &Object) -> Result<Option<Chance>, Refusal> {
    let seed = amount.get("seed").map_or(Ok(1), |seed| {
        seed.as_u64()
            .ok_or_else(|| Refusal::bad_request("seed must be a whole number"))
    })?;
    let Some(probability) = amount.get("probability") else {
        return Ok(None);
    };
    match probability.as_f64() {
        Some(probability) if (0.0..=1.0).contains(&probability) => {
            Ok(Some(Chance { probability, seed }))
        }
        _ => Err(Refusal::bad_request("probability must be 0 to 1")),
    }
}

fn read<T: DeserializeOwned>(object: Object) -> Result<T, Refusal> {
    serde_json::from_value(Value::Object(object))
        .map_err(|error| Refusal::bad_request(error.to_string()))
}

fn written(part: &impl serde::Serialize) -> Object {
    match serde_json::to_value(part) {
        Ok(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn parse(json: &Value) -> Result<Injection, String> {
        serde_json::from_value(json.clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read_back() {
        let minute = SignedDuration::from_mins(1);
        let faults: Vec<Injection> = vec![
            Fault::answer(503).on("POST", "/messages").times(3).into(),
            Fault::busy_until_in(minute).always().into(),
            Fault::answer_html(502).with_probability(0.25, 9).into(),
            Fault::redirect("http://x/").caller("64aa").into(),
            Fault::slow_body(minute).conversation(&"64ab".into()).into(),
            Fault::webhook_reorder(minute)
                .event("message.create")
                .into(),
            Fault::webhook_duplicate_at_once(3).into(),
            FaultMix::new(7).rate(0.5).weight(FaultKind::Hang, 0).into(),
        ];
        for fault in faults {
            let json = serde_json::to_value(&fault).unwrap();
            assert_eq!(parse(&json), Ok(fault), "{json}");
        }
    }

    #[test]
    fn every_kind_is_read_from_its_required_fields() {
        for kind in FaultKind::ALL {
            let mut json = json!({"kind": kind});
            for field in kind.describe().fields {
                if field.default.is_none() {
                    json[field.name] = match field.name {
                        "status" => json!(500),
                        _ => json!("http://127.0.0.1/"),
                    };
                }
            }
            let Ok(Injection::One(fault)) = parse(&json) else {
                panic!("{json} is not read");
            };
            assert_eq!(fault.kind(), kind);
        }
    }

    #[test]
    fn the_described_fields_are_those_that_are_read() {
        for kind in FaultKind::ALL {
            for field in kind.describe().fields {
                let json = json!({"kind": kind, field.name: {"no": "such value"}});
                let error = parse(&json).unwrap_err();
                assert!(!error.contains("unknown field"), "{json}: {error}");
            }
        }
    }

    #[test]
    fn bad_input_is_named() {
        for (json, expected) in [
            (json!({}), "kind is missing; give one of mix, answer"),
            (json!({"kind": "boom"}), "unknown kind \"boom\""),
            (json!({"kind": "answer"}), "missing field `status`"),
            (json!({"kind": "answer", "status": 99}), "status 99"),
            (
                json!({"kind": "hang", "wait": "3m"}),
                "unknown field \"wait\"; hang takes method, path",
            ),
            (
                json!({"kind": "latency", "wait": "soon"}),
                "\"soon\" is no duration",
            ),
            (json!({"kind": "hang", "times": -1}), "times must be"),
            (
                json!({"kind": "hang", "probability": 2}),
                "probability must be 0 to 1",
            ),
            (json!({"kind": "hang", "seed": "x"}), "seed must be"),
            (
                json!({"kind": "hang", "event": "message"}),
                "event selects webhooks",
            ),
            (
                json!({"kind": "webhook-drop", "path": "/"}),
                "method and path select API calls",
            ),
            (
                json!({"kind": "webhook-duplicate", "copies": 0}),
                "copies must be 1 to 100",
            ),
            (
                json!({"kind": "redirect", "location": "a b"}),
                "location must be",
            ),
            (
                json!({"kind": "mix", "seed": 1, "rate": 7}),
                "rate must be 0 to 1",
            ),
            (
                json!({"kind": "mix", "seed": 1, "rates": 1}),
                "unknown field `rates`",
            ),
            (
                json!({"kind": "mix", "seed": 1, "weights": {"x": 1}}),
                "unknown variant `x`",
            ),
        ] {
            let error = parse(&json).unwrap_err();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }
}
