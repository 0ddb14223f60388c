//! Whom a campaign is for: conditions on contacts, asked of the platform and checked again here.

use std::fmt::Display;

use jiff::Timestamp;
use serde_json::{Map, Value};
use web1on1::Query;

use super::CampaignError;

/// What a value may not begin with where it stands for itself: the platform would read a filter.
const OPERATORS: [char; 5] = ['~', '>', '<', '^', '['];

/// What decides which contacts are listed, in which order and how many: the runtime's business.
const RESERVED: [&str; 10] = [
    "id",
    "organization",
    "orgPath",
    "createdAt",
    "conversation",
    "sort",
    "limit",
    "offset",
    "select",
    "populate",
];

/// The contacts of the campaign's organization for which all conditions hold.
///
/// ```
/// use shipmate::campaign::Audience;
///
/// let audience = Audience::everybody()
///     .equals("meta.segment", "gold")
///     .any_of("tags", ["service", "tyres"])
///     .at_most("meta.nextService", "2026-04-01T00:00:00Z");
/// assert_eq!(audience.conditions().len(), 3);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    conditions: Vec<(String, Condition)>,
}

/// What has to hold of a field of a contact (fetching resources, value operators).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// It is exactly this.
    Is(String),
    /// It is one of these.
    AnyOf(Vec<String>),
    /// This stands somewhere in it, in upper or lower case.
    Contains(String),
    /// It begins with this.
    StartsWith(String),
    /// It is more, or later.
    MoreThan(String),
    /// It is this, more or later.
    AtLeast(String),
    /// It is less, or earlier.
    LessThan(String),
    /// It is this, less or earlier.
    AtMost(String),
}

impl Audience {
    /// Every contact of the organization.
    pub fn everybody() -> Self {
        Self::default()
    }

    /// Only contacts of whom `condition` holds for `field`, a dotted path such as `meta.segment`.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, condition: Condition) -> Self {
        self.conditions.push((field.into(), condition));
        self
    }

    /// Only contacts with exactly `value` in `field`.
    #[must_use]
    pub fn equals(self, field: impl Into<String>, value: impl Display) -> Self {
        self.with(field, Condition::Is(value.to_string()))
    }

    /// Only contacts with one of `values` in `field`.
    #[must_use]
    pub fn any_of<V: Into<String>>(
        self,
        field: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.with(field, Condition::AnyOf(values))
    }

    /// Only contacts with `value`, more or a later time in `field`.
    #[must_use]
    pub fn at_least(self, field: impl Into<String>, value: impl Display) -> Self {
        self.with(field, Condition::AtLeast(value.to_string()))
    }

    /// Only contacts with `value`, less or an earlier time in `field`.
    #[must_use]
    pub fn at_most(self, field: impl Into<String>, value: impl Display) -> Self {
        self.with(field, Condition::AtMost(value.to_string()))
    }

    /// Fields and what has to hold of them.
    pub fn conditions(&self) -> &[(String, Condition)] {
        &self.conditions
    }

    /// Reads what a file says: paths and values, nested or dotted.
    pub(super) fn read(table: &Map<String, Value>) -> Result<Self, CampaignError> {
        let mut audience = Self::default();
        audience.read_into("", table)?;
        Ok(audience)
    }

    fn read_into(&mut self, above: &str, table: &Map<String, Value>) -> Result<(), CampaignError> {
        for (key, value) in table {
            let path = match above {
                "" => key.clone(),
                above => format!("{above}.{key}"),
            };
            match value {
                Value::Object(inner) if inner.keys().any(|key| is_operator(key)) => {
                    for (operator, value) in inner {
                        let condition = Condition::read(&path, operator, value)?;
                        self.conditions.push((path.clone(), condition));
                    }
                }
                Value::Object(inner) => self.read_into(&path, inner)?,
                value => {
                    let condition = Condition::read(&path, "is", value)?;
                    self.conditions.push((path, condition));
                }
            }
        }
        Ok(())
    }

    /// Whether the platform would understand it as it is meant.
    pub(super) fn check(&self) -> Result<(), CampaignError> {
        for (field, condition) in &self.conditions {
            let key = format!("audience.{field}");
            if field.is_empty() || RESERVED.contains(&field.as_str()) {
                return Err(CampaignError::unusable(
                    key,
                    "the audience cannot be chosen by it; use `profile.…`, `meta.…`, `tags` or another field of contacts",
                ));
            }
            if let Some(problem) = condition.problem() {
                return Err(CampaignError::unusable(key, problem));
            }
        }
        Ok(())
    }

    /// The conditions as the platform is asked.
    pub(super) fn query(&self) -> Query {
        let query = Query::new();
        self.conditions
            .iter()
            .fold(query, |query, (field, condition)| match condition {
                Condition::Is(value) => query.equals(field, value.as_str()),
                Condition::AnyOf(values) => query.any_of(field, values),
                Condition::Contains(text) => query.contains(field, text.as_str()),
                Condition::StartsWith(text) => query.starts_with(field, text.as_str()),
                Condition::MoreThan(value) => query.greater_than(field, value.as_str()),
                Condition::AtLeast(value) => query.at_least(field, value.as_str()),
                Condition::LessThan(value) => query.less_than(field, value.as_str()),
                Condition::AtMost(value) => query.at_most(field, value.as_str()),
            })
    }

    /// Whether all conditions hold of `contact`, as the platform sent it. A platform that overlooks
    /// a filter lists everybody, and a campaign must not reach everybody by mistake.
    pub(super) fn holds(&self, contact: &Map<String, Value>) -> bool {
        self.conditions.iter().all(|(field, condition)| {
            let mut values = Vec::new();
            collect_in(contact, field, &mut values);
            values.iter().any(|value| condition.holds(value))
        })
    }
}

