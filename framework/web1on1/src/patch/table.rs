//! What can be changed in each kind of resource.

use jiff::Timestamp;
use serde_json::Number;

use super::Patch;
use crate::{
    Action, Audience, Bot, BotId, BotInstance, BotRole, BotStatus, Category, Contact,
    ContactProfile, Conversation, Field, FieldOption, FieldType, Form, FormId, FormStatus,
    FormType, Item, Locale, Message, Meta, NewField, Organization, OrganizationId,
    OrganizationStatus, Redacted, Service, ServiceStatus, ServiceType, Touchpoint, User, UserRole,
    UserStatus,
    channel::Channel,
    organization::{
        Alias, BillingInfo, DataRetention, OrganizationSettings, Partner, ProfileFields,
        SelfRegistrationRole,
    },
    organization_group::OrganizationGroup,
    service::ServiceParams,
    user::UserSettings,
    workflow::{Rule, Workflow},
};

/// Setters from a table: the platform's name, then `one` value or a `list`, the setter, its type,
/// and for a field that may be absent the setter that clears it.
macro_rules! patches {
    ($($(#[$doc:meta])* $alias:ident for $kind:ident { $($rows:tt)* })*) => {$(
        $(#[$doc])*
        pub type $alias = Patch<$kind>;

        #[doc = concat!("Changes to a [`", stringify!($kind), "`].")]
        impl Patch<$kind> {
            patches!(@ $($rows)*);
        }
    )*};
    (@) => {};
    (@ $(#[$doc:meta])* $wire:literal one $set:ident($type:ty) $(or $clear:ident)?; $($rows:tt)*) => {
        $(#[$doc])*
        #[must_use]
        pub fn $set(self, value: impl Into<$type>) -> Self {
            self.put($wire, &value.into())
        }
        patches!(@clear $wire $($clear)?);
        patches!(@ $($rows)*);
    };
    (@ $(#[$doc:meta])* $wire:literal list $set:ident($type:ty) $(or $clear:ident)?; $($rows:tt)*) => {
        $(#[$doc])*
        #[must_use]
        pub fn $set<I: Into<$type>>(self, values: impl IntoIterator<Item = I>) -> Self {
            let values: Vec<$type> = values.into_iter().map(Into::into).collect();
            self.put($wire, &values)
        }
        patches!(@clear $wire $($clear)?);
        patches!(@ $($rows)*);
    };
    (@clear $wire:literal) => {};
    (@clear $wire:literal $clear:ident) => {
        #[doc = concat!("Empties `", $wire, "`: sends `null`.")]
        #[must_use]
        pub fn $clear(self) -> Self {
            self.clear($wire)
        }
    };
}

patches! {
    /// Changes to a [`User`] (API Reference, update a user).
    UserPatch for User {
        /// The family name.
        "familyName" one family_name(String) or clear_family_name;
        /// The given name.
        "givenName" one given_name(String) or clear_given_name;
        /// What stands between the two.
        "additionalName" one additional_name(String) or clear_additional_name;
        /// The shown name.
        "displayName" one display_name(String) or clear_display_name;
        /// The address to log in with.
        "email" one email(String);
        /// The telephone number.
        "phone" one phone(String) or clear_phone;
        /// The password to log in with.
        "password" one password(Redacted<String>);
        /// The address of the picture; see also
        /// [`upload_avatar`](crate::Collection::upload_avatar).
        "avatar" one avatar(String) or clear_avatar;
        /// The organization.
        "organization" one organization(OrganizationId);
        /// What the user may do.
        "role" one role(UserRole);
        /// All preferences: read and change them first.
        "settings" one replace_settings(UserSettings);
        /// All free data; to change some of it, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
        /// Where the account stands.
        "status" one status(UserStatus);
    }

    /// Changes to an [`Organization`] (API Reference, update an organization).
    OrganizationPatch for Organization {
        /// The name.
        "name" one name(String);
        /// The name shown to consumers.
        "displayName" one display_name(String) or clear_display_name;
        /// Whether it is in use.
        "status" one status(OrganizationStatus);
        /// Where users ask for help.
        "email" one email(String) or clear_email;
        /// The address of the web site.
        "url" one url(String) or clear_url;
        /// The address of the logo.
        "logo" one logo(String) or clear_logo;
        /// Two-letter country code.
        "country" one country(String) or clear_country;
        /// The language.
        "locale" one locale(Locale) or clear_locale;
        /// IANA name of the time zone.
        "timezone" one timezone(String) or clear_timezone;
        /// Line of business.
        "industry" one industry(String) or clear_industry;
        /// All of how it works: read and change it first.
        "settings" one replace_settings(OrganizationSettings);
        /// All names and pictures that stand in for the agents' own.
        "aliases" list replace_aliases(Alias);
        /// All ten category slots; `None` is an empty one. It is the way to change their order and
        /// to fill empty slots (API Reference, categories).
        "categories" list replace_categories(Option<Category>);
        /// All labels of profile fields: read and change them first.
        "profileFields" one replace_profile_fields(ProfileFields) or clear_profile_fields;
        /// All words that must not be written.
        "stopwords" list replace_stopwords(String);
        /// All bot commands offered to agents.
        "commands" list replace_commands(String);
        /// All keywords.
        "tags" list replace_tags(String);
        /// The part of the white label domain in front.
        "domainPrefix" one domain_prefix(String) or clear_domain_prefix;
        /// The white label domain.
        "domain" one domain(String) or clear_domain;
        /// All organizations that may see the conversations.
        "partners" list replace_partners(Partner);
        /// All addresses and domains from which agents may register by themselves.
        "whitelist" list replace_whitelist(String);
        /// What agents become who register by themselves.
        "defaultRole" one default_role(SelfRegistrationRole);
        /// All of when records expire.
        "dataRetention" one replace_data_retention(DataRetention) or clear_data_retention;
        /// All of who pays: read and change it first.
        "billingInfo" one replace_billing_info(BillingInfo);
        /// The sender of notifications about results.
        "emailAs" one email_as(String) or clear_email_as;
        /// All free data; to change some of it, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Category`] (API Reference, update an organization category).
    CategoryPatch for Category {
        /// The name.
        "name" one name(String);
        /// All forms that may be used for it.
        "forms" list replace_forms(FormId);
        /// All keywords.
        "tags" list replace_tags(String);
    }

    /// Changes to an [`OrganizationGroup`] (API Reference, update an organization group).
    OrganizationGroupPatch for OrganizationGroup {
        /// The name.
        "name" one name(String);
        /// The owner.
        "organization" one organization(OrganizationId);
        /// All members; to add some, see [`add_members`](crate::Collection::add_members).
        "members" list replace_members(OrganizationId);
    }

    /// Changes to a [`Bot`] (API Reference, update a bot).
    BotPatch for Bot {
        /// The owner.
        "organization" one organization(OrganizationId);
        /// The shown name.
        "name" one name(String);
        /// What it does, in words.
        "description" one description(String) or clear_description;
        /// Whether it is in use.
        "status" one status(BotStatus);
        /// All roles it may speak in.
        "roles" list replace_roles(BotRole);
        /// Who it is shared with.
        "audience" one audience(Audience);
        /// All tags that limit sharing.
        "tags" list replace_tags(String);
        /// The address of its picture.
        "avatar" one avatar(String) or clear_avatar;
        /// All bot commands offered in the UI.
        "commands" list replace_commands(String);
        /// All free data; to change some of it, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
        /// Authentication secret of the bot's user.
        "secret" one secret(Redacted<String>);
    }

    /// Changes to a [`BotInstance`] (API Reference, update a bot instance).
    BotInstancePatch for BotInstance {
        /// The organization that uses the bot.
        "organization" one organization(OrganizationId);
        /// The bot.
        "bot" one bot(BotId);
        /// The bot's name here.
        "name" one name(String);
        /// The bot's description here.
        "description" one description(String) or clear_description;
        /// The bot's picture here.
        "avatar" one avatar(String) or clear_avatar;
        /// Whether it is switched on.
        "enabled" one enabled(bool);
        /// All settings of the bot here; to change some, see
        /// [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Service`] (API Reference, update a service).
    ServicePatch for Service {
        /// The owner.
        "organization" one organization(OrganizationId);
        /// The shown name.
        "name" one name(String);
        /// What it is for, in words.
        "description" one description(String) or clear_description;
        /// What it connects to; its parameters have to change with it.
        "type" one kind(ServiceType);
        /// Whether it is in use.
        "status" one status(ServiceStatus);
        /// All outgoing channels it supports.
        "touchpoints" list replace_touchpoints(Touchpoint);
        /// Smooch service id.
        "smoochId" one smooch_id(String) or clear_smooch_id;
        /// Smooch app id.
        "smoochAppId" one smooch_app_id(String) or clear_smooch_app_id;
        /// When the platform is to switch it on.
        "startDate" one start_date(Timestamp) or clear_start_date;
        /// When the platform is to switch it off.
        "endDate" one end_date(Timestamp) or clear_end_date;
        /// All free data; to change some of it, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Form`] (API Reference, update a form).
    FormPatch for Form {
        /// The owner.
        "organization" one organization(OrganizationId);
        /// The name.
        "name" one name(String);
        /// How it comes to be active.
        "type" one kind(FormType);
        /// The form it was made from.
        "template" one template(FormId) or clear_template;
        /// All contact profile fields that go into the results.
        "profileFields" list replace_profile_fields(String);
        /// All fields; to change some, see [`update_field`](crate::Collection::update_field).
        "fields" list replace_fields(NewField);
        /// All addresses that results are mailed to.
        "notifyEmails" list replace_notify_emails(String);
        /// Whether it is in use.
        "status" one status(FormStatus);
        /// All tags that share it with organizations below.
        "tags" list replace_tags(String);
        /// All labels that are passed on into results.
        "labels" list replace_labels(String);
        /// Points for results that an agent submits.
        "pointsByAgent" one points_by_agent(Number) or clear_points_by_agent;
        /// Points for results that a bot submits.
        "pointsByBot" one points_by_bot(Number) or clear_points_by_bot;
        /// All free data; to change some of it, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Field`]. The reference breaks off before it; the names are those of a new
    /// field.
    FieldPatch for Field {
        /// The short name.
        "name" one name(String);
        /// What is shown beside it.
        "label" one label(String) or clear_label;
        /// What it takes.
        "type" one kind(FieldType);
        /// What the value stands for.
        "entity" one entity(String) or clear_entity;
        /// A JavaScript regular expression that the whole value must match.
        "pattern" one pattern(String) or clear_pattern;
        /// All choices of a select field.
        "options" list replace_options(FieldOption);
        /// Whether a value must be given.
        "required" one required(bool);
        /// All free data.
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Conversation`].
    ConversationPatch for Conversation {
        /// The shown name.
        "name" one name(String);
        /// The outgoing channel of messages that name none.
        "touchpoint" one touchpoint(Touchpoint) or clear_touchpoint;
        /// The current category by its name.
        "category" one category(String) or clear_category;
        /// The current category by its slot, 0 to 9.
        "categoryIndex" one category_index(u8) or clear_category_index;
        /// All variables; to change some, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Message`] (SDK).
    MessagePatch for Message {
        /// The text.
        "text" one text(String);
        /// The text's media type.
        "contentType" one content_type(String) or clear_content_type;
        /// All buttons.
        "actions" list replace_actions(Action);
        /// All list or carousel entries.
        "items" list replace_items(Item);
        /// All free data; to change some of it, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Contact`] (SDK).
    ContactPatch for Contact {
        /// All of the profile: read and change it first.
        "profile" one replace_profile(ContactProfile);
        /// All free data; to change some of it, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Channel`] (SDK).
    ChannelPatch for Channel {
        /// The shown name.
        "name" one name(String);
        /// All free data; to change some of it, see [`merge_meta`](crate::Collection::merge_meta).
        "meta" one replace_meta(Meta);
    }

    /// Changes to a [`Workflow`] (SDK).
    WorkflowPatch for Workflow {
        /// The name.
        "name" one name(String);
        /// Whether it runs.
        "enabled" one enabled(bool);
        /// All rules.
        "rules" list replace_rules(Rule);
        /// All organizations it runs for.
        "organizations" list replace_organizations(OrganizationId);
        /// All tags of organizations it runs for.
        "organizationTags" list replace_organization_tags(String);
    }
}

impl Patch<Service> {
    /// All connection parameters, without the type: what is left out falls back to its default
    /// (API Basics, PATCH behavior). Secrets that are to stay must be written again.
    #[must_use]
    pub fn replace_params(self, params: &ServiceParams) -> Self {
        self.put("params", &params.bare())
    }
}
