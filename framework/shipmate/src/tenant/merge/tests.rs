use proptest::prelude::*;
use serde_json::json;

use super::*;

fn bot(meta: &Value) -> Bot {
    serde_json::from_value(json!({"id": "b", "name": "Desk", "meta": meta})).unwrap()
}

fn instance(organization: &str, enabled: bool, meta: &Value) -> BotInstance {
    let json = json!({
        "id": organization, "bot": "b", "name": format!("Desk of {organization}"),
        "organization": organization, "enabled": enabled, "meta": meta
    });
    serde_json::from_value(json).unwrap()
}

fn of(bot: &Bot, path: &[&str], instances: &[BotInstance], inherit: Inherit) -> Effective {
    let path: Vec<_> = path.iter().map(|id| OrganizationId::from(*id)).collect();
    effective(bot, &path, instances, inherit)
}

fn shown(effective: &Effective) -> Vec<String> {
    let settings = effective.settings.iter();
    settings
        .map(|(key, setting)| format!("{key}={} by {}", setting.value, setting.origin.name))
        .collect()
}

#[test]
fn values_override_from_the_root_down_unless_empty() {
    let instances = [
        instance("root", true, &json!({"brand": "Root", "key": "R"})),
        instance(
            "leaf",
            true,
            &json!({"brand": "  Leaf\u{fffc} ", "key": "  "}),
        ),
    ];
    let bot = bot(&json!({"brand": "Bot", "hours": 9}));
    let got = of(&bot, &["root", "leaf"], &instances, Inherit::Never);
    assert!(got.enabled);
    assert_eq!(got.own.name, "Desk of leaf");
    let expected = [
        "brand=Leaf by Desk of leaf",
        "hours=9 by Desk",
        "key=R by Desk of root",
    ];
    assert_eq!(shown(&got), expected);
}

#[test]
fn a_missing_or_disabled_leaf_is_off_and_a_disabled_parent_adds_nothing() {
    let path = ["root", "leaf"];
    let bot = bot(&json!({}));
    let root = instance("root", false, &json!({"brand": "Root"}));
    let got = of(&bot, &path, std::slice::from_ref(&root), Inherit::Never);
    assert!(!got.enabled);
    assert_eq!(got.own.name, "Desk");
    let leaf = instance("leaf", true, &json!({}));
    let got = of(&bot, &path, &[root, leaf], Inherit::Never);
    assert!(got.enabled && got.settings.is_empty());
}

#[test]
fn a_bot_that_is_not_active_or_not_enabled_is_off_everywhere() {
    let on = [instance("o", true, &json!({}))];
    for (field, value) in [
        ("status", json!("inactive")),
        ("status", json!("archived")),
        ("enabled", json!(false)),
    ] {
        let mut json = json!({"id": "b", "name": "Desk"});
        json[field] = value;
        let bot = serde_json::from_value(json).unwrap();
        assert!(!of(&bot, &["o"], &on, Inherit::Never).enabled, "{field}");
    }
}

#[test]
fn the_third_level_may_be_as_the_second() {
    let bot = bot(&json!({}));
    let middle = instance("middle", true, &json!({"brand": "Middle"}));
    let off = instance("leaf", false, &json!({"brand": "Leaf"}));
    let path = ["root", "middle", "leaf"];
    let both = [middle, off];
    assert!(!of(&bot, &path, &both, Inherit::Never).enabled);
    let got = of(&bot, &path, &both, Inherit::ThirdLevel);
    assert!(got.enabled);
    assert_eq!(got.own.name, "Desk of middle");
    assert_eq!(shown(&got), ["brand=Middle by Desk of middle"]);
    // Exactly the third, as in the SDK.
    for path in [&["middle", "leaf"][..], &["top", "root", "middle", "leaf"]] {
        assert!(!of(&bot, path, &both, Inherit::ThirdLevel).enabled);
    }
    let on = [instance("leaf", true, &json!({"brand": "Leaf"}))];
    let got = of(&bot, &path, &on, Inherit::ThirdLevel);
    assert_eq!(shown(&got), ["brand=Leaf by Desk of leaf"]);
}

