//! Asking again.

use super::{
    super::{
        Kind, Locale, Moment, Question, Reason,
        decimal::Decimal,
        number,
        question::Bounds,
        texts::{Reasons, Texts, VARIANTS},
    },
    Buttons, Prompt,
};

impl Question {
    /// The message that says why an answer was not taken and asks again. `attempt` counts from 1;
    /// with each the wording changes, so that neither the consumer nor the platform (8 identical
    /// messages in 3 minutes: API Basics, rate limiting) sees the same text over and over.
    pub fn reask(&self, reason: Reason, attempt: u32, locale: Locale, buttons: Buttons) -> Prompt {
        let prompt = self.prompt(locale, buttons);
        let text = |attempt| {
            let complaint = self.complaint(reason, attempt, locale);
            format!("{complaint}\n\n{}", prompt.text)
        };
        let attempt = attempt.max(1);
        let others = (attempt.saturating_add(1)..).take(VARIANTS - 1);
        Prompt {
            text: text(attempt),
            variants: others.map(text).collect(),
            ..prompt
        }
    }

    fn complaint(&self, reason: Reason, attempt: u32, locale: Locale) -> String {
        let texts = Texts::of(locale);
        let limits = self.limits_of(reason, locale);
        let variants = self.variants(reason, &limits, &texts.reasons);
        let decimal = |number: Decimal| number::display(&number.to_string(), locale);
        pick(variants, attempt)
            .replace("{thing}", self.thing(locale))
            .replace("{min}", &limits.min.unwrap_or_default())
            .replace("{max}", &limits.max.unwrap_or_default())
            .replace("{step}", &self.rules.step.map(decimal).unwrap_or_default())
            .replace("{base}", &decimal(number::step_base(&self.rules)))
    }

    fn variants<'a>(
        &self,
        reason: Reason,
        limits: &Bounds<String>,
        reasons: &'a Reasons,
    ) -> &'a [&'static str; VARIANTS] {
        let is_moment = matches!(self.kind, Kind::Moment(_));
        let (has_min, has_max) = (limits.min.is_some(), limits.max.is_some());
        match reason {
            Reason::ValueMissing if self.required => &reasons.value_missing,
            Reason::PatternMismatch => &reasons.pattern_mismatch,
            Reason::NotAnOption => &reasons.not_an_option,
            Reason::StepMismatch if self.rules.step.is_some() => &reasons.step_mismatch,
            Reason::RangeUnderflow if has_min && is_moment => &reasons.too_early,
            Reason::RangeUnderflow if has_min => &reasons.too_low,
            Reason::RangeOverflow if has_max && is_moment => &reasons.too_late,
            Reason::RangeOverflow if has_max => &reasons.too_high,
            Reason::TooShort if has_min => &reasons.too_short,
            Reason::TooLong => &reasons.too_long,
            _ => &reasons.unreadable,
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
            Kind::Number => things.number,
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

fn pick(variants: &[&'static str; VARIANTS], attempt: u32) -> &'static str {
    let mut turns = variants.iter().cycle();
    let turn = usize::try_from(attempt.saturating_sub(1)).unwrap_or_default() % VARIANTS;
    turns.nth(turn).copied().unwrap_or_default()
}
