//! The table in the book.

use std::fmt::Write as _;

use super::{reference::Documented, tour::Row};
use crate::book::check_page;

/// # Panics
/// If the page of the book is not what it should be.
pub(super) fn check(documented: &[Documented], rows: &[Row]) {
    check_page("coverage.md", &page(documented, rows));
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
