//! Entries that are resources of the API.

use super::{Kids, Node, Problem, hint};
use crate::{
    directory::{Kind, Object},
    seed::file::node::object,
};

/// What an entry may hold beside the fields of the API.
pub(super) fn extras(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Bot => &["id", "key", "token", "webhook"],
        Kind::User => &["id", "key", "token", "memberships"],
        _ => &["id", "key"],
    }
}

/// The fields of an entry as they would be posted.
///
/// # Errors
/// For a key that is not known, and for what the API would refuse.
pub(super) fn fields(kind: Kind, entry: &Node) -> Result<Object, Problem> {
    let kids = entry.kids(kind.path())?;
    check_keys(kind, kids)?;
    let mut fields = object(kids);
    for extra in extras(kind) {
        fields.remove(*extra);
    }
    if let Err(refusal) = kind.complete(fields.clone()) {
        return Err(Problem::refused(entry.at, &refusal));
    }
    Ok(fields)
}

/// Fields of documented resources are known; of others, everything may be one.
fn check_keys(kind: Kind, kids: &Kids) -> Result<(), Problem> {
    let documented = kind.fields();
    if documented.is_empty() {
        return Ok(());
    }
    let known = || documented.iter().chain(extras(kind)).copied();
    for (key, (at, _)) in kids {
        if !known().any(|known| known == key) {
            let hint = hint(key, known());
            return Err(Problem::new(*at, format!("unknown key `{key}`{hint}")));
        }
    }
    Ok(())
}
