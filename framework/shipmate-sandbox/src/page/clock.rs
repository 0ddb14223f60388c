//! The platform's clock, and the buttons that move it.

use axum::{body::Bytes, extract::State as Shared, http::HeaderMap};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use web1on1::{Clock, SystemClock};

use super::{
    Page,
    answer::{Answer, done},
    form::Form,
    scene::Scene,
};
use crate::{Refusal, clock::iso, duration::largest_units};

/// Ten years: further jumps are typing errors.
const LONGEST_STEP: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);

/// `POST /clock`: moves it by `minutes`, or by `amount` times `unit` (`min`, `h` or `d`).
pub(super) async fn advance(Shared(page): Shared<Page>, headers: HeaderMap, body: Bytes) -> Answer {
    let Some(step) = step(&Form::read(&body)) else {
        return Refusal::unprocessable(
            "the clock moves forward by 1 minute to 10 years; give a whole number",
        )
        .into();
    };
    if !page.platform.clock().advance(step) {
        return Refusal::unprocessable("this sandbox runs on a clock that cannot be moved").into();
    }
    // What has come due happens now, and the page is told of the new time.
    page.platform.change(|_, _| ());
    done(&headers)
}

fn step(form: &Form) -> Option<SignedDuration> {
    let (amount, unit) = match form.given("minutes") {
        Some(minutes) => (minutes, "min"),
        None => (form.given("amount")?, form.get("unit")),
    };
    let amount: i32 = amount.parse().ok()?;
    let unit = match unit {
        "d" => SignedDuration::from_hours(24),
        "h" => SignedDuration::from_hours(1),
        _ => SignedDuration::from_mins(1),
    };
    let step = unit.checked_mul(amount)?;
    (step.is_positive() && step <= LONGEST_STEP).then_some(step)
}

/// The time, and the buttons if it can be moved.
pub(super) fn control(scene: Scene<'_>) -> Markup {
    html! {
        div.clock {
            div.now data-panel="clock" { (shown(scene.now)) }
            @if scene.can_move {
                form.steps action="/clock" method="post" data-quiet aria-label="Move the sandbox's clock" {
                    button.small name="minutes" value="3" data-testid="clock-3-minutes" title="Move the clock 3 minutes forward" { "+3 min" }
                    button.small name="minutes" value="60" data-testid="clock-1-hour" title="Move the clock an hour forward" { "+1 h" }
                    button.small name="minutes" value="10080" data-testid="clock-7-days" title="Move the clock a week forward" { "+7 d" }
                }
                details.popover {
                    summary.button.small aria-label="Move the clock by another step" title="Another step" { "+…" }
                    form.row action="/clock" method="post" data-quiet {
                        input type="number" name="amount" value="30" min="1" required aria-label="How many" data-testid="clock-amount";
                        select name="unit" aria-label="Unit" {
                            option value="min" { "min" }
                            option value="h" { "h" }
                            option value="d" { "days" }
                        }
                        button.small.primary data-testid="clock-own" { "Move" }
                    }
                }
            }
        }
    }
}

/// The platform's time, in UTC, and how far it is ahead of the machine's.
pub(super) fn shown(now: Timestamp) -> Markup {
    let ahead = now.duration_since(SystemClock.now());
    html! {
        time data-testid="clock" datetime=(iso(now)) title="The platform's time, in UTC" {
            (now.strftime("%a %d %b %H:%M"))
        }
        @if let Some(ahead) = spoken_ahead(ahead) { span.ahead data-testid="ahead" { (ahead) } }
    }
}

fn spoken_ahead(ahead: SignedDuration) -> Option<String> {
    let is_behind = ahead.is_negative();
    let spoken: Vec<String> = largest_units(ahead.abs() + SignedDuration::from_secs(30))
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    let direction = if is_behind { "behind" } else { "ahead" };
    (!spoken.is_empty()).then(|| format!("{} {direction}", spoken.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_forward_and_not_too_far() {
        let step = |query: &str| step(&Form::read(query.as_bytes())).map(|step| step.as_mins());
        assert_eq!(step("minutes=3"), Some(3));
        assert_eq!(step("amount=2&unit=d"), Some(2880));
        assert_eq!(step("amount=5&unit=h"), Some(300));
        for wrong in [
            "",
            "minutes=0",
            "minutes=-3",
            "amount=9999&unit=d",
            "minutes=x",
            "minutes=99999999999",
        ] {
            assert_eq!(step(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_small_difference_is_none() {
        let spoken = |seconds| spoken_ahead(SignedDuration::from_secs(seconds));
        assert_eq!(spoken(0), None);
        assert_eq!(spoken(-20), None);
        assert_eq!(spoken(180).unwrap(), "3 min ahead");
        assert_eq!(spoken(7 * 86_400 + 3_660).unwrap(), "7 d 1 h ahead");
        assert_eq!(spoken(-7_200).unwrap(), "2 h behind");
    }
}
