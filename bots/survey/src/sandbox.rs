//! What the sandbox holds for this bot: two organizations in two languages, and a campaign that writes
//! to contacts of the second.

use serde_json::{Value, json};
use shipmate::{
    campaign::{CampaignError, Campaigns},
    web1on1::Meta,
};
use shipmate_sandbox::{Seed, SeedError};

pub(crate) fn seed() -> Result<Seed, SeedError> {
    let (mut seed, demo) = Seed::demo();
    let settings = object(json!({"after": "2h", "reminders": "4h"}));
    seed.instance(&demo.bot, &demo.dealer, settings);
    seed.and_toml(include_str!("../sandbox.toml"))
}

pub(crate) fn campaigns() -> Result<Campaigns, CampaignError> {
    Campaigns::from_toml(include_str!("../campaigns.toml"))
}

fn object(value: Value) -> Meta {
    match value {
        Value::Object(object) => object,
        _ => Meta::new(),
    }
}
