//! Plans of whole turns.

use proptest::prelude::*;

use super::*;

fn set(key: &str, value: &str) -> Command {
    Command::Set {
        key: key.into(),
        value: value.into(),
    }
}

fn say(text: &str) -> Command {
    Command::Say(Box::new(text.into()))
}

fn options(encoding: Encoding, lines: Lines) -> PlanOptions {
    PlanOptions {
        encoding,
        lines,
        ..PlanOptions::default()
    }
}

/// A plan in one line per outgoing: type, text (line breaks as `|`), meta.
fn check((encoding, lines): (Encoding, Lines), commands: Vec<Command>, expected: &[&str]) {
    let written: Vec<_> = plan(commands, &options(encoding, lines))
        .into_iter()
        .map(|outgoing| match outgoing {
            Outgoing::Message(planned) => {
                let message = planned.message;
                let mut line = format!("{} {}", message.kind, message.text.replace('\n', "|"));
                if !message.meta.is_empty() {
                    line = format!("{line} {}", Value::Object(message.meta));
                }
                if let Some(delay) = message.delay {
                    line = format!("{line} after {delay}");
                }
                line
            }
            Outgoing::Patch { sets, .. } => format!("patch {sets:?}"),
            Outgoing::Profile { profile, .. } => {
                format!("profile of {} {:?}", profile.contact, profile.fields)
            }
        })
        .collect();
    assert_eq!(written, expected);
}

#[test]
fn a_hundred_variables_are_one_message_and_the_last_write_wins() {
    let mut commands: Vec<_> = (0..100).map(|n| set(&format!("k{n}"), "old")).collect();
    commands.push(set("k0", "new"));
    let planned = plan(commands, &PlanOptions::default());
    let [Outgoing::Message(planned)] = planned.as_slice() else {
        panic!("one message, not {planned:?}");
    };
    let text = &planned.message.text;
    assert_eq!(text.lines().count(), 100);
    assert_eq!(text.lines().next(), Some("/set k0 new"));
    let lines = planned
        .sets
        .iter()
        .map(|(key, value)| format!("/set {key} {value}"));
    assert!(text.lines().eq(lines));
}

#[test]
fn a_turn_is_written_in_order_of_effect() {
    let turn = || {
        vec![
            Command::Leave,
            say("Goodbye"),
            Command::Notify(Notify::Routed),
            Command::Assign(vec!["u1".into()]),
            set("done", "yes"),
            Command::Accept,
            Command::Assign(vec!["u1".into(), "u2".into()]),
        ]
    };
    let separate = [
        "command /accept",
        "command /set done yes",
        "chat Goodbye",
        r#"command /assign {"users":["u1","u2"]}"#,
        "command /notify",
        "command /leave after 3000",
    ];
    let together = [
        "command /accept|/set done yes",
        "chat Goodbye",
        r#"command /assign|/notify {"users":["u1","u2"]}"#,
        "command /leave after 3000",
    ];
    for (options, expected) in [
        ((Encoding::Lines, Lines::Unverified), &separate[..]),
        ((Encoding::Lines, Lines::Verified), &together),
        ((Encoding::Lines, Lines::Broken), &separate),
        ((Encoding::Array, Lines::Verified), &separate),
        (
            (Encoding::Patch, Lines::Verified),
            &[
                r#"patch [("done", "yes")]"#,
                "command /accept",
                "chat Goodbye",
                r#"command /assign|/notify {"users":["u1","u2"]}"#,
                "command /leave after 3000",
            ],
        ),
    ] {
        check(options, turn(), expected);
    }
}

