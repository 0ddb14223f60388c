//! Mistakes in surveys.

use super::complaints;

/// Complaints about the fields of a survey.
#[track_caller]
fn check(fields: &str, told: &[&str]) {
    let source = format!("#[survey(id = \"x\")] struct Survey {{ {fields} }}");
    assert_eq!(
        complaints(&source, crate::survey::derive),
        told.join("\n"),
        "{fields}"
    );
}

/// Complaints about what is said of the whole survey.
#[track_caller]
fn check_head(attributes: &str, told: &[&str]) {
    let source = format!("{attributes} struct Survey {{ #[ask(en = \"A?\")] a: u8 }}");
    assert_eq!(
        complaints(&source, crate::survey::derive),
        told.join("\n"),
        "{attributes}"
    );
}

#[test]
fn words_that_are_not_known() {
    check(
        "/// A?\n#[survey(optionl, when = \"x\")] a: Option<u8>",
        &["optionl: `optionl` is not known here; did you mean `optional`?"],
    );
    check(
        "/// A?\n#[survey(npss)] a: u8",
        &["npss: `npss` is not known here; did you mean `nps`?"],
    );
    check(
        "#[ask(en = \"A?\", pt = \"A?\")] a: u8",
        &["pt: `pt` is no language; there are `en`, `nl`, `de`, `fr`"],
    );
    check(
        "/// A?\n#[survey(give_up = \"never\")] a: u8",
        &["\"never\": `never` is not known here; there are `hand-over`, `skip`, `end`"],
    );
    check(
        "/// A?\n#[survey(password)] a: String, /// B?\n#[survey(matrix)] b: u8",
        &[
            "password: `password` cannot be a question of a struct: it is never asked in a chat; leave the field out",
            "matrix: `matrix` cannot be a question of a struct: write a field for each row, all of the same type",
        ],
    );
    check_head(
        "#[survey(id = \"x\", versoin = 2)]",
        &["versoin: `versoin` is not known here; did you mean `version`?"],
    );
    check_head(
        "#[survey(id = \"x\", on_change = \"migrat\")]",
        &["\"migrat\": `migrat` is not known here; did you mean `migrate`?"],
    );
}

#[test]
fn conditions_that_could_not_be_meant() {
    check(
        "/// A?\na: u8, /// B?\n#[survey(when = \"aa <= 6\")] b: Option<u8>",
        &["\"aa <= 6\": there is no question `aa` before this; did you mean `a`?"],
    );
    check(
        "/// A?\n#[survey(when = \"b is 1\")] a: Option<u8>, /// B?\nb: u8",
        &[
            "\"b is 1\": `b` is not asked before this; a condition can only look back, so move `b` up",
        ],
    );
    check(
        "/// A?\na: u8, /// B?\n#[survey(when = \"a <=\")] b: Option<u8>",
        &["\"a <=\": the condition cannot be read: column 5: a value is missing after `<=`"],
    );
    check(
        "/// A?\na: bool, /// B?\n#[survey(when = \"a is maybe or a > 1\")] b: Option<u8>",
        &[
            "\"a is maybe or a > 1\": `a` is answered with yes or no; write `a is yes`",
            "\"a is maybe or a > 1\": answers to `a` have no order; compare with `is` or `has`",
        ],
    );
    check(
        "/// A?\na: u8, /// B?\n#[survey(when = \"a in [1, two]\")] b: Option<u8>",
        &["\"a in [1, two]\": `a` is a number, which `two` is not; write a number"],
    );
    check_head(
        "#[survey(id = \"x\", screen_out(\"y\", when = \"b is 1\"))]",
        &["\"b is 1\": there is no question `b` before this; did you mean `a`?"],
    );
}

