//! Which resources a list is to hold.

/// Filters, order and size of a list (fetching resources).
///
/// Values are written to the address percent-encoded, so they may hold anything. Some lists need a
/// filter: messages one of `id`, `organization`, `conversation`, `type`, `role` and `createdAt`.
///
/// ```
/// use web1on1::Query;
///
/// let query = Query::new()
///     .any_of("organization", ["64aa", "64ab"])
///     .filter("profile.email", "ann@example.com")
///     .sort("-createdAt")
///     .limit(10);
/// assert_eq!(
///     query.to_string(),
///     "organization=%5B64aa%2C64ab%5D&profile.email=ann%40example.com&sort=-createdAt&limit=10"
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Everything, in the platform's order and page size.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only what has `value` in `field`. Fields may be dotted paths such as `profile.telephone`;
    /// values may begin with an operator: `~text` contains, `^prefix` begins with, `>=date`.
    #[must_use]
    pub fn filter(mut self, field: impl Into<String>, value: impl Into<String>) -> Self {
        self.pairs.push((field.into(), value.into()));
        self
    }

    /// Only what has one of `values` in `field`.
    #[must_use]
    pub fn any_of<V: AsRef<str>>(
        self,
        field: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = comma_separated(values);
        self.filter(field, format!("[{values}]"))
    }

    /// Orders by these fields, comma-separated; `-` before a field turns its order around.
    #[must_use]
    pub fn sort(self, fields: impl Into<String>) -> Self {
        self.filter("sort", fields)
    }

    /// At most `count` resources. Without it the platform chooses, and may change its choice
    /// (API Basics, backward compatibility).
    #[must_use]
    pub fn limit(self, count: u32) -> Self {
        self.filter("limit", count.to_string())
    }

    /// Leaves out the first `count` resources.
    #[must_use]
    pub fn offset(self, count: u32) -> Self {
        self.filter("offset", count.to_string())
    }

    /// Only these fields of each resource.
    #[must_use]
    pub fn select<F: AsRef<str>>(self, fields: impl IntoIterator<Item = F>) -> Self {
        self.filter("select", comma_separated(fields))
    }

    /// Puts the referred resources in the place of their ids.
    #[must_use]
    pub fn populate<F: AsRef<str>>(self, fields: impl IntoIterator<Item = F>) -> Self {
        self.filter("populate", comma_separated(fields))
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub(crate) fn write_to(&self, address: &mut url::Url) {
        if !self.is_empty() {
            address.query_pairs_mut().extend_pairs(&self.pairs);
        }
    }
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.pairs)
            .finish();
        f.write_str(&text)
    }
}

fn comma_separated<V: AsRef<str>>(values: impl IntoIterator<Item = V>) -> String {
    let mut text = String::new();
    for value in values {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(value.as_ref());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let query = Query::new()
            .filter("meta.intent", "+a&b=c #d/é%20")
            .any_of("organization", ["1", "2"])
            .select(["id", "meta"])
            .populate(["categories.forms"])
            .offset(3);
        let mut address = url::Url::parse("http://localhost/v2/x").unwrap();
        query.write_to(&mut address);
        let read: Vec<_> = address.query_pairs().into_owned().collect();
        assert_eq!(read, query.pairs);
        assert_eq!(address.query(), Some(query.to_string().as_str()));
    }

    #[test]
    fn an_empty_query_leaves_no_question_mark() {
        let mut address = url::Url::parse("http://localhost/v2/x").unwrap();
        Query::new().write_to(&mut address);
        assert_eq!(address.as_str(), "http://localhost/v2/x");
    }
}
