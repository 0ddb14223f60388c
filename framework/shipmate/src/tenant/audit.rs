//! All organizations' settings, checked before anybody writes.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;
use web1on1::{Bot, BotId, BotInstance, Client, Error, OrganizationId, Query};

use super::{CheckConfig, Inherit, Quarantine, configured, merge::effective, place::OrgPath};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// Organizations for which the bot works.
    pub(crate) sound: usize,
    /// Those for which it would, if their settings could be used.
    pub(crate) quarantined: Vec<Quarantine>,
}

/// Looks at the settings of a bot of any type.
#[async_trait]
pub(crate) trait Auditor: Send + Sync + 'static {
    /// Checks the settings of every organization that has the bot `bot` enabled and that the token
    /// of `client` sees.
    async fn audit(&self, client: &Client, bot: &BotId, inherit: Inherit) -> Result<Audit, Error>;
}

/// For configurations of type `C`.
pub(crate) struct Audits<C>(pub(crate) CheckConfig<C>);

#[async_trait]
impl<C: DeserializeOwned + Send + Sync + 'static> Auditor for Audits<C> {
    async fn audit(&self, client: &Client, bot: &BotId, inherit: Inherit) -> Result<Audit, Error> {
        let definition = client.bots().get(bot).await?;
        let query = Query::new().filter("bot", bot.as_str());
        let instances = client.bot_instances().stream(&query);
        let instances: Vec<BotInstance> = instances.try_collect().await?;
        let mut audit = Audit::default();
        for organization in instances.iter().filter_map(|it| it.organization.as_ref()) {
            let path = path_to(organization, &instances);
            match self.of(&definition, &path, &instances, inherit) {
                Some(Ok(())) => audit.sound += 1,
                Some(Err(quarantine)) => audit.quarantined.push(quarantine),
                None => {}
            }
        }
        Ok(audit)
    }
}

impl<C: DeserializeOwned> Audits<C> {
    /// None where the bot is off.
    fn of(
        &self,
        bot: &Bot,
        path: &OrgPath,
        instances: &[BotInstance],
        inherit: Inherit,
    ) -> Option<Result<(), Quarantine>> {
        let effective = effective(bot, &path.ids(), instances, inherit);
        effective.enabled.then(|| {
            let config = configured(&effective.settings, self.0);
            config.map(drop).map_err(|problems| {
                let organization = path.organization.clone();
                Quarantine::new(organization, None, &effective, problems)
            })
        })
    }
}

fn path_to(organization: &OrganizationId, instances: &[BotInstance]) -> OrgPath {
    let mut paths = instances.iter().filter_map(|it| it.org_path.as_deref());
    let told = paths.find_map(|path| OrgPath::read_to(organization, path));
    told.unwrap_or_else(|| OrgPath {
        above: Vec::new(),
        organization: organization.clone(),
    })
}