fn is_operator(key: &str) -> bool {
    [
        "is",
        "any_of",
        "contains",
        "starts_with",
        "more_than",
        "at_least",
        "less_than",
        "at_most",
    ]
    .contains(&key)
}

impl Condition {
    fn read(field: &str, operator: &str, value: &Value) -> Result<Self, CampaignError> {
        let unusable =
            |problem: &str| CampaignError::unusable(format!("audience.{field}"), problem);
        if let ("is" | "any_of", Value::Array(values)) = (operator, value) {
            let texts = values.iter().map(scalar).collect::<Option<Vec<_>>>();
            let texts = texts.ok_or_else(|| unusable("a list holds texts and numbers only"))?;
            return Ok(Self::AnyOf(texts));
        }
        let text = scalar(value)
            .ok_or_else(|| unusable("give a text, a number, true or false, or a list of them"))?;
        Ok(match operator {
            "is" => Self::Is(text),
            "any_of" => Self::AnyOf(vec![text]),
            "contains" => Self::Contains(text),
            "starts_with" => Self::StartsWith(text),
            "more_than" => Self::MoreThan(text),
            "at_least" => Self::AtLeast(text),
            "less_than" => Self::LessThan(text),
            "at_most" => Self::AtMost(text),
            _ => {
                return Err(unusable(
                    "a comparison is one of is, any_of, contains, starts_with, more_than, at_least, less_than, at_most",
                ));
            }
        })
    }

    fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Is(value) if value.starts_with(OPERATORS) => Some(
                "a value cannot begin with ~, >, <, ^ or [, which the platform reads as a comparison; use `contains` or `starts_with`",
            ),
            Self::AnyOf(values) if values.is_empty() => Some("a list needs at least one value"),
            Self::AnyOf(values)
                if values
                    .iter()
                    .any(|value| value.is_empty() || value.contains([',', '[', ']'])) =>
            {
                Some("a value in a list cannot be empty or hold a comma or a square bracket")
            }
            Self::Contains(text) | Self::StartsWith(text) if text.is_empty() => {
                Some("give at least one character, or leave the condition out")
            }
            Self::MoreThan(value)
            | Self::AtLeast(value)
            | Self::LessThan(value)
            | Self::AtMost(value)
                if value.is_empty() || value.starts_with('=') =>
            {
                Some("give a number or a time, such as 12 or 2026-04-01T00:00:00Z")
            }
            _ => None,
        }
    }

    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Is(wanted) => is_same(value, wanted),
            Self::AnyOf(wanted) => wanted.iter().any(|wanted| is_same(value, wanted)),
            Self::Contains(text) => value.to_lowercase().contains(&text.to_lowercase()),
            Self::StartsWith(text) => value.starts_with(text.as_str()),
            Self::MoreThan(bound) => order(value, bound).is_gt(),
            Self::AtLeast(bound) => order(value, bound).is_ge(),
            Self::LessThan(bound) => order(value, bound).is_lt(),
            Self::AtMost(bound) => order(value, bound).is_le(),
        }
    }
}

fn is_same(value: &str, wanted: &str) -> bool {
    value == wanted
        || matches!((number(value), number(wanted)), (Some(a), Some(b)) if a.total_cmp(&b).is_eq())
}

