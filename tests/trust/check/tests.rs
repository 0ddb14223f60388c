//! Records that are right, and each way in which one can be wrong.

use super::{Broken, Conversation, Event, Order, Peak, Record, broken};

/// A conversation in which `events` were acknowledged, each owed a reply of its own text.
fn talk(events: &[&str], replies: &[&str]) -> Conversation {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Conversation {
        name: "talk".to_owned(),
        events: events
            .iter()
            .map(|text| Event {
                acknowledged: true,
                replies: vec![(*text).to_owned()],
            })
            .collect(),
        replies: owned(replies),
        ..Conversation::default()
    }
}

fn judge(conversation: Conversation) -> Vec<&'static str> {
    let record = Record {
        conversations: vec![conversation],
        refused_by_limits: 0,
        cut_off: Some(0),
    };
    broken(&record, Order::Kept)
        .iter()
        .map(|broken| match broken {
            Broken::Lost { .. } => "lost",
            Broken::Twice { .. } => "twice",
            Broken::Unasked { .. } => "unasked",
            Broken::OutOfOrder { .. } => "order",
            Broken::OverLimit { .. } => "limit",
            Broken::InDoubt { .. } => "doubt",
        })
        .collect()
}

#[test]
fn a_right_record_breaks_nothing() {
    assert!(judge(talk(&["a", "b", "a"], &["a", "b", "a"])).is_empty());
    let mut refused = talk(&["a", "b"], &["a"]);
    refused.events[1].acknowledged = false;
    assert!(judge(refused).is_empty(), "what was refused is not owed");
    let mut waiting = talk(&["a", "b"], &["a"]);
    waiting.waiting.push("b".to_owned());
    assert!(judge(waiting).is_empty(), "what waits is not lost");
}

#[test]
fn each_wrong_is_named() {
    assert_eq!(judge(talk(&["a", "b"], &["a"])), ["lost"]);
    assert_eq!(
        judge(talk(&["a", "b"], &["a", "b", "b"])),
        ["twice", "order"]
    );
    assert_eq!(judge(talk(&["a"], &["a", "x"])), ["unasked", "order"]);
    assert_eq!(judge(talk(&["a", "b"], &["b", "a"])), ["order"]);
    let mut over = talk(&["a"], &["a"]);
    over.identical = Peak {
        most: 9,
        allowed: 8,
    };
    assert_eq!(judge(over), ["limit"]);
    let mut doubtful = talk(&["a", "b"], &["a"]);
    doubtful.in_doubt = vec!["b".to_owned()];
    assert_eq!(judge(doubtful), ["doubt"]);
}

#[test]
fn a_refusal_by_a_limit_counts_and_a_free_order_does_not() {
    let mut record = Record {
        conversations: vec![talk(&["a", "b"], &["b", "a"])],
        ..Record::default()
    };
    assert!(broken(&record, Order::Free).is_empty());
    record.refused_by_limits = 1;
    assert_eq!(broken(&record, Order::Free).len(), 1);
}
