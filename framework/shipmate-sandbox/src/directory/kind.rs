use serde_json::{Value, json};

use super::{Object, text};

/// The kinds of resources that are kept as JSON objects. To add one, add an arm here and a table
/// in the directory; every endpoint, event and filter then works for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Bot,
    Channel,
    Contact,
    Form,
    Instance,
    Organization,
    OrganizationGroup,
    Service,
    User,
    Workflow,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Bot,
        Self::Channel,
        Self::Contact,
        Self::Form,
        Self::Instance,
        Self::Organization,
        Self::OrganizationGroup,
        Self::Service,
        Self::User,
        Self::Workflow,
    ];

    /// The kind behind a path segment such as `botinstances`.
    pub(crate) fn from_path(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == segment)
    }

    /// The path segment below `/v2`.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Bot => "bots",
            Self::Channel => "channels",
            Self::Contact => "contacts",
            Self::Form => "forms",
            Self::Instance => "botinstances",
            Self::Organization => "organizations",
            Self::OrganizationGroup => "orggroups",
            Self::Service => "services",
            Self::User => "users",
            Self::Workflow => "workflows",
        }
    }

    /// The name in events (`botinstance.update`), in webhook data and in error messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Channel => "channel",
            Self::Contact => "contact",
            Self::Form => "form",
            Self::Instance => "botinstance",
            Self::Organization => "organization",
            Self::OrganizationGroup => "orggroup",
            Self::Service => "service",
            Self::User => "user",
            Self::Workflow => "workflow",
        }
    }

    /// Fields without which a resource is not created (API reference).
    pub(crate) fn required(self) -> &'static [&'static str] {
        match self {
            Self::User => &["email"],
            Self::Instance => &["bot", "name"],
            Self::Contact => &["profile"],
            Self::Service => &["name", "params"],
            _ => &["name"],
        }
    }

    /// Fields that only the platform sets.
    pub(crate) fn read_only(self) -> &'static [&'static str] {
        match self {
            Self::Bot => &[
                "id",
                "orgPath",
                "secret",
                "createdBy",
                "updatedBy",
                "createdAt",
                "updatedAt",
            ],
            Self::User => &[
                "id",
                "orgPath",
                "apiToken",
                "lastLogin",
                "createdAt",
                "updatedAt",
            ],
            _ => &[
                "id",
                "orgPath",
                "createdBy",
                "updatedBy",
                "createdAt",
                "updatedAt",
            ],
        }
    }

    /// Fields whose value is one of a closed list of words (API reference).
    pub(crate) fn words(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Bot => &[
                ("status", &["inactive", "active", "archived"]),
                ("audience", &["global", "owner", "group"]),
            ],
            Self::Form => &[
                ("type", &["topic", "static"]),
                ("status", &["active", "archived"]),
            ],
            Self::Organization => &[(
                "status",
                &["queued", "active", "pendingArchive", "archived"],
            )],
            Self::Service => &[
                (
                    "type",
                    &[
                        "smartsupp",
                        "intercom",
                        "smooch",
                        "twilio",
                        "mailgun",
                        "messenger",
                        "api",
                        "webhook",
                        "gbm",
                    ],
                ),
                (
                    "status",
                    &["queued", "active", "disabled", "pendingArchive", "archived"],
                ),
            ],
            Self::User => &[
                (
                    "role",
                    &["viewer", "guest", "agent", "bot", "admin", "owner"],
                ),
                ("status", &["queued", "invited", "active", "archived"]),
            ],
            _ => &[],
        }
    }

    /// Whether a deleted resource stays, with the status `archived` (API reference, users).
    pub(crate) fn is_archived_on_delete(self) -> bool {
        self == Self::User
    }

    /// The values of fields that are not given (API reference).
    pub(crate) fn defaults(self) -> Value {
        match self {
            Self::Bot => json!({
                "status": "active", "roles": ["bot"], "audience": "owner", "tags": [],
                "commands": [], "meta": {}, "enabled": true,
            }),
            Self::Form => json!({
                "type": "topic", "status": "active", "profileFields": [], "fields": [],
                "notifyEmails": [], "tags": [], "labels": [], "meta": {},
            }),
            Self::Instance => json!({"enabled": true, "meta": {}}),
            Self::Organization => json!({
                "status": "active", "timezone": "Europe/Amsterdam", "categories": [], "tags": [],
                "commands": [], "meta": {},
                "settings": {"routeOnReply": "accept", "enableMail": true},
            }),
            Self::Service => {
                json!({"type": "webhook", "status": "queued", "touchpoints": [], "meta": {}})
            }
            Self::User => json!({
                "role": "agent", "status": "queued", "meta": {},
                "settings": {"audioOnChat": true, "tabdotNotify": true, "tabdotMessage": true},
            }),
            Self::Contact => json!({"meta": {}}),
            Self::OrganizationGroup => json!({"members": []}),
            Self::Workflow => json!({"enabled": true, "rules": []}),
            Self::Channel => json!({}),
        }
    }

    /// The defaults inside a nested object. A PATCH replaces the object, so keys it does not name
    /// fall back to these (API Basics, PATCH behavior).
    pub(crate) fn nested_defaults(self, resource: &Object, field: &str) -> Object {
        let defaults = match (self, field) {
            (Self::Service, "params") => match text(resource, "type") {
                Some("smartsupp") => json!({"port": 5222}),
                _ => json!({}),
            },
            (_, "settings") => self.defaults().get("settings").cloned().unwrap_or_default(),
            _ => json!({}),
        };
        match defaults {
            Value::Object(defaults) => defaults,
            _ => Object::new(),
        }
    }
}
