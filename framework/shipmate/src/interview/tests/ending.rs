//! How interviews end, and what is kept of them then.

use serde_json::json;

use super::Play;
use crate::{
    results::End,
    testing::{Contact, containing},
};

const SURVEY: &str = r#"
    id = "visit"
    attempts = 2

    [[questions]]
    name = "kind"
    type = "single-choice"
    text = "What was it?"
    options = ["sale", "repair", "parts"]

    [[questions]]
    name = "again"
    type = "yes-no"
    text = "Once more?"
    give_up = "skip"

    [[questions]]
    name = "when"
    type = "date"
    text = "When?"
    hint = ""
    when = "again is yes"
    give_up = "end"

    [[questions]]
    name = "remark"
    type = "text"
    text = "A remark?"

    [[screen_outs]]
    name = "parts"
    when = "kind is parts"
    text = "This is not about parts."

    [[quotas]]
    name = "sales"
    when = "kind is sale"
    limit = 1
    text = "We know enough of sales."
"#;

async fn says(contact: &Contact<'_>, texts: &[&str]) {
    for text in texts {
        contact.says(*text).await;
        contact.hears().await;
    }
}

#[tokio::test]
async fn who_is_not_meant_is_told_so() {
    let play = Play::of(SURVEY).await;
    let ann = play.world.contact("Ann");
    says(&ann, &["hi"]).await;
    ann.says("parts").await;
    ann.expects("This is not about parts.").await;
    ann.expects_variable("end", "screened out (parts)").await;
    ann.expects_report("kind", "parts").await;
    let response = play.only_response().await;
    assert_eq!(response.end, Some(End::ScreenedOut("parts".into())));
    play.finish().await;
}

#[tokio::test]
async fn who_comes_when_there_are_enough_is_told_so() {
    let play = Play::of(SURVEY).await;
    let (ann, ben) = (play.world.contact("Ann"), play.world.contact("Ben"));
    says(&ben, &["hi", "repair"]).await;
    says(&ann, &["hi", "sale", "no", "None"]).await;
    ann.expects_variable("end", "completed").await;
    // The count is taken up after a crash; who corrects an answer belongs to the group, too.
    play.world.crash().await;
    ben.says("no, kind is sale").await;
    ben.expects("We know enough of sales.").await;
    ben.expects_variable("end", "over quota (sales)").await;
    let responses = play.responses().await;
    let ends: Vec<_> = responses.into_iter().map(|response| response.end).collect();
    let over = Some(End::OverQuota("sales".into()));
    assert_eq!(ends, [over, Some(End::Completed)]);
    play.finish().await;
}

#[tokio::test]
async fn what_is_not_understood_is_left_out_or_ends_it_as_the_survey_says() {
    let play = Play::of(SURVEY).await;
    let ann = play.world.contact("Ann");
    says(&ann, &["hi", "sale", "maybe"]).await;
    ann.says("perhaps").await;
    ann.expects("…\n\nA remark?").await;
    // A change of mind: now there is a day to be asked for.
    ann.says("no, again is yes").await;
    ann.expects("Changed. Once more? Yes\n\nWhen?").await;
    says(&ann, &["some day", "whenever"]).await;
    ann.expects_variable("end", "given up").await;
    let response = play.only_response().await;
    assert_eq!(response.end, Some(End::GivenUp));
    let answers = json!({"kind": "sale", "again": true});
    assert_eq!(json!(response.answers), answers);
    play.finish().await;
}

#[tokio::test]
async fn what_depends_on_an_answer_that_is_left_out_is_dropped() {
    let play = Play::of(SURVEY).await;
    let ann = play.world.contact("Ann");
    says(
        &ann,
        &["hi", "sale", "yes", "4 March 2026", "change again", "maybe"],
    )
    .await;
    ann.says("perhaps").await;
    ann.expects("…\n\nA remark?").await;
    // What comes back is asked again, and not remembered.
    ann.says("no, again is yes").await;
    ann.expects("…\n\nWhen?").await;
    play.finish().await;
}

#[tokio::test]
async fn who_wants_a_person_or_nothing_more_gets_it() {
    let play = Play::of(SURVEY).await;
    let (ann, ben) = (play.world.contact("Ann"), play.world.contact("Ben"));
    says(&ann, &["hi", "sale", "speak to someone"]).await;
    ann.expects_note(containing("What was it? sale")).await;
    says(&ben, &["hi", "sale", "cancel"]).await;
    ben.expects_variable("end", "cancelled").await;
    let responses = play.responses().await;
    let ends: Vec<_> = responses.into_iter().map(|response| response.end).collect();
    assert_eq!(ends, [Some(End::HandedOver), Some(End::Cancelled)]);
    play.finish().await;
}

#[tokio::test]
async fn who_is_silent_is_reminded_and_then_left_alone() {
    let play = Play::of(SURVEY).await;
    let ann = play.world.contact("Ann");
    says(&ann, &["hi", "sale"]).await;
    play.world.advance("59 min").await;
    ann.expects_silence().await;
    play.world.advance("1 min").await;
    ann.expects(containing("Are you still there?")).await;
    // An answer begins the count anew.
    ann.says("no").await;
    ann.expects("A remark?").await;
    play.world.advance("1h").await;
    ann.expects("Are you still there? …\n\nA remark?").await;
    play.world.advance("2h").await;
    ann.expects_silence().await;
    ann.expects_variable("end", "abandoned").await;
    assert_eq!(play.only_response().await.end, Some(End::Abandoned));
    play.finish().await;
}
