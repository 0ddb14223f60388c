//! What a person wrote, where the limits tell which of several days is meant.

use jiff::{ToSpan, civil::Date};

use super::{
    super::{Context, Reason, question::Bounds},
    LONGEST, Moment, bare, date, fold, join, read, relative, time,
};

/// The days that a text may mean.
struct Found {
    days: Vec<Date>,
    /// Why there may be more than one.
    lacks: Lacks,
}

enum Lacks {
    Nothing,
    Year { month: i8, day: i8 },
    LastOrNext,
}

/// Like [`read`], and also days in words and days without a year, where only one lies in `limits`.
/// The value may still lie outside.
pub(in super::super) fn read_within(
    what: Moment,
    text: &str,
    limits: &Bounds<String>,
    context: &Context,
) -> Result<String, Reason> {
    if let Some(value) = read(what, text, context) {
        return Ok(value);
    }
    let text = fold(&bare(text));
    if text.chars().nth(LONGEST).is_some() {
        return Err(Reason::BadInput);
    }
    let today = context.today();
    match what {
        Moment::Date => {
            let part_of_day = || relative::part_of_day(&text, today).map(Found::one);
            let found = part_of_day().or_else(|| find(&text, context));
            let found = found.ok_or(Reason::BadInput)?;
            found.choose(limits, today, |day| day.to_string())
        }
        Moment::DateTime => {
            let cuts = text.match_indices(' ').map(|(at, _)| at);
            let mut cuts = cuts.filter_map(|at| Some((text.get(..at)?, text.get(at + 1..)?)));
            let (found, time) = cuts
                .find_map(|(left, right)| {
                    let first = left.trim_end_matches([',', ' ']);
                    let both = |day, clock| Some((find(day, context)?, time::read(clock)?));
                    both(first, right).or_else(|| both(right, first))
                })
                .ok_or(Reason::BadInput)?;
            found.choose(limits, today, |day| join(day, time))
        }
        Moment::Time | Moment::Month | Moment::Week => Err(Reason::BadInput),
    }
}

fn find(text: &str, context: &Context) -> Option<Found> {
    let today = context.today();
    if let Some(day) = relative::day(text, today).or_else(|| date::read(text, context)) {
        return Some(Found::one(day));
    }
    if let Some(days) = relative::weekdays(text, today) {
        let lacks = Lacks::LastOrNext;
        return Some(Found { days, lacks });
    }
    let (month, day) = date::without_year(text, context)?;
    let years = [-1, 0, 1].map(|year| today.year() + year);
    let dates = years
        .into_iter()
        .filter_map(|year| Date::new(year, month, day).ok());
    let [first, last] = [-1, 1].map(|years| today.saturating_add(years.years()));
    Some(Found {
        days: dates.filter(|date| (first..=last).contains(date)).collect(),
        lacks: Lacks::Year { month, day },
    })
}

impl Found {
    fn one(day: Date) -> Self {
        Self {
            days: vec![day],
            lacks: Lacks::Nothing,
        }
    }

    fn choose(
        mut self,
        limits: &Bounds<String>,
        today: Date,
        value: impl Fn(Date) -> String,
    ) -> Result<String, Reason> {
        let distance = |day: &Date| (*day - today).get_days().abs();
        self.days.sort_by_key(distance);
        let is_possible = |day: &Date| {
            let value = value(*day);
            !limits.is_below(&value) && !limits.is_above(&value)
        };
        let possible: Vec<Date> = self.days.iter().copied().filter(is_possible).collect();
        match (possible.as_slice(), self.lacks) {
            ([day], _) => return Ok(value(*day)),
            ([example, ..], Lacks::Year { .. }) => return Err(Reason::YearMissing(*example)),
            ([_, ..], _) => return Err(Reason::WhichDay),
            // It may be in a year that is far away.
            ([], Lacks::Year { month, day }) => {
                let mut years = years_around(limits, today);
                let example = years.find_map(|year| {
                    let date = Date::new(year, month, day).ok()?;
                    is_possible(&date).then_some(date)
                });
                if let Some(example) = example {
                    return Err(Reason::YearMissing(example));
                }
            }
            ([], _) => {}
        }
        self.days
            .first()
            .map(|day| value(*day))
            .ok_or(Reason::BadInput)
    }
}

/// Years in which a day that is possible at all is possible.
fn years_around(limits: &Bounds<String>, today: Date) -> impl Iterator<Item = i16> {
    let year_of = |limit: &Option<String>| {
        let year = limit.as_ref()?.split('-').next()?;
        year.parse().ok()
    };
    let [min, max] = [year_of(&limits.min), year_of(&limits.max)];
    // Leap years are at most 8 years apart.
    let around = [Some(today.year()), max, min].into_iter().flatten();
    around.flat_map(|year: i16| (0..=8).flat_map(move |years| [year - years, year + years]))
}
