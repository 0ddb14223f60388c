//! The configuration that applies to an organization, from the bot and its instances along the
//! organization's path (SDK, `getInstanceConfig`).

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde_json::Value;
use web1on1::{Bot, BotInstance, BotStatus, InstanceId, Meta, OrganizationId};

/// Whose instance decides whether the bot works for an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inherit {
    /// Its own: where none is enabled, the bot is silent.
    #[default]
    Never,
    /// Its own; but an organization with exactly two above it that has none enabled is treated as
    /// the one above it (the SDK's option *inherit*). Such an organization cannot switch the bot off
    /// by itself.
    ThirdLevel,
}

/// What applies to one organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effective {
    /// Whether the bot works there.
    pub enabled: bool,
    /// The instance that decides it, and what the bot is called there; the bot itself if there is
    /// none.
    pub own: Arc<Origin>,
    /// The merged settings, as text.
    pub settings: BTreeMap<String, Setting>,
}

/// The value of a setting, and who set it. `Debug` does not show the value, which may be a key to
/// another system.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    /// As text, without blanks around it; never empty.
    pub value: String,
    /// Who set it.
    pub origin: Arc<Origin>,
}

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The instance; `None` for the bot itself.
    pub instance: Option<InstanceId>,
    /// The name of the instance, or of the bot.
    pub name: String,
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// What applies to the last of `path`: the bot's `meta`, then each enabled instance's from the root
/// down. Only values that are not empty override. The bot works there if it is active and the last
/// organization's own instance is enabled; `inherit` may put the one above in its place.
pub fn effective(
    bot: &Bot,
    path: &[OrganizationId],
    instances: &[BotInstance],
    inherit: Inherit,
) -> Effective {
    let levels: Vec<_> = path
        .iter()
        .map(|organization| instance_of(bot, organization, instances))
        .collect();
    let levels = match levels.as_slice() {
        [above @ .., _, last] if above.len() == 1 && inherit == Inherit::ThirdLevel => {
            let is_on = last.is_some_and(|instance| instance.enabled);
            levels.get(..if is_on { 3 } else { 2 }).unwrap_or_default()
        }
        all => all,
    };
    let mut settings = BTreeMap::new();
    merge(&mut settings, &bot.meta, &Arc::new(origin(bot, None)));
    let enabled = levels.iter().flatten().filter(|instance| instance.enabled);
    for instance in enabled {
        let origin = Arc::new(origin(bot, Some(instance)));
        merge(&mut settings, &instance.meta, &origin);
    }
    let own = levels.last().copied().flatten();
    Effective {
        enabled: is_active(bot) && own.is_some_and(|instance| instance.enabled),
        own: Arc::new(origin(bot, own)),
        settings,
    }
}

/// The last one, as in the SDK, should an organization have several.
fn instance_of<'a>(
    bot: &Bot,
    organization: &OrganizationId,
    instances: &'a [BotInstance],
) -> Option<&'a BotInstance> {
    let mut instances = instances.iter().rev();
    instances.find(|it| it.bot == bot.id && it.organization.as_ref() == Some(organization))
}

/// What applies to the bot itself, in no organization.
pub(super) fn of_bot(bot: &Bot) -> Effective {
    let own = Arc::new(origin(bot, None));
    let mut settings = BTreeMap::new();
    merge(&mut settings, &bot.meta, &own);
    Effective {
        enabled: is_active(bot),
        own,
        settings,
    }
}

/// The SDK also reads `bot.enabled`, which the reference does not list.
fn is_active(bot: &Bot) -> bool {
    bot.status == BotStatus::Active && bot.enabled != Some(false)
}

fn origin(bot: &Bot, instance: Option<&BotInstance>) -> Origin {
    let name = instance.map(|instance| instance.name.trim());
    let name = name.filter(|name| !name.is_empty());
    Origin {
        instance: instance.map(|instance| instance.id.clone()),
        name: name.unwrap_or(&bot.name).to_owned(),
    }
}

fn merge(into: &mut BTreeMap<String, Setting>, meta: &Meta, origin: &Arc<Origin>) {
    for (key, value) in meta {
        let value = cleaned(value);
        if !value.is_empty() {
            let origin = Arc::clone(origin);
            into.insert(key.clone(), Setting { value, origin });
        }
    }
}

/// The console's editor leaves object replacement characters in what people paste.
fn cleaned(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace('\u{fffc}', ""),
        other => other.to_string(),
    };
    let is_blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    text.trim_matches(is_blank).to_owned()
}

#[cfg(test)]
mod tests;
