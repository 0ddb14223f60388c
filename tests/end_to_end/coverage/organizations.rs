//! Organizations, their categories, and their groups.

use web1on1::{
    Patch, Query,
    organization::{BillingInfo, NewCategory, NewOrganization, Plan},
    organization_group::NewOrganizationGroup,
    patch::CategoryPatch,
};

use super::tour::{Tour, lives};

pub(super) async fn organizations(tour: &mut Tour) {
    tour.part("coverage::organizations::organizations");
    let client = tour.client.clone();
    let organizations = client.organizations();
    let bill = BillingInfo::new("ann@example.com", "bill@example.com", "cus_1", Plan::Base);
    lives!(
        tour,
        organizations,
        "organizations",
        NewOrganization::new("New", bill),
        |organization| {
            let workflows = tour
                .step(
                    "organizations().workflows",
                    organizations.workflows(&organization.id),
                )
                .await;
            assert!(workflows.is_empty());
        }
    );
}

pub(super) async fn categories(tour: &mut Tour) {
    tour.part("coverage::organizations::categories");
    let client = tour.client.clone();
    let organizations = client.organizations();
    let dealer = tour.demo.dealer.clone();
    let known = tour
        .step(
            "organizations().categories",
            organizations.categories(&dealer),
        )
        .await;
    let new = NewCategory::new("Parts", [tour.demo.brochure.clone()]);
    let added = tour
        .step(
            "organizations().add_category",
            organizations.add_category(&dealer, &new),
        )
        .await;
    let id = added.id.unwrap();
    let renamed = CategoryPatch::new().set("name", "Spare parts");
    tour.step(
        "organizations().update_category",
        organizations.update_category(&dealer, &id, &renamed),
    )
    .await;
    let read = tour
        .step(
            "organizations().category",
            organizations.category(&dealer, &id),
        )
        .await;
    assert_eq!((read.name.as_str(), read.forms.len()), ("Spare parts", 1));
    tour.step(
        "organizations().delete_category",
        organizations.delete_category(&dealer, &id),
    )
    .await;
    let left = organizations.categories(&dealer).await.unwrap();
    assert_eq!(left.iter().flatten().count(), known.len());
}

pub(super) async fn groups(tour: &mut Tour) {
    tour.part("coverage::organizations::groups");
    let client = tour.client.clone();
    let groups = client.organization_groups();
    let dealer = tour.demo.dealer.clone();
    lives!(
        tour,
        groups,
        "organization_groups",
        NewOrganizationGroup::new("Dealers"),
        |group| {
            tour.step(
                "organization_groups().add_members",
                groups.add_members(&group.id, std::slice::from_ref(&dealer)),
            )
            .await;
            let members = tour
                .step("organization_groups().members", groups.members(&group.id))
                .await;
            assert_eq!(members, std::slice::from_ref(&dealer));
            tour.step(
                "organization_groups().remove_member",
                groups.remove_member(&group.id, &dealer),
            )
            .await;
            assert!(groups.members(&group.id).await.unwrap().is_empty());
        }
    );
}
