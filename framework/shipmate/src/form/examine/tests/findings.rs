//! What is told.

use std::fmt::Write;

use super::super::super::*;

#[track_caller]
fn check(toml: &str, told: &[&str]) {
    let definition =
        Definition::from_toml(toml.trim_start()).unwrap_or_else(|errors| panic!("{errors}"));
    let findings = examine(&definition);
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} {finding}", finding.severity.as_str()))
        .collect();
    assert_eq!(lines, told, "{toml}");
}

const HEAD: &str = r#"
id = "x"
[[questions]]
name = "score"
type = "nps"
text = "Score?"
[[questions]]
name = "topic"
type = "single-choice"
text = "Topic?"
options = ["price", "service"]
when = "score <= 6"
"#;

#[test]
fn a_good_definition_gives_no_cause() {
    let after_sales = include_str!("../../definition/tests/after-sales.toml");
    check(after_sales, &[]);
    check(HEAD, &[]);
}

#[test]
fn conditions_that_never_or_always_hold() {
    check(
        &format!(
            r#"{HEAD}
[[questions]]
name = "a"
type = "text"
text = "A?"
when = "score > 8 and topic is price"
[[questions]]
name = "b"
type = "text"
text = "B?"
when = "score < 3 or score >= 3"
[[questions]]
name = "c"
type = "text"
text = "C?"
when = "topic is answered or score > 6"
"#
        ),
        &[
            "error line 17, column 8: question `a`: it is never asked, because `score > 8 and topic is price` holds for no answers; correct the condition",
            "warning line 22, column 8: question `b`: `score < 3 or score >= 3` always holds here; leave `when` out, or correct it",
            "warning line 27, column 8: question `c`: `topic is answered or score > 6` always holds here; leave `when` out, or correct it",
        ],
    );
}

#[test]
fn screen_outs_and_quotas_that_concern_nobody_or_everybody() {
    check(
        &format!(
            r#"{HEAD}
[[questions]]
name = "a"
type = "text"
text = "A?"
when = "topic is service"
[[screen_outs]]
name = "s"
when = "topic is service"
[[screen_outs]]
name = "t"
when = "topic is service and score < 3"
[[quotas]]
name = "q"
when = "topic is service"
limit = 1
"#
        ),
        &[
            "error line 17, column 8: question `a`: it is never asked, because `topic is service` holds only for those who were screened out before; correct the condition or the screen-outs",
            "warning line 23, column 8: nobody is screened out by this: `topic is service and score < 3` holds for no answers that get so far; correct it or leave it out",
            "warning line 26, column 8: nobody belongs to this quota: `topic is service` holds for no answers that get so far; correct it or leave it out",
        ],
    );
    check(
        &format!("{HEAD}\n[[screen_outs]]\nname = \"s\"\nwhen = \"not score > 11\""),
        &[
            "error line 2, column 1: question `score`: it is never asked, nor is what follows: everybody was screened out before; correct the screen-outs",
            "error line 15, column 8: it holds before anything is asked, so everybody is screened out; add `… is answered and`",
        ],
    );
    check(
        &format!("{HEAD}\n[[screen_outs]]\nname = \"s\"\nwhen = \"score >= 0\""),
        &[
            "error line 6, column 1: question `topic`: it is never asked, nor is what follows: everybody was screened out before; correct the screen-outs",
            "error line 13, column 1: nobody gets to the end: everybody is screened out on the way; correct the screen-outs",
        ],
    );
}

