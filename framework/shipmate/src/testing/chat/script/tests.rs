//! How files are read.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Vec<What> {
    let script = Script::read(text).unwrap_or_else(|error| panic!("{}: {error}", error.line));
    script.statements.into_iter().map(|it| it.what).collect()
}

fn refused(text: &str) -> (usize, String) {
    let error = Script::read(text).unwrap_err();
    (error.line, error.problem)
}

fn says(who: &str, text: &str) -> What {
    What::Says {
        who: who.to_owned(),
        text: text.to_owned(),
    }
}

fn bot_says(text: &str, buttons: &[&str]) -> What {
    What::BotSays {
        to: None,
        text: text.to_owned(),
        buttons: buttons.iter().map(|&it| it.to_owned()).collect(),
    }
}

#[test]
fn a_conversation_is_read_line_by_line() {
    let what = read(
        "# a comment\n\nAnn: hi: there\nBot: Hello …\n  How old?\n\n  [17] [18]\nAnn taps: 18\n(24h later)\n\
         Bot is silent\nAgent accepts\nAgent Ada Admin: On it.\nNote: *done*\nVariable a = b = c\n\
         Variable d is not set\nConversation is closed\nBot crashes before commit\n",
    );
    let agent = |name: Option<&str>, act| What::Agent {
        name: name.map(str::to_owned),
        act,
    };
    let variable = |key: &str, value: Option<&str>| What::Variable {
        key: key.to_owned(),
        value: value.map(str::to_owned),
    };
    let expected = [
        says("Ann", "hi: there"),
        bot_says("Hello …\nHow old?\n", &["17", "18"]),
        What::Taps {
            who: "Ann".to_owned(),
            label: "18".to_owned(),
        },
        What::Later(SignedDuration::from_hours(24)),
        What::BotIsSilent { to: None },
        agent(None, AgentAct::Accepts),
        agent(Some("Ada Admin"), AgentAct::Says("On it.".to_owned())),
        What::Note("*done*".to_owned()),
        variable("a", Some("b = c")),
        variable("d", None),
        What::Conversation("closed".to_owned()),
        What::Crash(Some(Step::before(Write::Commit))),
    ];
    assert_eq!(what, expected);
}

#[test]
fn settings_come_first() {
    let script = Script::read(
        "Setting forms = a,b\nProfile locale = nl\nOrganization Harbour Motors\nRandom seed 7\n\
         Start 2026-03-02 10:00\nAnn: hi\n",
    )
    .unwrap();
    let start = "2026-03-02T10:00:00Z".parse().unwrap();
    let expected = [
        Setting::Bot("forms".to_owned(), "a,b".to_owned()),
        Setting::Profile("locale".to_owned(), "nl".to_owned()),
        Setting::Organization("Harbour Motors".to_owned()),
        Setting::RandomSeed(7),
        Setting::Start(start),
    ];
    assert_eq!(script.settings, expected);
    let (line, problem) = refused("Ann: hi\nRandom seed 7");
    assert!(line == 2 && problem.contains("come first"), "{problem}");
}

#[test]
fn the_lines_of_a_message_are_kept_for_rewriting() {
    let script = Script::read("Ann: hi\nBot: one\n  two\n\n  three\n\nAnn: bye").unwrap();
    let lines: Vec<_> = script
        .statements
        .iter()
        .map(|it| (it.line, it.last))
        .collect();
    assert_eq!(lines, [(1, 1), (2, 5), (7, 7)]);
    assert_eq!(
        script.statements[1].what,
        bot_says("one\ntwo\n\nthree", &[])
    );
}

#[test]
fn what_cannot_be_understood_is_told_with_its_line() {
    for (text, line, part) in [
        ("\nhello", 2, "cannot be understood"),
        ("  hello", 1, "none above"),
        ("(soon later)", 1, "no length of time"),
        ("(24h", 1, "(24h later)"),
        ("(1000 days later)", 1, "400 days"),
        ("Ann:", 1, "no text"),
        ("Agent dances", 1, "Agent accepts"),
        ("Variable = x", 1, "Variable colour"),
        ("Variable x", 1, "Variable colour"),
        ("Bot from Ann: x", 1, "cannot be understood"),
        ("Bot crashes in between", 1, "before commit"),
        ("Random seed many", 1, "number"),
        ("Start tomorrow", 1, "2026-03-02"),
        (": x", 1, "cannot be understood"),
        ("Bot: [Yes]", 1, "no text"),
    ] {
        let (found, problem) = refused(text);
        assert!(
            found == line && problem.contains(part),
            "{text}: {found}: {problem}"
        );
    }
    let huge = "#".repeat(LONGEST + 1);
    assert!(refused(&huge).1.contains("larger"));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let (_, problem) = refused("\u{1b}[2J");
    assert!(!problem.contains('\u{1b}'), "{problem:?}");
}

proptest! {
    #[test]
    fn no_text_brings_the_reader_down(text in "(Ann|Bot|Agent|\\(|\\)|:| |\n|  |=|\\[|\\]|later|…|\\PC){0,60}") {
        if let Ok(script) = Script::read(&text) {
            for pair in script.statements.windows(2) {
                prop_assert!(pair[0].last < pair[1].line);
            }
        }
    }
}
