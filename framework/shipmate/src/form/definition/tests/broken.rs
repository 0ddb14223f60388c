//! What is wrong, and where.

use super::*;

#[track_caller]
fn check(lines: &str, told: &str) {
    let told = told.trim_matches('\n');
    assert_eq!(
        problems("s.toml", lines.trim_start_matches('\n')),
        told,
        "{lines}"
    );
}

#[test]
fn what_is_not_toml_or_json_is_told_with_its_place() {
    check(
        "id = \"x\"\ntitle = \"a\nquestions = []",
        "s.toml:2:11: this is not TOML: invalid basic string, expected `\"`",
    );
    assert_eq!(
        problems("s.json", "{\n  \"id\": }"),
        "s.json:2:9: this is not JSON: expected value"
    );
    assert_eq!(
        Definition::from_json("").unwrap_err().to_string(),
        "line 1, column 1: this is not JSON: EOF while parsing a value"
    );
}

#[test]
fn types_and_keys_are_told_with_their_place() {
    check(
        r#"
id = "x"
titel = "A"
review = "yes"

[[questions]]
name = "a"
type = "date"
text = { en = "A?", pt = "A?" }

[[questions]]
name = "b"
type = "dat"
text = "B?"
requird = true

[[questions]]
name = "c"
type = "number"
min = true

[[questions]]
name = "d"
type = "scale"
text = "D?"
ends = ["low"]

[[questions]]
name = "e"
type = "radio"
text = "E?"
options = [{ label = "x" }]
give_up = "stop"

[[questions]]
name = "f"
type = "nps"
text = "F?"
label = 3

[[quotas]]
name = "all"
limit = -1
"#,
        r#"
s.toml:2:1: `titel` is not known here; did you mean `title`?
s.toml:3:10: the text "yes" does not fit here; write `true` or `false`
s.toml:8:21: question `a`: `pt` is not known here; there are `en`, `nl`, `de`, `fr`
s.toml:12:8: question `b`: there is no type `dat`; did you mean `date`?
s.toml:14:1: question `b`: `requird` is not known here; did you mean `required`?
s.toml:19:7: question `c`: `true` does not fit here; write a number, or a date or time such as "2026-03-04"
s.toml:25:8: question `d`: write a list of 2, not of 1
s.toml:31:12: question `e`: `key` is missing; add it
s.toml:38:9: question `f`: the number 3 does not fit here; write a text, or a table of texts by language such as { en = "…", nl = "…" }
s.toml:42:9: the number -1 does not fit here; write a whole number from 0
"#,
    );
    let json = r#"{
  "id": "x",
  "questions": [{"name": "é", "tpe": 1, "text": 7}]
}"#;
    assert_eq!(
        problems("s.json", json),
        "s.json:3:31: question `é`: `tpe` is not known here; did you mean `type`?\n\
         s.json:3:49: question `é`: the number 7 does not fit here; write a text, or a table of texts by language such as { en = \"…\", nl = \"…\" }"
    );
}

#[test]
fn meaning_is_told_with_its_place() {
    check(
        r#"
id = ""
version = 0

[[questions]]
name = "score"
type = "nps"
text = "Score?"
when = "later is 1"

[[questions]]
name = "topic"
type = "single-choice"
text = ""
options = [{ key = "price" }, "service", "price", ""]
when = "scor <= 6 and"

[[questions]]
name = "later"
type = "number"
text = "Later?"
min = 5
max = 2
pattern = "a("
when = "scor <= 6 or score < many"
prefill = "email"
attempts = 0

[[questions]]
name = "topic"
type = "radio"
text = "Again?"
when = "topic in [prize, service]"

[[questions]]
name = "not"
type = "ranking"
text = "?"
options = ["x"]

[[questions]]
name = "grid"
type = "matrix"
text = "?"
label = " "
rows = ["r"]

[[questions]]
name = "due"
type = "date"
text = "?"
min = "soon"

[[screen_outs]]
name = "x"
when = "grid is 1"

[[quotas]]
name = "q"
limit = 0
"#,
        r#"
s.toml:1:6: the id is empty; name it, for example `id = "after-sales"`
s.toml:2:11: versions count from 1; write `version = 1`
s.toml:8:9: question `score`: `later` is not asked before this; a condition can only look back, so ask `later` earlier
s.toml:13:8: question `topic`: there is no text to ask with; write one as `text`
s.toml:14:42: question `topic`: the key `price` is there already; give each its own
s.toml:14:51: question `topic`: `` cannot be a key; write one without blanks around it
s.toml:15:22: question `topic`: the condition cannot be read: a condition is missing; for example `score <= 6`
s.toml:22:7: question `later`: `max` is below `min`, so nothing could be answered; swap them
s.toml:23:11: question `later`: the pattern is not a JavaScript regular expression we can use: it has a group that does not end; correct it
s.toml:24:9: question `later`: there is no question `scor`; did you mean `score`?
s.toml:24:30: question `later`: `score` is a number, which `many` is not; write a number
s.toml:25:11: question `later`: `email` names no source; write `profile.email`, or `meta.plate` for a variable of the conversation
s.toml:26:12: question `later`: nobody could answer in no attempt; write 1 or more
s.toml:28:1: question `topic`: a `radio` needs options; add `options = […]`
s.toml:32:19: question `topic`: `topic` has no option `prize`; did you mean `price`?
s.toml:34:1: question `not`: a `ranking` needs two options or more; add `options = […]`
s.toml:35:8: question `not`: `not` cannot be the name of a question; use letters, digits, `_` and `-`, and no word of conditions such as `is`
s.toml:40:1: question `grid`: a `matrix` needs `min`; add `min = 1` and `max = 5`, or `options = […]`
s.toml:44:9: question `grid`: the label is empty; write a short name, or leave it out
s.toml:51:7: question `due`: `min` cannot be read from `soon`; write it in ISO 8601, such as "2026-03-04", or as "today", "today+14d" or "today-1y"
s.toml:55:9: `grid` is asked by row; name a row, such as `grid_…`, with the row's key
s.toml:59:9: nobody could ever be within this quota; write 1 or more
"#,
    );
}

#[test]
fn two_questions_of_one_name_and_rows_that_make_one() {
    check(
        r#"
id = "x"
questions = [
    { name = "a_b", type = "text", text = "?" },
    { name = "a", type = "nps", text = "?", rows = ["b"] },
    { name = "c", type = "matrix", text = "?", options = ["x"] },
    { name = "d", type = "yes-no", text = "?", options = ["x"] },
    { name = "e", type = "scale", text = "?", min = 5, max = 5 },
]
"#,
        r"
s.toml:4:14: question `a`: there is a question `a_b` already; give each its own name
s.toml:5:5: question `c`: a `matrix` needs rows; add `rows = […]`
s.toml:6:58: question `d`: a `yes-no` has no options of its own; use `single-choice`
s.toml:7:62: question `e`: a scale from 5 to 5 has no steps; make `max` greater than `min`
",
    );
}

#[test]
fn without_a_text_the_path_tells_the_place() {
    let mut question = QuestionDefinition::new("a", QuestionType::Number, "A?");
    question.when = Some("b is".to_owned());
    let definition = Definition::new("x").with(question);
    assert_eq!(
        Questionnaire::from_definition(&definition)
            .unwrap_err()
            .to_string(),
        "questions[0].when: question `a`: the condition cannot be read: column 5: a value is missing after `is`"
    );
}
