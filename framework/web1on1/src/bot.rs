//! Bots: the definition, and the instances by which organizations use it.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    BotId, InstanceId, Meta, OrganizationId, Redacted, UserId,
    wire::{null_as_default, null_as_true, time, words, yes},
};

words! {
    /// Whether a bot is in use (API Reference, bots).
    #[derive(Default)]
    BotStatus {
        /// Switched off.
        Inactive = "inactive",
        /// In use. The platform's default.
        #[default]
        Active = "active",
        /// Put away.
        Archived = "archived",
    }
}

words! {
    /// What a bot may speak as (API Reference, bots).
    BotRole {
        /// To agents. The platform's default.
        Bot = "bot",
        /// To consumers.
        Agent = "agent",
        /// With an administrator's rights.
        Admin = "admin",
        /// As the consumer.
        Contact = "contact",
    }
}

words! {
    /// The organizations a bot is shared with (API Reference, bots).
    #[derive(Default)]
    Audience {
        /// Every organization.
        Global = "global",
        /// The owner only. The platform's default.
        #[default]
        Owner = "owner",
        /// The owner and the organizations below it.
        Group = "group",
    }
}

/// A bot's definition. Its id is also the id of the bot's user (SDK).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bot {
    /// The bot.
    pub id: BotId,
    /// The organization that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The shown name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// What it does, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is in use.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: BotStatus,
    /// What it may speak as.
    #[serde(default = "bot_only", deserialize_with = "null_as_bot_only")]
    pub roles: Vec<BotRole>,
    /// Who it is shared with.
    #[serde(default, deserialize_with = "null_as_default")]
    pub audience: Audience,
    /// Limits sharing to organizations with one of these tags.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<String>,
    /// The address of its picture, 45 by 45 pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Bot commands offered in the UI, without `>`.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub commands: Vec<String>,
    /// Not in the reference, but read by the SDK: `false` switches the bot off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Default settings of the bot.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Authentication secret of the bot's user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Redacted<String>>,
    /// Who created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// Who last changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<UserId>,
    /// When the platform created it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the platform last changed it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// One organization's use of a bot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BotInstance {
    /// The instance.
    pub id: InstanceId,
    /// The organization that uses the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// That organization's ids from the root down, joined by `#` (SDK).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_path: Option<String>,
    /// The bot.
    pub bot: BotId,
    /// The bot's name here.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub name: String,
    /// The bot's description here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The bot's picture here; the bot's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Whether the organization has it switched on; on unless said otherwise.
    #[serde(default = "yes", deserialize_with = "null_as_true")]
    pub enabled: bool,
    /// Settings of the bot here.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Who created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// Who last changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<UserId>,
    /// When the platform created it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the platform last changed it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// A bot to be created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewBot {
    /// The owner; the token's organization if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The shown name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// What it does, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is in use; `active` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<BotStatus>,
    /// What it may speak as.
    #[serde(default = "bot_only", deserialize_with = "null_as_bot_only")]
    pub roles: Vec<BotRole>,
    /// Who it is shared with; `owner` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// Limits sharing to organizations with one of these tags.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<String>,
    /// The address of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Bot commands offered in the UI, without `>`.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub commands: Vec<String>,
    /// Default settings of the bot.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewBot {
    /// A bot with a name and the role `bot`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            organization: None,
            name: name.into(),
            description: None,
            status: None,
            roles: bot_only(),
            audience: None,
            tags: Vec::new(),
            avatar: None,
            commands: Vec::new(),
            meta: Meta::new(),
            extra: Meta::new(),
        }
    }
}

/// A bot instance to be created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewBotInstance {
    /// The organization that is to use the bot; the token's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The bot.
    pub bot: BotId,
    /// The bot's name here.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// The bot's description here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The bot's picture here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Whether it is switched on.
    #[serde(default = "yes", deserialize_with = "null_as_true")]
    pub enabled: bool,
    /// Settings of the bot here.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewBotInstance {
    /// `bot` switched on under `name`, without settings.
    pub fn new(bot: BotId, name: impl Into<String>) -> Self {
        Self {
            organization: None,
            bot,
            name: name.into(),
            description: None,
            avatar: None,
            enabled: true,
            meta: Meta::new(),
            extra: Meta::new(),
        }
    }
}

fn bot_only() -> Vec<BotRole> {
    vec![BotRole::Bot]
}

fn null_as_bot_only<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<BotRole>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(bot_only))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparse_bots_and_instances_get_the_documented_defaults() {
        let bot: Bot = serde_json::from_str(r#"{"id": "b", "name": "B", "roles": null}"#).unwrap();
        assert_eq!(bot.status, BotStatus::Active);
        assert_eq!(bot.audience, Audience::Owner);
        assert_eq!(bot.roles, [BotRole::Bot]);
        let instance: BotInstance =
            serde_json::from_str(r#"{"id": "i", "bot": {"id": "b"}, "enabled": null}"#).unwrap();
        assert!(instance.enabled);
        assert_eq!(instance.bot, bot.id);
    }

    #[test]
    fn the_secret_is_written_to_the_wire_but_never_shown() {
        let bot: Bot = serde_json::from_str(r#"{"id": "b", "secret": "z3krUt"}"#).unwrap();
        assert!(!format!("{bot:?}").contains("z3krUt"));
        assert_eq!(serde_json::to_value(&bot).unwrap()["secret"], "z3krUt");
    }
}
