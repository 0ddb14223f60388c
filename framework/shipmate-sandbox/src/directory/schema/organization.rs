use super::{Fallback, Field, LOCALES, Shape, meta, number, switch, text, texts, time, word};

/// API reference, organizations. `billingInfo` is marked as required there, which would make every
/// organization a billed one: it is checked if it is given.
pub(in crate::directory) const ORGANIZATION: &[Field] = &[
    text("name").required(),
    text("organization"),
    text("displayName"),
    word(
        "status",
        &["queued", "active", "pendingArchive", "archived"],
    )
    .or(Fallback::Word("active")),
    text("email"),
    text("url"),
    text("logo"),
    text("country"),
    word("locale", LOCALES).or(Fallback::Word("en")),
    text("timezone").or(Fallback::Word("Europe/Amsterdam")),
    text("industry"),
    Field::new("settings", Shape::Object(SETTINGS)).or(Fallback::Defaults),
    Field::new("aliases", Shape::Objects(&[text("name"), text("avatar")])).or(Fallback::NoItems),
    Field::new("categories", Shape::Slots(CATEGORY, 10)).or(Fallback::NoItems),
    Field::new("profileFields", Shape::Object(PROFILE_FIELDS)),
    texts("stopwords"),
    texts("commands"),
    texts("tags"),
    text("domainPrefix"),
    text("domain"),
    Field::new(
        "partners",
        Shape::Objects(&[text("organization").required()]),
    )
    .or(Fallback::NoItems),
    texts("whitelist"),
    word("defaultRole", &["guest", "agent"]).or(Fallback::Word("guest")),
    Field::new("dataRetention", Shape::Object(DATA_RETENTION)),
    Field::new("billingInfo", Shape::Object(BILLING_INFO)),
    text("emailAs"),
    meta(),
];

/// API reference, organization categories.
pub(in crate::directory) const CATEGORY: &[Field] =
    &[text("name").required(), texts("forms"), texts("tags")];

const SETTINGS: &[Field] = &[
    word("routeOnReply", &["accept", "assign", "route"]).or(Fallback::Word("accept")),
    switch("enableMail", true),
];

const DATA_RETENTION: &[Field] = &[
    number("length"),
    word("unit", &["month", "year"]).or(Fallback::Word("month")),
];

const BILLING_INFO: &[Field] = &[
    text("billReceiver").required(),
    text("billSender").required(),
    time("trialEndsOn"),
    text("stripeCustomerId").required(),
    switch("liveMode", true),
    switch("moveToLive", false),
    text("w1on1ResultId"),
    number("daysUntilDue").or(Fallback::Number(14)),
    Field::new("meta", Shape::Free),
    switch("enableMecs", false),
    switch("enableAmp", false),
    switch("enableSepaDebitCosts", false),
    number("version"),
    word("currentPlan", &["base", "grow", "scale"]).required(),
];

const PROFILE_FIELDS: &[Field] = &[
    label("name"),
    label("initials"),
    label("givenName"),
    label("familyName"),
    label("additionalName"),
    label("honorificPrefix"),
    label("honorificSuffix"),
    Field::new(
        "gender",
        Shape::Object(&[
            text("label").required(),
            Field::new("options", Shape::Texts),
            switch("enabled", true),
        ]),
    ),
    Field::new("address", Shape::Object(ADDRESS)),
    label("telephone"),
    label("email"),
    label("worksFor"),
];

const ADDRESS: &[Field] = &[
    label("streetAddress"),
    label("streetNumber"),
    label("addressLocality"),
    label("addressRegion"),
    label("postalCode"),
    label("addressCountry"),
];

const LABEL: &[Field] = &[text("label").required(), switch("enabled", true)];

const fn label(name: &'static str) -> Field {
    Field::new(name, Shape::Object(LABEL))
}
