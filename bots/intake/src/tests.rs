//! Whole conversations.

mod campaign;
mod changes;
mod crashes;

use std::collections::BTreeSet;

use shipmate::testing::{Contact, World, WorldBuilder, chat_folder, containing};
use shipmate_sandbox::{Demo, Fault, Seed};

use crate::app;

/// The bot in the world it has in the sandbox, with these settings. Forms are called by their names.
async fn world(settings: &[(&str, &str)]) -> World {
    builder(settings).await
}

fn builder(settings: &[(&str, &str)]) -> WorldBuilder {
    let (_, demo) = Seed::demo();
    let mut world = app().unwrap().world();
    for (key, value) in settings {
        world = world.setting(*key, with_ids(value, &demo));
    }
    world
}

fn with_ids(value: &str, demo: &Demo) -> String {
    let value = value.replace("test_drive", demo.test_drive.as_str());
    value.replace("brochure", demo.brochure.as_str())
}

/// Says something and expects the answer to contain something.
async fn hears(contact: &Contact<'_>, says: &str, part: &str) {
    contact.says(says).await;
    contact.expects(containing(part)).await;
}

#[tokio::test]
async fn a_whole_intake_ends_with_a_summary_a_report_and_a_closed_conversation() {
    let world = world(&[]).await;
    let ann = world.contact("Ann Example");
    hears(&ann, "hi", "What is it about?").await;
    for (answer, next) in [
        ("test drive", "What is your name?"),
        ("Ann Example", "e-mail"),
        ("not an address", "e-mail"),
        ("ann@example.com", "number"),
        ("skip", "old"),
        ("17", "18"),
        ("34", "day"),
        ("12 March 2026", "model"),
        ("SUV", "engine"),
        ("2", "driving licence"),
        ("2001-02-30", "driving licence"),
        ("2001-02-28", "trade in"),
        ("yes", "Anything else"),
    ] {
        hears(&ann, answer, next).await;
    }
    ann.says("See you!\n/leave").await;
    let summary = ann.hears().await.join("\n");
    assert!(
        summary.contains("ann@example.com") && summary.contains("12 March 2026"),
        "{summary}"
    );
    ann.expects_closed().await;
    ann.expects_field("day", "2026-03-12").await;
    ann.expects_field("model", "suv").await;
    ann.expects_field("remarks", "See you! /leave").await;
    ann.expects_no_field("phone").await;
    ann.expects_report("remarks", "See you!\n/leave").await;
    ann.expects_variable("intake", "complete").await;
    world.finish().await;
    world.assert_exactly_once();
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn the_references_form_is_an_intake() {
    let world = world(&[("forms", "brochure")]).await;
    let ann = world.contact("Ann");
    hears(&ann, "hi", "Appointment Date").await;
    hears(&ann, "2026-02-30", "Appointment Date").await;
    hears(&ann, "2026-02-28", "2026-02-28").await;
    ann.expects_closed().await;
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn ten_wrong_answers_in_a_row_never_trip_a_limit() {
    let world = world(&[("forms", "test_drive"), ("attempts", "20")]).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    ann.says("Ann Example").await;
    ann.hears().await;
    for _ in 1..=10 {
        hears(&ann, "no address", "e-mail").await;
    }
    hears(&ann, "ann@example.com", "number").await;
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn when_attempts_run_out_a_person_gets_the_answers_so_far() {
    let world = world(&[("forms", "test_drive"), ("attempts", "3")]).await;
    let ann = world.contact("Ann");
    for text in ["hi", "Ann Example", "x", "y"] {
        ann.says(text).await;
    }
    ann.hears().await;
    hears(&ann, "z", "colleague").await;
    ann.expects_command("/notify…").await;
    ann.expects_note(containing("Ann Example")).await;
    ann.expects_variable("intake", "handed over").await;
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn the_bot_gives_way_to_a_person() {
    let world = world(&[("forms", "test_drive")]).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    ann.hears().await;
    world.agent().accepts(&ann).await;
    ann.expects_variable("intake", "taken over").await;
    ann.says("are you a person?").await;
    ann.expects_silence().await;
}

#[tokio::test]
async fn an_assignment_starts_the_intake() {
    let world = world(&[("forms", "test_drive")]).await;
    let ann = world.contact("Ann");
    world.agent().assigns_the_bot(&ann).await;
    ann.expects(containing("What is your name?")).await;
}

#[tokio::test]
async fn thanks_after_the_end_is_no_new_request_but_a_later_message_is() {
    let world = world(&[("forms", "brochure")]).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    ann.says("2026-02-28").await;
    ann.expects_closed().await;
    ann.hears().await;
    ann.says("thanks!").await;
    ann.expects_silence().await;
    world.advance("2h").await;
    hears(&ann, "hello again", "Appointment Date").await;
}

#[tokio::test]
async fn who_cannot_choose_a_form_gets_a_person() {
    let world = world(&[("attempts", "4")]).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    ann.hears().await;
    let mut asked = BTreeSet::new();
    for _ in 0..3 {
        ann.says("bananas").await;
        asked.extend(ann.hears().await);
    }
    assert_eq!(asked.len(), 3, "in other words each time: {asked:?}");
    hears(&ann, "bananas", "colleague").await;
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn a_person_who_simply_writes_has_taken_over() {
    let world = world(&[("forms", "test_drive")]).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    world.agent().says(&ann, "Ann here, how can I help?").await;
    ann.expects_variable("intake", "taken over").await;
}

#[tokio::test]
async fn written_conversations_go_as_they_are_written() {
    chat_folder(
        app().unwrap(),
        concat!(env!("CARGO_MANIFEST_DIR"), "/chats"),
    )
    .await;
}

#[tokio::test]
async fn when_the_person_has_left_the_intake_goes_on_at_the_same_question() {
    let world = world(&[("forms", "test_drive")]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    hears(&ann, "hi", "name").await;
    hears(&ann, "Ann Example", "e-mail").await;
    agent.says(&ann, "Let me help you.").await;
    ann.expects_variable("intake", "taken over").await;
    ann.says("Thank you!").await;
    agent.leaves(&ann).await;
    ann.expects_closed().await;
    hears(&ann, "ann@example.com", "number").await;
    ann.expects_variable("intake", "resumed").await;
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn a_person_who_assigns_it_back_makes_the_bot_ask_again() {
    let world = world(&[("forms", "test_drive")]).await;
    let (ann, agent) = (world.contact("Ann"), world.agent());
    hears(&ann, "hi", "What is your name?").await;
    agent.accepts(&ann).await;
    ann.expects_variable("intake", "taken over").await;
    agent.assigns_the_bot(&ann).await;
    ann.expects(containing("What is your name?")).await;
    hears(&ann, "Ann Example", "e-mail").await;
}

#[tokio::test]
async fn people_get_the_answers_when_the_platform_refuses_to_show_the_forms() {
    let world = world(&[("forms", "test_drive")]).await;
    let ann = world.contact("Ann");
    hears(&ann, "hi", "name").await;
    hears(&ann, "Ann Example", "e-mail").await;
    // Forms are read again after an hour at the latest.
    world.advance("2h").await;
    let refused = Fault::answer(400).on("GET", "/forms").always();
    world.sandbox().inject(refused);
    ann.says("ann@example.com").await;
    world.advance("5m").await;
    ann.expects_note(containing("Ann Example")).await;
    ann.expects_command("/notify").await;
}

#[tokio::test]
async fn hours_are_meant_in_the_time_zone_of_the_organization() {
    // In Amsterdam it is an hour later than in UTC.
    for (start, expected) in [
        ("2026-01-05T07:30:00Z", "Let me get a colleague"),
        ("2026-01-05T16:30:00Z", "We are closed"),
    ] {
        let world = builder(&[("hours", "mon-fri 8:00-17:00")]);
        let world = world.start_at(start.parse().unwrap()).await;
        let ann = world.contact("Ann");
        ann.says("hi").await;
        ann.hears().await;
        hears(&ann, "human", expected).await;
    }
}

#[tokio::test]
async fn forms_are_those_of_the_organization_and_above() {
    // Not those of the other organization in the group.
    let world = world(&[("forms", "")]).await;
    let ann = world.contact("Ann");
    hears(&ann, "hi", "What is it about?").await;
    ann.expects_buttons(["Brochure", "Test drive"]).await;
}

#[tokio::test]
async fn forms_can_be_chosen_by_their_labels() {
    let labels = [("forms", ""), ("labels", "isBrand, other")];
    let world = world(&labels).await;
    hears(&world.contact("Ann"), "hi", "Appointment").await;
    let neighbour = app().unwrap().world().organization("Hafen Autohaus");
    let neighbour = neighbour.setting("forms", "").setting("labels", "isLead");
    let world = neighbour.await;
    let jonas = world.contact("Jonas");
    hears(&jonas, "hi", "Worum geht es?").await;
    jonas
        .expects_buttons(["Brochure", "Test drive", "Probefahrt"])
        .await;
}
