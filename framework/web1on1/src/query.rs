//! Which resources a list is to hold.

mod required;
pub use required::RequiredFilter;

mod value;
pub use value::FilterValue;

/// What a value may begin with and is then no plain value any more. The platform has no way to
/// write such a value, as far as its documents tell.
const OPERATORS: [char; 5] = ['~', '>', '<', '^', '['];

/// Filters, order and size of a list (fetching resources).
///
/// Fields may be dotted paths such as `profile.telephone`. Values are written to the address
/// percent-encoded, so they may hold anything. Filters on several fields all have to hold. Some
/// lists need a filter, see [`RequiredFilter`].
///
/// A value that would be read as something else, such as `equals("name", ">x")`, is refused with
/// [`Error::Unsendable`](crate::Error::Unsendable) when the query is used.
///
/// ```
/// use web1on1::Query;
///
/// let query = Query::new()
///     .any_of("organization", ["64aa", "64ab"])
///     .equals("profile.email", "ann@example.com")
///     .contains("text", "test drive")
///     .descending("createdAt")
///     .limit(10);
/// assert_eq!(
///     query.to_string(),
///     "organization=%5B64aa%2C64ab%5D&profile.email=ann%40example.com&text=%7Etest+drive&sort=-createdAt&limit=10"
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
    problem: Option<String>,
}

impl Query {
    /// Everything, in the platform's order and page size.
    pub fn new() -> Self {
        Self::default()
    }

    /// `field=value` as it stands, for operators that have no method here.
    #[must_use]
    pub fn filter(mut self, field: impl Into<String>, value: impl Into<String>) -> Self {
        self.pairs.push((field.into(), value.into()));
        self
    }

    /// Only what has exactly `value` in `field`. A value that begins with `~`, `>`, `<`, `^` or `[`
    /// is refused, since the platform would take it for another filter.
    #[must_use]
    pub fn equals(self, field: impl Into<String>, value: impl Into<FilterValue>) -> Self {
        let value = value.into().into_text();
        let is_plain = !value.starts_with(OPERATORS);
        self.compare(field.into(), "", &value, is_plain)
    }

    /// Only what has `text` somewhere in `field`, in upper or lower case.
    #[must_use]
    pub fn contains(self, field: impl Into<String>, text: impl Into<FilterValue>) -> Self {
        self.compare(field.into(), "~", &text.into().into_text(), true)
    }

    /// Only what has a `field` that begins with `text`.
    #[must_use]
    pub fn starts_with(self, field: impl Into<String>, text: impl Into<FilterValue>) -> Self {
        self.compare(field.into(), "^", &text.into().into_text(), true)
    }

    /// Only what has more than `value`, or a later time, in `field`.
    #[must_use]
    pub fn greater_than(self, field: impl Into<String>, value: impl Into<FilterValue>) -> Self {
        self.bound(field.into(), ">", &value.into().into_text())
    }

    /// Only what has `value` or more, or this time or a later one, in `field`.
    #[must_use]
    pub fn at_least(self, field: impl Into<String>, value: impl Into<FilterValue>) -> Self {
        self.bound(field.into(), ">=", &value.into().into_text())
    }

    /// Only what has less than `value`, or an earlier time, in `field`. The documents show `>` and
    /// `>=` only; `<` is taken to mean the opposite.
    #[must_use]
    pub fn less_than(self, field: impl Into<String>, value: impl Into<FilterValue>) -> Self {
        self.bound(field.into(), "<", &value.into().into_text())
    }

    /// Only what has `value` or less, or this time or an earlier one, in `field`; see
    /// [`less_than`](Self::less_than).
    #[must_use]
    pub fn at_most(self, field: impl Into<String>, value: impl Into<FilterValue>) -> Self {
        self.bound(field.into(), "<=", &value.into().into_text())
    }

    /// Only what has one of `values` in `field`. No values at all, and values with a comma or a
    /// square bracket, are refused: the platform would read something else.
    #[must_use]
    pub fn any_of<V: AsRef<str>>(
        self,
        field: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<V> = values.into_iter().collect();
        let is_one =
            |value: &V| !value.as_ref().is_empty() && !value.as_ref().contains([',', '[', ']']);
        let is_list = !values.is_empty() && values.iter().all(is_one);
        let list = format!("[{}]", comma_separated(values));
        self.compare(field.into(), "", &list, is_list)
    }

