//! What the sandbox holds for this bot: two organizations in two languages, and people to write to.

use serde_json::{Value, json};
use shipmate::web1on1::Meta;
use shipmate_sandbox::Seed;

/// Consumers of the second organization, for the campaign.
const PEOPLE: [(&str, &str, &str); 4] = [
    ("Bram de Vries", "+31612345601", "nl"),
    ("Sanne Jansen", "+31612345602", "nl"),
    ("Lotte Bakker", "+31612345603", "nl"),
    ("Tim Smith", "+31612345604", "en"),
];

pub(crate) fn seed() -> Seed {
    let (mut seed, demo) = Seed::demo();
    let settings = object(json!({"after": "2h", "reminders": "4h", "quietHours": "21:00-08:00"}));
    seed.instance(&demo.bot, &demo.dealer, settings);
    let dutch = seed.organization_below(&demo.group, "Haven Auto's");
    seed.instance(
        &demo.bot,
        &dutch,
        object(json!({"after": "30m", "locale": "nl", "timeZone": "Europe/Amsterdam"})),
    );
    for (name, telephone, locale) in PEOPLE {
        let profile = json!({"name": name, "telephone": telephone, "locale": locale});
        seed.conversation(&dutch, object(profile));
    }
    seed
}

fn object(value: Value) -> Meta {
    match value {
        Value::Object(object) => object,
        _ => Meta::new(),
    }
}
