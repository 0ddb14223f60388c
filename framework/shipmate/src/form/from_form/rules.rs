//! The rules of a field: limits and pattern.

use serde_json::Value;
use web1on1::{Field, FieldType};

use super::{
    super::{
        Kind, Warning,
        decimal::Decimal,
        moment,
        pattern::Pattern,
        question::{Bounds, Rules},
    },
    Reader,
};

/// Dates that a pattern for dates lets through, one for the past and one for the future.
const SAMPLE_DATES: [&str; 2] = ["1984-06-15", "2027-06-15"];

impl Reader<'_> {
    /// The rules that matter for `kind`. Choices need none: they are all there is to choose from.
    pub(super) fn rules(&mut self, kind: Kind, pattern: Option<Pattern>) -> Rules {
        let mut rules = Rules::default();
        match kind {
            Kind::OneOf | Kind::SeveralOf | Kind::Ranking | Kind::Scale { .. } | Kind::YesNo => {
                return rules;
            }
            Kind::Text | Kind::Lines | Kind::Email | Kind::Url | Kind::File => {
                let read = |text: &str| text.parse().ok();
                rules.length = self.bounds(["minlength", "maxlength"], read);
            }
            Kind::Number => {
                rules.number = self.bounds(["min", "max"], Decimal::parse);
                rules.step = self.step();
                if self.field.kind == FieldType::Range {
                    with_range_defaults(&mut rules.number);
                }
            }
            Kind::Moment(what) => {
                let read = |text: &str| moment::Limit::read(what, text);
                rules.moment = self.bounds(["min", "max"], read);
            }
            Kind::Tel | Kind::Color => {}
        }
        let lets_dates_through = |pattern: &Pattern| {
            let mut dates = SAMPLE_DATES.iter();
            dates.any(|date| pattern.matches(date))
        };
        rules.stands_for_date = kind == Kind::Text
            && is_date(self.field)
            && pattern.as_ref().is_some_and(lets_dates_through);
        rules.pattern = pattern;
        rules
    }

    fn bounds<T: PartialOrd>(
        &mut self,
        [min, max]: [&'static str; 2],
        read: impl Fn(&str) -> Option<T>,
    ) -> Bounds<T> {
        let bounds = Bounds {
            min: self.limit(min, &read),
            max: self.limit(max, &read),
        };
        if bounds.is_empty() {
            self.warn(|field| Warning::UnusableLimit { field, limit: max });
            return Bounds::default();
        }
        bounds
    }

    /// A positive step. Without one every number will do: the platform's fields have no `step`, so
    /// HTML's default of 1 would only forbid decimals that nobody meant to forbid.
    fn step(&mut self) -> Option<Decimal> {
        let positive = |text: &str| Decimal::parse(text).filter(|step| *step > Decimal::ZERO);
        let read = |text: &str| match text {
            "any" => Some(None),
            text => positive(text).map(Some),
        };
        self.limit("step", read).flatten()
    }

    fn limit<T>(&mut self, limit: &'static str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = attribute(self.field, limit)?;
        let value = read(text.trim());
        if value.is_none() {
            self.warn(|field| Warning::UnusableLimit { field, limit });
        }
        value
    }
}

/// The reference lists no limits for fields, so they are looked for where the platform would put
/// them (beside `pattern`) and where an organization can put them (`meta`).
pub(super) fn attribute(field: &Field, name: &str) -> Option<String> {
    let is_named = |key: &&String| key.eq_ignore_ascii_case(name);
    [&field.extra, &field.meta].into_iter().find_map(|place| {
        let key = place.keys().find(is_named)?;
        match place.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    })
}

/// A slider has ends (HTML, range state).
fn with_range_defaults(bounds: &mut Bounds<Decimal>) {
    let min = *bounds.min.get_or_insert(Decimal::ZERO);
    bounds.max.get_or_insert(Decimal::HUNDRED.max(min));
}

fn is_date(field: &Field) -> bool {
    let entity = field.entity.as_deref().unwrap_or_default();
    let name = entity.rsplit('.').next().unwrap_or_default();
    name.trim().eq_ignore_ascii_case("date")
}