    /// Orders by these fields, comma-separated; `-` before a field turns its order around. It
    /// takes the place of an order given before.
    #[must_use]
    pub fn sort(self, fields: impl Into<String>) -> Self {
        self.set("sort", fields.into())
    }

    /// Orders by `field`, the least or earliest first, within the order given before.
    #[must_use]
    pub fn ascending(self, field: impl AsRef<str>) -> Self {
        self.then_by(field.as_ref().to_owned())
    }

    /// Orders by `field`, the greatest or latest first, within the order given before.
    #[must_use]
    pub fn descending(self, field: impl AsRef<str>) -> Self {
        self.then_by(format!("-{}", field.as_ref()))
    }

    /// At most `count` resources in an answer. Without it the platform chooses, and may change its
    /// choice (API Basics, backward compatibility). For a stream it is the size of a page.
    #[must_use]
    pub fn limit(self, count: u32) -> Self {
        self.set("limit", count.to_string())
    }

    /// Leaves out the first `count` resources.
    #[must_use]
    pub fn offset(self, count: u64) -> Self {
        self.set("offset", count.to_string())
    }

    /// Only these fields of each resource. The types of this crate need `id`, and what their
    /// documentation says is always there.
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

    /// The names of what is set, filters first of all.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> + Clone {
        self.pairs.iter().map(|(field, _)| field.as_str())
    }

    /// What `name` was set to last, as a number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        let (_, value) = self.pairs.iter().rev().find(|(field, _)| field == name)?;
        value.parse().ok()
    }

    /// Why the query cannot be sent, if it cannot.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    pub(crate) fn write_to(&self, address: &mut url::Url) {
        if !self.is_empty() {
            address.query_pairs_mut().extend_pairs(&self.pairs);
        }
    }

    fn bound(self, field: String, operator: &str, value: &str) -> Self {
        // `>` before `=5` would read as `>=5`.
        let is_plain = !value.starts_with('=');
        self.compare(field, operator, value, is_plain)
    }

    fn compare(mut self, field: String, operator: &str, value: &str, is_plain: bool) -> Self {
        if !is_plain {
            self.problem.get_or_insert_with(|| {
                format!(
                    "its filter on `{field}` has a value that the platform would read as another filter; compare the field here instead, or write the filter by `Query::filter`"
                )
            });
        }
        self.filter(field, format!("{operator}{value}"))
    }

    fn then_by(mut self, field: String) -> Self {
        match self.pairs.iter_mut().find(|(name, _)| name == "sort") {
            Some((_, fields)) => {
                fields.push(',');
                fields.push_str(&field);
                self
            }
            None => self.filter("sort", field),
        }
    }

    fn set(mut self, name: &str, value: String) -> Self {
        self.pairs.retain(|(field, _)| field != name);
        self.filter(name, value)
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

    #[test]
    fn every_operator_is_written_before_its_value() {
        let query = Query::new()
            .equals("a", "+31")
            .contains("b", "~x")
            .starts_with("c", "x")
            .greater_than("d", 1)
            .at_least("e", -2_i64)
            .less_than("f", 0.5)
            .at_most("g", 7_u64);
        let pairs: Vec<_> = query
            .pairs
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!(pairs, ["+31", "~~x", "^x", ">1", ">=-2", "<0.5", "<=7"]);
        assert_eq!(query.problem(), None);
    }

    #[test]
    fn what_the_platform_would_read_otherwise_is_refused_and_the_field_named() {
        let new = Query::new;
        for query in [
            new().equals("meta.sign", ">5"),
            new().equals("meta.sign", "[a]"),
            new().equals("meta.sign", "~"),
            new().greater_than("meta.sign", "=5"),
            new().any_of("meta.sign", ["a,b"]),
            new().any_of("meta.sign", ["a]"]),
            new().any_of("meta.sign", [""]),
            new().any_of("meta.sign", [] as [&str; 0]),
        ] {
            let problem = query.problem().unwrap();
            assert!(problem.contains("`meta.sign`"), "{problem}");
        }
    }

    #[test]
    fn order_grows_and_size_is_replaced() {
        let query = Query::new()
            .descending("createdAt")
            .limit(5)
            .ascending("id")
            .limit(7)
            .offset(1)
            .offset(2);
        assert_eq!(query.to_string(), "sort=-createdAt%2Cid&limit=7&offset=2");
        assert_eq!(
            (query.number("limit"), query.number("offset")),
            (Some(7), Some(2))
        );
        assert_eq!(query.sort("name").to_string(), "limit=7&offset=2&sort=name");
    }
}
