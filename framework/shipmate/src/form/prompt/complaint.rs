//! Asking again.

use super::{
    super::{
        Kind, Locale, Moment, Phrase, Question, Reason, decimal::Decimal, moment, number,
        question::Bounds, texts::Texts,
    },
    Buttons, Prompt,
};

impl Question {
    /// The message that says why an answer was not taken and asks again. `attempt` counts from 1;
    /// with each the wording changes, so that neither the consumer nor the platform (8 identical
    /// messages in 3 minutes: API Basics, rate limiting) sees the same text over and over.
    pub fn reask(&self, reason: Reason, attempt: u32, locale: Locale, buttons: Buttons) -> Prompt {
        let prompt = self.prompt(locale, buttons);
        self.complain(prompt, reason, attempt, locale)
    }

    /// The same for a question that is asked as `prompt`.
    pub(in super::super) fn complain(
        &self,
        prompt: Prompt,
        reason: Reason,
        attempt: u32,
        locale: Locale,
    ) -> Prompt {
        let complaints = self.complaints(reason, attempt, locale).into_iter();
        let mut texts = complaints.map(|complaint| format!("{complaint}\n\n{}", prompt.text));
        Prompt {
            text: texts.next().unwrap_or_default(),
            variants: texts.collect(),
            quick_replies: prompt.quick_replies,
        }
    }

    fn complaints(&self, reason: Reason, attempt: u32, locale: Locale) -> Vec<String> {
        let limits = self.limits_of(reason, locale);
        let phrase = self.phrase(reason, &limits);
        let decimal = |number: Decimal| number::display(&number.to_string(), locale);
        let example = match reason {
            Reason::YearMissing(date) => moment::written_day(date, locale),
            _ => String::new(),
        };
        let fill = |text: String| {
            text.replace("{thing}", self.thing(locale))
                .replace("{min}", limits.min.as_deref().unwrap_or_default())
                .replace("{example}", &example)
                .replace("{max}", limits.max.as_deref().unwrap_or_default())
                .replace("{step}", &self.rules.step.map(decimal).unwrap_or_default())
                .replace("{base}", &decimal(number::step_base(&self.rules)))
        };
        let turn = attempt.saturating_sub(1);
        let variants = self.wording.in_turn(phrase, locale, turn).into_iter();
        variants.map(fill).collect()
    }

    fn phrase(&self, reason: Reason, limits: &Bounds<String>) -> Phrase {
        let is_moment = matches!(self.kind, Kind::Moment(_));
        let (has_min, has_max) = (limits.min.is_some(), limits.max.is_some());
        match reason {
            Reason::ValueMissing if self.kind == Kind::Ranking => Phrase::Incomplete,
            Reason::ValueMissing if self.required => Phrase::ValueMissing,
            Reason::PatternMismatch => Phrase::PatternMismatch,
            Reason::YearMissing(_) => Phrase::YearMissing,
            Reason::WhichDay => Phrase::WhichDay,
            Reason::NotAnOption => Phrase::NotAnOption,
            Reason::StepMismatch if self.rules.step.is_some() => Phrase::StepMismatch,
            Reason::RangeUnderflow if has_min && is_moment => Phrase::TooEarly,
            Reason::RangeUnderflow if has_min => Phrase::TooLow,
            Reason::RangeOverflow if has_max && is_moment => Phrase::TooLate,
            Reason::RangeOverflow if has_max => Phrase::TooHigh,
            Reason::TooShort if has_min => Phrase::TooShort,
            Reason::TooLong => Phrase::TooLong,
            _ => Phrase::Unreadable,
        }
    }

    /// The limits that `reason` is about.
    fn limits_of(&self, reason: Reason, locale: Locale) -> Bounds<String> {
        match reason {
            Reason::TooShort | Reason::TooLong => Bounds {
                min: self.rules.length.min.map(|min| min.to_string()),
                max: Some(self.longest().to_string()),
            },
            _ => self.limits(locale),
        }
    }

    fn thing(&self, locale: Locale) -> &'static str {
        let things = &Texts::of(locale).things;
        match self.kind {
            Kind::Text if self.rules.stands_for_date => things.date,
            Kind::Email => things.email,
            Kind::Tel => things.tel,
            Kind::Url => things.url,
            Kind::File => things.file,
            Kind::Number | Kind::Scale { .. } => things.number,
            Kind::Ranking => things.ranking,
            Kind::Color => things.color,
            Kind::YesNo => things.yes_no,
            Kind::Moment(Moment::Date) => things.date,
            Kind::Moment(Moment::Time) => things.time,
            Kind::Moment(Moment::DateTime) => things.date_time,
            Kind::Moment(Moment::Month) => things.month,
            Kind::Moment(Moment::Week) => things.week,
            Kind::Text | Kind::Lines | Kind::OneOf | Kind::SeveralOf => things.answer,
        }
    }
}
