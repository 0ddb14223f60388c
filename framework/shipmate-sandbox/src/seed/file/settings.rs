//! What the file says of the sandbox itself.

use jiff::SignedDuration;
use serde_json::json;

use super::{Node, Problem, Value, hint};
use crate::{
    Lines, Quirks,
    limit::{Allowance, Limits},
};

const LIMITS: [&str; 4] = [
    "requests-per-key",
    "requests-per-address",
    "identical-messages",
    "consecutive-messages",
];

const QUIRKS: [&str; 2] = ["lines", "keeps-unknown-meta"];

/// `[limits]`: each is `{ count = 20, window = "1s" }`, or `false` for none. What is not named
/// stays as documented.
pub(super) fn limits(node: &Node) -> Result<Limits, Problem> {
    let mut limits = Limits::default();
    for (key, (at, kid)) in node.kids("limits")? {
        let slot = match key.as_str() {
            "requests-per-key" => &mut limits.requests_per_key,
            "requests-per-address" => &mut limits.requests_per_address,
            "identical-messages" => &mut limits.identical_messages,
            "consecutive-messages" => &mut limits.consecutive_messages,
            _ => return Err(unknown(key, *at, &LIMITS)),
        };
        *slot = match &kid.value {
            Value::Scalar(value) if *value == json!(false) => None,
            _ => Some(allowance(key, kid)?),
        };
    }
    Ok(limits)
}

/// `[quirks]`: what is not named stays as it is by default.
pub(super) fn quirks(node: &Node) -> Result<Quirks, Problem> {
    let mut quirks = Quirks::default();
    for (key, (at, kid)) in node.kids("quirks")? {
        match key.as_str() {
            "lines" => quirks.lines = lines(key, kid)?,
            "keeps-unknown-meta" => {
                let keeps = kid.json().as_bool();
                quirks.keeps_unknown_meta = keeps.ok_or_else(|| kid.wrong(key, "true or false"))?;
            }
            _ => return Err(unknown(key, *at, &QUIRKS)),
        }
    }
    Ok(quirks)
}

fn lines(key: &str, node: &Node) -> Result<Lines, Problem> {
    let known = Lines::ALL.map(Lines::name).join(", ");
    Lines::named(node.text(key)?).ok_or_else(|| node.wrong(key, &format!("one of {known}")))
}

fn unknown(key: &str, at: usize, known: &[&str]) -> Problem {
    let hint = hint(key, known.iter().copied());
    Problem::new(at, format!("unknown key `{key}`{hint}"))
}

fn allowance(key: &str, node: &Node) -> Result<Allowance, Problem> {
    let wanted = "{ count = 20, window = \"1s\" } or false";
    let kids = node.kids(key).map_err(|_| node.wrong(key, wanted))?;
    let count = kids.get("count").map(|(_, count)| count.json());
    let window = kids.get("window").map(|(_, window)| window.json());
    let count = count.and_then(|count| usize::try_from(count.as_u64()?).ok());
    let window = window.and_then(|window| window.as_str()?.parse::<SignedDuration>().ok());
    match (count, window) {
        (Some(count), Some(window)) if kids.len() == 2 => Ok(Allowance { count, window }),
        _ => Err(node.wrong(key, wanted)),
    }
}

pub(super) fn number(key: &str, node: &Node) -> Result<u64, Problem> {
    let number = node.json().as_u64();
    number.ok_or_else(|| node.wrong(key, "a whole number from 0 up"))
}