fn order(value: &str, bound: &str) -> std::cmp::Ordering {
    if let (Some(value), Some(bound)) = (number(value), number(bound)) {
        return value.total_cmp(&bound);
    }
    match (value.parse::<Timestamp>(), bound.parse::<Timestamp>()) {
        (Ok(value), Ok(bound)) => value.cmp(&bound),
        _ => value.cmp(bound),
    }
}

/// Ids are no numbers.
fn number(text: &str) -> Option<f64> {
    const LONGEST: usize = 15;
    (text.len() <= LONGEST).then(|| text.parse().ok())?
}

/// A text, number or truth value as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// All values at a dotted path. Lists are looked through, and a key may itself hold dots.
pub(super) fn collect_in(object: &Map<String, Value>, path: &str, found: &mut Vec<String>) {
    if let Some(value) = object.get(path) {
        return collect(value, "", found);
    }
    for (dot, _) in path.match_indices('.') {
        if let Some((key, rest)) = path.split_at_checked(dot)
            && let Some(value) = object.get(key)
        {
            collect(value, rest.trim_start_matches('.'), found);
        }
    }
}

fn collect(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        Value::Object(object) if path.is_empty() => {
            found.extend(object.get("id").and_then(scalar));
        }
        Value::Object(object) => collect_in(object, path, found),
        value if path.is_empty() => found.extend(scalar(value)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(table: &Value) -> Result<Audience, CampaignError> {
        let audience = Audience::read(table.as_object().unwrap())?;
        audience.check().map(|()| audience)
    }

    fn holds(table: &Value) -> bool {
        let contact = json!({
            "id": "64aa", "tags": ["service", "tyres"],
            "profile": {"email": "Ann@Example.com", "address": {"addressLocality": "Gent"}},
            "meta": {"segment": "gold", "visits": 12, "my.key": "x", "next": "2026-04-01T10:00:00Z"},
        });
        read(table).unwrap().holds(contact.as_object().unwrap())
    }

    #[test]
    fn conditions_hold_as_the_platform_means_them() {
        for (table, expected) in [
            (json!({}), true),
            (json!({"meta.segment": "gold"}), true),
            (json!({"meta": {"segment": "gold", "visits": 12}}), true),
            (json!({"meta.segment": "silver"}), false),
            (json!({"meta.absent": "gold"}), false),
            (json!({"meta.my.key": "x"}), true),
            (json!({"tags": "tyres"}), true),
            (json!({"tags": ["paint", "tyres"]}), true),
            (json!({"tags": {"any_of": ["paint"]}}), false),
            (json!({"profile.email": {"contains": "@example.COM"}}), true),
            (
                json!({"profile.address.addressLocality": {"starts_with": "Ge"}}),
                true,
            ),
            (
                json!({"meta.visits": {"at_least": 9, "less_than": 100}}),
                true,
            ),
            (json!({"meta.visits": {"more_than": 12}}), false),
            (
                json!({"meta.next": {"at_most": "2026-04-01T12:00:00+02:00"}}),
                true,
            ),
            (
                json!({"meta.next": {"less_than": "2026-04-01T00:00:00Z"}}),
                false,
            ),
        ] {
            assert_eq!(holds(&table), expected, "{table}");
        }
    }

    #[test]
    fn the_platform_is_asked_the_same() {
        let audience =
            read(&json!({"tags": ["a", "b"], "meta.n": {"at_least": 3}, "profile.name": "Ann"}));
        let mut pairs: Vec<_> = audience
            .unwrap()
            .query()
            .to_string()
            .split('&')
            .map(str::to_owned)
            .collect();
        pairs.sort();
        assert_eq!(
            pairs,
            ["meta.n=%3E%3D3", "profile.name=Ann", "tags=%5Ba%2Cb%5D"]
        );
    }

    #[test]
    fn what_cannot_be_asked_is_refused_and_the_field_named() {
        for table in [
            json!({"organization": "64ab"}),
            json!({"createdAt": {"at_least": "2026-01-01"}}),
            json!({"limit": 5}),
            json!({"meta.sign": ">5"}),
            json!({"meta.list": []}),
            json!({"meta.list": ["a,b"]}),
            json!({"meta.n": {"at_least": 3, "nearly": 4}}),
            json!({"meta.n": null}),
            json!({"meta.n": {"contains": ""}}),
        ] {
            let error = read(&table).unwrap_err().to_string();
            let field = table.as_object().unwrap().keys().next().unwrap();
            assert!(error.contains(&format!("`audience.{field}`")), "{error}");
        }
    }
}
