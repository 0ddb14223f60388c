//! Bots, services, forms, and what the documents say little about.

use serde_json::json;
use web1on1::{
    ContactProfile, FieldType, NewBot, NewBotInstance, NewContact, NewField, NewForm, NewService,
    Patch, Query, ServiceParams, channel::NewChannel, patch::FieldPatch, service,
    workflow::NewWorkflow,
};

use super::tour::{Tour, lives};

/// Resources that only the SDK names.
const RAW: [&str; 12] = [
    "partners",
    "metrics",
    "points",
    "kbases",
    "kbitems",
    "articles",
    "files",
    "locations",
    "watemplates",
    "tests",
    "testresults",
    "links",
];

pub(super) async fn bots(tour: &mut Tour) {
    tour.part("coverage::directory::bots");
    let client = tour.client.clone();
    let bots = client.bots();
    let instances = client.bot_instances();
    let dealer = tour.demo.dealer.clone();
    lives!(tour, bots, "bots", NewBot::new("Second bot"), |bot| {
        let mut new = NewBotInstance::new(bot.id.clone(), "Second bot");
        new.organization = Some(dealer);
        lives!(tour, instances, "bot_instances", new, |instance| {
            assert_eq!(instance.bot, bot.id);
        });
    });
}

pub(super) async fn services(tour: &mut Tour) {
    tour.part("coverage::directory::services");
    let client = tour.client.clone();
    let services = client.services();
    let params = ServiceParams::Api(service::ApiParams::default());
    lives!(
        tour,
        services,
        "services",
        NewService::new("Widget", params),
        |service| {
            assert_eq!(service.kind().as_str(), "api");
        }
    );
}

pub(super) async fn forms(tour: &mut Tour) {
    tour.part("coverage::directory::forms");
    let client = tour.client.clone();
    let forms = client.forms();
    lives!(tour, forms, "forms", NewForm::new("Trade-in"), |form| {
        let new = NewField::new("plate", FieldType::Text);
        let added = tour
            .step("forms().add_field", forms.add_field(&form.id, &new))
            .await;
        let id = added.id.unwrap();
        let changed = FieldPatch::new().set("label", "Number plate");
        tour.step(
            "forms().update_field",
            forms.update_field(&form.id, &id, &changed),
        )
        .await;
        let read = tour.step("forms().field", forms.field(&form.id, &id)).await;
        assert_eq!(read.label.as_deref(), Some("Number plate"));
        let all = tour.step("forms().fields", forms.fields(&form.id)).await;
        assert_eq!(all, [read]);
        tour.step("forms().delete_field", forms.delete_field(&form.id, &id))
            .await;
        assert!(forms.fields(&form.id).await.unwrap().is_empty());
    });
}

pub(super) async fn channels_contacts_and_workflows(tour: &mut Tour) {
    tour.part("coverage::directory::channels_contacts_and_workflows");
    let client = tour.client.clone();
    let channels = client.channels();
    lives!(
        tour,
        channels,
        "channels",
        NewChannel::new("Back office"),
        |_channel| {}
    );
    let contacts = client.contacts();
    let profile = ContactProfile::named("Carl Consumer").with_telephone("+31600000000");
    lives!(
        tour,
        contacts,
        "contacts",
        NewContact::new(profile),
        |_contact| {}
    );
    let workflows = client.workflows();
    lives!(
        tour,
        workflows,
        "workflows",
        NewWorkflow::new("Route", []),
        |_workflow| {}
    );
}

pub(super) async fn other_resources(tour: &mut Tour) {
    tour.part("coverage::directory::other_resources");
    let client = tour.client.clone();
    for path in RAW {
        let resources = client.raw(path);
        let new = json!({"name": "first", "text": "hello"});
        let created = tour.step("raw(…).create", resources.create(&new)).await;
        let id = created.id.as_deref().unwrap();
        let all = tour
            .step("raw(…).list", resources.list(&Query::new()))
            .await;
        assert!(all.iter().any(|it| it.id == created.id), "{path}");
        let patch = Patch::new().set("name", "second");
        tour.step("raw(…).update", resources.update(id, &patch))
            .await;
        let read = tour.step("raw(…).get", resources.get(id)).await;
        assert_eq!(read.extra["name"], "second", "{path}");
        tour.step("raw(…).delete", resources.delete(id)).await;
        assert_eq!(Tour::refused(resources.get(id)).await, Some(404), "{path}");
    }
}
