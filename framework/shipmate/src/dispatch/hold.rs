//! How long an event waits for those that happened before it and are still on their way.

use std::time::Duration;

use jiff::Timestamp;

/// Until when, on our clock, an event is held that happened at `at` and was received at
/// `received_at`, when the platform's clock showed `platform_now`. None if it need not wait: it is
/// older than the window. It never waits longer than the window, whatever the clocks show.
pub(super) fn held_until(
    at: Timestamp,
    received_at: Timestamp,
    platform_now: Timestamp,
    window: Duration,
) -> Option<Timestamp> {
    let age = platform_now.duration_since(at);
    let window = window.try_into().ok()?;
    let left = age.checked_neg()?.saturating_add(window).min(window);
    if left.is_positive() {
        received_at.checked_add(left).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_held_until_it_is_as_old_as_the_window_and_no_longer() {
        let at = |millisecond| Timestamp::from_millisecond(millisecond).unwrap();
        let window = Duration::from_millis(200);
        for (happened, platform, expected) in [
            (1_000, 1_000, Some(5_200)),
            (1_000, 1_150, Some(5_050)),
            (1_000, 1_199, Some(5_001)),
            (1_000, 1_200, None),
            (1_000, 9_000, None),
            // The platform's clock is ahead of what we know of it.
            (3_000, 1_000, Some(5_200)),
        ] {
            let held = held_until(at(happened), at(5_000), at(platform), window);
            assert_eq!(held, expected.map(at), "{happened} {platform}");
        }
        assert_eq!(held_until(at(1), at(5), at(1), Duration::ZERO), None);
        let far = held_until(Timestamp::MAX, at(5_000), Timestamp::MIN, window);
        assert_eq!(far, Some(at(5_200)));
    }
}
