use std::sync::Arc;

use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Config {
    brand_name: String,
    #[serde(default)]
    attempts: Option<u8>,
    #[serde(default)]
    quiet: bool,
    #[serde(default)]
    forms: Vec<String>,
    #[serde(default)]
    tone: Tone,
}

#[derive(Debug, Deserialize, PartialEq, Default)]
#[serde(rename_all = "lowercase")]
enum Tone {
    #[default]
    Formal,
    Friendly,
}

fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, Setting> {
    let setting = |value: &str| Setting {
        value: value.into(),
        origin: Arc::default(),
    };
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).into(), setting(value)))
        .collect()
}

fn check<C: DeserializeOwned>(pairs: &[(&str, &str)]) -> Result<C, Vec<String>> {
    let read = read(&settings(pairs));
    read.map_err(|problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn text_becomes_typed() {
    let got = check::<Config>(&[
        ("brandName", "123"),
        ("attempts", "4"),
        ("quiet", "Yes"),
        ("forms", "a, b"),
        ("tone", "friendly"),
        ("x", "y"),
    ]);
    let expected = Config {
        brand_name: "123".into(),
        attempts: Some(4),
        quiet: true,
        forms: vec!["a".into(), "b".into()],
        tone: Tone::Friendly,
    };
    assert_eq!(got.unwrap(), expected);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let got = check::<Config>(&[("attempts", "many"), ("quiet", "maybe"), ("tone", "rude")]);
    let expected = [
        "`attempts` is \"many\"; it should be a whole number from 0 to 255, for example 3",
        "`quiet` is \"maybe\"; it should be `true` or `false`",
        "`tone` is \"rude\"; it should be one of `formal`, `friendly`",
        "`brandName` is missing; it should be a text",
    ];
    assert_eq!(got.unwrap_err(), expected);
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is never read successfully")]
struct Strict {
    port: u16,
    on: bool,
    tone: Tone,
    hosts: Vec<String>,
}

#[test]
fn all_that_is_missing_is_told_with_what_it_should_be() {
    let expected = [
        "`port` is missing; it should be a whole number from 0 to 65535, for example 3",
        "`on` is missing; it should be `true` or `false`",
        "`tone` is missing; it should be one of `formal`, `friendly`",
        "`hosts` is missing; it should be a list with commas, for example `one, two`",
    ];
    assert_eq!(check::<Strict>(&[]).unwrap_err(), expected);
    let unreadable = check::<Strict>(&[("port", "x"), ("on", "1"), ("tone", "formal")]);
    let expected = [
        "`port` is \"x\"; it should be a whole number from 0 to 65535, for example 3",
        expected[3],
    ];
    assert_eq!(unreadable.unwrap_err(), expected);
}

#[test]
fn no_words_repeat_what_may_be_secret() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is never read successfully")]
    struct Addresses {
        host: UserAddress,
        letter: char,
        #[serde(deserialize_with = "refuse")]
        other: u8,
    }

    fn refuse<'de, D: de::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(de::Error::custom(format!("{text} is no number of ours")))
    }

    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct UserAddress;

    impl TryFrom<String> for UserAddress {
        type Error = String;

        fn try_from(text: String) -> Result<Self, String> {
            Err(format!("no address: {text}"))
        }
    }

    let secret = "s3cr3t-value";
    let pairs = [("host", secret), ("letter", secret), ("other", secret)];
    let told = check::<Addresses>(&pairs).unwrap_err().join("\n");
    assert!(!told.contains(secret), "{told}");
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(told.contains("… is no number of ours"), "{told}");
}

#[test]
fn a_name_that_does_not_exist_is_told_where_the_bot_minds() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is never read successfully")]
    struct Closed {
        attempts: u8,
    }
    let told = check::<Closed>(&[("atempts", "3")]).unwrap_err();
    let expected = [
        "`atempts` is \"3\"; it should be taken out: there is no setting of this name; there are `attempts`",
        "`attempts` is missing; it should be a whole number from 0 to 255, for example 3",
    ];
    assert_eq!(told, expected);
}