#[test]
fn what_is_not_known_is_said_to_be_not_known() {
    check(
        r#"
id = "x"
[[questions]]
name = "code"
type = "text"
text = "Code?"
pattern = "[A-Z]{2}[0-9]"
[[questions]]
name = "a"
type = "text"
text = "A?"
when = "code is ab"
[[questions]]
name = "b"
type = "text"
text = "B?"
when = "code > m and code < b"
"#,
        &[
            "note line 11, column 8: question `a`: whether the condition makes a difference was not decided: `code` is free text, of which it is not known what else it can be",
            "note line 16, column 8: question `b`: whether the condition makes a difference was not decided: `code` is free text, of which it is not known what else it can be",
        ],
    );
    let mut many = "id = \"x\"\n".to_owned();
    for index in 0..18 {
        writeln!(
            many,
            "[[questions]]\nname = \"q{index}\"\ntype = \"yes-no\"\ntext = \"?\""
        )
        .unwrap();
    }
    let when: Vec<String> = (0..18).map(|index| format!("q{index} is yes")).collect();
    let when = when.join(" and ");
    writeln!(
        many,
        "[[questions]]\nname = \"z\"\ntype = \"text\"\ntext = \"?\"\nwhen = \"{when}\""
    )
    .unwrap();
    check(
        &many,
        &[
            "note line 62, column 1: question `q15`: from here on it was not decided which questions are ever asked: the conditions look at too many answers at once",
        ],
    );
}

#[test]
fn numbers_and_dates_are_tried_between_and_beyond() {
    check(
        r#"
id = "x"
[[questions]]
name = "n"
type = "number"
text = "N?"
min = 0
max = 10
step = 5
[[questions]]
name = "day"
type = "date"
text = "Day?"
min = "2026-01-01"
max = "2026-12-31"
[[questions]]
name = "a"
type = "text"
text = "A?"
when = "n > 5 and n < 10"
[[questions]]
name = "b"
type = "text"
text = "B?"
when = "day > 2026-03-04 and day < 2026-03-05"
[[questions]]
name = "c"
type = "text"
text = "C?"
when = "day >= 2026-01-01"
[[questions]]
name = "d"
type = "text"
text = "D?"
when = "day < 2026-01-02"
"#,
        &[
            "error line 19, column 8: question `a`: it is never asked, because `n > 5 and n < 10` holds for no answers; correct the condition",
            "error line 24, column 8: question `b`: it is never asked, because `day > 2026-03-04 and day < 2026-03-05` holds for no answers; correct the condition",
            "warning line 29, column 8: question `c`: `day >= 2026-01-01` always holds here; leave `when` out, or correct it",
        ],
    );
}

#[test]
fn texts_options_and_limits() {
    check(
        r#"
id = "x"
locales = ["en", "nl"]
attempts = 40
[[questions]]
name = "a"
type = "single-choice"
text = { en = "A?" }
options = [{ key = "x", label = "Same" }, { key = "y", label = "same!" }]
[[questions]]
name = "b"
type = "number"
text = "B?"
label = { nl = "B" }
minlength = 3
[texts]
too-low = { en = "Below {minimum}.", nl = "Onder {min}." }
"#,
        &[
            "warning line 3, column 12: with 40 attempts the same complaint could be made 10 times, and the platform takes 8 in 3 minutes (wordings of `not-an-option`: 4); allow fewer attempts, or give more wordings",
            "warning line 3, column 12: with 40 attempts the same complaint could be made 39 times, and the platform takes 8 in 3 minutes (wordings of `too-low`: 1); allow fewer attempts, or give more wordings",
            "warning line 7, column 8: question `a`: there is no text in nl; add it, or people are asked in another language",
            "warning line 8, column 11: question `a`: the options `x` and `y` read the same in en; write them so that people can tell them apart",
            "warning line 12, column 8: question `b`: there is no text in en, nl; add it, or people are asked in another language",
            "warning line 13, column 9: question `b`: there is no text in en; add it, or people are asked in another language",
            "warning line 14, column 1: question `b`: `minlength` does nothing for the type `number`; leave it out",
            "warning line 16, column 18: `{minimum}` is not filled in here; leave it out",
        ],
    );
}

#[test]
fn too_many_messages_around_the_questions() {
    let definition = Definition::from_toml(HEAD).unwrap();
    let findings = examine_with(&definition, Around::default().nudges(16));
    assert_eq!(
        findings[0].text,
        "up to 21 messages may follow each other without one of the consumer, of which the platform takes 20 in an hour; remind or close with fewer"
    );
    assert!(examine_with(&definition, Around::default().nudges(15)).is_empty());
}

#[test]
fn what_cannot_be_used_is_told_first_and_alone() {
    let definition = Definition::from_toml("id = 'x'\nquestions = []").unwrap();
    let findings = examine(&definition);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].severity, Severity::Error);
}
