//! Every endpoint that the platform's documents name is reached by a method of the client, served
//! by the sandbox with the documented status, and tested here: nothing is left out, and the table
//! in the book says so.
//!
//! The list of endpoints is the documents' (`coverage/reference.txt`), not ours.

mod conversations;

mod directory;

mod organizations;

mod reference;

mod table;

mod tour;

mod users;

use std::collections::BTreeSet;

use tour::Tour;

#[tokio::test]
async fn every_documented_endpoint_has_a_method_a_route_and_a_test() {
    let mut tour = Tour::start().await;
    users::tokens(&mut tour).await;
    users::people(&mut tour).await;
    Box::pin(organizations::organizations(&mut tour)).await;
    organizations::categories(&mut tour).await;
    organizations::groups(&mut tour).await;
    directory::bots(&mut tour).await;
    directory::services(&mut tour).await;
    directory::forms(&mut tour).await;
    directory::channels_contacts_and_workflows(&mut tour).await;
    directory::other_resources(&mut tour).await;
    conversations::conversations(&mut tour).await;
    conversations::messages(&mut tour).await;
    let rows = tour.end().await;

    let documented = reference::endpoints();
    let reached: BTreeSet<&str> = rows.iter().map(|row| row.shape.as_str()).collect();
    let known: BTreeSet<&str> = documented.iter().map(|it| it.shape.as_str()).collect();
    let holes: Vec<_> = known.difference(&reached).collect();
    assert!(holes.is_empty(), "no client method reaches {holes:?}");
    let strays: Vec<_> = reached.difference(&known).collect();
    assert!(strays.is_empty(), "no document names {strays:?}");
    for endpoint in &documented {
        for row in rows.iter().filter(|row| row.shape == endpoint.shape) {
            assert_eq!(row.status, endpoint.status, "{}", endpoint.endpoint);
        }
    }
    table::check(&documented, &rows);
}
