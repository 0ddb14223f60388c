//! The query language of lists (fetching resources).

mod order;
use order::Key;

mod test;
use test::Test;

use std::cmp::Ordering;

use url::form_urlencoded;
use web1on1::Resource;

use super::rows::Row;
use crate::{PageLimits, Refusal};

/// A parsed query string.
#[derive(Debug, PartialEq)]
pub(super) struct Query {
    filters: Vec<Filter>,
    sort: Vec<SortField>,
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
struct SortField {
    path: String,
    is_descending: bool,
}

impl Query {
    /// # Errors
    /// 400 if `limit` or `offset` is not a number.
    pub(super) fn parse(query: Option<&str>, pages: PageLimits) -> Result<Self, Refusal> {
        let mut parsed = Self {
            filters: Vec::new(),
            sort: Vec::new(),
            limit: pages.default,
            offset: 0,
            select: Vec::new(),
            populate: Vec::new(),
        };
        for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*key {
                "limit" => parsed.limit = number("limit", &value)?.min(pages.most),
                "offset" => parsed.offset = number("offset", &value)?,
                "select" => parsed.select.extend(words(&value)),
                "populate" => parsed.populate.extend(words(&value)),
                "sort" => parsed.sort.extend(words(&value).map(SortField::parse)),
                path => parsed.filters.push(Filter {
                    path: path.to_owned(),
                    test: Test::parse(&value),
                }),
            }
        }
        Ok(parsed)
    }

    /// The rule is the client's, so what it lets through is let in here.
    ///
    /// # Errors
    /// 400 if such lists are given out only with certain filters and none of them is there.
    pub(super) fn require_filter<R: Resource>(&self, demand: &str) -> Result<(), Refusal> {
        match R::REQUIRED_FILTER {
            Some(rule) if !rule.allows(self.filtered()) => {
                let fields = rule.fields().join(", ");
                Err(Refusal::bad_request(format!("{demand} by one of {fields}")))
            }
            _ => Ok(()),
        }
    }

    /// The fields that are filtered by.
    pub(super) fn filtered(&self) -> impl Iterator<Item = &str> + Clone {
        self.filters.iter().map(|filter| filter.path.as_str())
    }

    /// The one value that `path` must have, if the query says so.
    pub(super) fn exactly(&self, path: &str) -> Option<&str> {
        self.filters
            .iter()
            .find_map(|filter| filter.test.only().filter(|_| filter.path == path))
    }

    pub(super) fn matches(&self, row: &impl Row) -> bool {
        self.filters.iter().all(|filter| {
            let mut found = Vec::new();
            row.collect(&filter.path, &mut found);
            filter.test.holds(&found)
        })
    }

    /// The rows in the order that is asked for; without one, they stay as they are.
    pub(super) fn sorted<R: Row>(&self, rows: Vec<R>) -> Vec<R> {
        if self.sort.is_empty() {
            return rows;
        }
        let mut keyed: Vec<(Vec<Key>, R)> = rows
            .into_iter()
            .map(|row| {
                (
                    self.sort.iter().map(|by| Key::of(&row, &by.path)).collect(),
                    row,
                )
            })
            .collect();
        keyed.sort_by(|(a, _), (b, _)| self.compare(a, b));
        keyed.into_iter().map(|(_, row)| row).collect()
    }

    fn compare(&self, a: &[Key], b: &[Key]) -> Ordering {
        self.sort
            .iter()
            .zip(a.iter().zip(b))
            .map(|(by, (a, b))| {
                let order = a.cmp(b);
                if by.is_descending {
                    order.reverse()
                } else {
                    order
                }
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl SortField {
    fn parse(word: String) -> Self {
        match word.strip_prefix('-') {
            Some(path) => Self {
                path: path.to_owned(),
                is_descending: true,
            },
            None => Self {
                path: word,
                is_descending: false,
            },
        }
    }
}

fn number(name: &str, value: &str) -> Result<usize, Refusal> {
    value
        .parse()
        .map_err(|_| Refusal::bad_request(format!("{name} must be a number")))
}

/// Text that is meant as a number; ids of 24 digits are not.
fn as_number(text: &str) -> Option<f64> {
    if text.len() > 15 {
        return None;
    }
    text.parse().ok()
}

fn words(list: &str) -> impl Iterator<Item = String> {
    list.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(query: &str) -> Result<Query, Refusal> {
        Query::parse(Some(query), PageLimits::default())
    }

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
            let parsed = parse(query).unwrap();
            assert_eq!(
                parsed.matches(&conversation.as_object().unwrap()),
                expected,
                "{query}"
            );
        }
    }

    fn order(sort: &str, items: &[Value]) -> String {
        let rows = items.iter().map(|item| item.as_object().unwrap()).collect();
        let sorted = parse(sort).unwrap().sorted(rows);
        let names = sorted.iter().map(|row| row["b"].as_str().unwrap());
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn sorts_by_several_fields() {
        let items = [
            json!({"a": 10, "b": "x"}),
            json!({"a": 9, "b": "y"}),
            json!({"a": 9, "b": "z"}),
        ];
        assert_eq!(order("sort=a,-b", &items), "z y x");
        assert_eq!(order("", &items), "x y z");
    }

    #[test]
    fn values_of_different_types_have_one_order() {
        let items = [
            json!({"a": "1a", "b": "text"}),
            json!({"a": "2024-05-01T10:00:00Z", "b": "time"}),
            json!({"a": "10", "b": "ten"}),
            json!({"b": "nothing"}),
            json!({"a": 9, "b": "nine"}),
        ];
        assert_eq!(order("sort=a", &items), "nothing nine ten time text");
        assert_eq!(order("sort=-a", &items), "text time ten nine nothing");
    }

    #[test]
    fn limits_are_numbers_and_bounded() {
        assert_eq!(parse("limit=5000").unwrap().limit, 100);
        assert_eq!(parse("").unwrap().limit, 30);
        assert_eq!(parse("limit=x").unwrap_err().status(), 400);
        assert_eq!(parse("offset=-1").unwrap_err().status(), 400);
    }
}
