//! Forms that change while they are filled in.

use serde_json::{Value, json};
use shipmate::testing::{World, containing};
use shipmate_sandbox::Seed;

use super::{hears, world};

const NAME: &str = "What is your name?";
const EMAIL: &str = "What is your e-mail address?";
const MODEL: &str = "Which model?";

/// The form has these fields now.
async fn change(world: &World, fields: Value) {
    world.advance("1 min").await;
    let (_, demo) = Seed::demo();
    let change = json!({"fields": fields});
    let form = demo.test_drive.as_str();
    world.sandbox().update("forms", form, change).unwrap();
    world.settle().await;
}

fn text(name: &str, label: &str) -> Value {
    json!({"name": name, "label": label, "type": "text", "required": true})
}

#[tokio::test]
async fn a_field_that_is_new_is_asked_and_one_that_is_gone_is_not() {
    let world = world(&[("forms", "test_drive")]).await;
    let ann = world.contact("Ann");
    hears(&ann, "hi", NAME).await;
    hears(&ann, "Ann Example", EMAIL).await;
    change(&world, json!([text("model", MODEL), text("name", NAME)])).await;
    // This was no answer to which model.
    hears(&ann, "ann@example.com", "have changed in the meantime").await;
    ann.says("Estate").await;
    ann.expects(containing("Which model? Estate\n")).await;
    ann.expects_report("name", "Ann Example").await;
    ann.expects_report("model", "Estate").await;
    ann.expects_closed().await;
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn what_was_asked_is_answered_before_what_is_new() {
    let world = world(&[("forms", "test_drive")]).await;
    let ann = world.contact("Ann");
    hears(&ann, "hi", NAME).await;
    change(&world, json!([text("model", MODEL), text("name", NAME)])).await;
    ann.says("Ann Example").await;
    ann.expects(MODEL).await;
    ann.says("Estate").await;
    ann.expects_report("name", "Ann Example").await;
    ann.expects_closed().await;
}

#[tokio::test]
async fn a_reminder_asks_what_the_form_has_now() {
    let world = world(&[("forms", "test_drive"), ("reminders", "30m")]).await;
    let ann = world.contact("Ann");
    hears(&ann, "hi", NAME).await;
    hears(&ann, "Ann Example", EMAIL).await;
    change(&world, json!([text("name", NAME), text("model", MODEL)])).await;
    world.advance("30m").await;
    ann.expects("Are you still there? …\n\nWhich model?").await;
    ann.says("Estate").await;
    ann.expects_report("model", "Estate").await;
    ann.expects_closed().await;
}
