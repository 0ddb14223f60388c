//! Whole conversations.

mod campaign;

use shipmate::testing::{World, containing};

use crate::app;

async fn world(settings: &[(&str, &str)]) -> World {
    let mut world = app().unwrap().world();
    for (key, value) in settings {
        world = world.setting(*key, *value);
    }
    world.await
}

#[tokio::test]
async fn written_conversations_go_as_they_are_written() {
    let chats = concat!(env!("CARGO_MANIFEST_DIR"), "/chats");
    shipmate::testing::chat_folder(app().unwrap(), chats).await;
}

#[tokio::test]
async fn nobody_is_asked_again_within_a_month() {
    let world = world(&[("notAgainWithin", "720h")]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    for (day, asks) in [(0, true), (1, false), (40, true)] {
        if day > 0 {
            world.advance(if day == 1 { "24h" } else { "960h" }).await;
        }
        ann.says("hello").await;
        agent.says(&ann, "Done.").await;
        world.advance("1 min").await;
        agent.leaves(&ann).await;
        world.advance("2h").await;
        if asks {
            ann.expects(containing("recommend")).await;
            ann.says("cancel").await;
            ann.hears().await;
        } else {
            ann.expects_silence().await;
        }
    }
    world.finish().await;
    world.assert_exactly_once();
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn an_organization_can_have_its_own_survey() {
    let survey = "id = 'visit'\nversion = 3\n[[questions]]\nname = 'stars'\ntype = 'stars'\ntext = 'How was your visit?'";
    let world = world(&[("survey", survey), ("after", "10m")]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    ann.says("hello").await;
    agent.says(&ann, "Done.").await;
    world.advance("1 min").await;
    agent.leaves(&ann).await;
    world.advance("10m").await;
    ann.expects(containing("How was your visit?")).await;
    ann.says("⭐⭐⭐⭐").await;
    ann.expects(containing("Thank you")).await;
    ann.expects_report("stars", "4").await;
    ann.expects_closed().await;
}

#[tokio::test]
async fn a_survey_that_cannot_be_used_silences_its_organization_only() {
    let wrong = "id = 'visit'\n[[questions]]\nname = 'a'\ntype = 'nsp'";
    let world = world(&[("survey", wrong), ("after", "10m")]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    ann.says("hello").await;
    agent.says(&ann, "Done.").await;
    world.advance("1 min").await;
    agent.leaves(&ann).await;
    world.advance("1h").await;
    ann.expects_silence().await;
}

#[tokio::test]
async fn nobody_is_promised_a_call_at_once_while_nobody_is_at_work() {
    let hours = [("hours", "closed"), ("timeZone", "Europe/Berlin")];
    let world = world(&[("after", "10m"), hours[0], hours[1]]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    ann.says("hello").await;
    agent.says(&ann, "Done.").await;
    agent.leaves(&ann).await;
    world.advance("10m").await;
    ann.expects(containing("recommend")).await;
    ann.says("human").await;
    ann.expects(containing("We are closed at the moment")).await;
    ann.says("when?").await;
    ann.expects(containing("We are closed at the moment")).await;
    ann.says("hm").await;
    ann.expects_silence().await;
}
