//! Users: the people and bots that act on the platform.

mod membership;
pub use membership::{Membership, UserOrganizations};

mod new;
pub use new::NewUser;

mod settings;
pub use settings::UserSettings;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Meta, OrganizationId, Redacted, UserId,
    wire::{nested, null_as_default, time, words},
};

words! {
    /// What a user may do. The reference lists `agent`, `admin` and `owner`; the other words appear
    /// elsewhere in the documents.
    #[derive(Default)]
    UserRole {
        /// May look.
        Viewer = "viewer",
        /// May look and write a little.
        Guest = "guest",
        /// Works with conversations. The platform's default.
        #[default]
        Agent = "agent",
        /// A bot's user.
        Bot = "bot",
        /// Manages an organization.
        Admin = "admin",
        /// Owns an organization.
        Owner = "owner",
    }
}

words! {
    /// Where a user's account stands (API Reference, users).
    #[derive(Default)]
    UserStatus {
        /// Not invited yet. The platform's default.
        #[default]
        Queued = "queued",
        /// Invited.
        Invited = "invited",
        /// In use.
        Active = "active",
        /// Put away.
        Archived = "archived",
    }
}

/// A person or bot that can act on the platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user.
    pub id: UserId,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// What stands between the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_name: Option<String>,
    /// The shown name; the platform joins the others if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The address the user logs in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The password to log in with; the reference's examples show it in answers too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Redacted<String>>,
    /// The address of the user's picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// The user's organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// What the user may do.
    #[serde(default, deserialize_with = "null_as_default")]
    pub role: UserRole,
    /// Preferences. Values of an odd shape are in `extra`.
    #[serde(default, with = "nested")]
    pub settings: UserSettings,
    /// Free data of the user.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Where the account stands.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: UserStatus,
    /// The API key of a bot's user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_token: Option<Redacted<String>>,
    /// When the user last logged in.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_login: Option<Timestamp>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_never_shown() {
        let user: User = serde_json::from_str(
            r#"{"id": "u", "apiToken": "eyJhbGci", "password": "z3krUt", "role": "wizard"}"#,
        )
        .unwrap();
        assert_eq!(user.role.as_str(), "wizard");
        assert_eq!(user.status, UserStatus::Queued);
        let shown = format!("{user:?}");
        assert!(
            !shown.contains("eyJhbGci") && !shown.contains("z3krUt"),
            "{shown}"
        );
        assert_eq!(serde_json::to_value(&user).unwrap()["apiToken"], "eyJhbGci");
    }

    #[test]
    fn an_odd_preference_does_not_make_a_user_unreadable() {
        let settings = serde_json::json!({"locale": "nl", "pushNotify": "maybe", "audioOnChat": 1});
        let json = serde_json::json!({"id": "u", "settings": settings});
        let user: User = serde_json::from_value(json).unwrap();
        assert_eq!(user.settings.locale, crate::Locale::Nl);
        assert!(!user.settings.push_notify && user.settings.audio_on_chat);
        let written = serde_json::to_string(&user).unwrap();
        assert_eq!(written.matches("pushNotify").count(), 1, "{written}");
        assert!(written.contains(r#""pushNotify":"maybe""#), "{written}");
    }
}
