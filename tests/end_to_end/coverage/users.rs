//! People, and the tokens by which they act.

use web1on1::{Credentials, Patch, Query, RefreshToken, user::NewUser};

use super::tour::{Tour, lives};

/// A picture of one transparent pixel.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89,
];

pub(super) async fn tokens(tour: &mut Tour) {
    tour.part("coverage::users::tokens");
    let client = tour.client.clone();
    let credentials = Credentials::password("ada.admin@example.com", "sandbox");
    let granted = tour
        .step("auth().log_in", client.auth().log_in(&credentials))
        .await;
    let refresh: RefreshToken = granted.refresh_token.unwrap();
    let mail = Some("ada.admin@example.com");
    let by_form = tour
        .step("auth().refresh", client.auth().refresh(&refresh, mail))
        .await;
    let by_query = tour
        .step("auth().refresh", client.auth().refresh(&refresh, None))
        .await;
    assert_eq!(by_form.user, granted.user);
    assert_eq!(by_query.user, granted.user);
}

pub(super) async fn people(tour: &mut Tour) {
    tour.part("coverage::users::people");
    let client = tour.client.clone();
    let users = client.users();
    lives!(
        tour,
        users,
        "users",
        NewUser::new("new@example.com"),
        |user| {
            tour.step("users().me", users.me()).await;
            let pictured = tour
                .step(
                    "users().upload_avatar",
                    users.upload_avatar(&user.id, "me.png", "image/png", PIXEL),
                )
                .await;
            assert!(pictured.avatar.is_some());
            tour.step("users().delete_avatar", users.delete_avatar(&user.id))
                .await;
            let bare = users.get(&user.id).await.unwrap();
            assert_eq!(bare.avatar, None);

            let mine = tour
                .step("users().my_organizations", users.my_organizations())
                .await;
            assert_eq!(mine.organizations.len(), 1);
            let (agent, group) = (tour.demo.agent.clone(), tour.demo.group.clone());
            tour.step(
                "users().remove_from_organization",
                users.remove_from_organization(&agent, &group),
            )
            .await;
            let agents = tour.client_with(&tour.sandbox.user_token(&agent));
            let left = agents.users().my_organizations().await.unwrap();
            assert_eq!(left.organizations.len(), 1);
        }
    );
}