#[test]
fn types_that_do_not_fit() {
    check(
        "/// A?\n#[survey(nps)] a: String",
        &[
            "String: the answer to a `nps` does not fit into `String`; make it an integer such as `u8`",
        ],
    );
    check(
        "/// A?\n#[survey(date)] a: Option<bool>",
        &[
            "bool: the answer to a `date` does not fit into `bool`; make it `String` or `jiff::civil::Date`",
        ],
    );
    check(
        "/// A?\n#[survey(ranking)] a: Topic",
        &[
            "Topic: the answer to a `ranking` does not fit into `Topic`; make it a `Vec` of an enum that derives `Choices`",
        ],
    );
    check(
        "/// A?\n#[survey(nps, csat)] a: u8",
        &["csat: it is a `nps` already; leave one out"],
    );
    check(
        "/// A?\n#[survey(scale, min = 1)] a: u8",
        &["a: a `scale` needs its ends; add `min = 1, max = 5`"],
    );
}

#[test]
fn what_may_have_no_answer_is_an_option() {
    check(
        "/// A?\na: u8, /// B?\n#[survey(when = \"a > 1\")] b: String",
        &[
            "String: `b` may have no answer, because it is only asked when `a > 1`; make it `Option<String>`",
        ],
    );
    check(
        "/// A?\n#[survey(optional)] a: jiff::civil::Date",
        &[
            "jiff::civil::Date: `a` may have no answer, because it is `optional`; make it `Option<jiff::civil::Date>`",
        ],
    );
    check(
        "/// A?\n#[survey(give_up = \"skip\")] a: u8",
        &[
            "u8: `a` may have no answer, because it is skipped after too many attempts; make it `Option<u8>`",
        ],
    );
}

#[test]
fn texts_that_are_missing_or_there_twice() {
    check(
        "a: u8, #[ask(nl = \"\")] b: u8",
        &[
            "a: `a` has no text to ask with; write a doc comment, or `#[ask(en = \"…\")]`",
            "\"\": the text is empty; write what is said",
        ],
    );
    check(
        "#[ask(en = \"A?\", en = \"B?\")] a: u8",
        &["en: there is a text in `en` already; leave one out"],
    );
    check_head(
        "#[survey(id = \"x\", locales = \"en nl de\")]",
        &[
            "a: `a` has no text in every language of the survey; add `#[ask(nl = \"…\", de = \"…\")]`",
        ],
    );
    check(
        "/// A?\n#[survey(label = \"\")] a: u8, /// B?\n#[survey(label = \"B\", label = \"C\", hint = \"\")] b: u8",
        &[
            "\"\": the text is empty; write what is said",
            "\"C\": there is a text for every language already; leave one out",
        ],
    );
    let source = "#[survey(id = \"x\", locales = \"en nl\")] struct S {
        #[ask(en = \"A?\", nl = \"A?\")] #[survey(label = \"A\")] a: u8,
        #[ask(en = \"B?\", nl = \"B?\")] #[survey(label(en = \"B\"), hint(nl = \"b\"))] b: u8 }";
    assert_eq!(
        complaints(source, crate::survey::derive),
        "b: `b` has no label in every language of the survey; add `#[survey(label(nl = \"…\"))]`\n\
         b: `b` has no hint in every language of the survey; add `#[survey(hint(en = \"…\"))]`"
    );
    check_head(
        "#[survey(id = \"x\", locales = \"en en\")]",
        &["\"en en\": `en` is there twice; leave one out"],
    );
}

#[test]
fn names_numbers_and_places() {
    check(
        "/// A?\nis: u8",
        &[
            "is: `is` cannot be used in conditions, where it is a word of its own; add `#[survey(name = \"…\")]`",
        ],
    );
    check(
        "/// A?\na: u8, /// B?\n#[survey(name = \"a\")] b: u8",
        &["b: there is a question `a` already; give each its own name"],
    );
    check(
        "/// A?\n#[survey(attempts = 0)] a: u8",
        &["0: nobody could answer in no attempt; write 1 or more"],
    );
    check(
        "/// A?\n#[survey(prefill = \"email\")] a: String",
        &[
            "\"email\": `email` names no source; write `profile.email`, or `meta.plate` for a variable of the conversation",
        ],
    );
    check(
        "/// A?\n#[survey(min = true)] a: u8",
        &["true: write a number, or a date or time such as \"2026-03-04\""],
    );
}

