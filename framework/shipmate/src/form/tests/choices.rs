//! Fields with something to choose: what is taken as which choice.

use serde_json::json;

use super::{accepts, field, rejects};
use crate::form::Reason;

#[test]
fn select_and_radio() {
    let options = json!({"options": [
        {"key": "r", "value": "Red"},
        {"key": "db", "value": "Dark blue"},
        {"key": "dg", "value": "Dark green"},
        {"key": "o", "value": "Óther…"},
    ]});
    for kind in ["select", "radio", "button"] {
        let choice = field(kind, &options);
        accepts(
            &choice,
            &[
                ("r", json!("r")),
                ("RED!", json!("r")),
                ("dark  Blue", json!("db")),
                ("2", json!("db")),
                ("2.", json!("db")),
                ("#3", json!("dg")),
                ("3\u{fe0f}\u{20e3}", json!("dg")),
                ("dark b", json!("db")),
                ("other", json!("o")),
                ("answer:f:dg", json!("dg")),
            ],
        );
        let wrong = ["dark", "0", "5", "blue", "red, dark blue", "%", "-1", "1 2"];
        rejects(&choice, &wrong.map(|text| (text, Reason::NotAnOption)));
        rejects(&choice, &[("", Reason::ValueMissing)]);
    }
}

#[test]
fn numbers_as_choices_are_not_counted() {
    let choice = field(
        "select",
        &json!({"options": [
            {"key": "a", "value": "5"}, {"key": "b", "value": "10"}, {"key": "c", "value": "20 or more"},
        ]}),
    );
    accepts(
        &choice,
        &[
            ("5", json!("a")),
            ("10", json!("b")),
            ("20 or more", json!("c")),
        ],
    );
    rejects(
        &choice,
        &[("1", Reason::NotAnOption), ("3", Reason::NotAnOption)],
    );
}

#[test]
fn a_key_wins_over_a_label_and_two_alike_are_no_answer() {
    let swapped = field(
        "select",
        &json!({"options": [
            {"key": "yes", "value": "No"}, {"key": "no", "value": "Yes"},
        ]}),
    );
    accepts(&swapped, &[("yes", json!("yes")), ("Yes", json!("no"))]);
    let alike = field(
        "select",
        &json!({"options": [
            {"key": "1a", "value": "Cote"}, {"key": "2a", "value": "Côte"},
        ]}),
    );
    accepts(&alike, &[("Côte", json!("2a"))]);
    rejects(&alike, &[("COTE", Reason::NotAnOption)]);
}

#[test]
fn checkbox_with_options() {
    let boxes = field(
        "checkbox",
        &json!({"options": [
            {"key": "heat", "value": "Heating and cooling"},
            {"key": "roof", "value": "Roof"},
            {"key": "hook", "value": "Tow bar"},
        ]}),
    );
    accepts(
        &boxes,
        &[
            ("roof", json!(["roof"])),
            ("Heating and cooling", json!(["heat"])),
            ("tow bar, heating and cooling", json!(["heat", "hook"])),
            ("roof and tow bar", json!(["roof", "hook"])),
            ("roof & hook", json!(["roof", "hook"])),
            ("roof und tow bar", json!(["roof", "hook"])),
            ("3 1", json!(["heat", "hook"])),
            ("1, 2 en 3", json!(["heat", "roof", "hook"])),
            ("1,1,", json!(["heat"])),
            ("roof\ntow", json!(["roof", "hook"])),
            ("alles", json!(["heat", "roof", "hook"])),
        ],
    );
    let wrong = ["roof, wheels", "4", "1 4", "and", ",", "1,1,1,1,1"];
    rejects(&boxes, &wrong.map(|text| (text, Reason::NotAnOption)));
}

#[test]
fn checkbox_without_options() {
    let yes_no = field("checkbox", &json!({}));
    for text in ["yes", "Y", "ja!", "Oui", "ja graag", "d’accord", "👍"] {
        accepts(&yes_no, &[(text, json!(true))]);
    }
    for text in ["no", "Nee", "nein", "NON.", "no thanks", "answer:f:no"] {
        accepts(&yes_no, &[(text, json!(false))]);
    }
    let wrong = ["maybe", "yes and no", "1"];
    rejects(&yes_no, &wrong.map(|text| (text, Reason::BadInput)));
}
