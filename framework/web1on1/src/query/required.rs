//! Lists that the platform gives out only with a filter.

use super::Query;
use crate::Error;

/// One of these filters has to be there (fetching resources).
///
/// ```
/// use web1on1::{Query, RequiredFilter};
///
/// const RULE: RequiredFilter = RequiredFilter::one_of(&["id", "status"]).when_filtered_by("meta.");
/// assert!(RULE.is_met_by(&Query::new()));
/// assert!(!RULE.is_met_by(&Query::new().equals("meta.intent", "buy")));
/// assert!(RULE.is_met_by(&Query::new().equals("meta.intent", "buy").equals("status", "active")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequiredFilter {
    one_of: &'static [&'static str],
    when_filtered_by: Option<&'static str>,
}

impl RequiredFilter {
    /// At least one of `fields` has to be filtered by.
    #[must_use]
    pub const fn one_of(fields: &'static [&'static str]) -> Self {
        Self {
            one_of: fields,
            when_filtered_by: None,
        }
    }

    /// The rule holds only for queries that filter by a field whose name begins with `prefix`.
    #[must_use]
    pub const fn when_filtered_by(self, prefix: &'static str) -> Self {
        Self {
            when_filtered_by: Some(prefix),
            ..self
        }
    }

    /// Whether the platform would take `query`.
    pub fn is_met_by(&self, query: &Query) -> bool {
        self.allows(query.fields())
    }

    /// Whether the platform would take a query that filters by `fields`.
    pub fn allows<'a>(&self, mut fields: impl Iterator<Item = &'a str> + Clone) -> bool {
        let concerns = self
            .when_filtered_by
            .is_none_or(|prefix| fields.clone().any(|field| field.starts_with(prefix)));
        !concerns || fields.any(|field| self.one_of.contains(&field))
    }

    /// The fields of which one has to be filtered by.
    pub fn fields(&self) -> &'static [&'static str] {
        self.one_of
    }

    /// # Errors
    ///
    /// [`Error::FilterMissing`] if the platform would refuse `query` on the list at `path`.
    pub(crate) fn check(&self, query: &Query, path: &str) -> Result<(), Error> {
        if self.is_met_by(query) {
            return Ok(());
        }
        Err(Error::FilterMissing {
            request: format!("GET /v2/{path}"),
            one_of: self.one_of,
        })
    }
}
