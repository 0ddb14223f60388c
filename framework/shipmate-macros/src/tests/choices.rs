//! Mistakes in options.

use super::complaints;

#[track_caller]
fn check(source: &str, told: &str) {
    assert_eq!(complaints(source, crate::choices::derive), told, "{source}");
}

#[test]
fn mistakes_in_options_are_told_where_they_are() {
    check(
        "struct S;",
        "S: `Choices` is for enums, each of whose variants is an option; write an enum",
    );
    check(
        "enum E {}",
        "E: there is nothing to choose from; add a variant for each option",
    );
    check(
        "enum E { A(u8) }",
        "(u8): an option holds nothing; leave its fields out",
    );
    check(
        "enum E { #[choice(lable = \"x\")] A }",
        "lable: `lable` is not known here; there are `key`, `points`, `en`, `nl`, `de`, `fr`",
    );
    check(
        "enum E { A, #[choice(key = \"a\")] B }",
        "#[choice(key = \"a\")] B: the key `a` is there already; give each its own",
    );
    check(
        "enum E { #[choice(key = \" a\")] A }",
        "\" a\": write a key without blanks around it",
    );
    check(
        "enum E { #[choice(en = \"A\", en = \"B\")] A }",
        "en: there is a text in `en` already; leave one out",
    );
}
