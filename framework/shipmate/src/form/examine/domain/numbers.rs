//! Numbers: at, between and beyond what they are compared with.

use serde_json::Value;

use super::{
    super::super::{Question, condition::How, decimal::Decimal, number},
    Domain,
};

pub(super) fn domain(question: &Question, compared: &[(How, &str)]) -> Domain {
    let rules = &question.rules;
    let constants = compared.iter().filter_map(|(_, with)| Decimal::parse(with));
    let limits = [rules.number.min, rules.number.max].into_iter().flatten();
    let mut points: Vec<Decimal> = constants.chain(limits).collect();
    points.sort_unstable();
    points.dedup();
    let grid = Grid {
        base: number::step_base(rules),
        step: rules.step,
    };
    let mut numbers: Vec<Decimal> = points.clone();
    numbers.extend(
        points
            .first()
            .and_then(|first| grid.between(None, Some(*first))),
    );
    numbers.extend(
        points
            .last()
            .and_then(|last| grid.between(Some(*last), None)),
    );
    for pair in points.windows(2) {
        if let [low, high] = pair {
            numbers.extend(grid.between(Some(*low), Some(*high)));
        }
    }
    numbers.retain(|number| {
        !rules.number.is_below(number) && !rules.number.is_above(number) && grid.has(*number)
    });
    Domain {
        answers: numbers
            .into_iter()
            .map(|number| -> Value { number.to_json() })
            .collect(),
        doubt: rules.pattern.as_ref().map(|_| "has a pattern"),
    }
}

/// The numbers that can be answered.
struct Grid {
    base: Decimal,
    step: Option<Decimal>,
}

impl Grid {
    fn has(&self, number: Decimal) -> bool {
        self.step
            .is_none_or(|step| number.is_on_step(self.base, step))
    }

    /// A number between two others, or beyond one of them, if there is any.
    fn between(&self, low: Option<Decimal>, high: Option<Decimal>) -> Option<Decimal> {
        let grids: Vec<(Decimal, Decimal)> = match self.step {
            Some(step) => vec![(self.base, step)],
            None => Decimal::steps().map(|step| (Decimal::ZERO, step)).collect(),
        };
        grids.into_iter().find_map(|(base, step)| {
            let above = low.and_then(|low| low.next_on_step(base, step));
            let below = high.and_then(|high| high.last_on_step(base, step));
            let mut found = [above, below].into_iter().flatten();
            found.find(|number| {
                low.is_none_or(|low| *number > low)
                    && high.is_none_or(|high| *number < high)
                    && number.can_be_written()
            })
        })
    }
}
