//! Who is called when a bot hands over.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use web1on1::{ChannelId, OrganizationId, UserId};

use crate::plan::{Command, Notify};

/// Who gets a conversation that a bot hands over. Without anybody named, the organization's routing
/// rules decide.
///
/// As a setting of an organization it is text: `routed`, or lists of ids under `users:`,
/// `channels:` and `organizations:`, with semicolons between the lists.
///
/// ```
/// use shipmate::Recipients;
///
/// let recipients: Recipients = "users: 64aa00000000000000000001; channels: 64aa00000000000000000002".parse()?;
/// assert_eq!(recipients.users.len(), 1);
/// assert!("routed".parse::<Recipients>()?.is_routed());
///
/// let error = "user:64aa".parse::<Recipients>().unwrap_err().to_string();
/// assert!(error.contains("`users:`"), "{error}");
/// # Ok::<(), shipmate::RecipientsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// Users, people or bots, in whose inboxes it is put (`/assign`).
    pub users: Vec<UserId>,
    /// Channels that are notified (`/notify`).
    pub channels: Vec<ChannelId>,
    /// Organizations whose routing rules are used in place of the conversation's own (`/notify`).
    pub organizations: Vec<OrganizationId>,
}

/// Text that names no recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "who is to be called is not clear; write `routed`, or ids after `users:`, `channels:` or `organizations:`, for example `users:64aa00000000000000000001,64aa00000000000000000002; channels:64aa00000000000000000003`"
)]
#[non_exhaustive]
pub struct RecipientsError;

impl Recipients {
    /// Whether the routing rules decide.
    pub fn is_routed(&self) -> bool {
        self.users.is_empty() && self.channels.is_empty() && self.organizations.is_empty()
    }

    /// What calls them.
    pub(crate) fn commands(self) -> Vec<Command> {
        let is_routed = self.is_routed();
        let Self {
            users,
            channels,
            organizations,
        } = self;
        let mut commands = Vec::new();
        if !users.is_empty() {
            commands.push(Command::Assign(users));
        }
        if !channels.is_empty() {
            commands.push(Command::Notify(Notify::Channels(channels)));
        }
        if !organizations.is_empty() {
            commands.push(Command::Notify(Notify::Organizations(organizations)));
        }
        if is_routed {
            commands.push(Command::Notify(Notify::Routed));
        }
        commands
    }
}

impl FromStr for Recipients {
    type Err = RecipientsError;

    fn from_str(text: &str) -> Result<Self, RecipientsError> {
        let mut recipients = Self::default();
        if text.trim().eq_ignore_ascii_case("routed") {
            return Ok(recipients);
        }
        for list in text.split(';') {
            let (kind, ids) = list.split_once(':').ok_or(RecipientsError)?;
            let ids = ids.split(',').map(str::trim);
            let ids: Vec<_> = ids.filter(|id| !id.is_empty()).collect();
            if ids.is_empty() || !ids.iter().all(|id| is_id(id)) {
                return Err(RecipientsError);
            }
            let ids = ids.into_iter();
            match kind.trim().to_lowercase().as_str() {
                "users" => recipients.users.extend(ids.map(UserId::from)),
                "channels" => recipients.channels.extend(ids.map(ChannelId::from)),
                "organizations" => {
                    recipients
                        .organizations
                        .extend(ids.map(OrganizationId::from));
                }
                _ => return Err(RecipientsError),
            }
        }
        Ok(recipients)
    }
}

/// A word, as all the platform's ids are. Which ones there are, only the platform knows.
fn is_id(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.chars().all(fits)
}

impl fmt::Display for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_routed() {
            return f.write_str("routed");
        }
        let lists = [
            ("users", joined(&self.users)),
            ("channels", joined(&self.channels)),
            ("organizations", joined(&self.organizations)),
        ];
        let named = lists.iter().filter(|(_, ids)| !ids.is_empty());
        let parts: Vec<_> = named.map(|(kind, ids)| format!("{kind}:{ids}")).collect();
        f.write_str(&parts.join("; "))
    }
}

fn joined<Id: fmt::Display>(ids: &[Id]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    ids.join(",")
}

impl Serialize for Recipients {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Recipients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_read_and_written_alike() {
        for (text, written) in [
            ("routed", "routed"),
            (" Routed ", "routed"),
            ("users:u1", "users:u1"),
            ("users: u1 , u2,", "users:u1,u2"),
            ("channels:c1;Users:u1", "users:u1; channels:c1"),
            ("organizations:o1", "organizations:o1"),
        ] {
            let read: Recipients = text.parse().unwrap();
            assert_eq!(read.to_string(), written, "{text}");
            assert_eq!(written.parse(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_names_nobody_is_an_error_and_not_routing() {
        for text in [
            "",
            "u1",
            "user:u1",
            "users:",
            "users:,",
            "users:u1;",
            "users:u 1",
            "routed;users:u1",
            "users:u1\n/leave",
        ] {
            assert_eq!(text.parse::<Recipients>(), Err(RecipientsError), "{text}");
        }
    }

    #[test]
    fn each_kind_is_called_in_its_way() {
        let commands = |text: &str| text.parse::<Recipients>().unwrap().commands();
        assert_eq!(commands("routed"), [Command::Notify(Notify::Routed)]);
        assert_eq!(commands("users:u1"), [Command::Assign(vec!["u1".into()])]);
        let both = [
            Command::Assign(vec!["u1".into()]),
            Command::Notify(Notify::Channels(vec!["c1".into()])),
        ];
        assert_eq!(commands("users:u1;channels:c1"), both);
    }
}
