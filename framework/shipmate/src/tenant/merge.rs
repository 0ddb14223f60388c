//! The configuration that applies to an organization, from the bot and its instances along the
//! organization's path (SDK, `getInstanceConfig`).

use std::collections::BTreeMap;

use serde_json::Value;
use web1on1::{Bot, BotInstance, BotStatus, Meta, OrganizationId};

/// What applies to one organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effective {
    /// Whether the bot works there.
    pub enabled: bool,
    /// The merged settings, as text.
    pub meta: BTreeMap<String, String>,
}

/// What applies to the last of `path`: the bot's `meta`, then each enabled instance's from the root
/// down. Only values that are not empty override. The bot works there if it is active and the last
/// organization's own instance is enabled.
pub fn effective(bot: &Bot, path: &[OrganizationId], instances: &[BotInstance]) -> Effective {
    let instance_of = |organization: &OrganizationId| {
        instances
            .iter()
            .find(|instance| instance.organization.as_ref() == Some(organization))
    };
    let mut meta = BTreeMap::new();
    merge(&mut meta, &bot.meta);
    for instance in path
        .iter()
        .filter_map(instance_of)
        .filter(|instance| instance.enabled)
    {
        merge(&mut meta, &instance.meta);
    }
    let leaf = path.last().and_then(instance_of);
    Effective {
        enabled: is_active(bot) && leaf.is_some_and(|instance| instance.enabled),
        meta,
    }
}

/// What applies to the bot itself, in no organization.
pub(super) fn of_bot(bot: &Bot) -> Effective {
    let mut meta = BTreeMap::new();
    merge(&mut meta, &bot.meta);
    Effective {
        enabled: is_active(bot),
        meta,
    }
}

/// The SDK also reads `bot.enabled`, which the reference does not list.
fn is_active(bot: &Bot) -> bool {
    bot.status == BotStatus::Active && bot.extra.get("enabled") != Some(&Value::Bool(false))
}

fn merge(into: &mut BTreeMap<String, String>, meta: &Meta) {
    for (key, value) in meta {
        let value = match value {
            Value::Null => continue,
            Value::String(text) => text.replace('\u{fffc}', ""),
            other => other.to_string(),
        };
        let value = value.trim();
        if !value.is_empty() {
            into.insert(key.clone(), value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bot(meta: &Value) -> Bot {
        serde_json::from_value(json!({"id": "b", "name": "Desk", "meta": meta})).unwrap()
    }

    fn instance(organization: &str, enabled: bool, meta: &Value) -> BotInstance {
        let json = json!({
            "id": organization, "bot": "b", "name": "Desk", "organization": organization,
            "enabled": enabled, "meta": meta
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn values_override_from_the_root_down_unless_empty() {
        let path = ["root".into(), "leaf".into()];
        let instances = [
            instance("root", true, &json!({"brand": "Root", "key": "R"})),
            instance(
                "leaf",
                true,
                &json!({"brand": "  Leaf\u{fffc} ", "key": "  "}),
            ),
        ];
        let got = effective(
            &bot(&json!({"brand": "Bot", "hours": 9})),
            &path,
            &instances,
        );
        assert!(got.enabled);
        let meta: Vec<_> = got
            .meta
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        assert_eq!(meta, ["brand=Leaf", "hours=9", "key=R"]);
    }

    #[test]
    fn a_missing_or_disabled_leaf_is_off_and_a_disabled_parent_adds_nothing() {
        let path = ["root".into(), "leaf".into()];
        let root = instance("root", false, &json!({"brand": "Root"}));
        let got = effective(&bot(&json!({})), &path, std::slice::from_ref(&root));
        assert!(!got.enabled);
        let leaf = instance("leaf", true, &json!({}));
        let got = effective(&bot(&json!({})), &path, &[root, leaf]);
        assert!(got.enabled && got.meta.is_empty());
    }

    #[test]
    fn an_inactive_bot_is_off_everywhere() {
        let json = json!({"id": "b", "name": "Desk", "status": "inactive"});
        let bot = serde_json::from_value(json).unwrap();
        let got = effective(&bot, &["o".into()], &[instance("o", true, &json!({}))]);
        assert!(!got.enabled);
    }
}
