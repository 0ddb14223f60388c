use super::{
    Fallback, Field, LOCALES, Shape, TOUCHPOINTS, flag, meta, number, switch, text, texts, time,
    word,
};

/// API reference, users; `viewer`, `guest` and `bot` are named elsewhere (authentication).
pub(in crate::directory) const USER: &[Field] = &[
    text("email").required(),
    text("familyName"),
    text("givenName"),
    text("additionalName"),
    text("displayName"),
    text("phone"),
    text("password"),
    text("avatar"),
    text("organization"),
    word(
        "role",
        &["viewer", "guest", "agent", "bot", "admin", "owner"],
    )
    .or(Fallback::Word("agent")),
    Field::new("settings", Shape::Object(USER_SETTINGS)).or(Fallback::Defaults),
    meta(),
    word("status", &["queued", "invited", "active", "archived"]).or(Fallback::Word("queued")),
];

const USER_SETTINGS: &[Field] = &[
    text("timezone"),
    switch("timezoneSet", false),
    word("locale", LOCALES).or(Fallback::Word("en")),
    switch("localeSet", false),
    switch("audioOnChat", true),
    switch("audioOnMessage", false),
    switch("notifyOnChat", false),
    switch("notifyOnMessage", false),
    switch("tabdotNotify", true),
    switch("tabdotMessage", true),
    switch("pushNotify", false),
    switch("focusOnAccept", false),
    texts("notifications"),
    texts("cannedResponses"),
];

/// API reference, organization groups.
pub(in crate::directory) const ORGANIZATION_GROUP: &[Field] = &[
    text("name").required(),
    text("organization"),
    texts("members"),
];

/// API reference, bots. `enabled` is read by the SDK.
pub(in crate::directory) const BOT: &[Field] = &[
    text("name").required(),
    text("organization"),
    text("description"),
    word("status", &["inactive", "active", "archived"]).or(Fallback::Word("active")),
    Field::new("roles", Shape::Words(&["bot", "agent", "admin", "contact"]))
        .or(Fallback::Texts(&["bot"])),
    word("audience", &["global", "owner", "group"]).or(Fallback::Word("owner")),
    texts("tags"),
    text("avatar"),
    texts("commands"),
    switch("enabled", true),
    meta(),
];

/// API reference, bot instances.
pub(in crate::directory) const INSTANCE: &[Field] = &[
    text("bot").required(),
    text("name").required(),
    text("organization"),
    text("description"),
    text("avatar"),
    switch("enabled", true),
    meta(),
];

/// API reference, services. What `params` needs depends on `type`: [`params_of`].
pub(in crate::directory) const SERVICE: &[Field] = &[
    text("name").required(),
    Field::new("params", Shape::Free).required(),
    text("organization"),
    text("description"),
    word(
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
    )
    .or(Fallback::Word("webhook")),
    word(
        "status",
        &["queued", "active", "disabled", "pendingArchive", "archived"],
    )
    .or(Fallback::Word("queued")),
    Field::new("touchpoints", Shape::Words(TOUCHPOINTS)).or(Fallback::NoItems),
    text("smoochId"),
    text("smoochAppId"),
    time("startDate"),
    time("endDate"),
    meta(),
];

/// The connection parameters of a type of service (API reference, services).
pub(in crate::directory) fn params_of(kind: &str) -> &'static [Field] {
    match kind {
        "smartsupp" => SMARTSUPP,
        "intercom" => INTERCOM,
        "smooch" => SMOOCH,
        "gbm" => GBM,
        "webhook" => WEBHOOK,
        "api" => API,
        _ => &[],
    }
}

const SMARTSUPP: &[Field] = &[
    text("jid").required(),
    text("password").required(),
    text("host").required(),
    Field::new("port", Shape::TextOrNumber).or(Fallback::Number(5222)),
];

const INTERCOM: &[Field] = &[
    text("app_id").required(),
    text("access_token").required(),
    text("assignee_id").required(),
];

const SMOOCH: &[Field] = &[
    text("appId").required(),
    text("keyId"),
    text("secret"),
    Field::new("advanced", Shape::Free),
];

