//! The query language of lists (fetching resources).

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;
use url::form_urlencoded;

use crate::Refusal;

/// How many items a list has unless it says otherwise. The platform's number is not known, and
/// clients are told not to rely on it.
const DEFAULT_LIMIT: usize = 30;

/// The most items a list has.
const MAX_LIMIT: usize = 100;

/// A parsed query string.
#[derive(Debug, PartialEq)]
pub(super) struct Query {
    filters: Vec<Filter>,
    sort: Vec<(String, bool)>,
    pub(super) limit: usize,
    pub(super) offset: usize,
    pub(super) select: Vec<String>,
    pub(super) populate: Vec<String>,
}

#[derive(Debug, PartialEq)]
struct Filter {
    path: String,
    test: Test,
}

#[derive(Debug, PartialEq)]
enum Test {
    Equals(String),
    AnyOf(Vec<String>),
    Contains(String),
    StartsWith(String),
    Compares(&'static [Ordering], String),
}

impl Query {
    /// # Errors
    /// 400 if `limit` or `offset` is not a number.
    pub(super) fn parse(query: Option<&str>) -> Result<Self, Refusal> {
        let mut parsed = Self {
            filters: Vec::new(),
            sort: Vec::new(),
            limit: DEFAULT_LIMIT,
            offset: 0,
            select: Vec::new(),
            populate: Vec::new(),
        };
        for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*key {
                "limit" => parsed.limit = number("limit", &value)?.min(MAX_LIMIT),
                "offset" => parsed.offset = number("offset", &value)?,
                "select" => parsed.select.extend(words(&value)),
                "populate" => parsed.populate.extend(words(&value)),
                "sort" => {
                    let fields = words(&value).map(|word| match word.strip_prefix('-') {
                        Some(field) => (field.to_owned(), true),
                        None => (word, false),
                    });
                    parsed.sort.extend(fields);
                }
                path => parsed.filters.push(Filter {
                    path: path.to_owned(),
                    test: Test::parse(&value),
                }),
            }
        }
        Ok(parsed)
    }

    /// The fields that are filtered by.
    pub(super) fn filtered(&self) -> impl Iterator<Item = &str> {
        self.filters.iter().map(|filter| filter.path.as_str())
    }

    /// The one value that `path` must have, if the query says so.
    pub(super) fn exactly(&self, path: &str) -> Option<&str> {
        self.filters.iter().find_map(|filter| match &filter.test {
            Test::Equals(value) if filter.path == path => Some(value.as_str()),
            _ => None,
        })
    }

    pub(super) fn matches(&self, resource: &Value) -> bool {
        self.filters.iter().all(|filter| {
            let mut found = Vec::new();
            collect(resource, &filter.path, &mut found);
            filter.test.holds(&found)
        })
    }

    pub(super) fn sort(&self, resources: &mut [Value]) {
        if self.sort.is_empty() {
            return;
        }
        resources.sort_by(|a, b| {
            self.sort
                .iter()
                .map(|(path, descending)| {
                    let order = compare(&first(a, path), &first(b, path));
                    if *descending { order.reverse() } else { order }
                })
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
    }
}

impl Test {
    fn parse(value: &str) -> Self {
        const AFTER: &[Ordering] = &[Ordering::Greater];
        const FROM: &[Ordering] = &[Ordering::Greater, Ordering::Equal];
        const BEFORE: &[Ordering] = &[Ordering::Less];
        const UNTIL: &[Ordering] = &[Ordering::Less, Ordering::Equal];
        if let Some(list) = value
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            return Self::AnyOf(words(list).collect());
        }
        for (operator, orders) in [(">=", FROM), ("<=", UNTIL), (">", AFTER), ("<", BEFORE)] {
            if let Some(bound) = value.strip_prefix(operator) {
                return Self::Compares(orders, bound.to_owned());
            }
        }
        if let Some(part) = value.strip_prefix('~') {
            return Self::Contains(part.to_lowercase());
        }
        if let Some(start) = value.strip_prefix('^') {
            return Self::StartsWith(start.to_owned());
        }
        Self::Equals(value.to_owned())
    }

    fn holds(&self, found: &[String]) -> bool {
        match self {
            Self::Equals(wanted) => {
                found.iter().any(|value| value == wanted) || (wanted.is_empty() && found.is_empty())
            }
            Self::AnyOf(wanted) => found.iter().any(|value| wanted.contains(value)),
            Self::Contains(part) => found
                .iter()
                .any(|value| value.to_lowercase().contains(part)),
            Self::StartsWith(start) => found.iter().any(|value| value.starts_with(start)),
            Self::Compares(orders, bound) => found
                .iter()
                .any(|value| orders.contains(&compare(value, bound))),
        }
    }
}

/// All values at a dotted path, as text. Lists are looked through (`participants.user`); a key may
/// itself contain dots (`meta.my.key`).
fn collect(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for item in items {
                collect(item, path, found);
            }
        }
        Value::Object(object) => {
            if let Some(value) = object.get(path) {
                collect_scalars(value, found);
                return;
            }
            for (dot, _) in path.match_indices('.') {
                if let Some((key, rest)) = path.split_at_checked(dot)
                    && let Some(value) = object.get(key)
                {
                    collect(value, rest.trim_start_matches('.'), found);
                }
            }
        }
        _ => {}
    }
}

