//! What the typed setters of patches write, compared with the reference's examples of updates.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};
use web1on1::{
    Category, Meta, NewField, OrganizationId, OrganizationStatus, Patch, Redacted, ServiceParams,
    ServiceType, Touchpoint,
    organization::{
        Alias, BillingInfo, DataRetention, OrganizationSettings, Partner, ProfileFields,
        SelfRegistrationRole,
    },
    patch::{
        BotInstancePatch, BotPatch, CategoryPatch, FormPatch, OrganizationGroupPatch,
        OrganizationPatch, ServicePatch, UserPatch,
    },
    user::UserSettings,
};

/// The fields of an example.
struct Fields<'a>(&'a Value);

impl Fields<'_> {
    fn get<T: DeserializeOwned>(&self, name: &str) -> T {
        serde_json::from_value(self.0[name].clone())
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn text(&self, name: &str) -> String {
        self.get(name)
    }

    fn texts(&self, name: &str) -> Vec<String> {
        self.get(name)
    }

    fn meta(&self) -> Meta {
        self.get("meta")
    }
}

/// The update that `body` documents, made with nothing but the typed setters.
pub(crate) fn by_setters(name: &str, body: &Value) -> Value {
    let fields = Fields(body);
    match name.split(' ').nth(1).unwrap() {
        "/users/{user_id}" => write(&user(&fields)),
        "/organizations/{organization_id}" => write(&organization(&fields)),
        "/organizations/{organization_id}/categories/{category_id}" => write(
            &CategoryPatch::new()
                // The example repeats the id, which is no change.
                .set("id", fields.text("id"))
                .name(fields.text("name"))
                .replace_forms(fields.texts("forms"))
                .replace_tags(fields.texts("tags")),
        ),
        "/orggroups/{group_id}" => write(
            &OrganizationGroupPatch::new()
                .name(fields.text("name"))
                .organization(fields.text("organization"))
                .replace_members(fields.get::<Vec<OrganizationId>>("members")),
        ),
        "/bots/{bot_id}" => write(&bot(&fields)),
        "/botinstances/{botInstance_id}" => write(
            &BotInstancePatch::new()
                .organization(fields.text("organization"))
                .bot(fields.text("bot"))
                .name(fields.text("name"))
                .description(fields.text("description"))
                .avatar(fields.text("avatar"))
                .enabled(fields.get::<bool>("enabled"))
                .replace_meta(fields.meta()),
        ),
        "/services/{service_id}" => write(&service(&fields)),
        "/forms/{form_id}" => write(&form(&fields)),
        path => panic!("no patch for {path}"),
    }
}

fn write<R>(patch: &Patch<R>) -> Value {
    serde_json::to_value(patch).unwrap()
}

fn user(fields: &Fields<'_>) -> UserPatch {
    UserPatch::new()
        .family_name(fields.text("familyName"))
        .given_name(fields.text("givenName"))
        .additional_name(fields.text("additionalName"))
        .display_name(fields.text("displayName"))
        .email(fields.text("email"))
        .phone(fields.text("phone"))
        .password(Redacted::new(fields.text("password")))
        .avatar(fields.text("avatar"))
        .organization(fields.text("organization"))
        .role(fields.text("role").as_str())
        .replace_settings(fields.get::<UserSettings>("settings"))
        .replace_meta(fields.meta())
        .status(fields.text("status").as_str())
}

fn organization(fields: &Fields<'_>) -> OrganizationPatch {
    OrganizationPatch::new()
        .name(fields.text("name"))
        .display_name(fields.text("displayName"))
        .status(fields.get::<OrganizationStatus>("status"))
        .email(fields.text("email"))
        .url(fields.text("url"))
        .logo(fields.text("logo"))
        .country(fields.text("country"))
        .locale(fields.text("locale").as_str())
        .timezone(fields.text("timezone"))
        .industry(fields.text("industry"))
        .replace_settings(fields.get::<OrganizationSettings>("settings"))
        .replace_aliases(fields.get::<Vec<Alias>>("aliases"))
        .replace_categories(fields.get::<Vec<Option<Category>>>("categories"))
        .replace_profile_fields(fields.get::<ProfileFields>("profileFields"))
        .replace_stopwords(fields.texts("stopwords"))
        .replace_commands(fields.texts("commands"))
        .replace_tags(fields.texts("tags"))
        .domain_prefix(fields.text("domainPrefix"))
        .domain(fields.text("domain"))
        .replace_partners(fields.get::<Vec<Partner>>("partners"))
        .replace_whitelist(fields.texts("whitelist"))
        .default_role(fields.get::<SelfRegistrationRole>("defaultRole"))
        .replace_data_retention(fields.get::<DataRetention>("dataRetention"))
        .replace_billing_info(fields.get::<BillingInfo>("billingInfo"))
        .email_as(fields.text("emailAs"))
        .replace_meta(fields.meta())
}

fn bot(fields: &Fields<'_>) -> BotPatch {
    let roles = fields.texts("roles");
    BotPatch::new()
        .organization(fields.text("organization"))
        .name(fields.text("name"))
        .description(fields.text("description"))
        .status(fields.text("status").as_str())
        .replace_roles(roles.iter().map(String::as_str))
        .audience(fields.text("audience").as_str())
        .replace_tags(fields.texts("tags"))
        .avatar(fields.text("avatar"))
        .replace_commands(fields.texts("commands"))
        .replace_meta(fields.meta())
        .secret(Redacted::new(fields.text("secret")))
}

fn service(fields: &Fields<'_>) -> ServicePatch {
    let params = ServiceParams::read(fields.get("type"), fields.get("params"));
    ServicePatch::new()
        .organization(fields.text("organization"))
        .name(fields.text("name"))
        .description(fields.text("description"))
        .kind(fields.get::<ServiceType>("type"))
        .status(fields.text("status").as_str())
        .replace_touchpoints(fields.get::<Vec<Touchpoint>>("touchpoints"))
        .replace_params(&params)
        .smooch_id(fields.text("smoochId"))
        .smooch_app_id(fields.text("smoochAppId"))
        .start_date(fields.get::<Timestamp>("startDate"))
        .end_date(fields.get::<Timestamp>("endDate"))
        .replace_meta(fields.meta())
}

fn form(fields: &Fields<'_>) -> FormPatch {
    FormPatch::new()
        .organization(fields.text("organization"))
        .name(fields.text("name"))
        .kind(fields.text("type").as_str())
        .template(fields.text("template"))
        .replace_profile_fields(fields.texts("profileFields"))
        .replace_fields(fields.get::<Vec<NewField>>("fields"))
        .replace_notify_emails(fields.texts("notifyEmails"))
        .status(fields.text("status").as_str())
        .replace_tags(fields.texts("tags"))
        .replace_labels(fields.texts("labels"))
        .points_by_agent(fields.get::<Number>("pointsByAgent"))
        .points_by_bot(fields.get::<Number>("pointsByBot"))
        .replace_meta(fields.meta())
}
