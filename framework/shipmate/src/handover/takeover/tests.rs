use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const BOT: &str = "bot";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn of_message(message: Value, conversation: Value) -> Event {
    let (mut message, mut conversation) = (message, conversation);
    message["id"] = json!("m");
    conversation["id"] = json!("c");
    let kind = message
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("chat");
    let name = format!("message.create.contact.{kind}");
    let body = json!({"event": name, "data": {"message": message, "conversation": conversation}});
    Event::read(body.to_string().into(), at(0))
}

fn of_conversation(conversation: Value) -> Event {
    let mut conversation = conversation;
    conversation["id"] = json!("c");
    let body = json!({"event": "conversation.update", "data": {"conversation": conversation}});
    Event::read(body.to_string().into(), at(0))
}

fn command(user: &str, text: &str) -> Value {
    json!({"type": "command", "text": text, "user": user, "meta": {"users": [BOT]}})
}

fn people(people: Value) -> Value {
    json!({"status": "active", "participants": people})
}

/// What `event`, a second later than what is known, makes of it: who has the conversation then.
fn after(known: Option<&str>, event: &Event, policy: AfterTakeover) -> Option<&'static str> {
    let known = known.map(|holder| Takeover {
        by_person: holder == "person",
        by_assignment: holder == "assigned",
        since: at(10),
    });
    let change = change(event, at(11), Some(&BOT.into()), known, policy);
    change.or(known).map(name)
}

fn name(takeover: Takeover) -> &'static str {
    match (takeover.by_person, takeover.by_assignment) {
        (true, _) => "person",
        (_, true) => "assigned",
        _ => "nobody",
    }
}

#[test]
fn people_take_and_give_back_by_what_they_do() {
    let nothing = || json!({});
    let ann = || people(json!([{"user": "ann", "accepted": true}, {"user": BOT, "active": true}]));
    let bea = || people(json!([{"user": "ann"}, {"user": "bea", "accepted": true}]));
    let says = |user: &str| json!({"type": "chat", "role": "agent", "user": user});
    let note = json!({"type": "chat", "role": "agent", "user": "ann", "isBackchannel": true});
    for (known, message, conversation, then) in [
        (None, command("ann", "/accept"), nothing(), Some("person")),
        (None, command(BOT, "/accept"), nothing(), None),
        (None, says("ann"), nothing(), Some("person")),
        (None, says(BOT), nothing(), None),
        (None, note, nothing(), None),
        (
            None,
            json!({"type": "chat", "role": "agent"}),
            nothing(),
            Some("person"),
        ),
        (
            None,
            says("ann"),
            people(json!([{"user": "ann", "role": "bot"}])),
            Some("nobody"),
        ),
        (None, json!({"role": "contact"}), ann(), Some("person")),
        (None, json!({"role": "contact"}), nothing(), None),
        (
            Some("person"),
            command("ann", "/leave"),
            ann(),
            Some("nobody"),
        ),
        (
            Some("person"),
            command("ann", "/leave"),
            nothing(),
            Some("nobody"),
        ),
        (
            Some("person"),
            command("ann", "/leave"),
            bea(),
            Some("person"),
        ),
        (
            Some("person"),
            command(BOT, "/leave"),
            ann(),
            Some("person"),
        ),
        (
            Some("person"),
            command("ann", "/assign"),
            ann(),
            Some("assigned"),
        ),
        (
            Some("person"),
            command(BOT, "/assign"),
            ann(),
            Some("person"),
        ),
        (
            Some("assigned"),
            json!({"role": "contact"}),
            ann(),
            Some("assigned"),
        ),
        (Some("assigned"), says("ann"), ann(), Some("person")),
        (
            Some("assigned"),
            command("ann", "/assign\n/leave"),
            nothing(),
            Some("nobody"),
        ),
        (
            Some("nobody"),
            json!({"role": "contact"}),
            ann(),
            Some("person"),
        ),
        (
            Some("person"),
            json!({"role": "contact"}),
            nothing(),
            Some("person"),
        ),
    ] {
        let event = of_message(message.clone(), conversation.clone());
        let became = after(known, &event, AfterTakeover::Resume);
        assert_eq!(became, then, "{known:?} {message} {conversation}");
    }
}

#[test]
fn a_snapshot_gives_back_only_what_no_person_is_in() {
    let person = |flags: Value| {
        let mut ann = json!({"user": "ann", "role": "agent"});
        ann.as_object_mut()
            .unwrap()
            .extend(flags.as_object().unwrap().clone());
        people(json!([ann, {"user": BOT, "role": "bot", "accepted": true}]))
    };
    let closed = json!({"status": "closed", "participants": [{"user": "ann", "accepted": true}]});
    for (conversation, then) in [
        (person(json!({"accepted": true})), "person"),
        (person(json!({"active": true})), "person"),
        (person(json!({})), "nobody"),
        (people(json!([])), "person"),
        (closed, "nobody"),
    ] {
        let event = of_conversation(conversation.clone());
        let became = after(Some("person"), &event, AfterTakeover::Resume);
        assert_eq!(became, Some(then), "{conversation}");
    }
}

