use serde_json::json;
use web1on1::{BotId, ChannelId, FormId, Meta, OrganizationId, UserId};

use super::Seed;

/// What is in [`Seed::demo`].
#[derive(Debug, Clone)]
pub struct Demo {
    /// The organization at the top, which owns the bot.
    pub group: OrganizationId,
    /// The organization whose consumers write.
    pub dealer: OrganizationId,
    /// An agent of the dealer.
    pub agent: UserId,
    /// An administrator of the group.
    pub admin: UserId,
    /// A bot of the group, installed at the dealer.
    pub bot: BotId,
    /// The channel that the dealer's conversations are routed to.
    pub channel: ChannelId,
    /// The form of the API reference.
    pub brochure: FormId,
    /// A form with one field of every kind.
    pub test_drive: FormId,
}

impl Seed {
    /// A small world to try a bot in: a group with one dealer, an agent, an administrator, a bot
    /// and two forms.
    pub fn demo() -> (Self, Demo) {
        let mut seed = Self::new();
        let group = seed.organization("Harbour Group");
        let dealer = seed.organization_below(&group, "Harbour Motors");
        let agent = seed.agent(&dealer, "Ann Example");
        let admin = seed.admin(&group, "Ada Admin");
        let channel = seed.channel(&dealer, "Showroom desk");
        let brochure = seed.form(&group, Self::brochure_form());
        let test_drive = seed.form(&group, Self::test_drive_form());
        seed.category(&dealer, "Sales", &[brochure.clone(), test_drive.clone()]);
        seed.category(&dealer, "Service", &[]);
        let bot = seed.bot(&group, "Sandbox bot");
        let settings = json!({"company": "Harbour Motors", "form": test_drive});
        let settings = settings.as_object().cloned().unwrap_or_else(Meta::new);
        seed.instance(&bot, &dealer, settings);
        let demo = Demo {
            group,
            dealer,
            agent,
            admin,
            bot,
            channel,
            brochure,
            test_drive,
        };
        (seed, demo)
    }
}
