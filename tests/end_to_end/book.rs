//! Pages of the book that tests write.

use std::{fs, path::Path};

/// Set to write the pages instead of comparing them.
const UPDATE: &str = "UPDATE_DOCS";

/// # Panics
/// If the page `name` is not `text`.
pub(crate) fn check_page(name: &str, text: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/src")
        .join(name);
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&page, text).unwrap();
    }
    let known = fs::read_to_string(&page).unwrap_or_default();
    assert_eq!(known, text, "{name}: {UPDATE}=1 writes it anew");
}