fn collect_scalars(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect_scalars(item, found)),
        Value::Object(object) => {
            // A populated resource still matches by its id.
            found.extend(object.get("id").and_then(Value::as_str).map(str::to_owned));
        }
        scalar => found.push(scalar.to_string()),
    }
}

fn first(value: &Value, path: &str) -> String {
    let mut found = Vec::new();
    collect(value, path, &mut found);
    found.into_iter().next().unwrap_or_default()
}

/// Times as times, numbers as numbers, everything else as text.
fn compare(a: &str, b: &str) -> Ordering {
    if let (Ok(a), Ok(b)) = (a.parse::<Timestamp>(), b.parse::<Timestamp>()) {
        return a.cmp(&b);
    }
    if let (Ok(a), Ok(b)) = (a.parse::<f64>(), b.parse::<f64>()) {
        return a.total_cmp(&b);
    }
    a.cmp(b)
}

fn number(name: &str, value: &str) -> Result<usize, Refusal> {
    value
        .parse()
        .map_err(|_| Refusal::bad_request(format!("{name} must be a number")))
}

fn words(list: &str) -> impl Iterator<Item = String> {
    list.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn conversation() -> Value {
        json!({
            "id": "64ac", "orgPath": "root#leaf", "name": "Ann Example", "createdAt": "2024-05-01T10:00:00.000Z",
            "participants": [{"user": "u1", "inbox": false}, {"user": "u2", "inbox": true}],
            "meta": {"my.bot.state": "asked", "visits": 12}, "contact": {"id": "c1", "profile": {"telephone": "+31"}}
        })
    }

    #[test]
    fn operators() {
        let conversation = conversation();
        for (query, expected) in [
            ("id=64ac", true),
            ("id=64ad", false),
            ("id=[1,64ac]", true),
            ("id=[1,2]", false),
            ("name=~ann", true),
            ("name=~bob", false),
            ("orgPath=^root", true),
            ("orgPath=^leaf", false),
            ("participants.user=u2", true),
            ("participants.inbox=true", true),
            ("participants.user=u3", false),
            ("meta.my.bot.state=asked", true),
            ("meta.visits=>9", true),
            ("meta.visits=>=12&meta.visits=<=12", true),
            ("meta.visits=<12", false),
            ("createdAt=>2024-05-01T11:59:59%2B02:00", true),
            ("createdAt=>2024-05-01T10:00:00Z", false),
            (
                "createdAt=>=2024-05-01T10:00:00Z&createdAt=<2024-05-02T00:00:00Z",
                true,
            ),
            ("contact=c1", true),
            ("contact.profile.telephone=%2B31", true),
            ("closedAt=", true),
            ("closedAt=x", false),
        ] {
            let parsed = Query::parse(Some(query)).unwrap();
            assert_eq!(parsed.matches(&conversation), expected, "{query}");
        }
    }

    #[test]
    fn sorts_by_several_fields() {
        let mut items = vec![
            json!({"a": 10, "b": "x"}),
            json!({"a": 9, "b": "y"}),
            json!({"a": 9, "b": "z"}),
        ];
        Query::parse(Some("sort=a,-b")).unwrap().sort(&mut items);
        let order: Vec<&str> = items
            .iter()
            .map(|item| item["b"].as_str().unwrap())
            .collect();
        assert_eq!(order, ["z", "y", "x"]);
    }

    #[test]
    fn limits_are_numbers_and_bounded() {
        assert_eq!(Query::parse(Some("limit=5000")).unwrap().limit, MAX_LIMIT);
        assert_eq!(Query::parse(None).unwrap().limit, DEFAULT_LIMIT);
        assert_eq!(Query::parse(Some("limit=x")).unwrap_err().status(), 400);
    }
}