#[test]
fn limits_that_could_not_be_meant() {
    check(
        "/// A?\n#[survey(min = 2026-01-01)] a: Date, /// B?\n#[survey(max = 08:30, optional)] b: Option<Time>",
        &[
            "2026: a date or time stands in quotes; write `min = \"2026-01-01\"`",
            "08: a date or time stands in quotes; write `max = \"08:30\"`",
        ],
    );
    check(
        "/// A?\n#[survey(min = \"01-01-2026\")] a: Date, /// B?\n#[survey(month, max = \"2026-13\")] b: String",
        &[
            "\"01-01-2026\": `min` cannot be read from `01-01-2026`; write it in ISO 8601, such as \"2026-03-04\"",
            "\"2026-13\": `max` cannot be read from `2026-13`; write it in ISO 8601, such as \"2026-03\"",
        ],
    );
    check(
        "/// A?\n#[survey(min = \"2026-05-01\", max = \"2026-04-30\")] a: Date, /// B?\n#[survey(scale, min = 5, max = 1)] b: u8",
        &[
            "\"2026-04-30\": `max` is below `min`, so nothing could be answered; swap them",
            "1: `max` is below `min`, so nothing could be answered; swap them",
        ],
    );
    check(
        "/// A?\n#[survey(max = 300)] a: u8, /// B?\n#[survey(step = 0.5)] b: u32, /// C?\n#[survey(min = \"few\")] c: f64, /// D?\n#[survey(scale, min = -1, max = 5)] d: u8",
        &[
            "300: `u8` cannot hold `300`; make the field a larger integer",
            "0.5: `step` is `0.5`, but `u32` holds whole numbers; write one, or make the field `f64`",
            "\"few\": `min` cannot be read from `few`; write a number",
            "1: a scale cannot have `-1` as its end; write a whole number from 0 to 255",
        ],
    );
    check(
        "/// A?\n#[survey(min = \"2024-02-29\", max = \"today\")] a: Date, /// B?\n#[survey(min = \"2026-03-04T08:00\")] b: DateTime, /// C?\n#[survey(week, min = \"2026-W10\")] c: String",
        &[],
    );
    check(
        "/// A?\na: Date, /// B?\n#[survey(when = \"a > 01-01-2026\")] b: Option<u8>",
        &[
            "\"a > 01-01-2026\": `01-01-2026` is not what `a` asks for; write it in ISO 8601, such as 2026-03-04",
        ],
    );
}

#[test]
fn what_is_no_survey() {
    for (source, told) in [
        (
            "struct S { /** A? */ a: u8 }",
            "S: the survey needs a name by which its answers are kept; add `#[survey(id = \"…\")]`",
        ),
        (
            "#[survey(id = \"x\")] struct S;",
            "S: a survey's fields need names: they are the names of the questions",
        ),
        (
            "#[survey(id = \"x\")] struct S {}",
            "S: a survey needs questions; add a field for each",
        ),
        (
            "enum S { A }",
            "S: `Survey` is for structs, each of whose fields is a question; write a struct",
        ),
        (
            "#[survey(id = \"x\")] struct S<T> { a: T }",
            "<T>: a survey cannot be generic; name the types",
        ),
    ] {
        assert_eq!(complaints(source, crate::survey::derive), told);
    }
    check_head(
        "#[survey(id = \"x\", quota(\"all\"))]",
        &["): write `quota(\"name\", 200, when = \"…\", en = \"…\")`"],
    );
    check_head(
        "#[survey(id = \"x\", screen_out(\"y\", wen = \"a is 1\"))]",
        &["wen: `wen` is not known here; did you mean `when`?"],
    );
    check_head(
        "#[survey(id = \"x\", screen_out(\"y\"))]",
        &["screen_out: write `screen_out(\"name\", when = \"…\", en = \"…\")`"],
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    check(
        "/// A?\n#[survey(npss)] a: u8, b: u8, /// C?\n#[survey(nps)] c: bool",
        &[
            "npss: `npss` is not known here; did you mean `nps`?",
            "b: `b` has no text to ask with; write a doc comment, or `#[ask(en = \"…\")]`",
            "bool: the answer to a `nps` does not fit into `bool`; make it an integer such as `u8`",
        ],
    );
}