#[test]
fn a_bot_that_stays_out_comes_back_only_when_assigned() {
    let closed = of_conversation(json!({"status": "closed"}));
    let leave = of_message(command("ann", "/leave"), json!({}));
    let free = of_message(json!({"role": "contact"}), people(json!([{"user": "ann"}])));
    for event in [closed, leave, free] {
        let became = after(Some("person"), &event, AfterTakeover::StayOut);
        assert_eq!(became, Some("person"), "{event:?}");
    }
    let assign = of_message(command("ann", "/assign"), json!({}));
    let became = after(Some("person"), &assign, AfterTakeover::StayOut);
    assert_eq!(became, Some("assigned"));
}

#[test]
fn teams_have_nothing_to_take_over() {
    let body = json!({
        "event": "message.create.system.chat",
        "data": {
            "message": {"id": "m", "role": "agent", "user": "ann"},
            "conversation": {"id": "c", "participants": [{"user": "ann", "accepted": true}]}
        }
    });
    let event = Event::read(body.to_string().into(), at(0));
    assert_eq!(after(None, &event, AfterTakeover::Resume), None);
}

/// What people do in a conversation. Each becomes an event with the conversation as it was then.
#[derive(Debug, Clone, Copy)]
enum Act {
    Accepts(usize),
    Joins(usize),
    Writes(usize),
    Leaves(usize),
    Assigns(usize),
    Closes,
    ConsumerWrites,
    /// The event does not say who is in it.
    ConsumerWritesBlind,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..2_usize).prop_map(Act::Accepts),
        (0..2_usize).prop_map(Act::Joins),
        (0..2_usize).prop_map(Act::Writes),
        (0..2_usize).prop_map(Act::Leaves),
        (0..2_usize).prop_map(Act::Assigns),
        Just(Act::Closes),
        Just(Act::ConsumerWrites),
        Just(Act::ConsumerWritesBlind),
    ]
}

/// The events of `acts`, a second apart, in the order in which they happened.
fn history(acts: &[Act]) -> Vec<(Timestamp, Event)> {
    let mut accepted = [false; 2];
    let mut active = [false; 2];
    let mut is_closed = false;
    let users = ["ann", "bea"];
    let mut events = Vec::new();
    for (act, second) in acts.iter().zip(1..) {
        let message = match *act {
            Act::Accepts(who) | Act::Writes(who) => {
                (accepted[who], active[who], is_closed) = (true, true, false);
                match act {
                    Act::Accepts(_) => command(users[who], "/accept"),
                    _ => json!({"type": "chat", "role": "agent", "user": users[who]}),
                }
            }
            Act::Joins(who) => {
                active[who] = true;
                command(users[who], "/join")
            }
            Act::Leaves(who) => {
                (accepted[who], active[who]) = (false, false);
                is_closed |= !accepted.contains(&true);
                command(users[who], "/leave")
            }
            Act::Assigns(who) => command(users[who], "/assign"),
            Act::Closes => {
                (accepted, active, is_closed) = ([false; 2], [false; 2], true);
                Value::Null
            }
            Act::ConsumerWrites | Act::ConsumerWritesBlind => {
                json!({"type": "chat", "role": "contact"})
            }
        };
        let participant = |who: usize| json!({"user": users[who], "accepted": accepted[who], "active": active[who]});
        let status = if is_closed { "closed" } else { "active" };
        let conversation = match act {
            Act::ConsumerWritesBlind => json!({}),
            _ => json!({"status": status, "participants": [participant(0), participant(1)]}),
        };
        let event = match message {
            Value::Null => of_conversation(conversation),
            message => of_message(message, conversation),
        };
        events.push((at(second), event));
    }
    events
}

fn fold<'a>(
    events: impl IntoIterator<Item = &'a (Timestamp, Event)>,
    policy: AfterTakeover,
) -> Option<Takeover> {
    events.into_iter().fold(None, |known, (at, event)| {
        change(event, *at, Some(&BOT.into()), known, policy).or(known)
    })
}

fn policy() -> impl Strategy<Value = AfterTakeover> {
    prop_oneof![
        Just(AfterTakeover::Resume),
        Just(AfterTakeover::StayOut),
        Just(AfterTakeover::CarryOn),
    ]
}

proptest! {
    /// In whichever order events come, who has the conversation is what it is in their own order.
    #[test]
    fn late_events_never_take_anything_back(
        (acts, shuffled) in prop::collection::vec(act(), 0..12).prop_flat_map(|acts| {
            let order: Vec<usize> = (0..acts.len()).collect();
            (Just(acts), Just(order).prop_shuffle())
        }),
        policy in policy(),
    ) {
        let in_order = history(&acts);
        let right = fold(&in_order, policy);
        let came = fold(shuffled.iter().map(|index| &in_order[*index]), policy);
        let has_assignment = acts.iter().any(|act| matches!(act, Act::Assigns(_)));
        if has_assignment {
            // Whether a person who is seen in it took it back depends on what came before; if that
            // came later, a person has it rather than the bot.
            let has_it = |takeover: Option<Takeover>| takeover.is_some_and(|it| it.by_person);
            prop_assert!(has_it(came) || !has_it(right), "{right:?} {came:?}");
        } else {
            prop_assert_eq!(came, right);
        }
    }

    /// Whoever accepted or wrote and is still in it, has it.
    #[test]
    fn nobody_is_talked_over(acts in prop::collection::vec(act(), 0..12), who in 0..2_usize) {
        let mut acts = acts;
        acts.push(Act::Accepts(who));
        acts.push(Act::ConsumerWrites);
        let known = fold(&history(&acts), AfterTakeover::Resume);
        prop_assert!(known.is_some_and(|known| known.by_person));
    }
}
