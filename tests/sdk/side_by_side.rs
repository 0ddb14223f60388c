//! What the comparison counts, held for our side: the table itself is printed by `compare`.

use std::time::Duration;

use jiff::SignedDuration;
use shipmate_tests::compare::{Outcome, Scenario, Script, Side, Tally, play};

/// Scenarios are played to their end; nothing more is waited for.
const AT_ONCE: Duration = Duration::ZERO;

async fn calm(side: Side) -> Outcome {
    let calm = Scenario::calm();
    let outcome = play(side, &calm, None, AT_ONCE).await.unwrap();
    let Tally {
        conversations,
        completed,
        ..
    } = outcome.tally;
    assert_eq!(completed, conversations, "{outcome:?}");
    outcome
}

#[tokio::test]
async fn an_intake_takes_a_quarter_of_the_requests_and_half_of_the_messages() {
    let outcomes = tokio::join!(calm(Side::Shipmate), calm(Side::Sdk));
    let (ours, theirs) = (outcomes.0.tally.clone(), outcomes.1.tally.clone());
    let [requests, messages] = [
        (ours.requests, theirs.requests),
        (ours.messages, theirs.messages),
    ];
    assert!(
        requests.0 * 4 <= requests.1,
        "requests: {requests:?}, {:?}",
        outcomes.0.calls
    );
    assert!(messages.0 * 2 <= messages.1, "messages: {messages:?}");
}

/// Both keep the same answers, each under the name of its field.
#[tokio::test]
async fn both_ask_and_keep_the_same() {
    let (ours, theirs) = tokio::join!(calm(Side::Shipmate), calm(Side::Sdk));
    let answered = |outcome: &Outcome| -> Vec<String> {
        let answers = outcome.answers.iter();
        // What was skipped is noted by the SDK's bot only, which has no other memory.
        let answers = answers.filter(|(field, _)| *field != "intake.remarks");
        // Ours puts telephone numbers into one form.
        let text = |text: &str| text.to_lowercase().replace(' ', "");
        answers
            .map(|(field, value)| format!("{field}: {}", text(value.as_str().unwrap())))
            .collect()
    };
    let (ours, theirs) = (answered(&ours), answered(&theirs));
    assert_eq!(ours.len(), 9);
    let differing = ours
        .iter()
        .zip(&theirs)
        .filter(|(ours, theirs)| ours != theirs);
    let differing: Vec<_> = differing.collect();
    // A check box is a truth value for one and a word for the other.
    assert_eq!(
        differing,
        [(
            &"intake.tradein: true".to_owned(),
            &"intake.tradein: yes".to_owned()
        )]
    );
}

#[tokio::test]
async fn nothing_is_lost_doubled_or_believed_whatever_goes_wrong() {
    let is_meant = |it: &Scenario| !it.leaves_doubt() && it.script == Script::Survey;
    all_is_well(is_meant).await;
}

#[tokio::test]
async fn bursts_are_answered_in_the_order_in_which_they_were_written() {
    all_is_well(|scenario| scenario.script == Script::Echo).await;
}

/// Within this time events have to arrive, so that a reorder window of 200 ms puts them in order
/// whatever the clocks' last milliseconds say. A machine that is busy with other work may take
/// longer by itself; what is to happen then is held on a clock of its own, in `reorder`.
const IN_TIME: SignedDuration = SignedDuration::from_millis(150);

/// How many messages may come out of order.
fn excused(scenario: &Scenario, outcome: &Outcome) -> usize {
    let is_late = scenario.overtakes() && outcome.slowest_event >= IN_TIME;
    if is_late { outcome.tally.disordered } else { 0 }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_where_messages_are_in_doubt() {
    all_is_well(Scenario::leaves_doubt).await;
}

async fn all_is_well(is_meant: impl Fn(&Scenario) -> bool) {
    let right = calm(Side::Shipmate).await.answers;
    for scenario in Scenario::all().iter().filter(|it| is_meant(it)) {
        let played = play(Side::Shipmate, scenario, Some(&right), AT_ONCE).await;
        let outcome = played.unwrap();
        let Tally {
            conversations,
            requests,
            messages,
            ..
        } = outcome.tally;
        let expected = Tally {
            conversations,
            completed: conversations,
            requests,
            messages,
            disordered: excused(scenario, &outcome),
            ..Tally::default()
        };
        assert_eq!(
            outcome.tally, expected,
            "{}: {}",
            scenario.name, outcome.log
        );
        assert_eq!(
            outcome.struck > 0,
            scenario.has_faults(),
            "{}",
            scenario.name
        );
    }
}

/// The faults do strike: the same scenarios leave their traces on the other side.
#[tokio::test]
async fn forged_events_are_sent() {
    let all = Scenario::all();
    let forged = all.iter().find(|it| it.name.contains("forged")).unwrap();
    let outcome = play(Side::Sdk, forged, None, AT_ONCE).await.unwrap();
    assert!(outcome.tally.forged > 0, "{:?}", outcome.tally);
}
