//! Whole conversations.

mod campaign;

use serde_json::{Value, json};
use shipmate::{
    store::WhichResponses,
    testing::{World, containing},
};

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

/// An organization's own survey: how many stars, and why.
fn own(version: u32, on_change: &str, question: &str) -> String {
    let head = format!("id = 'visit'\nversion = {version}\non_change = '{on_change}'");
    let stars = "name = 'stars'\ntype = 'stars'\ntext = 'How was your visit?'";
    format!("{head}\n[[questions]]\n{stars}\n[[questions]]\n{question}")
}

const WHY: &str = "name = 'why'\ntype = 'text'\ntext = 'Why?'";
const WISH: &str = "name = 'wish'\ntype = 'text'\ntext = 'What do you wish for?'";

/// Ann has given four stars and is asked why when the organization changes its survey.
async fn changed(on_change: &str) -> World {
    let survey = own(1, on_change, WHY);
    let world = world(&[("survey", &survey), ("after", "10m")]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    ann.says("hello").await;
    agent.says(&ann, "Done.").await;
    world.advance("1 min").await;
    agent.leaves(&ann).await;
    world.advance("10m").await;
    ann.expects(containing("How was your visit?")).await;
    ann.says("⭐⭐⭐⭐").await;
    ann.expects("Why?").await;

    let sandbox = world.sandbox();
    let installed = sandbox.installations(&world.bots()[0]).into_iter();
    let mut here = installed.filter(|it| it.organization == *world.organization());
    let mut installation = here.next().unwrap();
    let survey = own(2, on_change, WISH);
    installation.meta.insert("survey".into(), survey.into());
    let change = json!({"meta": installation.meta});
    let instance = installation.instance.as_str();
    sandbox.update("botinstances", instance, change).unwrap();
    world.advance("1 min").await;
    world
}

/// The version of the only response, and its answers.
async fn kept(world: &World) -> (u32, Value) {
    let which = WhichResponses::default();
    let responses = world.store().responses(&which, 0, 10).await.unwrap();
    let [record] = responses.as_slice() else {
        panic!("{responses:?}");
    };
    assert!(record.response.is_complete());
    (record.response.version, json!(record.response.answers))
}

#[tokio::test]
async fn who_is_in_the_middle_of_a_pinned_survey_ends_with_it() {
    let world = changed("pin").await;
    let ann = world.contact("Ann");
    // Also over a restart of the service.
    world.crash().await;
    ann.says("It was quick").await;
    ann.expects(containing("Thank you")).await;
    ann.expects_report("why", "It was quick").await;
    ann.expects_closed().await;
    let answers = json!({"stars": 4, "why": "It was quick"});
    assert_eq!(kept(&world).await, (1, answers));
}

#[tokio::test]
async fn who_is_in_the_middle_of_a_migrated_survey_goes_on_with_the_new_one() {
    let world = changed("migrate").await;
    let ann = world.contact("Ann");
    ann.says("It was quick").await;
    ann.expects("Our questions have changed in the meantime.\n\nWhat do you wish for?")
        .await;
    ann.says("More coffee").await;
    ann.expects(containing("Thank you")).await;
    ann.expects_report("wish", "More coffee").await;
    let answers = json!({"stars": 4, "wish": "More coffee"});
    assert_eq!(kept(&world).await, (2, answers));
}

#[tokio::test]
async fn who_is_in_the_middle_of_a_restarted_survey_begins_again() {
    let world = changed("restart").await;
    let ann = world.contact("Ann");
    ann.says("It was quick").await;
    ann.expects("Our questions have changed in the meantime.\n\nHow was your visit?\nI have this noted: ★★★★\nIs that still right?")
        .await;
    ann.says("no").await;
    ann.expects(containing("How was your visit?")).await;
    ann.says("3").await;
    ann.expects("What do you wish for?").await;
    ann.says("More coffee").await;
    ann.expects_report("stars", "3").await;
    let answers = json!({"stars": 3, "wish": "More coffee"});
    assert_eq!(kept(&world).await, (2, answers));
}

#[tokio::test]
async fn agents_read_their_own_language() {
    let world = app().unwrap().world().organization("Haven Auto's").await;
    let profile = serde_json::from_value(json!({ "locale": "en" })).unwrap();
    let (tim, agent) = (world.contact_with("Tim Smith", profile), world.agent());
    tim.says("hello").await;
    agent.says(&tim, "Klaar.").await;
    agent.leaves(&tim).await;
    world.advance("30m").await;
    tim.expects(containing("recommend")).await;
    tim.says("3").await;
    tim.hears().await;
    tim.says("human").await;
    tim.expects(containing("colleague")).await;
    tim.expects_note(containing("Cijfer: 3")).await;
}