const GBM: &[Field] = &[
    text("location").required(),
    text("welcomeMessage").required(),
    text("starter").required(),
    text("privacy"),
    text("startTime"),
    text("endTime"),
    word("startDay", DAYS),
    word("endDay", DAYS),
    word(
        "step",
        &[
            "verifyAgent",
            "verifyLocation",
            "launchAgent",
            "launchLocation",
        ],
    ),
];

const WEBHOOK: &[Field] = &[
    text("url").required(),
    text("secret"),
    Field::new("events", Shape::Texts),
];

const API: &[Field] = &[Field::new("scopes", Shape::Texts)];

const DAYS: &[&str] = &[
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY",
];

/// API reference, forms.
pub(in crate::directory) const FORM: &[Field] = &[
    text("name").required(),
    text("organization"),
    word("type", &["topic", "static"]).or(Fallback::Word("topic")),
    text("template"),
    texts("profileFields"),
    Field::new("fields", Shape::Objects(FORM_FIELD)).or(Fallback::NoItems),
    texts("notifyEmails"),
    word("status", &["active", "archived"]).or(Fallback::Word("active")),
    texts("tags"),
    texts("labels"),
    number("pointsByAgent"),
    number("pointsByBot"),
    meta(),
];

/// API reference, form fields: HTML's input types, `select` and `textarea`.
pub(in crate::directory) const FORM_FIELD: &[Field] = &[
    text("name").required(),
    text("label"),
    word(
        "type",
        &[
            "button",
            "checkbox",
            "color",
            "date",
            "datetime-local",
            "email",
            "file",
            "hidden",
            "image",
            "month",
            "number",
            "password",
            "radio",
            "range",
            "reset",
            "search",
            "select",
            "submit",
            "tel",
            "text",
            "textarea",
            "time",
            "url",
            "week",
        ],
    )
    .or(Fallback::Word("text")),
    text("entity"),
    text("pattern"),
    Field::new("options", Shape::Objects(&[text("key"), text("value")])),
    switch("required", false),
];

/// API reference, workflows, as far as their answer shows them.
pub(in crate::directory) const WORKFLOW: &[Field] = &[
    text("name").required(),
    text("organization"),
    switch("enabled", true),
    Field::new("rules", Shape::Objects(RULE)).or(Fallback::NoItems),
    texts("organizations"),
    texts("organizationTags"),
];

const RULE: &[Field] = &[
    Field::new(
        "conditions",
        Shape::Object(&[
            Field::new("any", Shape::Objects(CONDITION)),
            Field::new("all", Shape::Objects(CONDITION)),
        ]),
    ),
    Field::new(
        "event",
        Shape::Object(&[
            word("type", &["enqueue"]).or(Fallback::Word("enqueue")),
            Field::new(
                "params",
                Shape::Object(&[
                    text("name"),
                    text("channel").required(),
                    number("delay").or(Fallback::Number(0)),
                ]),
            )
            .required(),
        ]),
    )
    .required(),
    number("priority").or(Fallback::Number(1)),
];

const CONDITION: &[Field] = &[
    text("fact").required(),
    word("operator", OPERATORS).required(),
    text("path"),
];

/// Those of json-rules-engine, whose words the reference uses, and the one that it shows.
const OPERATORS: &[&str] = &[
    "match",
    "equal",
    "notEqual",
    "in",
    "notIn",
    "contains",
    "doesNotContain",
    "lessThan",
    "lessThanInclusive",
    "greaterThan",
    "greaterThanInclusive",
];

pub(in crate::directory) const CHANNEL: &[Field] = &[
    text("name").required(),
    text("organization"),
    texts("users"),
    meta(),
];

pub(in crate::directory) const CONTACT: &[Field] = &[
    Field::new("profile", Shape::Free).required(),
    text("organization"),
    text("conversation"),
    meta(),
];

/// What a WhatsApp template needs here: one text, or a text for each language.
pub(in crate::directory) const WHATSAPP_TEMPLATE: &[Field] = &[
    text("name").required(),
    text("organization"),
    text("text"),
    text("language"),
    Field::new("texts", Shape::Free),
    meta(),
];

/// Resources of which only the path is known, from the SDK.
pub(in crate::directory) const NAMED: &[Field] = &[
    text("name"),
    text("organization"),
    flag("enabled"),
    texts("tags"),
    meta(),
];
