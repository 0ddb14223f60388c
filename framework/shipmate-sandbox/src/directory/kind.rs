use super::schema::{
    self, BOT, CHANNEL, CONTACT, FORM, Field, INSTANCE, NAMED, ORGANIZATION, ORGANIZATION_GROUP,
    SERVICE, USER, WHATSAPP_TEMPLATE, WORKFLOW,
};

/// The kinds of resources that are kept as JSON objects. To add one, add it to the list below;
/// every endpoint, event and filter then works for it.
macro_rules! kinds {
    ($($kind:ident = $path:literal, $name:literal, $schema:ident;)*) => {
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        pub(crate) enum Kind {
            $(#[serde(rename = $path)] $kind,)*
        }

        impl Kind {
            pub(crate) const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The path segment below `/v2`.
            pub(crate) fn path(self) -> &'static str {
                match self { $(Self::$kind => $path,)* }
            }

            /// The name in events (`botinstance.update`), in webhook data and in error messages.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// The documented fields.
            pub(crate) fn schema(self) -> &'static [Field] {
                match self { $(Self::$kind => $schema,)* }
            }
        }
    };
}

kinds! {
    Article = "articles", "article", NAMED;
    Bot = "bots", "bot", BOT;
    Channel = "channels", "channel", CHANNEL;
    Contact = "contacts", "contact", CONTACT;
    File = "files", "file", NAMED;
    Form = "forms", "form", FORM;
    Instance = "botinstances", "botinstance", INSTANCE;
    KnowledgeBase = "kbases", "kbase", NAMED;
    KnowledgeItem = "kbitems", "kbitem", NAMED;
    Link = "links", "link", NAMED;
    Location = "locations", "location", NAMED;
    Metric = "metrics", "metric", NAMED;
    Organization = "organizations", "organization", ORGANIZATION;
    OrganizationGroup = "orggroups", "orggroup", ORGANIZATION_GROUP;
    Partner = "partners", "partner", NAMED;
    Point = "points", "point", NAMED;
    Service = "services", "service", SERVICE;
    Test = "tests", "test", NAMED;
    TestResult = "testresults", "testresult", NAMED;
    User = "users", "user", USER;
    WhatsappTemplate = "watemplates", "watemplate", WHATSAPP_TEMPLATE;
    Workflow = "workflows", "workflow", WORKFLOW;
}

impl Kind {
    /// The kind behind a path segment such as `botinstances`.
    pub(crate) fn from_path(segment: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.path() == segment)
    }

    /// The kind that a reference's field names, in the singular or the plural.
    pub(crate) fn from_field(field: &str) -> Option<Self> {
        match field {
            "members" => Some(Self::Organization),
            "createdBy" | "updatedBy" => Some(Self::User),
            "instance" | "instances" => Some(Self::Instance),
            "template" => Some(Self::Form),
            _ => Self::ALL
                .iter()
                .copied()
                .find(|kind| kind.path() == field || kind.name() == field),
        }
    }

    /// The names of its fields, if they are documented; otherwise everything may be one.
    pub(crate) fn fields(self) -> Vec<&'static str> {
        if self.is_undocumented() {
            return Vec::new();
        }
        schema::names(self.schema()).collect()
    }

    /// Whether only the path is known, from the SDK.
    fn is_undocumented(self) -> bool {
        matches!(
            self,
            Self::Article
                | Self::File
                | Self::KnowledgeBase
                | Self::KnowledgeItem
                | Self::Link
                | Self::Location
                | Self::Metric
                | Self::Partner
                | Self::Point
                | Self::Test
                | Self::TestResult
        )
    }

    /// Whether it is a part of the knowledge base, for which agents have rights (authentication).
    pub(crate) fn is_knowledge(self) -> bool {
        matches!(
            self,
            Self::KnowledgeBase | Self::KnowledgeItem | Self::Article
        )
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

    /// Whether a deleted resource stays, with the status `archived` (API reference, users).
    pub(crate) fn is_archived_on_delete(self) -> bool {
        self == Self::User
    }
}
