//! Dates and times: at, before and after what they are compared with.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    super::super::{Context, Locale, Moment, Question, check, condition::How, moment},
    Domain,
};

pub(super) fn domain(question: &Question, what: Moment, compared: &[(How, &str)]) -> Domain {
    let mut question = question.clone();
    let limits = &mut question.rules.moment;
    let is_relative =
        |limit: &Option<moment::Limit>| limit.as_ref().is_some_and(|limit| limit.fixed().is_none());
    // What is possible changes from day to day, so all of it is.
    let moves = is_relative(&limits.min) || is_relative(&limits.max);
    limits.min.take_if(|limit| limit.fixed().is_none());
    limits.max.take_if(|limit| limit.fixed().is_none());
    let rules = &question.rules;
    let constants: Vec<&str> = compared.iter().map(|(_, with)| *with).collect();
    let limits = [&rules.moment.min, &rules.moment.max].into_iter().flatten();
    let limits = limits.filter_map(|limit| limit.fixed());
    let points = constants.iter().copied().chain(limits.map(String::as_str));
    let around = points.flat_map(|point| {
        let mut around = moment::next_to(what, point);
        around.push(point.to_owned());
        around
    });
    let mut moments: Vec<String> = around.collect();
    moments.sort_unstable();
    moments.dedup();
    let is_usual = |text: &&str| moment::read_attribute(what, text).as_deref() == Some(*text);
    let doubt = if rules.pattern.is_some() {
        Some("has a pattern")
    } else if moves {
        Some("has limits that move with today")
    } else if constants.iter().all(is_usual) {
        None
    } else {
        Some("is compared with what is not written as its answers are")
    };
    let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
    // Only what somebody can answer.
    let answers = moments.into_iter().map(Value::from).filter(|value| {
        let text = value.as_str().unwrap_or_default();
        check::check(&question, text, &context).is_ok_and(|answer| answer.value == *value)
    });
    Domain {
        answers: answers.collect(),
        doubt,
    }
}