/// A hand-over must not depend on what no document shows.
#[test]
fn until_it_is_known_to_work_only_sets_share_a_message() {
    let turn = || {
        vec![
            Command::Accept,
            set("a", "1"),
            set("b", "2"),
            Command::Assign(vec!["u1".into()]),
            Command::Notify(Notify::Routed),
        ]
    };
    let apart = [
        "command /accept",
        "command /set a 1|/set b 2",
        r#"command /assign {"users":["u1"]}"#,
        "command /notify",
    ];
    check((Encoding::Lines, Lines::Unverified), turn(), &apart);
    let joined = [r#"command /accept|/set a 1|/set b 2|/assign|/notify {"users":["u1"]}"#];
    check((Encoding::Lines, Lines::Verified), turn(), &joined);
}

#[test]
fn commands_are_as_urgent_as_the_turns_most_urgent_message_and_do_not_expire() {
    let said = |text: &str, class| {
        let manner = Manner {
            class,
            expires_at: Some(jiff::Timestamp::UNIX_EPOCH),
            variants: vec!["other words".into()],
        };
        Command::Say(Box::new(Said::new(text, manner)))
    };
    let commands = vec![
        set("a", "1\n2"),
        set("b", "1"),
        said("later", Class::Campaign),
        said("soon", Class::Nudge),
        Command::Leave,
    ];
    let planned = plan(commands, &PlanOptions::default());
    let manners: Vec<_> = planned
        .iter()
        .map(|outgoing| match outgoing {
            Outgoing::Patch { class, .. } | Outgoing::Profile { class, .. } => (*class, false, 0),
            Outgoing::Message(planned) => {
                let manner = &planned.manner;
                (
                    manner.class,
                    manner.expires_at.is_some(),
                    manner.variants.len(),
                )
            }
        })
        .collect();
    let command = (Class::Nudge, false, 0);
    let expected = [
        command,
        command,
        (Class::Campaign, true, 1),
        (Class::Nudge, true, 1),
        command,
    ];
    assert_eq!(manners, expected);
}

#[test]
fn two_kinds_of_notify_do_not_share_their_arguments() {
    check(
        (Encoding::Lines, Lines::Verified),
        vec![
            Command::Notify(Notify::Channels(vec!["c1".into()])),
            Command::Notify(Notify::Organizations(vec!["o1".into()])),
        ],
        &[
            r#"command /notify {"channels":["c1"]}"#,
            r#"command /notify {"organizations":["o1"]}"#,
        ],
    );
}

#[test]
fn a_value_with_a_line_break_is_patched_and_one_with_a_slash_stays_a_value() {
    check(
        (Encoding::Lines, Lines::Verified),
        vec![
            set("a", "x\n/assign"),
            set("b", "/leave"),
            set("two words", "x"),
        ],
        &[
            r#"patch [("a", "x\n/assign"), ("two words", "x")]"#,
            "command /set b /leave",
        ],
    );
}

#[test]
fn an_answer_with_lines_stays_one_field() {
    check(
        (Encoding::Lines, Lines::Verified),
        vec![Command::Field {
            form: "f1".into(),
            key: "remarks".into(),
            value: "one\r\n.email evil@example.com\n/leave".into(),
        }],
        &[r#"field .remarks one .email evil@example.com /leave {"form":"f1","key":"remarks"}"#],
    );
}

#[test]
fn a_command_said_by_hand_stays_one_command_and_a_chat_keeps_its_lines() {
    let command = NewMessage::command(">note the customer wrote: hi\n/assign\r\n/leave");
    check(
        (Encoding::Lines, Lines::Verified),
        vec![Command::Say(Box::new(command.into())), say("one\n/leave")],
        &[
            "command >note the customer wrote: hi /assign /leave",
            "chat one|/leave",
        ],
    );
}

#[test]
fn the_profile_is_written_once_and_after_everything_else() {
    let field = |field: &str, value: &str| Command::Profile {
        contact: "c1".into(),
        field: field.to_owned(),
        value: value.to_owned(),
    };
    check(
        (Encoding::Lines, Lines::Verified),
        vec![
            field("email", "a@b"),
            field("name", "Ann"),
            say("Thanks!"),
            field("email", "ann@example.com"),
            Command::Leave,
        ],
        &[
            "chat Thanks!",
            "command /leave after 3000",
            r#"profile of c1 [("email", "ann@example.com"), ("name", "Ann")]"#,
        ],
    );
}

proptest! {
    /// Whatever the keys and values, each line of a command message is a `/set` that was asked
    /// for, and nothing that was asked for is missing.
    #[test]
    fn no_value_ever_becomes_another_command(
        sets in prop::collection::vec(("\\PC{0,6}|[a-c]", "(?s).{0,12}|x\n/leave|\r/assign"), 0..12),
        encoding in prop_oneof![Just(Encoding::Lines), Just(Encoding::Array), Just(Encoding::Patch)],
        lines in prop_oneof![Just(Lines::Unverified), Just(Lines::Verified), Just(Lines::Broken)],
    ) {
        let commands = sets.iter().map(|(key, value)| set(key, value)).collect();
        let mut got = Vec::new();
        for outgoing in plan(commands, &options(encoding, lines)) {
            match outgoing {
                Outgoing::Patch { sets, .. } => got.extend(sets),
                Outgoing::Profile { .. } => prop_assert!(false, "nothing is known of a profile"),
                Outgoing::Message(planned) => {
                    let message = &planned.message;
                    let first = got.len();
                    for line in message.text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
                        let rest = line.strip_prefix("/set ");
                        prop_assert!(rest.is_some(), "{line:?}");
                        let (key, value) = rest.and_then(|rest| rest.split_once(' ')).unwrap();
                        got.push((key.to_owned(), value.to_owned()));
                    }
                    prop_assert_eq!(got.get(first..), Some(planned.sets.as_slice()));
                }
            }
        }
        let mut wanted = std::collections::BTreeMap::new();
        wanted.extend(sets);
        prop_assert_eq!(got.len(), wanted.len());
        prop_assert_eq!(got.into_iter().collect::<std::collections::BTreeMap<_, _>>(), wanted);
    }
}
