//! What the file says of the sandbox itself.

use jiff::SignedDuration;
use serde_json::json;

use super::{Node, Problem, Value, hint};
use crate::limit::{Allowance, Limits};

const LIMITS: [&str; 4] = [
    "requests-per-key",
    "requests-per-address",
    "identical-messages",
    "consecutive-messages",
];

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
            _ => {
                let hint = hint(key, LIMITS);
                return Err(Problem::new(*at, format!("unknown key `{key}`{hint}")));
            }
        };
        *slot = match &kid.value {
            Value::Scalar(value) if *value == json!(false) => None,
            _ => Some(allowance(key, kid)?),
        };
    }
    Ok(limits)
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
