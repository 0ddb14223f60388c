//! What the platform does where its documents leave a choice that a bot can notice.

use serde::{Deserialize, Serialize};
use web1on1::Meta;

/// The keys of a message's `meta` that the documents name (messaging: commands, forms and fields,
/// chat bubbles; Business Initiated Conversations; the official SDK).
const KNOWN_META: [&str; 15] = [
    "users",
    "channels",
    "organizations",
    "form",
    "key",
    "categoryIndex",
    "category",
    "targetUser",
    "targetBot",
    "title",
    "quotedMessage",
    "template",
    "language",
    "SenderID",
    "hidden",
];

/// Undocumented behaviour, to try a bot against each reading of the documents.
///
/// ```
/// use shipmate_sandbox::{Lines, Quirks, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let quirks = Quirks { lines: Lines::FirstOnly, ..Quirks::default() };
/// let sandbox = Sandbox::builder().quirks(quirks).start().await?;
/// assert_eq!(sandbox.quirks().lines, Lines::FirstOnly);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Quirks {
    /// What a command message with several lines asks for.
    pub lines: Lines,
    /// Whether a message's `meta` keeps keys that the documents do not name; if not, they are in
    /// none of what is stored, answered and delivered. True by default, as the page on `meta` has it.
    pub keeps_unknown_meta: bool,
}

/// What a command message with several lines asks for. API Basics advises "combining multiple
/// commands into a single message" and does not show how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lines {
    /// Each line is a command.
    #[default]
    Each,
    /// The first line is the command; the others are not looked at.
    FirstOnly,
    /// The text is one command, and the value of `/set` has several lines: `/set a 1\n/set b 2`
    /// sets `a`. Commands without a value do not look at what follows their name.
    RestIsValue,
    /// The message is refused, like a word that is no command.
    Refused,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            lines: Lines::Each,
            keeps_unknown_meta: true,
        }
    }
}

impl Quirks {
    /// What is kept of a message's `meta`.
    pub(crate) fn kept(self, mut meta: Meta) -> Meta {
        if !self.keeps_unknown_meta {
            meta.retain(|key, _| KNOWN_META.contains(&key.as_str()));
        }
        meta
    }
}

impl Lines {
    /// All of them, the default first.
    pub const ALL: [Self; 4] = [
        Self::Each,
        Self::FirstOnly,
        Self::RestIsValue,
        Self::Refused,
    ];

    /// The name, as in seed files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::FirstOnly => "first-only",
            Self::RestIsValue => "rest-is-value",
            Self::Refused => "refused",
        }
    }

    /// What it means, for people.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Each => "each line is a command",
            Self::FirstOnly => "the first line is the command",
            Self::RestIsValue => "all of it is the value of /set",
            Self::Refused => "the message is refused",
        }
    }

    /// The one with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lines| lines.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_those_of_the_json_form() {
        for lines in Lines::ALL {
            assert_eq!(serde_json::to_value(lines).unwrap(), lines.name());
            assert_eq!(Lines::named(lines.name()), Some(lines));
        }
        let quirks: Quirks = serde_json::from_value(json!({})).unwrap();
        assert_eq!(quirks, Quirks::default());
    }

    #[test]
    fn unknown_meta_is_kept_or_not() {
        let given: Meta =
            serde_json::from_value(json!({"users": ["u"], "_marker": 1, "title": "x"})).unwrap();
        assert_eq!(Quirks::default().kept(given.clone()), given);
        let strict = Quirks {
            keeps_unknown_meta: false,
            ..Quirks::default()
        };
        let kept = strict.kept(given);
        assert_eq!(
            serde_json::to_value(kept).unwrap(),
            json!({"users": ["u"], "title": "x"})
        );
    }
}
