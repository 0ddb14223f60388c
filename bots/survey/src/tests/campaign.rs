//! The campaign of the sandbox, watched by moving the clock.

use std::collections::BTreeMap;

use shipmate::{testing::World, web1on1::ConversationId};

use super::{containing, world};

/// From the start of the worlds, Monday 10:00 UTC, to before and after the next Monday 9:00 in
/// Amsterdam.
const BEFORE: &str = "165 h 50 min";
const PAST: &str = "20 min";

/// The conversations by the name of the contact.
fn conversations(world: &World) -> BTreeMap<String, ConversationId> {
    let ids = world.sandbox().conversations().into_iter();
    ids.map(|id| {
        let found = world.sandbox().conversation(&id).unwrap().conversation;
        (found.name.unwrap_or_default(), id)
    })
    .collect()
}

#[tokio::test]
async fn on_monday_at_nine_the_campaign_begins_surveys_in_the_contacts_languages() {
    let world = world(&[]).await;
    world.advance(BEFORE).await;
    assert!(conversations(&world).is_empty());
    world.advance(PAST).await;
    let begun = conversations(&world);
    let names: Vec<_> = begun.keys().map(String::as_str).collect();
    assert_eq!(names, ["Bram de Vries", "Sanne Jansen", "Tim Smith"]);

    let bram = world.contact_of(&begun["Bram de Vries"], "Bram");
    bram.expects("Dag Bram, u was onlangs in onze werkplaats.…")
        .await;
    bram.expects(containing("Hoe waarschijnlijk is het")).await;
    bram.says("elf").await;
    bram.expects(containing("Hoe waarschijnlijk is het")).await;
    bram.says("9").await;
    bram.expects(containing("Wat is de belangrijkste reden"))
        .await;
    bram.says("Snel klaar").await;
    bram.expects(containing("Hartelijk dank")).await;
    bram.expects_report("score", "9").await;
    bram.expects_closed().await;

    let tim = world.contact_of(&begun["Tim Smith"], "Tim");
    tim.expects("Hello Tim, you were in our workshop lately.…")
        .await;
    tim.expects(containing("How likely are you")).await;

    let sanne = world.contact_of(&begun["Sanne Jansen"], "Sanne");
    sanne.hears().await;
    sanne.says("Stop").await;
    sanne.expects(containing("START")).await;
    world.finish().await;
    world.assert_exactly_once();
    world.assert_no_limit_breach();
}
