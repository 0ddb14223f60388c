//! Reading what applies to an organization: the bot, and its instances there and above.

use serde::de::DeserializeOwned;
use web1on1::{BotId, BotInstance, Client, OrganizationId, Query};

use super::{
    effective,
    place::OrgPath,
    text::{self, ConfigError},
};
use crate::bot::BotError;

/// What was read for an organization.
pub(super) struct Reading<C> {
    /// The organizations whose instances were looked for.
    pub(super) path: OrgPath,
    /// None where the bot does not work.
    pub(super) config: Result<Option<C>, ConfigError>,
}

/// Reads what applies to `organization`. Where the path to it is not known, its own instance tells
/// it (SDK), and those above cost one more request.
pub(super) async fn read<C: DeserializeOwned>(
    client: &Client,
    bot: &BotId,
    organization: &OrganizationId,
    path: Option<OrgPath>,
) -> Result<Reading<C>, BotError> {
    let definition = client.bots().get(bot).await?;
    let (path, instances) = match path {
        Some(path) => {
            let instances = instances_in(client, bot, &path.ids()).await?;
            (path, instances)
        }
        None => from_below(client, bot, organization).await?,
    };
    let effective = effective(&definition, &path.ids(), &instances);
    let config = if effective.enabled {
        text::read(&effective.meta).map(Some)
    } else {
        Ok(None)
    };
    Ok(Reading { path, config })
}

async fn from_below(
    client: &Client,
    bot: &BotId,
    organization: &OrganizationId,
) -> Result<(OrgPath, Vec<BotInstance>), BotError> {
    let alone = OrgPath {
        above: Vec::new(),
        organization: organization.clone(),
    };
    let mut instances = instances_in(client, bot, &alone.ids()).await?;
    let told = instances.iter().find_map(|instance| {
        let path = instance.org_path.as_deref()?;
        OrgPath::read_to(organization, path)
    });
    let path = told.unwrap_or(alone);
    if !path.above.is_empty() {
        instances.extend(instances_in(client, bot, &path.above).await?);
    }
    Ok((path, instances))
}

async fn instances_in(
    client: &Client,
    bot: &BotId,
    organizations: &[OrganizationId],
) -> Result<Vec<BotInstance>, BotError> {
    let ids = organizations.iter().map(OrganizationId::as_str);
    let query = Query::new()
        .any_of("organization", ids)
        .filter("bot", bot.as_str())
        .sort("orgPath");
    Ok(client.bot_instances().list(&query).await?)
}