#[test]
fn other_bots_instances_do_not_count() {
    let mut other = instance("o", true, &json!({"brand": "Other"}));
    other.bot = "other".into();
    assert!(!of(&bot(&json!({})), &["o"], &[other], Inherit::Never).enabled);
}

#[test]
fn no_value_is_shown_by_debug() {
    let bot = bot(&json!({"apiKey": "s3cret"}));
    let shown = format!("{:?}", of(&bot, &[], &[], Inherit::Never));
    assert!(
        shown.contains("apiKey") && !shown.contains("s3cret"),
        "{shown}"
    );
}

/// A level of the path: no instance, or one with its settings.
type Level = Option<(bool, Vec<(usize, usize)>)>;

const KEYS: [&str; 3] = ["brand", "key", "hours"];

/// What a person may have typed, and what of it counts.
const VALUES: [(&str, Option<&str>); 7] = [
    ("", None),
    (" \t\n", None),
    ("\u{fffc}", None),
    (" \u{fffc} ", None),
    ("A", Some("A")),
    ("\u{feff} B\u{fffc} ", Some("B")),
    ("two words", Some("two words")),
];

fn meta(chosen: &[(usize, usize)]) -> Value {
    let pairs = chosen.iter().map(|(key, value)| {
        let (typed, _) = VALUES[*value];
        (KEYS[*key].to_owned(), json!(typed))
    });
    Value::Object(pairs.collect())
}

/// The value of `key` by the rules in words: the nearest that says something, looking up from the
/// last organization to the bot.
fn model<'a>(key: usize, levels: &'a [Level], bot: &'a [(usize, usize)]) -> Option<&'static str> {
    let told = |chosen: &[(usize, usize)]| {
        let typed = chosen.iter().rev().find(|(it, _)| *it == key)?;
        VALUES[typed.1].1
    };
    let mut nearest = levels.iter().rev();
    let of_instances = nearest.find_map(|level| match level {
        Some((true, chosen)) => told(chosen),
        _ => None,
    });
    of_instances.or_else(|| told(bot))
}

fn chosen() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..KEYS.len(), 0..VALUES.len()), 0..4)
}

proptest! {
    #[test]
    fn the_merge_is_what_the_words_say(
        of_bot in chosen(),
        levels in prop::collection::vec(prop::option::of((any::<bool>(), chosen())), 1..5),
        inherits: bool,
        is_active: bool,
        shuffled: bool,
    ) {
        let mut bot = bot(&meta(&of_bot));
        bot.enabled = Some(is_active);
        let ids: Vec<_> = (0..levels.len()).map(|level| format!("o{level}")).collect();
        let mut instances: Vec<_> = levels.iter().zip(&ids).filter_map(|(level, id)| {
            let (enabled, chosen) = level.as_ref()?;
            Some(instance(id, *enabled, &meta(chosen)))
        }).collect();
        if shuffled {
            instances.reverse();
        }
        let path: Vec<_> = ids.iter().map(String::as_str).collect();
        let inherit = if inherits { Inherit::ThirdLevel } else { Inherit::Never };
        let got = of(&bot, &path, &instances, inherit);

        let is_on = |level: Option<&Level>| matches!(level, Some(Some((true, _))));
        let mut counted = levels.clone();
        if inherits && counted.len() == 3 && !is_on(counted.last()) {
            counted.pop();
        }
        prop_assert_eq!(got.enabled, is_active && is_on(counted.last()));
        for (number, key) in KEYS.iter().enumerate() {
            let value = got.settings.get(*key).map(|setting| setting.value.as_str());
            prop_assert_eq!(value, model(number, &counted, &of_bot), "{}", key);
        }
    }
}
