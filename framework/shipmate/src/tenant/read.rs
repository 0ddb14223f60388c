//! Reading what applies to an organization: the bot, and its instances there and above.

use web1on1::{Bot, BotId, BotInstance, Client, InstanceId, OrganizationId, Query};

use super::{
    merge::{Effective, Inherit, effective},
    place::OrgPath,
};
use crate::bot::BotError;

/// What was read for an organization.
#[derive(Debug)]
pub(super) struct Reading {
    /// The organizations whose instances were looked for.
    pub(super) path: OrgPath,
    /// Whether these are all that are above.
    pub(super) is_path_known: bool,
    /// The instances that were found.
    pub(super) instances: Vec<InstanceId>,
    pub(super) effective: Effective,
}

/// Reads what applies to `organization`. Where the path to it is not known, its own instance tells
/// it (SDK), and those above cost one more request.
pub(super) async fn read(
    client: &Client,
    bot: &BotId,
    organization: &OrganizationId,
    path: Option<OrgPath>,
    inherit: Inherit,
) -> Result<Reading, BotError> {
    let definition = definition(client, bot).await?;
    let (path, is_path_known, instances) = match path {
        Some(path) => {
            let instances = instances_in(client, bot, &path.ids()).await?;
            (path, true, instances)
        }
        None => from_below(client, bot, organization).await?,
    };
    let effective = match definition {
        Some(bot) => effective(&bot, &path.ids(), &instances, inherit),
        None => Effective::default(),
    };
    Ok(Reading {
        path,
        is_path_known,
        instances: instances.into_iter().map(|instance| instance.id).collect(),
        effective,
    })
}

/// None if there is no such bot, which then works nowhere (SDK).
async fn definition(client: &Client, bot: &BotId) -> Result<Option<Bot>, BotError> {
    match client.bots().get(bot).await {
        Ok(definition) => Ok(Some(definition)),
        Err(error) if error.status() == Some(404) => {
            tracing::warn!(%bot, "the token's user is no bot, so it has no settings and works nowhere; use the token of a bot, or `NoConfig`");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

async fn from_below(
    client: &Client,
    bot: &BotId,
    organization: &OrganizationId,
) -> Result<(OrgPath, bool, Vec<BotInstance>), BotError> {
    let alone = OrgPath {
        above: Vec::new(),
        organization: organization.clone(),
    };
    let mut instances = instances_in(client, bot, &alone.ids()).await?;
    let told = instances.iter().find_map(|instance| {
        let path = instance.org_path.as_deref()?;
        OrgPath::read_to(organization, path)
    });
    let is_told = told.is_some();
    let path = told.unwrap_or(alone);
    if !path.above.is_empty() {
        instances.extend(instances_in(client, bot, &path.above).await?);
    }
    Ok((path, is_told, instances))
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
