//! The table in the book.

use std::{fmt::Write as _, fs, path::Path};

use super::{reference::Documented, tour::Row};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/coverage.md");

/// Set to write the page instead of comparing it.
const UPDATE: &str = "UPDATE_DOCS";

/// # Panics
/// If the page of the book is not what it should be.
pub(super) fn check(documented: &[Documented], rows: &[Row]) {
    let page = page(documented, rows);
    if std::env::var_os(UPDATE).is_some() {
        fs::write(PAGE, page).unwrap();
        return;
    }
    let known = fs::read_to_string(Path::new(PAGE)).unwrap_or_default();
    assert!(
        known == page,
        "docs/src/coverage.md is out of date; run this test with {UPDATE}=1 and commit the page"
    );
}

fn page(documented: &[Documented], rows: &[Row]) -> String {
    let mut page = String::from(
        "# Coverage of the API\n\n\
         Every endpoint that the platform's documents name, the method of `web1on1::Client` that reaches it, \
         the route by which the sandbox serves it, and the test that calls the one through the other and checks \
         the documented status. The list of endpoints is taken from the documents; the rest of the table is written by \
         the end-to-end test `coverage`, which fails if an endpoint is missing or the table is out of date.\n\n\
         | endpoint | status | document | client | sandbox | test |\n|---|---|---|---|---|---|\n",
    );
    for endpoint in documented {
        let rows: Vec<&Row> = rows
            .iter()
            .filter(|row| row.shape == endpoint.shape)
            .collect();
        let all = |part: fn(&Row) -> &str| {
            let mut parts: Vec<String> =
                rows.iter().map(|row| format!("`{}`", part(row))).collect();
            parts.sort();
            parts.dedup();
            parts.join(", ")
        };
        // Writing into a string cannot fail.
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} |",
            endpoint.endpoint,
            endpoint.status,
            endpoint.source,
            all(|row| row.method),
            all(|row| &row.route),
            all(|row| row.test),
        );
    }
    page
}
