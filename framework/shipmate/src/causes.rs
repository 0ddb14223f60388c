//! An error with everything behind it, on one line.

use std::error::Error;

/// The error's message and those of its causes, each of which tells its own layer only.
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_in_order() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot open the store")]
        struct Outer(#[source] std::fmt::Error);
        let text = with_causes(&Outer(std::fmt::Error));
        assert!(
            text.starts_with("cannot open the store: an error occurred"),
            "{text}"
        );
    }
}
