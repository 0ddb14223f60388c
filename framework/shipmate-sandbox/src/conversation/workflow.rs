//! Workflows: which channels are told of a conversation that waits.
//!
//! The documents show one workflow and no rules of evaluation. Rules are read as those of
//! json-rules-engine, whose words they use. Assumed: `match` is equality that ignores letter case;
//! `delay` is in seconds; a `path` goes into a fact that is an object and is ignored for others.

use jiff::SignedDuration;
use serde_json::Value;
use web1on1::{ChannelId, Conversation};

use crate::{
    directory::{Directory, Kind, Object, text},
    view,
};

/// A channel that a rule names, and how long it is told later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) channel: ChannelId,
    pub(super) delay: SignedDuration,
}

/// The workflows that run for an organization: those of its own and of the organizations above, if
/// they are enabled and meant for it.
pub(crate) fn running_for<'a>(
    directory: &'a Directory,
    organization: &'a str,
) -> impl Iterator<Item = &'a Object> {
    directory.all(Kind::Workflow).filter(move |workflow| {
        workflow.get("enabled") != Some(&Value::Bool(false))
            && text(workflow, "organization")
                .is_some_and(|owner| directory.is_within(organization, owner))
            && is_meant_for(workflow, directory, organization)
    })
}

/// The channels that are told of a conversation in one of `organizations`. An organization for
/// which no workflow runs tells all its channels (workflows).
pub(super) fn routes(
    conversation: &Conversation,
    organizations: &[&str],
    directory: &Directory,
) -> Vec<Route> {
    let facts = Facts::of(conversation, directory);
    let mut routes: Vec<Route> = Vec::new();
    for organization in organizations {
        let mut running = running_for(directory, organization).peekable();
        let found = if running.peek().is_none() {
            all_channels(organization, directory)
        } else {
            fired(running, &facts, directory)
        };
        for route in found {
            if !routes.iter().any(|known| known.channel == route.channel) {
                routes.push(route);
            }
        }
    }
    routes
}

/// An empty list of organizations and of tags means everybody below the owner.
fn is_meant_for(workflow: &Object, directory: &Directory, organization: &str) -> bool {
    let named = list(workflow, "organizations");
    let tags = list(workflow, "organizationTags");
    if named.is_empty() && tags.is_empty() {
        return true;
    }
    let own_tags = directory
        .get(Kind::Organization, organization)
        .map_or(&[][..], |organization| list(organization, "tags"));
    named.iter().any(|id| id == organization) || tags.iter().any(|tag| own_tags.contains(tag))
}

fn all_channels(organization: &str, directory: &Directory) -> Vec<Route> {
    let own = directory
        .all(Kind::Channel)
        .filter(|channel| text(channel, "organization") == Some(organization));
    own.filter_map(|channel| {
        Some(Route {
            channel: text(channel, "id")?.into(),
            delay: SignedDuration::ZERO,
        })
    })
    .collect()
}

/// What the rules that hold ask for, the one with the highest priority first.
fn fired<'a>(
    workflows: impl Iterator<Item = &'a Object>,
    facts: &Facts,
    directory: &Directory,
) -> Vec<Route> {
    let mut rules: Vec<&Value> = workflows
        .flat_map(|workflow| list(workflow, "rules"))
        .filter(|rule| facts.satisfy(rule.get("conditions")))
        .collect();
    rules.sort_by_key(|rule| {
        std::cmp::Reverse(rule.get("priority").and_then(Value::as_i64).unwrap_or(1))
    });
    let routes = rules.into_iter().filter_map(route_of);
    routes
        .filter(|route| directory.has(Kind::Channel, route.channel.as_str()))
        .collect()
}

fn route_of(rule: &Value) -> Option<Route> {
    let params = rule.get("event")?.get("params")?;
    let delay = params.get("delay").and_then(Value::as_i64).unwrap_or(0);
    Some(Route {
        channel: params.get("channel")?.as_str()?.into(),
        delay: SignedDuration::from_secs(delay.max(0)),
    })
}

/// What conditions are about: `conversation.…`, `contact.…` and `organization.…`.
struct Facts(Value);

impl Facts {
    fn of(conversation: &Conversation, directory: &Directory) -> Self {
        let organization = conversation
            .organization
            .as_ref()
            .and_then(|id| directory.get(Kind::Organization, id.as_str()));
        let contact = conversation
            .contact_id()
            .and_then(|id| directory.get(Kind::Contact, id.as_str()));
        let mut shown = view::conversation(conversation);
        if let Some(name) = organization.and_then(|it| category_name(conversation, it)) {
            shown.entry("category").or_insert(name);
        }
        let resource = |object: Option<&Object>| object.cloned().map_or(Value::Null, Value::Object);
        Self(serde_json::json!({
            "conversation": shown,
            "contact": resource(contact),
            "organization": resource(organization),
        }))
    }

