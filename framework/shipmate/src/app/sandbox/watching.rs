//! Campaigns that can be watched in the sandbox.

use jiff::Timestamp;
use shipmate_sandbox::Sandbox;

use crate::campaign::Campaigns;

/// Those whose organization the sandbox has.
pub(super) fn in_world(mut campaigns: Campaigns, sandbox: &Sandbox) -> Campaigns {
    campaigns.campaigns.retain(|campaign| {
        let organization = campaign.organization();
        let known = sandbox.organization_called(organization.as_str());
        known.is_some_and(|known| known == *organization)
    });
    campaigns
}

/// The names of those that begin by the calendar, and when they do so next.
pub(super) fn next_of(campaigns: &Campaigns, now: Timestamp) -> Vec<(&str, Timestamp)> {
    let campaigns = campaigns.campaigns.iter();
    campaigns
        .filter_map(|campaign| Some((campaign.name(), campaign.next_after(now)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use shipmate_sandbox::Seed;

    use super::*;
    use crate::campaign::Campaign;

    #[tokio::test]
    async fn campaigns_of_this_world_are_told_with_their_next_instant() {
        let (seed, demo) = Seed::demo();
        let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
        let weekly = |name, organization: &str| {
            let campaign = Campaign::new(name, organization.into()).sms("Hello");
            campaign.zone("Europe/Amsterdam").schedule("0 9 * * MON")
        };
        let given = Campaigns {
            campaigns: vec![
                weekly("elsewhere", "64ab00000000000000000001"),
                weekly("weekly", demo.dealer.as_str()),
                Campaign::new("by-hand", demo.dealer.clone()).sms("Hello"),
            ],
            ..Campaigns::default()
        };
        let here = in_world(given, &sandbox);
        let names: Vec<_> = here.campaigns.iter().map(Campaign::name).collect();
        assert_eq!(names, ["weekly", "by-hand"]);
        let monday = "2026-03-02T10:00:00Z".parse().unwrap();
        let next = "2026-03-09T08:00:00Z".parse().unwrap();
        assert_eq!(next_of(&here, monday), [("weekly", next)]);
    }
}
