//! What the sandbox holds for this bot: two organizations in two languages, each with two forms to
//! choose from, and a campaign that invites contacts of the second.

use shipmate::{
    campaign::{CampaignError, Campaigns},
    web1on1::Meta,
};
use shipmate_sandbox::{Seed, SeedError};

pub(crate) fn seed() -> Result<Seed, SeedError> {
    let (mut seed, demo) = Seed::demo();
    let forms = format!("{},{}", demo.test_drive, demo.brochure);
    let settings = Meta::from_iter([("forms".to_owned(), forms.into())]);
    seed.instance(&demo.bot, &demo.dealer, settings);
    seed.and_toml(include_str!("../sandbox.toml"))
}

pub(crate) fn campaigns() -> Result<Campaigns, CampaignError> {
    Campaigns::from_toml(include_str!("../campaigns.toml"))
}