    /// Without conditions a rule always holds.
    fn satisfy(&self, conditions: Option<&Value>) -> bool {
        let conditions = |word| {
            let list = conditions.and_then(|conditions| conditions.get(word)?.as_array());
            list.map_or(&[][..], Vec::as_slice)
        };
        let any = conditions("any");
        conditions("all").iter().all(|one| self.holds(one))
            && (any.is_empty() || any.iter().any(|one| self.holds(one)))
    }

    fn holds(&self, condition: &Value) -> bool {
        let word = |field| condition.get(field).and_then(Value::as_str);
        let mut fact = at(&self.0, word("fact").unwrap_or_default());
        if let Some(path) = word("path")
            && fact.is_object()
        {
            fact = at(fact, path.trim_start_matches(['$', '.']));
        }
        let wanted = condition.get("value").unwrap_or(&Value::Null);
        compare(word("operator").unwrap_or_default(), fact, wanted)
    }
}

fn category_name(conversation: &Conversation, organization: &Object) -> Option<Value> {
    let index = usize::try_from(conversation.category_index?).ok()?;
    let category = list(organization, "categories").get(index)?;
    category.get("name").cloned()
}

/// The operators of json-rules-engine, and `match` as the reference shows it.
fn compare(operator: &str, fact: &Value, wanted: &Value) -> bool {
    let has = |list: &Value, item: &Value| {
        let items = list.as_array();
        items.is_some_and(|items| items.contains(item))
    };
    let order = || fact.as_f64().zip(wanted.as_f64());
    match operator {
        "equal" => fact == wanted,
        "notEqual" => fact != wanted,
        "in" => has(wanted, fact),
        "notIn" => !has(wanted, fact),
        "contains" => has(fact, wanted),
        "doesNotContain" => !has(fact, wanted),
        "lessThan" => order().is_some_and(|(fact, wanted)| fact < wanted),
        "lessThanInclusive" => order().is_some_and(|(fact, wanted)| fact <= wanted),
        "greaterThan" => order().is_some_and(|(fact, wanted)| fact > wanted),
        "greaterThanInclusive" => order().is_some_and(|(fact, wanted)| fact >= wanted),
        "match" => {
            let text = |value: &Value| value.as_str().map(str::to_lowercase);
            text(fact).is_some() && text(fact) == text(wanted)
        }
        _ => false,
    }
}

/// The value at a dotted path; keys may contain dots.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    const NOTHING: &Value = &Value::Null;
    if path.is_empty() {
        return value;
    }
    if let Some(found) = value.get(path) {
        return found;
    }
    path.match_indices('.')
        .filter_map(|(dot, _)| path.split_at_checked(dot))
        .find_map(|(key, rest)| Some(at(value.get(key)?, rest.trim_start_matches('.'))))
        .unwrap_or(NOTHING)
}

fn list<'a>(object: &'a Object, field: &str) -> &'a [Value] {
    object
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operators() {
        for (operator, fact, wanted, expected) in [
            ("equal", json!("a"), json!("a"), true),
            ("equal", json!("a"), json!("A"), false),
            ("match", json!("Used car"), json!("Used Car"), true),
            ("match", json!(null), json!(null), false),
            ("notEqual", json!(null), json!("a"), true),
            ("in", json!("a"), json!(["a", "b"]), true),
            ("notIn", json!("c"), json!(["a", "b"]), true),
            ("contains", json!(["a"]), json!("a"), true),
            ("doesNotContain", json!(["a"]), json!("a"), false),
            ("lessThan", json!(1), json!(2), true),
            ("lessThanInclusive", json!(2), json!(2), true),
            ("greaterThan", json!(2), json!(2), false),
            ("greaterThanInclusive", json!(2.5), json!(2), true),
            ("greaterThan", json!("3"), json!(2), false),
            ("unheard", json!(1), json!(1), false),
        ] {
            let holds = compare(operator, &fact, &wanted);
            assert_eq!(holds, expected, "{fact} {operator} {wanted}");
        }
    }

    #[test]
    fn all_and_any_must_both_hold() {
        let facts = Facts(json!({"conversation": {"category": "Sales", "meta": {"my.key": 3}}}));
        let sales = json!({"fact": "conversation.category", "operator": "equal", "value": "Sales"});
        let key = json!({"fact": "conversation", "path": ".meta.my.key", "operator": "equal", "value": 3});
        let never = json!({"fact": "conversation.status", "operator": "equal", "value": "x"});
        for (conditions, expected) in [
            (json!({"all": [sales, key]}), true),
            (json!({"all": [sales, never]}), false),
            (json!({"any": [never, key]}), true),
            (json!({"any": [never]}), false),
            (json!({"all": [sales], "any": [never]}), false),
            (json!({}), true),
        ] {
            assert_eq!(facts.satisfy(Some(&conditions)), expected, "{conditions}");
        }
    }
}
